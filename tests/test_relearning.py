"""After a restart paraphrases join the questions that the log knows, without anybody waiting for it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from streambot.core.errors import ClassifierError
from streambot.core.labels import Intent
from streambot.relearning import Relearning
from streambot.testing import FakeClassifier, a_comment, a_judgement
from tests.houses import SmallHouse, small_house, turns

JUDGED = {
    "is it warm?": a_judgement(Intent.PRODUCT, embedding=(0.0, 1.0)),
    "is it so warm?": a_judgement(Intent.PRODUCT, embedding=(0.1, 0.995)),
    "warm enough?": a_judgement(Intent.PRODUCT, embedding=(0.15, 0.9887)),
}


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


def askers(house: SmallHouse) -> list[int]:
    return [question.askers for question in house.rooms.hot("shop")]


async def some_ask(db: Path) -> None:
    async with small_house(db, classifier=FakeClassifier(JUDGED)) as house:
        await house.play(*(a_comment("is it warm?", author=f"u{n}") for n in range(3)))
        await house.play(a_comment("is it so warm?", author="u4"))
        assert askers(house) == [4]


async def test_a_new_paraphrase_joins_what_was_asked_before_a_restart(db: Path) -> None:
    await some_ask(db)
    model = FakeClassifier(JUDGED)
    async with small_house(db, classifier=model) as house:
        relearning = Relearning(model, sleep=house.clock.sleep)
        relearning.opened(await house.room())
        running = asyncio.ensure_future(relearning.run())
        await turns()
        assert sorted(model.asked) == ["is it so warm?", "is it warm?"]
        await house.play(a_comment("warm enough?", author="u5"))
        assert askers(house) == [5]
        relearning.opened(await house.room())
        await turns()
        assert len(model.asked) == 3
        running.cancel()


async def test_comments_on_air_come_first_and_a_model_that_fails_costs_nothing_but_the_paraphrases(db: Path) -> None:
    await some_ask(db)
    model = FakeClassifier(JUDGED)
    async with small_house(db, classifier=model) as house:
        busy = True
        relearning = Relearning(model, sleep=house.clock.sleep, idle=lambda: not busy)
        state = await house.room()
        teaching = asyncio.ensure_future(relearning.teach(state))
        await turns()
        assert model.asked == []
        await house.play(a_comment("is it warm?", author="u5"))
        assert askers(house) == [5]
        busy = False
        model.error = ClassifierError("it is gone.", code="gone")
        house.clock.advance(1)
        await teaching
        assert state.board.wanted() == ["is it so warm?"]
        model.error = None
        await relearning.teach(state)
        assert state.board.wanted() == []


async def test_a_room_that_knows_no_questions_asks_nothing(db: Path) -> None:
    model = FakeClassifier(JUDGED)
    async with small_house(db, classifier=model) as house:
        relearning = Relearning(model, sleep=house.clock.sleep)
        relearning.opened(await house.room())
        running = asyncio.ensure_future(relearning.run())
        await turns()
        assert model.asked == []
        running.cancel()
