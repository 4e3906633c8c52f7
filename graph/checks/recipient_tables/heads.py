"""What the columns of a table hold, told from its head. Pure.

Tables in policies list many things: recipients, but also cookies, purposes with their legal bases, addresses of
offices. A table is one of recipients where its head has

- a column of names, of functions and of countries, whatever each is called, in any order; or
- a column that is for recipients by its name (sub-processor, vendor …), and one of functions or of countries.

A column "Name and address" is one of names, and of countries where no other is.

Other columns are passed over. A table about cookies is none; nor is one without countries that says what is done with
which data, or on which legal basis: there "Recipients" are of a purpose, and no names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from graph.checks.recipient_tables.words import words_of

_BOTH = re.compile(r"[,/&+(]|\b(?:and|und|et|и)\b", re.IGNORECASE)
_LONGEST = 80
"""Letters of a heading: what is longer is a sentence."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Places of cells, from 0. `function` None: there is no such column; `countries` may be several, or none, or that
    of the name, after which the country then stands."""

    name: int
    function: int | None
    countries: tuple[int, ...]


class _Role(Enum):
    NAME = "name"
    FUNCTION = "function"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True, order=True)
class _Reading:
    """Of several columns with a role, the one of the least `rank` has it."""

    rank: int
    text: str
    place: int


def _any_of(*lines: str) -> re.Pattern[str]:
    """Matches a heading in which one of the words stands; `*` is any letters, `_` a space."""
    words = [word.replace("*", r"\w*").replace("_", " ") for line in lines for word in line.split()]
    return re.compile(rf"\b(?:{'|'.join(words)})\b")


# As `words_of` gives them: small letters, without accents. By line: English, German, French, Russian.
_PLACE = _any_of(
    "country countries location* place* where region* territor* jurisdiction* geograph* state headquarter* hq seat",
    "nation nations domicil* residenc* registered_office* head_office* principal_office* incorporated_in based_in",
    "located situated",
    "*land *lander *laendern staat* *standort* ort *ort wo *sitz *region nation *domizil niederlassung*",
    "ansassig* gelegen*",
    "pays lieu* localisation* emplacement* ou siege territoire* domicile* implantation*",
    "situee?s? etablie?s?_en basee?s?_(?:a|en|au|aux)",
    "стран* государств* мест* местонахождени* местоположени* регион* территори* где юрисдикци* резиденци*",
    "расположен* находит*",
)
# Where nothing is said of what is there: "Data centre operator" is a name.
_CENTRE = _any_of(
    "data_cent* datacent*",
    "*rechenzentrum *rechenzentren",
    "centre*_de_donnees centre*_d_hebergement",
    "цод дата_центр*",
)
_ADDRESS = _any_of("address* anschrift* adress* адрес*")
_ELECTRONIC = _any_of("e_mail* email* web* ip internet* url mail* link* электронн*")
_OF_PROCESSING = _any_of(
    "process* data hosting hosted storage stored server* where_data",
    "verarbeit* daten* speicher* server* hosting",
    "traitement* donnees hebergement stockage serveur*",
    "обработк* данн* хранени* сервер*",
)
_COUNTRY = _any_of(
    "country countries nation nations jurisdiction* land *land *lander staat* pays стран* государств* юрисдикци*",
)
_SEAT = _any_of(
    "corporate registered registration headquarter* hq seat incorporat* establish* legal domicil*",
    "head_office* principal_office* based_in",
    "*sitz niederlassung* *domizil ansassig*",
    "siege social domicile* implantation* etablie?s?_en basee?s?_(?:a|en|au|aux)",
    "юридическ* регистраци* резиденци*",
)
# Columns on what makes a transfer lawful, and on kinds of things, hold neither countries nor names.
_MECHANISM = _any_of(
    "safeguard* mechanism* guarantee* adequacy appropriate basis grounds contract* agreement* dpa scc* certif*",
    "garantie* *grundlage* angemessen* vertrag* avv zertifi*",
    "fondement* bases?(?!_(?:a|en|au|aux)) adequation contrat*",
    "основани* гаранти* договор*",
)
_KIND = _any_of("categor* type* kind* kategorie* *kategorien *art *typ type nature категори* тип* вид*")
_NAMED = _any_of("name* *name bezeichnung nom denomination raison_sociale названи* наименовани* имя")
_RECIPIENT = _any_of(
    "processor* subprocessor* recipient* provider* vendor* supplier* third_part* 3rd_part* partner* subcontractor*",
    "contractor* affiliate* subsidiar* receiver* importer*",
    "*auftragsverarbeiter* *auftragnehmer* subunternehme* nachunternehme* *empfanger* *anbieter* *dienstleister*",
    "*importeur* lieferant* dritte dritter *partner *gesellschaften konzerngesellschaft* tochtergesellschaft*",
    "sous_traitant* destinataire* prestataire* fournisseur* hebergeur* importateur* tiers partenaire* filiale*",
    "получател* обработчик* субобработчик* поставщик* подрядчик* субподрядчик* контрагент* проваидер* импортер*",
    "трет*_лиц* партнер* аффилированн*",
)
_COMPANY = _any_of(
    "company companies operator* entity entities organi[sz]ation* firm corporation* business* who",
    "firma firmen *betreiber* unternehmen* gesellschaft organisation* stelle wer",
    "societe* operateur* exploitant* entreprise* organisme* entite* qui",
    "компани* оператор* организаци* лиц* фирм* кто",
)
_PRODUCT = _any_of(
    "service services tool* product* application* software system* platform* solution*",
    "dienst dienste *tool *tools produkt* anwendung* *system *plattform",
    "outil* produit* solution* logiciel*",
    "сервис* инструмент* продукт* приложени* систем*",
)
_FUNCTION = _any_of(
    "function* purpose* description* activit* task* what* why role* reason* scope subject*",
    "services_* *_services service_description",
    "*zweck* *funktion* *aufgabe* tatigkeit* *beschreibung* wofur wozu warum was leistung* *leistungen rolle",
    "finalite* fonction* activite* objet* objectif* but description* role* mission* pourquoi prestation prestations",
    "функци* цел* назначени* описани* деятельност* задач* услуг* роль зачем для_чего предмет*",
)
_USE = _any_of("use* usage processing einsatz* verarbeitung* nutzung* utilisation traitement* обработк*")
_COOKIES = _any_of("*cookie* pixel* local_storage *куки *кук")
_OF_DATA = _any_of(
    "*data *basis legal_* retention expir* duration* lifetime lifespan days storage_period",
    "*daten* *grundlage* *dauer *frist* ablauf* laufzeit*",
    "donnees base_* conservation duree*",
    "данн* основани* срок*",
)
_SPECIFIC, _GENERAL, _LEAST = 0, 1, 3
_OF_KIND = 2
"""The rank of a function that only says of what kind somebody is."""


def columns_of(head: Sequence[str]) -> Columns | None:
    """Of a table whose first row has these cells, None where it is no table of recipients."""
    texts = _texts(head)
    roles: dict[_Role, list[_Reading]] = {role: [] for role in _Role}
    for place, text in enumerate(texts):
        found = _role_of(text)
        if found is not None:
            role, rank = found
            roles[role].append(_Reading(rank, text, place))
    if not roles[_Role.NAME]:
        return None
    name = min(roles[_Role.NAME])
    # What is called "Service" beside a name says what the service is.
    spare = [_Reading(_LEAST, each.text, each.place) for each in roles[_Role.NAME] if each.rank == _LEAST]
    countries = _places(roles[_Role.COUNTRY])
    if not countries and _name_before_place(head[name.place]) is not None:
        countries = (name.place,)
    kinds = [each for each in roles[_Role.FUNCTION] if each.rank == _OF_KIND]
    functions = [each for each in roles[_Role.FUNCTION] if each.rank < _OF_KIND]
    functions += [each for each in spare if each.place != name.place]
    functions = functions or (kinds if countries else [])
    columns = Columns(name.place, min(functions).place if functions else None, countries)
    others = [text for place, text in enumerate(texts) if place not in (columns.function, *columns.countries)]
    return columns if _is_of_recipients(columns, name.rank, texts, others) else None


def two_rows_as_head(first: Sequence[str], second: Sequence[str]) -> Sequence[str] | None:
    """What a table's two first rows say together as its head; None where the second is a row like any other.

    The first may be a title, or have headings that span columns, of which the second then says more; what spans both
    rows is repeated.
    """
    if len({*first} - {""}) == 1:
        found = [] if any(_COOKIES.search(text) for text in _texts(first)) else [second]
    elif "" in first and any(above and above == below for above, below in zip(first, second, strict=True)):
        found = [_joined(first, second), second]
    else:
        found = []
    return next((head for head in found if head != first and columns_of(head) is not None), None)


def _joined(first: Sequence[str], second: Sequence[str]) -> list[str]:
    joined = []
    spanning = ""
    for above, below in zip(first, second, strict=True):
        spanning = above or spanning
        joined.append(below if below == spanning else f"{spanning} {below}")
    return joined


def is_about_others(head: Sequence[str]) -> bool:
    """Whether the table is none of recipients, whomever it names, but one of cookies, data or legal bases."""
    texts = _texts(head)
    return any(_COOKIES.search(text) for text in texts) or any(
        _OF_DATA.search(text) and not (_RECIPIENT.search(text) or _is_place(text)) for text in texts
    )


def unknown_columns(head: Sequence[str]) -> tuple[int, ...]:
    """Those of whose headings it is not known what they mean."""
    known = (_MECHANISM, _ELECTRONIC, _COOKIES, _OF_DATA)
    return tuple(
        place
        for place, text in enumerate(_texts(head))
        if _role_of(text) is None and not any(words.search(text) for words in known)
    )


def _texts(head: Sequence[str]) -> list[str]:
    """Of "Name and address" the name."""
    return [_text(_name_before_place(cell) or cell) if len(cell) <= _LONGEST else "" for cell in head]


def _text(heading: str) -> str:
    return " ".join(words_of(heading))


def _name_before_place(heading: str) -> str | None:
    """The name's part of a heading such as "Name, address" or "Company (country)"; None of any other."""
    name, *others = _BOTH.split(heading)
    roles = [_role_of(_text(part)) for part in (name, *others)]
    is_both = len(others) > 0 and roles[0] is not None and roles[0][0] is _Role.NAME
    return name if is_both and any(role is not None and role[0] is _Role.COUNTRY for role in roles[1:]) else None


def _is_of_recipients(columns: Columns, rank: int, texts: Sequence[str], others: Iterable[str]) -> bool:
    if any(_COOKIES.search(text) for text in texts):
        return False
    if rank == _SPECIFIC:
        return bool(columns.countries) or (
            columns.function is not None and not any(_OF_DATA.search(text) for text in others)
        )
    return bool(columns.countries) and columns.function is not None


def _places(readings: Sequence[_Reading]) -> tuple[int, ...]:
    """Those of the least rank: where the data is before where the company is."""
    least = min((each.rank for each in readings), default=0)
    return tuple(sorted(each.place for each in readings if each.rank == least))


def _role_of(text: str) -> tuple[_Role, int] | None:
    is_named = _NAMED.search(text) is not None
    if _is_place(text):
        return None if is_named or _MECHANISM.search(text) else (_Role.COUNTRY, _rank_of_place(text))
    if _MECHANISM.search(text) and not _RECIPIENT.search(text):
        return None
    if is_named:
        return _Role.NAME, _rank_of_name(text)
    if _FUNCTION.search(text) and not re.search(r"services? (?:provider|supplier)", text):
        return _Role.FUNCTION, 0
    if _KIND.search(text):
        return _Role.FUNCTION, 1 if _USE.search(text) else _OF_KIND
    if _RECIPIENT.search(text) or _COMPANY.search(text) or _PRODUCT.search(text):
        return _Role.NAME, _rank_of_name(text)
    return (_Role.FUNCTION, 1) if _USE.search(text) else None


def _is_place(text: str) -> bool:
    if _PLACE.search(text):
        return True
    if _CENTRE.search(text):
        return not any(other.search(text) for other in (_RECIPIENT, _COMPANY, _PRODUCT, _FUNCTION))
    return _ADDRESS.search(text) is not None and _ELECTRONIC.search(text) is None


def _rank_of_name(text: str) -> int:
    if _RECIPIENT.search(text):
        return _SPECIFIC
    if _PRODUCT.search(text):
        return _LEAST
    return _GENERAL if _COMPANY.search(text) else 2


def _rank_of_place(text: str) -> int:
    if _CENTRE.search(text):
        return 0
    if _SEAT.search(text) or not _PLACE.search(text):
        return 3
    if _OF_PROCESSING.search(text):
        return 0
    return 1 if _COUNTRY.search(text) else 2
