from __future__ import annotations

import pytest

from server.feeds.parameters import revision_number
from server.gate.refusals import Refusal


@pytest.mark.parametrize(("address", "number"), [("1", 1), ("007", 7), ("2147483648", 2147483648)])
def test_a_number_in_an_address(address: str, number: int) -> None:
    assert revision_number(address) == number


@pytest.mark.parametrize("address", ["12345678901", "", "-1", "²", "٣", "1 "])
def test_what_can_be_no_number_is_refused(address: str) -> None:
    with pytest.raises(Refusal):
        revision_number(address)
