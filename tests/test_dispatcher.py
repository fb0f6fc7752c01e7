"""From the outbox to the platform: what fails, what a crash leaves, what the circuit breaker stops."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from streambot.core.action import Act, Action, Capability, How, Operation, Outcome, Result, State
from streambot.core.command import Mode, Verb
from streambot.core.errors import PlatformError, StorageError
from streambot.platforms.action_wire import NotSentError, RetryError
from streambot.sender import ATTEMPTS
from streambot.store.sqlite import SqliteStore
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
from tests.houses import BreakableStore, SmallHouse, small_house, turns, until
from tests.store.lines import a_decision


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


async def ask(house: SmallHouse, operation: Operation, comment: str = "c1", **fields: Any) -> Action:
    """An action in the outbox that no rule of the test pack asks for."""
    event = a_decision(a_comment("hello"), Act.ALLOW)
    action = Action(event.id, operation, ROOM.name, ROOM.platform, ROOM.id, comment=comment, author="u1", **fields)
    await house.store.commit([event], [action])
    return action


def gone() -> PlatformError:
    return PlatformError("the platform does not answer.")


async def test_what_is_asked_is_sent_settled_and_told(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("bet", id="c1"))
        await house.send()
        assert house.actuator.operations == [Operation.HIDE, Operation.MUTE]
        assert house.rows() == [("hide", "settled", "applied"), ("mute", "settled", "applied")]
        assert [(action.operation, outcome.result) for action, outcome in house.feed.outcomes] == [
            (Operation.HIDE, Result.APPLIED),
            (Operation.MUTE, Result.APPLIED),
        ]
        assert {action.duration for action in house.actuator.applied} == {None, 600}


async def test_it_is_marked_on_the_disk_before_it_is_sent(db: Path) -> None:
    async with small_house(db, actuator=SlowActuator()) as house:
        await house.play(a_comment("spam"))
        sending = asyncio.ensure_future(house.send())
        await house.actuator.began.wait()
        assert house.rows() == [("hide", "sending", None)]
        house.actuator.release.set()
        await sending


async def test_a_platform_that_fails_is_tried_again_later_and_later(db: Path) -> None:
    async with small_house(db, actuator=FailingActuator(gone(), gone(), gone())) as house:
        await house.play(a_comment("spam"))
        waits = []
        while house.rows()[0][1] != "settled":
            await house.send()
            due = await house.outbox.next_time()
            if due is not None:
                waits.append(due - house.clock())
                house.clock.advance(due - house.clock())
        assert waits == [1.0, 2.0, 5.0]
        assert house.rows() == [("hide", "settled", "applied")]
        assert len({action.id for action in house.actuator.applied}) == 1


async def test_after_so_many_attempts_it_is_given_up_with_the_reason(db: Path) -> None:
    async with small_house(db, actuator=FailingActuator(*[gone()] * 20)) as house:
        await house.play(a_comment("spam"))
        for _ in range(20):
            await house.send()
            house.clock.advance(100)
        assert len(house.actuator.applied) == ATTEMPTS
        assert house.rows() == [("hide", "settled", "failed")]
        assert "does not answer" in house.sql("SELECT detail FROM outbox")[0][0]


@pytest.mark.parametrize(
    ("operation", "capabilities"),
    [
        (Operation.POST, every_capability()),
        (Operation.HIDE, every_capability(idempotent=False)),
    ],
)
async def test_what_does_harm_when_done_twice_is_never_sent_twice(
    db: Path, operation: Operation, capabilities: Any
) -> None:
    async with small_house(db, actuator=FailingActuator(gone(), capabilities=capabilities)) as house:
        await ask(house, operation)
        await house.send()
        house.clock.advance(1000)
        await house.send()
        assert house.actuator.operations == [operation]
        assert house.rows("c1") == [(operation, "settled", "unknown")]


async def test_a_connector_with_a_bug_stops_nobody_else(db: Path) -> None:
    class Buggy(RecordingActuator):
        async def apply(self, action: Action) -> Outcome:
            if action.comment == "c1":
                raise KeyError("message_id")
            return await super().apply(action)

    async with small_house(db, actuator=Buggy()) as house:
        await house.play(a_comment("spam", id="c1", author="a"), a_comment("spam", id="c2", author="b"))
        await house.send()
        assert house.rows() == [("hide", "settled", "unknown"), ("hide", "settled", "applied")]


@pytest.mark.parametrize(
    ("capabilities", "result"),
    [
        ({}, "unsupported"),
        ({Operation.HIDE: Capability(How.NONE)}, "unsupported"),
        ({Operation.MUTE: Capability(How.API)}, "unsupported"),
    ],
)
async def test_what_a_platform_cannot_do_is_said_and_nothing_else_done(
    db: Path, capabilities: Any, result: str
) -> None:
    actuator = RecordingActuator()
    actuator.capabilities = capabilities
    async with small_house(db, actuator=actuator) as house:
        await house.play(a_comment("spam"))
        await house.send()
        assert house.rows() == [("hide", "settled", result)]
        assert actuator.applied == []


async def test_the_delay_for_regret_is_kept(db: Path) -> None:
    actuator = RecordingActuator(every_capability(reversible=False))
    async with small_house(db, actuator=actuator, dispatching=True, undo_ms=3000) as house:
        await house.play(a_comment("spam"))
        await until(lambda: house.clock.sleeping)
        house.clock.advance(2.9)
        await turns()
        assert actuator.applied == []
        house.clock.advance(0.2)
        await until(lambda: house.rows() == [("hide", "settled", "applied")])


# Crashes. "The process dies" is the house closed with everything it knew; only the disk is left.


async def test_killed_before_the_claim_it_is_sent_by_the_next_process(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("spam"))
    async with small_house(db) as house:
        await house.send()
        assert house.rows() == [("hide", "settled", "applied")]


@pytest.mark.parametrize("sent", [False, True], ids=["before it was sent", "after it was sent"])
async def test_killed_after_the_claim_a_hide_is_sent_again_and_a_post_is_not(db: Path, sent: bool) -> None:
    async with small_house(db) as house:
        await ask(house, Operation.HIDE, "c1")
        await ask(house, Operation.POST, "c2", text="see you")
        for action in await house.outbox.claim():
            if sent:
                await house.actuator.apply(action)
    async with small_house(db) as house:
        await house.send()
        assert house.actuator.operations == [Operation.HIDE]
        assert house.rows("c1") == [("hide", "settled", "applied")]
        assert house.rows("c2") == [("post", "settled", "unknown")]


async def test_killed_while_sending_the_row_is_in_doubt_and_found(db: Path) -> None:
    actuator = SlowActuator()
    async with small_house(db, actuator=actuator) as house:
        await house.play(a_comment("spam"))
        sending = asyncio.ensure_future(house.send())
        await actuator.began.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
    async with small_house(db) as house:
        await house.send()
        assert house.rows() == [("hide", "settled", "applied")]
        assert house.actuator.applied[0].attempts == 2


async def test_however_often_it_is_killed_while_sending_nothing_is_given_up_for_it(db: Path) -> None:
    for _ in range(2 * ATTEMPTS):
        async with small_house(db) as house:
            if not house.rows():
                await house.play(a_comment("spam"))
            assert len(await house.outbox.claim()) == 1
    async with small_house(db, actuator=FailingActuator(gone())) as house:
        await house.send()
        house.clock.advance(5)
        await house.send()
        assert house.rows() == [("hide", "settled", "applied")]


async def test_told_to_finish_it_settles_what_it_has_taken_up_and_takes_no_more(db: Path) -> None:
    actuator = SlowActuator()
    async with small_house(db, actuator=actuator) as house:
        await house.play(a_comment("spam", author="a"))
        running = asyncio.ensure_future(house.dispatcher.run())
        await actuator.began.wait()
        await house.play(a_comment("spam", author="b"))
        house.dispatcher.finish()
        actuator.release.set()
        await asyncio.wait_for(running, 5)
        assert house.rows() == [("hide", "settled", "applied"), ("hide", "pending", None)]


# The log out of order while somebody is on air.


class DiesAfterSending(BreakableStore):
    """The disk is full when the outcome is to be written."""

    async def write(self, *statements: Any) -> None:
        if self.full and any("'settled'" in sql and rows for sql, rows in statements):
            raise StorageError("the disk is full.", code="disk_full")
        await self._store.write(*statements)


@pytest.mark.parametrize(("errors", "sent"), [(0, 1), (1, 2)], ids=["applied", "to be tried again"])
async def test_an_outcome_that_cannot_be_written_is_kept_until_it_can(db: Path, errors: int, sent: int) -> None:
    stores: list[Any] = []

    def wrap(store: SqliteStore) -> Any:
        stores.append(DiesAfterSending(store))
        return stores[0]

    actuator = FailingActuator(*[gone()] * errors)
    async with small_house(db, wrap=wrap, actuator=actuator, dispatching=True) as house:
        stores[0].full = True
        await house.store._store.commit(
            [event := a_decision(a_comment("spam"), Act.HIDE)],
            [Action(event.id, Operation.HIDE, ROOM.name, ROOM.platform, ROOM.id, comment="c1", author="u1"),
             Action(event.id, Operation.MUTE, ROOM.name, ROOM.platform, ROOM.id, comment="c1", author="u1")],
        )  # fmt: skip
        house.wake.set()
        await until(lambda: house.clock.sleeping)
        assert len(actuator.applied) == sent
        assert house.feed.outcomes == []
        for _ in range(3):
            house.clock.advance(1)
            await turns()
        assert len(actuator.applied) == sent
        stores[0].full = False
        while any(state != "settled" for _, state, _ in house.rows()):
            house.clock.advance(1)
            await asyncio.sleep(0.001)
        assert len(actuator.applied) == 2 + errors
        await until(lambda: len(house.feed.outcomes) == 2)


async def test_where_nobody_is_on_air_a_log_that_fails_ends_it(db: Path) -> None:
    async with small_house(db, live=False, wrap=BreakableStore) as house:
        house.store.unreadable = True
        with pytest.raises(StorageError):
            await asyncio.wait_for(house.dispatcher.run(), 5)


# Draining.


@pytest.mark.parametrize("failures", [0, 2, 20])
async def test_draining_ends_when_nothing_is_left_also_when_attempts_are_due_later(db: Path, failures: int) -> None:
    async with small_house(db, actuator=FailingActuator(*[gone()] * failures), dispatching=True) as house:
        await house.play(*(a_comment("spam", author=f"u{n}") for n in range(3)), a_comment("hello"))
        draining = asyncio.ensure_future(house.dispatcher.drain())
        for _ in range(4000):
            if draining.done():
                break
            house.clock.advance(0.5)
            await asyncio.sleep(0.0005)
        await asyncio.wait_for(draining, 1)
        assert {state for _, state, _ in house.rows()} == {"settled"}


async def test_draining_does_not_wait_for_people(db: Path) -> None:
    async with small_house(db, mode="assist", dispatching=True) as house:
        await house.play(a_comment("spam"))
        await asyncio.wait_for(house.dispatcher.drain(), 5)
        assert house.rows() == [("hide", "proposed", None)]


async def test_what_is_committed_just_before_it_falls_asleep_wakes_it(db: Path) -> None:
    async with small_house(db) as house:
        looked = house.outbox.next_time

        async def then_somebody_commits(**how: Any) -> float | None:
            due = await looked(**how)
            if not house.actuator.applied:
                await house.play(a_comment("spam"))
            return due

        house.outbox.next_time = then_somebody_commits  # type: ignore[method-assign]
        running = asyncio.ensure_future(house.dispatcher.run())
        await asyncio.wait_for(until(lambda: house.actuator.applied), 5)
        house.dispatcher.finish()
        await running


async def test_nothing_committed_while_it_falls_asleep_is_overslept(db: Path) -> None:
    async with small_house(db, dispatching=True, quota_per_minute=1000) as house:
        for number in range(100):
            await house.play(a_comment("spam", author=f"u{number}"))
            await turns(number % 7)
        await asyncio.wait_for(asyncio.ensure_future(house.dispatcher.drain()), 10)
        assert len(house.actuator.applied) == 100
        assert house.clock() == NOON


# The circuit breaker.


def spams(count: int, start: int = 0) -> list[Any]:
    return [a_comment("spam", id=f"c{n}", author=f"u{n}") for n in range(start, start + count)]


async def test_a_bot_that_acts_too_often_is_stopped_and_says_so_once(db: Path) -> None:
    async with small_house(db, quota_per_minute=3, label_modes={"spam": "auto"}) as house:
        await house.play(*spams(6))
        await house.send()
        assert [result for *_, result in house.rows()] == ["applied"] * 3 + ["over_quota"] * 3
        assert house.feed.codes() == ["over_quota"]
        state = await house.room()
        assert (state.mode, state.tripped) == (Mode.ASSIST, True)
        assert house.sql("SELECT actor, json_extract(data, '$.value') FROM events WHERE kind = 'setting'") == [
            ("bot", "assist")
        ]
        # No label acts by itself any more, whatever the configuration says of it.
        await house.play(*spams(1, start=50))
        assert house.rows()[-1] == ("hide", "proposed", None)

    async with small_house(db, quota_per_minute=3, label_modes={"spam": "auto"}, clock=FakeClock(NOON + 3600)) as house:
        await house.play(*spams(1, start=60))
        assert house.rows()[-1] == ("hide", "proposed", None)
        assert (await house.order(Verb.MODE, value="assist")).answer == "accepted"
        await house.play(*spams(1, start=70))
        assert house.rows()[-1] == ("hide", "pending", None)


async def test_a_room_that_only_a_label_lets_act_is_stopped_too(db: Path) -> None:
    async with small_house(db, mode="assist", quota_per_minute=1, label_modes={"spam": "auto"}) as house:
        await house.play(*spams(3))
        await house.send()
        assert house.feed.codes() == ["over_quota"]
        assert (await house.room()).tripped


async def test_the_quota_binds_the_bot_and_not_people(db: Path) -> None:
    async with small_house(db, mode="assist", quota_per_minute=1) as house:
        await house.play(*spams(4), a_comment("hello", id="h"))
        for number in range(4):
            await house.order(Verb.HIDE, f"c{number}")
        await house.order(Verb.HIDE, "h")
        await house.send()
        assert [result for *_, result in house.rows()] == ["applied"] * 5
        assert house.feed.codes() == []


async def test_the_quota_does_not_count_what_is_simulated_or_taken_back(db: Path) -> None:
    async with small_house(db, quota_per_minute=1, mode="observe") as house:
        await house.play(*spams(5))
        await ask(house, Operation.UNHIDE, "x")
        await ask(house, Operation.UNMUTE, "x")
        await house.send()
        assert house.feed.codes() == []


async def test_a_room_whose_actuator_is_a_dry_run_is_not_held_back(db: Path) -> None:
    async with small_house(db, quota_per_minute=1) as house:
        house.dispatcher._sender._actuator_for = lambda action: house.dispatcher._sender._simulated
        await house.play(*spams(5))
        await house.send()
        assert [result for *_, result in house.rows()] == ["simulated"] * 5
        assert house.feed.codes() == []


async def test_a_breaker_whose_setting_cannot_be_written_trips_when_it_can(db: Path) -> None:
    async with small_house(db, quota_per_minute=1) as house:
        trip, failures = house.dispatcher._tripped, [StorageError("the disk is full.", code="disk_full")]

        async def failing(room: str) -> None:
            if failures:
                raise failures.pop()
            await trip(room)

        house.dispatcher._tripped = failing
        await house.play(*spams(3))
        with pytest.raises(StorageError):
            await house.send()
        assert [state for _, state, _ in house.rows()] == ["sending", "pending", "pending"]
        await house.send()
        assert [result for *_, result in house.rows()] == ["applied", "over_quota", "over_quota"]
        assert (await house.room()).tripped


async def test_a_proposal_is_never_sent_by_itself(db: Path) -> None:
    async with small_house(db) as house:
        await ask(house, Operation.BAN, state=State.PROPOSED)
        house.clock.advance(10_000)
        await house.send()
        assert house.actuator.applied == []


async def test_the_quota_holds_across_a_restart(db: Path) -> None:
    async with small_house(db, quota_per_minute=3) as house:
        await house.play(*spams(2))
        await house.send()
    async with small_house(db, quota_per_minute=3, clock=FakeClock(NOON + 30)) as house:
        await house.play(*spams(2, start=10))
        await house.send()
        assert [result for *_, result in house.rows()] == ["applied"] * 3 + ["over_quota"]


async def test_what_is_tried_again_is_counted_once(db: Path) -> None:
    async with small_house(db, quota_per_minute=1, actuator=FailingActuator(gone(), gone())) as house:
        await house.play(*spams(1))
        for _ in range(3):
            await house.send()
            house.clock.advance(2)
        assert house.rows() == [("hide", "settled", "applied")]
        assert house.feed.codes() == ["platform_failing", "platform_back"]


# What failed, and whether to send it again.


async def test_a_post_that_surely_did_not_arrive_is_sent_again(db: Path) -> None:
    actuator = FailingActuator(NotSentError("slow down.", code="rate_limited", retry_after=40.0))
    async with small_house(db, actuator=actuator) as house:
        await ask(house, Operation.POST, text="see you")
        await house.send()
        assert house.rows("c1") == [("post", "pending", None)]
        assert await house.outbox.next_time() == house.clock() + 40
        house.clock.advance(40)
        await house.send()
        assert house.rows("c1") == [("post", "settled", "applied")]


async def test_a_wish_shorter_than_our_own_wait_does_not_hurry_us(db: Path) -> None:
    actuator = FailingActuator(gone(), RetryError("busy.", code="in_doubt", retry_after=0.1))
    async with small_house(db, actuator=actuator) as house:
        await house.play(*spams(1))
        await house.send()
        house.clock.advance(1)
        await house.send()
        assert await house.outbox.next_time() == house.clock() + 2


async def test_a_platform_that_is_down_for_a_minute_costs_nothing_and_is_said_once(db: Path) -> None:
    class Down(RecordingActuator):
        async def apply(self, action: Action) -> Outcome:
            if house.clock() < NOON + 60:
                raise gone()
            return await super().apply(action)

    async with small_house(db, actuator=Down(), dispatching=True) as house:
        await house.play(*spams(20))
        draining = asyncio.ensure_future(house.dispatcher.drain())
        while not draining.done():
            house.clock.advance(0.5)
            await asyncio.sleep(0.001)
        assert {result for *_, result in house.rows()} == {"applied"}
        assert house.feed.codes() == ["platform_failing", "platform_back"]


# Lines: each room at its own pace.


class SlowIn(RecordingActuator):
    """Never answers in one room."""

    def __init__(self, room: str) -> None:
        super().__init__()
        self.room = room

    async def apply(self, action: Action) -> Outcome:
        outcome = await super().apply(action)
        if action.room_id == self.room:
            await asyncio.Event().wait()
        return outcome


async def test_a_platform_that_never_answers_holds_up_no_other_room(db: Path) -> None:
    actuator = SlowIn("slow")
    async with small_house(db, actuator=actuator, quota_per_minute=1000) as house:
        for number in range(100):
            await ask(house, Operation.HIDE, f"s{number}")
        await house.store.write(("UPDATE outbox SET room_id = ?", [("slow",)]))
        running = asyncio.ensure_future(house.dispatcher.run())
        await until(lambda: actuator.applied)
        for number in range(3):
            await ask(house, Operation.HIDE, f"f{number}")
            house.wake.set()
        done = "SELECT count(*) FROM outbox WHERE room_id <> 'slow' AND result = 'applied'"
        await asyncio.wait_for(until(lambda: house.sql(done) == [(3,)]), 10)
        assert [action.comment for action in actuator.applied if action.room_id == "slow"] == ["s0"]
        running.cancel()
        await asyncio.wait([running])


async def test_within_a_room_one_follows_another_in_order(db: Path) -> None:
    class OneAtATime(RecordingActuator):
        inside = 0

        async def apply(self, action: Action) -> Outcome:
            assert self.inside == 0
            self.inside += 1
            await turns(3)
            self.inside -= 1
            return await super().apply(action)

    async with small_house(db, actuator=OneAtATime(), dispatching=True, quota_per_minute=1000) as house:
        await house.play(*spams(150))
        await asyncio.wait_for(house.dispatcher.drain(), 10)
        assert [action.comment for action in house.actuator.applied] == [f"c{n}" for n in range(150)]


async def test_an_account_is_asked_no_faster_than_it_bears_and_the_rest_can_still_be_withdrawn(db: Path) -> None:
    async with small_house(db, quota_per_minute=1000, dispatching=True) as house:
        house.dispatcher._pacing._pace_for = lambda action: (5.0, 10)
        await house.play(*spams(30))
        await until(lambda: len(house.actuator.applied) == 10 and house.clock.sleeping)
        await until(lambda: [state for _, state, _ in house.rows()] == ["settled"] * 10 + ["pending"] * 20)
        draining = asyncio.ensure_future(house.dispatcher.drain())
        began = house.clock()
        while not draining.done():
            allowed = 10 + 5 * (house.clock() - began) + 0.001
            assert len(house.actuator.applied) <= allowed
            house.clock.advance(0.05)
            await asyncio.sleep(0.002)
        assert len(house.actuator.applied) == 30
