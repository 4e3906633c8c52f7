"""The keys of an imported text: those that it has, those of the clauses before, and those that its headings give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from graph.clauses import parse_policy, read_policy
from graph.clauses.keys import keys_of
from graph.clauses.matching import match_clauses
from graph.clauses.pieces import Piece
from graph.errors import InvalidRevision
from graph.model import Clause, Policy
from graph.policy_import.blocks import Block, Code, units
from graph.policy_import.markdown import canonical_markdown

_MAX_ROUNDS = 30


@dataclass(frozen=True, slots=True)
class KeyedPolicy:
    """An imported policy, ready to be drafted.

    `kept` are the keys of clauses that were there before and have the same key, `renamed` leads from the key that a
    clause had to the one that it has, `gone` are the clauses before of which nothing is left, `new` the keys of clauses
    that were not there before.
    """

    policy: Policy
    kept: tuple[str, ...]
    renamed: Mapping[str, str]
    gone: tuple[Clause, ...]
    new: tuple[str, ...]


def keyed_policy(
    blocks: Sequence[Block], file: str, before: Sequence[Clause] = (), *, all_keys: bool = False
) -> KeyedPolicy:
    """The text in `blocks` as a policy. A clause that was there `before` keeps its key, as `match_clauses` sees it.

    A key is written into the text where its place would give another, or wherever one can be with `all_keys`. A key
    that the source gives stays, and says which clause it is. A key of `before` is not given to anything else; a code
    block alone has whatever key its place gives. Raises InvalidRevision for a text that is too large.
    """
    written = [None if isinstance(unit, Code) else unit.key for unit in units(blocks)]
    can_be_written = [not isinstance(unit, Code) for unit in units(blocks)]
    markdown = canonical_markdown(blocks, written)
    policy = _read(markdown, file)
    assert len(policy.clauses) == len(written), "each block that says something is one clause"
    pairs = _pairs(before, policy.clauses, written) if before else {}
    if before or all_keys:
        pieces = parse_policy(markdown).pieces
        keys = _chosen(pieces, written, can_be_written, pairs, {clause.key for clause in before})
        if all_keys:
            written = [key if can_be else None for key, can_be in zip(keys, can_be_written, strict=True)]
        text = canonical_markdown(blocks, written)
        if text != markdown:
            policy = _read(text, file)
        assert [clause.key for clause in policy.clauses] == keys, "keys are read as they were chosen"
    return _told(policy, before, pairs)


def _read(markdown: str, file: str) -> Policy:
    read = read_policy(markdown, file)
    if read.problems:
        # Lines are those of the Markdown made of the file, which nobody has seen.
        raise InvalidRevision([replace(problem, line=0) for problem in read.problems])
    return read.policy


def _pairs(before: Sequence[Clause], now: Sequence[Clause], written: Sequence[str | None]) -> dict[int, Clause]:
    """By place, the clause before that each one is: the one whose key it was given, or the one it is matched with."""
    by_key = {clause.key: clause for clause in before}
    places = {clause.key: place for place, clause in enumerate(now)}
    pairs = {place: by_key[key] for place, key in enumerate(written) if key is not None and key in by_key}
    named = {clause.key for clause in pairs.values()}
    for match in match_clauses(before, now):
        if match.old is not None and match.new is not None and match.old.key not in named:
            pairs.setdefault(places[match.new.key], match.old)
    return pairs


def _chosen(
    pieces: Sequence[Piece],
    written: list[str | None],
    can_be_written: Sequence[bool],
    pairs: Mapping[int, Clause],
    reserved: set[str],
) -> list[str]:
    """All keys; those to be written are put into `written`.

    Round by round, from the top of the text down: once a section has its key back, most of what is below it has too.
    What was not there before comes last, for by then its place may give it a key that nothing else ever had.
    """
    given = {key for key in written if key is not None}
    for turn in range(_MAX_ROUNDS + 1):
        keys, _ = keys_of([replace(piece, key=key) for piece, key in zip(pieces, written, strict=True)], "")
        open_places = [place for place in range(len(keys)) if written[place] is None and can_be_written[place]]
        back = {place: pairs[place].key for place in open_places if place in pairs and pairs[place].key not in given}
        wanted = {place: key for place, key in back.items() if key != keys[place]}
        if not wanted:
            taken = set(keys) | reserved
            for place in open_places:
                if place not in back and keys[place] in reserved:
                    wanted[place] = _free(keys[place], taken)
                    taken.add(wanted[place])
        if not wanted:
            break
        changed: set[int] = set()
        for place, key in wanted.items():
            if turn == _MAX_ROUNDS or not _has_changed_above(pieces, place, changed):
                written[place] = key
                given.add(key)
                changed.add(place)
    return keys_of([replace(piece, key=key) for piece, key in zip(pieces, written, strict=True)], "")[0]


def _has_changed_above(pieces: Sequence[Piece], place: int, changed: set[int]) -> bool:
    above = pieces[place].parent
    while above is not None:
        if above in changed:
            return True
        above = pieces[above].parent
    return False


def _free(key: str, taken: set[str]) -> str:
    number = 2
    while f"{key}-{number}" in taken:
        number += 1
    return f"{key}-{number}"


def _told(policy: Policy, before: Sequence[Clause], pairs: Mapping[int, Clause]) -> KeyedPolicy:
    kept, new = [], []
    renamed: dict[str, str] = {}
    for place, clause in enumerate(policy.clauses):
        if place not in pairs:
            new.append(clause.key)
        elif pairs[place].key == clause.key:
            kept.append(clause.key)
        else:
            renamed[pairs[place].key] = clause.key
    left = _keys(pairs.values())
    gone = tuple(clause for clause in before if clause.key not in left)
    return KeyedPolicy(policy, tuple(kept), MappingProxyType(renamed), gone, tuple(new))


def _keys(clauses: Iterable[Clause]) -> set[str]:
    return {clause.key for clause in clauses}
