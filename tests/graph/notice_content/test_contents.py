"""What one person is told: what touches them and nothing else, as the few things that it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from graph.changes import (
    Change,
    ClauseAdded,
    ClauseRemoved,
    ClauseReworded,
    ElementAdded,
    ElementAltered,
    Impact,
    Place,
    Touch,
    Words,
    WordsKind,
)
from graph.clauses.words import word_differences
from graph.model import (
    Adequacy,
    CaseCondition,
    Clause,
    ClauseKind,
    LegalBasis,
    MapElements,
    Policy,
    RecipientKind,
    RetentionPeriod,
    RetentionStart,
)
from graph.notice_content.model import (
    ActionKind,
    CaseTold,
    ClauseText,
    ClauseTold,
    CountryTold,
    DetailKind,
    Holdings,
    ItemKind,
    Named,
    PurposeTold,
    RecipientTold,
)
from graph.notices import NoticeKind
from tests.builders import (
    a_case,
    a_category,
    a_controller,
    a_country,
    a_disclosure,
    a_map,
    a_measure,
    a_policy,
    a_processing,
    a_purpose,
    a_recipient,
    a_retention_rule,
    a_right,
    a_safeguard,
    a_service,
    a_source,
    an_exclusion,
)
from tests.graph.notice_content.changed import (
    AT_EMAIL,
    EFFECTIVE,
    EMAIL,
    PHONE,
    WRITTEN,
    a_change,
    a_data_map,
    a_notice,
    all_changes,
    kinds,
    only,
    told,
    told_of,
)

BILLING = Named("Service", "billing", "Billing")
EMAIL_NAMED = Named("DataCategory", "email", "Email")
PHONE_NAMED = Named("DataCategory", "phone", "Phone")
EVERYTHING = a_map(
    services=(a_service(), a_service("shop")),
    data_categories=(a_category(), a_category("phone")),
    processings=(
        a_processing(categories=("email", "phone")),
        a_processing("shop-email", service="shop"),
    ),
)


def with_new_recipient() -> MapElements:
    """Everything, and a recipient in Singapore, with a safeguard of its own, for a disclosure and a case of its own."""
    return replace(
        EVERYTHING,
        countries=(a_country(), a_country("SG", name="Singapore", adequacy=Adequacy.NONE)),
        safeguards=(a_safeguard(),),
        recipients=(
            a_recipient(),
            a_recipient("letters", name="Letters Ltd", countries=("SG",), safeguards=("standard-clauses",)),
        ),
        disclosure_cases=(a_case(), a_case("on-request", number="2", condition=CaseCondition.EVENT)),
        disclosures=(
            a_disclosure(),
            a_disclosure("email-to-letters", recipient="letters", case="on-request", identifiable=False),
        ),
    )


class TestOneThingIsOneItem:
    def test_a_new_recipient_with_all_that_comes_along(self) -> None:
        content = told_of(EVERYTHING, with_new_recipient(), EMAIL, touch=AT_EMAIL)
        item = only(content)
        assert (item.kind, item.impact, item.key) == (
            ItemKind.RECIPIENT_ADDED,
            Impact.DIRECT,
            "RECIPIENT_ADDED/letters",
        )
        assert item.about == Named("Recipient", "letters", "Letters Ltd")
        assert item.holdings == (Holdings((BILLING,), (EMAIL_NAMED,)),)
        assert item.recipients == (
            RecipientTold(
                "letters",
                "Letters Ltd",
                RecipientKind.PROCESSOR,
                "sends messages",
                "",
                (CountryTold("SG", "Singapore", Adequacy.NONE),),
                (Named("Safeguard", "standard-clauses", "Standard clauses"),),
                cases=(CaseTold("on-request", "On request", CaseCondition.EVENT),),
                identifiable=False,
            ),
        )
        assert item.purposes == (PurposeTold("delivery", "Delivery", "", (LegalBasis.LEGITIMATE_INTERESTS,), False),)
        assert {(each.kind, each.of.label if each.of else "") for each in item.details} == {
            (DetailKind.ADDED, label) for label in ("Country", "Safeguard", "Recipient", "DisclosureCase", "Disclosure")
        }

    def test_a_recipient_that_goes_is_as_the_old_policy_has_it(self) -> None:
        item = only(told_of(with_new_recipient(), EVERYTHING, EMAIL, touch=AT_EMAIL))
        assert item.key == "RECIPIENT_REMOVED/letters"
        assert [each.countries for each in item.recipients] == [(CountryTold("SG", "Singapore", Adequacy.NONE),)]
        assert [each.key for each in item.purposes] == ["delivery"]

    def test_a_recipient_of_a_recipient_is_told_with_the_way_to_it(self) -> None:
        new = replace(EVERYTHING, recipients=(a_recipient(engages=("host",)), a_recipient("host", name=None)))
        item = only(told_of(EVERYTHING, new, EMAIL, touch=AT_EMAIL))
        assert item.about == Named("Recipient", "host", None)
        assert item.recipients[0].via == (Named("Recipient", "mailer", "Mailer"),)

    def test_more_data_for_a_known_recipient(self) -> None:
        new = replace(
            EVERYTHING,
            purposes=(a_purpose(), a_purpose("support")),
            disclosures=(a_disclosure(), a_disclosure("more", categories=("phone",), purpose="support")),
        )
        old = replace(new, disclosures=(a_disclosure(),))
        item = only(told_of(old, new, PHONE, touch=Touch(places=frozenset({PHONE}))))
        assert item.key == "RECIPIENT_CHANGED/mailer"
        assert [each.key for each in item.purposes] == ["support"]

    def test_a_country_that_loses_its_protection_is_told_with_who_is_there(self) -> None:
        new = replace(EVERYTHING, countries=(a_country(adequacy=Adequacy.NONE),))
        item = only(told_of(EVERYTHING, new, EMAIL, touch=AT_EMAIL))
        assert item.key == "COUNTRY_CHANGED/CY"
        assert [each.key for each in item.recipients] == ["mailer"]
        assert [(each.attribute, each.before, each.after) for each in item.details] == [("adequacy", "EEA", "NONE")]

    def test_a_new_country_goes_with_the_recipient_that_moves_there(self) -> None:
        new = replace(
            EVERYTHING,
            countries=(a_country(), a_country("SG")),
            recipients=(a_recipient(countries=("CY", "SG")),),
        )
        item = only(told_of(EVERYTHING, new, EMAIL, touch=AT_EMAIL))
        assert item.key == "RECIPIENT_CHANGED/mailer"
        assert [(each.kind, each.attribute, each.after) for each in item.details] == [
            (DetailKind.ADDED, None, None),
            (DetailKind.LINKED, "LOCATED_IN", "Country SG"),
        ]

    def test_a_new_country_alone_is_told_as_such(self) -> None:
        new = replace(EVERYTHING, countries=(a_country(), a_country("SG")))
        assert kinds(told_of(EVERYTHING, new, EMAIL)) == ["COUNTRY_ADDED/SG"]

    def test_a_retention_rule(self) -> None:
        longer = a_retention_rule(
            criterion="two years from collection", period=RetentionPeriod(years=2), start=RetentionStart.COLLECTION
        )
        item = only(told_of(EVERYTHING, replace(EVERYTHING, retention_rules=(longer,)), EMAIL, touch=AT_EMAIL))
        assert item.key == "RETENTION_CHANGED/half-a-year"
        assert {each.attribute: (each.before, each.after) for each in item.details} == {
            "criterion": ("half a year after the account is closed", "two years from collection"),
            "start": ("END", "COLLECTION"),
            "period": ("P6M", "P2Y"),
        }
        assert [each.key for each in item.purposes] == ["delivery"]

    def test_what_is_kept_under_another_rule_is_told_by_what_the_rules_say(self) -> None:
        new = replace(
            EVERYTHING,
            retention_rules=(a_retention_rule(), a_retention_rule("a-year", criterion="a year")),
            processings=(
                a_processing(categories=("email", "phone"), retention="a-year"),
                a_processing("shop-email", service="shop"),
            ),
        )
        item = only(told_of(EVERYTHING, new, EMAIL, touch=AT_EMAIL))
        assert item.key == "RETENTION_CHANGED/a-year"
        changed = [each for each in item.details if each.attribute == "KEPT_UNDER"]
        assert {(each.kind, each.before, each.after) for each in changed} == {
            (DetailKind.ALTERED, "half a year after the account is closed", "a year")
        }

    def test_a_new_purpose_with_what_is_used_for_it_and_who_receives_that(self) -> None:
        new = replace(
            EVERYTHING,
            purposes=(a_purpose(), a_purpose("advice", legal_basis=LegalBasis.CONSENT)),
            processings=(
                *EVERYTHING.processings,
                a_processing("advice", purpose="advice", legal_basis=LegalBasis.CONSENT),
            ),
            disclosures=(a_disclosure(), a_disclosure("advice", purpose="advice")),
        )
        content = told_of(EVERYTHING, new, EMAIL, touch=AT_EMAIL)
        assert kinds(content) == ["PURPOSE_ADDED/advice"]
        item = only(content)
        assert item.purposes == (PurposeTold("advice", "Advice", "", (LegalBasis.CONSENT,), False),)
        assert [each.key for each in item.recipients] == ["mailer"]

    def test_a_basis_that_changes_for_a_purpose_and_its_processings_is_one_item(self) -> None:
        new = replace(
            EVERYTHING,
            purposes=(a_purpose(legal_basis=LegalBasis.CONTRACT),),
            processings=(
                a_processing(categories=("email", "phone"), legal_basis=LegalBasis.CONTRACT),
                a_processing("shop-email", service="shop", legal_basis=LegalBasis.CONTRACT),
            ),
        )
        item = only(told_of(EVERYTHING, new, EMAIL, touch=AT_EMAIL))
        assert item.key == "PURPOSE_CHANGED/delivery"
        assert [(each.of.label if each.of else "", each.attribute) for each in item.details] == [
            ("Purpose", "legal_basis"),
            ("Processing", "legal_basis"),
            ("Processing", "legal_basis"),
        ]

    def test_a_new_kind_of_data_with_its_parts_and_what_is_done_with_it(self) -> None:
        new = replace(
            EVERYTHING,
            data_categories=(
                *EVERYTHING.data_categories,
                a_category("voice"),
                a_category("recordings", part_of="voice"),
            ),
            processings=(*EVERYTHING.processings, a_processing("voice", categories=("voice",))),
            disclosures=(a_disclosure(), a_disclosure("voice", categories=("voice",))),
        )
        at_billing = Touch(places=frozenset({Place("billing")}))
        item = only(told_of(EVERYTHING, new, EMAIL, touch=at_billing))
        assert item.key == "CATEGORY_ADDED/voice"
        assert [each.key for each in item.purposes] == ["delivery"]
        assert [each.key for each in item.recipients] == ["mailer"]
        assert item.holdings == (Holdings((BILLING,), (EMAIL_NAMED,)),)

    def test_everything_else_has_a_kind_of_its_own(self) -> None:
        old = replace(EVERYTHING, rights=(a_right(),), measures=(a_measure(),), exclusions=(an_exclusion(),))
        new = replace(
            EVERYTHING,
            controller=a_controller(email="new@example.com"),
            services=(a_service(name="Bills"), a_service("shop"), a_service("chat")),
            sources=(a_source(name="You"),),
            disclosure_cases=(a_case(condition=CaseCondition.EVENT),),
            exclusions=(an_exclusion(minimum_age=16),),
            rights=(a_right("portability"),),
            measures=(a_measure(), a_measure("backups")),
        )
        assert kinds(told_of(old, new)) == [
            "CONTROLLER_CHANGED/acme",
            "SERVICE_CHANGED/billing",
            "SERVICE_ADDED/chat",
            "SOURCE_CHANGED/the-person",
            "CASE_CHANGED/providers",
            "PROMISE_CHANGED/minors",
            "RIGHT_REMOVED/access",
            "RIGHT_ADDED/portability",
            "PROTECTION_ADDED/backups",
        ]


class TestWhoIsTold:
    OLD, NEW = a_data_map(1, elements=EVERYTHING), a_data_map(2, elements=with_new_recipient())
    CHANGES = all_changes(OLD, NEW, AT_EMAIL)

    def test_only_what_touches_their_holdings(self) -> None:
        assert told(a_notice(PHONE), self.CHANGES, self.OLD, self.NEW).items == ()
        assert told(a_notice(Place("shop", "email")), self.CHANGES, self.OLD, self.NEW).items == ()
        assert len(told(a_notice(EMAIL), self.CHANGES, self.OLD, self.NEW).items) == 1

    def test_nobody_of_another_persons_places(self) -> None:
        both = Touch(places=frozenset({EMAIL, Place("shop", "email"), Place("shop", "phone")}))
        content = told(a_notice(EMAIL), all_changes(self.OLD, self.NEW, both), self.OLD, self.NEW)
        assert only(content).holdings == (Holdings((BILLING,), (EMAIL_NAMED,)),)

    def test_of_a_whole_service_whoever_has_anything_there(self) -> None:
        changes = all_changes(self.OLD, self.NEW, Touch(places=frozenset({Place("billing")})))
        assert only(told(a_notice(PHONE), changes, self.OLD, self.NEW)).holdings == (
            Holdings((BILLING,), (PHONE_NAMED,)),
        )
        assert only(told(a_notice(Place("billing")), changes, self.OLD, self.NEW)).holdings == (
            Holdings((BILLING,), ()),
        )

    def test_who_decided_about_a_purpose(self) -> None:
        touch = Touch(purposes=frozenset({"delivery"}))
        new = replace(EVERYTHING, purposes=(a_purpose(legal_basis=LegalBasis.CONTRACT),))
        before, after = a_data_map(1, elements=EVERYTHING), a_data_map(2, elements=new)
        changes = all_changes(before, after, touch)
        item = only(told(a_notice(purposes=("delivery",)), changes, before, after))
        assert (item.holdings, item.decisions) == ((), (Named("Purpose", "delivery", "Delivery"),))
        assert told(a_notice(purposes=("advice",)), changes, before, after).items == ()

    def test_everybody_of_what_touches_everybody(self) -> None:
        content = told(a_notice(), all_changes(self.OLD, self.NEW), self.OLD, self.NEW)
        assert (only(content).holdings, only(content).decisions) == ((), ())

    def test_nobody_of_what_has_no_impact(self) -> None:
        changes = all_changes(self.OLD, self.NEW, AT_EMAIL, judged=Impact.NONE)
        assert told(a_notice(EMAIL), changes, self.OLD, self.NEW).items == ()

    def test_the_gravest_first_then_as_the_map_has_it(self) -> None:
        elements = replace(EVERYTHING, rights=(a_right("access"), a_right("delete")))
        old = a_data_map(1, elements=EVERYTHING)
        new = a_data_map(2, elements=replace(elements, countries=(a_country(name="Cyprus"),)))
        changes = [
            replace(each, judged=Impact.DIRECT if each.key == "2" else Impact.INDIRECT)
            for each in all_changes(old, new)
        ]
        assert [(item.key, item.impact.value) for item in told(a_notice(), changes, old, new).items] == [
            ("RIGHT_ADDED/delete", "DIRECT"),
            ("COUNTRY_CHANGED/CY", "INDIRECT"),
            ("RIGHT_ADDED/access", "INDIRECT"),
        ]


class TestHoldings:
    def fold(self, *places: Place) -> list[str]:
        changes = all_changes(TestWhoIsTold.OLD, TestWhoIsTold.NEW, Touch(places=frozenset(places)))
        item = only(told(a_notice(*places), changes, TestWhoIsTold.OLD, TestWhoIsTold.NEW))
        return [
            f"{'+'.join(each.key for each in group.categories)} @ {'+'.join(each.key for each in group.services)}"
            for group in item.holdings
        ]

    def test_categories_of_the_same_services_are_one(self) -> None:
        assert self.fold(PHONE, EMAIL) == ["email+phone @ billing"]
        assert self.fold(Place("shop", "email"), EMAIL) == ["email @ billing+shop"]
        assert self.fold(Place("shop", "email"), EMAIL, PHONE) == ["email @ billing+shop", "phone @ billing"]

    def test_what_a_whole_service_holds_includes_its_parts(self) -> None:
        assert self.fold(Place("shop"), Place("shop", "email"), EMAIL) == [" @ shop", "email @ billing"]

    def test_what_no_map_knows_is_told_by_its_key(self) -> None:
        assert self.fold(Place("gone", "voice"), EMAIL) == ["email @ billing", "voice @ gone"]


def a_clause(key: str, number: str, text: str) -> Clause:
    return Clause(key, number, ClauseKind.PARAGRAPH, text)


class TestClauses:
    OLD = Policy(
        "",
        (
            a_clause("kept", "1", "Stays *as* it is."),
            a_clause("gone", "2", "Goes."),
            a_clause("said", "3", "For 6 months."),
        ),
    )
    NEW = Policy(
        "",
        (
            a_clause("new", "1", "Comes."),
            a_clause("said", "2", "For 12 months."),
            a_clause("kept", "3", "Stays *as* it is."),
        ),
    )

    def changes(self) -> list[Change]:
        gone, was = self.OLD.clauses[1:]
        new, now = self.NEW.clauses[:2]
        return [
            a_change(ClauseAdded(new), key="added", clauses_after=("new",)),
            a_change(
                ClauseReworded(was, now, word_differences(was, now)), clauses_before=("said",), clauses_after=("said",)
            ),
            a_change(ClauseRemoved(gone), key="removed", clauses_before=("gone",)),
        ]

    def test_what_nothing_else_tells_of_is_one_item_at_the_end(self) -> None:
        old = a_data_map(1, self.OLD, elements=a_map())
        new = a_data_map(2, self.NEW, elements=a_map(rights=(a_right(clauses=("kept",)),)))
        right = a_change(ElementAdded(a_right(clauses=("kept",))), key="right", clauses_after=("kept",))
        content = told(a_notice(), [*self.changes(), right], old, new)
        assert kinds(content) == ["RIGHT_ADDED/access", "POLICY_REWORDED"]
        kept, reworded = (item.clauses for item in content.items)
        assert kept == (
            ClauseTold(ClauseText("kept", "1", "Stays as it is."), ClauseText("kept", "3", "Stays as it is.")),
        )
        assert [each.is_changed for each in (*kept, *reworded)] == [False, True, True, True]
        assert reworded == (
            ClauseTold(None, ClauseText("new", "1", "Comes.")),
            ClauseTold(
                ClauseText("said", "3", "For 6 months."),
                ClauseText("said", "2", "For 12 months."),
                (
                    Words(WordsKind.SAME, "For "),
                    Words(WordsKind.REMOVED, "6"),
                    Words(WordsKind.ADDED, "12"),
                    Words(WordsKind.SAME, " months."),
                ),
            ),
            ClauseTold(ClauseText("gone", "2", "Goes."), None),
        )

    def test_a_clause_is_told_with_what_cites_it(self) -> None:
        old_rule, new_rule = (
            a_retention_rule(clauses=("said",)),
            a_retention_rule(criterion="a year", clauses=("said",)),
        )
        old = a_data_map(1, self.OLD, elements=a_map(retention_rules=(old_rule,)))
        new = a_data_map(2, self.NEW, elements=a_map(retention_rules=(new_rule,)))
        altered = ElementAltered(old_rule, new_rule, "criterion", old_rule.criterion, "a year")
        rule = a_change(altered, AT_EMAIL, key="rule", clauses_before=("said",), clauses_after=("said",))
        changes = [rule, *self.changes()]
        assert kinds(told(a_notice(EMAIL), changes, old, new)) == ["RETENTION_CHANGED/half-a-year", "POLICY_REWORDED"]
        item = told(a_notice(EMAIL), changes, old, new).items[0]
        assert [each.kind for each in item.details] == [DetailKind.ALTERED, DetailKind.REWORDED]
        # Whoever is not told of the rule is told of the clause all the same.
        assert kinds(told(a_notice(PHONE), changes, old, new)) == ["POLICY_REWORDED"]
        assert len(only(told(a_notice(PHONE), changes, old, new)).clauses) == 3


class TestActions:
    RIGHTS = (
        a_right("withdraw", article="7(3)"),
        a_right("informed", article="13, 14"),
        a_right("object", article="21", how="In the account area."),
        a_right("restrict", article="18"),
        a_right("export", article="20"),
        a_right("delete", article="17", exceptions="If the law allows it."),
    )

    def actions(self, *rights: str, basis: LegalBasis, marketing: bool = False, **over: object) -> list[ActionKind]:
        wanted = tuple(each for each in self.RIGHTS if each.key in rights) if rights else self.RIGHTS
        purposes = (a_purpose(legal_basis=basis, direct_marketing=marketing),)
        processings = (a_processing(legal_basis=basis),)
        old = replace(EVERYTHING, rights=wanted, purposes=purposes, processings=processings)
        new = replace(with_new_recipient(), rights=wanted, purposes=purposes, processings=processings)
        return [each.kind for each in told_of(old, new, EMAIL, touch=AT_EMAIL, **over).actions]

    def test_what_helps_follows_from_the_basis(self) -> None:
        always = [ActionKind.RESTRICT, ActionKind.EXPORT, ActionKind.DELETE, ActionKind.ASK]
        assert self.actions(basis=LegalBasis.LEGITIMATE_INTERESTS) == [ActionKind.OBJECT, *always]
        assert self.actions(basis=LegalBasis.PUBLIC_TASK) == [ActionKind.OBJECT, *always]
        assert self.actions(basis=LegalBasis.CONTRACT) == always
        assert self.actions(basis=LegalBasis.CONSENT) == [ActionKind.WITHDRAW_CONSENT, *always]
        marketing = self.actions(basis=LegalBasis.CONSENT, marketing=True)
        assert marketing == [ActionKind.OBJECT, ActionKind.WITHDRAW_CONSENT, *always]

    def test_only_what_the_policy_grants(self) -> None:
        granted = self.actions("informed", "delete", basis=LegalBasis.LEGITIMATE_INTERESTS)
        assert granted == [ActionKind.DELETE, ActionKind.ASK]

    def test_against_what_is_not_direct_one_can_ask(self) -> None:
        assert self.actions(basis=LegalBasis.LEGITIMATE_INTERESTS, judged=Impact.INDIRECT) == [ActionKind.ASK]

    def test_what_ends_needs_no_objection(self) -> None:
        old, new = replace(with_new_recipient(), rights=self.RIGHTS), replace(EVERYTHING, rights=self.RIGHTS)
        kept = [each.kind for each in told_of(old, new, EMAIL, touch=AT_EMAIL).actions]
        assert kept == [ActionKind.RESTRICT, ActionKind.EXPORT, ActionKind.DELETE, ActionKind.ASK]

    def test_how_is_said_in_the_words_of_the_policy_and_by_its_clauses(self) -> None:
        old, new = replace(EVERYTHING, rights=self.RIGHTS), replace(with_new_recipient(), rights=self.RIGHTS)
        told_actions = {each.kind: each for each in told_of(old, new, EMAIL, touch=AT_EMAIL).actions}
        objection, deletion = told_actions[ActionKind.OBJECT], told_actions[ActionKind.DELETE]
        assert objection.how == "In the account area."
        assert objection.purposes == (Named("Purpose", "delivery", "Delivery"),)
        assert objection.clauses == (ClauseText("statement", "1", "What statement says."),)
        assert (deletion.right, deletion.exceptions) == (Named("Right", "delete", "Delete"), "If the law allows it.")


class TestNotice:
    OLD = a_data_map(1, controller=a_controller(email="old@example.com"))
    NEW = a_data_map(2, controller=a_controller(email="new@example.com"))

    def test_until_it_is_in_force_the_old_policy_says_whom_to_ask(self) -> None:
        changes = all_changes(self.OLD, self.NEW)
        before = told(a_notice(), changes, self.OLD, self.NEW)
        after = told(a_notice(created_at=EFFECTIVE + timedelta(days=1)), changes, self.OLD, self.NEW)
        assert (before.is_in_force, before.controller.email) == (False, "old@example.com")
        assert (after.is_in_force, after.controller.email) == (True, "new@example.com")
        assert (before.published_at, before.effective_at) == (WRITTEN, EFFECTIVE)
        assert (before.revision, before.base, before.language) == (2, 1, "en")

    def test_a_withdrawal_tells_what_does_not_come_and_whom_to_ask(self) -> None:
        rights = TestActions.RIGHTS
        old = a_data_map(1, elements=replace(EVERYTHING, rights=rights))
        new = a_data_map(2, elements=replace(with_new_recipient(), rights=rights))
        changes = all_changes(old, new, AT_EMAIL)
        content = told(a_notice(EMAIL, kind=NoticeKind.WITHDRAWAL), changes, old, new)
        assert kinds(content) == ["RECIPIENT_ADDED/letters"]
        assert [each.kind for each in content.actions] == [ActionKind.ASK]
        assert [each.actions for each in content.items] == [(ActionKind.ASK,)]

    def test_policy_without_changes_tells_nothing(self) -> None:
        content = told(a_notice(), (), a_data_map(1, a_policy()), a_data_map(2, a_policy()))
        assert (content.items, [each.kind for each in content.actions]) == ((), [ActionKind.ASK])
