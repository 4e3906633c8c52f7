"""What falls with elements of a map, as the graph finds it: what a plain look at each element again and again finds
(`tests.graph.fall_oracle`), for any map."""

from __future__ import annotations

from hypothesis import event, given
from hypothesis import strategies as st

from graph.data_map import all_elements
from graph.falls import Fall
from graph.model import ElementKind, ElementName, RevisionContent, name_of
from graph.store.database import Database
from graph.store.falls import find_fallen
from graph.store.revisions import draft_revision, load_data_map
from tests.builders import A_DAY, a_category, a_map, a_recipient, a_revision_content
from tests.graph.fall_oracle import fallen
from tests.graphs import wipe
from tests.strategies import of_thirty, valid_maps


@st.composite
def cases(draw: st.DrawFn) -> tuple[RevisionContent, RevisionContent, list[list[ElementName]]]:
    """A map, another one whose keys are alike but not what they say, and what may go from the first."""
    content = draw(valid_maps().filter(lambda each: bool(each.elements.processings and each.elements.disclosures)))
    home = ElementName(ElementKind.COUNTRY, content.elements.controller.country)
    names = [name_of(each) for each in all_elements(content.elements)]
    going = [each for each in names if each.kind is not ElementKind.CONTROLLER and each != home]
    facts = [each for each in going if each.kind in (ElementKind.PROCESSING, ElementKind.DISCLOSURE)]
    some = draw(st.lists(st.sampled_from(going), min_size=1, max_size=4, unique=True))
    nearly_all = draw(st.lists(st.sampled_from(facts), min_size=1, unique=True))
    return content, draw(valid_maps()), [*([each] for each in some), some, nearly_all, facts]


@of_thirty(8)
@given(case=cases())
async def test_it_is_all_that_lacks_what_it_needs(
    migrated: Database, case: tuple[RevisionContent, RevisionContent, list[list[ElementName]]]
) -> None:
    content, other, questions = case
    await wipe(migrated)
    await draft_revision(migrated, content, at=A_DAY)
    await draft_revision(migrated, other, at=A_DAY)
    data_map = await load_data_map(migrated, 1)
    for asked in questions:
        found = await find_fallen(migrated, data_map, asked)
        expected = fallen(data_map, asked)
        assert set(found) - expected == set()
        assert expected - set(found) == set()
        assert {name for name, level in found.items() if level == 0} == set(asked)
        # And each has a reason.
        assert [each.element for each in Fall(data_map, found).falls if not each.because] == []
        for name in set(found) - set(asked):
            event(f"falls: {name.kind.name}")


async def test_a_category_takes_along_its_parts_that_nothing_used(database: Database) -> None:
    categories = (
        a_category("contact"),
        a_category(part_of="contact"),
        a_category("phone", part_of="contact"),
        a_category("mobile", part_of="phone"),
        a_category("other"),
    )
    await draft_revision(database, a_revision_content(elements=a_map(data_categories=categories)), at=A_DAY)
    data_map = await load_data_map(database, 1)
    found = await find_fallen(database, data_map, [ElementName(ElementKind.PROCESSING, "billing-email")])
    because = {each.element.key: [other.key for other in each.because] for each in Fall(data_map, found).falls}
    assert {key: because.get(key) for key in ("contact", "email", "phone", "mobile", "other")} == {
        "contact": ["billing-email"],
        "email": ["billing-email"],
        "phone": ["contact"],
        "mobile": ["phone"],
        "other": None,
    }


async def test_layers_of_recipients_are_no_more_than_their_links(database: Database) -> None:
    """There are 59,049 ways through these."""
    layers = [[f"layer-{layer}-{place}" for place in range(3)] for layer in range(11)]
    steps = zip(layers, [*layers[1:], []], strict=True)
    recipients = [a_recipient(key, engages=tuple(after)) for layer, after in steps for key in layer]
    elements = a_map(recipients=(a_recipient(), *recipients))
    await draft_revision(database, a_revision_content(elements=elements), at=A_DAY)
    data_map = await load_data_map(database, 1)
    first = [ElementName(ElementKind.RECIPIENT, key) for key in layers[0]]
    assert set(await find_fallen(database, data_map, first[:2])) == set(first[:2])
    every = {ElementName(ElementKind.RECIPIENT, each.key) for each in recipients}
    assert set(await find_fallen(database, data_map, first)) == every


async def test_a_level_is_one_statement_however_much_falls(database: Database) -> None:
    await draft_revision(database, a_revision_content(), at=A_DAY)
    data_map = await load_data_map(database, 1)
    ran: list[str] = []
    database.observers.append(ran.append)
    # With the billing falls the mailer, and it is asked whom that one takes along.
    for kind, key, statements in ((ElementKind.SERVICE, "billing", 7), (ElementKind.RECIPIENT, "mailer", 6)):
        ran.clear()
        await find_fallen(database, data_map, [ElementName(kind, key)])
        assert len(ran) == statements
