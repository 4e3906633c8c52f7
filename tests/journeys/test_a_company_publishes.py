"""A company puts in its own policy and map: it checks them, drafts, looks at the findings, and publishes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.builders import a_disclosure, a_map, a_map_text, a_policy, a_recipient, a_revision_content
from tests.journeys.vitrine import Caller, Vitrine

ANN = "ann"
HELD = """{ me { revision { number } holdings { nodes { service { name } category { name }
  recipients { recipient { name } clauses { text } } } } } }"""
IN_FORCE = "{ policy { revision { number } html } }"


def test_a_company_publishes_its_own_policy(vitrine: Vitrine) -> None:
    first = vitrine.folder / "our-policy"
    we_write_a_policy_and_a_map(first)
    we_check_them_and_are_told_where_a_mistake_is(vitrine, first)
    with vitrine.served(VITRINE_SEED_DIR=str(first), VITRINE_SEED_EXAMPLES=str(_no_examples(vitrine))) as service:
        our_policy_is_in_force(service)
        a_person_sees_what_we_hold_by_it(service)
        second = vitrine.folder / "next-policy"
        we_write_the_next_one(second)
        number = we_draft_it(vitrine, second)
        we_look_at_the_findings(service, number)
        nobody_else_sees_the_draft(service, number)
        we_publish_it(vitrine, number)
        the_person_sees_the_new_revision(service)


def we_write_a_policy_and_a_map(folder: Path) -> None:
    folder.mkdir()
    (folder / "policy.md").write_text(a_policy().markdown, "utf-8")
    (folder / "map.yaml").write_text(a_map_text(a_revision_content()), "utf-8")


def we_check_them_and_are_told_where_a_mistake_is(vitrine: Vitrine, folder: Path) -> None:
    file = folder / "map.yaml"
    right = file.read_text("utf-8")
    file.write_text(right.replace("recipient: mailer", "recipient: mialer"), "utf-8")
    line = 1 + [each.strip() for each in file.read_text("utf-8").splitlines()].index("recipient: mialer")
    assert f"{file}:{line}: " in vitrine.run("map", "check", str(folder), code=1)
    file.write_text(right, "utf-8")
    assert "No findings" in vitrine.run("map", "check", str(folder))


def our_policy_is_in_force(service: Caller) -> None:
    policy = service.ask(IN_FORCE)["policy"]
    assert policy["revision"] == {"number": 1}
    assert "What statement says." in policy["html"]


def a_person_sees_what_we_hold_by_it(service: Caller) -> None:
    (summary,) = service.report(
        "billing", [{"subject": ANN, "service": "billing", "category": "email", "since": "2026-01-01T00:00:00Z"}]
    )
    assert summary["summary"]["changed"] == 1
    assert _seen(service) == (1, ["Mailer"])


def we_write_the_next_one(folder: Path) -> None:
    """It names one more recipient, and no clause says what goes there."""
    folder.mkdir()
    archive = a_recipient("archive", function="keeps copies", clauses=("archive",))
    elements = a_map()
    to_archive = a_disclosure("email-to-archive", recipient="archive", clauses=())
    content = a_revision_content(
        policy=a_policy("statement", "archive"),
        elements=a_map(recipients=(*elements.recipients, archive), disclosures=(*elements.disclosures, to_archive)),
        summary="One more recipient.",
    )
    (folder / "policy.md").write_text(content.policy.markdown, "utf-8")
    (folder / "map.yaml").write_text(a_map_text(content), "utf-8")


def we_draft_it(vitrine: Vitrine, folder: Path) -> int:
    drafted = json.loads(vitrine.run("revision", "draft", str(folder), "--json"))
    assert (drafted["number"], drafted["state"], drafted["base"]) == (2, "DRAFT", 1)
    return 2


def we_look_at_the_findings(service: Caller, number: int) -> None:
    document = f"{{ dataMap(number: {number}) {{ findings {{ nodes {{ kind element {{ key }} }} }} }} }}"
    found = service.ask(document, staff="compliance")["dataMap"]["findings"]["nodes"]
    assert {"kind": "GAP", "element": {"key": "email-to-archive"}} in found


def nobody_else_sees_the_draft(service: Caller, number: int) -> None:
    listed = service.ask("{ revisions { nodes { number } } }", subject=ANN)["revisions"]["nodes"]
    assert [each["number"] for each in listed] == [1]
    assert _seen(service) == (1, ["Mailer"])


def we_publish_it(vitrine: Vitrine, number: int) -> None:
    effective = (datetime.now(UTC) + timedelta(seconds=-1)).isoformat()
    at_once = ("revision", "publish", str(number), "--effective", effective, "--expect", "1")
    vitrine.run(*at_once, code=1)  # 30 days are asked for, or a reason
    assert "Published revision 2" in vitrine.run(*at_once, "--because", "The old archive closed overnight.")
    assert "because: The old archive closed overnight." in vitrine.run("revision", "show", str(number))
    assert "draft" in vitrine.run("revision", "publish", str(number), "--effective", "2030-01-01", code=1).lower()


def the_person_sees_the_new_revision(service: Caller) -> None:
    assert _seen(service) == (2, ["Mailer", "Archive"])


def _seen(service: Caller) -> tuple[int, list[str]]:
    me = service.ask(HELD, subject=ANN)["me"]
    (row,) = me["holdings"]["nodes"]
    return me["revision"]["number"], [each["recipient"]["name"] for each in row["recipients"]]


def _no_examples(vitrine: Vitrine) -> Path:
    file = vitrine.folder / "no-examples.ndjson"
    file.write_text("", "utf-8")
    return file
