"""What somebody wishes about a purpose, and the decisions that lead there."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from graph.answer import Person, PurposeStatus
from graph.decisions import Stand, Wish, stand_of, steps
from graph.model import Decision, DecisionKind, LegalBasis, Purpose
from tests.builders import A_DAY

KINDS = st.sampled_from(list(DecisionKind))
SAID = st.sampled_from([None, False, True])
WISHES = st.builds(Wish, SAID, SAID, SAID)


@given(st.lists(KINDS, max_size=8), WISHES)
@example([DecisionKind.OBJECTION, DecisionKind.RESTRICTION], Wish(restricts=False))
def test_whatever_was_decided_the_wish_holds_and_the_rest_stays(history: list[DecisionKind], wish: Wish) -> None:
    before = stand_of(history)
    after = stand_of([*history, *steps(before, wish)])
    for name in ("consents", "objects", "restricts"):
        wished = getattr(wish, name)
        assert getattr(after, name) == (getattr(before, name) if wished is None else wished)
    assert steps(after, wish) == ()


def test_the_end_of_a_restriction_leaves_an_objection() -> None:
    both = Stand(objects=True, restricts=True)
    assert steps(both, Wish(restricts=False)) == (DecisionKind.LIFTING, DecisionKind.OBJECTION)
    assert steps(both, Wish(objects=False)) == (DecisionKind.LIFTING, DecisionKind.RESTRICTION)
    assert steps(both, Wish(objects=False, restricts=False)) == (DecisionKind.LIFTING,)


def test_a_purpose_has_to_allow_what_is_said_not_what_is_lifted() -> None:
    assert Wish(consents=True, objects=True).kinds == (DecisionKind.CONSENT, DecisionKind.OBJECTION)
    assert Wish(consents=False, objects=False, restricts=True).kinds == (DecisionKind.WITHDRAWAL,)


@given(st.lists(KINDS, max_size=8))
def test_a_stand_is_what_a_persons_answer_counts(history: list[DecisionKind]) -> None:
    decisions = [
        Decision(str(place), "delivery", kind, A_DAY + timedelta(seconds=place)) for place, kind in enumerate(history)
    ]
    stand = stand_of(history)
    purpose = Purpose(key="delivery", name="Delivery", legal_basis=LegalBasis.CONSENT, direct_marketing=True)
    status = Person(decisions, ()).standing(purpose, LegalBasis.CONSENT).status
    assert (status is PurposeStatus.RESTRICTED) == stand.restricts
    assert (status is PurposeStatus.ACTIVE) == (stand.consents and not stand.objects and not stand.restricts)
