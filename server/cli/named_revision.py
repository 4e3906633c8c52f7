"""A revision as a command names it: by its number in the graph, or by the folder that it is written in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from graph.clauses import policy_hash
from graph.data_map import DataMap
from graph.errors import QUOTED_AT_MOST, InvalidInput, InvalidRevision, VitrineError
from graph.map_file import map_hash
from graph.map_file.rules import NO_CLAUSE
from graph.model import Revision, RevisionState
from graph.revision_file import Before
from graph.store.revisions import HIGHEST_NUMBER
from seed.folder import read_revision
from server.cli.connection import with_database
from server.cli.last_published import find_last_published


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
    folder = Path(text)
    try:
        content = read_revision(folder)
    except InvalidRevision as error:
        raise with_successors(error, folder) from None
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


def with_successors(error: InvalidRevision, folder: Path) -> InvalidRevision:
    """The same problems, with where the clauses that are gone went, as far as the revision published last tells."""
    if not any(NO_CLAUSE in problem.message for problem in error.problems):
        return error
    try:
        base = with_database(find_last_published, existing=True)
        if base is not None:
            read_revision(folder, Before(base.revision.number, base.policy.clauses))
    except InvalidRevision as better:
        return better
    except VitrineError:
        # The problems are the same without a graph that could say more of them.
        pass
    return error
