"""Whether a reworded text still says the same, as far as that can be told from its words. Pure.

Nothing is read for its meaning. A text is taken to say the same in two cases only, both narrow: no word of it changed,
or a misspelt word was corrected. Words that decide what is promised (`graph.impact.protected_words`), numbers and names
are told apart from the rest, for a text may turn into its opposite by one of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from itertools import chain

from rapidfuzz.distance import OSA, Indel
from spellchecker import SpellChecker

from graph.checks.recipient_tables.places import countries_of_one_word, words_of_countries
from graph.checks.recipient_tables.words import words_of
from graph.clauses.numbering import Numbers
from graph.clauses.words import folded, folded_words, number_of_clause
from graph.data_map import DataMap
from graph.impact import protected_words
from graph.impact.columns import Rows, is_value_moved
from graph.model import Clause, ClauseKind

_WORD = re.compile(r"\w+")
_INSIDE = re.compile(r"['.@]")
# What counts, and what says yes or no, above all in tables.
_SYMBOLS = frozenset("%‰€$£¥₽&@<>≤≥±+×✓☑✅✗✕☒❌☐□■☓")
# What a law counts its points with: Art. 6(1)(f), (ii).
_LETTER = re.compile(r"[^\W\d_]|[ivx]{2,}", re.IGNORECASE)
_SENTENCE_ENDS = frozenset(".!?:;")
_QUOTES = frozenset("\"'([")
# "Opt-in", "opted out", "opt you in": which of the two is all that is promised.
_OPT = frozenset({"opt", "opts", "opted", "opting"})
_OPTED = frozenset({"in", "out"})
_FROM_OPT_AT_MOST = 3

# A correction changes one letter, or two of a long word, and never the first: so many words are the opposite of, or
# something else than, the one that differs from them in that.
_SHORTEST = 4
_LONG = 8
_ALL_CAPITALS_AT_LEAST = 2


class Wording(Enum):
    """How a text changed in its words.

    SAME: in none of them. SPELLING: a misspelt word was corrected. QUALIFIED: in one that decides what is promised.
    OTHER: in any other.
    """

    SAME = 0
    SPELLING = 1
    OTHER = 2
    QUALIFIED = 3


@dataclass(frozen=True, slots=True)
class _Change:
    """Marks of the old text and what stands in their place; `before` and `after`: where they begin."""

    removed: tuple[str, ...]
    added: tuple[str, ...]
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class _Texts:
    """What counts of two texts. `occurrences`: how often a word of theirs stands in both policies, if nowhere else."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    is_heading: bool
    occurrences: int

    @property
    def is_clause(self) -> bool:
        return self.occurrences > 0


class Wordings:
    """Judges the texts of two revisions. What it needs of them as a whole is read when it is first asked for."""

    def __init__(self, old: DataMap, new: DataMap) -> None:
        self._maps = old, new
        languages = {each.revision.language.partition("-")[0] for each in self._maps}
        self._are_known = languages <= protected_words.NEGATIONS.keys()
        self._languages = languages if self._are_known else {*protected_words.NEGATIONS}
        # Of two languages there is no one dictionary; and German nouns are no names for their capitals.
        self._language = next(iter(languages)) if len(languages) == 1 else None
        self._names_have_capitals = "de" not in languages

    def of_clauses(self, old: Clause, new: Clause) -> Wording:
        is_heading = ClauseKind.SECTION in (old.kind, new.kind)
        if self._is_another_number(old, new) or self._is_value_moved(old, new):
            return Wording.QUALIFIED
        return self._judge(_Texts(folded_words(old), folded_words(new), is_heading, occurrences=1))

    def of_texts(self, old: str | None, new: str | None) -> Wording:
        """Of two texts of elements; None is no text."""
        before, after = (folded((each or "").split(), keeps_number=True) for each in (old, new))
        return self._judge(_Texts(before, after, is_heading=False, occurrences=0))

    def _judge(self, texts: _Texts) -> Wording:
        if texts.old == texts.new:
            return Wording.SAME
        changes = _changes(texts.old, texts.new)
        if any(self._qualifies(change, texts) for change in changes):
            return Wording.QUALIFIED
        if changes and all(self._corrects(change, texts) for change in changes):
            return Wording.SPELLING
        # Of a language without a table, any word may be one that decides.
        return Wording.OTHER if self._are_known else Wording.QUALIFIED

    def _is_another_number(self, old: Clause, new: Clause) -> bool:
        """Whether they begin with numbers that are not the same, and that are no clause's own: neither counts on."""
        if number_of_clause(old) == number_of_clause(new):
            return False
        sides = zip(self.numbers, (old, new), strict=True)
        return not any(numbers.counts(each) for numbers, each in sides if numbers.of(each))

    def _is_value_moved(self, old: Clause, new: Clause) -> bool:
        before, after = (rows.of(each) for rows, each in zip(self._rows, (old, new), strict=True))
        return before is not None and after is not None and is_value_moved(before, after)

    @cached_property
    def _rows(self) -> tuple[Rows, Rows]:
        before, after = (Rows(data_map.policy.clauses) for data_map in self._maps)
        return before, after

    @cached_property
    def numbers(self) -> tuple[Numbers, Numbers]:
        """Those that the clauses of each text begin with."""
        before, after = (
            Numbers([(each, number_of_clause(each)) for each in data_map.policy.clauses]) for data_map in self._maps
        )
        return before, after

    # ---- what decides ------------------------------------------------------------------------------------------------

    def _qualifies(self, change: _Change, texts: _Texts) -> bool:
        # A misspelt word is in no dictionary, and yet no name for it.
        are_unknown_names = not self._corrects(change, texts)
        for marks, start, text in ((change.removed, change.before, texts.old), (change.added, change.after, texts.new)):
            for place, mark in enumerate(marks, start):
                if self._is_protected(mark) or self._is_name(text, place, texts.is_heading):
                    return True
                if (
                    _is_sign(text, place)
                    or _is_opted(text, place)
                    or self._is_letter(text, place)
                    or (are_unknown_names and self._may_be_name(text[place], texts))
                ):
                    return True
        return any(self._is_opposite(one, other) for one in change.removed for other in change.added)

    def _is_protected(self, mark: str) -> bool:
        word = mark.casefold()
        return (
            any(character.isdigit() for character in word)
            or not _SYMBOLS.isdisjoint(word)
            or word.endswith("n't")
            or not self._protected.isdisjoint((word, *_INSIDE.split(word)))
        )

    def _is_letter(self, text: Sequence[str], place: int) -> bool:
        """Whether a mark is a letter of a list or of a law, and no word."""
        if _LETTER.fullmatch(text[place]) is None:
            return False
        # No word is written as a Roman number of several letters is.
        is_word = len(text[place]) == 1 and any(
            text[place].casefold() in protected_words.WORDS_OF_ONE_LETTER[each] for each in self._languages
        )
        before, after = text[max(place - 1, 0) : place], text[place + 1 : place + 2]
        return not is_word or after in ((")",), ('"',)) or (before == (".",) and text[place].islower())

    @cached_property
    def _protected(self) -> frozenset[str]:
        tables = (protected_words.NEGATIONS, protected_words.MODALS, protected_words.NUMBERS, protected_words.TIMES)
        return frozenset(chain.from_iterable(table[each] for table in tables for each in self._languages))

    def _is_name(self, text: Sequence[str], place: int, is_heading: bool) -> bool:
        mark = text[place]
        if mark in (self._small_names if is_heading else self._names):
            return True
        if any(map(str.isupper, mark[1:])):
            return True  # EU, USA, ISPsystem, iCloud
        if mark[:1].islower() and not is_heading:
            return "".join(words_of(mark)) in countries_of_one_word() or self._is_small_name(mark)
        if not (is_heading or mark[:1].isupper()):
            return False
        if "".join(words_of(mark)) in words_of_countries():
            return True
        if is_heading:
            return False
        if len(mark) == 1 and text[place + 1 : place + 2] == (".",):
            return True  # A. Smith
        # At the beginning of a sentence any word has a capital.
        before = next((each for each in reversed(text[:place]) if each not in _QUOTES), ".")
        return self._names_have_capitals and before not in _SENTENCE_ENDS

    def _may_be_name(self, mark: str, texts: _Texts) -> bool:
        """Whether a word with a capital, or in a heading, may be a name: it is in no dictionary, as Mailchimp, or is
        Google, or stands in a clause and nowhere in both policies without a capital."""
        if not (mark[:1].isupper() or (texts.is_heading and mark[:1].isalpha())):
            return self._is_nothing_known(mark)
        if self._dictionary is None:
            return True
        parts = {part for part in _INSIDE.split(mark.casefold()) if len(part) > 1}
        if not parts.isdisjoint(protected_words.COMPANIES) or any(part not in self._dictionary for part in parts):
            return True
        return texts.is_clause and self._names_have_capitals and not parts <= self._written_small

    def _is_small_name(self, mark: str) -> bool:
        """Whether a word without a capital names a company, or somebody of the maps and nothing else."""
        if mark in protected_words.COMPANIES:
            return True
        return mark in self._small_names and self._dictionary is not None and mark not in self._dictionary

    @cached_property
    def _names(self) -> frozenset[str]:
        """The words with capitals in the names of both maps that are names of somebody or of some place."""
        names: list[str | None] = []
        for each in (data_map.elements for data_map in self._maps):
            names.append(each.controller.name)
            names += (service.name for service in each.services)
            names += (recipient.name for recipient in each.recipients)
            names += (country.name for country in each.countries)
        words = (word for name in names if name for word in folded(name.split(), keeps_number=True))
        return frozenset(word for word in words if word[:1].isupper() or word.isdigit())

    @cached_property
    def _small_names(self) -> frozenset[str]:
        # What counts of a heading has no capitals.
        return frozenset(map(str.casefold, self._names))

    def _is_opposite(self, one: str, other: str) -> bool:
        shorter, longer = sorted((one.casefold(), other.casefold()), key=len)
        prefixes = chain.from_iterable(protected_words.NEGATING_PREFIXES[each] for each in self._languages)
        return any(longer == prefix + shorter for prefix in prefixes)

    # ---- what corrects -----------------------------------------------------------------------------------------------

    def _corrects(self, change: _Change, texts: _Texts) -> bool:
        if len(change.removed) != len(change.added):
            return False
        return all(
            self._is_correction(one, other, texts) for one, other in zip(change.removed, change.added, strict=True)
        )

    def _is_correction(self, misspelt: str, word: str, texts: _Texts) -> bool:
        old, new = misspelt.casefold(), word.casefold()
        if not (old.isalpha() and new.isalpha() and old[0] == new[0] and min(len(old), len(new)) >= _SHORTEST):
            return False
        if OSA.distance(old, new) > (2 if max(len(old), len(new)) >= _LONG else 1):
            return False
        # A word that is written elsewhere too is meant.
        if self._occurrences[old] > texts.occurrences or self._dictionary is None:
            return False
        if old in self._dictionary or new not in self._dictionary:
            return False
        # Vimeo is no misspelt video, unless that is what the policy is about.
        return not (texts.is_heading or misspelt[:1].isupper()) or new in self._written_before

    def _is_nothing_known(self, mark: str) -> bool:
        """Whether a word is in no dictionary, nor one letter from any that is: a name, or rare enough to matter."""
        if self._dictionary is None or not mark.isalpha() or len(mark) < _SHORTEST or mark in self._dictionary:
            return False
        if self._language == "ru" and not mark.isascii():
            return False  # most forms of Russian words are in no dictionary either
        return not self._dictionary.known(self._dictionary.edit_distance_1(mark))

    @cached_property
    def _written_before(self) -> frozenset[str]:
        """The words that stand in the old text; where names alone have capitals, those without one."""
        words = _written_words(self._maps[0])
        return frozenset(word.casefold() for word in words if word[:1].islower() or not self._names_have_capitals)

    @cached_property
    def _occurrences(self) -> Counter[str]:
        """How often each word stands in both texts together."""
        return Counter(word.casefold() for each in self._maps for word in _written_words(each))

    @cached_property
    def _written_small(self) -> frozenset[str]:
        """The words that stand in either text without a capital."""
        return frozenset(word.casefold() for each in self._maps for word in _written_words(each) if word[:1].islower())

    @cached_property
    def _dictionary(self) -> SpellChecker | None:
        return None if self._language is None else _dictionary_of(self._language)


@cache
def _dictionary_of(language: str) -> SpellChecker | None:
    return SpellChecker(language=language) if language in SpellChecker.languages() else None


def _is_opted(text: Sequence[str], place: int) -> bool:
    before = text[max(place - _FROM_OPT_AT_MOST, 0) : place]
    return text[place].casefold() in _OPTED and not _OPT.isdisjoint(map(str.casefold, before))


def _is_sign(text: Sequence[str], place: int) -> bool:
    """Whether a dash may be the sign of a number."""
    return text[place] == "-" and text[place + 1 : place + 2] != () and text[place + 1][0].isdigit()


def _written_words(data_map: DataMap) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", data_map.policy.markdown))


def _changes(old: Sequence[str], new: Sequence[str]) -> list[_Change]:
    """What is removed and added, each with what stands in its place. Case alone changes nothing but a word all in
    capitals: US is no us."""
    found: list[_Change] = []
    before, after = [_compared(each) for each in old], [_compared(each) for each in new]
    removed_from = added_from = 0
    for block in [*_equal(before, after), (len(old), len(new), 0)]:
        place, there, size = block
        if place > removed_from or there > added_from:
            found.append(
                _Change(tuple(old[removed_from:place]), tuple(new[added_from:there]), removed_from, added_from)
            )
        removed_from, added_from = place + size, there + size
    return found


def _equal(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    for code in Indel.opcodes(before, after):
        if code.tag == "equal":
            yield code.src_start, code.dest_start, code.src_end - code.src_start


def _compared(mark: str) -> str:
    return mark if mark.isupper() and len(mark) >= _ALL_CAPITALS_AT_LEAST else mark.casefold()
