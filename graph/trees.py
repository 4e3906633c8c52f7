"""Ways through what is part of, or engages, one another: plain keys in, plain keys out.

None of it recurses, so a chain may be as long as a file allows; none of it trusts that there is no cycle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence


def reachable(keys: Iterable[str], steps: Mapping[str, Sequence[str]]) -> set[str]:
    """`keys` and all that can be reached from them by `steps`."""
    found = set(keys)
    waiting = list(found)
    while waiting:
        for key in steps.get(waiting.pop(), ()):
            if key not in found:
                found.add(key)
                waiting.append(key)
    return found


def parts_by_whole(wholes: Mapping[str, str | None]) -> dict[str, list[str]]:
    """From "each is part of" to "each has these parts", in the order given."""
    found: dict[str, list[str]] = {}
    for part, whole in wholes.items():
        if whole is not None:
            found.setdefault(whole, []).append(part)
    return found


def carriers(keys: Iterable[str], wholes: Mapping[str, str | None]) -> dict[str, str]:
    """Each of `keys`, and each whole that has one of them as a part, with the one that it is or first has."""
    found = {key: key for key in keys}
    for key in tuple(found):
        whole = wholes.get(key)
        while whole is not None and whole not in found:
            found[whole] = key
            whole = wholes.get(whole)
    return found


def path_counts(steps: Mapping[str, Sequence[str]], at_most: int) -> dict[str, int]:
    """How many paths begin at each key and follow `steps`, that of no step with them; `at_most` for that many or more.

    A key from which a cycle can be reached is left out. Linear in the number of steps.
    """
    befores: dict[str, list[str]] = {}
    waiting_for: dict[str, int] = {}
    for key, afters in steps.items():
        known = [after for after in afters if after in steps]
        waiting_for[key] = len(known)
        for after in known:
            befores.setdefault(after, []).append(key)
    sums = dict.fromkeys(steps, 1)
    counts: dict[str, int] = {}
    ready = [key for key, number in waiting_for.items() if number == 0]
    while ready:
        key = ready.pop()
        counts[key] = sums[key]
        for before in befores.get(key, ()):
            sums[before] = min(sums[before] + sums[key], at_most)
            waiting_for[before] -= 1
            if waiting_for[before] == 0:
                ready.append(before)
    return counts


def cycles(steps: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """Cycles in the order of `steps`, each once and none sharing a member with one before it; () if there are none."""
    done: set[str] = set()
    members: set[str] = set()
    found: list[tuple[str, ...]] = []
    for start in steps:
        if start in done:
            continue
        path, places = [start], {start: 0}
        branches = [iter(steps[start])]
        while branches:
            key = next(branches[-1], None)
            if key is None:
                branches.pop()
                last = path.pop()
                del places[last]
                done.add(last)
            elif key in places:
                cycle = tuple(path[places[key] :])
                if members.isdisjoint(cycle):
                    members.update(cycle)
                    found.append(cycle)
            elif key not in done and key in steps:
                places[key] = len(path)
                path.append(key)
                branches.append(iter(steps[key]))
    return found
