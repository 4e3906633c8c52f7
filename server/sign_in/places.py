"""Where to go after signing in: a page or a file of this service, and never anywhere else."""

from __future__ import annotations

import re

from graph.errors import InvalidInput

#: It is kept in a cookie meanwhile.
PLACE_CHARACTERS_AT_MOST = 1_000
HOME = "/"

# What browsers leave in an address as it is: ASCII without blanks, quotation marks, <, > and a second #. No backslash,
# which they take for a slash, and nothing of that right behind the first slash, where another host could begin.
_LEFT = r"!$-;=@-\[\]-~"
_PLACE = re.compile(
    rf"/(?:(?:map|me|policy)(?:/[{_LEFT}]*)?|records/[{_LEFT}]+|graphiql)?(?:\?[?{_LEFT}]*)?(?:#[?{_LEFT}]*)?"
)


def read_place(text: str | None) -> str:
    """The path, with query and fragment, of what is shown here; `HOME` where none is named. Raises InvalidInput."""
    if not text:
        return HOME
    if len(text) > PLACE_CHARACTERS_AT_MOST or _PLACE.fullmatch(text) is None:
        raise InvalidInput(
            f"`to` is no page of this service: give a path such as /map or /me, of {PLACE_CHARACTERS_AT_MOST} "
            "characters at most, or leave it out"
        )
    return text
