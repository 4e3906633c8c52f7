"""Whoever listens hears what they are told themselves, however alike the ids of others are."""

from __future__ import annotations

import asyncio

from server.notify.tail import NoticeTail
from tests.graph.store.telling import tell, told
from tests.isolation.people import NOW, PEOPLE
from tests.isolation.trial import Trial
from tests.patience import PATIENCE_SECONDS


async def test_each_hears_their_own_notices_alone(trial: Trial) -> None:
    database = trial.database
    tail = NoticeTail(database, look_seconds=0.01)
    listeners = {person: await tail.listen(person) for person in PEOPLE}
    some, all_others = PEOPLE[::2], PEOPLE[1::2]
    await tell(database, [told(person, revision=90, at=NOW) for person in some], 90)
    await tell(database, [told(person, revision=91, at=NOW) for person in all_others], 91)
    for number, people in ((90, some), (91, all_others)):
        for person in people:
            async with asyncio.timeout(PATIENCE_SECONDS):
                notice = await anext(listeners[person])
            assert (notice.subject, notice.revision) == (person, number)
    await tail.close()
    # Nothing else has come before the end.
    for person, listener in listeners.items():
        assert [notice async for notice in listener] == [], person
