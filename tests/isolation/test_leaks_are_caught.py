"""The search finds what it looks for: each of these mistakes, made on purpose, gives something away."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import datetime
from typing import Any

import pytest

from graph import reports
from graph.answer import SubjectAnswer
from graph.errors import Forbidden, InvalidInput
from graph.holdings import register_id
from graph.store import notices as store_notices
from graph.store import reports as store_reports
from graph.store import subjects as store_subjects
from graph.store.notices import Mailbox
from graph.store.reports import record_reports
from server import ingest, viewer
from server.context import Context
from server.notify.tail import Listener, NoticeTail
from server.schema import connections, mutations, notice_mutations, queries, subjects
from server.schema.ids import read_global_id
from server.schema.subjects import find_own
from server.viewer import Viewer
from tests.isolation.people import Attacker
from tests.isolation.search import Found, search
from tests.isolation.trial import SOCKETS_ARE_DROPPED, Trial

pytestmark = SOCKETS_ARE_DROPPED

Patch = pytest.MonkeyPatch
#: What an application that remembers answers would know: by application, and for the request that is answered now.
_remembered: ContextVar[dict[object, SubjectAnswer]] = ContextVar("remembered")


def _remembering(patch: Patch, key: Callable[[str, datetime | None], object]) -> None:
    """Answers are remembered by each application under a key, and are found there by whatever asks next."""
    load_answer = queries.load_answer
    memories: dict[int, dict[object, SubjectAnswer]] = {}

    async def load(context: Context, as_of: datetime | None) -> SubjectAnswer:
        memory = memories.setdefault(id(context.data_maps), {})
        _remembered.set(memory)
        answer = await load_answer(context, as_of)
        return memory.setdefault(key(answer.id, as_of), answer)

    patch.setattr(queries, "load_answer", load)


def an_answer_is_kept_under_too_short_a_key(patch: Patch) -> None:
    _remembering(patch, lambda id, as_of: as_of)


def node_does_not_ask_whose_it_is(patch: Patch) -> None:
    _remembering(patch, lambda id, as_of: (id, as_of))

    def find(answer: SubjectAnswer, type: str, id: str) -> Any:
        return next(_all_found(type, id), None)

    patch.setattr(queries, "find_own", find)


def an_error_tells_that_it_is_somebody_elses(patch: Patch) -> None:
    _remembering(patch, lambda id, as_of: (id, as_of))

    def find(answer: SubjectAnswer, type: str, id: str) -> Any:
        own = find_own(answer, type, id)
        if own is None and any(_all_found(type, id)):
            raise Forbidden("this belongs to somebody else")
        return own

    patch.setattr(queries, "find_own", find)


def _all_found(type: str, id: str) -> Iterator[Any]:
    found = (find_own(each, type, id) for each in list(_remembered.get().values()))
    return (each for each in found if each is not None)


def a_count_is_of_everybodys_rows(patch: Patch) -> None:
    page = connections.page

    def paged(rows: Any, **given: Any) -> Any:
        result = page(rows, **given)
        if given["kind"] == "holdings":
            result.total_count = sum(len(answer.holdings) for answer in _remembered.get().values())
        return result

    _remembering(patch, lambda id, as_of: (id, as_of))
    patch.setattr(subjects, "page", paged)


def a_cursor_is_known_as_somebody_elses(patch: Patch) -> None:
    index_after = connections._index_after
    seen: dict[int, set[object]] = {}

    def index(places: Any, cursor: Any, ordered: bool) -> int:
        memory = seen.setdefault(id(_remembered.get()), set())
        if cursor not in places and cursor in memory:
            raise Forbidden("this is a cursor of somebody else's list")
        memory.update(places)
        return index_after(places, cursor, ordered)

    page = connections.page

    def paged(rows: Any, **given: Any) -> Any:
        seen.setdefault(id(_remembered.get()), set()).update(map(given["place"], rows))
        return page(rows, **given)

    _remembering(patch, lambda id, as_of: (id, as_of))
    patch.setattr(connections, "_index_after", index)
    patch.setattr(subjects, "page", paged)


def people_are_found_by_letters_that_look_alike(patch: Patch) -> None:
    _by_another_id(patch, lambda id: unicodedata.normalize("NFKC", id).casefold())


def an_id_is_cut_at_what_separates_its_parts(patch: Patch) -> None:
    _by_another_id(patch, lambda id: id.partition(":")[0].partition("/")[0])


def _by_another_id(patch: Patch, change: Callable[[str], str]) -> None:
    load = store_subjects.load_subject
    patch.setattr(queries, "load_subject", lambda database, id, at: load(database, change(id), at))


def people_are_found_by_how_their_id_begins(patch: Patch) -> None:
    by_prefix = store_subjects.FIND_SUBJECT.replace("(s:Subject {id: $id})", "(s:Subject)").replace(
        "->(n)\nWITH number, link, n", "->(n)\nWHERE s.id STARTS WITH $id\nWITH number, link, n"
    )
    assert by_prefix != store_subjects.FIND_SUBJECT
    patch.setattr(store_subjects, "FIND_SUBJECT", by_prefix)


def whoever_is_trusted_costs_a_statement_more(patch: Patch) -> None:
    load = store_subjects.load_subject
    towards = "MATCH (s:Subject {id: $id})<-[:TOWARDS]-(t:Trust) RETURN count(t) AS trusts"

    async def load_more(database: Any, id: str, at: datetime) -> Any:
        (counted,) = await database.read(towards, id=id)
        if counted["trusts"]:
            await database.read(towards, id=id)
        return await load(database, id, at)

    patch.setattr(queries, "load_subject", load_more)


def a_scope_is_not_asked_for(patch: Patch) -> None:
    patch.setattr(Viewer, "_require", lambda self, scope: self.id)


def a_service_is_taken_for_staff(patch: Patch) -> None:
    patch.setattr(Viewer, "is_staff", property(lambda self: viewer.Scope.SERVICE in self.scopes))


def a_service_reports_for_its_neighbours(patch: Patch) -> None:
    for name in ("_CHECKS", "_CHECKS_OF_ADMITTED"):
        checks = getattr(reports, name)
        patch.setattr(reports, name, tuple(each for each in checks if each.__name__ != "_check_service"))


def a_trust_is_known_without_who_told_of_it(patch: Patch) -> None:
    patch.setattr(store_reports, "_teller", lambda service: ())


def services_share_a_register(patch: Patch) -> None:
    patch.setattr(store_reports, "register_id", lambda report: register_id(_of_one_service(report)))


def _of_one_service(report: Any) -> Any:
    return type(report)(**{name: getattr(report, name) for name in report.__slots__} | {"service": "any"})


def notices_are_found_by_how_an_id_begins(patch: Patch) -> None:
    by_prefix = store_notices.LIST_MAILBOXES.replace(
        "MATCH (s:Subject {id: subject})", "MATCH (s:Subject)\nWHERE s.id STARTS WITH subject"
    )
    assert by_prefix != store_notices.LIST_MAILBOXES
    patch.setattr(store_notices, "LIST_MAILBOXES", by_prefix)


def a_notice_is_marked_as_read_whosever_it_is(patch: Patch) -> None:
    def any_id(id: str, mailbox: Mailbox) -> str | None:
        try:
            found = read_global_id(id)
        except InvalidInput:
            return None
        return str(found.parts[0]) if found.type == "Notice" else None

    of_anybody = store_notices.READ_NOTICES.replace("(s:Subject {id: $subject})-[:WAS_TOLD]->", "")
    assert of_anybody != store_notices.READ_NOTICES
    patch.setattr(store_notices, "READ_NOTICES", of_anybody)
    patch.setattr(notice_mutations, "_own_id", any_id)


def whoever_listens_hears_what_those_beside_them_are_told(patch: Patch) -> None:
    listen_alone = NoticeTail.listen

    async def listen(tail: NoticeTail, subject: str) -> Listener:
        listener = await listen_alone(tail, subject)
        for listeners in tail._listeners.values():
            listeners.add(listener)

        def close(closed: Listener) -> None:
            for each in list(tail._listeners):
                tail._forget(each, closed)

        listener._close = close
        return listener

    patch.setattr(NoticeTail, "listen", listen)


def a_report_of_a_stranger_is_refused(patch: Patch) -> None:

    async def record_known(database: Any, lines: Any, **given: Any) -> Any:
        ids = [line.subject for line in lines]
        found = await database.read("MATCH (s:Subject) WHERE s.id IN $ids RETURN s.id AS id", ids=ids)
        known = {row["id"] for row in found}
        return await record_reports(database, [line for line in lines if line.subject in known], **given)

    patch.setattr(mutations, "record_reports", record_known)
    patch.setattr(ingest, "record_reports", record_known)


PERSON, SERVICE, NOBODY = (Attacker.PERSON,), (Attacker.SERVICE,), (Attacker.NOBODY,)


@pytest.mark.parametrize(
    ("mistake", "attackers"),
    [
        (an_answer_is_kept_under_too_short_a_key, PERSON),
        (node_does_not_ask_whose_it_is, PERSON),
        (an_error_tells_that_it_is_somebody_elses, PERSON),
        (a_count_is_of_everybodys_rows, PERSON),
        (a_cursor_is_known_as_somebody_elses, PERSON),
        (people_are_found_by_letters_that_look_alike, PERSON),
        (an_id_is_cut_at_what_separates_its_parts, PERSON),
        (people_are_found_by_how_their_id_begins, PERSON),
        (whoever_is_trusted_costs_a_statement_more, PERSON),
        (notices_are_found_by_how_an_id_begins, PERSON),
        (a_notice_is_marked_as_read_whosever_it_is, PERSON),
        (whoever_listens_hears_what_those_beside_them_are_told, PERSON),
        (a_scope_is_not_asked_for, NOBODY),
        (a_service_is_taken_for_staff, SERVICE),
        (a_service_reports_for_its_neighbours, SERVICE),
        (a_trust_is_known_without_who_told_of_it, SERVICE),
        (services_share_a_register, SERVICE),
        (a_report_of_a_stranger_is_refused, SERVICE),
    ],
    ids=lambda each: each.__name__ if callable(each) else "",
)
async def test_a_mistake_is_caught(
    trial: Trial, monkeypatch: Patch, mistake: Callable[[Patch], None], attackers: tuple[Attacker, ...]
) -> None:
    mistake(monkeypatch)
    with pytest.raises(Found):
        # Found within ten cases each; more are tried, since a change of the schema changes all that is attempted.
        await search(trial, attackers, number=400, attempts=50)
