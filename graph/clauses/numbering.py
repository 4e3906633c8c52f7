"""The number, letter or bullet that a clause begins with, told from amounts and dates that are written alike. Pure.

From its own words alone that cannot always be told: "2. Quarter" may be the second of three items, or a time. So,
where it matters, what a clause begins with is looked at beside the others: a number of its own goes on counting.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from graph.clauses.typography import TYPOGRAPHY
from graph.model import Clause, ClauseKind

# Marks that are empty or ticked (□, ✓) are no bullets: they say something.
_BULLET = r"[-*+•·●○◦▪▫■►▶➢]"
_PLACE = r"(?:\d{1,3}(?:\.\d{1,3})*|[a-zа-яё]|[ivxlc]{1,7})"
_NUMBERING = re.compile(rf"{_BULLET}|\(?{_PLACE}\)|{_PLACE}\.|\d{{1,3}}(?:\.\d{{1,3}})+", re.IGNORECASE)
# Amounts (1.000) and dates (1.5.18, 01.05.) are written like numbers of clauses, which have no zero before a digit.
_AMOUNT_OR_DATE = re.compile(r"\d{1,3}(?:\.\d{3})+\.?|\d{1,2}\.\d{1,2}\.(?:\d{2}|\d{4})\.?|(?:\d+\.)*0\d.*")
_INITIAL = re.compile(r"[^\W\d_]\.")
_PART = r"(?:article|art\.|section|clause|chapter|part|artikel|abschnitt|kapitel|teil|partie|статья|раздел|глава|часть)"
_HEADING_NUMBERING = re.compile(rf"{_PART} {_PLACE}(?:[.:)]| -(?= ))|§ ?\d{{1,3}}[a-z]?\.?", re.IGNORECASE)
# One text each: so many quoted words would be longer and no clearer.
# "12. November", "2. Quartal" begin no numbered clause, though they begin with a number and a dot,
_ORDERED = frozenset(
    """
    januar februar märz april mai juni juli august september oktober november dezember jan feb mär apr jun jul aug sep
    sept okt nov dez maj january february march june july october december
    janvier février mars avril juin juillet août septembre octobre novembre décembre
    января февраля марта апреля мая июня июля августа сентября октября ноября декабря
    tag tage tages woche monat monats jahr jahres stunde quartal quartals halbjahr halbjahrs werktag werktags
    lebensjahr lebensjahres lebensjahrs geburtstag
    """.split()  # noqa: SIM905
)
# nor do "1.5 Million" and "2.5 Prozent".
_COUNTED = frozenset(
    """
    second seconds minute minutes hour hours day days week weeks month months year years working business calendar
    percent euro euros eur dollar dollars usd cent cents franken pfund promille
    million millions billion billions thousand mio mrd mn bn users people persons times
    tagen wochen monate monaten jahre jahren stunden werktage prozent millionen milliarde milliarden tausend
    kb mb gb tb kilobyte megabyte gigabyte terabyte kilobytes megabytes gigabytes terabytes
    jour jours semaine semaines mois an ans année années heure heures
    рубль рубля рублей евро долларов
    день дня дней неделя недели недель месяц месяца месяцев год года лет час часа часов рабочих календарных процентов
    тысяч миллион миллиона миллионов миллиард миллиарда миллиардов
    """.split()  # noqa: SIM905
)
_MAY = "may"
#: Of the items of a list that goes on later.
MOST_LEFT_OUT = 5


def after_numbering(words: Sequence[str], *, is_heading: bool = False) -> Sequence[str]:
    """`words` without the clause's own number, letter or bullet, which may be of two parts ("1. a)"). Of what only
    looks like one of them see `Numbers`."""
    for _ in range(3):
        rest = _after_one(words, is_heading)
        if not rest:
            break
        words = rest
    return words


def is_dated(words: Sequence[str]) -> bool:
    """Whether a number and a dot before `words` are of a date ("12. November") or of a time ("2. Quartal")."""
    word = words[0].rstrip(".,;:").casefold() if words else ""
    if word == _MAY:  # 1. May 2018; but: 1. May we share it?
        return not words[1:] or words[1][:1].isdigit()
    return word in _ORDERED


def counts_on(before: int, number: int) -> bool:
    """Whether an item's number goes on counting after another, some of those between left out."""
    return 0 < number - before <= MOST_LEFT_OUT


def are_text(number: int, beginnings: Sequence[Sequence[str]], *, goes_on: bool) -> bool:
    """Whether the numbers of a list are no numbers of items, but text that Markdown takes for them.

    `number`: of the first item; `beginnings`: the first words of each; `goes_on`: whether a list before or after it has
    the numbers before or after. They are text where they are dates, or where one alone counts nothing and is not 1.
    """
    is_alone = len(beginnings) == 1 and number != 1 and not goes_on
    return is_alone or all(map(is_dated, beginnings))


def _after_one(words: Sequence[str], is_heading: bool) -> Sequence[str]:
    """Empty where `words` begin with no number, or where nothing else is there."""
    start = " ".join(words[:4]).translate(TYPOGRAPHY)
    first = start.partition(" ")[0]
    size = 1
    if _AMOUNT_OR_DATE.fullmatch(first):
        return ()
    match = _NUMBERING.fullmatch(first)
    if match is None and is_heading:
        match = _HEADING_NUMBERING.match(start)
        size = match[0].count(" ") + 1 if match else 1
        if match and start[match.end() : match.end() + 1] not in ("", " "):
            return ()
    if match is None or len(words) <= size:
        return ()
    following = words[size]
    if match[0][-1].isdigit() and not _begins_text(following):
        return ()
    if match[0][-1] == "." and is_dated(words[size:]):
        return ()
    if not is_heading and first[0].isupper() and _INITIAL.fullmatch(first) and following[:1].isupper():
        return ()  # A. Smith
    return words[size:]


def _begins_text(word: str) -> bool:
    """Whether a number without a mark after it can be that of a clause which begins with `word`, and no amount."""
    bare = word.lstrip("\"'“„«‘(")
    is_unit = (bare.isupper() and 1 < len(bare) < 5) or bare.rstrip(".,;:").casefold() in _COUNTED
    return bare[:1].isalpha() and not bare[:1].islower() and not is_unit


# ---- beside others ---------------------------------------------------------------------------------------------------


def number_of(words: Sequence[str], *, is_heading: bool = False) -> tuple[int, ...]:
    """What `after_numbering` takes for a number, by its parts: (2, 3) of "2.3"; empty where it has no digits."""
    size = len(words) - len(after_numbering(words, is_heading=is_heading))
    return tuple(int(digits) for digits in re.findall(r"\d+", " ".join(words[:size])))


class Numbers:
    """The numbers that clauses of one text begin with, and which of them count the clauses.

    That of a heading does; any other where it is one more, or one less, than that of the clause of its kind before or
    after it that has as many parts, or where it is below such a number (3.1 below 3).
    """

    def __init__(self, numbered: Sequence[tuple[Clause, tuple[int, ...]]]) -> None:
        """`numbered`: all of a text's clauses in reading order, each with its `number_of`."""
        self._numbers = {clause.key: number for clause, number in numbered}
        self._counting: set[str] = set()
        in_line: dict[tuple[ClauseKind, int], list[tuple[str, tuple[int, ...]]]] = {}
        above: dict[int, tuple[int, ...]] = {}
        for clause, number in numbered:
            if not number:
                continue
            in_line.setdefault((clause.kind, len(number)), []).append((clause.key, number))
            is_below = len(number) > 1 and above.get(len(number) - 1) == number[:-1]
            if clause.kind is ClauseKind.SECTION or is_below:
                self._counting.add(clause.key)
            above[len(number)] = number
        for line in in_line.values():
            for (key, number), (next_key, following) in pairwise(line):
                if number[:-1] == following[:-1] and abs(following[-1] - number[-1]) == 1:
                    self._counting |= {key, next_key}

    def of(self, clause: Clause) -> tuple[int, ...]:
        return self._numbers.get(clause.key, ())

    def counts(self, clause: Clause) -> bool:
        """Whether the number that it begins with, if any, is its own."""
        return clause.key in self._counting or not self.of(clause)
