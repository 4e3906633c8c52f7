"""Nobody receives a row, a count, a timing class or an error text that tells of another: 10,000 attempts at it.

A service changes nothing that is another's, whatever it sends, in the same attempts.
"""

from __future__ import annotations

from hypothesis import settings

from tests.isolation.people import Attacker
from tests.isolation.search import search
from tests.isolation.trial import SOCKETS_ARE_DROPPED, Trial

pytestmark = SOCKETS_ARE_DROPPED

ATTEMPTS = 10_000
ATTEMPTS_A_CASE = 250
ATTACKERS = (Attacker.PERSON, Attacker.PERSON, Attacker.SERVICE, Attacker.NOBODY)


async def test_what_one_receives_does_not_depend_on_others(trial: Trial) -> None:
    assert settings.default is not None
    more = settings.default.max_examples // 30  # with --hypothesis-profile=long
    number = ATTEMPTS // ATTEMPTS_A_CASE * more
    assert await search(trial, ATTACKERS, number=number, attempts=ATTEMPTS_A_CASE) == ATTEMPTS * more
