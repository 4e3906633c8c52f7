"""What can be written. A failure that is to be expected is a member of the payload, with a code of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import strawberry

from graph import errors, model
from graph.checks.overruling import key_of
from graph.data_map import DataMap
from graph.decisions import Wish, why_not
from graph.model import DecisionKind
from graph.reasons import REASON_CHARACTERS_AT_MOST
from graph.reports import Line, RejectionCode, read_line, reject
from graph.reports import Rejection as Refusal
from graph.revision_file import read_revision_texts
from graph.store.publishing import publish_revision, withdraw_revision
from graph.store.reports import record_reports
from graph.store.revisions import draft_revision
from graph.store.subjects import decide_as_wished, record_decision
from server.context import Context, Info
from server.schema.elements import Clause
from server.schema.findings import Finding, load_findings
from server.schema.records import Decision
from server.schema.revisions import Revision, view_of
from server.turns import turn_to_work_out
from server.watching.import_lines import note_outcomes

REPORTS_AT_MOST = 1000


@strawberry.interface(description="Why something was not done. Nothing was written.")
class Failure:
    code: str = strawberry.field(description="Stable: branch on it.")
    message: str = strawberry.field(description="What is wrong, and what to do about it.")


# ---- revisions -------------------------------------------------------------------------------------------------------


@strawberry.type(description="One thing wrong with a policy or its data map.")
class Problem:
    file: str = strawberry.field(description="`policy.md` or `map.yaml`.")
    line: int = strawberry.field(description="Counts from 1; 0: the file as a whole.")
    message: str = strawberry.field(description="What is wrong.")
    hint: str = strawberry.field(description="How to mend it.")


@strawberry.type(description="The policy or the map has problems: here are all of them.")
class InvalidRevision(Failure):
    problems: list[Problem] = strawberry.field(description="In the order of files and lines.")


@strawberry.type(description="There is no revision with this number.")
class RevisionNotFound(Failure):
    number: int = strawberry.field(description="The number that was asked for.")


@strawberry.type(
    description="Somebody published another revision meanwhile, or this one is not a draft any more. The draft is kept."
)
class RevisionConflict(Failure):
    number: int = strawberry.field(description="The draft.")


@strawberry.type(description="The draft says what is published already: there is nothing to publish.")
class NothingChanged(Failure):
    number: int = strawberry.field(description="The draft.")


@strawberry.type(description="The revision cannot come into force then: it must be after the last one that does.")
class InvalidEffectiveTime(Failure):
    number: int = strawberry.field(description="The draft.")


@strawberry.type(
    description="The draft touches people's rights directly and would come into force too soon after its publication: "
    "choose a later time, or give a reason."
)
class ShortNotice(Failure):
    number: int = strawberry.field(description="The draft.")
    days: int = strawberry.field(description="Whole days from its publication until it would come into force.")
    required_days: int = strawberry.field(description="How many days are asked for.")
    earliest: datetime = strawberry.field(
        description="When it can come into force without a reason: the first start of a day, in UTC, that is late "
        "enough."
    )


@strawberry.type(
    description="The draft has violations that nobody overruled: mend them and draft it again, or overrule each."
)
class ViolationsNotOverruled(Failure):
    number: int = strawberry.field(description="The draft.")
    findings: list[Finding] = strawberry.field(description="All of these violations.")


@strawberry.type(description="The reason cannot be taken: it is too long, or no text.")
class InvalidNoticeReason(Failure):
    number: int = strawberry.field(description="The draft.")


@strawberry.input(description="A policy's text and its data map, as the two files of a revision's folder.")
class DraftRevisionInput:
    policy: str = strawberry.field(description="Markdown: what `policy.md` holds.")
    map: str = strawberry.field(description="YAML: what `map.yaml` holds.")


@strawberry.type(description="The draft is in the graph.")
class DraftRevisionSuccess:
    revision: Revision = strawberry.field(description="The draft, with its number.")


DraftRevisionPayload = Annotated[
    DraftRevisionSuccess | InvalidRevision,
    strawberry.union("DraftRevisionPayload", description="The draft, or what is wrong with its files."),
]


@strawberry.input(description="Which draft to publish.")
class PublishRevisionInput:
    number: int = strawberry.field(description="The draft.")
    expected_number: int = strawberry.field(
        description="The revision that you take to be the last published one; 0: none is."
    )
    effective_at: datetime | None = strawberry.field(
        default=None,
        description="When it comes into force: later, or for history before; null: with its publication, by the "
        "service's clock.",
    )
    reason: str | None = strawberry.field(
        default=None,
        description="Why it comes into force sooner after its publication than is asked for where it touches people's "
        f"rights directly, in at most {REASON_CHARACTERS_AT_MOST} characters. It stays with the revision, for staff.",
    )


@strawberry.type(description="The revision is published.")
class PublishRevisionSuccess:
    revision: Revision = strawberry.field(description="The revision.")


PublishRevisionPayload = Annotated[
    PublishRevisionSuccess
    | RevisionNotFound
    | RevisionConflict
    | NothingChanged
    | InvalidEffectiveTime
    | ViolationsNotOverruled
    | ShortNotice
    | InvalidNoticeReason,
    strawberry.union("PublishRevisionPayload", description="The revision, or why it was not published."),
]


@strawberry.input(description="Which revision to take back.")
class WithdrawRevisionInput:
    number: int = strawberry.field(description="A draft, or a published revision that is not in force yet.")


@strawberry.type(description="The revision is taken back.")
class WithdrawRevisionSuccess:
    revision: Revision = strawberry.field(description="The revision.")


WithdrawRevisionPayload = Annotated[
    WithdrawRevisionSuccess | RevisionNotFound | RevisionConflict,
    strawberry.union("WithdrawRevisionPayload", description="The revision, or why it was not taken back."),
]


# ---- holdings --------------------------------------------------------------------------------------------------------


@strawberry.input(description="That the credential's service holds a category about a person; or, with `goneAt`, held.")
class HoldingReport:
    subject: strawberry.ID = strawberry.field(description="The person's opaque id in the account system.")
    category: str = strawberry.field(description="The category's key.")
    since: datetime | None = strawberry.field(default=None, description="From when. Required unless `goneAt` is given.")
    last_seen: datetime | None = strawberry.field(default=None, description="When it was last seen or used.")
    until: datetime | None = strawberry.field(default=None, description="When it will be gone, if that is known.")
    source: str | None = strawberry.field(default=None, description="The key of the source.")
    records: int | None = strawberry.field(default=None, description="How many records.")
    reported_at: datetime | None = strawberry.field(
        default=None, description="When the service knew this: an older report never undoes a newer one."
    )
    gone_at: datetime | None = strawberry.field(default=None, description="When it was gone, if it is.")
    is_minor: bool = strawberry.field(
        default=False, description="Whether the person is under the age that the policy serves: then it is refused."
    )

    def contradiction(self) -> str | None:
        """Why this says two things at once, or None: what is gone has nothing more to say of itself."""
        if self.gone_at is None:
            return None
        said = {
            "since": self.since,
            "lastSeen": self.last_seen,
            "until": self.until,
            "source": self.source,
            "records": self.records,
            "isMinor": self.is_minor or None,
        }
        beside = ", ".join(repr(name) for name, value in said.items() if value is not None)
        return f"'goneAt' says that it is gone: leave out {beside}, or 'goneAt'" if beside else None

    def as_line(self, service: str) -> bytes:
        """As the line of NDJSON that says the same: one door for both."""
        line: dict[str, object] = {"subject": self.subject, "service": service, "category": self.category}
        if self.gone_at is not None:
            line |= {"type": "gone", "at": self.gone_at, "reported_at": self.reported_at}
        else:
            line |= {
                "since": self.since,
                "last_seen": self.last_seen,
                "until": self.until,
                "source": self.source,
                "records": self.records,
                "reported_at": self.reported_at,
                "minor": self.is_minor,
            }
        given = {name: value for name, value in line.items() if value is not None}
        return json.dumps(given, default=datetime.isoformat).encode("utf-8", "surrogatepass")


@strawberry.type(description="A report that was not taken.")
class Rejection:
    index: int = strawberry.field(description="Its place in the input, from 0.")
    code: str = strawberry.field(description="Stable: branch on it.")
    reason: str = strawberry.field(description="What is wrong with it.")
    clauses: list[Clause] = strawberry.field(description="The clauses that forbid it, if any do.")


@strawberry.type(description="What became of the reports. The numbers add up to how many there were.")
class ReportHoldingsSuccess:
    changed: int = strawberry.field(description="Said something new.")
    unchanged: int = strawberry.field(description="Said what is known.")
    older: int = strawberry.field(description="Were older than what is known, and changed nothing.")
    rejected: list[Rejection] = strawberry.field(description="Were not taken; the others were.")


@strawberry.type(description="No policy is in force, so that nothing can be checked against one.")
class NoRevisionInForce(Failure):
    pass


@strawberry.type(description="There are more reports than one call takes.")
class TooManyReports(Failure):
    maximum: int = strawberry.field(description="How many it takes; longer ones go to `POST /ingest/holdings`.")


ReportHoldingsPayload = Annotated[
    ReportHoldingsSuccess | NoRevisionInForce | TooManyReports,
    strawberry.union("ReportHoldingsPayload", description="What became of the reports, or why none was taken."),
]


# ---- decisions -------------------------------------------------------------------------------------------------------


@strawberry.input(description="What the person decides.")
class RecordDecisionInput:
    purpose: str = strawberry.field(description="The purpose's key.")
    kind: model.DecisionKind = strawberry.field(description="The decision.")


@strawberry.type(description="The decision is recorded, and counts from now.")
class RecordDecisionSuccess:
    decision: Decision = strawberry.field(description="The decision.")


@strawberry.type(description="The revision in force has no such purpose.")
class PurposeNotFound(Failure):
    purpose: str = strawberry.field(description="The key that was given; of one longer than any key, its beginning.")


@strawberry.type(description="The purpose does not allow this decision: consent where none is asked, say.")
class DecisionNotApplicable(Failure):
    purpose: str = strawberry.field(description="The purpose's key.")


RecordDecisionPayload = Annotated[
    RecordDecisionSuccess | PurposeNotFound | DecisionNotApplicable | NoRevisionInForce,
    strawberry.union("RecordDecisionPayload", description="The decision, or why it was not recorded."),
]


@strawberry.input(description="How the person wishes to stand on a purpose. What is left out or null stays as it is.")
class SetStandInput:
    purpose: str = strawberry.field(description="The purpose's key.")
    consents: bool | None = strawberry.field(default=None, description="Whether they consent.")
    objects: bool | None = strawberry.field(default=None, description="Whether they object.")
    restricts: bool | None = strawberry.field(default=None, description="Whether they have it restricted.")


@strawberry.type(description="They stand as they wish, and it counts from now.")
class SetStandSuccess:
    decisions: list[Decision] = strawberry.field(
        description="Those that were recorded for it, in their order: none where they stood so already. Lifting lifts "
        "both an objection and a restriction; what stays of the two is recorded anew after it."
    )


SetStandPayload = Annotated[
    SetStandSuccess | PurposeNotFound | DecisionNotApplicable | NoRevisionInForce,
    strawberry.union("SetStandPayload", description="The decisions, or why none was recorded."),
]


async def _allowing(
    context: Context, key: str, kinds: Iterable[DecisionKind]
) -> DataMap | NoRevisionInForce | PurposeNotFound | DecisionNotApplicable:
    """The map in force, if the purpose with this key is in it and allows these decisions; or why not."""
    try:
        data_map = await context.load_data_map(None, None)
        purpose = data_map.load_purpose(key)
    except errors.NoRevisionInForce as error:
        return NoRevisionInForce(code=error.code, message=error.message)
    except errors.NotFound as error:
        return PurposeNotFound(code=error.code, message=error.message, purpose=key[: errors.QUOTED_AT_MOST])
    refused = next(filter(None, (why_not(data_map, purpose, kind) for kind in kinds)), None)
    if refused is not None:
        return DecisionNotApplicable(code=errors.DecisionNotApplicable.code, message=refused, purpose=key)
    return data_map


async def _violations(context: Context, number: int, error: errors.ViolationsNotOverruled) -> ViolationsNotOverruled:
    view = view_of(await context.load_data_map(None, number))
    keys = {each.finding for each in error.violations}
    found = [Finding.of(view, each) for each in await load_findings(context, view) if key_of(each) in keys]
    return ViolationsNotOverruled(code=error.code, message=error.message, number=number, findings=found)


@strawberry.type(description="What can be written.")
class Mutation:
    @strawberry.field(description="Checks a policy and its map, and makes a draft of them. For staff.")
    async def draft_revision(
        self,
        info: Info,
        input: Annotated[DraftRevisionInput, strawberry.argument(description="The two files.")],
    ) -> DraftRevisionPayload:
        context = info.context
        context.viewer.require_staff()
        try:
            # In a thread: a megabyte of YAML takes seconds to read, and nobody else is to wait for it.
            content = await asyncio.to_thread(read_revision_texts, input.policy, input.map)
        except errors.InvalidRevision as error:
            problems = [
                Problem(file=each.file, line=each.line, message=each.message, hint=each.hint) for each in error.problems
            ]
            return InvalidRevision(code=error.code, message=error.message, problems=problems)
        return DraftRevisionSuccess(
            revision=Revision.of(await draft_revision(context.database, content, at=context.now))
        )

    @strawberry.field(description="Publishes a draft, if nobody published another one meanwhile. For staff.")
    async def publish_revision(
        self,
        info: Info,
        input: Annotated[
            PublishRevisionInput, strawberry.argument(description="Which draft, from when, and after which revision.")
        ],
    ) -> PublishRevisionPayload:
        context = info.context
        context.viewer.require_staff()
        try:
            async with turn_to_work_out(context.database).in_place() as turn:
                # What is checked before takes a thread, which cannot be stopped.
                revision = await turn.to_its_end(
                    publish_revision(
                        context.database,
                        input.number,
                        expected=input.expected_number,
                        effective_at=input.effective_at,
                        at=context.clock,
                        notice=context.notice,
                        reason=input.reason,
                    )
                )
        except errors.NotFound as error:
            return RevisionNotFound(code=error.code, message=error.message, number=input.number)
        except errors.NothingChanged as error:
            return NothingChanged(code=error.code, message=error.message, number=input.number)
        except errors.Conflict as error:
            return RevisionConflict(code=error.code, message=error.message, number=input.number)
        except errors.ViolationsNotOverruled as error:
            return await _violations(context, input.number, error)
        except errors.ShortNotice as error:
            return ShortNotice(
                code=error.code,
                message=error.message,
                number=input.number,
                days=error.days,
                required_days=error.required_days,
                earliest=error.earliest,
            )
        except errors.InvalidTime as error:
            return InvalidEffectiveTime(code=error.code, message=error.message, number=input.number)
        except errors.InvalidInput as error:
            return InvalidNoticeReason(code=error.code, message=error.message, number=input.number)
        return PublishRevisionSuccess(revision=Revision.of(revision))

    @strawberry.field(description="Takes back a draft, or a published revision that is not in force yet. For staff.")
    async def withdraw_revision(
        self,
        info: Info,
        input: Annotated[WithdrawRevisionInput, strawberry.argument(description="Which revision.")],
    ) -> WithdrawRevisionPayload:
        context = info.context
        context.viewer.require_staff()
        try:
            revision = await withdraw_revision(context.database, input.number, at=context.clock)
        except errors.NotFound as error:
            return RevisionNotFound(code=error.code, message=error.message, number=input.number)
        except errors.Conflict as error:
            return RevisionConflict(code=error.code, message=error.message, number=input.number)
        return WithdrawRevisionSuccess(revision=Revision.of(revision))

    @strawberry.field(
        description=f"Reports what the credential's service holds, at most {REPORTS_AT_MOST} at once; twice is once. "
        "For services."
    )
    async def report_holdings(
        self,
        info: Info,
        input: Annotated[list[HoldingReport], strawberry.argument(description="The reports, taken in their order.")],
    ) -> ReportHoldingsPayload:
        context = info.context
        service = context.viewer.require_service()
        if len(input) > REPORTS_AT_MOST:
            message = f"{len(input)} reports are more than {REPORTS_AT_MOST}: send them in parts"
            return TooManyReports(code="TOO_MANY_REPORTS", message=message, maximum=REPORTS_AT_MOST)
        try:
            data_map = await context.load_data_map(None, None)
        except errors.NoRevisionInForce as error:
            return NoRevisionInForce(code=error.code, message=error.message)
        view = view_of(data_map)
        lines: list[Line] = []
        rejected: list[Rejection] = []
        for index, report in enumerate(input):
            contradiction = report.contradiction()
            line = (
                read_line(report.as_line(service), index)
                if contradiction is None
                else Refusal(index, RejectionCode.MALFORMED, contradiction)
            )
            refusal = line if isinstance(line, Refusal) else reject(line, index, data_map, context.now, service)
            if refusal is None:
                assert not isinstance(line, Refusal)
                lines.append(line)
            else:
                clauses = [view.clauses[key] for key in refusal.clauses]
                rejected.append(Rejection(index=index, code=refusal.code.value, reason=refusal.reason, clauses=clauses))
        counts = await record_reports(context.database, lines)
        note_outcomes(counts, [each.code for each in rejected])
        return ReportHoldingsSuccess(
            changed=counts.changed, unchanged=counts.unchanged, older=counts.older, rejected=rejected
        )

    @strawberry.field(description="Records the person's own decision about a purpose, from now on. For the person.")
    async def record_decision(
        self,
        info: Info,
        input: Annotated[RecordDecisionInput, strawberry.argument(description="The purpose and the decision.")],
    ) -> RecordDecisionPayload:
        context = info.context
        subject = context.viewer.require_subject()
        data_map = await _allowing(context, input.purpose, (input.kind,))
        if not isinstance(data_map, DataMap):
            return data_map
        decision = await record_decision(context.database, subject, input.purpose, input.kind, context.now)
        return RecordDecisionSuccess(decision=Decision.of(view_of(data_map), decision))

    @strawberry.field(
        description="Records the decisions by which the person stands on a purpose as they wish, all at once and "
        "whatever was decided meanwhile. For the person."
    )
    async def set_stand(
        self,
        info: Info,
        input: Annotated[SetStandInput, strawberry.argument(description="The purpose and the wish.")],
    ) -> SetStandPayload:
        context = info.context
        subject = context.viewer.require_subject()
        wish = Wish(input.consents, input.objects, input.restricts)
        data_map = await _allowing(context, input.purpose, wish.kinds)
        if not isinstance(data_map, DataMap):
            return data_map
        decisions = await decide_as_wished(context.database, subject, input.purpose, wish, context.now)
        view = view_of(data_map)
        return SetStandSuccess(decisions=[Decision.of(view, each) for each in decisions])
