"""`vitrine impact`: what follows if elements of a map go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from graph.clauses.words import text_of
from graph.falls import Fall, check_asked
from graph.model import Finding, FindingKind, MapElement, name_of
from graph.people import Holders, PeopleCount
from graph.store.database import Database
from graph.store.falls import find_fallen
from graph.store.findings import load_findings
from graph.store.people import count_people
from graph.store.revisions import HIGHEST_NUMBER
from server.cli.check import EXIT_CODES, FailOn
from server.cli.connection import now, with_database
from server.cli.element_names import read_element_name, written
from server.cli.findings import findings_as_json, say_findings
from server.cli.output import counted, say, say_json, say_table

# Of what is listed in a row of a table; all of it is in the JSON.
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Impact:
    fall: Fall
    findings: tuple[Finding, ...]
    people: PeopleCount


def impact(
    number: Annotated[int, typer.Argument(help="The revision's number.", min=1, max=HIGHEST_NUMBER)],
    of: Annotated[list[str], typer.Argument(help="What goes, such as recipient/mailer.", metavar="KIND/KEY…")],
    fail_on: Annotated[
        FailOn, typer.Option(help="From which new finding on the exit code says so.", case_sensitive=False)
    ] = FailOn.NEVER,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Tell what follows if something goes: what else falls, which clauses would state what is no more, what the checks
    would find, and how many people it is about. Nothing is changed.

    Exit code 0: it is told; 10 and 20: the checks would find a gap, or a violation, and you asked for that with
    --fail-on; 1: the revision, or what you named, is not there; 3: the graph is not available.
    """
    names = [read_element_name(text) for text in of]

    async def work(database: Database) -> _Impact:
        data_map, before = await load_findings(database, number)
        asked = check_asked(data_map, names)
        fall = Fall(data_map, await find_fallen(database, data_map, asked))
        people = await count_people(database, Holders(data_map).of_all(fall.concerned), at=now())
        return _Impact(fall, fall.new_findings(before), people)

    found = with_database(work, existing=True)
    if json:
        say_json(_as_json(number, found))
    else:
        _show(number, found)
    code = max((EXIT_CODES[each.kind] for each in found.findings), default=0)
    if fail_on is not FailOn.NEVER and code >= EXIT_CODES[FindingKind(fail_on.value)]:
        raise typer.Exit(code)


def _as_json(number: int, found: _Impact) -> dict[str, Any]:
    return {
        "revision": number,
        "of": [_written(each) for each in found.fall.asked],
        "falls": [
            {"element": _written(each.element), "because": [_written(other) for other in each.because]}
            for each in found.fall.falls
        ],
        "broken_promises": [
            {"clause": each.clause.key, "states": [_written(other) for other in each.states]}
            for each in found.fall.broken_promises
        ],
        "findings": findings_as_json(found.findings),
        "people": {"count": found.people.count, "is_complete": found.people.is_complete},
    }


def _show(number: int, found: _Impact) -> None:
    fall = found.fall
    say(f"If {_listed(fall.asked)} {'goes' if len(fall.asked) == 1 else 'go'} from revision {number}:")
    say()
    say(f"People: {_people(found.people)}")
    say()
    say(f"Falls as well: {counted(len(fall.falls), 'element')}")
    if fall.falls:
        say_table(("Element", "Because of"), [(_written(each.element), _listed(each.because)) for each in fall.falls])
    say()
    say(f"Would state what is no more: {counted(len(fall.broken_promises), 'clause')}")
    if fall.broken_promises:
        say_table(
            ("Clause", "States", "Text"),
            [(each.clause.key, _listed(each.states), text_of(each.clause)) for each in fall.broken_promises],
        )
    say()
    say("The checks would find:")
    say_findings(found.findings)


def _people(people: PeopleCount) -> str:
    return f"{people.count:,}" if people.is_complete else f"{people.count:,} or more"


def _listed(elements: tuple[MapElement, ...]) -> str:
    shown = [_written(each) for each in elements[:_SHOWN]]
    more = len(elements) - len(shown)
    return ", ".join([*shown, *([f"and {more} more"] if more else [])])


def _written(element: MapElement) -> str:
    return written(name_of(element))
