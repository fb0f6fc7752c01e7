"""What waited is looked at again right before it is sent: the rules, the prices and the facts of that moment count."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from streambot.core.action import Outcome, Result
from streambot.core.command import Answer, Verb
from streambot.core.errors import StorageError
from streambot.core.labels import Intent
from streambot.core.pack import Speaker
from streambot.core.verdict import Signal
from streambot.platforms.action_wire import NotSentError
from streambot.testing import NOON, FailingActuator, FakeClassifier, FakeClock, a_comment, a_judgement
from tests.houses import PACK, SmallHouse, WordMatcher, small_house

COLUMNS = "number,name.en,price.us,stock,sizes"
PROMPT = """
[prompts]
site = "us"
languages = ["en"]
[[prompt]]
name = "on air"
on = "item"
say.en.casual = ["{price} for the {item}"]
say.en.formal = ["{price} for the {item}."]
"""


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


def sell(db: Path, price: str = "5.00", stock: str = "9") -> Path:
    """The shop's catalog of one item."""
    file = db.with_name("shop.csv")
    file.write_text(f'{COLUMNS}\n3,hat,{price},{stock},"M: height=150-165"\n', encoding="utf-8")
    return file


@contextlib.asynccontextmanager
async def selling(db: Path, intent: Intent = Intent.PRICE, **settings: Any) -> AsyncIterator[SmallHouse]:
    """A house with the hat on air, whose model takes every comment for a question of this intent."""
    answers = {"mode": "auto", "fresh_for_s": 1e9}
    chosen = {"site": "us", "catalog": str(db.with_name("shop.csv")), "answers": answers, **settings}
    if not db.with_name("shop.csv").exists():
        sell(db)
    model = FakeClassifier(always=a_judgement(intent))
    async with small_house(db, classifier=model, answering=True, **chosen) as house:
        if (await house.room()).on_air.item != "3":
            await house.order(Verb.ITEM, value="3")
        yield house


async def sell_for(house: SmallHouse, db: Path, price: str, stock: str = "9") -> None:
    """The shop saves its catalog with another price."""
    sell(db, price, stock)
    knowledge = (await house.room()).knowledge
    assert knowledge is not None
    assert knowledge._catalogs is not None
    await knowledge._catalogs.reload()


async def later(house: SmallHouse, seconds: float = 1.1) -> None:
    house.clock.advance(seconds)
    await house.send()


def asked(text: str = "how much is it", author: str = "mimi", at: float = NOON) -> Any:
    return a_comment(text, author=author, at=at)


def posts(house: SmallHouse) -> list[tuple[Any, ...]]:
    """Result and detail of everything that was to be posted, oldest first."""
    return house.sql("SELECT result, detail FROM outbox WHERE operation = 'post' ORDER BY key")


async def test_an_answer_whose_price_changed_while_it_was_typed_is_not_sent(db: Path) -> None:
    async with selling(db) as house:
        await house.play(asked())
        await sell_for(house, db, "6.00")
        await later(house)
        ((result, why),) = posts(house)
        assert result == "failed"
        assert why == "catalog.price: The catalog has another price: $6."
        assert house.actuator.applied == []
        assert [(action.operation, outcome) for action, outcome in house.feed.outcomes] == [
            ("post", Outcome(Result.FAILED, why))
        ], "the controller sees it"


async def test_what_was_not_sent_may_be_answered_again_at_once(db: Path) -> None:
    async with selling(db) as house:
        await house.play(asked())
        await sell_for(house, db, "6.00")
        await later(house)
        assert (await house.room()).answering.gaps["gate"] == 1
        await house.play(asked(author="bob", at=NOON + 1))
        await later(house)
        assert [result for result, _ in posts(house)] == ["failed", "applied"]
        assert "$6" in (house.actuator.applied[0].text or "")


async def test_a_rule_that_came_meanwhile_stops_what_was_written_before_it(db: Path) -> None:
    async with selling(db) as house:
        await house.play(asked())
        stricter = replace(PACK, rules=(replace(PACK.rules[0], scope=frozenset({Speaker.REPLY})),))

        class Stricter(WordMatcher):
            def read_reply(self, text: str) -> Sequence[Signal]:
                return [Signal("spam", 1.0, "lexicon", (0, len(text)))]

        house.rooms.equip(await house.room(), stricter, Stricter())
        await later(house)
        assert [result for result, _ in posts(house)] == ["failed"]
        assert posts(house)[0][1] == "spam: for tests"


async def test_a_stock_that_is_another_by_now_is_not_stated(db: Path) -> None:
    async with selling(db, Intent.STOCK) as house:
        await house.play(asked("how many are left"))
        await sell_for(house, db, "5.00", stock="2")
        await later(house)
        assert posts(house) == [
            ("failed", "outdated: it says '9' for the stock, which the catalog does not say any more")
        ]


async def test_a_fact_that_became_stale_while_the_room_was_away_is_not_stated(db: Path) -> None:
    os.utime(sell(db), (NOON - 30, NOON - 30))
    async with selling(db, answers={"mode": "auto", "fresh_for_s": 60.0}) as house:
        await house.play(asked())
        await later(house, 40)
        assert posts(house) == [("failed", "stale: the catalog has no answer to it any more")]


async def test_what_sold_out_meanwhile_is_not_offered_at_its_price(db: Path) -> None:
    async with selling(db) as house:
        await house.play(asked())
        await sell_for(house, db, "5.00", stock="0")
        await later(house)
        assert posts(house) == [("failed", "scenario: it was written for regular, and it is sold_out now")]


async def test_an_answer_that_still_holds_is_sent_whatever_else_changed(db: Path) -> None:
    async with selling(db) as house:
        await house.play(asked())
        await sell_for(house, db, "5.00", stock="7")
        await house.order(Verb.ITEM, value="")
        await later(house)
        assert [result for result, _ in posts(house)] == ["applied"]


async def test_after_a_restart_what_a_crash_left_is_measured_by_the_catalog_of_now(db: Path) -> None:
    async with selling(db) as house:
        await house.play(asked())
    sell(db, "6.00")
    async with selling(db, clock=FakeClock(NOON + 5)) as house:
        await house.send()
        assert posts(house) == [("failed", "catalog.price: The catalog has another price: $6.")]
    async with selling(db, clock=FakeClock(NOON + 10)) as house:
        await house.play(asked(author="bob", at=NOON + 10))
        await later(house)
        assert [result for result, _ in posts(house)] == ["failed", "applied"], "nobody was answered before"


async def test_an_offer_that_a_person_sends_unread_is_looked_at_too_and_their_own_words_by_the_gate(db: Path) -> None:
    actuator = FailingActuator(NotSentError("not now.", code="http_503"))
    async with selling(db, mode="assist", actuator=actuator, intent=Intent.STOCK) as house:
        await house.play(asked("how many are left"))
        (offer,) = house.sql("SELECT event FROM outbox WHERE operation = 'post'")[0]
        assert (await house.order(Verb.SEND, offer)).answer is Answer.ACCEPTED
        await house.send()
        await sell_for(house, db, "5.00", stock="2")
        await later(house, 5)
        assert posts(house)[-1][0] == "failed"
        assert (await house.order(Verb.POST, value="Nine left, $5 each")).answer is Answer.ACCEPTED
        await sell_for(house, db, "6.00", stock="2")
        await house.send()
        assert posts(house)[-1] == ("failed", "catalog.price: The catalog has another price: $6.")


async def test_a_prompt_that_waited_is_looked_at_and_said_again_as_it_is_now(db: Path) -> None:
    file = db.with_name("prompts.toml")
    file.write_text(PROMPT, encoding="utf-8")
    async with selling(db, Intent.GREETING, prompts=str(file)) as house:
        await house.play(asked("hello"))
        await house.prompter.look()
        await sell_for(house, db, "6.00")
        await house.send()
        assert posts(house) == [("failed", "catalog.price: The catalog has another price: $6.")]
        await house.play(asked("hello", at=NOON + 61))
        house.clock.advance(61)
        await house.prompter.look()
        await house.send()
        assert [action.text for action in house.actuator.applied] == ["$6 for the hat"]


async def test_what_is_only_simulated_is_not_looked_at(db: Path) -> None:
    async with selling(db, mode="observe") as house:
        await house.order(Verb.POST, value="Only $5")
        await sell_for(house, db, "6.00")
        await house.send()
        assert [result for result, _ in posts(house)] == ["simulated"]


async def test_while_the_log_cannot_be_read_nothing_is_sent_unseen(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with selling(db) as house:
        await house.play(asked())
        read = house.log.read

        async def broken(*_: Any) -> Any:
            raise StorageError("the disk is gone.", code="database_error")

        monkeypatch.setattr(house.log, "read", broken)
        house.clock.advance(1.1)
        await house.dispatcher.step()
        assert posts(house) == [(None, "the disk is gone.")]
        assert house.actuator.applied == []
        monkeypatch.setattr(house.log, "read", read)
        await later(house)
        assert [result for result, _ in posts(house)] == ["applied"]


async def test_what_cannot_be_checked_does_not_leave_and_holds_up_nothing_else(db: Path) -> None:
    async with selling(db) as house:
        await house.play(asked())

        class Crashing(WordMatcher):
            def read_reply(self, text: str) -> Sequence[Signal]:
                raise ZeroDivisionError("a rule that nobody tried")

        house.rooms.equip(await house.room(), PACK, Crashing())
        await later(house)
        house.rooms.equip(await house.room(), PACK, WordMatcher())
        assert posts(house) == [("failed", "not sent, for it could not be checked: ZeroDivisionError")]
        await house.order(Verb.POST, value="Only $5")
        await house.send()
        assert [result for result, _ in posts(house)] == ["failed", "applied"]
