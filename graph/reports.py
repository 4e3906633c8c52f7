"""Lines of NDJSON in which services report what they hold, decisions, trusts and disclosures, and the account area how
people are reached; and the door they pass.

A line is one JSON object. `type` says which: "holding" (the default), "gone", "decision", "trust", "disclosure" or
"contact". Times are ISO 8601 with a zone. Values of personal data have no place in a line, but for the email address of
a contact, and unknown fields are refused, so that none gets in by accident.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal
from weakref import WeakKeyDictionary

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from graph.data_map import DataMap
from graph.decisions import why_not
from graph.email_address import read_address
from graph.errors import quoted
from graph.json_text import values_in
from graph.model import Channel, DecisionKind, ExclusionKind
from graph.opaque_ids import MAXIMUM_ID_LENGTH, is_opaque_id
from graph.suggest import nearest

LINE_BYTES_AT_MOST = 65_536
#: Each may be a mistake of its own, and takes as long to tell as a good line takes to read.
LINE_VALUES_AT_MOST = 1_000
COMPLAINTS_AT_MOST = 20
LOCALE_LENGTH_AT_MOST = 64
CLOCK_SKEW = timedelta(minutes=5)
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9000, 1, 1, tzinfo=UTC)

_NO_ID = "no_opaque_id"
_NO_ADDRESS = "no_address"
_NO_LOCALE = "no_locale"
# RFC 5646, without the tags that are older than it.
_LOCALE = re.compile(
    r"(?P<language>[a-z]{2,3}(-[a-z]{3}){0,3}|[a-z]{4,8})(-(?P<script>[a-z]{4}))?(-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(-[0-9a-wy-z](-[a-z0-9]{2,8})+)*(-x(-[a-z0-9]{1,8})+)?"
)
_TIMES = frozenset({"since", "last_seen", "until", "at", "reported_at"})


def _check_id(value: str) -> str:
    if not is_opaque_id(value):
        raise PydanticCustomError(_NO_ID, "no id")
    return value


def _check_address(value: str) -> str:
    try:
        return read_address(value).text
    except ValueError:
        raise PydanticCustomError(_NO_ADDRESS, "no address") from None


def find_locale(value: str) -> str | None:
    """A BCP 47 tag as people write it, so that of two that are the same one is kept: de-at is de-AT. None for what is
    no tag."""
    found = _LOCALE.fullmatch(value.lower()) if len(value) <= LOCALE_LENGTH_AT_MOST else None
    if found is None:
        return None
    parts = list(value.lower())
    for name, written in (("script", str.title), ("region", str.upper)):
        start, end = found.span(name)
        parts[start:end] = written(found[name] or "")
    return "".join(parts)


def _check_locale(value: str) -> str:
    found = find_locale(value)
    if found is None:
        raise PydanticCustomError(_NO_LOCALE, "no locale")
    return found


SubjectId = Annotated[str, AfterValidator(_check_id)]
Key = Annotated[str, Field(min_length=1, max_length=200)]
Categories = Annotated[list[Key], Field(min_length=1, max_length=500)]
Address = Annotated[str, AfterValidator(_check_address)]
Locale = Annotated[str, AfterValidator(_check_locale)]
Channels = Annotated[list[Channel], Field(min_length=1, max_length=len(Channel))]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    subject: SubjectId


class HoldingLine(_Line):
    """The state of one (subject, service, category). `reported_at` is when the service knew it: without one, the later
    of `since` and `last_seen`. `minor` says that the subject is under the age that the policy serves."""

    type: Literal["holding"] = "holding"
    service: Key
    category: Key
    since: AwareDatetime
    last_seen: AwareDatetime | None = None
    until: AwareDatetime | None = None
    source: Key | None = None
    records: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    reported_at: AwareDatetime | None = None
    minor: bool = False


class GoneLine(_Line):
    """A (subject, service, category) is gone since `at`. Without `reported_at`, known at that time."""

    type: Literal["gone"]
    service: Key
    category: Key
    at: AwareDatetime
    reported_at: AwareDatetime | None = None


class DecisionLine(_Line):
    """The subject decided about a purpose. `service` is where it was taken: with a credential for one service, that."""

    type: Literal["decision"]
    service: Key | None = None
    purpose: Key
    decision: DecisionKind
    at: AwareDatetime


class TrustLine(_Line):
    """The subject lets `towards`, somebody else, see categories. A later line of the same service and `since`
    replaces categories and end."""

    type: Literal["trust"]
    service: Key | None = None
    towards: SubjectId
    categories: Categories
    since: AwareDatetime
    until: AwareDatetime | None = None
    reported_at: AwareDatetime | None = None


class DisclosureLine(_Line):
    """Categories held by a service went to a recipient."""

    type: Literal["disclosure"]
    service: Key
    recipient: Key
    categories: Categories
    purpose: Key | None = None
    case: Key | None = None
    at: AwareDatetime


class ContactLine(_Line):
    """How the subject is reached, as the account system knows it. Without `email`, no address is kept; `locale` and
    `channels` stay as they are where they are left out, because the subject may have chosen them."""

    type: Literal["contact"]
    email: Address | None = Field(default=None, repr=False)
    locale: Locale | None = None
    channels: Channels | None = None
    reported_at: AwareDatetime


Report = HoldingLine | GoneLine | DecisionLine | TrustLine | DisclosureLine
Line = Report | ContactLine


def _kind(line: Any) -> str:
    return line.get("type", "holding") if isinstance(line, dict) else "holding"


_LINE: TypeAdapter[Line] = TypeAdapter(
    Annotated[
        Annotated[HoldingLine, Tag("holding")]
        | Annotated[GoneLine, Tag("gone")]
        | Annotated[DecisionLine, Tag("decision")]
        | Annotated[TrustLine, Tag("trust")]
        | Annotated[DisclosureLine, Tag("disclosure")]
        | Annotated[ContactLine, Tag("contact")],
        Discriminator(_kind),
    ]
)


class RejectionCode(StrEnum):
    """Why a line was rejected. Stable: reporters branch on it."""

    MALFORMED = "MALFORMED"
    TOO_LONG = "TOO_LONG"
    OTHER_SERVICE = "OTHER_SERVICE"
    UNKNOWN_SERVICE = "UNKNOWN_SERVICE"
    UNKNOWN_CATEGORY = "UNKNOWN_CATEGORY"
    UNKNOWN_SOURCE = "UNKNOWN_SOURCE"
    UNKNOWN_PURPOSE = "UNKNOWN_PURPOSE"
    UNKNOWN_RECIPIENT = "UNKNOWN_RECIPIENT"
    UNKNOWN_CASE = "UNKNOWN_CASE"
    WRONG_DATE = "WRONG_DATE"
    FUTURE_DATE = "FUTURE_DATE"
    EXCLUDED_CATEGORY = "EXCLUDED_CATEGORY"
    DECISION_NOT_APPLICABLE = "DECISION_NOT_APPLICABLE"
    MINOR = "MINOR"
    SELF_TRUST = "SELF_TRUST"
    NO_ADDRESS_KEY = "NO_ADDRESS_KEY"


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why one line was not taken. `line` counts from 1; `clauses` are those that forbid it, if any do."""

    line: int
    code: RejectionCode
    reason: str
    clauses: tuple[str, ...] = ()


def read_line(text: bytes, number: int) -> Line | Rejection:
    """One line as a report. A rejection names fields, never their values: those may be what must not be logged."""
    if len(text) > LINE_BYTES_AT_MOST:
        return Rejection(number, RejectionCode.TOO_LONG, f"the line has more than {LINE_BYTES_AT_MOST} bytes")
    # Each takes two bytes at least, and most lines are shorter.
    if len(text) > LINE_VALUES_AT_MOST and values_in(text) > LINE_VALUES_AT_MOST:
        return Rejection(number, RejectionCode.TOO_LONG, f"the line has more than {LINE_VALUES_AT_MOST} values")
    try:
        line = _LINE.validate_json(text)
    except ValidationError as error:
        complaints = list(_complaints(error))
        more = len(complaints) - COMPLAINTS_AT_MOST
        told = complaints[:COMPLAINTS_AT_MOST] + ([f"and {more} more"] if more > 0 else [])
        return Rejection(number, RejectionCode.MALFORMED, "; ".join(told))
    overlooked = json.loads(text.decode("utf-8"), object_pairs_hook=_overlooked)
    return line if overlooked is None else Rejection(number, RejectionCode.MALFORMED, overlooked)


def _overlooked(pairs: list[tuple[str, Any]]) -> str | None:
    """What the validator lets pass, or None: a field that is there twice, of which it takes the last and another reader
    the first; seconds since 1970 in a text. What was validated has no object in another."""
    given = dict(pairs)
    if len(given) < len(pairs):
        names = [name for name, _ in pairs]
        return f"{next(name for name in names if names.count(name) > 1)!r} is there twice"
    for name in _TIMES & given.keys():
        if given[name] is not None and ":" not in given[name]:
            return f"{name!r}: a time is a date, T, a time of day and its zone, such as 2026-10-05T02:00:00Z"
    return None


def sign(line: Report, service: str | None) -> Report:
    """The line with the service that reports it, where it names none. `service`: as in `reject`."""
    return line if service is None or line.service is not None else line.model_copy(update={"service": service})


@dataclass(frozen=True, slots=True)
class ContactRule:
    """`service`: the only one whose credential may report contacts; None for none. `can_seal`: whether there is a key
    for addresses."""

    service: str | None = None
    can_seal: bool = False


NO_CONTACTS = ContactRule()


def reject(
    line: Line,
    number: int,
    data_map: DataMap,
    now: datetime,
    service: str | None,
    contacts: ContactRule = NO_CONTACTS,
) -> Rejection | None:
    """Why this line may not pass, or None. `service`: the only one that the reporter speaks for, None for any."""
    if isinstance(line, ContactLine):
        refused = _check_contact(line, now, service, contacts)
        return None if refused is None else Rejection(number, *refused)
    line = sign(line, service)
    admitted = _admitted.setdefault(data_map, set())
    kind = _kind_of_holding(line)
    checks = _CHECKS if kind is None or kind not in admitted else _CHECKS_OF_ADMITTED
    for check in checks:
        refused = check(line, data_map, now, service)
        if refused is not None:
            code, reason, clauses = refused
            return Rejection(number, code, reason, clauses)
    if kind is not None:
        admitted.add(kind)
    return None


Refused = tuple[RejectionCode, str, tuple[str, ...]]
Kind = tuple[type[Report], str, str, str | None]

#: What has passed the door, for each map: it would pass again, for a map never changes, whoever it is about. Bounded by
#: what the map knows.
_admitted: WeakKeyDictionary[DataMap, set[Kind]] = WeakKeyDictionary()


def _kind_of_holding(line: Report) -> Kind | None:
    """All of a line about a holding that the map decides about; None for other lines, and for one about a minor."""
    match line:
        case HoldingLine(minor=False):
            return HoldingLine, line.service, line.category, line.source
        case GoneLine():
            return GoneLine, line.service, line.category, None
    return None


def _check_service(line: Report, data_map: DataMap, now: datetime, service: str | None) -> Refused | None:
    if service is None or line.service == service:
        return None
    return RejectionCode.OTHER_SERVICE, f"this credential reports for the service {service!r} only", ()


def _check_keys(line: Report, data_map: DataMap, now: datetime, service: str | None) -> Refused | None:
    checks: tuple[tuple[str, str | None, Mapping[str, Any], RejectionCode], ...] = (
        ("service", line.service, data_map.services, RejectionCode.UNKNOWN_SERVICE),
        *(("category", key, data_map.data_categories, RejectionCode.UNKNOWN_CATEGORY) for key in _categories(line)),
        ("source", getattr(line, "source", None), data_map.sources, RejectionCode.UNKNOWN_SOURCE),
        ("purpose", getattr(line, "purpose", None), data_map.purposes, RejectionCode.UNKNOWN_PURPOSE),
        ("recipient", getattr(line, "recipient", None), data_map.recipients, RejectionCode.UNKNOWN_RECIPIENT),
        ("case", getattr(line, "case", None), data_map.disclosure_cases, RejectionCode.UNKNOWN_CASE),
    )
    for noun, key, known, code in checks:
        if key is not None and key not in known:
            number = data_map.revision.number
            # The key is not repeated: where a field was mistaken for another, it is a value.
            return code, f"revision {number} has no such {noun}{_suggestion(key, known)}", ()
    return None


def _check_person(line: Report, data_map: DataMap, now: datetime, service: str | None) -> Refused | None:
    """What a person decides or grants is told by who hears of it, and is about somebody else."""
    if (
        isinstance(line, DecisionLine)
        and line.service is not None
        and not _serves(data_map, line.service, line.purpose)
    ):
        reason = f"{line.service!r}, what it is part of and its parts process nothing for {line.purpose!r}"
        return RejectionCode.OTHER_SERVICE, reason, ()
    if isinstance(line, TrustLine) and line.towards == line.subject:
        return RejectionCode.SELF_TRUST, "'towards' is the subject: nobody needs trust to see what is their own", ()
    return None


def _serves(data_map: DataMap, service: str, purpose: str) -> bool:
    """Whether the service, one that it is part of or a part of it processes anything for a purpose."""
    wholes = {each.key for each in data_map.service_line(service)}
    processing = {each.service for each in data_map.elements.processings if each.purpose == purpose}
    return any(key in wholes or service in {each.key for each in data_map.service_line(key)} for key in processing)


def _check_promises(line: Report, data_map: DataMap, now: datetime, service: str | None) -> Refused | None:
    if isinstance(line, GoneLine):
        return None  # to say that something is gone can break no promise
    for key in dict.fromkeys(_categories(line)):
        if exclusions := data_map.exclusions_of(key):
            named = tuple(dict.fromkeys(clause for exclusion in exclusions for clause in exclusion.clauses))
            return RejectionCode.EXCLUDED_CATEGORY, f"the policy promises never to process {key!r}", named
        if any(each.special for each in data_map.category_line(key)):
            return RejectionCode.EXCLUDED_CATEGORY, f"{key!r} is a special category (GDPR Art. 9 or 10)", ()
    if isinstance(line, HoldingLine) and line.minor:
        for exclusion in data_map.elements.exclusions:
            if exclusion.kind is ExclusionKind.AGE:
                reason = f"the policy promises to process no data of people under {exclusion.minimum_age}"
                return RejectionCode.MINOR, reason, exclusion.clauses
    if isinstance(line, DecisionLine):
        refused = why_not(data_map, data_map.purposes[line.purpose], line.decision)
        if refused is not None:
            return RejectionCode.DECISION_NOT_APPLICABLE, refused, ()
    return None


def _check_contact(line: ContactLine, now: datetime, service: str | None, contacts: ContactRule) -> Refused | None:
    if service is not None and service != contacts.service:
        return RejectionCode.OTHER_SERVICE, "this credential is not the one that reports contacts", ()
    if line.email is not None and not contacts.can_seal:
        return RejectionCode.NO_ADDRESS_KEY, "'email' cannot be kept: there is no key to seal addresses with", ()
    return _check_past(line, now)


def _check_dates(line: Report, data_map: DataMap, now: datetime, service: str | None) -> Refused | None:
    return _check_past(line, now) or _check_lasting(line)


def _check_past(line: Line, now: datetime) -> Refused | None:
    latest = now + CLOCK_SKEW
    for name in _PAST[type(line)]:
        time = getattr(line, name)
        if time is None:
            continue
        if time < EARLIEST:
            return RejectionCode.WRONG_DATE, f"{name!r} lies before 1970", ()
        to_come = isinstance(line, TrustLine) and name == "since"  # a trust may be granted from a day to come
        if time > latest and not to_come:
            return RejectionCode.FUTURE_DATE, f"{name!r} lies in the future", ()
    return None


def _check_lasting(line: Report) -> Refused | None:
    if not isinstance(line, HoldingLine | TrustLine):
        return None
    since = line.since
    for name in _LASTING[type(line)]:
        time = getattr(line, name)
        if time is None:
            continue
        if time > LATEST:
            return RejectionCode.WRONG_DATE, f"{name!r} lies after the year 9000", ()
        if time < since:
            return RejectionCode.WRONG_DATE, f"{name!r} lies before 'since'", ()
    return None


#: The times of each line that are past when it is written, and those of what lasts, each in the order of the checks.
_PAST: Mapping[type[Line], tuple[str, ...]] = {
    HoldingLine: ("since", "last_seen", "reported_at"),
    GoneLine: ("at", "reported_at"),
    DecisionLine: ("at",),
    TrustLine: ("since", "reported_at"),
    DisclosureLine: ("at",),
    ContactLine: ("reported_at",),
}
_LASTING: Mapping[type[Line], tuple[str, ...]] = {
    HoldingLine: ("since", "last_seen", "until"),
    TrustLine: ("since", "until"),
}

_CHECKS = (_check_service, _check_keys, _check_person, _check_promises, _check_dates)
_CHECKS_OF_ADMITTED = (_check_service, _check_dates)


def _categories(line: Report) -> tuple[str, ...]:
    if isinstance(line, HoldingLine | GoneLine):
        return (line.category,)
    if isinstance(line, TrustLine | DisclosureLine):
        return tuple(line.categories)
    return ()


def _suggestion(key: str, known: Iterable[str]) -> str:
    near = nearest(key, known)
    return f": did you mean {near!r}?" if near else ""


def _complaints(error: ValidationError) -> Iterable[str]:
    for each in error.errors(include_url=False, include_input=False, include_context=False):
        place = ".".join(str(part) for part in each["loc"][1:])
        match each["type"]:
            case "json_invalid":
                yield "not JSON: one object a line"
            case "union_tag_invalid" | "union_tag_not_found":
                yield "'type' is none of holding, gone, decision, trust, disclosure, contact"
            case "model_type" | "dataclass_type":
                yield "not a JSON object"
            case "missing":
                yield f"{place!r} is missing"
            case "extra_forbidden":
                yield "a field that no line has" + (f": {quoted(place)}" if place.isidentifier() else "")
            case "timezone_aware":
                yield f"{place!r} needs a time zone, such as a Z at its end"
            case _ if each["type"] == _NO_ID:
                yield f"{place!r} is not 1 to {MAXIMUM_ID_LENGTH} characters without spaces, controls or invisible ones"
            case _ if each["type"] == _NO_ADDRESS:
                yield f"{place!r} is not an email address, without a name"
            case _ if each["type"] == _NO_LOCALE:
                yield f"{place!r} is not a language tag (BCP 47), such as 'de' or 'pt-BR'"
            case _:
                yield f"{place!r}: {each['msg']}" if place else each["msg"]
