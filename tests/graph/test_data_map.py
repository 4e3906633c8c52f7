"""One revision in memory: trees, what covers a holding, and every path that it may take."""

from __future__ import annotations

from typing import Any

import pytest

from graph.data_map import DataMap, all_elements
from graph.errors import NotFound
from graph.model import Clause, ClauseKind, LegalBasis, Policy, RetentionException
from tests.builders import (
    a_case,
    a_category,
    a_controller,
    a_disclosure,
    a_map,
    a_measure,
    a_policy,
    a_processing,
    a_purpose,
    a_recipient,
    a_retention_rule,
    a_revision,
    a_right,
    a_safeguard,
    a_service,
    an_exclusion,
)


def a_data_map(**over: Any) -> DataMap:
    return DataMap(a_revision(), a_policy("statement", "other"), a_map(**over))


def hops(data_map: DataMap, service: str = "billing", category: str = "email") -> list[str]:
    """Each path as "disclosure: recipient > recipient"."""
    return [
        f"{path.disclosure.key}: " + " > ".join(each.key for each in path.recipients)
        for path in data_map.coverage(service, category).paths
    ]


# billing has a shop, which has a till; email is contact data, which is personal data.
SERVICES = (a_service("till", part_of="shop"), a_service("shop", part_of="billing"), a_service())
CATEGORIES = (a_category(part_of="contact"), a_category("contact", part_of="personal"), a_category("personal"))


class TestTrees:
    def test_a_line_goes_from_the_nearest_to_the_farthest(self) -> None:
        data_map = a_data_map(services=SERVICES, data_categories=CATEGORIES)
        assert [each.key for each in data_map.service_line("till")] == ["till", "shop", "billing"]
        assert [each.key for each in data_map.service_line("billing")] == ["billing"]
        assert [each.key for each in data_map.category_line("email")] == ["email", "contact", "personal"]
        assert (data_map.service_line("gone"), data_map.category_line("gone")) == ((), ())

    def test_clauses_are_found_by_key_and_by_what_they_are_below(self) -> None:
        item = Clause("item", "1.1.1", ClauseKind.LIST_ITEM, "An item.", "statement")
        policy = a_policy("statement", "other")
        data_map = DataMap(a_revision(), Policy(policy.markdown, (*policy.clauses, item)), a_map())
        assert [each.key for each in data_map.clauses_of(("other", "policy", "other"))] == ["other", "policy", "other"]
        below = {key: [each.key for each in clauses] for key, clauses in data_map.clauses_below.items()}
        assert below == {None: ["policy"], "policy": ["statement", "other"], "statement": ["item"]}

    def test_each_clause_knows_what_it_states_in_the_order_of_the_map(self) -> None:
        data_map = a_data_map(
            controller=a_controller(clauses=("other",)),
            services=(a_service(clauses=()),),
            rights=(a_right(clauses=("other", "statement")),),
        )
        stated = data_map.elements_by_clause
        assert [each.key for each in stated["other"]] == ["acme", "access"]
        assert [each.key for each in stated["statement"]] == [
            *("email", "the-person", "delivery", "CY", "mailer", "half-a-year", "billing-email", "providers"),
            *("email-to-mailer", "access"),
        ]
        assert "policy" not in stated

    def test_a_clause_that_only_an_exception_cites_states_its_rule(self) -> None:
        exceptions = (
            RetentionException("court", "A court asks", ("other", "statement")),
            RetentionException("tax", "Tax law", ("other",)),
        )
        stated = a_data_map(retention_rules=(a_retention_rule(exceptions=exceptions),)).elements_by_clause
        assert [each.key for each in stated["other"]] == ["half-a-year"]
        assert [each.key for each in stated["statement"]].count("half-a-year") == 1

    def test_all_elements_are_every_one_of_every_kind(self) -> None:
        elements = a_map(
            safeguards=(a_safeguard(),), exclusions=(an_exclusion(),), rights=(a_right(),), measures=(a_measure(),)
        )
        assert [type(each).__name__ for each in all_elements(elements)] == [
            *("Controller", "Service", "DataCategory", "Source", "Purpose", "Country", "Safeguard", "Recipient"),
            *("RetentionRule", "Processing", "DisclosureCase", "Disclosure", "Exclusion", "Right", "Measure"),
        ]


class TestCoverage:
    @pytest.mark.parametrize(
        ("said_of", "covered"),
        [
            (("billing", "email"), "billing/email shop/email till/email"),
            (("shop", "email"), "shop/email till/email"),
            (("till", "email"), "till/email"),
            (("shop", "contact"), "shop/email shop/contact till/email till/contact"),
            (("till", "personal"), "till/email till/contact till/personal"),
        ],
    )
    def test_what_is_said_of_a_whole_holds_for_its_parts(self, said_of: tuple[str, str], covered: str) -> None:
        service, category = said_of
        data_map = a_data_map(
            services=SERVICES,
            data_categories=CATEGORIES,
            processings=(a_processing(service=service, categories=(category,)),),
            disclosures=(a_disclosure(services=(service,), categories=(category,)),),
        )
        found = {
            f"{s}/{c}": (len(data_map.coverage(s, c).processings), len(data_map.coverage(s, c).paths))
            for s in ("billing", "shop", "till")
            for c in ("email", "contact", "personal")
        }
        assert {pair for pair, counts in found.items() if counts == (1, 1)} == set(covered.split())
        assert set(found.values()) == {(0, 0), (1, 1)}

    def test_a_fact_that_covers_twice_is_there_once(self) -> None:
        data_map = a_data_map(
            services=SERVICES,
            data_categories=CATEGORIES,
            processings=(a_processing(categories=("personal", "email", "contact")),),
            disclosures=(a_disclosure(services=("shop", "billing"), categories=("email", "personal")),),
        )
        coverage = data_map.coverage("till", "email")
        assert (len(coverage.processings), len(coverage.paths)) == (1, 1)
        assert [each.key for each in coverage.services] == ["till", "shop", "billing"]
        assert [each.key for each in coverage.categories] == ["email", "contact", "personal"]

    def test_facts_are_whole_and_in_the_order_of_the_map(self) -> None:
        data_map = a_data_map(
            purposes=(a_purpose(), a_purpose("tax")),
            retention_rules=(a_retention_rule(), a_retention_rule("ten-years")),
            processings=(
                a_processing("z", purpose="tax", retention="ten-years", clauses=("other", "statement")),
                a_processing("elsewhere", categories=()),
                a_processing("a", clauses=("statement",)),
            ),
        )
        coverage = data_map.coverage("billing", "email")
        assert [(each.processing.key, each.purpose.key, each.retention.key) for each in coverage.processings] == [
            ("z", "tax", "ten-years"),
            ("a", "delivery", "half-a-year"),
        ]
        assert coverage.clauses == ("other", "statement")

    @pytest.mark.parametrize("pair", [("gone", "email"), ("billing", "gone"), ("gone", "gone"), ("", "")])
    def test_of_what_the_map_does_not_know_it_says_nothing_and_keeps_nothing(self, pair: tuple[str, str]) -> None:
        data_map = a_data_map()
        coverage = data_map.coverage(*pair)
        assert (coverage.processings, coverage.paths, coverage.clauses) == ((), (), ())
        assert data_map.coverage(*pair) is not coverage

    def test_what_it_knows_is_worked_out_once(self) -> None:
        data_map = a_data_map()
        assert data_map.coverage("billing", "email") is data_map.coverage("billing", "email")


class TestPaths:
    def test_go_through_everyone_who_is_engaged_nearest_first(self) -> None:
        data_map = a_data_map(
            recipients=(
                a_recipient(engages=("host", "post")),
                a_recipient("host", engages=("disk",)),
                a_recipient("post", engages=("disk",)),
                a_recipient("disk", engages=("iron",)),
                a_recipient("iron"),
                a_recipient("idle", engages=("disk",)),
            )
        )
        assert hops(data_map) == [
            "email-to-mailer: mailer",
            "email-to-mailer: mailer > host",
            "email-to-mailer: mailer > post",
            "email-to-mailer: mailer > host > disk",
            "email-to-mailer: mailer > post > disk",
            "email-to-mailer: mailer > host > disk > iron",
            "email-to-mailer: mailer > post > disk > iron",
        ]
        last = data_map.coverage("billing", "email").paths[-1]
        assert last.recipient.key == "iron"

    def test_a_chain_as_long_as_one_likes(self) -> None:
        keys = [f"r{number}" for number in range(300)]
        chain = tuple(
            a_recipient(key, engages=(after,)) for key, after in zip(keys, [*keys[1:], "mailer"], strict=True)
        )
        data_map = a_data_map(recipients=(*chain, a_recipient()), disclosures=(a_disclosure(recipient="r0"),))
        paths = data_map.coverage("billing", "email").paths
        assert [len(path.recipients) for path in paths] == list(range(1, 302))

    def test_each_disclosure_has_its_own(self) -> None:
        data_map = a_data_map(
            disclosure_cases=(a_case(), a_case("law")),
            recipients=(a_recipient(), a_recipient("court")),
            disclosures=(a_disclosure("second", recipient="court", case="law"), a_disclosure("first")),
        )
        assert hops(data_map) == ["second: court", "first: mailer"]
        first = data_map.coverage("billing", "email").paths[0]
        assert (first.service.key, first.category.key, first.purpose.key, first.case.key) == (
            "billing",
            "email",
            "delivery",
            "law",
        )

    def test_only_the_categories_that_are_named_go(self) -> None:
        data_map = a_data_map(data_categories=(a_category(), a_category("phone"), a_category("local", part_of="email")))
        assert hops(data_map, category="phone") == []
        assert hops(data_map, category="local") == ["email-to-mailer: mailer"]
        [path] = data_map.coverage("billing", "local").paths
        assert path.category_keys == {"local", "email"}


class TestPromises:
    def test_a_promise_about_a_whole_holds_for_its_parts_only(self) -> None:
        never = an_exclusion("never", categories=("contact",), minimum_age=None)
        data_map = a_data_map(data_categories=CATEGORIES, exclusions=(an_exclusion(), never))
        assert data_map.exclusions_of("email") == (never,)
        assert data_map.exclusions_of("contact") == (never,)
        assert data_map.exclusions_of("personal") == ()
        assert data_map.exclusions_of("gone") == ()


class TestLookUps:
    def test_find_what_is_there(self) -> None:
        data_map = a_data_map()
        assert data_map.load_purpose("delivery") == a_purpose()
        assert data_map.load_clause("other") == a_policy("statement", "other").clauses[-1]

    def test_say_what_is_not_there(self) -> None:
        data_map = a_data_map()
        with pytest.raises(NotFound) as no_purpose:
            data_map.load_purpose("gone")
        assert no_purpose.value.message == "Revision 1 has no purpose 'gone'"
        assert no_purpose.value.ids == {"key": "gone", "revision": 1}
        with pytest.raises(NotFound, match="Revision 1 has no clause 'gone'"):
            data_map.load_clause("gone")

    def test_the_bases_of_a_purpose_are_its_own_and_those_of_its_processings(self) -> None:
        data_map = a_data_map(
            purposes=(a_purpose(legal_basis=LegalBasis.CONTRACT), a_purpose("tax")),
            processings=(a_processing("a", legal_basis=LegalBasis.CONSENT), a_processing("b", purpose="tax")),
        )
        assert data_map.bases_of("delivery") == {LegalBasis.CONTRACT, LegalBasis.CONSENT}
        assert data_map.bases_of("tax") == {LegalBasis.LEGITIMATE_INTERESTS}
