"""Prompts while on air: posted, offered or simulated, through the gate and the budget, once, also over a restart."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from streambot.core.action import How
from streambot.core.command import Answer, Verb
from streambot.core.comment import Comment, Role
from streambot.core.labels import Intent
from streambot.prompting import LOOK
from streambot.testing import (
    NOON,
    FakeClassifier,
    FakeClock,
    a_comment,
    a_judgement,
    every_capability,
)
from tests.houses import SmallHouse, small_house, turns, until

WANTS_ONE = """
[prompts]
site = "us"
languages = ["en", "th"]
[[prompt]]
name = "type 1"
on = "item"
call = { expects = ["1"], window_s = 60 }
say.en.casual = ["{price} for the {item}: type 1", "Who wants the {item}? Type 1"]
say.en.formal = ["Please type 1."]
say.th.casual = ["ใครอยากได้{item}พิมพ์ 1"]
say.th.formal = ["พิมพ์ 1 ค่ะ"]
"""
BELIED = WANTS_ONE.replace("Who wants the {item}? Type 1", "Type 1, only $1").replace("{price} for", "$1 for")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


@contextlib.asynccontextmanager
async def prompting(
    db: Path, text: str = WANTS_ONE, *, clock: FakeClock | None = None, item: str = "3", **settings: Any
) -> AsyncIterator[SmallHouse]:
    """A house with an item on air and a viewer who has just said hello."""
    file = db.with_name("prompts.toml")
    file.write_text(text, encoding="utf-8")
    chosen = {"site": "us", "catalog": "demo", "prompts": str(file), "answers": {"mode": "auto"}, **settings}
    hello = FakeClassifier(always=a_judgement(Intent.GREETING))
    async with small_house(db, clock=clock, classifier=hello, answering=True, **chosen) as house:
        await house.play(said("hello", at=house.clock.now))
        if item and (await house.room()).on_air.item != item:
            await house.order(Verb.ITEM, value=item)
        yield house


def said(text: str = "hello", author: str = "mimi", at: float = NOON, **fields: Any) -> Comment:
    return a_comment(text, author=author, at=at, **fields)


def posts(house: SmallHouse) -> list[tuple[Any, ...]]:
    return house.sql("SELECT text, state, result FROM outbox WHERE operation = 'post' ORDER BY key")


def prompted(house: SmallHouse) -> list[dict[str, Any]]:
    """The data of the prompts in the log."""
    return [json.loads(row[0]) for row in house.sql("SELECT data FROM events WHERE kind = 'prompt' ORDER BY seq")]


async def test_a_new_item_on_air_is_spoken_of_with_its_price_once(db: Path) -> None:
    async with prompting(db) as house:
        await house.prompter.look()
        await house.prompter.look()
        await house.send()
        assert posts(house) == [("$32.50 for the knit cardigan: type 1", "settled", "applied")]
        (data,) = prompted(house)
        assert (data["prompt"], data["item"], data["mode"], data["language"]) == ("type 1", "3", "auto", "en")
        assert (data["window_s"], data["expects"]) == (60, ["1"])
        assert any(event.id for event in house.feed.events if event.kind == "prompt")


async def test_the_task_looks_once_a_second(db: Path) -> None:
    async with prompting(db) as house:
        running = asyncio.ensure_future(house.prompter.run())
        await turns()
        assert posts(house) == []
        house.clock.advance(LOOK)
        await until(lambda: posts(house))
        running.cancel()


async def test_without_the_fact_the_wording_that_needs_it_is_not_said(db: Path) -> None:
    async with prompting(db, item="", answers={"mode": "auto", "fresh_for_s": 1}) as house:
        house.clock.advance(3600)
        await house.play(said(at=house.clock.now))
        await house.order(Verb.ITEM, value="3")
        await house.prompter.look()
        assert [row[0] for row in posts(house)] == ["Who wants the knit cardigan? Type 1"]


async def test_what_the_gate_stops_is_not_said(db: Path) -> None:
    async with prompting(db, BELIED) as house:
        await house.prompter.look()
        assert posts(house) == []
        assert prompted(house) == []


async def test_in_observe_a_prompt_is_only_simulated_and_opens_no_call(db: Path) -> None:
    async with prompting(db, mode="observe") as house:
        await house.prompter.look()
        await house.send()
        assert [row[1:] for row in posts(house)] == [("settled", "simulated")]
        assert house.actuator.applied == []
        assert prompted(house)[0]["mode"] == "observe"
        assert await flooding(house)


@pytest.mark.parametrize("how", ["assist", "manual"])
async def test_a_person_is_offered_it_and_the_call_opens_when_they_send_it(db: Path, how: str) -> None:
    settings = {"mode": "assist"} if how == "assist" else {}
    async with prompting(db, **settings) as house:
        if how == "manual":
            (await house.room()).capabilities = every_capability(How.MANUAL)
        await house.prompter.look()
        assert [row[1] for row in posts(house)] == ["proposed"]
        assert await flooding(house)
        offer = house.sql("SELECT id FROM events WHERE kind = 'prompt'")[0][0]
        house.clock.advance(30)
        assert (await house.order(Verb.SEND, offer)).answer is Answer.ACCEPTED
        assert [(data["mode"], data["prompt"]) for data in prompted(house)] == [
            ("assist", "type 1"),
            ("person", "type 1"),
        ]
        assert not await flooding(house)


async def test_an_offer_can_be_declined(db: Path) -> None:
    async with prompting(db, mode="assist") as house:
        await house.prompter.look()
        offer = house.sql("SELECT id FROM events WHERE kind = 'prompt'")[0][0]
        assert (await house.order(Verb.DISMISS, offer)).answer is Answer.ACCEPTED
        assert [row[1:] for row in posts(house)] == [("settled", "ignored")]


async def test_a_room_that_has_had_its_posts_gets_no_prompt(db: Path) -> None:
    async with prompting(db, answers={"mode": "auto", "per_minute": 1}) as house:
        (await house.room()).answering.spent(house.clock.now)
        await house.prompter.look()
        assert posts(house) == []
        house.clock.advance(61)
        await house.prompter.look()
        assert len(posts(house)) == 1
        assert not (await house.room()).answering.bears(house.clock.now)


async def test_a_platform_that_takes_no_posts_gets_none(db: Path) -> None:
    async with prompting(db) as house:
        (await house.room()).capabilities = every_capability(How.NONE)
        await house.prompter.look()
        assert prompted(house) == []


async def flooding(house: SmallHouse) -> bool:
    """Whether eight quick ones of one viewer stand out as a flood."""
    state = await house.room()
    now = house.clock.now
    signals = [
        signal.name
        for number in range(8)
        for signal in state.history.observe(said("1!" * (1 + number % 2), author=f"fan {now}", at=now + number / 10))
    ]
    return bool({"flood", "repeat"} & set(signals))


async def test_what_a_prompt_asked_for_is_no_flood_anything_else_is(db: Path) -> None:
    async with prompting(db) as house:
        assert await flooding(house)
        house.clock.advance(20)
        await house.prompter.look()
        house.clock.advance(1)
        assert not await flooding(house)
        history = (await house.room()).history
        other = [history.observe(said("buy", author="bot", at=house.clock.now + n / 10)) for n in range(8)]
        assert any(signal.name == "flood" for signals in other for signal in signals)
        house.clock.advance(70)
        assert await flooding(house)


async def test_after_a_restart_nothing_is_said_twice_and_the_call_is_still_open(db: Path) -> None:
    async with prompting(db) as house:
        await house.prompter.look()
        await house.send()
    async with prompting(db, clock=FakeClock(NOON + 20)) as house:
        assert not await flooding(house)
        await house.prompter.look()
        house.clock.advance(61)
        await house.play(said(at=house.clock.now))
        await house.prompter.look()
        assert len(posts(house)) == 1


async def test_a_prompt_that_comes_back_as_a_comment_is_ours(db: Path) -> None:
    async with prompting(db) as house:
        await house.prompter.look()
        own = said(posts(house)[0][0], author="shop", roles=[Role.HOST], at=NOON + 2)
        await house.play(own)
        assert (await house.chain(own.id))[0]["intent"] is None


async def test_thai_viewers_are_spoken_to_in_thai(db: Path) -> None:
    async with prompting(db, item="") as house:
        thai = a_judgement(Intent.CHITCHAT, language="th")
        house.classifier.always = thai  # type: ignore[attr-defined]
        await house.play(*(said(f"ดีค่ะ {n}", author=f"v{n}", at=NOON + n) for n in range(3)))
        await house.order(Verb.ITEM, value="3")
        await house.prompter.look()
        assert posts(house)[0][0].startswith("ใครอยากได้")
