"""What staff write about the changes of a draft: what they do to people's rights, where the rules say otherwise."""

from __future__ import annotations

from typing import Annotated

import strawberry

from graph import errors
from graph.changes import Impact
from graph.errors import QUOTED_AT_MOST
from graph.reasons import REASON_CHARACTERS_AT_MOST
from graph.store.judging import adjust_impact
from server.context import Info
from server.schema.changes import Change, Views, shown
from server.schema.mutations import Failure, RevisionConflict, RevisionNotFound
from server.schema.revisions import view_of


@strawberry.input(description="What a change of a draft does to people's rights, by the publisher.")
class AdjustImpactInput:
    number: int = strawberry.field(description="The draft.")
    change: str = strawberry.field(description="The change's key, as the draft's `changes` name it.")
    impact: Impact = strawberry.field(description="What it does.")
    reason: str | None = strawberry.field(
        default=None,
        description=f"Why, in at most {REASON_CHARACTERS_AT_MOST} characters: needed where the impact is lower than the"
        " rule's. It stays with the revision, and everybody can read it.",
    )


@strawberry.type(description="The change is judged so, until it is judged anew or the draft is published.")
class AdjustImpactSuccess:
    change: Change = strawberry.field(description="The change.")


@strawberry.type(description="The draft has no such change against the revision published last.")
class ChangeNotFound(Failure):
    key: str = strawberry.field(description="The key that was given; of one longer than any key, its beginning.")


@strawberry.type(
    description="The impact is lower than the rule's and no reason is given, or the reason cannot be taken."
)
class InvalidReason(Failure):
    key: str = strawberry.field(description="The change's key.")


AdjustImpactPayload = Annotated[
    AdjustImpactSuccess | RevisionNotFound | RevisionConflict | ChangeNotFound | InvalidReason,
    strawberry.union("AdjustImpactPayload", description="The change as it is judged now, or why it is not."),
]


@strawberry.type
class ChangeMutations:
    @strawberry.field(
        description="Judges what a change of a draft does to people's rights, where that is more, or less, than its "
        "rule says. For staff."
    )
    async def adjust_impact(
        self,
        info: Info,
        input: Annotated[AdjustImpactInput, strawberry.argument(description="Which change, how, and why.")],
    ) -> AdjustImpactPayload:
        context = info.context
        by = context.viewer.require_staff()
        try:
            comparison, change = await adjust_impact(
                context.database,
                context.comparisons,
                input.number,
                input.change,
                input.impact,
                input.reason,
                by=by,
                at=context.now,
            )
        except errors.NotFound as error:
            if "change" in error.ids:
                return ChangeNotFound(code=error.code, message=error.message, key=input.change[:QUOTED_AT_MOST])
            return RevisionNotFound(code=error.code, message=error.message, number=input.number)
        except errors.Conflict as error:
            return RevisionConflict(code=error.code, message=error.message, number=input.number)
        except errors.InvalidInput as error:
            return InvalidReason(code=error.code, message=error.message, key=input.change)
        views = Views(view_of(comparison.old), view_of(comparison.new))
        return AdjustImpactSuccess(change=shown(views, change))
