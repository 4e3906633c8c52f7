"""What records call the words of the map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graph.model import (
    Adequacy,
    DataCategory,
    LegalBasis,
    MeasureKind,
    Recipient,
    RecipientKind,
    RetentionOutcome,
    RetentionPeriod,
    RetentionStart,
    Service,
    SourceKind,
)
from graph.processing_record import WithParts

LEGAL_BASES: Mapping[LegalBasis, str] = {
    LegalBasis.CONSENT: "Consent, Art. 6(1)(a)",
    LegalBasis.CONTRACT: "Contract, Art. 6(1)(b)",
    LegalBasis.LEGAL_OBLIGATION: "Legal obligation, Art. 6(1)(c)",
    LegalBasis.VITAL_INTERESTS: "Vital interests, Art. 6(1)(d)",
    LegalBasis.PUBLIC_TASK: "Public task, Art. 6(1)(e)",
    LegalBasis.LEGITIMATE_INTERESTS: "Legitimate interests, Art. 6(1)(f)",
}

SOURCES: Mapping[SourceKind, str] = {
    SourceKind.DATA_SUBJECT: "given by the data subject",
    SourceKind.AUTOMATIC: "recorded automatically",
    SourceKind.THIRD_PARTY: "from a third party",
}

RECIPIENTS: Mapping[RecipientKind, str] = {
    RecipientKind.PROCESSOR: "processor",
    RecipientKind.AFFILIATE: "affiliate",
    RecipientKind.AUTHORITY: "authority",
    RecipientKind.TRUSTED_SUBJECT: "person whom the data subject trusts",
    RecipientKind.SUCCESSOR: "successor",
    RecipientKind.INDEPENDENT_CONTROLLER: "independent controller",
    RecipientKind.PUBLIC: "the public",
}

ADEQUACY: Mapping[Adequacy, str] = {
    Adequacy.EEA: "EEA",
    Adequacy.ADEQUATE: "adequacy decision, Art. 45",
    Adequacy.NONE: "no adequacy decision",
}

MEASURES: Mapping[MeasureKind, str] = {
    MeasureKind.PRINCIPLE: "Principle",
    MeasureKind.ORGANISATIONAL: "Organisational measure",
    MeasureKind.TECHNICAL: "Technical measure",
}

_STARTS: Mapping[RetentionStart, str] = {
    RetentionStart.COLLECTION: "from when it is collected",
    RetentionStart.LAST_USE: "from when it is last used",
    RetentionStart.END: "from the end of its use",
    RetentionStart.UNREPORTED: "from when what the criterion names has happened",
}

OUTCOMES: Mapping[RetentionOutcome, str] = {
    RetentionOutcome.ERASE: "In the end erased",
    RetentionOutcome.DEPERSONALISE: "In the end depersonalised",
    RetentionOutcome.ERASE_OR_DEPERSONALISE: "In the end erased or depersonalised",
}


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def named(recipient: Recipient) -> str:
    """Who it is, such as `Example Mail Inc. (processor, Email sending)`. One without a name is shown as that."""
    kind = RECIPIENTS[recipient.kind]
    if recipient.name is None:
        return f"{capitalised(kind)}, not named ({recipient.function})"
    return f"{recipient.name} ({kind}, {recipient.function})"


def no_transfer(having: Iterable[Recipient]) -> str:
    """Of recipients whose country nobody can know beforehand, such as authorities, it cannot say that there is none."""
    return "None" if all(each.countries for each in having) else "None that is known beforehand"


def lasting(period: RetentionPeriod, start: RetentionStart) -> str:
    """Such as `1 year 6 months from when it is collected`."""
    units = (("year", period.years), ("month", period.months), ("day", period.days))
    length = " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for unit, count in units if count)
    return f"{length or 'No time'} {_STARTS[start]}"


def with_parts(element: WithParts[Service] | WithParts[DataCategory]) -> str:
    """Such as `Contact details: Email address, Phone number`."""
    names = [_named(element.whole), ", ".join(map(_named, element.parts))]
    return ": ".join(filter(None, names))


def _named(element: Service | DataCategory) -> str:
    is_special = isinstance(element, DataCategory) and element.special
    return f"{element.name} (special, Art. 9 or 10)" if is_special else element.name
