"""What a question about paths may ask, and how a path is told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from graph.data_map import DataMap
from graph.errors import InvalidInput, NotFound
from graph.model import ElementKind, ElementName
from graph.paths import ENDS_AT_MOST, Hop, Path, PathQuestion, hops, in_order, question
from tests.builders import a_map, a_policy, a_recipient, a_revision

DATA_MAP = DataMap(a_revision(), a_policy(), a_map(recipients=(a_recipient(engages=("host",)), a_recipient("host"))))

SOURCE = ElementName(ElementKind.SOURCE, "the-person")
SERVICE = ElementName(ElementKind.SERVICE, "billing")
CATEGORY = ElementName(ElementKind.DATA_CATEGORY, "email")
MAILER = ElementName(ElementKind.RECIPIENT, "mailer")
HOST = ElementName(ElementKind.RECIPIENT, "host")
COUNTRY = ElementName(ElementKind.COUNTRY, "CY")
PURPOSE = ElementName(ElementKind.PURPOSE, "delivery")

PROCESSING = ElementName(ElementKind.PROCESSING, "billing-email")
DISCLOSURE = ElementName(ElementKind.DISCLOSURE, "email-to-mailer")

COURSE = [SOURCE, SERVICE, CATEGORY, MAILER, COUNTRY]


class TestQuestions:
    def test_a_path_leads_from_any_of_its_kinds_to_any_later_one(self) -> None:
        led = set()
        for begin in COURSE:
            for end in COURSE:
                try:
                    question(DATA_MAP, [begin], [end])
                except InvalidInput:
                    continue
                led.add((COURSE.index(begin), COURSE.index(end)))
        onward = {(one, other) for one in range(5) for other in range(5) if one < other}
        assert led == onward | {(3, 3)}

    def test_each_element_counts_once_and_one_that_leads_is_enough(self) -> None:
        asked = question(DATA_MAP, [CATEGORY, MAILER, CATEGORY], [SERVICE, HOST])
        assert asked == PathQuestion((CATEGORY, MAILER), (SERVICE, HOST))
        assert question(DATA_MAP, None, None) == PathQuestion(None, None)

    @pytest.mark.parametrize(
        ("begins", "ends", "said"),
        [
            ([], None, f"`from` has 0 elements: name 1 to {ENDS_AT_MOST}, or leave it out for anywhere"),
            (None, [COUNTRY] * 201, f"`to` has 201 elements: name 1 to {ENDS_AT_MOST}, or leave it out for anywhere"),
            (
                [PURPOSE],
                None,
                "`from` has a PURPOSE, where no path begins: name one of the kinds SOURCE, SERVICE, DATA_CATEGORY, "
                "RECIPIENT",
            ),
            (
                None,
                [CATEGORY, SOURCE],
                "`to` has a SOURCE, where no path ends: name one of the kinds SERVICE, DATA_CATEGORY, RECIPIENT, "
                "COUNTRY",
            ),
            (
                [CATEGORY, MAILER],
                [SERVICE],
                "No path leads from DATA_CATEGORY or RECIPIENT to SERVICE: paths go source → service → category → "
                "recipient → country; begin further to the left in this, or end further to the right",
            ),
        ],
    )
    def test_what_no_path_can_answer_is_refused(
        self, begins: Sequence[ElementName] | None, ends: Sequence[ElementName] | None, said: str
    ) -> None:
        with pytest.raises(InvalidInput) as refusal:
            question(DATA_MAP, begins, ends)
        assert refusal.value.message == said

    def test_what_the_map_does_not_have_is_not_found(self) -> None:
        with pytest.raises(NotFound, match=r"^Revision 1 has no data category 'emial': did you mean 'email'\?$"):
            question(DATA_MAP, [ElementName(ElementKind.DATA_CATEGORY, "emial")], None)


class TestHops:
    def test_each_names_what_it_passes_and_the_facts_that_make_it(self) -> None:
        whole = Path(
            "the-person", "billing", "email", ("mailer", "host"), "CY", ("billing-email",), ("email-to-mailer",)
        )
        assert list(hops(whole)) == [
            Hop(SOURCE),
            Hop(SERVICE, (PROCESSING,)),
            Hop(CATEGORY, (PROCESSING,)),
            Hop(MAILER, (DISCLOSURE,)),
            Hop(HOST),
            Hop(COUNTRY),
        ]

    def test_a_path_from_a_service_passes_on_what_is_disclosed(self) -> None:
        path = Path(None, "billing", "email", ("mailer",), None, (), ("email-to-mailer",))
        assert list(hops(path)) == [Hop(SERVICE), Hop(CATEGORY, (DISCLOSURE,)), Hop(MAILER, (DISCLOSURE,))]

    def test_it_begins_and_ends_where_it_was_asked_to(self) -> None:
        intake = Path(None, "billing", "email", (), None, ("billing-email",))
        assert list(hops(intake)) == [Hop(SERVICE), Hop(CATEGORY, (PROCESSING,))]
        assert list(hops(Path(None, None, None, ("mailer",), "CY"))) == [Hop(MAILER), Hop(COUNTRY)]

    def test_paths_stand_in_the_order_of_the_map(self) -> None:
        first, second = Path(None, None, "email", ("mailer",), "CY"), Path(None, None, "email", ("host",), "CY")
        longer = Path(None, None, "email", ("mailer", "host"), None)
        assert in_order(DATA_MAP, [second, longer, first]) == [first, longer, second]
