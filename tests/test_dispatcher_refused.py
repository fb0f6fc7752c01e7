"""A platform that refuses our token: nothing is lost, nobody is hammered, and it mends itself when a person has."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from streambot.core.action import Act, Action, Operation, Outcome
from streambot.core.command import Mode, Verb
from streambot.core.comment import Room
from streambot.core.errors import AuthError
from streambot.dispatcher import POST_LASTS
from streambot.platforms.action_wire import NotSentError
from streambot.testing import NOON, ROOM, FakeClock, RecordingActuator, a_comment
from tests.houses import SmallHouse, small_house, turns, until
from tests.store.lines import a_decision


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


class Strict(RecordingActuator):
    """Refuses everything while ``refusing`` says with which code; ``file`` is what its secret's file holds."""

    def __init__(self) -> None:
        super().__init__()
        self.refusing = "webhook_auth"
        self.tried: list[float] = []
        self.file = self.secret = "old"
        self.clock = FakeClock()

    def renewed(self) -> bool:
        before, self.secret = self.secret, self.file
        return self.secret != before

    async def apply(self, action: Action) -> Outcome:
        self.tried.append(self.clock() - NOON)
        if self.secret == "new":
            self.refusing = ""
        if self.refusing:
            raise AuthError("the tool refuses our signature.", code=self.refusing, fix="Put it into FILE.")
        return await super().apply(action)


def spams(count: int, start: int = 0) -> list[Any]:
    return [a_comment("spam", id=f"c{n}", author=f"u{n}") for n in range(start, start + count)]


def comments(house: SmallHouse) -> list[str | None]:
    return [action.comment for action in house.actuator.applied]


async def post(house: SmallHouse, comment: str = "p", room: Room = ROOM) -> None:
    event = a_decision(a_comment("hello", at=house.clock()), Act.ALLOW)
    action = Action(event.id, Operation.POST, room.name, room.platform, room.id, comment=comment, text="see you")
    await house.store.commit([event], [action])


async def test_what_is_refused_waits_and_is_sent_once_and_in_order_when_it_is_taken_again(db: Path) -> None:
    strict = Strict()
    async with small_house(db, actuator=strict, clock=strict.clock) as house:
        await house.play(*spams(20))
        await house.send()
        assert house.rows() == [("hide", "pending", None)] * 20
        assert len(strict.tried) == 1
        await house.play(*spams(5, start=20))
        strict.refusing = ""
        house.clock.advance(5)
        await house.send()
        assert comments(house) == [f"c{n}" for n in range(25)]
        assert house.rows() == [("hide", "settled", "applied")] * 25
        assert house.feed.codes() == ["platform_failing", "platform_back"]
        told, over = (notice["text"] for _, notice in house.feed.notices)
        assert told == "the tool refuses our signature. Put it into FILE. Actions wait until then."
        assert "what waited is sent now" in over


async def test_it_is_tried_ever_more_rarely_and_always_with_the_oldest(db: Path) -> None:
    strict = Strict()
    async with small_house(db, actuator=strict, clock=strict.clock) as house:
        await house.play(*spams(3))
        for _ in range(200):
            await house.send()
            house.clock.advance(1)
        assert strict.tried == [0, 5, 15, 35, 75, 135, 195]
        assert house.feed.codes() == ["platform_failing"]
        assert house.sql("SELECT attempts, state FROM outbox") == [(0, "pending")] * 3


async def test_what_waits_for_a_person_holds_up_no_end(db: Path) -> None:
    strict = Strict()
    async with small_house(db, actuator=strict, clock=strict.clock, dispatching=True) as house:
        await house.play(*spams(3))
        await asyncio.wait_for(house.dispatcher.drain(), 5)
        assert house.rows() == [("hide", "pending", None)] * 3


async def test_a_new_secret_in_the_file_is_tried_at_once(db: Path) -> None:
    strict = Strict()
    async with small_house(db, actuator=strict, clock=strict.clock) as house:
        await house.play(*spams(2))
        for _ in range(100):
            await house.send()
            house.clock.advance(1)
        strict.file = "new"
        for _ in range(6):
            await house.send()
            house.clock.advance(1)
        assert comments(house) == ["c0", "c1"]
        assert strict.tried[-1] <= 105


async def test_it_wakes_by_itself_to_look_at_the_file(db: Path) -> None:
    strict = Strict()
    async with small_house(db, actuator=strict, clock=strict.clock, dispatching=True) as house:
        await house.play(*spams(1))
        await until(lambda: strict.tried and house.clock.sleeping)
        strict.file = "new"
        while house.rows() != [("hide", "settled", "applied")]:
            house.clock.advance(1)
            await asyncio.sleep(0.003)


async def test_another_reason_is_another_sentence(db: Path) -> None:
    strict = Strict()
    async with small_house(db, actuator=strict, clock=strict.clock) as house:
        await house.play(*spams(1))
        for code in ("webhook_auth", "webhook_auth", "secret_exposed", "secret_exposed", ""):
            strict.refusing = code
            await house.send()
            house.clock.advance(60)
        assert house.feed.codes() == ["platform_failing", "platform_failing", "platform_back"]


async def test_what_waits_outlives_a_restart(db: Path) -> None:
    strict = Strict()
    async with small_house(db, actuator=strict, clock=strict.clock) as house:
        await house.play(*spams(10))
        await house.send()
    async with small_house(db, actuator=strict, clock=strict.clock) as house:
        await house.send()
        assert len(strict.tried) == 2, "one probe a process, not one an action"
        assert house.feed.codes() == ["platform_failing"]
    strict.refusing = ""
    async with small_house(db, actuator=strict, clock=strict.clock) as house:
        await house.send()
        assert comments(house) == [f"c{n}" for n in range(10)]


async def test_a_post_that_is_too_late_is_not_sent_and_a_hide_is_always(db: Path) -> None:
    strict = Strict()
    async with small_house(db, actuator=strict, clock=strict.clock) as house:
        await post(house)
        await house.play(*spams(1))
        await house.send()
        house.clock.advance(POST_LASTS + 60)
        await post(house, "p2")
        strict.refusing = ""
        await house.send()
        assert comments(house) == ["c0", "p2"]
        assert house.rows("p") == [("post", "settled", "failed")]
        details = house.sql("SELECT detail FROM outbox WHERE comment = 'p'")
        assert details == [("too late to be worth sending: it was asked for 3 minutes ago",)]


async def test_what_a_person_takes_back_meanwhile_is_never_sent_nor_reversed(db: Path) -> None:
    strict = Strict()
    async with small_house(db, actuator=strict, clock=strict.clock) as house:
        await house.play(*spams(2))
        await house.send()
        assert (await house.order(Verb.UNDO, await house.decision("c0"))).answer == "accepted"
        strict.refusing = ""
        house.clock.advance(60)
        await house.send()
        assert strict.operations == [Operation.HIDE]
        assert house.rows("c0") == [("hide", "settled", "withdrawn")]


async def test_a_persons_hide_and_undo_keep_their_order(db: Path) -> None:
    strict = Strict()
    strict.refusing = ""
    async with small_house(db, actuator=strict, clock=strict.clock, mode="assist") as house:
        await house.play(a_comment("hello", id="h"))
        await house.order(Verb.HIDE, "h")
        await house.send()
        strict.refusing = "webhook_auth"
        hide = str((await house.chain("h"))[-1]["id"])
        await house.order(Verb.UNDO, hide)
        await house.send()
        await house.order(Verb.HIDE, "h")
        house.clock.advance(5)
        await house.send()
        strict.refusing = ""
        house.clock.advance(60)
        await house.send()
        assert strict.operations == [Operation.HIDE, Operation.UNHIDE, Operation.HIDE]


async def test_a_refused_room_holds_up_no_other(db: Path) -> None:
    class OneRefuses(Strict):
        async def apply(self, action: Action) -> Outcome:
            self.refusing = "webhook_auth" if action.room_id == "other" else ""
            return await super().apply(action)

    strict = OneRefuses()
    async with small_house(db, actuator=strict, clock=strict.clock, dispatching=True) as house:
        for number in range(100):
            await post(house, f"o{number}", Room("other", "fake", "other"))
        house.wake.set()
        await house.play(*spams(3))
        await asyncio.wait_for(until(lambda: comments(house) == ["c0", "c1", "c2"]), 5)
        house.clock.advance(5)
        await turns()
        await house.play(*spams(2, start=3))
        await asyncio.wait_for(until(lambda: comments(house)[3:] == ["c3", "c4"]), 5)
        assert house.feed.codes() == []


async def test_what_was_held_up_goes_out_at_the_quotas_pace_and_trips_nothing(db: Path) -> None:
    strict = Strict()
    async with small_house(db, actuator=strict, clock=strict.clock, quota_per_minute=3) as house:
        for minute in range(4):
            await house.play(*spams(3, start=3 * minute))
            await house.send()
            house.clock.advance(61)
        strict.refusing = ""
        strict.tried.clear()
        for _ in range(200):
            await house.send()
            house.clock.advance(1)
        assert house.rows() == [("hide", "settled", "applied")] * 12
        assert all(sum(at <= each < at + 60 for each in strict.tried) <= 3 for at in strict.tried)
        assert house.feed.codes() == ["platform_failing", "platform_back"]
        assert (await house.room()).mode is Mode.AUTO


async def test_what_was_refused_has_used_up_no_quota(db: Path) -> None:
    strict = Strict()
    async with small_house(db, actuator=strict, clock=strict.clock, quota_per_minute=3) as house:
        await house.play(*spams(3))
        await house.send()
        strict.refusing = ""
        house.clock.advance(5)
        await house.send()
        assert comments(house) == ["c0", "c1", "c2"]


async def test_a_bot_that_goes_wild_while_it_is_refused_is_stopped_all_the_same(db: Path) -> None:
    strict = Strict()
    async with small_house(db, actuator=strict, clock=strict.clock, quota_per_minute=3) as house:
        await house.play(*spams(8))
        await house.send()
        strict.refusing = ""
        house.clock.advance(60)
        await house.send()
        assert [result for *_, result in house.rows()] == ["applied"] * 3 + ["over_quota"] * 5
        assert (await house.room()).tripped


async def test_without_a_connection_actions_wait_for_it_and_none_is_given_up(db: Path) -> None:
    class Line(Strict):
        async def apply(self, action: Action) -> Outcome:
            if self.clock() < NOON + 3600:
                raise NotSentError("there is no connection.", code="not_connected")
            self.refusing = ""
            return await super().apply(action)

    line = Line()
    async with small_house(db, actuator=line, clock=line.clock) as house:
        await house.play(*spams(3))
        for _ in range(60):
            await house.send()
            house.clock.advance(60)
        await house.send()
        assert comments(house) == ["c0", "c1", "c2"]
        assert house.feed.codes() == [], "whoever reads the comments says that the line is lost"


async def test_what_a_restart_left_over_trips_a_room_that_was_not_open(db: Path) -> None:
    async with small_house(db, quota_per_minute=2) as house:
        await house.play(*spams(5))
    async with small_house(db, quota_per_minute=2) as house:
        await house.send()
        assert house.feed.codes() == ["over_quota"]
        state = await house.room()
        assert (state.mode, state.tripped) == (Mode.ASSIST, True)
        settings = house.sql("SELECT actor, json_extract(data, '$.value') FROM events WHERE kind = 'setting'")
        assert settings == [("bot", "assist")]
        await house.play(*spams(1, start=9))
        assert house.rows("c9") == [("hide", "proposed", None)]
