"""Policies of several lengths: imported, matched with their next versions, compared, and judged."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from bench.data import say
from bench.policies import Shape
from bench.processes import worker

SIZES = (10_000, 100_000, 990_000)
#: Up to that size difflib is asked too, by whether all is rewritten: it takes time by the square of what was.
NAIVE_AT_MOST = {False: 100_000, True: 10_000}
TIMES = ("import_markdown", "import_html", "read", "match", "compare", "impact", "difflib")

#: Jobs by name, but for their size. Short clauses are near the most that a policy may have.
CASES: Mapping[str, Mapping[str, Any]] = {
    "edited": {"shape": Shape.PROSE, "rewritten": False},
    "rewritten": {"shape": Shape.PROSE, "rewritten": True},
    "edited, short clauses": {"shape": Shape.LIST, "rewritten": False},
}
#: Bytes of a policy of short clauses that has some 20,000 of them.
MOST_CLAUSES_SIZE = 750_000


def in_turns(sizes: Sequence[int], rounds: int) -> dict[str, Any]:
    """The figures by case and size: medians of the rounds, each a process of its own. Times are seconds of processor
    time; `exponent`: by which power of the size a time grows, from the last size but one to the last."""
    runs: dict[str, dict[int, list[dict[str, Any]]]] = {name: {size: [] for size in sizes} for name in CASES}
    for _ in range(rounds):
        for name, case in CASES.items():
            for size in sizes:
                used = min(size, MOST_CLAUSES_SIZE) if case["shape"] is Shape.LIST else size
                found = worker("bench.texts", {**case, "size": used, "naive": size <= NAIVE_AT_MOST[case["rewritten"]]})
                say(f"  {name}, {size:,} bytes: matched in {found['match']:.3f} s")
                runs[name][size].append(found)
    medians = {name: {str(size): _median(found) for size, found in each.items()} for name, each in runs.items()}
    return {"texts": medians, "exponent": {name: exponents(list(each.values())) for name, each in medians.items()}}


def _median(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Of each time; the rest is the same every time, or nearly."""
    return found[0] | {
        each: round(statistics.median(run[each] for run in found), 4) for each in TIMES if each in found[0]
    }


def exponents(found: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    if len(found) < 2:
        return {}
    before, last = found[-2:]
    grown = math.log(last["bytes"] / before["bytes"])
    return {
        each: round(math.log(max(last[each], 1e-4) / max(before[each], 1e-4)) / grown, 2)
        for each in TIMES
        if each in before and each in last
    }
