"""How much is broken in a run: little in CI, much by `make test-faults`."""

from __future__ import annotations

import os
import random

LONG = bool(os.environ.get("FAULTS_LONG"))
SEED = int(os.environ.get("FAULTS_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)


def kills(short: int, long: int) -> int:
    """One of the two, by the length of the run."""
    return long if LONG else short


def dice(name: str) -> random.Random:
    """Chooses moments: the same ones again with the same FAULTS_SEED. Prints the seed, which a failure shows."""
    print(f"{name}: FAULTS_SEED={SEED}")  # noqa: T201
    return random.Random(f"{name} {SEED}")  # noqa: S311 - no secrets
