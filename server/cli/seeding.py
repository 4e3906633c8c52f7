"""The first revision of an empty graph, from the folder that the settings name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time
from pathlib import Path

from graph.clauses import policy_hash
from graph.data_map import DataMap
from graph.errors import Conflict, InvalidSettings, ViolationsNotOverruled
from graph.map_file import map_hash
from graph.model import Revision, RevisionContent, RevisionState
from graph.store.backups import find_restore
from graph.store.database import Database
from graph.store.publishing import publish_revision
from graph.store.revisions import draft_revision, list_revisions, load_data_map
from seed.folder import read_revision
from server.ingest import Summary, ingest
from server.settings import ROOT, Settings

CHUNK_BYTES = 65_536


async def seed(database: Database, settings: Settings, at: datetime) -> str | None:
    """Publish the revision in the seed folder where no revision was ever published, and say so in a line.

    In development mode the reports of the example subjects are loaded into the embedded engine first, so that
    publishing, which decides whether there is anything left to do at the next start, comes last. A graph that the
    settings name is a company's, and gets nobody who does not exist. What has violations stays a draft until somebody
    overrules them, and is published then, or at the next start. Raises InvalidRevision, InvalidSettings.
    """
    if await find_restore(database) is not None:
        return "A restore into this graph has not ended: until then no revision is in force"
    known = await list_revisions(database, states=frozenset(RevisionState), limit=100)
    if any(revision.published_at is not None for revision in known):
        return None
    content = read_revision(settings.seed_dir)
    draft = _left_behind(known, content)
    if known and draft is None:
        return None  # somebody is preparing a first revision of their own
    if draft is None:
        draft = await draft_revision(database, content, at=at)
    examples = (
        await _load_examples(database, draft.number, settings.seed_examples, at) if settings.loads_examples else ""
    )
    effective_at = _date_of(settings.seed_dir) or at
    try:
        await publish_revision(database, draft.number, expected=0, effective_at=effective_at, at=at)
    except Conflict:
        return None  # another process starts on the same graph, and was first
    except ViolationsNotOverruled as error:
        # The service starts all the same: whoever may overrule them looks at the draft there.
        return f"Nothing is in force: {_short(settings.seed_dir)} is a draft. {error.message}"
    return f"Published revision {draft.number} from {_short(settings.seed_dir)}{examples}"


def _left_behind(known: list[Revision], content: RevisionContent) -> Revision | None:
    """The draft of a start that was cut off before it published."""
    hashes = policy_hash(content.policy.markdown), map_hash(content.elements)
    return next(
        (each for each in known if each.state is RevisionState.DRAFT and (each.text_hash, each.map_hash) == hashes),
        None,
    )


def _date_of(folder: Path) -> datetime | None:
    """The start, in UTC, of the day that a folder is named by; None where its name is no date."""
    try:
        return datetime.combine(date.fromisoformat(folder.name), time(), UTC)
    except ValueError:
        return None


async def _load_examples(database: Database, number: int, file: Path, at: datetime) -> str:
    data_map = await load_data_map(database, number)

    async def of_draft() -> DataMap:
        return data_map

    summary = await ingest(
        _chunks(file),
        database=database,
        load_data_map=of_draft,
        clock=lambda: at,
        service=None,
    )
    return f", and loaded {_accepted(summary)} reports of example subjects" + (
        f"; {summary.rejected.total()} do not fit this map: `vitrine holdings import {_short(file)}` says why"
        if summary.rejected
        else ""
    )


async def _chunks(file: Path) -> AsyncIterator[bytes]:
    try:
        with file.open("rb") as stream:
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk
    except OSError as error:
        raise InvalidSettings(
            f"VITRINE_SEED_EXAMPLES: {file} cannot be read ({error.strerror}): name a file of reports"
        ) from error


def _accepted(summary: Summary) -> int:
    return summary.lines - summary.rejected.total()


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
