"""Comments, redeliveries, crashes, a platform that fails and people who click, in any order: the promises hold.

The promises are those of ENGINE.md C1: every accepted comment has exactly one decision, the log's order is the order of
arrival, what does harm twice happens once, and in the end the platform shows what the log says.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import structlog
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from streambot.case import Case
from streambot.core.action import Act, Action, Operation, Outcome, Result
from streambot.core.command import Verb
from streambot.core.errors import AuthError, PlatformError
from streambot.sender import ATTEMPTS
from streambot.testing import ROOM, FakeClock, RecordingActuator, a_comment
from tests.houses import SmallHouse, small_house
from tests.store.lines import a_decision

TEXTS = ["hello", "spam", "bet", "look", "crash"]
PEOPLE = ["nok", "ploy"]


class Dies(asyncio.CancelledError):
    """The process is killed while it waits for the platform."""


class Platform(RecordingActuator):
    """A platform that really hides and mutes, and answers as the test wants: ok, fails, refuses, lost, dies."""

    def __init__(self) -> None:
        super().__init__()
        self.mood = "ok"
        self.hidden: set[str] = set()
        self.muted: set[str] = set()
        self.posts: Counter[str] = Counter()

    async def apply(self, action: Action) -> Outcome:
        if self.mood == "fails":
            raise PlatformError("busy")
        if self.mood == "refuses":
            raise AuthError("the token is revoked.")
        match action.operation:
            case Operation.HIDE:
                self.hidden.add(action.comment or "")
            case Operation.UNHIDE:
                self.hidden.discard(action.comment or "")
            case Operation.MUTE:
                self.muted.add(action.comment or "")
            case Operation.UNMUTE:
                self.muted.discard(action.comment or "")
            case Operation.POST:
                self.posts[action.id] += 1
        if self.mood == "lost":
            raise PlatformError("no answer")
        if self.mood == "dies":
            raise Dies
        return Outcome(Result.APPLIED)


class Promises(RuleBasedStateMachine):
    """One room, one database, any number of processes, one after another."""

    def __init__(self) -> None:
        super().__init__()
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        self.folder = tempfile.TemporaryDirectory()
        self.db = Path(self.folder.name) / "log.db"
        self.runner = asyncio.Runner()
        self.clock = FakeClock()
        self.platform = Platform()
        self.arrived: list[str] = []
        self.accepted: dict[str, str] = {}
        self.owner: asyncio.Task[None] | None = None

    def do(self, work: Any) -> Any:
        return self.runner.run(work)

    async def _own(self, ready: asyncio.Future[SmallHouse], stop: asyncio.Event) -> None:
        async with small_house(self.db, clock=self.clock, actuator=self.platform, quota_per_minute=10_000) as house:
            ready.set_result(house)
            await stop.wait()

    async def _start(self) -> None:
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[SmallHouse] = loop.create_future()
        self.stop = asyncio.Event()
        self.owner = loop.create_task(self._own(ready, self.stop))
        self.house = await ready
        await self.house.room()

    async def _end(self) -> None:
        assert self.owner is not None
        self.stop.set()
        await self.owner

    @initialize()
    def begin(self) -> None:
        self.do(self._start())

    @rule(text=st.sampled_from(TEXTS), author=st.sampled_from("abc"))
    def a_comment_comes(self, text: str, author: str) -> None:
        name = f"c{len(self.arrived)}"
        self.arrived.append(name)
        self.do(self.house.play(a_comment(text, id=name, author=author, at=self.clock())))

    @precondition(lambda self: self.arrived)
    @rule(data=st.data())
    def a_comment_comes_again(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self.arrived))
        before = self.house.pipeline.tally.duplicates
        self.do(self.house.play(a_comment("spam", id=name, at=self.clock())))
        assert self.house.pipeline.tally.duplicates == before + 1

    @rule()
    def the_bot_posts(self) -> None:
        event = a_decision(a_comment("the host asked", at=self.clock()), Act.ALLOW)
        post = Action(event.id, Operation.POST, ROOM.name, ROOM.platform, ROOM.id, text="welcome")
        self.arrived.append(event.comment.id if event.comment else "")
        self.do(self.house.store.commit([event], [post]))

    @precondition(lambda self: self.arrived)
    @rule(data=st.data(), who=st.sampled_from(PEOPLE), verb=st.sampled_from([Verb.HIDE, Verb.ALLOW, Verb.MUTE]))
    def somebody_rules(self, data: st.DataObject, who: str, verb: Verb) -> None:
        comment = data.draw(st.sampled_from(self.arrived))
        reply = self.do(self.house.order(verb, comment, who))
        assert reply.answer in {"accepted", "noop", "conflict"}
        if reply.answer == "accepted":
            self.accepted[comment] = verb

    @precondition(lambda self: self.arrived)
    @rule(data=st.data(), who=st.sampled_from(PEOPLE))
    def somebody_takes_something_back(self, data: st.DataObject, who: str) -> None:
        comment = data.draw(st.sampled_from(self.arrived))
        chain = self.do(self.house.chain(comment))
        event = chain[data.draw(st.integers(0, len(chain) - 1))]["id"]
        reply = self.do(self.house.order(Verb.UNDO, event, who))
        assert reply.answer in {"accepted", "noop", "invalid"}
        self.accepted.pop(comment, None)

    @rule(mood=st.sampled_from(["ok", "ok", "fails", "refuses", "lost", "dies"]))
    def the_platform_is_asked(self, mood: str) -> None:
        self.platform.mood = mood
        try:
            self.do(self._step())
        except asyncio.CancelledError:
            self.do(self._end())
            self.do(self._start())

    async def _step(self) -> None:
        await asyncio.ensure_future(self.house.dispatcher.step())

    @rule(seconds=st.sampled_from([0.5, 2.0, 20.0]))
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule()
    def the_process_is_killed_and_another_begins(self) -> None:
        async def strikes() -> dict[str, int]:
            state = await self.house.room()
            return {author: state.history.strikes(author) for author in "abc"}

        before = self.do(strikes())
        self.do(self._end())
        self.do(self._start())
        assert self.do(strikes()) == before

    @invariant()
    def every_comment_has_one_decision_in_the_order_of_arrival(self) -> None:
        if self.owner is not None:
            found = self.house.sql(
                "SELECT c.comment FROM events AS e JOIN comments AS c ON c.key = e.comment "
                "WHERE kind = 'decision' ORDER BY seq"
            )
            assert [row[0] for row in found] == self.arrived

    @invariant()
    def no_decision_lacks_its_outbox_rows(self) -> None:
        if self.owner is not None:
            asked = {
                (event, act)
                for event, data in self.house.sql("SELECT id, data FROM events WHERE kind = 'decision'")
                for act in json.loads(data)["actions"]
                if act in ("hide", "mute", "ban")
            }
            assert asked <= set(self.house.sql("SELECT event, operation FROM outbox"))

    @invariant()
    def nothing_is_posted_twice(self) -> None:
        assert all(count == 1 for count in self.platform.posts.values())

    def teardown(self) -> None:
        with contextlib.ExitStack() as stack:
            stack.callback(self.folder.cleanup)
            stack.callback(self.runner.close)
            if self.owner is not None:
                stack.callback(lambda: self.do(self._end()))
                self.do(self._all_is_sent())
                self.do(self._the_platform_shows_what_the_log_says())
        structlog.reset_defaults()

    async def _all_is_sent(self) -> None:
        self.platform.mood = "ok"
        for _ in range(10 * ATTEMPTS):
            if await self.house.outbox.idle():
                return
            self.clock.advance(20)
            await self.house.send()
        raise AssertionError(f"something is never sent: {self.house.rows()}")

    async def _the_platform_shows_what_the_log_says(self) -> None:
        for comment in self.arrived:
            chain = await self.house.chain(comment)
            asked = [pair for row in chain for pair in await self.house.outbox.of_event(row["id"])]
            if any(result in (Result.FAILED, Result.UNKNOWN) for _, result in asked):
                continue
            case = Case(chain, asked)
            history = [(row["kind"], row["act"], row["actor"]) for row in chain]
            told = f"{comment}: {history}, {[(a.operation, a.state, r) for a, r in asked]}"
            assert (comment in self.platform.hidden) == (case.in_force(Operation.HIDE) is not None), told
            assert (comment in self.platform.muted) == (case.in_force(Operation.MUTE) is not None), told
            match self.accepted.get(comment):
                case Verb.ALLOW:
                    assert comment not in self.platform.hidden | self.platform.muted, told
                case Verb.HIDE:
                    assert comment in self.platform.hidden, told
                case Verb.MUTE:
                    assert comment in self.platform.muted, told


TestPromises = Promises.TestCase
TestPromises.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # a failure says its steps; making it shorter would take minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
