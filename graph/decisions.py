"""Which decisions a purpose allows, and which lead to what somebody wishes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace

from graph.data_map import DataMap
from graph.model import OPEN_TO_OBJECTION, DecisionKind, LegalBasis, Purpose


def why_not(data_map: DataMap, purpose: Purpose, kind: DecisionKind) -> str | None:
    """Why this decision cannot be taken on this purpose; None where it can.

    Consent is given and withdrawn where processing rests on it (GDPR Art. 7); objected to is what rests on an interest
    or a public task, and any direct marketing (Art. 21); restriction is open to all (Art. 18).
    """
    bases = data_map.bases_of(purpose.key)
    match kind:
        case DecisionKind.CONSENT | DecisionKind.WITHDRAWAL if LegalBasis.CONSENT not in bases:
            return f"the purpose {purpose.key!r} does not rest on consent: there is none to give or to withdraw"
        case DecisionKind.OBJECTION if not (bases & OPEN_TO_OBJECTION or purpose.direct_marketing):
            return f"the purpose {purpose.key!r} does not rest on an interest that can be objected to"
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Stand:
    """What somebody has said about one purpose, as it counts."""

    consents: bool = False
    objects: bool = False
    restricts: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What a stand is to become; None: that stays as it is."""

    consents: bool | None = None
    objects: bool | None = None
    restricts: bool | None = None

    @property
    def kinds(self) -> tuple[DecisionKind, ...]:
        """The decisions that the purpose has to allow for it, whatever the stand is."""
        said = {
            DecisionKind.CONSENT: self.consents is True,
            DecisionKind.WITHDRAWAL: self.consents is False,
            DecisionKind.OBJECTION: self.objects is True,
        }
        return tuple(kind for kind, is_said in said.items() if is_said)


_EFFECTS: Mapping[DecisionKind, Mapping[str, bool]] = {
    DecisionKind.CONSENT: {"consents": True},
    DecisionKind.WITHDRAWAL: {"consents": False},
    DecisionKind.OBJECTION: {"objects": True},
    DecisionKind.RESTRICTION: {"restricts": True},
    DecisionKind.LIFTING: {"objects": False, "restricts": False},
}


def stand_of(kinds: Iterable[DecisionKind]) -> Stand:
    """`kinds`: of the decisions about one purpose, the oldest first."""
    stand = Stand()
    for kind in kinds:
        stand = replace(stand, **_EFFECTS[kind])
    return stand


def steps(stand: Stand, wish: Wish) -> tuple[DecisionKind, ...]:
    """The decisions that lead from a stand to what is wished, in their order; none where it stands already. Lifting
    lifts both an objection and a restriction: what is to stay of the two is decided again."""
    wished = replace(stand, **{name: each for name, each in asdict(wish).items() if each is not None})
    lifts = (stand.objects and not wished.objects) or (stand.restricts and not wished.restricts)
    after = replace(stand, objects=False, restricts=False) if lifts else stand
    found: list[DecisionKind] = [DecisionKind.LIFTING] if lifts else []
    if wished.objects and not after.objects:
        found.append(DecisionKind.OBJECTION)
    if wished.restricts and not after.restricts:
        found.append(DecisionKind.RESTRICTION)
    if wished.consents != stand.consents:
        found.append(DecisionKind.CONSENT if wished.consents else DecisionKind.WITHDRAWAL)
    return tuple(found)
