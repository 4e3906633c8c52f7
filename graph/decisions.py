"""Which decisions a purpose allows."""

from __future__ import annotations

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
