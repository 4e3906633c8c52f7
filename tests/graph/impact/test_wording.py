"""What a change of words may be taken for: nothing, a corrected misspelling, or what decides what is promised."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.clauses import read_policy
from graph.data_map import DataMap
from graph.impact.wording import Wording, Wordings
from graph.model import Clause
from tests.builders import a_controller, a_country, a_map, a_recipient, a_revision, a_service

MAP = a_map(
    controller=a_controller(name="Acme Ltd"),
    services=(a_service(name="Parcel desk"),),
    recipients=(a_recipient(name="Brieftaube GmbH"),),
    countries=(a_country(name="Zypern"),),
)
# As much as is said elsewhere in both texts.
REST = "The datas that we receive are kept. Die Einwilligung gilt."


def judged(old: str, new: str, language: str = "en") -> Wording:
    (before, of_old), (after, of_new) = (_written(text, language) for text in (old, new))
    return Wordings(before, after).of_clauses(of_old, of_new)


def _written(text: str, language: str) -> tuple[DataMap, Clause]:
    policy = read_policy(f"{REST}\n\n{text}\n").policy
    return DataMap(replace(a_revision(), language=language), policy, MAP), policy.clauses[1]


SAME = [
    ("We keep  it.", "We\nkeep it."),
    ("We don't say “it”.", 'We don’t say "it".'),
    ("# What we KEEP", "# What we keep"),
    ("# 4.2 Disclosure", "# 4.3 Disclosure"),
    ("# A. Disclosure", "# B. Disclosure"),
    ("- a. it is disclosed", "- b. it is disclosed"),
    ("See [here](https://a.example).", "See [here](https://b.example)."),
    ("- We keep it;", "We keep it."),
    ("- ✔\ufe0f It is kept", "- ✓ It is kept"),
    ("- ✖ It is kept", "- ✗ It is kept"),
]
SPELLING = [
    ("Please read it carefuly.", "Please read it carefully.", "en"),
    ("Recieve it there.", "Receive it there.", "en"),
    ("# What we recieve", "# What we receive", "en"),
    ("We recieve the adress of the user.", "We receive the address of the user.", "en"),
    ("The organisation does it.", "The organization does it.", "en"),
    ("Wir bitten um eine Einwiligung der Nutzer.", "Wir bitten um eine Einwilligung der Nutzer.", "de"),
    ("Le traitment est décrit ici.", "Le traitement est décrit ici.", "fr-CA"),
]
OTHER = [
    # Each of these is a word of the dictionary, one or two letters from the other.
    ("It is done by contract with the user.", "It is done by contact with the user.", "en"),
    ("The data is collected there.", "The data is corrected there.", "en"),
    ("It goes to the country of the user.", "It goes to the county of the user.", "en"),
    # Not nearly the same, or not by one word for one.
    ("We keep the wrogn letters.", "We keep the lost letters.", "en"),
    ("We keep the letters carefuly.", "We keep the letters very carefully.", "en"),
    # The first letter makes another word of many.
    ("We keep the fetters of users.", "We keep the letters of users.", "en"),
    ("We keep the detters of users.", "We keep the letters of users.", "en"),
    # A misspelling comes in, or stands elsewhere too and so is meant.
    ("Please read it carefully.", "Please read it carefuly.", "en"),
    ("We hold datas of users.", "We hold dates of users.", "en"),
    ("Please read our text.", "Please read this text.", "en"),
    # A capital is not another name.
    ("We keep your Personal Data.", "We keep your personal data.", "en"),
    # A word that is written like a country's name elsewhere, and the words of one letter.
    ("It lies on an island there.", "It lies on a place there.", "en"),
    ("We send a letter to you.", "We send our letter to you.", "en"),
    ("Для того случая.", "Для этого случая.", "ru"),
    ("Мы храним и собираем данные.", "Мы обрабатываем данные.", "ru"),
    # At the beginning of a sentence every word has one, and German nouns always.
    ("Where people or users go. People come.", "Where people or users go. Users come.", "en"),
    ("# Letters to people of ours", "# Letters to people of others", "en"),
    ("Wir speichern die Adresse dort.", "Wir speichern die Anschrift dort.", "de"),
    ("L'adresse est là.", "L'identité est là.", "fr"),
    ("Мы храним данные.", "Мы собираем данные.", "ru"),
]
QUALIFIED = [
    ("We keep it for 6 months.", "We keep it for 9 months.", "en"),
    ("We keep it for six months.", "We keep it for nine months.", "en"),
    ("We keep it for 6 months.", "We keep it for 6 years.", "en"),
    ("We share it with hundreds of partners.", "We share it with thousands of partners.", "en"),
    ("We ask a dozen of them.", "We ask some of them.", "en"),
    ("It grows twofold.", "It grows tenfold.", "en"),
    ("As part ii says.", "As part iii says.", "en"),
    ("We do so each fortnight.", "We do so each summer.", "en"),
    ("We do so at noon.", "We do so at midnight.", "en"),
    ("We prohibit that.", "We allow that.", "en"),
    ("We refrain from that.", "We benefit from that.", "en"),
    ("Es geht an Hunderte weiter.", "Es geht an Tausende weiter.", "de"),
    ("Nous le donnons à des milliers de gens.", "Nous le donnons à des centaines de gens.", "fr"),
    ("Мы передаём это сотням партнёров.", "Мы передаём это десяткам партнёров.", "ru"),
    ("It holds from 1 May.", "It holds from 1 June.", "en"),
    ("It holds from 12.11.2018.", "It holds from 12.11.2019.", "en"),
    ("We take 5 % of it.", "We take 5 ‰ of it.", "en"),
    ("We share it.", "We never share it.", "en"),
    ("We do not sell, but may share it.", "We may sell, but do not share it.", "en"),
    ("We don't share it.", "We do share it.", "en"),
    ("It is lawful to do so.", "It is unlawful to do so.", "en"),
    ("We use it on opt-in.", "We use it on opt-out.", "en"),
    ("Opt-in applies here.", "Opt-out applies here.", "en"),
    ("You may opt in to this mail.", "You may opt out of this mail.", "en"),
    ("We will opt you in.", "We will opt you out.", "en"),
    ("Users are opted in.", "Users are opted out.", "en"),
    ("We may ask you.", "We must ask you.", "en"),
    ("We use it only there.", "We use it there.", "en"),
    ("We use it without consent.", "We use it with consent.", "en"),
    ("We send it to Google there.", "We send it to Yandex there.", "en"),
    ("We send it to the EU there.", "We send it to the UK there.", "en"),
    ("It goes to us alone.", "It goes to US alone.", "en"),
    ("# Letters by brieftaube", "# Letters by horse", "en"),
    ("Write to privacy@a.example there.", "Write to privacy@b.example there.", "en"),
    ("Wir geben es nicht weiter.", "Wir geben es gern weiter.", "de"),
    ("Wir dürfen es nutzen.", "Wir müssen es nutzen.", "de"),
    ("Es geht nach Zypern weiter.", "Es geht nach Asien weiter.", "de"),
    ("Nous ne le vendons pas.", "Nous le vendons.", "fr"),
    ("Nous pouvons le garder.", "Nous devons le garder.", "fr"),
    ("Мы храним это.", "Мы не храним это.", "ru"),
    ("Мы можем передать это.", "Мы обязаны передать это.", "ru"),
    ("Это законно здесь.", "Это незаконно здесь.", "ru"),
    ("Это хранится шесть месяцев.", "Это хранится девять месяцев.", "ru"),
    ("Это хранится месяц.", "Это хранится год.", "ru"),
    # Names that are in no map, where every word has a capital or none has one.
    ("Germany hosts it.", "Russia hosts it.", "en"),
    ("Yandex gets it.", "Mailchimp gets it.", "en"),
    ("# Letters by Yandex", "# Letters by Mailchimp", "en"),
    # Which one would take for misspelt.
    ("Vimeo shows it.", "Video shows it.", "en"),
    ("Lyft drives it.", "Lift drives it.", "en"),
    ("# Shared with Vimeo", "# Shared with video", "en"),
    ("# Shared with grammarly", "# Shared with grammar", "en"),
    ("Es geht an Telegram weiter.", "Es geht an Telegramm weiter.", "de"),
    ("Wir nutzen Vimeo.", "Wir nutzen Video.", "de"),
    ("Herr Schmit haftet.", "Herr Schmidt haftet.", "de"),
    # And that are in a dictionary.
    ("Google may receive it.", "Facebook may receive it.", "en"),
    ("John may receive it.", "Mary may receive it.", "en"),
    ("# Letters by Google", "# Letters by Facebook", "en"),
    ("Oracle le reçoit.", "Zoom le reçoit.", "fr"),
    ("Es geht an Google weiter.", "Es geht an Facebook weiter.", "de"),
    ("# Letters in Germany", "# Letters in Russia", "en"),
    ("We leave it to iCloud there.", "We leave it to the neighbour there.", "en"),
    ("Es geht an Mailchimp weiter.", "Es geht an Hubspot weiter.", "de"),
    ("Es liegt in Frankreich.", "Es liegt in Russland.", "de"),
    ("A. Smith is responsible.", "B. Smith is responsible.", "en"),
    # In small letters too, where nothing else is called so.
    ("It is hosted in germany by us.", "It is hosted in france by us.", "en"),
    ("es liegt in deutschland bei uns.", "es liegt bei uns.", "de"),
    ("We use google for that.", "We use our own for that.", "en"),
    ("We use mailchimp for that.", "We use our own for that.", "en"),
    ("Nous passons par hubspot ici.", "Nous passons par nous ici.", "fr"),
    ("Мы используем mailchimp здесь.", "Мы используем данные здесь.", "ru"),
    ("It is at zypern now.", "It is at home now.", "en"),
    # The letter of a point of law, or a cross.
    ("It rests on Art. 6(1)(a) of it.", "It rests on Art. 6(1)(f) of it.", "en"),
    ("It rests on point (i) of it.", "It rests on point (ii) of it.", "en"),
    ("Es beruht auf Art. 6 Abs. 1 lit. a davon.", "Es beruht auf Art. 6 Abs. 1 lit. f davon.", "de"),
    ("Cela repose sur le point a) ici.", "Cela repose sur le point y) ici.", "fr"),
    ("Это по п. а ч. 1 закона.", "Это по п. в ч. 1 закона.", "ru"),
    ("Это по подпункту «а» закона.", "Это по подпункту «в» закона.", "ru"),
    ("Our logs: x", "Our logs: -", "en"),
    # What says yes or no without a word of it, or in a careless one.
    ("Our logs ✓", "Our logs ✗", "en"),
    ("Our logs ☑", "Our logs ☐", "en"),
    ("Our logs ✅", "Our logs", "en"),
    ("Our logs +", "Our logs -", "en"),
    ("Logs: yes", "Logs: so", "en"),
    ("Logs: ja", "Logs: so", "de"),
    ("We dont sell it.", "We do sell it.", "en"),
    ("We do n't sell it.", "We do sell it.", "en"),
    ("They dont sell it.", "They done sell it.", "en"),
    ("Nous n'avons rien.", "Nous avons rien.", "fr"),
    ("Jusqu'au bout de cela.", "Au bout de cela.", "fr"),
    # What looks like the number of a clause.
    ("- 1.000 Euro pro Fall", "- 5.000 Euro pro Fall", "de"),
    ("- 1.000 Kunden im Jahr", "- 5.000 Kunden im Jahr", "de"),
    ("- 2.5 Euro pro Fall", "- 3.5 Euro pro Fall", "de"),
    ("- 01.05.18 Erste Fassung", "- 25.05.18 Erste Fassung", "de"),
    ("- 01.05.2018 Erste Fassung", "- 01.05.2019 Erste Fassung", "de"),
    ("- 01.05. Erste Fassung", "- 02.05. Erste Fassung", "de"),
    ("# 18 Plus", "# 16 Plus", "en"),
    ("25\\. May 2018 First text", "26\\. May 2018 First text", "en"),
    ("1\\. October: First text", "2\\. October: First text", "en"),
    ("1\\. janvier", "2\\. janvier", "fr"),
    ("1\\. мая", "2\\. мая", "ru"),
    ("2.5 Mio. Euro", "3.5 Mio. Euro", "de"),
    ("2.5 Gigabytes of it", "3.5 Gigabytes of it", "en"),
    ("2.5 Promille", "1.5 Promille", "de"),
    ("16\\. Lebensjahr vollendet", "18\\. Lebensjahr vollendet", "de"),
    ("# 16. Lebensjahr", "# 18. Lebensjahr", "de"),
    ("2\\. Users", "3\\. Users", "en"),
    ("- 3) Disclosure", "- 4) Disclosure", "en"),
    ("2.1 Users of ours", "3.1 Users of ours", "en"),
    ("| 6. | Name |\n|---|---|", "| 12. | Name |\n|---|---|", "en"),
    ("Users of ours", "2\\. Users of ours", "en"),
    ("It ends on the fifth working day.", "It ends on the tenth working day.", "en"),
    ("Es endet am dritten danach.", "Es endet am vierten danach.", "de"),
    ("C'est le troisième.", "C'est le cinquième.", "fr"),
    ("Это третий раз.", "Это пятый раз.", "ru"),
    ("It is at 5 °C there.", "It is at -5 °C there.", "en"),
    ("It is > 5 there.", "It is < 5 there.", "en"),
    ("It is ≥ 5 there.", "It is ≤ 5 there.", "en"),
    # Of a language without a table every word may decide, whether there is a dictionary of it or not.
    ("Vi delar det.", "Vi säljer det.", "sv"),
    ("Vi läser den noggrannt.", "Vi läser den noggrant.", "sv"),
    ("Wij delen het.", "Wij verkopen het.", "nl"),
    ("Nie sprzedajemy danych.", "Sprzedajemy danych.", "pl"),
]


@pytest.mark.parametrize(("old", "new"), SAME)
def test_no_word_changes(old: str, new: str) -> None:
    assert judged(old, new) is Wording.SAME


@pytest.mark.parametrize(("old", "new", "language"), SPELLING)
def test_a_misspelling_is_corrected(old: str, new: str, language: str) -> None:
    assert judged(old, new, language) is Wording.SPELLING


@pytest.mark.parametrize(("old", "new", "language"), OTHER)
def test_another_word_is_no_correction(old: str, new: str, language: str) -> None:
    assert judged(old, new, language) is Wording.OTHER


@pytest.mark.parametrize(("old", "new", "language"), QUALIFIED)
def test_a_word_that_decides_is_never_passed_over(old: str, new: str, language: str) -> None:
    assert judged(old, new, language) is Wording.QUALIFIED
    assert judged(new, old, language) is Wording.QUALIFIED


HEADS = ("who", "what for", "with names")


def in_table(*rows: tuple[str, ...]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]])


@pytest.mark.parametrize(
    ("old", "new", "wording"),
    [
        (in_table(HEADS, ("it", "counting", "-")), in_table(HEADS, ("it", "-", "counting")), Wording.QUALIFIED),
        (in_table(HEADS, ("it", "counting", "")), in_table(HEADS, ("it", "", "counting")), Wording.QUALIFIED),
        (in_table(HEADS, ("it", "big count", "")), in_table(HEADS, ("it", "big", "count")), Wording.QUALIFIED),
        (in_table(HEADS, ("it", "counting", "so")), in_table(HEADS, ("it", "so", "thing")), Wording.QUALIFIED),
        (in_table(HEADS), in_table(("who", "with names", "what for")), Wording.QUALIFIED),
        # The same column, by its head or by its place.
        (
            in_table(HEADS, ("it", "counting", "so")),
            in_table(("who", "in", *HEADS[1:]), ("it", "", "counting", "so")),
            Wording.SAME,
        ),
        (in_table(HEADS, ("it", "counting", "so")), in_table(("a", "b", "c"), ("it", "counting", "so")), Wording.SAME),
        (in_table(HEADS, ("it", "so", "")), in_table(HEADS[:2], ("it", "so")), Wording.SAME),
        (in_table(HEADS, ("it", "so", "")), "- it so", Wording.SAME),
    ],
)
def test_a_value_belongs_to_its_column(old: str, new: str, wording: Wording) -> None:
    before, after = (_written(text, "en")[0] for text in (old, new))
    of_old, of_new = before.policy.clauses[-1], after.policy.clauses[-1]
    assert Wordings(before, after).of_clauses(of_old, of_new) is wording
    assert Wordings(after, before).of_clauses(of_new, of_old) is wording


@given(
    st.integers(1, 99),
    st.integers(1, 99),
    st.sampled_from(["{}\\. ", "{}\\) ", "({}) ", "{}.5 ", "{}.5.1 ", "| {}. | ", "{}\\. a) "]),
    st.sampled_from(["Users of ours", "users of ours", "Mio. Euro", "Quartal", "May 2018", "мая", "%", "Days"]),
)
def test_another_number_at_the_beginning_is_never_passed_over(one: int, other: int, form: str, text: str) -> None:
    old, new = (form.format(each) + text + (" |\n|---|---|" if form[0] == "|" else "") for each in (one, other))
    assert judged(old, new) is (Wording.SAME if one == other else Wording.QUALIFIED)


def test_a_number_that_only_counts_is_no_other_text() -> None:
    (before, first), (after, second) = (
        _written(text, "en") for text in ("1\\. Users of ours\n\n2\\. Users of others", "2\\. Users of ours")
    )
    assert Wordings(before, after).of_clauses(first, second) is Wording.SAME
    assert Wordings(after, before).of_clauses(second, first) is Wording.SAME


def test_a_policy_in_another_language_has_no_dictionary() -> None:
    (before, of_old), (after, of_new) = _written("We read carefuly.", "en"), _written("We read carefully.", "de")
    assert Wordings(before, after).of_clauses(of_old, of_new) is Wording.OTHER


@pytest.mark.parametrize(
    ("old", "new", "wording"),
    [
        ("Sent  carefully", "Sent carefully.", Wording.SAME),
        ("Sent carefuly", "Sent carefully", Wording.SPELLING),
        ("All the datas of users", "All the dates of users", Wording.OTHER),
        (None, "Sent carefully", Wording.OTHER),
        ("Sent at once", None, Wording.QUALIFIED),
    ],
)
def test_texts_of_elements_are_judged_alike(old: str | None, new: str | None, wording: Wording) -> None:
    before, after = _written("x", "en")[0], _written("y", "en")[0]
    assert Wordings(before, after).of_texts(old, new) is wording
