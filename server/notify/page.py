"""What a notice says, in the sentences of a language: plain texts and lists, which templates put in their place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time
from typing import Any, TypeAlias

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime

from graph.changes import Words, WordsKind
from graph.model import LegalBasis
from graph.notice_content.model import (
    Action,
    ActionKind,
    ClauseTold,
    CountryTold,
    Holdings,
    Item,
    ItemKind,
    Named,
    NoticeContent,
    PurposeTold,
    RecipientTold,
)
from graph.notices import NoticeKind
from server.notify.catalogue import Catalogue
from server.notify.item_changes import changes_of
from server.notify.notice_links import NoticeLinks

#: Changes in one letter; how many more there are is said.
ITEMS_AT_MOST = 25
#: Names in one list of a letter, such as kinds of data; how many more there are is said.
NAMES_AT_MOST = 12
#: Clauses that changed and are quoted for one change in a letter; how many more there are is said.
CLAUSES_AT_MOST = 8
#: Characters of one clause in a letter; what is left out is marked.
CLAUSE_CHARACTERS_AT_MOST = 2000

_TITLE_NAMES = 2
_TITLE_NAME_CHARACTERS = 40
# What stays the same of a reworded clause, before and after what changes.
_SAME_CHARACTERS = 160

Page: TypeAlias = dict[str, Any]
Run: TypeAlias = dict[str, str | bool]


class PageWriter:
    """Writes one notice after another in one language."""

    def __init__(self, catalogue: Catalogue, links: NoticeLinks) -> None:
        self._say = catalogue.say
        self._catalogue = catalogue
        self._links = links

    def page(self, content: NoticeContent, notice: str) -> Page:
        """The values of the templates, as docs/notices.md lists them. `notice`: what stands for its id in links."""
        controller = content.controller
        is_withdrawn = content.kind is NoticeKind.WITHDRAWAL
        shown = content.items[:ITEMS_AT_MOST]
        more = len(content.items) - len(shown)
        by_heading: dict[str, list[Page]] = {}
        for number, item in enumerate(shown, 1):
            heading = self._say("section.withdrawn" if is_withdrawn else f"section.{item.impact.value}")
            by_heading.setdefault(heading, []).append(self._entry(number, item, content, notice))
        return {
            "kind": content.kind.value,
            "language": self._catalogue.language,
            "direction": self._catalogue.locale.text_direction,
            "policy_language": content.language,
            "controller": controller.name,
            "title": self._title(content),
            "intro": self._intro(content),
            "sections": [{"heading": heading, "entries": entries} for heading, entries in by_heading.items()],
            "more": self._say("more_items", count=more) if more else "",
            "actions_heading": self._say("section.actions"),
            "actions": [self._action(each, content) for each in content.actions],
            "link": {
                "label": self._say("link.notice" if self._links.leads_to_notices else "link.policy"),
                "url": self._links.to_notice(content.kind, content.revision, notice),
            },
            "footer": self._say("footer", controller=controller.name),
        }

    # ---- title and beginning -----------------------------------------------------------------------------------------

    def _title(self, content: NoticeContent) -> str:
        date = self._date(content.effective_at)
        if content.kind is NoticeKind.WITHDRAWAL:
            return self._say("title.withdrawal", date=date) if date else self._say("title.withdrawal_undated")
        what = self._what(content.items[0]) if content.items else self._say("what.POLICY_REWORDED")
        if more := len(content.items) - 1:
            what = self._say("title.and_more", what=what, count=more) if more > 0 else what
        name = "in_force" if content.is_in_force else "revision" if date else "undated"
        return " ".join(self._say(f"title.{name}", date=date, what=what).split())

    def _what(self, item: Item) -> str:
        if item.holdings and self._catalogue.has(f"what_of.{item.kind.value}"):
            named = [each for holdings in item.holdings for each in holdings.categories or holdings.services]
            names = [_shortened(_name(each), _TITLE_NAME_CHARACTERS) for each in dict.fromkeys(named)]
            return self._say(f"what_of.{item.kind.value}", data=self._joined(names, ", ", _TITLE_NAMES))
        return self._say(f"what.{item.kind.value}")

    def _intro(self, content: NoticeContent) -> list[str]:
        date, controller = self._date(content.effective_at), content.controller.name
        if content.kind is NoticeKind.WITHDRAWAL:
            published = self._day(content.published_at)
            if date and published:
                first = self._say("intro.withdrawal", controller=controller, date=date, published=published)
            else:
                first = self._say("intro.withdrawal_undated", controller=controller)
            return [first, self._say("intro.stays")]
        name = "in_force" if content.is_in_force else "revision" if date else "undated"
        first = self._say(f"intro.{name}", controller=controller, date=date)
        return [first, self._say("intro.nothing_to_do"), *self._on_language(content)]

    def _on_language(self, content: NoticeContent) -> Iterator[str]:
        """Says why names and quotations are not in the language of all the rest, where they are not."""
        language = content.language.partition("-")[0].lower()
        if content.items and language != self._catalogue.locale.language:
            yield self._say("intro.other_language", language=self._language_name(language))

    def _language_name(self, language: str) -> str:
        try:
            return Locale.parse(language).get_display_name(self._catalogue.locale) or language
        except (ValueError, UnknownLocaleError):
            return language

    def _date(self, moment: datetime | None) -> str:
        """With the time, unless that is midnight."""
        if moment is None or moment.astimezone(UTC).time() == time():
            return self._day(moment)
        return format_datetime(moment, self._say("formats.date_and_time"), locale=self._catalogue.locale)

    def _day(self, moment: datetime | None) -> str:
        if moment is None:
            return ""
        return format_datetime(moment, self._say("formats.date"), locale=self._catalogue.locale)

    # ---- one change --------------------------------------------------------------------------------------------------

    def _entry(self, number: int, item: Item, content: NoticeContent, notice: str) -> Page:
        is_withdrawn = content.kind is NoticeKind.WITHDRAWAL
        changed = [each for each in item.clauses if each.is_changed] if not is_withdrawn else []
        same = [each.after for each in item.clauses if not each.is_changed and each.after] if not is_withdrawn else []
        more = len(changed) - CLAUSES_AT_MOST
        is_new_or_gone = item.kind.value.endswith(("_ADDED", "_REMOVED"))
        return {
            "number": number,
            "kind": item.kind.value,
            "impact": item.impact.value,
            "heading": self._heading(item),
            "description": item.description if is_new_or_gone else "",
            "lines": list(self._lines(item)),
            "changes": [] if is_new_or_gone or is_withdrawn else changes_of(item, self._catalogue, self.held),
            "before": self._say("change.until_now"),
            "after": self._after(content),
            "clauses": [self._clause(each, content, notice) for each in changed[:CLAUSES_AT_MOST]],
            "more_clauses": self._say("clause.more", count=more) if more > 0 else "",
            "also": {"label": self._say("clause.also"), "numbers": self._joined([each.number for each in same], ", ")},
        }

    def _after(self, content: NoticeContent) -> str:
        date = self._date(content.effective_at)
        if not date:
            return self._say("change.from_then")
        return self._say("change.since_date" if content.is_in_force else "change.from_date", date=date)

    def _heading(self, item: Item) -> str:
        name = "" if item.about is None else item.about.name
        if name is None:
            name = self._recipient_name(item.recipients[0])
        return self._say(f"heading.{item.kind.value}", name=name)

    def _lines(self, item: Item) -> Iterator[Page]:
        if item.holdings:
            yield self._line("data", "; ".join(self.held(item.holdings)))
        if item.decisions:
            yield self._line("decisions", self._joined([_name(each) for each in item.decisions], "; "))
        if not item.holdings and not item.decisions:
            yield self._line("whom", self._say("value.everyone"))
        about = item.about.label if item.about else ""
        if about == "Recipient":
            yield from self._recipient_lines(item.recipients[0], item)
        elif item.recipients:
            yield self._line("recipients", self._joined([self._recipient_in(each) for each in item.recipients], "; "))
        if about == "Purpose" and item.kind is ItemKind.PURPOSE_ADDED:
            yield self._line("basis", self._bases(item.purposes))
        elif about in ("Recipient", "Country", "DataCategory") and item.purposes:
            yield self._line("purposes", self._joined([self._purpose(each) for each in item.purposes], "; "))

    def _recipient_lines(self, recipient: RecipientTold, item: Item) -> Iterator[Page]:
        is_new = item.kind is ItemKind.RECIPIENT_ADDED
        yield self._line("function", recipient.function)
        if is_new:
            yield self._line("kind", self._say(f"word.kind.{recipient.kind.value}"))
        if is_new or _goes_elsewhere(item):
            if recipient.countries:
                yield self._line("where", self._joined([self._country(each) for each in recipient.countries], "; "))
            if recipient.safeguards:
                yield self._line("safeguards", self._joined([_name(each) for each in recipient.safeguards], "; "))
        if not is_new:
            return
        if recipient.via:
            unnamed = self._say("value.unnamed_on_the_way")
            yield self._line("via", self._joined([each.name or unnamed for each in recipient.via], ", "))
        conditions = {each.condition.value for each in recipient.cases}
        if recipient.cases and "NONE" not in conditions:
            yield self._line("only_if", self._joined([each.name for each in recipient.cases], "; "))
        if not recipient.identifiable:
            yield self._line("form", self._say("value.without_name"))

    def _line(self, name: str, value: str) -> Page:
        return {"label": self._say(f"line.{name}"), "value": value}

    # ---- names -------------------------------------------------------------------------------------------------------

    def held(self, groups: Iterable[Holdings]) -> list[str]:
        """Holdings as people read them: "Email address (Account area, ISPmanager)"."""
        found = []
        for each in groups:
            services = self._joined([_name(service) for service in each.services], ", ")
            if each.categories:
                categories = self._joined([_name(category) for category in each.categories], ", ")
                found.append(self._say("value.holdings", categories=categories, services=services))
            else:
                found.append(self._say("value.all_of_services", services=services))
        return found

    def _joined(self, names: Sequence[str], separator: str, at_most: int = NAMES_AT_MOST) -> str:
        # One name is no shorter than to say that there is one more.
        shown = names if len(names) <= at_most + 1 else names[:at_most]
        text = separator.join(shown)
        more = len(names) - len(shown)
        return f"{text} {self._say('value.and_more', count=more)}" if more else text

    def _recipient_name(self, recipient: RecipientTold) -> str:
        return recipient.name or self._say("value.unnamed", function=recipient.function)

    def _recipient_in(self, recipient: RecipientTold) -> str:
        name = self._recipient_name(recipient)
        if not recipient.countries:
            return name
        return self._say(
            "value.recipient_in", name=name, countries=self._joined([each.name for each in recipient.countries], ", ")
        )

    def _country(self, country: CountryTold) -> str:
        adequacy = self._say(f"word.adequacy.{country.adequacy.value}")
        return self._say("value.country", name=country.name, adequacy=adequacy)

    def _purpose(self, purpose: PurposeTold) -> str:
        if purpose.legal_bases == (LegalBasis.CONSENT,):
            return self._say("value.purpose_on_consent", name=purpose.name)
        return purpose.name

    def _bases(self, purposes: Iterable[PurposeTold]) -> str:
        bases = {basis for purpose in purposes for basis in purpose.legal_bases}
        return "; ".join(self._say(f"word.legal_basis.{basis.value}") for basis in LegalBasis if basis in bases)

    # ---- clauses -----------------------------------------------------------------------------------------------------

    def _clause(self, told: ClauseTold, content: NoticeContent, notice: str) -> Page:
        if told.after is None:
            assert told.before is not None
            heading, url = self._say("clause.removed"), None
        else:
            name = "clause.added" if told.before is None else "clause.reworded"
            heading = self._say(name, number=told.after.number)
            url = self._links.to_clause(content.revision, notice, told.after.key)
        return {
            "heading": heading,
            "before": self._side(told, WordsKind.REMOVED),
            "after": self._side(told, WordsKind.ADDED),
            "url": url or "",
            "link": self._say("clause.link"),
        }

    def _side(self, told: ClauseTold, kind: WordsKind) -> list[Run]:
        """The old text (`kind` REMOVED) or the new one as runs, empty where it is not there."""
        side = told.before if kind is WordsKind.REMOVED else told.after
        if side is None:
            return []
        if not told.words:
            return self._cut([{"text": side.text, "changed": False}])
        return self._cut(list(self._runs(told.words, kind)))

    def _runs(self, words: Sequence[Words], kind: WordsKind) -> Iterator[Run]:
        """What changes, and of what stays the same only what is near."""
        cut = self._say("value.cut")
        last = len(words) - 1
        for place, each in enumerate(words):
            if each.kind is kind:
                yield {"text": each.text, "changed": True}
            elif each.kind is WordsKind.SAME:
                text = each.text
                start = "" if place == 0 else _beginning(text, _SAME_CHARACTERS)
                end = "" if place == last else _beginning(text[::-1], _SAME_CHARACTERS)[::-1]
                if len(start) + len(end) + len(cut) + 20 < len(text):
                    text = f"{start} {cut} {end}".strip() if place in (0, last) else f"{start} {cut} {end}"
                yield {"text": text, "changed": False}

    def _cut(self, runs: Iterable[Run]) -> list[Run]:
        left = CLAUSE_CHARACTERS_AT_MOST
        found: list[Run] = []
        for run in runs:
            text = str(run["text"])
            if len(text) > left:
                cut = f"{_beginning(text, left)} {self._say('value.cut')}"
                found.append({"text": cut, "changed": run["changed"]})
                break
            found.append(run)
            left -= len(text)
        return found

    # ---- what can be done --------------------------------------------------------------------------------------------

    def _action(self, action: Action, content: NoticeContent) -> Page:
        controller = content.controller
        text = self._say(f"action.{action.kind.value}", email=controller.email)
        lines: list[Page] = []
        if action.purposes:
            purposes = self._joined([_name(each) for each in action.purposes], "; ")
            lines.append({"label": self._say("action.purposes"), "value": purposes})
        if action.kind is ActionKind.ASK:
            lines.append({"label": self._say("action.answers_within"), "value": controller.answers_within})
        else:
            how = action.how or self._say("action.by_email", email=controller.email)
            lines.append({"label": self._say("action.how"), "value": how})
        if action.conditions:
            lines.append({"label": self._say("action.conditions"), "value": action.conditions})
        if action.exceptions:
            lines.append({"label": self._say("action.exceptions"), "value": action.exceptions})
        numbers = self._joined([each.number for each in action.clauses], ", ")
        return {
            "kind": action.kind.value,
            "text": text,
            "lines": lines,
            "clauses": self._say("action.clauses", numbers=numbers) if numbers else "",
        }


def _goes_elsewhere(item: Item) -> bool:
    """Whether data comes to other countries than before, or under another protection, with a recipient that stays."""
    is_there = item.kind is ItemKind.RECIPIENT_CHANGED
    return is_there and any(each.attribute in ("LOCATED_IN", "PROTECTED_BY") for each in item.details)


def _name(named: Named) -> str:
    return named.name or named.key


def _beginning(text: str, characters: int) -> str:
    """As many whole words as there is room for; where words have no spaces between them, characters."""
    start = text[:characters]
    return start if len(text) <= characters else start.rpartition(" ")[0] or start


def _shortened(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[: characters - 1].rstrip()}…"
