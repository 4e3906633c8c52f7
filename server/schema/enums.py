"""The domain's enumerations, with a description for each value."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeVar

import strawberry

from graph import answer, changes, model, notices
from graph.checks.coverage import ClauseRole
from graph.notice_content import model as told
from server.records.document import RecordOf

EnumT = TypeVar("EnumT", bound=type[Enum])


def _described(enum: EnumT, description: str, /, named: str | None = None, **values: str) -> EnumT:
    """`named`: as the contract calls it, where that is not the enumeration's own name."""
    described: Any = strawberry.enum(enum, name=named, description=description)
    definition = described.__strawberry_definition__
    missing = {value.name for value in definition.values} ^ values.keys()
    assert not missing, f"{enum.__name__} and its descriptions differ in {sorted(missing)}"
    for value in definition.values:
        value.description = values[value.name]
    return enum


_described(
    model.RevisionState,
    "Where a revision stands.",
    DRAFT="Not published: seen by staff only.",
    PUBLISHED="Published: in force from its `effectiveAt` until that of the next.",
    WITHDRAWN="Taken back before it came into force.",
)
_described(
    model.ClauseKind,
    "What a clause is in the text.",
    SECTION="A heading, with what stands below it.",
    PARAGRAPH="A paragraph.",
    LIST_ITEM="An item of a list.",
    TABLE_ROW="A row of a table.",
)
_described(
    model.CategoryKind,
    "Whether data counts as personal by itself.",
    PERSONAL="Personal data.",
    SUPPLEMENTARY="Technical data that accompanies it.",
)
_described(
    model.SourceKind,
    "Who or what data comes from.",
    DATA_SUBJECT="The person.",
    AUTOMATIC="A system that records it.",
    THIRD_PARTY="Somebody else.",
)
_described(
    model.LegalBasis,
    "Why processing is lawful: the points of GDPR Art. 6(1).",
    CONSENT="(a) The person consented.",
    CONTRACT="(b) A contract with the person needs it.",
    LEGAL_OBLIGATION="(c) The law demands it.",
    VITAL_INTERESTS="(d) A life depends on it.",
    PUBLIC_TASK="(e) A task in the public interest needs it.",
    LEGITIMATE_INTERESTS="(f) A legitimate interest outweighs.",
)
_described(
    model.RecipientKind,
    "What a recipient is to the controller.",
    PROCESSOR="Processes data on the controller's behalf and under its instructions.",
    AFFILIATE="Belongs to the controller's group.",
    AUTHORITY="A body that the law entitles to ask.",
    TRUSTED_SUBJECT="Another person whom the person trusts.",
    SUCCESSOR="Takes over the controller's business or contract.",
    INDEPENDENT_CONTROLLER="Decides about the data itself, under its own policy.",
    PUBLIC="Anybody.",
)
_described(
    model.Adequacy,
    "How the law sees a country's protection of data.",
    EEA="In the European Economic Area.",
    ADEQUATE="Found adequate by the European Commission (GDPR Art. 45).",
    NONE="Neither: a transfer needs a safeguard.",
)
_described(
    model.CaseCondition,
    "What must have happened before a disclosure case applies to one person.",
    NONE="Nothing: it happens in the ordinary course.",
    TRUST="The person trusts another with the category.",
    CONSENT="The person consented to the purpose.",
    EVENT="Something that cannot be known beforehand, such as a lawful request.",
)
_described(
    model.RetentionStart,
    "The event from which a retention period runs.",
    COLLECTION="The holding's `since`.",
    LAST_USE="The holding's `lastSeen`.",
    END="The holding's `until`.",
    UNREPORTED="An event that no system reports, so that no date can be computed.",
)
_described(
    model.RetentionOutcome,
    "What happens to data when its time is over.",
    ERASE="It is erased.",
    DEPERSONALISE="It is kept, without anything that tells whose it is.",
    ERASE_OR_DEPERSONALISE="One or the other.",
)
_described(
    model.ExclusionKind,
    "What is promised not to be.",
    CATEGORY="Categories are never processed.",
    SCOPE="The policy does not cover something.",
    AGE="People under an age are not served.",
)
_described(
    model.MeasureKind,
    "What a measure is.",
    PRINCIPLE="A principle that is kept to.",
    ORGANISATIONAL="Something that people do.",
    TECHNICAL="Something that systems do.",
)
_described(
    model.Channel,
    "How a person is told of a revision.",
    EMAIL="By email.",
    ACCOUNT_AREA="In the account area.",
    SOFTWARE_PRODUCT="In a software product.",
)
_described(
    model.DecisionKind,
    "What a person decided about a purpose.",
    CONSENT="Consents. Holds until a withdrawal.",
    WITHDRAWAL="Withdraws the consent (GDPR Art. 7(3)).",
    OBJECTION="Objects (GDPR Art. 21). Holds until it is lifted.",
    RESTRICTION="Has processing restricted (GDPR Art. 18). Holds until it is lifted.",
    LIFTING="Lifts the person's own objection and restriction.",
)
_described(
    model.ElementKind,
    "The kinds of elements of a data map.",
    CONTROLLER="Who answers.",
    SERVICE="What collects data.",
    DATA_CATEGORY="A kind of data.",
    SOURCE="Where data comes from.",
    PURPOSE="Why it is processed.",
    COUNTRY="Where a recipient is.",
    SAFEGUARD="What protects a transfer.",
    RECIPIENT="Who may receive data.",
    RETENTION_RULE="How long data is kept.",
    PROCESSING="Which service uses what, from where, why and how long.",
    DISCLOSURE_CASE="When disclosure is allowed.",
    DISCLOSURE="What goes to whom.",
    EXCLUSION="What is promised not to be.",
    RIGHT="What a person may ask for.",
    MEASURE="What protects the data.",
)
_described(
    model.FindingKind,
    "How grave a finding is.",
    VIOLATION="A rule is broken.",
    GAP="Something is not said.",
)
_described(
    ClauseRole,
    "What a clause is there for, by its form.",
    HEADING="It heads a section.",
    INTRODUCTION="A paragraph right before a list or a table.",
    TABLE_HEAD="The first row of a table, and the second where both are its head.",
    STATEMENT="None of these: it may well have something to state.",
)
_described(
    RecordOf,
    "Whose record of processing activities (GDPR Art. 30).",
    CONTROLLER="The controller's, by Art. 30(1).",
    PROCESSORS="That of its processors, by Art. 30(2), as far as the map knows.",
)
_described(
    answer.PurposeStatus,
    "Whether data is used for a purpose, for one person.",
    ACTIVE="It is used.",
    NO_CONSENT="Not used: the purpose needs a consent that the person never gave.",
    WITHDRAWN="Not used: the person withdrew the consent.",
    OBJECTED="Not in the ordinary course: the person objected.",
    RESTRICTED="Not in the ordinary course: the person had it restricted.",
)
_described(
    answer.DisclosureStatus,
    "Whether a disclosure happens, for one person.",
    ACTIVE="It happens in the ordinary course.",
    ON_EVENT="Only if something happens that nobody knows beforehand, such as a lawful request.",
    NO_TRUST="Not now: only if the person trusts somebody with this category.",
    NO_CONSENT="Not now: only if the person consents.",
    PURPOSE_INACTIVE="Not in the ordinary course: nothing that covers the holding is active for its purpose.",
)
_described(
    changes.Impact,
    "What a change does to people's rights.",
    NONE="Nothing: nobody is told of it.",
    INDIRECT="It touches them, and takes nothing away.",
    DIRECT="It affects them.",
)
_described(
    changes.WordsKind,
    "In which of the two texts of a clause words stand.",
    SAME="In both.",
    REMOVED="In the old one.",
    ADDED="In the new one.",
)
_described(
    notices.NoticeKind,
    "What a notice is about.",
    REVISION="A revision was published.",
    WITHDRAWAL="A revision that was told of will not come into force.",
)
_described(
    notices.DeliveryState,
    "Where the telling of one person on one channel stands.",
    PENDING="To be sent.",
    SENDING="Being handed over, or given out in a product's feed and not acknowledged yet.",
    SENT="Taken by the receiver.",
    RETRY="Failed for the time being, and due again.",
    FAILED="Refused, or given up.",
    UNKNOWN="Nobody knows whether it was sent; never sent again unless staff say so.",
    STOPPED="Its revision was withdrawn before.",
)
_described(
    notices.FanOutState,
    "Where the writing of a revision's notices stands.",
    PENDING="Notices are still to be written.",
    DONE="All are written.",
    STOPPED="The revision was withdrawn first.",
)
_ABOUT = {
    "RECIPIENT": "who may receive data",
    "COUNTRY": "a country that data may go to",
    "PURPOSE": "what data is used for",
    "CATEGORY": "a kind of data",
    "SERVICE": "what collects data",
    "RIGHT": "what the person may ask for",
    "PROMISE": "what is promised not to be done",
    "CASE": "a case in which data may be passed on",
    "PROTECTION": "what protects data",
}
_described(
    told.ItemKind,
    "What changes, and how.",
    named="NoticeItemKind",
    **{
        f"{subject}_{how}": f"{begun}: {about}."
        for subject, about in _ABOUT.items()
        for how, begun in (("ADDED", "New"), ("CHANGED", "Changed"), ("REMOVED", "No longer there"))
    },
    SOURCE_CHANGED="Changed: where data comes from.",
    RETENTION_CHANGED="Changed: how long data is kept.",
    CONTROLLER_CHANGED="Changed: who answers, or how to reach them.",
    POLICY_REWORDED="Reworded: clauses of which no other item tells.",
)
_described(
    told.DetailKind,
    "One change of a notice's item.",
    named="NoticeDetailKind",
    ADDED="It is new.",
    REMOVED="It is no longer there.",
    ALTERED="It says something else of itself, or refers to one thing in the place of another.",
    LINKED="It refers to something more.",
    UNLINKED="It refers to something less.",
    REWORDED="The clause has other words.",
    MOVED="The clause stands elsewhere.",
)
_described(
    told.ActionKind,
    "What the person can do about a change.",
    named="NoticeActionKind",
    OBJECT="Object to the use of data.",
    WITHDRAW_CONSENT="Withdraw a consent.",
    RESTRICT="Have the use of data restricted.",
    EXPORT="Have data exported.",
    DELETE="Have data deleted.",
    ASK="Ask the controller.",
)
