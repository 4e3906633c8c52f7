"""How people are reached, as reported: who may say so, and that no address goes anywhere but sealed into the graph."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from graph.engines.address import GraphAddress
from graph.store.contacts import list_contacts
from graph.store.database import Database
from server.sealing import AddressKeys
from tests.graphs import dump
from tests.logs import logged_to
from tests.server.api import Api, read_ndjson
from tests.server.command_line import settings_of, vitrine
from tests.server.telling import ADDRESS_KEY, OTHER_ADDRESS_KEY

ADDRESS = "ann.smith@company.example"
SINCE = "2026-09-01T00:00:00Z"


def contact(subject: str = "ann", **over: object) -> dict[str, object]:
    return {"type": "contact", "subject": subject, "email": ADDRESS, "reported_at": SINCE, **over}


async def address_of(database: Database, subject: str = "ann", keys: str = ADDRESS_KEY) -> str | None:
    sealed = (await list_contacts(database, [subject]))[subject].address
    return None if sealed is None else AddressKeys.read(keys).open(subject, sealed)


class TestOverHttp:
    @pytest.fixture
    def kept(self, api: Api) -> Api:
        """With a key, and a service that may report contacts."""
        return api.with_settings(contact_service="account-area", address_keys=ADDRESS_KEY)

    async def test_the_account_area_reports_addresses_which_are_kept_sealed(self, kept: Api) -> None:
        [last] = read_ndjson(await kept.report([contact(locale="de")], kept.service("account-area")))
        assert (last["summary"]["changed"], last["summary"]["rejected"]) == (1, 0)
        assert await address_of(kept.database) == ADDRESS
        assert "smith" not in str(await dump(kept.database))

    async def test_sent_again_it_changes_nothing(self, kept: Api) -> None:
        lines = [contact(), contact("ben", email="Ben@COMPANY.example"), contact("cid", email=None, locale="de")]
        changed = []
        for _ in range(2):
            [last] = read_ndjson(await kept.report(lines, kept.service("account-area")))
            changed.append((last["summary"]["changed"], last["summary"]["unchanged"]))
        assert changed == [(3, 0), (0, 3)]
        assert await address_of(kept.database, "ben") == "Ben@company.example"

    async def test_another_service_may_not(self, kept: Api) -> None:
        rejected, last = read_ndjson(await kept.report([contact()], kept.service("websites")))
        assert (rejected["code"], last["summary"]["changed"]) == ("OTHER_SERVICE", 0)
        assert await list_contacts(kept.database, ["ann"]) == {}

    async def test_none_may_where_none_is_named(self, api: Api) -> None:
        kept = api.with_settings(address_keys=ADDRESS_KEY)
        rejected, _ = read_ndjson(await kept.report([contact()], kept.service("account-area")))
        assert rejected["code"] == "OTHER_SERVICE"

    async def test_without_a_key_an_address_is_refused_and_a_language_taken(self, api: Api) -> None:
        named = api.with_settings(contact_service="account-area")
        lines = [contact(), contact("ben", email=None, locale="de")]
        rejected, last = read_ndjson(await named.report(lines, named.service("account-area")))
        assert rejected == {
            "line": 1,
            "code": "NO_ADDRESS_KEY",
            "reason": "'email' cannot be kept: there is no key to seal addresses with",
            "clauses": [],
        }
        assert last["summary"]["changed"] == 1
        assert set(await list_contacts(named.database, ["ann", "ben"])) == {"ben"}

    async def test_a_new_key_seals_anew_what_is_reported_again(self, kept: Api) -> None:
        await kept.report([contact(), contact("ben")], kept.service("account-area"))
        rotated = kept.with_settings(contact_service="account-area", address_keys=f"{OTHER_ADDRESS_KEY} {ADDRESS_KEY}")
        [last] = read_ndjson(await rotated.report([contact()], rotated.service("account-area")))
        assert last["summary"]["changed"] == 1
        assert await address_of(kept.database, "ann", OTHER_ADDRESS_KEY) == ADDRESS
        assert await address_of(kept.database, "ben", OTHER_ADDRESS_KEY) is None
        assert await address_of(kept.database, "ben", f"{OTHER_ADDRESS_KEY} {ADDRESS_KEY}") == ADDRESS

    async def test_no_answer_and_no_log_line_holds_an_address(self, kept: Api) -> None:
        lines: list[dict[str, object]] = [
            contact(),
            contact(email=f"Ann <{ADDRESS}>"),
            contact(email=[ADDRESS]),
            contact(locale=ADDRESS),
            contact(reported_at=ADDRESS),
            {"type": "contact", "subject": ADDRESS.replace("@", " "), "email": ADDRESS},
            contact(reported_at="2100-01-01T00:00:00Z"),
        ]
        stream = io.StringIO()
        with logged_to(stream, "debug"):
            answers = [(await kept.report(lines, kept.service(by))).text for by in ("account-area", "websites")]
        assert ["smith" in text for text in (*answers, stream.getvalue())] == [False, False, False]
        assert '"rejected": 6' in answers[0]


class TestFromTheCommandLine:
    def test_anybody_with_the_graph_and_the_key_may(self, address: GraphAddress, api: Api, tmp_path: Path) -> None:
        file = tmp_path / "contacts.ndjson"
        file.write_text(json.dumps(contact()) + "\n")
        key = tmp_path / "keys"
        key.write_text(f"{ADDRESS_KEY}\n")
        graph = settings_of(address)
        refused = vitrine("holdings", "import", file, settings=graph)
        taken = vitrine("holdings", "import", file, settings={**graph, "VITRINE_ADDRESS_KEYS_FILE": str(key)})
        assert (refused.returncode, taken.returncode) == (1, 0)
        assert "line 1: NO_ADDRESS_KEY: 'email' cannot be kept" in refused.stderr
        assert "smith" not in refused.stdout + refused.stderr + taken.stdout + taken.stderr

    def test_with_a_service_it_may_what_that_services_token_may(
        self, address: GraphAddress, api: Api, tmp_path: Path
    ) -> None:
        file = tmp_path / "contacts.ndjson"
        file.write_text(json.dumps(contact(email=None, locale="de")) + "\n")
        graph = {**settings_of(address), "VITRINE_CONTACT_SERVICE": "account-area"}
        codes = [
            vitrine("holdings", "import", file, "--service", by, settings=graph).returncode
            for by in ("websites", "account-area")
        ]
        assert codes == [1, 0]
