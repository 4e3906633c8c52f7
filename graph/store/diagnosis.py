"""What is asked of a graph to see whether it is fit for use. Nothing here leaves anything behind."""

from __future__ import annotations

import time
from datetime import datetime
from typing import NoReturn

from graph.store.database import Database, Transaction

TELL_TIME = """
RETURN datetime() AS now
"""


async def measure_skew(database: Database) -> float:
    """By how many seconds the graph's clock is ahead of this process's; less than 0 where it is behind. True to the
    time that the statement takes. Raises GraphUnavailable or GraphFault."""
    await database.check()  # so that what is measured does not begin with making a connection
    asked = time.time()
    (record,) = await database.read(TELL_TIME)
    answered = time.time()
    now: datetime = record["now"].to_native()
    return now.timestamp() - (asked + answered) / 2


TOUCH_MIGRATIONS = """
MATCH (m:Migration)
SET m.checksum = m.checksum
RETURN count(m) AS touched
"""


class _RolledBack(Exception):
    def __init__(self, touched: int) -> None:
        self.touched = touched


async def try_write(database: Database) -> int:
    """How many nodes could be written to: 0 where there is none to try with. The transaction is rolled back, and wrote
    what was there. Raises GraphUnavailable, or GraphFault where the user may not write."""

    async def work(transaction: Transaction) -> NoReturn:
        (record,) = await transaction.run(TOUCH_MIGRATIONS)
        raise _RolledBack(record["touched"])

    try:
        await database.write(work)
    except _RolledBack as rolled_back:
        return rolled_back.touched
