"""The countries that a cell speaks of. Pure.

Names are known in the languages of `LANGUAGES`, by abbreviations, by codes in capitals, and as the map has them. What
is not known is passed over where something else in the cell is: cities, streets, remarks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from babel import Locale
from babel.core import get_global

from graph.checks.recipient_tables.words import words_of
from graph.map_file.country_codes import COUNTRY_CODES
from graph.model import Country

LANGUAGES = ("en", "de", "fr", "ru")


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


_EU = _codes("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK")
_EEA = _EU | _codes("IS LI NO")
REGIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "EU": _EU,
        "EEA": _EEA,
        "Europe": _EEA | _codes("AD AL AX BA BY CH FO GB GG GI IM JE MC MD ME MK RS RU SJ SM TR UA VA"),
        "several continents": COUNTRY_CODES,
    }
)
"""What may be said instead of countries, and the countries in it. Of other continents than Europe none is left out."""

_WIDE = "several continents"
_CLDR_REGIONS = {"EU": "EU", "EZ": "EU", "150": "Europe", "151": "Europe", "154": "Europe", "155": "Europe"}

# Names beside those of the Unicode CLDR, which has one for each country and language.
_NAMES: Mapping[str, str] = {
    "US": """USA, U.S., U.S.A., United States of America, America, New Jersey, New Mexico,
        Vereinigte Staaten von Amerika, États-Unis d'Amérique, États Unis, США, Соединённые Штаты Америки""",
    "GB": """U.K., United Kingdom of Great Britain and Northern Ireland, Great Britain, Britain, England, Scotland,
        Wales, Northern Ireland, Großbritannien, Nordirland, Schottland, Grande-Bretagne, Angleterre, Великобритания,
        Соединённое Королевство, Англия, Шотландия""",
    "AE": "U.A.E., Emirates, VAE, ОАЭ, Эмираты",
    "BY": "Belorussia, Weißrussland, Biélorussie, Белоруссия, Республика Беларусь",
    "CD": "Democratic Republic of the Congo",
    "CG": "Republic of the Congo, Congo",
    "CI": "Ivory Coast",
    "CN": "P.R.C., People's Republic of China, Mainland China, Volksrepublik China, КНР",
    "CV": "Cape Verde",
    "CZ": "Czech Republic, Tschechische Republik, République tchèque, Чешская Республика",
    "DE": "Federal Republic of Germany, BRD, ФРГ",
    "HK": "Hong Kong, Hongkong, Гонконг",
    "IE": "Republic of Ireland, Éire",
    "KG": "Киргизия",
    "KR": "Korea, Republic of Korea, Südkorea, Corée du Sud, Южная Корея, Корея",
    "MD": "Молдавия",
    "MK": "Macedonia",
    "MM": "Burma",
    "MO": "Macau, Macao",
    "NL": "Holland, Hollande, Голландия",
    "PS": "Palestine",
    "RU": "Russian Federation, Russische Föderation, Fédération de Russie, Российская Федерация, РФ",
    "TR": "Turkey, Türkei, Turquie",
    "TW": "Taiwan",
    "VN": "Viet Nam",
    "EU": """E.U., European Union, Europäischen Union, U.E., ЕС, Евросоюз""",
    "EEA": """E.E.A., European Economic Area, EWR, Europäischer Wirtschaftsraum, Europäischen Wirtschaftsraum, EEE,
        Espace économique européen, ЕЭЗ, Европейская экономическая зона, Европейское экономическое пространство""",
    _WIDE: """worldwide, world wide, global, globally, international, internationally, various, multiple, EMEA, APAC,
        LATAM, Asia Pacific, weltweit, verschiedene, mondial, dans le monde entier, divers, весь мир, по всему миру,
        глобально""",
}
_STATES = _codes("AL AR AZ CA CO DE GA ID IL IN KY LA MA MD ME MN MO MS MT NC NE PA SC SD TN VA")
"""Of the United States, where the code is a country's too."""

# "EU SCC" and "EU-US Data Privacy Framework" are no places, and what follows them is on them.
_SAFEGUARD = re.compile(
    r"(?:\b(?:EU|UE|EWR|UK|Swiss|ЕС)\b[\s–-]*(?:U\.?S\.?(?:A\b\.?)?\s*)?)*"
    r"\b(?:SCCs?|DPF|BCRs?|IDTA|standard contractual|(?:data )?privacy (?:framework|shield)|adequa\w+|safeguards?|"
    r"standardvertragsklauseln|angemessenheit\w*|clauses contractuelles|adéquation|адекватност\w*|"
    r"outside|außerhalb|hors|вне)\b.*",
    re.IGNORECASE,
)
_SEGMENT = re.compile(r"[,;:/()\[\]•·|]|<br ?/?>|\s[-–—]\s")
_LONGEST_CODE = 3
_TOKEN = re.compile(r"[^\W_]+")
_AND = frozenset({"and", "und", "et", "и"})
"""The names of some countries have one, or a sign for one."""


@dataclass(frozen=True, slots=True)
class Places:
    """ISO 3166-1 codes, and keys of `REGIONS`."""

    countries: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.countries or self.regions)

    def __or__(self, other: Places) -> Places:
        return Places(self.countries | other.countries, self.regions | other.regions)


class PlaceNames:
    """All names that places are known by, with those of `countries`."""

    def __init__(self, countries: Iterable[Country]) -> None:
        self._names = {**_known(), **{_named(each.name): each.key for each in countries}}
        self._names.pop((), None)
        self._longest: dict[str, int] = {}  # of the names that begin with a word
        for words in self._names:
            self._longest[words[0]] = max(self._longest.get(words[0], 0), len(words))

    def read(self, cell: str) -> Places:
        """The places of a cell; none where it names none."""
        found: list[str | None] = []
        for segment in _SEGMENT.split(cell):
            self._read(_SAFEGUARD.sub("", segment), found)
        places = frozenset(each for each in found if each is not None)
        return Places(places - REGIONS.keys(), places & REGIONS.keys())

    def _read(self, segment: str, found: list[str | None]) -> None:
        """Appends what the words of the segment are: a place, or None for any other word."""
        tokens = [token for token in _TOKEN.findall(segment) if token not in _AND]
        words = ["".join(words_of(token)) for token in tokens]
        # In a text all in capitals, US and IN may be words.
        are_codes = not segment.isupper() or all(len(token) <= _LONGEST_CODE for token in tokens)
        at = 0
        while at < len(tokens):
            size = min(self._longest.get(words[at], 1), len(words) - at)
            while size > 1 and tuple(words[at : at + size]) not in self._names:
                size -= 1
            place = self._names.get(tuple(words[at : at + size]))
            if place is None and are_codes:
                place = _capitals().get(tokens[at])
            if place is not None or not tokens[at].isdigit():
                _note(place, found)
            at += size


def is_place(text: str) -> bool:
    """Whether it is the name or code of a country or region, and nothing else."""
    return _named(text) in _known() or text.strip(" .") in _capitals()


def _note(place: str | None, found: list[str | None]) -> None:
    """Atlanta, Georgia, USA and Palo Alto, CA 94301, USA are in one country, which the state is no other of."""
    if place == "US" and len(found) > 1 and found[-2] is None and (found[-1] in _STATES or found[-1] == "GE"):
        found[-1] = None
    found.append(place)


@cache
def _known() -> Mapping[tuple[str, ...], str]:
    known: dict[tuple[str, ...], str] = {}
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            place = code if code in COUNTRY_CODES else _CLDR_REGIONS.get(code, _WIDE)
            if place == _WIDE and not code.isdigit():
                continue
            # "Myanmar (Burma)"; "Hong Kong SAR China" has its short name below.
            known[_named(name.partition(" (")[0])] = place
    for code, names in _NAMES.items():
        known |= {_named(name): code for name in names.split(",")}
    return MappingProxyType(known)


@cache
def words_of_countries() -> frozenset[str]:
    """The words, as `words_of` gives them, of the names of countries and regions; of longer names no short ones."""
    shortest = 4
    names = (name for name, place in _known().items() if place != _WIDE)
    words = frozenset(word for name in names for word in name if len(name) == 1 or len(word) >= shortest)
    return words - {"people"}  # of People's Republic of China, and the beginning of many a sentence


@cache
def _capitals() -> Mapping[str, str]:
    """What stands for a place in capitals only: the codes of two and of three letters, and what is used like them."""
    three = {code: now[0] for code, now in get_global("territory_aliases").items() if re.fullmatch("[A-Z]{3}", code)}
    known = {code: now for code, now in three.items() if now in COUNTRY_CODES}
    return MappingProxyType(
        {code: code for code in COUNTRY_CODES} | known | {"EEA": "EEA", "EU": "EU", "UE": "EU", "UK": "GB"}
    )


def _named(name: str) -> tuple[str, ...]:
    return tuple(word for word in words_of(name) if word not in _AND)
