"""The search for leaks: generated cases, until one gives something away."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from hypothesis import Phase, event, given, settings

from tests.isolation.people import Attacker, Case, cases
from tests.isolation.trial import Leak, Trial


class Found(Exception):
    """Attempts of one case gave something away."""

    def __init__(self, leaks: Sequence[Leak]) -> None:
        super().__init__("\n\n".join(map(str, leaks[:3])))
        self.leaks = leaks


async def search(trial: Trial, attackers: Sequence[Attacker], *, number: int, attempts: int) -> int:
    """How many attempts were made, in `number` cases of so many `attempts`. Raises Found."""
    loop = asyncio.get_running_loop()
    made = 0
    found: list[Leak] = []

    # A case is not made smaller: the attempt that gave something away is told by itself.
    @settings(max_examples=number, phases=[Phase.generate])
    @given(case=cases(attackers))
    def attempt(case: Case) -> None:
        nonlocal made
        # Hypothesis tries once more what failed, to say it.
        if not found:
            event(case.attacker.name)
            found.extend(asyncio.run_coroutine_threadsafe(trial.leaks(case, attempts), loop).result())
            made += attempts
        if found:
            raise Found(found)

    await asyncio.to_thread(attempt)
    return made
