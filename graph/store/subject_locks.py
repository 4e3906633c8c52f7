"""The lock on a subject, which whoever writes about them takes first."""

from __future__ import annotations

from collections.abc import Sequence

from graph.store.database import Transaction

# The write comes first and takes each subject's lock, so that what is read next stays true until the transaction ends.
# `locked` says nothing and nobody reads it: a MERGE that finds its node writes nothing, and the lock comes by writing.
LOCK_SUBJECTS = """
UNWIND $subjects AS id
MERGE (s:Subject {id: id})
SET s.locked = true
"""


async def lock_subjects(transaction: Transaction, subjects: Sequence[str]) -> None:
    """Locks these subjects until the transaction ends, and makes those that were not there. Give them in ascending
    order: two that take locks in one order never wait for each other in a circle."""
    await transaction.run(LOCK_SUBJECTS, subjects=subjects)
