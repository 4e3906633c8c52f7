"""The sentences of a language: as they are said, and every mistake in a file of them at its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from enum import StrEnum
from typing import get_args, get_type_hints

import pytest

from graph.links import LINKS
from graph.map_file.shape import kinds
from graph.model import Channel, MapElement
from graph.notice_content.model import ItemKind
from server.notify.catalogue import Catalogue, Sentence, check_sentences, read_sentences
from server.notify.item_changes import FLAGS, WORDS
from server.notify.stationery import REFERENCE, SENTENCES, SHIPPED

LANGUAGES = ("de", "en", "ru")
OF_STAFF = {"key", "note", "owner", "clauses"}
REFERENCE_TEXT = """
greeting: Hello, {name}, from {place}
more:
  one: "{what} and {count} more"
  other: "{what} and {count} more of them"
end: Goodbye
"""


def sentences(text: str, file: str = "own.yaml") -> dict[str, Sentence]:
    found, problems = read_sentences(text, file)
    assert problems == []
    return found


def problems(text: str) -> list[str]:
    """What is said of a file, without its name."""
    found, wrong = read_sentences(text, "own.yaml")
    wrong += check_sentences(found, sentences(REFERENCE_TEXT, "reference.yaml"))
    return [str(each).removeprefix("own.yaml:") for each in wrong]


def catalogue(language: str, *texts: str) -> Catalogue:
    return Catalogue(language, [sentences(text) for text in texts])


def shipped(language: str) -> dict[str, Sentence]:
    return sentences((SHIPPED / language / SENTENCES).read_text("utf-8"))


# ---- saying ----------------------------------------------------------------------------------------------------------


def test_values_are_put_where_their_names_stand() -> None:
    said = catalogue("en", REFERENCE_TEXT)
    assert said.say("greeting", name="Ann {place}", place="Rome") == "Hello, Ann {place}, from Rome"
    assert said.say("end", name="nobody") == "Goodbye"


def test_a_sentence_of_a_number_has_the_forms_that_its_language_has() -> None:
    text = 'more: {one: "{count} письмо", few: "{count} письма", many: "{count} писем", other: "{count} письма"}'
    russian = catalogue("ru", text)
    assert [russian.say("more", count=count) for count in (1, 2, 5, 11, 21)] == [
        *("1 письмо", "2 письма", "5 писем", "11 писем", "21 письмо")
    ]
    # A form that is not written is the one for the rest.
    assert catalogue("ru", "more: {other: 'ещё {count}'}").say("more", count=1) == "ещё 1"


def test_of_several_files_the_first_that_has_a_sentence_says_it() -> None:
    said = catalogue("de-AT", "end: Servus", "end: Tschüss\ngreeting: Hallo, {name}", REFERENCE_TEXT)
    assert said.say("end") == "Servus"
    assert said.say("greeting", name="Eva") == "Hallo, Eva"
    assert said.say("more", what="this", count=1) == "this and 1 more"


@pytest.mark.parametrize(("name", "values"), [("nothing", {}), ("greeting", {"name": "Ann"})])
def test_what_is_not_there_cannot_be_said(name: str, values: Mapping[str, str]) -> None:
    with pytest.raises(KeyError):
        catalogue("en", REFERENCE_TEXT).say(name, **values)


# ---- mistakes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "0: there are no sentences in the file: delete it, or write some"),
        ("- a\n- b", "1: this is no mapping: write 'name: sentence' on each line"),
        ("end: [a]", "1: this is no sentence: write a text in its place"),
        ("\nend: ''", "2: this is no sentence: write a text in its place"),
        ("end: Bye {Name}", "1: a brace that belongs to no value: write values as {name}, in lower case, and no other"
         " braces"),
        ("end: Bye }", "1: a brace that belongs to no value: write values as {name}, in lower case, and no other"
         " braces"),
        ("more:\n  one: '{what}'", "2: the plural form 'other' is missing: add it, for the rest"),
        ("end: Bye\ngreting: Hi", "2: nothing says 'greting': did you mean 'greeting'?"),
        ("completely.different: x", "1: nothing says 'completely.different': delete it"),
        ("greeting: Hi {nmae}", "1: 'greeting' has no value {nmae}: it has {name}, {place}"),
        ("end: Bye {name}", "1: 'end' has no value {name}: it has no values"),
        ("end: {one: Bye, other: Byes}", "1: 'end' is not said of a number: write one text in the place of plural"
         " forms"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_the_way_out(text: str, said: str) -> None:
    assert problems(text) == [said]


def test_all_mistakes_are_told_at_once() -> None:
    assert [each.partition(": ")[0] for each in problems("end: '{'\ngreeting: '{x}'\nnone: x")] == ["1", "2", "3"]


def test_yaml_that_cannot_be_read_is_told_with_its_line() -> None:
    assert problems("end: 'Bye\n") == ["1: a quoted text is never closed: close it with the same quote"]


# ---- what is shipped -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_sentences_with_the_same_values(language: str) -> None:
    reference, own = shipped(REFERENCE), shipped(language)
    assert list(check_sentences(own, reference)) == []
    assert reference.keys() - own.keys() == set()
    # What every reader needs to know is in every language: a title without its date would be a mistake.
    assert [name for name in reference if own[name].values != reference[name].values] == []


def test_these_are_the_languages() -> None:
    assert tuple(sorted(each.name for each in SHIPPED.iterdir() if each.is_dir())) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_of_a_number_has_every_form_of_its_language(language: str) -> None:
    said = Catalogue(language, [shipped(language)])
    # Integers alone: other forms are for fractions.
    needed = {said.locale.plural_form(count) for count in range(200)}
    of_numbers = [each for each in shipped(language).values() if len(each.forms) > 1]
    assert len(of_numbers) == 3
    assert [each.name for each in of_numbers if not needed <= each.forms.keys()] == []


@pytest.mark.parametrize("kind", ItemKind)
def test_there_is_a_heading_and_a_short_name_for_every_kind_of_change(kind: ItemKind) -> None:
    names = shipped(REFERENCE)
    assert f"heading.{kind.value}" in names
    assert f"what.{kind.value}" in names


def enumerations() -> Iterator[tuple[str, StrEnum]]:
    """Every word that an element of the map may have for one of these attributes."""
    for kind in kinds():
        for name, hint in get_type_hints(kind.element).items():
            for each in (hint, *get_args(hint)):
                if name in WORDS and isinstance(each, type) and issubclass(each, StrEnum):
                    yield from ((name, word) for word in each)
    yield from (("notice_channels", each) for each in Channel)


def test_there_is_a_word_for_every_word_of_the_map() -> None:
    names = shipped(REFERENCE)
    words = {f"word.{attribute}.{word.value}" for attribute, word in enumerations()}
    words |= {f"word.flag.{value}" for value in ("true", "false")}
    assert words == {name for name in names if name.startswith("word.")}


def test_every_attribute_with_words_is_worded() -> None:
    with_words = {name for kind in kinds() for name, hint in get_type_hints(kind.element).items() if _has_words(hint)}
    assert with_words - {"notice_channels"} == WORDS
    assert {field.name for kind in kinds() for field in fields(kind.element) if field.type == "bool"} == FLAGS


def _has_words(hint: object) -> bool:
    return any(isinstance(each, type) and issubclass(each, StrEnum) for each in (hint, *get_args(hint)))


@pytest.mark.parametrize("element", [kind.element for kind in kinds()], ids=lambda element: element.__name__)
def test_there_is_a_label_for_everything_that_may_change_of_an_element(element: type[MapElement]) -> None:
    names = shipped(REFERENCE)
    links = LINKS.get(element.__name__, {})
    # A rule's exceptions are told as its own, in words.
    told = {
        name if element.__name__ == "RetentionRule" else links[name].type if name in links else name
        for name in get_type_hints(element).keys() - OF_STAFF
    }
    assert {each for each in told if f"attribute.{each}" not in names} == set()
