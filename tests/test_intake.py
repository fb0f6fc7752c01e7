"""What those who bring comments hear: never more than is on the disk, and always something."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from streambot.core.comment import Comment
from streambot.core.errors import StorageError
from streambot.intake import WAITING, Intake
from streambot.platforms.ingest import Disposition, Taken
from streambot.serve import Until
from streambot.store.sqlite import REFUSED
from streambot.testing import a_comment
from tests.houses import BreakableStore, SmallHouse, small_house, turns


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


class Brought:
    """An intake whose comments are decided by a house until :meth:`stop`."""

    def __init__(self, house: SmallHouse) -> None:
        self.intake, self._stop = Intake(), asyncio.Event()
        self._house = house
        publish = house.feed.publish

        def tell(events, outbox=()):
            publish(events, outbox)
            self.intake.publish(events, outbox)

        house.feed.publish = tell  # type: ignore[method-assign]
        self._run = asyncio.ensure_future(house.pipeline.run(Until(self.intake, self._stop), self.intake.ended))

    def bring(self, *comments: Comment) -> list[asyncio.Task[Disposition]]:
        return [asyncio.ensure_future(self.intake.accept(comment)) for comment in comments]

    async def stop(self) -> None:
        self._stop.set()
        await self._run
        self.intake.stop()


async def test_each_hears_of_its_decision_when_it_is_on_the_disk(db: Path) -> None:
    async with small_house(db) as house:
        brought = Brought(house)
        answers = await asyncio.gather(*brought.bring(*(a_comment("hello", id=f"c{n}") for n in range(3))))
        logged = house.sql("SELECT id FROM events WHERE kind = 'decision' ORDER BY seq")
        assert [(answer.taken, answer.event) for answer in answers] == [(Taken.DECIDED, row[0]) for row in logged]
        await brought.stop()


async def test_the_same_twice_at_once_is_decided_once(db: Path) -> None:
    async with small_house(db) as house:
        brought = Brought(house)
        first, second = await asyncio.gather(*brought.bring(a_comment(id="c1"), a_comment(id="c1")))
        (third,) = await asyncio.gather(*brought.bring(a_comment(id="c1")))
        assert [first.taken, second.taken, third.taken] == [Taken.DECIDED, Taken.DUPLICATE, Taken.DUPLICATE]
        await brought.stop()


async def test_nobody_is_told_it_is_safe_while_the_disk_is_full(db: Path) -> None:
    async with small_house(db, wrap=BreakableStore) as house:
        brought = Brought(house)
        house.store.full = True
        first, second = brought.bring(a_comment(id="c1"), a_comment(id="c1"))
        while not house.store.commits:  # noqa: ASYNC110 - threads set no event
            await asyncio.sleep(0.001)
        await turns()
        assert not first.done()
        assert not second.done()
        house.store.full = False
        while not first.done():
            house.clock.advance(1)
            await asyncio.sleep(0.001)
        assert [(await first).taken, (await second).taken] == [Taken.DECIDED, Taken.DUPLICATE]
        await brought.stop()


async def test_a_row_that_can_never_be_written_is_rejected_with_its_reason(db: Path) -> None:
    class Refuses(BreakableStore):
        async def commit(self, events, *args):
            if any(event.comment and event.comment.id == "bad" for event in events):
                raise StorageError("no.", code=REFUSED)
            return await super().commit(events, *args)

    async with small_house(db, wrap=Refuses) as house:
        brought = Brought(house)
        bad, good = await asyncio.gather(*brought.bring(a_comment(id="bad"), a_comment(id="good")))
        assert (bad.taken, bad.code, good.taken) == (Taken.REJECTED, REFUSED, Taken.DECIDED)
        (again,) = await asyncio.gather(*brought.bring(a_comment(id="bad")))
        assert again.taken is Taken.REJECTED, "it is no duplicate: nothing of it is in the log"
        await brought.stop()


async def test_more_than_can_wait_is_refused_and_may_come_again() -> None:
    intake = Intake()
    waiting = [asyncio.ensure_future(intake.accept(a_comment(id=f"c{n}"))) for n in range(WAITING)]
    await turns(2)
    assert await intake.accept(a_comment(id="one-more")) == Disposition(Taken.FULL)
    intake.stop()
    assert {answer.taken for answer in await asyncio.gather(*waiting)} == {Taken.FULL}


async def test_what_is_not_decided_when_it_stops_is_to_be_brought_again() -> None:
    intake = Intake()
    taken, waiting = a_comment(id="taken"), a_comment(id="waiting")
    answers = [asyncio.ensure_future(intake.accept(comment)) for comment in (taken, waiting, taken)]
    await turns(2)
    assert await anext(aiter(intake.comments())) is taken
    intake.ended(taken, "stopped")
    intake.stop()
    assert [answer.taken for answer in await asyncio.gather(*answers)] == [Taken.FULL] * 3
    assert (await intake.accept(a_comment())).taken is Taken.FULL


async def test_who_goes_away_takes_nothing_along(db: Path) -> None:
    async with small_house(db) as house:
        brought = Brought(house)
        (gone,) = brought.bring(a_comment(id="c1"))
        await turns(1)
        gone.cancel()
        (again,) = await asyncio.gather(*brought.bring(a_comment(id="c1")))
        assert again.taken is Taken.DUPLICATE
        assert house.sql("SELECT count(*) FROM events WHERE kind = 'decision'") == [(1,)]
        await brought.stop()
