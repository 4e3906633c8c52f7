"""Times as they are given: one form, any zone, and shown in UTC."""

from __future__ import annotations

import pytest

from tests.server.api import Api

ASK = "query ($at: DateTime) { me(asOf: $at) { revision { number } } }"
REFUSED = "A DateTime is a date, T, a time and its zone, as in RFC 3339: 2018-11-12T00:00:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "2018-W46-1T00:00Z",
        "2018-W46-1T00:00:00Z",
        "2018-316T00:00:00Z",
        "20181112T000000Z",
        "2018-11-12",
        "2018-11-12T00:00:00",
        "2018-11-12T00:00Z",
        "2018-11-12 00:00:00Z",
        "2018-11-12T24:00:00Z",
        "2018-11-31T00:00:00Z",
        "2018-11-12T00:00:00+03",
        "2018-11-12T00:00:00+25:00",
        "2018-11-12T00:00:00,5Z",
        "2018-11-12T00:00:00Z\n",
        "\u0662018-11-12T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        1542000000,
    ],
)
async def test_a_time_in_another_form_is_refused(reader: Api, text: object) -> None:
    answer = await reader.ask(ASK, {"at": text}, reader.subject("example-buyer"))
    assert answer.codes == ["INVALID_DOCUMENT"]
    assert REFUSED in answer.messages[0]


@pytest.mark.parametrize("text", ["2020-01-01T00:00:00Z", "2020-01-01T03:00:00.5+03:00", "2020-01-01T00:00:00-11:30"])
async def test_a_time_in_any_zone_is_taken(reader: Api, text: str) -> None:
    answer = await reader.ask(ASK, {"at": text}, reader.subject("example-buyer"))
    assert answer.data["me"]["revision"]["number"] == 1


async def test_a_time_that_is_called_utc_is_utc(reader: Api) -> None:
    answer = await reader.ask(ASK, {"at": "2031-01-01T05:00:00+14:00"}, reader.subject("example-buyer"))
    assert answer.codes == ["INVALID_TIME"]
    assert "`asOf` 2030-12-31 15:00 UTC lies in the future" in answer.messages[0]
