"""The countries that a cell speaks of. Pure.

Names are known in the languages of `LANGUAGES`, by abbreviations, by codes in capitals, and as the map has them, and so
are states and provinces. What is not known is passed over where something else in the cell is: cities, streets,
remarks. So is what a cell says not to be meant: "not in the USA".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    "US": """USA, U.S., U.S.A., United States of America, America,
        Vereinigte Staaten von Amerika, États-Unis d'Amérique, États Unis, США, Соединённые Штаты Америки""",
    "GB": """U.K., United Kingdom of Great Britain and Northern Ireland, Great Britain, Britain, England, Scotland,
        Wales, Northern Ireland, Großbritannien, Nordirland, Schottland, Grande-Bretagne, Angleterre, Великобритания,
        Соединённое Королевство, Англия, Шотландия""",
    "AE": "U.A.E., Emirates, VAE, ОАЭ, Эмираты",
    "BY": "Belorussia, Weißrussland, Biélorussie, Белоруссия, Республика Беларусь",
    "CD": "Democratic Republic of the Congo, DR Congo",
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
_PARTS: Mapping[str, str] = {
    "AU": "New South Wales, Northern Territory, Queensland, South Australia, Tasmania, Western Australia",
    "CA": """Alberta, British Columbia, Manitoba, New Brunswick, Newfoundland and Labrador, Nova Scotia, Ontario,
        Prince Edward Island, Quebec, Saskatchewan""",
    "CN": "Inner Mongolia",
    "GS": "South Georgia",
    "MX": "Baja California",
    "US": """Alabama, Alaska, Arizona, Arkansas, California, Colorado, Connecticut, Delaware, District of Columbia,
        Florida, Hawaii, Idaho, Illinois, Indiana, Iowa, Jersey City, Kansas, Kentucky, Louisiana, Maine, Maryland,
        Massachusetts, Michigan, Minnesota, Mississippi, Missouri, Montana, Nebraska, Nevada, New England,
        New Hampshire, New Jersey, New Mexico, New York, North Carolina, North Dakota, Ohio, Oklahoma, Oregon,
        Pennsylvania, Rhode Island, South Carolina, South Dakota, Tennessee, Texas, Utah, Vermont, Virginia,
        Washington, West Virginia, Wisconsin, Wyoming""",
}
"""States and provinces, which are said instead of a country, and some of which have another's name in theirs. Georgia,
which is a country too, is told by what stands beside it."""
_STATES = _codes("AL AR AZ CA CO DE GA ID IL IN KY LA MA MD ME MN MO MS MT NC NE PA SC SD TN VA")
"""Of the United States, where the code is a country's too."""

# "EU SCC" and "EU-US Data Privacy Framework" are no places, and what follows them is on them.
_SAFEGUARD = re.compile(
    r"(?:\b(?:EU|UE|EWR|UK|Swiss|ЕС)\b[\s–-]*(?:U\.?S\.?(?:A\b\.?)?\s*)?)*"
    r"\b(?:SCCs?|DPF|BCRs?|IDTA|standard contractual|(?:data )?privacy (?:framework|shield)|adequa\w+|safeguards?|"
    r"standardvertragsklauseln|angemessenheit\w*|clauses contractuelles|adéquation|адекватност\w*)\b.*",
    re.IGNORECASE,
)
# What is said not to be. In capitals "NO" is Norway; "Pas-de-Calais" is no negation.
_NOT = re.compile(
    r"\b(?:(?:not|never|outside|without|nicht|nie|keine?[mnrs]?|ohne|außerhalb|jamais|pas(?!-)|aucune?|sans|hors|"
    r"не|нет|без|вне|non(?=[\s-]))\b|(?-i:[Nn]o(?=\s+[^\W\d])))(?:(?!\b(?:but|sondern|mais|но|а)\b).)*",
    re.IGNORECASE,
)
# What is left out may be a list, to the end of the sentence or bracket.
_EXCEPT = re.compile(
    r"\b(?:except(?:ing)?|excluding|excl|other than|außer|ausgenommen|sauf|excepté|кроме|исключая|"
    r"за исключением)\b[^;:()\[\]<]*",
    re.IGNORECASE,
)
_SEGMENT = re.compile(r"([,;:/()\[\]•·|]|<br ?/?>|\s[-–—]\s)")
_CONTINENTS = frozenset({"Africa", "America", "Asia", "Australia", "Europe", "Pacific"})
_OPENS = frozenset("([-–—")
_GEORGIA = ("georgia",)
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


@dataclass(frozen=True, slots=True)
class _Said:
    """One or more words of a cell: a place, or None for any other word. `mark` is what stands before them."""

    place: str | None
    mark: str
    may_be_state: bool


class PlaceNames:
    """All names that places are known by, with those of `countries`."""

    def __init__(self, countries: Iterable[Country]) -> None:
        named = {_named(each.name): each.key for each in countries}
        self._names = {**_parts(), **_known(), **named}
        self._names.pop((), None)
        self._longest: dict[str, int] = {}  # of the names that begin with a word
        for words in self._names:
            self._longest[words[0]] = max(self._longest.get(words[0], 0), len(words))

    def read(self, cell: str) -> Places:
        """The places of a cell; none where it names none."""
        found: list[_Said] = []
        mark = ""
        for number, part in enumerate(_SEGMENT.split(_EXCEPT.sub("", cell))):
            if number % 2:
                mark += part.strip()
            elif self._read(_NOT.sub("", _SAFEGUARD.sub("", part)), mark, found):
                mark = ""
        places = frozenset(each for each in _without_states(found) if each is not None)
        return Places(places - REGIONS.keys(), places & REGIONS.keys())

    def _read(self, segment: str, mark: str, found: list[_Said]) -> bool:
        """Appends what the words of the segment are, and tells whether it has any."""
        tokens = [token for token in _TOKEN.finditer(segment) if token[0] not in _AND]
        words = ["".join(words_of(token[0])) for token in tokens]
        # In a text all in capitals, US and IN may be words.
        are_codes = not segment.isupper() or all(len(token[0]) <= _LONGEST_CODE for token in tokens)
        at = 0
        while at < len(tokens):
            size = min(self._longest.get(words[at], 1), len(words) - at)
            while size > 1 and tuple(words[at : at + size]) not in self._names:
                size -= 1
            said = tuple(words[at : at + size])
            place = self._names.get(said)
            may_be_state = said == _GEORGIA
            if place is None and are_codes:
                place = _capitals().get(tokens[at][0])
                may_be_state = place in _STATES and place == tokens[at][0]
            if place is not None or not tokens[at][0].isdigit():
                before = segment[tokens[at - 1].end() : tokens[at].start()].strip() if at else mark
                found.append(_Said(place, before, may_be_state))
            at += size
        return bool(tokens)


def is_place(text: str) -> bool:
    """Whether it is the name or code of a country, of a part of one or of a region, and nothing else."""
    return _named(text) in _known() or text.strip(" .") in _capitals() or is_part_of_country(text)


def is_part_of_country(text: str) -> bool:
    """Whether it is the name of a state or province."""
    named = _named(text)
    return named in _parts() or named == _GEORGIA


def is_town(text: str) -> bool:
    """Whether it is one of the larger towns, perhaps with a number: "Dublin 4". Of the others nothing is known."""
    return tuple(word for word in _named(text) if not word.isdigit()) in _towns()


def _without_states(found: Sequence[_Said]) -> Iterator[str | None]:
    """The places, without those whose name or code is here one of a state of the US: Georgia beside it, as in "Georgia,
    USA"; CA and the like after a town, as in "Palo Alto, CA 94301, USA", or both in brackets, as in "USA (CA)"."""
    is_in_brackets = False
    for at, said in enumerate(found):
        before = found[at - 1] if at else None
        after = found[at + 1] if at + 1 < len(found) else None
        is_beside = before is not None and before.place == "US" and said.mark in _OPENS
        is_in_brackets = (is_beside and said.mark in "([") or (is_in_brackets and not set(said.mark) & set(")];"))
        is_state = is_beside or is_in_brackets
        if after is not None and after.place == "US":
            is_alone = before is None and said.place == "GE" and after.mark in ("", ",")
            follows_town = before is not None and before.place in (None, "US")
            is_state = is_state or is_alone or follows_town or after.mark in _OPENS
        yield None if is_state and said.may_be_state else said.place


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
def _parts() -> Mapping[tuple[str, ...], str]:
    return MappingProxyType({_named(name): code for code, names in _PARTS.items() for name in names.split(",")})


@cache
def _towns() -> frozenset[tuple[str, ...]]:
    """Those that time zones are called by."""
    zones = [zone for zone in get_global("zone_territories") if zone.partition("/")[0] in _CONTINENTS]
    names = [zone.rpartition("/")[2].replace("_", " ") for zone in zones]
    for language in LANGUAGES:
        known = Locale(language).time_zones
        names += [known[zone]["city"] for zone in zones if "city" in known.get(zone, {})]
    return frozenset(map(_named, names)) - {()}


@cache
def words_of_countries() -> frozenset[str]:
    """The words, as `words_of` gives them, of the names of countries and regions; of longer names no short ones."""
    shortest = 4
    names = (name for name, place in _known().items() if place != _WIDE)
    words = frozenset(word for name in names for word in name if len(name) == 1 or len(word) >= shortest)
    return words - {"people"}  # of People's Republic of China, and the beginning of many a sentence


@cache
def countries_of_one_word() -> frozenset[str]:
    """Those names, as `words_of` gives them, that are one word and no other word in small letters."""
    names = (name[0] for name, place in _known().items() if place != _WIDE and len(name) == 1)
    return frozenset(names) - {"island", "reunion", "grenade", "того"}


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
