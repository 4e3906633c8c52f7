"""What staff write about the findings of a draft: why it may be published in spite of a violation."""

from __future__ import annotations

from typing import Annotated

import strawberry

from graph import errors
from graph.errors import QUOTED_AT_MOST
from graph.reasons import REASON_CHARACTERS_AT_MOST
from graph.store.judging import overrule_finding
from server.context import Info
from server.schema.findings import Finding
from server.schema.mutations import Failure, RevisionConflict, RevisionNotFound
from server.schema.revisions import view_of
from server.turns import turn_to_work_out


@strawberry.input(description="Why a draft may be published in spite of a violation.")
class OverruleFindingInput:
    number: int = strawberry.field(description="The draft.")
    finding: str = strawberry.field(description="The violation's key, as the draft's `findings` name it.")
    reason: str = strawberry.field(
        description=f"Why, in at most {REASON_CHARACTERS_AT_MOST} characters. It stays with the revision, for staff."
    )


@strawberry.type(description="The violation keeps the draft from being published no longer.")
class OverruleFindingSuccess:
    finding: Finding = strawberry.field(description="The violation.")


@strawberry.type(description="The checks find no such thing in the draft.")
class FindingNotFound(Failure):
    key: str = strawberry.field(description="The key that was given; of one longer than any key, its beginning.")


@strawberry.type(description="It is a gap, which is in nobody's way, or the reason is missing or cannot be taken.")
class InvalidOverrule(Failure):
    key: str = strawberry.field(description="The finding's key.")


OverruleFindingPayload = Annotated[
    OverruleFindingSuccess | RevisionNotFound | RevisionConflict | FindingNotFound | InvalidOverrule,
    strawberry.union("OverruleFindingPayload", description="The violation as it is overruled now, or why it is not."),
]


@strawberry.type
class FindingMutations:
    @strawberry.field(
        description="Lets a draft be published in spite of one violation, for a reason that is kept with who gave it "
        "and when. For staff."
    )
    async def overrule_finding(
        self,
        info: Info,
        input: Annotated[OverruleFindingInput, strawberry.argument(description="Which violation, and why.")],
    ) -> OverruleFindingPayload:
        context = info.context
        by = context.viewer.require_staff()
        try:
            async with turn_to_work_out(context.database).in_place() as turn:
                # What is checked before takes a thread, which cannot be stopped.
                data_map, finding = await turn.to_its_end(
                    overrule_finding(context.database, input.number, input.finding, input.reason, by=by, at=context.now)
                )
        except errors.NotFound as error:
            if "finding" in error.ids:
                return FindingNotFound(code=error.code, message=error.message, key=input.finding[:QUOTED_AT_MOST])
            return RevisionNotFound(code=error.code, message=error.message, number=input.number)
        except errors.Conflict as error:
            return RevisionConflict(code=error.code, message=error.message, number=input.number)
        except errors.InvalidInput as error:
            return InvalidOverrule(code=error.code, message=error.message, key=input.finding)
        return OverruleFindingSuccess(finding=Finding.of(view_of(data_map), finding))
