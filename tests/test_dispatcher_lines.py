"""One line's actions, one at a time: what waits behind the one under way is neither paid for, in doubt nor beyond
recall.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from streambot.core.action import Act, Action, Operation, Outcome
from streambot.core.command import Verb
from streambot.core.errors import AuthError, ConfigError
from streambot.platforms.action_wire import NotSentError
from streambot.testing import (
    NOON,
    ROOM,
    FailingActuator,
    FakeClock,
    RecordingActuator,
    SlowActuator,
    a_comment,
    every_capability,
)
from tests.houses import SmallHouse, small_house
from tests.store.lines import a_decision


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


class Clocked(RecordingActuator):
    """Takes ``first`` seconds for its first action and none for the others; ``sent`` is when each was sent."""

    def __init__(self, first: float) -> None:
        super().__init__()
        self.first = first
        self.clock = FakeClock()
        self.sent: list[float] = []

    async def apply(self, action: Action) -> Outcome:
        self.sent.append(self.clock() - NOON)
        if len(self.sent) == 1:
            self.clock.advance(self.first)
        return await super().apply(action)


def spams(count: int) -> list[Any]:
    return [a_comment("spam", id=f"c{n}", author=f"u{n}") for n in range(count)]


async def post(house: SmallHouse, comment: str) -> None:
    event = a_decision(a_comment("hello", at=house.clock()), Act.ALLOW)
    action = Action(event.id, Operation.POST, ROOM.name, ROOM.platform, ROOM.id, comment=comment, text="see you")
    await house.store.commit([event], [action])


async def test_a_platform_that_was_slow_once_gets_no_more_at_once_than_it_bears(db: Path) -> None:
    slow = Clocked(first=10)
    async with small_house(db, actuator=slow, clock=slow.clock, quota_per_minute=1000) as house:
        house.dispatcher._pacing._pace_for = lambda action: (5.0, 10)
        await house.play(*spams(30))
        while len(slow.sent) < 30:
            await house.send()
            slow.clock.advance(0.1)
    assert all(sum(at <= each < at + 0.1 for each in slow.sent) <= 11 for at in slow.sent)


async def test_a_platform_that_was_slow_once_gets_no_more_in_a_minute_than_the_quota(db: Path) -> None:
    slow = Clocked(first=55)
    async with small_house(db, actuator=slow, clock=slow.clock, quota_per_minute=3) as house:
        await house.play(*spams(3))
        await house.send()
        slow.clock.advance(6)
        await house.play(*(a_comment("spam", id=f"d{n}", author=f"v{n}", at=slow.clock()) for n in range(3)))
        for _ in range(200):
            await house.send()
            slow.clock.advance(1)
    assert len(slow.sent) == 6
    assert all(sum(at <= each < at + 60 for each in slow.sent) <= 3 for at in slow.sent)


async def test_a_platform_that_asks_for_rest_is_not_asked_by_what_stood_behind(db: Path) -> None:
    actuator = FailingActuator(NotSentError("slow down.", code="rate_limited", retry_after=40.0))
    async with small_house(db, actuator=actuator) as house:
        house.dispatcher._pacing._pace_for = lambda action: (5.0, 10)
        await house.play(*spams(5))
        await house.send()
        assert len(actuator.applied) == 1
        house.clock.advance(40)
        await house.send()
        assert len(actuator.applied) == 6


async def test_a_crash_leaves_one_post_in_doubt_and_not_those_behind_it(db: Path) -> None:
    actuator = SlowActuator()
    async with small_house(db, actuator=actuator) as house:
        await post(house, "p1")
        await post(house, "p2")
        sending = asyncio.ensure_future(house.send())
        await actuator.began.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
    async with small_house(db) as house:
        await house.send()
        assert house.rows("p1") == [("post", "settled", "unknown")]
        assert house.rows("p2") == [("post", "settled", "applied")]


async def test_what_waits_behind_a_slow_one_can_still_be_taken_back(db: Path) -> None:
    actuator = SlowActuator(every_capability(reversible=False))
    async with small_house(db, actuator=actuator, undo_ms=0) as house:
        await house.play(*spams(2))
        sending = asyncio.ensure_future(house.send())
        await actuator.began.wait()
        assert (await house.order(Verb.UNDO, await house.decision("c1"))).answer == "accepted"
        actuator.release.set()
        await sending
        assert [action.comment for action in actuator.applied] == ["c0"]
        assert house.rows("c1") == [("hide", "settled", "withdrawn")]


async def test_what_is_taken_back_while_it_is_being_refused_is_never_sent(db: Path) -> None:
    class RefusesSlowly(SlowActuator):
        async def apply(self, action: Action) -> Outcome:
            if not self.applied and not self.release.is_set():
                self.began.set()
                await self.release.wait()
                raise AuthError("refused.", code="webhook_auth")
            return await super().apply(action)

    actuator = RefusesSlowly()
    async with small_house(db, actuator=actuator) as house:
        await house.play(*spams(1))
        sending = asyncio.ensure_future(house.send())
        await actuator.began.wait()
        assert (await house.order(Verb.UNDO, await house.decision("c0"))).answer == "accepted"
        actuator.release.set()
        await sending
        house.clock.advance(60)
        await house.send()
        assert Operation.HIDE not in actuator.operations
        assert house.rows()[0] == ("hide", "settled", "withdrawn")
        assert ("hide", "withdrawn") in [(action.operation, told.result) for action, told in house.feed.outcomes]


class Misconfigured(RecordingActuator):
    """An actuator that cannot be made: the file of its secret is not what it should be."""

    def __init__(self) -> None:
        super().__init__()
        self.mended = False

    @property
    def capabilities(self) -> Any:
        if not self.mended:
            raise ConfigError("webhook.secret can be read by others.", code="secret_exposed", fix="Run `chmod 600`.")
        return every_capability()

    @capabilities.setter
    def capabilities(self, _: Any) -> None:
        pass


async def test_what_is_left_over_outlives_a_start_with_a_broken_configuration(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(*spams(3))
        assert len(await house.outbox.claim(limit=1)) == 1
    async with small_house(db, actuator=Misconfigured()) as house:
        await house.send()
        assert {state for _, state, _ in house.rows()} == {"pending"}
    async with small_house(db) as house:
        await house.send()
        assert house.rows() == [("hide", "settled", "applied")] * 3


async def test_a_configuration_that_is_mended_while_it_runs_lets_out_what_waited(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(*spams(2))
    actuator = Misconfigured()
    async with small_house(db, actuator=actuator) as house:
        for _ in range(10):
            await house.send()
            house.clock.advance(1)
        actuator.mended = True
        house.clock.advance(60)
        await house.send()
        assert house.rows() == [("hide", "settled", "applied")] * 2
        assert house.feed.codes() == ["platform_failing", "platform_back"]


async def test_a_dry_run_says_nothing_of_the_platform(db: Path) -> None:
    class Refuses(RecordingActuator):
        async def apply(self, action: Action) -> Outcome:
            raise AuthError("refused.", code="webhook_auth")

    async with small_house(db, actuator=Refuses()) as house:
        await house.play(*spams(1))
        await house.send()
        await house.order(Verb.UNDO, await house.decision("c0"))
        await house.order(Verb.MODE, value="observe")
        await house.play(a_comment("spam", id="d", author="v"))
        house.clock.advance(60)
        await house.send()
        assert house.rows("d") == [("hide", "settled", "simulated")]
        assert house.feed.codes() == ["platform_failing"]


async def test_a_clock_that_is_set_back_holds_up_no_second_attempt(db: Path) -> None:
    async with small_house(db, actuator=FailingActuator(NotSentError("down.", code="unreachable"))) as house:
        await house.play(*spams(1))
        await house.send()
        house.clock.advance(-3600)
        for _ in range(90):
            house.clock.advance(1)
            await house.send()
        assert house.rows() == [("hide", "settled", "applied")]


async def test_a_clock_that_is_set_back_does_not_stop_the_bot(db: Path) -> None:
    async with small_house(db, quota_per_minute=3) as house:
        await house.play(*spams(2))
        await house.send()
        house.clock.advance(-3600)
        for number in range(5):
            house.clock.advance(61)
            await house.play(a_comment("spam", id=f"d{number}", author=f"v{number}", at=house.clock()))
            await house.send()
        assert house.feed.codes() == []
        assert {result for *_, result in house.rows()} == {"applied"}
