"""One person's answer: what each decision, trust and date makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations, product
from typing import Any

import pytest

from graph.answer import (
    DisclosureStatus,
    HoldingAnswer,
    Person,
    PurposeStatus,
    Standing,
    SubjectAnswer,
    holdings_matching,
)
from graph.data_map import DataMap
from graph.model import (
    AccessRecord,
    CaseCondition,
    Decision,
    DecisionKind,
    LegalBasis,
    RetentionPeriod,
    RetentionStart,
    SubjectRecord,
)
from tests.builders import (
    A_DAY,
    a_case,
    a_category,
    a_decision,
    a_disclosure,
    a_disclosure_record,
    a_holding,
    a_map,
    a_policy,
    a_processing,
    a_purpose,
    a_recipient,
    a_retention_rule,
    a_revision,
    a_service,
    a_subject,
    a_trust,
)

A_MOMENT = timedelta(microseconds=1)
NOW = A_DAY + timedelta(days=30)
DELIVERY = a_purpose()
C, W, O, R, L = DecisionKind  # noqa: E741
CONSENT, CONTRACT, INTERESTS = LegalBasis.CONSENT, LegalBasis.CONTRACT, LegalBasis.LEGITIMATE_INTERESTS
#: What can be objected to (GDPR Art. 21(1)), and what cannot.
OPEN = (INTERESTS, LegalBasis.PUBLIC_TASK)
CLOSED = (CONTRACT, LegalBasis.LEGAL_OBLIGATION, LegalBasis.VITAL_INTERESTS)


def day(number: int) -> datetime:
    return A_DAY + timedelta(days=number)


def decided(kinds: Iterable[DecisionKind], purpose: str = "delivery") -> tuple[Decision, ...]:
    """One decision a day, in this order."""
    return tuple(
        a_decision(f"decision-{number}", kind=kind, purpose=purpose, decided_at=day(number))
        for number, kind in enumerate(kinds)
    )


def a_data_map(**over: Any) -> DataMap:
    return DataMap(a_revision(), a_policy(), a_map(**over))


def answer(record: SubjectRecord | None = None, at: datetime = NOW, **over: Any) -> SubjectAnswer:
    return SubjectAnswer(record or a_subject(), a_data_map(**over), at)


def status(kinds: Sequence[DecisionKind], basis: LegalBasis, *, marketing: bool = False) -> PurposeStatus:
    return Person(decided(kinds), ()).standing(a_purpose(direct_marketing=marketing), basis).status


class TestPurposes:
    @pytest.mark.parametrize(
        ("kinds", "on_consent", "on_an_interest", "on_another_basis"),
        [
            ((), "NO_CONSENT", "ACTIVE", "ACTIVE"),
            ((C,), "ACTIVE", "ACTIVE", "ACTIVE"),
            ((W,), "WITHDRAWN", "ACTIVE", "ACTIVE"),
            ((O,), "NO_CONSENT", "OBJECTED", "ACTIVE"),
            ((R,), "RESTRICTED", "RESTRICTED", "RESTRICTED"),
            ((L,), "NO_CONSENT", "ACTIVE", "ACTIVE"),
            ((C, W), "WITHDRAWN", "ACTIVE", "ACTIVE"),
            ((C, W, C), "ACTIVE", "ACTIVE", "ACTIVE"),
            ((W, C), "ACTIVE", "ACTIVE", "ACTIVE"),
            ((C, C, W, W), "WITHDRAWN", "ACTIVE", "ACTIVE"),
            # An objection stops what rests on an interest only. A consent does not take it back, and only its lifting
            # ends a restriction.
            ((O, C), "ACTIVE", "OBJECTED", "ACTIVE"),
            ((C, O), "ACTIVE", "OBJECTED", "ACTIVE"),
            ((C, O, L), "ACTIVE", "ACTIVE", "ACTIVE"),
            ((O, L), "NO_CONSENT", "ACTIVE", "ACTIVE"),
            ((R, C), "RESTRICTED", "RESTRICTED", "RESTRICTED"),
            ((R, L), "NO_CONSENT", "ACTIVE", "ACTIVE"),
            ((C, R, L), "ACTIVE", "ACTIVE", "ACTIVE"),
            ((C, R, W, L), "WITHDRAWN", "ACTIVE", "ACTIVE"),
            # A restriction outweighs an objection, whichever came first; lifting ends both.
            ((O, R), "RESTRICTED", "RESTRICTED", "RESTRICTED"),
            ((R, O), "RESTRICTED", "RESTRICTED", "RESTRICTED"),
            ((R, O, L), "NO_CONSENT", "ACTIVE", "ACTIVE"),
            ((C, R, O, L), "ACTIVE", "ACTIVE", "ACTIVE"),
            # What comes after a lifting counts again.
            ((O, L, O), "NO_CONSENT", "OBJECTED", "ACTIVE"),
            ((R, L, O), "NO_CONSENT", "OBJECTED", "ACTIVE"),
            ((L, R), "RESTRICTED", "RESTRICTED", "RESTRICTED"),
            ((L, C), "ACTIVE", "ACTIVE", "ACTIVE"),
        ],
    )
    def test_after_these_decisions(
        self, kinds: tuple[DecisionKind, ...], on_consent: str, on_an_interest: str, on_another_basis: str
    ) -> None:
        assert status(kinds, CONSENT) == on_consent
        assert {status(kinds, basis) for basis in OPEN} == {on_an_interest}
        assert {status(kinds, basis) for basis in CLOSED} == {on_another_basis}

    def test_every_sequence_of_four_is_told_by_its_last_of_each_kind(self) -> None:
        for kinds in product(DecisionKind, repeat=4):

            def last(*of: DecisionKind, kinds: tuple[DecisionKind, ...] = kinds) -> DecisionKind | None:
                return next((kind for kind in reversed(kinds) if kind in of), None)

            if last(R, L) is R:
                expected = dict.fromkeys(LegalBasis, PurposeStatus.RESTRICTED)
            else:
                by_consent = {C: PurposeStatus.ACTIVE, W: PurposeStatus.WITHDRAWN, None: PurposeStatus.NO_CONSENT}
                expected = dict.fromkeys(LegalBasis, PurposeStatus.ACTIVE) | {CONSENT: by_consent[last(C, W)]}
                if last(O, L) is O:
                    expected |= dict.fromkeys(OPEN, PurposeStatus.OBJECTED)
            assert {basis: status(kinds, basis) for basis in LegalBasis} == expected

    @pytest.mark.parametrize("basis", LegalBasis)
    def test_direct_marketing_can_be_objected_to_on_any_basis(self, basis: LegalBasis) -> None:
        """GDPR Art. 21(2)."""
        assert {status(kinds, basis, marketing=True) for kinds in ((O,), (C, O), (O, C), (W, O))} == {"OBJECTED"}
        assert status((C, O, L), basis, marketing=True) == "ACTIVE"

    def test_the_decision_that_made_it_so_is_named(self) -> None:
        person = Person(decided((C, W, O, R)), ())
        assert person.standing(DELIVERY, CONSENT).decision == decided((C, W, O, R))[3]
        objector = Person(decided((C, O, C)), ())
        assert objector.standing(DELIVERY, INTERESTS).decision == decided((C, O, C))[1]
        assert objector.standing(DELIVERY, CONSENT).decision == decided((C, O, C))[2]
        assert objector.standing(DELIVERY, CONTRACT).decision is None
        assert Person(decided((C, W)), ()).standing(DELIVERY, CONSENT).decision == decided((C, W))[1]
        assert Person(decided((C, C)), ()).standing(DELIVERY, CONSENT).decision == decided((C, C))[1]
        assert Person(decided((C,)), ()).standing(DELIVERY, CONTRACT) == Standing(PurposeStatus.ACTIVE, None)
        assert Person((), ()).standing(DELIVERY, CONSENT) == Standing(PurposeStatus.NO_CONSENT, None)

    def test_the_order_in_which_decisions_are_listed_does_not_matter(self) -> None:
        for decisions in permutations(decided((C, O, L, W))):
            assert Person(decisions, ()).standing(DELIVERY, CONSENT).status is PurposeStatus.WITHDRAWN

    def test_of_one_time_the_greater_id_counts(self) -> None:
        given = a_decision("a", kind=C)
        withdrawn = a_decision("b", kind=W)
        for decisions in ((given, withdrawn), (withdrawn, given)):
            assert Person(decisions, ()).standing(DELIVERY, CONSENT).decision == withdrawn

    def test_a_decision_is_about_its_own_purpose_only(self) -> None:
        person = Person(decided((O, R, W), purpose="another"), ())
        assert person.standing(DELIVERY, CONTRACT).status is PurposeStatus.ACTIVE
        assert person.standing(DELIVERY, CONSENT).status is PurposeStatus.NO_CONSENT

    def test_the_basis_is_that_of_the_processing_not_of_the_purpose(self) -> None:
        processings = (
            a_processing("on-consent", legal_basis=CONSENT),
            a_processing("on-contract", legal_basis=LegalBasis.CONTRACT),
        )
        [row] = answer(a_subject(decisions=decided((W,))), processings=processings).holdings
        assert [(each.fact.processing.key, each.standing.status, each.is_active) for each in row.purposes] == [
            ("on-consent", PurposeStatus.WITHDRAWN, False),
            ("on-contract", PurposeStatus.ACTIVE, True),
        ]


def received(condition: CaseCondition, basis: LegalBasis, record: SubjectRecord, **over: Any) -> DisclosureStatus:
    elements: dict[str, Any] = {
        "processings": (a_processing(legal_basis=basis),),
        "disclosure_cases": (a_case(condition=condition),),
        **over,
    }
    [[each]] = [row.recipients for row in answer(record, **elements).holdings]
    return each.status


ANY, TRUST, ON_CONSENT, EVENT = CaseCondition.NONE, CaseCondition.TRUST, CaseCondition.CONSENT, CaseCondition.EVENT
# A disclosure of one condition each, in this order, for somebody who trusts nobody.
WITHOUT_TRUST = (ANY, TRUST, ON_CONSENT)
GOES = ("ACTIVE", "NO_TRUST", "ACTIVE")
GOES_BUT_ON_CONSENT = ("ACTIVE", "NO_TRUST", "NO_CONSENT")
STOPPED = ("PURPOSE_INACTIVE",) * 3
#: Bases, whether it is direct marketing, what was decided; then the purpose's status, and those of the disclosures.
RULES = [
    (CLOSED, False, (), "ACTIVE", GOES_BUT_ON_CONSENT),
    (CLOSED, False, (C,), "ACTIVE", GOES),
    (CLOSED, False, (W,), "ACTIVE", GOES_BUT_ON_CONSENT),
    (CLOSED, False, (O,), "ACTIVE", GOES_BUT_ON_CONSENT),
    (CLOSED, False, (C, O), "ACTIVE", GOES),
    (CLOSED, False, (R,), "RESTRICTED", STOPPED),
    (CLOSED, False, (C, R), "RESTRICTED", STOPPED),
    (CLOSED, False, (R, L), "ACTIVE", GOES_BUT_ON_CONSENT),
    (OPEN, False, (), "ACTIVE", GOES_BUT_ON_CONSENT),
    (OPEN, False, (C,), "ACTIVE", GOES),
    (OPEN, False, (W,), "ACTIVE", GOES_BUT_ON_CONSENT),
    (OPEN, False, (O,), "OBJECTED", STOPPED),
    (OPEN, False, (C, O), "OBJECTED", STOPPED),
    (OPEN, False, (R,), "RESTRICTED", STOPPED),
    (OPEN, False, (C, R), "RESTRICTED", STOPPED),
    (OPEN, False, (O, L), "ACTIVE", GOES_BUT_ON_CONSENT),
    ((CONSENT,), False, (), "NO_CONSENT", STOPPED),
    ((CONSENT,), False, (C,), "ACTIVE", GOES),
    ((CONSENT,), False, (W,), "WITHDRAWN", STOPPED),
    ((CONSENT,), False, (O,), "NO_CONSENT", STOPPED),
    ((CONSENT,), False, (C, O), "ACTIVE", GOES),
    ((CONSENT,), False, (R,), "RESTRICTED", STOPPED),
    ((CONSENT,), False, (C, R), "RESTRICTED", STOPPED),
    ((CONSENT,), False, (C, R, L), "ACTIVE", GOES),
    ((CONSENT,), True, (), "NO_CONSENT", STOPPED),
    ((CONSENT,), True, (C,), "ACTIVE", GOES),
    ((CONSENT,), True, (W,), "WITHDRAWN", STOPPED),
    ((*OPEN, *CLOSED), True, (), "ACTIVE", GOES_BUT_ON_CONSENT),
    ((*OPEN, *CLOSED), True, (C,), "ACTIVE", GOES),
    (tuple(LegalBasis), True, (O,), "OBJECTED", STOPPED),
    (tuple(LegalBasis), True, (C, O), "OBJECTED", STOPPED),
    (tuple(LegalBasis), True, (C, R), "RESTRICTED", STOPPED),
    (tuple(LegalBasis), True, (C, O, L), "ACTIVE", GOES),
]


@pytest.mark.parametrize(("bases", "marketing", "kinds", "purpose", "disclosures"), RULES)
def test_the_rules(
    bases: tuple[LegalBasis, ...],
    marketing: bool,
    kinds: tuple[DecisionKind, ...],
    purpose: str,
    disclosures: tuple[str, ...],
) -> None:
    """Basis x decision x condition. What comes by an event comes in each of them."""
    record = a_subject(decisions=decided(kinds))
    for basis in bases:
        opposite = CONTRACT if basis is CONSENT else CONSENT
        covered: dict[str, Any] = {
            "purposes": (a_purpose(legal_basis=opposite, direct_marketing=marketing),),
            "processings": (a_processing(legal_basis=basis),),
        }
        not_covered: dict[str, Any] = {
            "purposes": (a_purpose(legal_basis=basis, direct_marketing=marketing), a_purpose("another")),
            "processings": (
                a_processing(legal_basis=opposite, purpose="another"),
                a_processing("of-another-category", legal_basis=opposite, categories=("phone",)),
            ),
            "data_categories": (a_category(), a_category("phone")),
        }
        [row] = answer(record, **covered).holdings
        assert [each.standing.status for each in row.purposes] == [purpose]
        for elements in (covered, not_covered):
            assert tuple(received(each, basis, record, **elements) for each in WITHOUT_TRUST) == disclosures
            assert received(EVENT, basis, record, **elements) == "ON_EVENT"


class TestDisclosures:
    @pytest.mark.parametrize(
        ("condition", "basis", "kinds", "trusting", "expected"),
        [
            (ANY, CONTRACT, (), False, "ACTIVE"),
            (ANY, CONTRACT, (), True, "ACTIVE"),
            (ANY, CONSENT, (C,), False, "ACTIVE"),
            (EVENT, CONTRACT, (), False, "ON_EVENT"),
            (EVENT, CONTRACT, (C,), True, "ON_EVENT"),
            (EVENT, CONSENT, (C,), False, "ON_EVENT"),
            (TRUST, CONTRACT, (), False, "NO_TRUST"),
            (TRUST, CONTRACT, (C,), False, "NO_TRUST"),
            (TRUST, CONTRACT, (), True, "ACTIVE"),
            (TRUST, CONSENT, (C,), True, "ACTIVE"),
            (ON_CONSENT, CONTRACT, (), True, "NO_CONSENT"),
            (ON_CONSENT, CONTRACT, (W,), False, "NO_CONSENT"),
            (ON_CONSENT, CONTRACT, (C,), False, "ACTIVE"),
            (ON_CONSENT, CONTRACT, (C, W), False, "NO_CONSENT"),
            (ON_CONSENT, CONTRACT, (C, W, C), False, "ACTIVE"),
            (ON_CONSENT, CONSENT, (C,), False, "ACTIVE"),
        ],
    )
    def test_a_disclosure_happens_as_its_case_says(
        self,
        condition: CaseCondition,
        basis: LegalBasis,
        kinds: tuple[DecisionKind, ...],
        trusting: bool,
        expected: str,
    ) -> None:
        record = a_subject(decisions=decided(kinds), trusts=(a_trust(),) if trusting else ())
        assert received(condition, basis, record) == expected

    @pytest.mark.parametrize("condition", [ANY, TRUST, ON_CONSENT])
    @pytest.mark.parametrize(
        ("basis", "kinds"),
        [
            (INTERESTS, (C, O)),
            (CONTRACT, (C, R)),
            (CONSENT, ()),
            (CONSENT, (C, W)),
            (CONSENT, (C, R)),
        ],
    )
    def test_nothing_goes_for_a_purpose_that_is_stopped(
        self, condition: CaseCondition, basis: LegalBasis, kinds: tuple[DecisionKind, ...]
    ) -> None:
        record = a_subject(decisions=decided(kinds), trusts=(a_trust(),))
        assert received(condition, basis, record) is DisclosureStatus.PURPOSE_INACTIVE

    @pytest.mark.parametrize(
        ("bases", "kinds", "expected"),
        [
            ((CONSENT, CONTRACT), (), "ACTIVE"),
            ((CONTRACT, CONSENT), (W,), "ACTIVE"),
            ((INTERESTS, CONTRACT), (O,), "ACTIVE"),
            ((INTERESTS, CONSENT), (O,), "PURPOSE_INACTIVE"),
            ((INTERESTS, CONSENT), (O, C), "ACTIVE"),
            ((INTERESTS, CONTRACT), (R,), "PURPOSE_INACTIVE"),
        ],
    )
    def test_it_goes_on_while_anything_that_covers_the_holding_is_active_for_its_purpose(
        self, bases: tuple[LegalBasis, LegalBasis], kinds: tuple[DecisionKind, ...], expected: str
    ) -> None:
        processings = tuple(a_processing(basis.value, legal_basis=basis) for basis in bases)
        assert received(ANY, CONSENT, a_subject(decisions=decided(kinds)), processings=processings) == expected

    @pytest.mark.parametrize(
        ("trusted", "expected"),
        [
            ("email", "ACTIVE"),
            ("contact", "ACTIVE"),
            ("personal", "ACTIVE"),
            ("phone", "NO_TRUST"),
            ("none", "NO_TRUST"),
        ],
    )
    def test_trust_with_a_whole_is_trust_with_its_parts(self, trusted: str, expected: str) -> None:
        categories = (
            a_category("personal"),
            a_category("contact", part_of="personal"),
            a_category(part_of="contact"),
            a_category("phone", part_of="contact"),
        )
        record = a_subject(trusts=(a_trust(categories=("other", trusted)),))
        assert received(TRUST, CONTRACT, record, data_categories=categories) == expected

    def test_trust_with_a_part_is_no_trust_with_the_whole(self) -> None:
        categories = (a_category(), a_category("local-part", part_of="email"))
        record = a_subject(trusts=(a_trust(categories=("local-part",)),))
        assert received(TRUST, CONTRACT, record, data_categories=categories) is DisclosureStatus.NO_TRUST

    def test_sub_processors_share_the_status_of_the_disclosure(self) -> None:
        chain = (a_recipient(engages=("host",)), a_recipient("host", engages=("disk",)), a_recipient("disk"))
        [row] = answer(a_subject(decisions=decided((O,))), recipients=chain).holdings
        assert [([hop.key for hop in each.path.recipients], each.status) for each in row.recipients] == [
            (["mailer"], DisclosureStatus.PURPOSE_INACTIVE),
            (["mailer", "host"], DisclosureStatus.PURPOSE_INACTIVE),
            (["mailer", "host", "disk"], DisclosureStatus.PURPOSE_INACTIVE),
        ]

    def test_anonymised_data_is_told_as_such(self) -> None:
        disclosures = (a_disclosure("whole"), a_disclosure("counted", identifiable=False))
        [row] = answer(disclosures=disclosures).holdings
        assert [(each.path.disclosure.key, each.path.disclosure.identifiable) for each in row.recipients] == [
            ("whole", True),
            ("counted", False),
        ]

    def test_an_unnamed_recipient_is_there_unnamed(self) -> None:
        """Invariant 5."""
        [row] = answer(recipients=(a_recipient(name=None, description="hosting companies"),)).holdings
        [each] = row.recipients
        assert (each.path.recipient.name, each.path.recipient.description) == (None, "hosting companies")


class TestAsOf:
    """What counts at a time, to the microsecond: from its beginning on, and until just before its end."""

    @pytest.mark.parametrize(
        ("at", "there"),
        [
            (day(1) - A_MOMENT, False),
            (day(1), True),
            (day(5) - A_MOMENT, True),
            (day(5), False),
            (day(5) + A_MOMENT, False),
        ],
    )
    def test_holdings_and_trusts(self, at: datetime, there: bool) -> None:
        record = a_subject(
            holdings=(a_holding(since=day(1), until=day(5)),), trusts=(a_trust(since=day(1), until=day(5)),)
        )
        told = answer(record, at)
        assert [bool(told.holdings), bool(told.trusts)] == [there, there]

    def test_what_has_no_end_is_there_for_good(self) -> None:
        told = answer(a_subject(trusts=(a_trust(),)), datetime(9999, 12, 31, tzinfo=UTC))
        assert [len(told.holdings), len(told.trusts)] == [1, 1]

    def test_what_ends_when_it_begins_was_never_there(self) -> None:
        record = a_subject(holdings=(a_holding(since=day(1), until=day(1)),))
        assert [answer(record, at).holdings for at in (day(1) - A_MOMENT, day(1), day(1) + A_MOMENT)] == [(), (), ()]

    def test_decisions_disclosures_and_accesses(self) -> None:
        record = SubjectRecord(
            "ann",
            decisions=(a_decision(kind=R, decided_at=day(3)),),
            disclosures=(a_disclosure_record(disclosed_at=day(3)),),
            accesses=(AccessRecord("access-1", "staff-1", day(3)),),
        )
        for at, count in ((day(3) - A_MOMENT, 0), (day(3), 1), (day(4), 1)):
            told = answer(record, at)
            assert [len(told.decisions), len(told.disclosures), len(told.accesses)] == [count] * 3
            assert len(told.recipients) == count

    @pytest.mark.parametrize("at", [day(3) - A_MOMENT, day(3), day(3) + A_MOMENT])
    def test_a_use_to_come_is_not_told_and_starts_no_period(self, at: datetime) -> None:
        """A holding is told as it was: what is known today of a later use says nothing of that day."""
        record = a_subject(holdings=(a_holding(last_seen=day(3)),))
        rule = a_retention_rule(start=RetentionStart.LAST_USE, period=RetentionPeriod(days=10))
        [row] = answer(record, at, retention_rules=(rule,)).holdings
        [kept] = row.retention
        assert (row.holding.last_seen, kept.ends_at) == ((None, None) if at < day(3) else (day(3), day(13)))

    def test_a_decision_to_come_has_no_effect_yet(self) -> None:
        record = a_subject(decisions=(a_decision(kind=O, decided_at=day(3)),))
        seen = [answer(record, at).holdings[0].purposes[0].standing.status for at in (day(3) - A_MOMENT, day(3))]
        assert seen == [PurposeStatus.ACTIVE, PurposeStatus.OBJECTED]

    def test_a_trust_that_ended_has_no_effect_any_more(self) -> None:
        record = a_subject(trusts=(a_trust(until=day(3)),))
        cases = (a_case(condition=TRUST),)
        seen = [
            answer(record, at, disclosure_cases=cases).holdings[0].recipients[0].status
            for at in (day(3) - A_MOMENT, day(3))
        ]
        assert seen == [DisclosureStatus.ACTIVE, DisclosureStatus.NO_TRUST]


class TestHoldings:
    def test_are_ordered_by_service_category_and_id(self) -> None:
        keys = [("b", "x", "1"), ("a", "y", "2"), ("a", "x", "4"), ("a", "x", "3")]
        record = a_subject(holdings=tuple(a_holding(id, service=s, category=c) for s, c, id in keys))
        assert [each.holding.id for each in answer(record).holdings] == ["3", "4", "2", "1"]

    @pytest.mark.parametrize(("service", "category"), [("gone", "email"), ("billing", "gone"), ("gone", "gone")])
    def test_what_the_revision_does_not_know_is_shown_with_nothing_said_of_it(
        self, service: str, category: str
    ) -> None:
        """Invariant 5: nothing is silently dropped."""
        [row] = answer(a_subject(holdings=(a_holding(service=service, category=category),))).holdings
        assert (row.holding.service, row.holding.category) == (service, category)
        assert (row.purposes, row.recipients, row.retention, row.coverage.clauses) == ((), (), (), ())
        assert [each.key for each in row.coverage.services] == ([service] if service == "billing" else [])
        assert [each.key for each in row.coverage.categories] == ([category] if category == "email" else [])

    def test_a_person_of_whom_nothing_is_known(self) -> None:
        told = answer(SubjectRecord("nobody"))
        assert (told.holdings, told.recipients, told.decisions, told.trusts) == ((), (), (), ())


@pytest.fixture(scope="module")
def rows() -> tuple[HoldingAnswer, ...]:
    """Holdings of a shop within billing; the mailer, who engages a host, may have emails and their parts."""
    told = answer(
        a_subject(
            holdings=(
                a_holding("1", service="billing", category="email"),
                a_holding("2", service="billing", category="phone"),
                a_holding("3", service="gone", category="email"),
                a_holding("4", service="shop", category="local-part"),
                a_holding("5", service="shop", category="gone"),
            )
        ),
        services=(a_service(), a_service("shop", part_of="billing")),
        data_categories=(a_category(), a_category("local-part", part_of="email"), a_category("phone")),
        recipients=(a_recipient(engages=("host",)), a_recipient("host"), a_recipient("idle")),
    )
    return told.holdings


class TestFilters:
    @pytest.mark.parametrize(
        ("services", "categories", "recipients", "found"),
        [
            (None, None, None, "12345"),
            (["billing"], None, None, "1245"),
            (["shop"], None, None, "45"),
            (["gone"], None, None, "3"),
            (["shop", "gone"], None, None, "345"),
            (["nothing"], None, None, ""),
            ([], None, None, ""),
            (None, ["email"], None, "134"),
            (None, ["local-part"], None, "4"),
            (None, ["gone", "phone"], None, "25"),
            (None, [], None, ""),
            (None, None, ["mailer"], "14"),
            (None, None, ["host"], "14"),
            (None, None, ["idle"], ""),
            (None, None, ["idle", "host"], "14"),
            (None, None, [], ""),
            (["billing"], ["email"], ["host"], "14"),
            (["shop"], ["email"], ["host"], "4"),
            (["billing"], ["phone"], ["host"], ""),
        ],
    )
    def test_what_they_find(
        self,
        rows: tuple[HoldingAnswer, ...],
        services: list[str] | None,
        categories: list[str] | None,
        recipients: list[str] | None,
        found: str,
    ) -> None:
        matching = holdings_matching(rows, services=services, categories=categories, recipients=recipients)
        assert "".join(sorted(each.holding.id for each in matching)) == found
        assert [each for each in rows if each in matching] == list(matching)

    def test_may_be_read_once_only(self, rows: tuple[HoldingAnswer, ...]) -> None:
        found = holdings_matching(rows, services=iter(["shop"]), categories=iter(["email"]), recipients=None)
        assert [each.holding.id for each in found] == ["4"]


class TestRecipients:
    def test_the_inverse_view_has_every_recipient_once_with_all_its_ways(self) -> None:
        record = a_subject(
            holdings=(a_holding("1"), a_holding("2", category="phone")),
            disclosures=(a_disclosure_record("r1", recipient="host"), a_disclosure_record("r2", recipient="gone-b")),
        )
        told = answer(
            record,
            data_categories=(a_category(), a_category("phone")),
            recipients=(a_recipient("idle"), a_recipient("host"), a_recipient(engages=("host",))),
            disclosures=(
                a_disclosure("one"),
                a_disclosure("two", categories=("email", "phone"), recipient="host"),
            ),
        ).recipients
        assert [
            (
                each.key,
                each.recipient is not None,
                [(row.holding.id, way.path.disclosure.key, len(way.path.recipients)) for row, way in each.may_receive],
                [record.id for record in each.disclosed],
                [sorted(keys) for keys in (each.services, each.categories, each.purposes)],
            )
            for each in told
        ] == [
            (
                "host",
                True,
                [("1", "one", 2), ("1", "two", 1), ("2", "two", 1)],
                ["r1"],
                [["billing"], ["email", "phone"], ["delivery"]],
            ),
            ("mailer", True, [("1", "one", 1)], [], [["billing"], ["email"], ["delivery"]]),
            ("gone-b", False, [], ["r2"], [[], [], []]),
        ]

    def test_it_cites_its_own_clauses_and_those_of_what_may_reach_it_each_once(self) -> None:
        chain = (a_recipient(engages=("host",), clauses=("mail",)), a_recipient("host", clauses=("hosts", "storage")))
        disclosures = (
            a_disclosure("one", clauses=("sending", "storage")),
            a_disclosure("two", clauses=("more",), recipient="host"),
            a_disclosure("of-others", clauses=("others",), categories=("phone",)),
        )
        categories = (a_category(), a_category("phone"))
        record = a_subject(disclosures=(a_disclosure_record(recipient="gone"),))
        told = answer(record, recipients=chain, disclosures=disclosures, data_categories=categories).recipients
        assert {each.key: each.clauses for each in told} == {
            "mailer": ("mail", "sending", "storage"),
            "host": ("hosts", "storage", "sending", "more"),
            "gone": (),
        }

    def test_those_that_the_map_does_not_know_come_last_by_key(self) -> None:
        records = tuple(a_disclosure_record(key, recipient=key) for key in ("z", "a", "mailer", "m"))
        told = answer(SubjectRecord("ann", disclosures=records)).recipients
        assert [each.key for each in told] == ["mailer", "a", "m", "z"]
        assert [each.recipient and each.recipient.name for each in told] == ["Mailer", None, None, None]

    def test_actual_disclosures_are_kept_apart_from_possible_ones(self) -> None:
        [mailer] = answer(a_subject(disclosures=(a_disclosure_record("r1"), a_disclosure_record("r2")))).recipients
        assert [way.status for _, way in mailer.may_receive] == [DisclosureStatus.ACTIVE]
        assert [record.id for record in mailer.disclosed] == ["r1", "r2"]

    def test_who_receives_nothing_is_not_there(self) -> None:
        assert answer(SubjectRecord("ann")).recipients == ()
        assert answer(disclosures=()).recipients == ()
