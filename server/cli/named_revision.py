"""A revision as a command names it: by its number in the graph, or by the folder that it is written in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from graph.clauses import policy_hash
from graph.data_map import DataMap
from graph.errors import QUOTED_AT_MOST, InvalidInput
from graph.map_file import map_hash
from graph.model import Revision, RevisionState
from graph.store.revisions import HIGHEST_NUMBER
from seed.folder import read_revision


@dataclass(frozen=True, slots=True)
class NamedRevision:
    """`number` of a revision in the graph, or else the content of a folder, as a draft without a number."""

    name: str
    number: int | None
    content: DataMap | None


def read_named(text: str) -> NamedRevision:
    """Raises InvalidInput for a number that none can have; InvalidRevision for a folder that cannot be read."""
    if text.isascii() and text.isdigit():
        # Python refuses to read thousands of digits.
        if len(text) > len(str(HIGHEST_NUMBER)) or not 1 <= int(text) <= HIGHEST_NUMBER:
            said = text if len(text) <= QUOTED_AT_MOST else f"{text[:QUOTED_AT_MOST]}…"
            raise InvalidInput(
                f"{said} is no number of a revision: give 1 to {HIGHEST_NUMBER}, or ./{said} for a folder"
            )
        return NamedRevision(f"revision {int(text)}", int(text), None)
    content = read_revision(Path(text))
    revision = Revision(
        number=0,
        state=RevisionState.DRAFT,
        base=0,
        language=content.language,
        summary=content.summary,
        text_hash=policy_hash(content.policy.markdown),
        map_hash=map_hash(content.elements),
        drafted_at=datetime.now(UTC),
    )
    return NamedRevision(text, None, DataMap(revision, content.policy, content.elements))
