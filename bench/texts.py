"""One policy read, matched with its next version and compared with it, in a process of its own.

The job on standard input, the figures printed.
"""

from __future__ import annotations

import difflib
import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import cycle
from typing import Any, TypeVar

from bench.data import SEED
from bench.policies import Edit, Shape, Text, next_version, policy
from graph.clauses import read_policy
from graph.clauses.matching import Match, match_clauses
from graph.clauses.words import text_of
from graph.compare import compare
from graph.data_map import DataMap
from graph.impact import changes
from graph.model import Clause, Disclosure, MapElements, Policy, Processing, Recipient, Revision, RevisionState
from graph.policy_import import import_policy
from graph.policy_import.keys import keyed_policy
from seed.folder import read_revision

T = TypeVar("T")
CitingT = TypeVar("CitingT", Processing, Disclosure, Recipient)
#: How alike two texts are to be for difflib to match them.
ALIKE = 0.6


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds of processor time, and what came of it: others that use the machine do not count."""
    began = time.process_time()
    found = work()
    return round(time.process_time() - began, 4), found


def run(job: dict[str, Any]) -> dict[str, Any]:
    """`job`: size in bytes, shape, rewritten (whether the next version is another text altogether), naive (whether to
    match with difflib too)."""
    shape, size = Shape(job["shape"]), job["size"]
    old = policy(size, shape)
    new = policy(size - 1, shape) if job["rewritten"] else next_version(old)
    found: dict[str, Any] = {"bytes": len(old.markdown.encode()), "clauses": len(old.blocks)}
    for name, text in (("markdown", old.markdown), ("html", old.html)):
        found[f"import_{name}"], _ = timed(partial(_imported, text))
    before, after = (read_policy(each.markdown).accepted() for each in (old, new))
    found["read"], _ = timed(lambda: read_policy(old.markdown))
    found["match"], matches = timed(lambda: match_clauses(before.clauses, after.clauses))
    maps = _maps(before, after)
    found["compare"], _ = timed(lambda: compare(*maps))
    found["impact"], judged = timed(lambda: changes(*maps))
    found["changes"] = len(judged)
    found["largest_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    if not job["rewritten"]:
        found["found"] = share_found(old, new, before.clauses, after.clauses, matches)
    if job["naive"]:
        found["difflib"], _ = timed(lambda: naive(before.clauses, after.clauses))
    return found


def _imported(text: str) -> None:
    keyed_policy(import_policy(text.encode(), "policy").blocks, "policy")


def _maps(before: Policy, after: Policy) -> tuple[DataMap, DataMap]:
    """The seed's map, and that of the example revision, citing clauses of these texts."""
    found = []
    for number, (folder, text) in enumerate(((SEED, before), (SEED.parent / "example-revision", after)), 1):
        elements = citing(read_revision(folder).elements, [clause.key for clause in text.clauses])
        at = datetime(2026, number, 1, tzinfo=UTC)
        revision = Revision(number, RevisionState.PUBLISHED, number - 1, "en", "It", "0" * 64, "1" * 64, at, at, at)
        found.append(DataMap(revision, text, elements))
    return found[0], found[1]


def citing(elements: MapElements, keys: Sequence[str]) -> MapElements:
    """The elements with each of their citations of one of these clauses, in turn."""
    turn = cycle(keys)

    def cited(facts: Sequence[CitingT]) -> tuple[CitingT, ...]:
        return tuple(replace(each, clauses=tuple(next(turn) for _ in each.clauses)) for each in facts)

    return replace(
        elements,
        processings=cited(elements.processings),
        disclosures=cited(elements.disclosures),
        recipients=cited(elements.recipients),
    )


def share_found(
    old: Text, new: Text, before: Sequence[Clause], after: Sequence[Clause], matches: Sequence[Match]
) -> dict[str, float]:
    """Of what is in both texts, and of what of it was reworded or moved: how much was matched with itself."""
    olds = {clause.key: block.id for clause, block in zip(before, old.blocks, strict=True)}
    news = {clause.key: block.id for clause, block in zip(after, new.blocks, strict=True)}
    right = {
        olds[each.old.key]
        for each in matches
        if each.old is not None and each.new is not None and olds[each.old.key] == news[each.new.key]
    }
    both = set(olds.values()) & set(news.values())
    found = {"kept": round(len(right) / len(both), 4)}
    for edit in (Edit.REWORDED, Edit.MOVED):
        edited = {id for id, each in new.edits.items() if each is edit}
        found[edit.value] = round(len(edited & right) / len(edited), 4) if edited else 1.0
    return found


def naive(before: Sequence[Clause], after: Sequence[Clause]) -> int:
    """What one would write first: the same text, else the most alike that is left by difflib. How many have a match."""
    left = {text_of(clause) for clause in before}
    texts = [text_of(clause) for clause in after]
    changed = [text for text in texts if text not in left]
    left -= set(texts)
    matched = len(texts) - len(changed)
    for text in changed:
        best = difflib.get_close_matches(text, left, n=1, cutoff=ALIKE)
        left -= set(best)
        matched += len(best)
    return matched


if __name__ == "__main__":
    json.dump(run(json.load(sys.stdin)), sys.stdout)
