"""The places of a touch, put together as people read them."""

from __future__ import annotations

from graph.changes import EVERYONE, Place, Touch
from graph.impact.groups import groups_of
from tests.graph.impact.estate import ESTATE, SITE_CONTACT, altered, of, removed

OLD, NEW = of(ESTATE), of(ESTATE, 2)


def grouped(*places: Place) -> list[tuple[str, str]]:
    groups = groups_of(Touch(places=frozenset(places)), OLD, NEW)
    return [
        (" ".join(each.key for each in group.services), " ".join(each.key for each in group.categories))
        for group in groups
    ]


def test_parts_go_with_their_wholes() -> None:
    assert grouped(*SITE_CONTACT) == [("site", "contact")]
    assert grouped(Place("shop", "email"), Place("site", "logs")) == [("site", "logs"), ("shop", "email")]


def test_services_with_the_same_categories_stand_together_in_the_order_of_the_map() -> None:
    places = [Place(service, "logs") for service in ("desk", "attic", "shop")]
    assert grouped(*places, Place("desk", "email")) == [("shop attic", "logs"), ("desk", "email logs")]


def test_any_category() -> None:
    assert grouped(Place("site"), Place("shop"), Place("desk", "logs")) == [("site", ""), ("desk", "logs")]


def test_who_is_everyone_is_in_no_group() -> None:
    assert groups_of(EVERYONE, OLD, NEW) == ()


def test_what_is_gone_is_of_the_older_revision() -> None:
    renamed = altered("services", "site", elements=removed("services", "attic"), name="The site")
    (group,) = groups_of(Touch(places=frozenset({Place("site", "logs"), Place("attic", "logs")})), OLD, of(renamed, 2))
    assert [(each.key, each.name) for each in group.services] == [("site", "The site"), ("attic", "Attic")]
