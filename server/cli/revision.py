"""`vitrine revision`: drafting, showing, publishing and withdrawing revisions."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated

import typer

from graph.data_map import DataMap
from graph.errors import InvalidInput, InvalidRevision
from graph.map_file.shape import kinds
from graph.model import Finding, Revision, RevisionState
from graph.store.comparisons import Comparisons
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from graph.store.findings import load_findings
from graph.store.publishing import NoticePeriod, publish_revision, withdraw_revision
from graph.store.revisions import HIGHEST_NUMBER, draft_revision, list_revisions, load_revision
from seed.folder import read_revision
from server.cli.adjustment import adjust
from server.cli.connection import now, read_settings, with_database
from server.cli.findings import findings_as_json, say_findings
from server.cli.named_revision import with_successors
from server.cli.output import say, say_json, say_table
from server.cli.overruling import overrule

MAXIMUM_LISTED = 1000

commands = typer.Typer(no_args_is_help=True, help="Revisions: the policy and its data map together.")

Number = Annotated[int, typer.Argument(help="The revision's number.", min=1, max=HIGHEST_NUMBER)]
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


@commands.command()
def draft(
    folder: Annotated[Path, typer.Argument(help="A folder with policy.md and map.yaml.")], json: Json = False
) -> None:
    """Write the revision in a folder as a draft. Nobody is told of it."""
    try:
        content = read_revision(folder)
    except InvalidRevision as error:
        raise with_successors(error, folder) from None

    async def work(database: Database) -> Revision:
        return await draft_revision(database, content, at=now())

    revision = with_database(work)
    if json:
        say_json(as_json(revision))
        return
    base = f"on top of revision {revision.base}" if revision.base else "as the first"
    say(f"Drafted revision {revision.number} {base}: {revision.summary}")
    say(f"To see it: vitrine revision show {revision.number}")


@commands.command("list")
def list_all(
    limit: Annotated[int, typer.Option(help="How many, at most.", min=1, max=MAXIMUM_LISTED)] = 50, json: Json = False
) -> None:
    """List revisions, newest first."""

    async def work(database: Database) -> list[Revision]:
        # One more than is asked for, to know whether the list is whole.
        return await list_revisions(database, states=frozenset(RevisionState), limit=limit + 1)

    found = with_database(work, existing=True)
    revisions, more = found[:limit], len(found) > limit
    if json:
        say_json({"revisions": [as_json(revision) for revision in revisions], "more": more})
        return
    say_table(
        ("Number", "State", "In force from", "Published", "Drafted", "Base", "Summary"),
        [
            (
                str(each.number),
                each.state.value,
                _shown(each.effective_at),
                _shown(each.published_at),
                _shown(each.drafted_at),
                str(each.base or ""),
                each.summary,
            )
            for each in revisions
        ],
    )
    if more:
        say(f"There are older ones: see them with --limit, up to {MAXIMUM_LISTED}")


@commands.command()
def show(number: Number, json: Json = False) -> None:
    """Show one revision: what it holds, its clauses, and what the checks find in it."""

    async def work(database: Database) -> tuple[DataMap, tuple[Finding, ...]]:
        return await load_findings(database, number)

    data_map, found = with_database(work, existing=True)
    if json:
        say_json(_whole_as_json(data_map, found))
        return
    revision = data_map.revision
    say(f"Revision {revision.number}, {revision.state.value}: {revision.summary}")
    for label, at in (
        ("in force from", revision.effective_at),
        ("published", revision.published_at),
        ("drafted", revision.drafted_at),
    ):
        if at is not None:
            say(f"{label} {_shown(at)}")
    if revision.short_notice_reason is not None:
        say(f"at short notice because: {revision.short_notice_reason}")
    say()
    say_table(("Holds", ""), [(name.replace("_", " "), str(count)) for name, count in _counts(data_map).items()])
    say()
    say_table(
        ("Clause", "Number", "Text"),
        [(each.key, each.number, _first_line(each.text)) for each in data_map.policy.clauses],
    )
    say()
    say_findings(found)


@commands.command()
def publish(
    number: Number,
    effective: Annotated[
        str, typer.Option(help="When it comes into force: a day (from 00:00 UTC) or a time with its zone.")
    ],
    expect: Annotated[
        int | None,
        typer.Option(help="The revision published last, 0 for none; without it, the one that the draft builds on."),
    ] = None,
    because: Annotated[
        str | None,
        typer.Option(
            help="Why so soon: needed for less notice than VITRINE_NOTICE_DAYS of what touches people's rights "
            "directly. It stays with the revision, for staff."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Publish a draft, unless another was published meanwhile, or a violation of it is not overruled."""
    effective_at = read_time(effective)
    notice_days = read_settings().notice_days

    async def work(database: Database) -> Revision:
        expected = (await load_revision(database, number)).base if expect is None else expect
        return await publish_revision(
            database,
            number,
            expected=expected,
            effective_at=effective_at,
            at=now,
            notice=NoticePeriod(notice_days, Comparisons(DataMaps(database, clock=now))),
            reason=because,
        )

    revision = with_database(work, existing=True)
    if json:
        say_json(as_json(revision))
    else:
        say(f"Published revision {revision.number}, in force from {_shown(revision.effective_at)}")


commands.command()(adjust)
commands.command()(overrule)


@commands.command()
def withdraw(number: Number, json: Json = False) -> None:
    """Take back a draft, or a published revision that is not in force yet."""

    async def work(database: Database) -> Revision:
        return await withdraw_revision(database, number, at=now)

    revision = with_database(work, existing=True)
    if json:
        say_json(as_json(revision))
    else:
        say(f"Withdrew revision {revision.number}")


def read_time(text: str) -> datetime:
    """A day (its start in UTC), or a time with its zone, both ISO 8601. Raises InvalidInput."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 1 < at.year < 9999:
        raise InvalidInput(
            f"{text!r} is neither a day such as 2026-12-01 nor a time with its zone such as 2026-12-01T09:00:00Z"
        )
    return at.astimezone(UTC)


def as_json(revision: Revision) -> dict[str, object]:
    return {
        "number": revision.number,
        "state": revision.state.value,
        "base": revision.base,
        "language": revision.language,
        "summary": revision.summary,
        "text_hash": revision.text_hash,
        "map_hash": revision.map_hash,
        "drafted_at": revision.drafted_at.isoformat(),
        "published_at": revision.published_at and revision.published_at.isoformat(),
        "effective_at": revision.effective_at and revision.effective_at.isoformat(),
        "short_notice_reason": revision.short_notice_reason,
    }


def _whole_as_json(data_map: DataMap, found: tuple[Finding, ...]) -> dict[str, object]:
    return {
        "revision": as_json(data_map.revision),
        "counts": _counts(data_map),
        "clauses": [
            {
                "key": each.key,
                "number": each.number,
                "kind": each.kind.value,
                "part_of": each.part_of,
                "text": each.text,
            }
            for each in data_map.policy.clauses
        ],
        "findings": findings_as_json(found),
    }


def _counts(data_map: DataMap) -> dict[str, int]:
    """How many of each kind of element there are, in the order of the map file."""
    counts = {"clauses": len(data_map.policy.clauses)}
    return counts | {kind.name: len(getattr(data_map.elements, kind.name)) for kind in kinds() if not kind.is_single}


def _first_line(text: str) -> str:
    first, _, rest = text.partition("\n")
    return f"{first} …" if rest else first


def _shown(at: datetime | None) -> str:
    """To the minute, UTC; a day alone where it is the start of one. Empty for none."""
    if at is None:
        return ""
    return f"{at:%Y-%m-%d}" if at.time() == time() else f"{at:%Y-%m-%d %H:%M} UTC"
