"""What can be asked."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated

import strawberry

from graph import model
from graph.answer import SubjectAnswer
from graph.errors import InvalidInput, NotFound
from graph.model import RevisionState
from graph.opaque_ids import is_opaque_id
from graph.store.revisions import HIGHEST_NUMBER, count_revisions, list_revisions, load_revision, revision_not_found
from graph.store.subjects import load_subject, load_subject_as_staff
from server.context import Context, Info
from server.schema.changes import Comparison
from server.schema.connections import PAGE_DEFAULT, After, Connection, Edge, First, check_first, page_info
from server.schema.elements import Node
from server.schema.ids import GlobalId, read_cursor, read_global_id, write_cursor
from server.schema.notices import find_own_notice
from server.schema.revisions import DataMap, Policy, Revision, find_node, load_comparison, view_of
from server.schema.subjects import Subject, find_own
from server.viewer import Scope

AsOf = Annotated[
    datetime | None,
    strawberry.argument(description="A time that is past, with its zone; null: now. Not in the future."),
]
Number = Annotated[int | None, strawberry.argument(description="The number of a revision; null: the one in force.")]
#: What one person may be asked about by id, through `node`.
OWN_TYPES = frozenset({"Subject", "Holding", "Decision", "Trust", "DisclosureRecord", "AccessRecord", "Notice"})


async def load_answer(context: Context, as_of: datetime | None) -> SubjectAnswer:
    """The viewer's own answer: the id is the credential's, and one statement asks for it.

    Raises Unauthenticated, Forbidden, InvalidTime, NoRevisionInForce.
    """
    id = context.viewer.require_subject()
    at = context.at(as_of)
    number, record = await load_subject(context.database, id, at)
    return SubjectAnswer(record, await context.load_in_force(number, at), at)


@strawberry.type(description="What can be asked.")
class Query:
    @strawberry.field(
        description="The person whose access token this is. Null, with an error that says why, before the first "
        "revision came into force (code NO_REVISION_IN_FORCE) and for a time to come (INVALID_TIME)."
    )
    async def me(self, info: Info, as_of: AsOf = None) -> Subject | None:
        return Subject.of(await load_answer(info.context, as_of))

    @strawberry.field(
        description="Any person, for staff: as `me`. Leaves a record that the person sees in `accessedBy`. Null, with "
        "an error with the code NOT_FOUND and without a record, for an id that nothing is known of."
    )
    async def subject(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The opaque id in the account system.")],
        as_of: AsOf = None,
    ) -> Subject | None:
        context = info.context
        by = context.viewer.require_staff()
        if not is_opaque_id(id):
            raise InvalidInput("`id` is not the id of a person: give the one that the account system uses")
        at = context.at(as_of)
        access = model.AccessRecord(context.new_id(), by, context.now)
        number, record = await load_subject_as_staff(context.database, str(id), at, access=access)
        return Subject.of(SubjectAnswer(record, await context.load_in_force(number, at), at))

    @strawberry.field(
        description="The text of the revision in force, now or at a past time, or of the one with a number. Public; "
        "drafts for staff."
    )
    async def policy(self, info: Info, as_of: AsOf = None, number: Number = None) -> Policy | None:
        return Policy(view=view_of(await info.context.load_data_map(as_of, number)))

    @strawberry.field(
        description="The data map of the revision in force, now or at a past time, or of the one with a number. "
        "Public but for notes, owners, findings and coverage; drafts for staff."
    )
    async def data_map(self, info: Info, as_of: AsOf = None, number: Number = None) -> DataMap | None:
        return DataMap(view=view_of(await info.context.load_data_map(as_of, number)))

    @strawberry.field(
        description="The published revisions, the newest first; for staff also drafts and withdrawn ones."
    )
    async def revisions(self, info: Info, first: First = PAGE_DEFAULT, after: After = None) -> Connection[Revision]:
        context = info.context
        states = frozenset(RevisionState) if context.viewer.is_staff else frozenset({RevisionState.PUBLISHED})
        before = HIGHEST_NUMBER if after is None else _read_number(read_cursor("revisions", after))
        limit = check_first(first)
        found = await list_revisions(context.database, states=states, limit=limit + 1, before=before)
        edges = [
            Edge(node=Revision.of(each), write_cursor=partial(write_cursor, "revisions", (each.number,)))
            for each in found[:limit]
        ]
        return Connection(
            edges=edges,
            page_info=page_info(edges, after is not None, len(found) > limit),
            total_count=await count_revisions(context.database, states=states),
        )

    @strawberry.field(
        description="The revision with a number; for staff also drafts and withdrawn ones. Null, with an error with "
        "the code NOT_FOUND, where there is none."
    )
    async def revision(
        self, info: Info, number: Annotated[int, strawberry.argument(description="Its number.")]
    ) -> Revision | None:
        return await _load_revision(info.context, number)

    @strawberry.field(
        description="What differs between two revisions, whichever was there first. Public between published ones; "
        "drafts for staff. Null, with an error with the code NOT_FOUND, where there is none with a number."
    )
    async def compare(
        self,
        info: Info,
        from_: Annotated[
            int, strawberry.argument(name="from", description="The number of the revision that is taken for the older.")
        ],
        to: Annotated[int, strawberry.argument(description="The number of the one that is taken for the newer.")],
    ) -> Comparison | None:
        return await load_comparison(info.context, from_, to)

    @strawberry.field(
        description="What has a global id: anything of a published revision, and the person's own holdings, decisions, "
        "trusts, records and notices. Null, with an error, for what is not there or not the person's own."
    )
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="A global id.")]
    ) -> Node | None:
        context = info.context
        match read_global_id(str(id)):
            case GlobalId("Revision", (int(number),)):
                return await _load_revision(context, number)
            case GlobalId(type, (str(own),)) if type in OWN_TYPES:
                # Whoever it belongs to, to anybody else it is as if it were not there.
                if Scope.SUBJECT in context.viewer.scopes:
                    found = await _find_own(context, type, own)
                    if found is not None:
                        return found
                raise NotFound("There is nothing with this id")
            case GlobalId(type, (int(number), str(key))):
                return find_node(view_of(await context.load_data_map(None, number)), type, key)
            case _:
                raise InvalidInput("This is not an id of this service: give one that it returned")


async def _find_own(context: Context, type: str, id: str) -> Node | None:
    if type == "Notice":
        return await find_own_notice(context, context.viewer.require_subject(), id)
    return find_own(await load_answer(context, None), type, id)


async def _load_revision(context: Context, number: int) -> Revision:
    revision = await load_revision(context.database, number)
    if revision.state is not RevisionState.PUBLISHED and not context.viewer.is_staff:
        raise revision_not_found(number)
    return Revision.of(revision)


def _read_number(place: tuple[str | int, ...]) -> int:
    match place:
        case (int(number),) if 0 < number <= HIGHEST_NUMBER:
            return number
        case _:
            raise InvalidInput("This is not a cursor of this list: give an `endCursor` that it returned, or none")
