"""Suggestions have their time: what nobody sent within it is withdrawn in the log too, and may be made again."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from streambot.core.action import Outcome, Result
from streambot.core.answering import OFFER_LASTS
from streambot.core.command import Answer, Verb
from streambot.core.comment import Comment
from streambot.core.labels import Intent
from streambot.testing import NOON, FakeClassifier, FakeClock, a_comment, a_judgement
from tests.houses import SmallHouse, small_house

WELCOME = """
[prompts]
site = "us"
languages = ["en"]
[[prompt]]
name = "welcome"
every_min = 2
say.en.casual = ["Welcome"]
say.en.formal = ["Welcome."]
"""
LAPSED = "nobody sent it within 60 seconds"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


@contextlib.asynccontextmanager
async def assisting(db: Path, intent: Intent = Intent.PRICE, **settings: Any) -> AsyncIterator[SmallHouse]:
    """A house in assist with an item on air, whose model takes every comment for a question of this intent."""
    chosen = {"site": "us", "catalog": "demo", "mode": "assist", "answers": {"mode": "suggest"}, **settings}
    model = FakeClassifier(always=a_judgement(intent))
    async with small_house(db, classifier=model, answering=True, **chosen) as house:
        if (await house.room()).on_air.item != "3":
            await house.order(Verb.ITEM, value="3")
        yield house


def asked(author: str = "mimi", at: float = NOON) -> Comment:
    return a_comment("how much is it", author=author, at=at)


def posts(house: SmallHouse) -> list[tuple[Any, ...]]:
    return house.sql("SELECT state, result, detail FROM outbox WHERE operation = 'post' ORDER BY key")


async def later(house: SmallHouse, seconds: float) -> None:
    house.clock.advance(seconds)
    await house.offers.look()


async def test_a_suggestion_that_nobody_sent_in_its_time_is_withdrawn_and_the_page_is_told(db: Path) -> None:
    async with assisting(db) as house:
        await house.play(asked())
        await later(house, OFFER_LASTS - 1)
        assert posts(house) == [("proposed", None, "")]
        await later(house, 1)
        assert posts(house) == [("settled", "withdrawn", LAPSED)]
        assert [outcome for _, outcome in house.feed.outcomes] == [Outcome(Result.WITHDRAWN, LAPSED)]
        (offer,) = house.sql("SELECT event FROM outbox WHERE operation = 'post'")[0]
        assert (await house.order(Verb.SEND, offer)).answer is Answer.NOOP


async def test_who_asks_after_that_is_offered_an_answer_again(db: Path) -> None:
    async with assisting(db) as house:
        await house.play(asked())
        await later(house, OFFER_LASTS)
        await house.play(asked("bob", NOON + OFFER_LASTS))
        assert [state for state, *_ in posts(house)] == ["settled", "proposed"]


async def test_what_a_crash_left_is_withdrawn_after_a_restart_without_its_room_being_open(db: Path) -> None:
    async with assisting(db) as house:
        await house.play(asked())
    async with small_house(db, clock=FakeClock(NOON + OFFER_LASTS), answering=True, site="us") as house:
        await house.offers.look()
        assert posts(house) == [("settled", "withdrawn", LAPSED)]
    async with assisting(db, clock=FakeClock(NOON + OFFER_LASTS)) as house:
        await house.play(asked("bob", NOON + OFFER_LASTS))
        assert len(posts(house)) == 2, "the one that lapsed covers nobody"


async def test_what_a_person_sent_is_no_lapsed_suggestion(db: Path) -> None:
    async with assisting(db) as house:
        await house.play(asked())
        (offer,) = house.sql("SELECT event FROM outbox WHERE operation = 'post'")[0]
        await house.order(Verb.SEND, offer)
        await house.send()
        await later(house, OFFER_LASTS)
        assert [result for _, result, _ in posts(house)] == ["ignored", "applied"]


async def test_a_clock_that_was_set_back_keeps_no_suggestion_for_ever(db: Path) -> None:
    async with assisting(db) as house:
        await house.play(asked())
        await later(house, -3600)
        assert posts(house)[0][1] == "withdrawn"


async def test_what_else_is_proposed_waits_on(db: Path) -> None:
    async with small_house(db, mode="assist") as house:
        await house.play(a_comment("bet"))
        await later(house, 3600)
        assert {state for _, state, _ in house.rows()} == {"proposed"}


@pytest.mark.parametrize("mode", ["auto", "assist"])
async def test_a_prompt_that_waits_makes_room_for_the_next_of_its_kind(db: Path, mode: str) -> None:
    file = db.with_name("prompts.toml")
    file.write_text(WELCOME, encoding="utf-8")
    async with assisting(db, Intent.GREETING, prompts=str(file), mode=mode) as house:
        await house.play(a_comment("hello", at=NOON))
        for at in (120, 240):
            house.clock.advance(120)
            await house.play(a_comment("hello", at=NOON + at))
            await house.prompter.look()
        waits = "proposed" if mode == "assist" else "pending"
        assert posts(house) == [("settled", "withdrawn", "a newer one takes its place"), (waits, None, "")]
