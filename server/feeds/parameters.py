"""What an address tells of what is asked for: each parameter that is sent is known, sent once, and of its form."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl

from graph.errors import InvalidInput, quoted
from graph.store.revisions import HIGHEST_NUMBER
from server.gate.refusals import Refusal, RefusalCode

#: How many an address may have, known or not.
_PARAMETERS_AT_MOST = 20
_DIGITS = 10


def read_parameters(query_string: bytes, known: Collection[str]) -> dict[str, str]:
    """Those that are not empty. Raises InvalidInput."""
    try:
        pairs = parse_qsl(query_string.decode("ascii"), errors="strict", max_num_fields=_PARAMETERS_AT_MOST)
    except ValueError as error:  # too many, or not UTF-8
        raise InvalidInput("The address cannot be read: write its parameters in UTF-8, each once") from error
    given: dict[str, str] = {}
    for name, value in pairs:
        if name not in known:
            way_out = f"use {' and '.join(known)}, or none" if known else "this address takes none"
            raise InvalidInput(f"There is no parameter {quoted(name)}: {way_out}")
        if name in given:
            raise InvalidInput(f"`{name}` is in the address twice: send it once")
        given[name] = value
    return given


def read_number(given: Mapping[str, str], name: str, default: int, at_most: int) -> int:
    """A whole number from 1. Raises InvalidInput."""
    text = given.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS and 1 <= int(text) <= at_most):
        raise InvalidInput(f"`{name}` is {quoted(text)}: give a whole number from 1 to {at_most}")
    return int(text)


def revision_number(given: str) -> int:
    """The number of a revision in the path of an address. Raises Refusal NO_SUCH_ADDRESS."""
    if given.isascii() and given.isdecimal() and len(given) <= len(str(HIGHEST_NUMBER)):
        return int(given)
    raise Refusal(
        RefusalCode.NO_SUCH_ADDRESS, "No revision has this number: the list of revisions shows those there are"
    )
