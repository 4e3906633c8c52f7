"""`GET /policy/N/changes`: what a revision says otherwise than the one before it, or than another."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings

from graph.changes import Impact, ImpactAdjustment
from graph.store.adjustments import record_adjustment
from graph.store.comparisons import Comparison
from graph.store.publishing import withdraw_revision
from graph.store.revisions import draft_revision
from seed.folder import read_revision
from server.pages import changes_told, differences
from server.pages.policy_changes import changes_page
from server.pages.shelf import Shelf
from server.pages.writing import Pages
from tests.builders import A_DAY, a_policy
from tests.server.api import EXAMPLE_REVISION, TODAY, Api
from tests.server.pages.compared import of_seed, of_texts
from tests.server.pages.parsed import Parsed
from tests.server.pages.test_differences import texts
from tests.server.pages.test_policies import SECOND, SECURITY, first, page, refused, text
from tests.server.telling import TO_COME

__all__ = ["first"]  # the fixture
WORDED = replace(SECOND, policy=a_policy("statement", "more"))


def of(compared: Comparison) -> Parsed:
    old, new = compared.old.revision, compared.new.revision
    shelf = Shelf((new, old), has_older=False, in_force=2)
    return Parsed(changes_page(Pages("http://x"), compared.new, new, shelf, old, compared).decode())


# ---- what it shows ---------------------------------------------------------------------------------------------------


def test_the_made_up_revision() -> None:
    found = of(of_seed())

    assert found.text("h1") == "What revision 2 changes"
    assert found.texts(".counts > div") == [
        "changes affect people’s rights6",
        "changes concern people’s rights, and take nothing away0",
        "changes do nothing to people’s rights4",
    ]
    assert found.texts("section h2, section h3")[:3] == [
        "In short",
        "6 changes that affect people’s rights",
        "In the text",
    ]
    assert found.texts(".told > li")[:2] == [
        "New Country: Singapore A country without adequate protection is new in the map, or new for a recipient. "
        "Clause 20.8",
        "New Recipient: Example Analytics Pte. Ltd. A recipient is new. Clauses 20.4, 20.8",
    ]
    assert found.texts("summary") == [
        "4 changes that do nothing to people’s rights",
        "18 clauses that are the same: 2 to 4.4",
        "1 clause that is the same: 5.1",
        "88 clauses that are the same: 6 to 11.10",
        "1 clause that is the same: 12.1",
        "63 clauses that are the same: 12.3 to 19.10",
        "7 clauses that are the same: 20.1 to 20.7",
    ]
    assert found.texts(".clause .where") == ["Title", "1 New", "5", "5.2 Reworded", "12", "12.2 New", "20", "20.8 New"]
    assert found.links(".clause .where a")[:2] == ["/policy/2#clause-policy", "/policy/2#clause-policy.made-up"]


def test_what_is_gone_and_new_is_said_without_colour_and_without_eyes() -> None:
    found = of(of_texts("It is kept for a year.\n", "It is kept for two years.\n"))

    (said,) = found.tree.css(".clause .said")
    assert said.html == (
        '<p class="said" lang="en" dir="ltr">It is kept for '
        '<del><span class="unseen">[removed: </span>a year<span class="unseen">] </span></del>'
        '<ins><span class="unseen">[added: </span>two years<span class="unseen">] </span></ins>.</p>'
    )


def test_what_is_gone_leads_to_the_older_text_and_what_moved_says_from_where() -> None:
    old = "one and only\n\ntwo of them\n\nquite something else\n\nthree in a row\n"
    found = of(of_texts(old, "three in a row\n\none and only\n\ntwo of them\n"))

    assert found.texts(".where") == ["1 Moved from 4", "3 Gone"]
    assert found.links(".where a") == ["/policy/2#clause-p1", "/policy/1#clause-p3"]
    assert found.texts(".told > li > p:first-child") == ["Moved Clause 1", "Gone Clause 3"]
    assert found.links(".told a") == ["#clause-p1", "/policy/1#clause-p3"]


def test_what_is_only_set_otherwise_says_so() -> None:
    found = of(of_texts("It is kept for a year.\n", "It is kept **for a year**.\n"))

    assert found.texts(".where") == ["1 Reworded in how it is set alone"]


def test_what_was_judged_otherwise_says_by_which_rule() -> None:
    compared = of_seed()
    by = ImpactAdjustment(compared.changes[0].key, Impact.INDIRECT, "It is <adequate>.", "staff-1", A_DAY)
    compared = replace(compared, changes=(replace(compared.changes[0], adjustment=by), *compared.changes[1:]))

    found = of(compared)

    assert found.texts("section h3")[:2] == [
        "5 changes that affect people’s rights",
        "1 change that concerns people’s rights, and takes nothing away",
    ]
    assert found.texts(".told > li")[3] == (
        "New Country: Singapore A country without adequate protection is new in the map, or new for a recipient. "
        "By its rule it affects people’s rights; the publisher judged otherwise: “It is <adequate>.”. Clause 20.8"
    )
    assert "staff-1" not in found.tree.html  # type: ignore[operator]


def test_what_is_cut_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes_told, "CHANGES_AT_MOST", 3)
    monkeypatch.setattr(changes_told, "CITED_AT_MOST", 1)
    monkeypatch.setattr(differences, "STRETCHES_AT_MOST", 1)

    found = of(of_seed())

    assert found.texts("section[aria-labelledby=summary] > p, details > p:not([id])") == [
        "And 3 changes more that are not listed here: what they do to the text is below.",
        "And 4 changes more that are not listed here: what they do to the text is below.",
    ]
    assert found.texts(".told .small")[1] == "A recipient is new. Clauses 20.4 and 1 more"
    assert found.texts("section[aria-labelledby=text] > p")[1].startswith("So much is reworded that only the first ")


def test_nothing_that_differs_is_said_too() -> None:
    found = of(of_texts("one\n", "one\n"))

    assert found.texts("main > p")[-1] == (
        "Nothing differs between revision 1 and revision 2, but for the order of things."
    )


@settings(max_examples=60, deadline=None)
@given(texts, texts)
def test_any_two_texts_make_a_page_that_is_well_made(old: str, new: str) -> None:
    compared = of_texts(old, new)
    found = of(compared)

    if compared.changes:
        kept = [f"clause-{each.key}" for each in compared.new.policy.clauses]
        assert [id for id in found.ids if id.startswith("clause-")] == kept


# ---- which are compared ----------------------------------------------------------------------------------------------


async def test_it_is_compared_with_the_one_before_or_with_another(first: Api) -> None:
    await first.publish_content(SECOND, TO_COME)
    await first.publish_content(WORDED, TO_COME + timedelta(days=1))

    before, another = await page(first, "/policy/3/changes"), await page(first, "/policy/3/changes?from=1")
    back = await page(first, "/policy/1/changes?from=3")

    assert before.links(".standing a") == ["/policy/3", "/policy/2"]
    assert another.links(".standing a") == ["/policy/3", "/policy/1"]
    assert (before.texts(".counts dd"), another.texts(".counts dd")) == (["0", "0", "1"], ["0", "1", "1"])
    assert back.texts(".where") == ["Title", "2 Gone"]
    assert another.texts("option") == ["Revision 2, 1 December 2026", "Revision 1, 1 January 2026"]
    assert [each.attributes["value"] for each in another.tree.css("option[selected]")] == ["1"]
    assert (await page(first, "/policy/3/changes?from=3")).texts("main > p")[-1].startswith("Nothing differs")


async def test_the_first_has_none_before_it(first: Api) -> None:
    found = await page(first, "/policy/1/changes")

    assert found.texts("main > p")[-1] == (
        "This is the first revision of the policy: there is none to compare it with."
    )
    assert found.tree.css("form") == []


async def test_nobody_but_staff_sees_what_a_draft_changes(first: Api) -> None:
    await draft_revision(first.database, WORDED, at=TODAY)
    await first.publish_content(SECOND, TO_COME)
    await withdraw_revision(first.database, 3, at=TODAY)
    staff = first.staff()

    for address in ("/policy/2/changes", "/policy/1/changes?from=2", "/policy/3/changes", "/policy/1/changes?from=3"):
        assert await refused(first, address) == (404, "NO_SUCH_ADDRESS")
        for token in (first.subject("ann"), first.service("billing"), first.job()):
            response = await first.client.get(address, headers={"Authorization": f"Bearer {token}"})
            assert response.status_code == 404
        response = await first.client.get(address, headers={"Authorization": f"Bearer {staff}"})
        assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
        assert await refused(first, address) == (404, "NO_SUCH_ADDRESS")
    draft = await page(first, "/policy/2/changes", staff)
    assert draft.links(".standing a") == ["/policy/2", "/policy/1"]
    assert draft.texts(".where")[-1] == "2 New"


async def test_a_draft_is_judged_anew_until_it_is_published(first: Api) -> None:
    await draft_revision(first.database, WORDED, at=TODAY)
    staff = first.staff()
    assert (await page(first, "/policy/2/changes", staff)).texts(".counts dd") == ["0", "1", "1"]
    key = "controller/acme/email"

    await record_adjustment(first.database, 2, 1, ImpactAdjustment(key, Impact.DIRECT, None, "staff-1", TODAY))

    assert (await page(first, "/policy/2/changes", staff)).texts(".counts dd") == ["1", "0", "1"]


# ---- how it is asked for ---------------------------------------------------------------------------------------------


async def test_it_is_kept_and_asked_for_as_the_text_is(first: Api) -> None:
    await first.publish_content(read_revision(EXAMPLE_REVISION), TO_COME)
    given = await first.client.get("/policy/2/changes")

    assert {name: given.headers.get(name) for name in SECURITY} == SECURITY
    for name, value in (
        ("If-None-Match", given.headers["etag"]),
        ("If-Modified-Since", given.headers["last-modified"]),
    ):
        response = await first.client.get("/policy/2/changes", headers={name: value})
        assert (response.status_code, response.content) == (304, b"")
    head = await first.client.head("/policy/2/changes")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(given.content)))
    statements: list[str] = []
    first.database.observers.append(statements.append)
    assert await text(first, "/policy/2/changes") == given.text
    assert len(statements) == 1


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("to=2", "There is no parameter 'to': use from, or none"),
        ("from=one", "`from` is 'one': give a whole number from 1 to 2147483647"),
        ("from=0", "`from` is '0': give a whole number from 1 to 2147483647"),
        ("from=1&from=1", "`from` is in the address twice: send it once"),
    ],
)
async def test_what_is_wrong_with_the_address_is_said(reader: Api, query: str, message: str) -> None:
    response = await reader.client.get(f"/policy/1/changes?{query}")

    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"], error["message"]) == (400, "INVALID_INPUT", message)


@pytest.mark.parametrize("given", ["/policy/77/changes", "/policy/x/changes", "/policy/1/changes?from=77"])
async def test_what_was_not_published_is_not_there(reader: Api, given: str) -> None:
    assert await refused(reader, given) == (404, "NO_SUCH_ADDRESS")


async def test_it_is_read_and_nothing_else(reader: Api) -> None:
    response = await reader.client.post("/policy/1/changes")

    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD")
