"""People, what services report of them, and the two worlds in which the same is attempted.

A *world* is what the graph holds of people. The two worlds of a `Case` are alike in what belongs to whoever attacks,
and differ in everything else: in the second, other people are not there, or there is something else about them.

Every time that is reported about a person has that person's own mark in its microseconds.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from hypothesis import strategies as st

from graph.changes import Place
from graph.contacts import Contact
from graph.model import AccessRecord, Channel, DecisionKind
from graph.notices import Notice, NoticeKind
from graph.reports import Line, Rejection, read_line, reject
from graph.store.contacts import record_contacts
from graph.store.database import Database, Transaction
from graph.store.fan_outs import LOCK_NOTICES, notice_row
from graph.store.reports import record_reports
from graph.store.revisions import load_data_map
from graph.store.subject_locks import lock_subjects
from graph.store.subjects import load_subject_as_staff, record_decision
from tests.builders import A_DAY
from tests.graphs import run
from tests.isolation.maps import CASES, CATEGORIES, PURPOSES, RECIPIENTS, SERVICES

#: Different people all of them, in families that a mistake could take for one: by how an id begins and by what
#: separates the parts of ids and cursors; by letters that look alike; by what JSON takes for no text; by quotes.
#: The first of each is, by mistake, the second by letters, the third when cut, and the beginning of the fourth.
FAMILIES = (
    ("Ann:1", "ann:1", "Ann", "Ann:12", "ann", "an", "Ann,1"),
    ("\uff21nn/1", "ann/1", "\uff21nn", "\uff21nn/1a", "\u0430nn/1", "\u00e1nn", "a\u0301nn"),
    ("True:1", "true:1", "True", "True:1.0", "1", "01", "null", "WyJTdWJqZWN0IiwiYW5uIl0"),
    ("Ann/'1", "ann/'1", "Ann", "Ann/'1'OR'1'='1", '["Subject","ann"]', 'ann"}', "*", "$id"),
)
PEOPLE = tuple(dict.fromkeys(person for family in FAMILIES for person in family))
STRANGER = "nobody-knows"
DAYS = 20
#: Later than anything that is reported.
NOW = A_DAY + timedelta(days=DAYS + 1)

_WIPE_PEOPLE = """
MATCH (n)
WHERE n:Subject OR n:Holding OR n:Decision OR n:Trust OR n:DisclosureRecord OR n:AccessRecord OR n:Contact OR n:Notice
DETACH DELETE n
"""
_CREATE_NOTICES = """
UNWIND $rows AS row
MATCH (s:Subject {id: row.subject})
CREATE (s)-[:WAS_TOLD]->(n:Notice)
SET n = row
"""
_FORGET_NOTICES = """
MATCH (n:Notice)
DETACH DELETE n
"""
_TURN_TO_PAGE = """
MATCH (l:Ledger {id: "NOTICES"})
SET l.last_page = $page
"""
#: Of the lines about one person, in the proportion in which they come.
_KINDS = ("holding",) * 4 + ("gone",) + ("decision",) * 3 + ("trust",) * 3 + ("disclosure",) * 2


class Attacker(Enum):
    """Whose credential the attempts of a case are made with."""

    PERSON = auto()
    SERVICE = auto()
    NOBODY = auto()
    STAFF = auto()


@dataclass(frozen=True, slots=True)
class World:
    """Lines in the order in which they were reported, decisions that people took themselves, staff that looked, what
    people were told, and how they are reached."""

    lines: tuple[Mapping[str, Any], ...] = ()
    own_decisions: tuple[tuple[str, str, DecisionKind, datetime], ...] = ()
    looked: tuple[tuple[str, AccessRecord], ...] = ()
    told: tuple[Notice, ...] = ()
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """`person` and `service` are who the attacker is, as far as it is either. `seed`: of the attempts."""

    attacker: Attacker
    person: str
    service: str
    first: World
    second: World
    seed: int

    def __repr__(self) -> str:
        return f"<{self.attacker.name} {self.person!r} {self.service!r} seed {self.seed}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Short: hypothesis says it when a case fails."""
        printer.text(repr(self))


def mark(person: str) -> str:
    """What every time of this person ends with, as the API writes it."""
    return f".{_microseconds(person):06d}Z"


def _microseconds(person: str) -> int:
    # Apart by more than the one microsecond by which a decision may be moved behind another.
    return 770_010 + 10 * PEOPLE.index(person)


def _time(person: str, day: int) -> datetime:
    return A_DAY + timedelta(days=day, microseconds=_microseconds(person))


@st.composite
def lines(draw: st.DrawFn, person: str, services: Sequence[str] = SERVICES) -> dict[str, Any]:
    """A report about a person that the door lets pass."""
    days = st.integers(0, DAYS)
    kind = draw(st.sampled_from(_KINDS))
    service, category = draw(st.sampled_from(services)), draw(st.sampled_from(CATEGORIES))
    at = _time(person, draw(days)).isoformat()
    line: dict[str, Any] = {"type": kind, "subject": person, "service": service}
    match kind:
        case "holding":
            return {**line, "category": category, "since": at, "records": draw(st.integers(0, 9))}
        case "gone":
            return {**line, "category": category, "at": at}
        case "decision":
            purpose, decision = draw(st.sampled_from(_DECISIONS))
            return {**line, "purpose": purpose, "decision": decision.value, "at": at}
        case "trust":
            alike = [each for family in FAMILIES if person in family for each in family]
            towards = draw(st.sampled_from(tuple(each for each in alike * 4 + list(PEOPLE) if each != person)))
            until = {"until": _time(person, DAYS).isoformat()} if draw(st.booleans()) else {}
            return {**line, "towards": towards, "categories": [category], "since": at, **until}
        case _:
            recipient, purpose, case = (draw(st.sampled_from(each)) for each in (RECIPIENTS, PURPOSES, CASES))
            return {
                **line,
                "recipient": recipient,
                "categories": [category],
                "purpose": purpose,
                "case": case,
                "at": at,
            }


#: Those that purposes allow.
_DECISIONS = (
    ("news", DecisionKind.CONSENT),
    ("news", DecisionKind.WITHDRAWAL),
    ("news", DecisionKind.OBJECTION),
    ("delivery", DecisionKind.OBJECTION),
    ("delivery", DecisionKind.LIFTING),
    ("orders", DecisionKind.RESTRICTION),
)


# Made once for each: a strategy that is made anew is examined anew.
@functools.cache
def _lines_of(person: str, services: tuple[str, ...]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(lines(person, services), min_size=3, max_size=7)


@st.composite
def _notices(draw: st.DrawFn, person: str) -> list[Notice]:
    """None, or that of the second revision, with the one that takes it back or without."""
    kinds = draw(st.sampled_from((tuple(NoticeKind), tuple(NoticeKind)[:1], ())))
    places = draw(st.lists(st.builds(Place, st.sampled_from(SERVICES), st.sampled_from(CATEGORIES)), max_size=2))
    return [
        Notice(
            person,
            2,
            kind,
            _time(person, 10 + day),
            tuple(places),
            (PURPOSES[0],),
            _time(person, DAYS) if draw(st.booleans()) else None,
        )
        for day, kind in enumerate(kinds)
    ]


@st.composite
def _contacts(draw: st.DrawFn, person: str) -> list[Contact]:
    if draw(st.booleans()):
        return []
    channels = draw(st.sampled_from((None, frozenset({Channel.EMAIL}), frozenset({Channel.ACCOUNT_AREA}))))
    locale = draw(st.sampled_from((None, "de", "ru-RU")))
    address = draw(st.sampled_from((None, f"sealed{mark(person)}")))
    return [Contact(person, locale, channels, address, _time(person, 1))]


@functools.cache
def _told_of(person: str) -> st.SearchStrategy[tuple[list[Notice], list[Contact]]]:
    return st.tuples(_notices(person), _contacts(person))


@st.composite
def worlds(draw: st.DrawFn, people: Sequence[str], services: Sequence[str] = SERVICES, *, of_people: bool) -> World:
    """`of_people`: with what people decided themselves, the staff that looked, and what people were told."""
    found = [line for person in people for line in draw(_lines_of(person, tuple(services)))]
    if not of_people:
        return World(tuple(found))
    decided = [(person, *draw(st.sampled_from(_DECISIONS)), _time(person, DAYS)) for person in people]
    looked = [
        (person, AccessRecord(f"look-{person}-{n}", "an-auditor", _time(person, n)))
        for person in people
        for n in range(2)
    ]
    reached = [draw(_told_of(person)) for person in people]
    return World(
        tuple(found),
        tuple(decided),
        tuple(looked),
        tuple(notice for told, _ in reached for notice in told),
        tuple(contact for _, contacts in reached for contact in contacts),
    )


def _beside(one: World, other: World) -> World:
    parts = (getattr(one, each.name) + getattr(other, each.name) for each in fields(World))
    return World(*parts)


@st.composite
def cases(draw: st.DrawFn, attackers: Sequence[Attacker] = tuple(Attacker)) -> Case:
    attacker = draw(st.sampled_from(attackers))
    family = draw(st.sampled_from(FAMILIES))
    person = draw(st.sampled_from((*family[:1] * len(family), *family)))
    others = [each for each in family if each != person]
    fewer = draw(st.lists(st.sampled_from(others), unique=True))
    service, *other_services = draw(st.permutations(SERVICES))
    services: Sequence[str] = SERVICES
    match attacker:
        case Attacker.PERSON:
            own = draw(worlds([person], of_people=True))
        case Attacker.SERVICE:
            # Whom it has not reported yet, others have, in one of the worlds or in both.
            own, services = draw(worlds([person, others[0]], [service], of_people=False)), other_services
            others = [person, *others]
        case _:
            own, others = World(), [person, *others]
    first = draw(worlds(others, services, of_people=True))
    second = draw(worlds(fewer, services, of_people=True))
    seed = draw(st.integers(0, 2**32))
    return Case(attacker, person, service, _beside(own, first), _beside(own, second), seed)


async def settle(database: Database, world: World) -> None:
    """Makes this the world: whatever was known of people before is gone. Revisions stay."""
    await run(database, _WIPE_PEOPLE)
    await record_reports(database, await _through_the_door(database, world.lines))
    for person, purpose, kind, at in world.own_decisions:
        await record_decision(database, person, purpose, kind, at)
    for person, access in world.looked:
        await load_subject_as_staff(database, person, NOW, access=access)

    async def reach(transaction: Transaction) -> None:
        people = {each.subject for each in world.told} | {each.subject for each in world.contacts}
        await lock_subjects(transaction, sorted(people))
        await record_contacts(transaction, world.contacts)
        await transaction.run(_CREATE_NOTICES, rows=[notice_row(notice, 1) for notice in world.told])

    await database.write(reach)


async def tell(database: Database, person: str, others: Sequence[str]) -> None:
    """Tells a person of the second revision, and before that the others, of its withdrawal. What anybody was told until
    now is gone."""

    async def work(transaction: Transaction) -> None:
        (ledger,) = await transaction.run(LOCK_NOTICES)
        await transaction.run(_FORGET_NOTICES)
        pages = ((others, NoticeKind.WITHDRAWAL), ([person], NoticeKind.REVISION))
        for page, (people, kind) in enumerate(pages, ledger["last_page"] + 1):
            told = [Notice(each, 2, kind, _time(each, DAYS)) for each in people]
            await transaction.run(_CREATE_NOTICES, rows=[notice_row(notice, page) for notice in told])
            await transaction.run(_TURN_TO_PAGE, page=page)

    await database.write(work)


async def _through_the_door(database: Database, told: Iterable[Mapping[str, Any]]) -> list[Line]:
    door = await load_data_map(database, 2)
    let_in: list[Line] = []
    for number, each in enumerate(told, 1):
        line = read_line(json.dumps(each).encode(), number)
        assert not isinstance(line, Rejection), line
        if reject(line, number, door, NOW, None) is None:
            let_in.append(line)
    return let_in
