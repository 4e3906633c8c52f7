"""Reasons that the publisher writes, and that stay with a revision. Pure."""

from __future__ import annotations

from graph.errors import InvalidInput

REASON_CHARACTERS_AT_MOST = 2_000


def read_reason(text: str | None) -> str | None:
    """A reason without white space around it; None where there is none, or nothing in it.

    Raises InvalidInput for one that is too long or no text.
    """
    said = (text or "").strip()
    if len(said) > REASON_CHARACTERS_AT_MOST:
        raise InvalidInput(
            f"The reason has {len(said)} characters, and may have {REASON_CHARACTERS_AT_MOST}: make it shorter"
        )
    if not all(character.isprintable() or character in "\n\t" for character in said):
        raise InvalidInput("The reason has characters that are no text: leave control characters out")
    return said or None
