"""The rules by which a change is judged, each with what it holds for, where it comes from, and whom it touches.

docs/impact.md has them as a table. Where the law and design leave room, a rule decides for the person: for the graver
impact, and for telling more people.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from graph.changes import Impact


class Whom(StrEnum):
    """Whom a change touches, in the words of docs/impact.md, which explains them; `graph.impact.touches` finds them.

    A holding is of a service or category, too, that its own is part of in either revision. Where none uses what
    changes, nobody can be left out, and it touches everyone; so do changes of the controller, of promises and measures.
    """

    EVERYONE = "everyone"
    #: Whoever has a holding of it.
    SERVICE = "the service"
    #: Whoever has a holding of a service whose facts use the category: nobody has one of the category yet.
    SERVICES_OF_CATEGORY = "its services"
    #: Whoever has a holding of which the fact speaks, or a fact that uses the element.
    FACTS = "its facts"
    #: And whoever decided about the purpose.
    FACTS_AND_PURPOSE = "its facts and the purpose"
    #: Whoever has a holding of what the reference leads to, or decided about it where that is a purpose.
    PART = "the reference"
    #: Whom the elements touch that the clause states.
    STATED = "what it states"


@dataclass(frozen=True, slots=True)
class Rule:
    """`when`, `source`: for people. `source`: what the rule follows from, articles being those of the GDPR."""

    name: str
    impact: Impact
    when: str
    whom: Whom
    source: str


_DIRECT, _INDIRECT, _NONE = Impact.DIRECT, Impact.INDIRECT, Impact.NONE

# ---- texts of elements -----------------------------------------------------------------------------------------------

ELEMENT_PRESENTATION = Rule(
    "element-presentation",
    _NONE,
    "only white space or typography of an element's text changes",
    Whom.FACTS,
    "no word of the text changes",
)
ELEMENT_SPELLING = Rule(
    "element-spelling",
    _NONE,
    "only the spelling of an element's text changes, as in `clause-spelling`",
    Whom.FACTS,
    "what is said stays the same",
)
ELEMENT_REWORDED = Rule(
    "element-reworded",
    _INDIRECT,
    "the name, the description or another text of an element changes in its words",
    Whom.FACTS,
    "Art. 12(1)",
)

# ---- the controller --------------------------------------------------------------------------------------------------

CONTROLLER_REPLACED = Rule(
    "controller-replaced",
    _DIRECT,
    "the controller's number in the register changes: another company answers for the data",
    Whom.EVERYONE,
    "Art. 13(1)(a)",
)
CONTROLLER_MOVED_OUT = Rule(
    "controller-moved-out",
    _DIRECT,
    "the controller moves to a country without adequate protection",
    Whom.EVERYONE,
    "Art. 13(1)(f), 44",
)
CONTROLLER_CONTACT = Rule(
    "controller-contact",
    _INDIRECT,
    "who the controller is, how to reach it, how soon it answers, or how it tells people of changes",
    Whom.EVERYONE,
    "Art. 13(1)(a), 12(3)",
)

# ---- services, categories, sources -----------------------------------------------------------------------------------

SERVICE_ADDED = Rule("service-added", _INDIRECT, "the policy covers a service more", Whom.SERVICE, "Art. 13(3)")
SERVICE_REMOVED = Rule(
    "service-removed", _INDIRECT, "the policy covers a service no longer", Whom.SERVICE, "Art. 13(1)"
)
FACTS_INHERITED = Rule(
    "facts-inherited",
    _DIRECT,
    "a service or category becomes part of another, so that facts which were there before hold for it too",
    Whom.PART,
    "Art. 13(3)",
)
FACTS_DROPPED = Rule(
    "facts-dropped",
    _INDIRECT,
    "a service or category is no longer part of another, so that facts hold for it no longer",
    Whom.PART,
    "Art. 13(1)",
)
GROUPING = Rule(
    "grouping",
    _NONE,
    "a service or category becomes part of another, or is no longer, or is there only to group others, and no fact "
    "holds for more or less",
    Whom.PART,
    "what is done stays the same",
)
CATEGORY_ADDED = Rule(
    "category-added", _DIRECT, "a category of data is new", Whom.SERVICES_OF_CATEGORY, "Art. 13(3), 14(1)(d)"
)
CATEGORY_REFUSED = Rule(
    "category-refused",
    _NONE,
    "a category is new, or goes, that no fact uses and an exclusion promises never to process",
    Whom.FACTS,
    "the exclusion's own change tells of it",
)
CATEGORY_REMOVED = Rule("category-removed", _INDIRECT, "a category is no longer used", Whom.FACTS, "Art. 14(1)(d)")
CATEGORY_KIND = Rule(
    "category-kind",
    _INDIRECT,
    "a category counts as personal, or as supplementary, where it did not; or as special",
    Whom.FACTS,
    "Art. 4(1), 9",
)
CATEGORY_NOT_SPECIAL = Rule(
    "category-not-special",
    _DIRECT,
    "a category no longer counts as special, so that it may be used",
    Whom.EVERYONE,
    "Art. 9",
)
SOURCE_NOT_THE_PERSON = Rule(
    "source-not-the-person",
    _DIRECT,
    "data that came from the person comes from somewhere else",
    Whom.FACTS,
    "Art. 14(2)(f)",
)
SOURCE_CHANGED = Rule("source-changed", _INDIRECT, "data comes from another source", Whom.FACTS, "Art. 14(2)(f)")

# ---- purposes and processings ----------------------------------------------------------------------------------------

PURPOSE_ADDED = Rule("purpose-added", _DIRECT, "a purpose is new", Whom.FACTS_AND_PURPOSE, "Art. 13(1)(c), 13(3)")
PURPOSE_REMOVED = Rule(
    "purpose-removed", _INDIRECT, "data is used for a purpose no longer", Whom.FACTS_AND_PURPOSE, "Art. 5(1)(b)"
)
BASIS_CHANGED = Rule(
    "basis-changed",
    _DIRECT,
    "the legal basis of a purpose or of a processing changes",
    Whom.FACTS_AND_PURPOSE,
    "Art. 6(1), 13(1)(c)",
)
MARKETING_CHANGED = Rule(
    "marketing-changed",
    _DIRECT,
    "a purpose becomes direct marketing, or no longer counts as it, and so cannot always be objected to",
    Whom.FACTS_AND_PURPOSE,
    "Art. 21(2)",
)
PROCESSING_ADDED = Rule(
    "processing-added", _DIRECT, "a service uses categories as it did not before", Whom.FACTS, "Art. 13(3)"
)
PROCESSING_REMOVED = Rule(
    "processing-removed", _INDIRECT, "a service no longer uses categories in some way", Whom.FACTS, "Art. 13(1)(c)"
)
PROCESSING_WIDENED = Rule(
    "processing-widened",
    _DIRECT,
    "a processing is of a service, of a category or for a purpose that it was not",
    Whom.PART,
    "Art. 5(1)(b), 13(3)",
)
PROCESSING_NARROWED = Rule(
    "processing-narrowed",
    _INDIRECT,
    "a processing is no longer of a service, of a category or for a purpose",
    Whom.PART,
    "Art. 13(1)(c)",
)

# ---- retention -------------------------------------------------------------------------------------------------------

RETENTION_LONGER = Rule(
    "retention-longer",
    _DIRECT,
    "data is kept longer, for whichever day it begins on, or from a later event",
    Whom.FACTS,
    "Art. 5(1)(e), 13(2)(a)",
)
RETENTION_INCOMPARABLE = Rule(
    "retention-incomparable",
    _DIRECT,
    "how long data is kept cannot be compared: a length of time in the place of words, or the reverse, other words "
    "where there is no length, or another event that no system reports",
    Whom.FACTS,
    "Art. 5(1)(e), 13(2)(a)",
)
RETENTION_SHORTER = Rule("retention-shorter", _INDIRECT, "data is kept less long", Whom.FACTS, "Art. 13(2)(a)")
RETENTION_SAME = Rule(
    "retention-same",
    _NONE,
    "the same length of time is written otherwise, or in another rule that says the same",
    Whom.FACTS,
    "what is done stays the same",
)
OUTCOME_WEAKER = Rule(
    "retention-outcome-weaker",
    _DIRECT,
    "data may be kept without a name where it was erased",
    Whom.FACTS,
    "Art. 5(1)(e)",
)
OUTCOME_STRONGER = Rule(
    "retention-outcome-stronger",
    _INDIRECT,
    "data is erased where it was kept without a name",
    Whom.FACTS,
    "Art. 5(1)(e)",
)
EXCEPTION_ADDED = Rule(
    "retention-exception-added",
    _DIRECT,
    "a reason more to keep data, even against a request to erase it",
    Whom.FACTS,
    "Art. 17(3)",
)
EXCEPTION_REMOVED = Rule(
    "retention-exception-removed", _INDIRECT, "a reason less to keep data beyond its time", Whom.FACTS, "Art. 17(3)"
)

# ---- recipients, countries, safeguards -------------------------------------------------------------------------------

RECIPIENT_ADDED = Rule("recipient-added", _DIRECT, "a recipient is new", Whom.FACTS, "Art. 13(1)(e), 13(3)")
RECIPIENT_REMOVED = Rule("recipient-removed", _INDIRECT, "a recipient gets data no longer", Whom.FACTS, "Art. 13(1)(e)")
RECIPIENT_REPLACED = Rule(
    "recipient-replaced",
    _DIRECT,
    "a recipient's name changes to one that has no word of the old one: it may be another",
    Whom.FACTS,
    "Art. 13(1)(e)",
)
RECIPIENT_KIND = Rule(
    "recipient-kind",
    _DIRECT,
    "a recipient becomes something else to the controller, such as a controller where it was a processor",
    Whom.FACTS,
    "Art. 4(7), 4(8), 28",
)
RECIPIENT_FUNCTION = Rule(
    "recipient-function", _INDIRECT, "what a recipient does with the data changes", Whom.FACTS, "Art. 13(1)(e)"
)
RECIPIENT_COUNTRY_ADDED = Rule(
    "recipient-country-added", _DIRECT, "a recipient is in a country where it was not", Whom.FACTS, "Art. 13(1)(f)"
)
RECIPIENT_COUNTRY_REMOVED = Rule(
    "recipient-country-removed", _INDIRECT, "a recipient is no longer in a country", Whom.FACTS, "Art. 13(1)(f)"
)
RECIPIENT_ENGAGED = Rule(
    "recipient-engaged", _DIRECT, "a recipient passes data on to another", Whom.FACTS, "Art. 13(1)(e), 28(2)"
)
RECIPIENT_DISENGAGED = Rule(
    "recipient-disengaged", _INDIRECT, "a recipient passes data on to another no longer", Whom.FACTS, "Art. 13(1)(e)"
)
TRANSFER_WITHOUT_ADEQUACY = Rule(
    "transfer-without-adequacy",
    _DIRECT,
    "a country without adequate protection is new in the map, or new for a recipient",
    Whom.FACTS,
    "Art. 13(1)(f), 44",
)
COUNTRY_ADDED = Rule("country-added", _DIRECT, "data goes to a country more", Whom.FACTS, "Art. 13(1)(f)")
COUNTRY_REMOVED = Rule("country-removed", _INDIRECT, "data goes to a country no longer", Whom.FACTS, "Art. 13(1)(f)")
ADEQUACY_LOST = Rule("adequacy-lost", _DIRECT, "a country loses its adequate protection", Whom.FACTS, "Art. 45(5), 46")
ADEQUACY_CHANGED = Rule(
    "adequacy-changed",
    _INDIRECT,
    "a country's protection becomes adequate, or is so for another reason",
    Whom.FACTS,
    "Art. 45",
)
SAFEGUARD_REMOVED = Rule(
    "safeguard-removed", _DIRECT, "a safeguard protects a recipient no longer", Whom.FACTS, "Art. 46, 13(1)(f)"
)
SAFEGUARD_ADDED = Rule("safeguard-added", _INDIRECT, "a safeguard more protects a recipient", Whom.FACTS, "Art. 46")

# ---- disclosures -----------------------------------------------------------------------------------------------------

DISCLOSURE_ADDED = Rule(
    "disclosure-added", _DIRECT, "data goes to a recipient as it did not before", Whom.FACTS, "Art. 13(1)(e), 13(3)"
)
DISCLOSURE_REMOVED = Rule(
    "disclosure-removed", _INDIRECT, "data no longer goes to a recipient in some way", Whom.FACTS, "Art. 13(1)(e)"
)
DISCLOSURE_WIDENED = Rule(
    "disclosure-widened",
    _DIRECT,
    "a disclosure is of a service or category, to a recipient or for a purpose that it was not",
    Whom.PART,
    "Art. 13(1)(e), 13(3)",
)
DISCLOSURE_NARROWED = Rule(
    "disclosure-narrowed",
    _INDIRECT,
    "a disclosure is no longer of a service or category, to a recipient or for a purpose",
    Whom.PART,
    "Art. 13(1)(e)",
)
DISCLOSURE_IDENTIFIABLE = Rule(
    "disclosure-identifiable", _DIRECT, "data goes with a name that went without", Whom.FACTS, "Art. 4(1), 13(1)(e)"
)
DISCLOSURE_DEPERSONALISED = Rule(
    "disclosure-depersonalised", _INDIRECT, "data goes without a name that went with it", Whom.FACTS, "Art. 4(1)"
)
CASE_ADDED = Rule(
    "case-added", _DIRECT, "disclosure is allowed in a case more", Whom.FACTS, "a wider disclosure: Art. 13(1)(e)"
)
CASE_REMOVED = Rule("case-removed", _INDIRECT, "disclosure is no longer allowed in a case", Whom.FACTS, "Art. 13(1)(e)")
CASE_LOOSENED = Rule(
    "case-loosened",
    _DIRECT,
    "a case, or that of a disclosure, needs less to happen first, or something else: from the strictest, consent or "
    "trust, an event, nothing",
    Whom.FACTS,
    "a wider disclosure: Art. 13(1)(e)",
)
CASE_CHANGED = Rule(
    "case-changed",
    _INDIRECT,
    "a case, or that of a disclosure, needs more to happen first, or a disclosure changes to a case that needs as much",
    Whom.FACTS,
    "Art. 13(1)(e)",
)
CASE_NUMBER = Rule(
    "case-number", _NONE, "a case stands elsewhere in the policy's list", Whom.FACTS, "what is allowed stays the same"
)
FACT_RESTATED = Rule(
    "fact-restated",
    _NONE,
    "what a processing or disclosure says more, or less, another one of the other revision says as well",
    Whom.FACTS,
    "what is done stays the same",
)

# ---- promises --------------------------------------------------------------------------------------------------------

EXCLUSION_ADDED = Rule("exclusion-added", _INDIRECT, "a promise not to is new", Whom.EVERYONE, "Art. 5(1)(a)")
EXCLUSION_REMOVED = Rule("exclusion-removed", _DIRECT, "a promise not to is gone", Whom.EVERYONE, "Art. 5(1)(a)")
EXCLUSION_WIDENED = Rule(
    "exclusion-widened", _INDIRECT, "a promise not to covers a category more, or a higher age", Whom.EVERYONE, "Art. 8"
)
EXCLUSION_NARROWED = Rule(
    "exclusion-narrowed",
    _DIRECT,
    "a promise not to covers a category less or a lower age, or is one of another kind",
    Whom.EVERYONE,
    "Art. 5(1)(a), 8",
)
RIGHT_ADDED = Rule("right-added", _INDIRECT, "a right is new", Whom.EVERYONE, "Art. 13(2)(b)")
RIGHT_REMOVED = Rule("right-removed", _DIRECT, "a right is gone", Whom.EVERYONE, "Art. 13(2)(b)")
RIGHT_NARROWED = Rule(
    "right-narrowed",
    _DIRECT,
    "the conditions of a right, or what may stand against it, change in their words",
    Whom.EVERYONE,
    "Art. 13(2)(b)",
)
RIGHT_WIDENED = Rule(
    "right-widened",
    _INDIRECT,
    "a right has no conditions, or nothing stands against it, any more",
    Whom.EVERYONE,
    "Art. 12",
)
PROMISE_QUALIFIED = Rule(
    "promise-qualified",
    _DIRECT,
    "the words of a right or of an exclusion change in a number, a date, a name, a country, a negation or a modal",
    Whom.EVERYONE,
    "Art. 13(2)(b)",
)
PROMISE_REWORDED = Rule(
    "promise-reworded",
    _INDIRECT,
    "the words of a right, of how to use it, or of an exclusion change otherwise",
    Whom.EVERYONE,
    "Art. 12(1)",
)
MEASURE_CHANGED = Rule(
    "measure-changed", _INDIRECT, "a principle or measure is new, gone or said otherwise", Whom.EVERYONE, "Art. 32"
)
MEASURE_KIND = Rule(
    "measure-kind", _NONE, "a measure counts as one of another kind", Whom.EVERYONE, "what is done stays the same"
)

# ---- elements whose changes are told elsewhere -----------------------------------------------------------------------

TOLD_WHERE_USED = Rule(
    "told-where-used",
    _NONE,
    "a source, a safeguard or a retention rule is new or gone: what that changes is told where it is used",
    Whom.FACTS,
    "the changes of what refers to it tell of it",
)
TOLD_BY_REPLACEMENT = Rule(
    "told-by-replacement",
    _NONE,
    "a reference that can lead to one element only leads to another: told with that one",
    Whom.FACTS,
    "the change that adds the other reference tells of it",
)
NOT_IN_USE = Rule(
    "not-in-use",
    _NONE,
    "an element goes that no fact used, or a country is new in which no recipient is",
    Whom.FACTS,
    "what is done stays the same",
)

# ---- clauses ---------------------------------------------------------------------------------------------------------

CLAUSE_PRESENTATION = Rule(
    "clause-presentation",
    _NONE,
    "only white space, typography, the case of a heading, numbering, the address of a link, or the layout changes",
    Whom.STATED,
    "no word of the text changes",
)
CLAUSE_DIVIDED = Rule(
    "clause-divided",
    _NONE,
    "a clause is divided into several, such as the items of a list, or several are joined, with the same words in the "
    "same order",
    Whom.STATED,
    "no word of the text changes",
)
CLAUSE_SPELLING = Rule(
    "clause-spelling",
    _NONE,
    "a word that is in no dictionary, and stands nowhere else, becomes one of the dictionary that is nearly the same",
    Whom.STATED,
    "what is said stays the same",
)
CLAUSE_QUALIFIED = Rule(
    "clause-qualified",
    _INDIRECT,
    "a clause is reworded in a number, a date, a name, a country, a negation or a modal, or a value of a table "
    "stands in another column",
    Whom.STATED,
    "Art. 12(1): what is promised may change with one such word",
)
CLAUSE_OF_ELEMENTS = Rule(
    "clause-of-elements",
    _INDIRECT,
    "a clause is new, gone or reworded that states elements of the map, none of which changed",
    Whom.STATED,
    "Art. 12(1), 13(3)",
)
CLAUSE_TOLD_BY_ELEMENTS = Rule(
    "clause-told-by-elements",
    _NONE,
    "a clause is new, gone or reworded that states an element which changed: that change tells of it",
    Whom.STATED,
    "the element's own change has the clause",
)
CLAUSE_WITHOUT_ELEMENT = Rule(
    "clause-without-element",
    _NONE,
    "a clause is new, gone or reworded that states nothing of the map",
    Whom.STATED,
    "what is done with data stays the same",
)
CLAUSE_MOVED = Rule("clause-moved", _NONE, "a clause stands elsewhere", Whom.STATED, "no word of the text changes")

#: All of them, in the order of the table.
RULES: tuple[Rule, ...] = tuple(each for each in list(globals().values()) if isinstance(each, Rule))
