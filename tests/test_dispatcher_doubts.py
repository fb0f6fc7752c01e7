"""Actions that may or may not have arrived: the platform is asked, where it can be, and what it says is settled."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from streambot.core.action import Act, Action, Operation, Outcome, Result, State
from streambot.core.command import Verb
from streambot.doubts import WAITS
from streambot.platforms.action_wire import RetryError
from streambot.ports import Fate
from streambot.sender import ATTEMPTS
from streambot.testing import ROOM, RecordingActuator, a_comment, every_capability
from tests.houses import BreakableStore, SmallHouse, small_house
from tests.store.lines import a_decision

DONE = Outcome(Result.CONFIRMED, "it is there")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


class Forgetful(RecordingActuator):
    """Gives no answer to what ``loses`` says, and when asked says what ``says`` has, one a question, then nothing."""

    reads_back = True

    def __init__(self, *says: Any, loses: int = 1, **how: Any) -> None:
        super().__init__(every_capability(idempotent=False), **how)
        self.says = list(says)
        self.loses = loses
        self.questions: list[str] = []

    async def apply(self, action: Action) -> Outcome:
        outcome = await super().apply(action)
        self.loses -= 1
        if self.loses >= 0:
            raise RetryError("no answer.", code="in_doubt")
        return outcome

    async def look_up(self, action: Action) -> Outcome | Fate | None:
        self.questions.append(action.id)
        said = self.says.pop(0) if self.says else None
        if isinstance(said, Exception):
            raise said
        return said


async def ask(house: SmallHouse, operation: Operation = Operation.POST) -> Action:
    event = a_decision(a_comment("hello", id="c1", at=house.clock()), Act.ALLOW)
    action = Action(event.id, operation, ROOM.name, ROOM.platform, ROOM.id, comment="c1", author="u1", text="hi")
    await house.store.commit([event], [action])
    return action


async def tick(house: SmallHouse) -> None:
    house.clock.advance(1)
    await asyncio.sleep(0.003)


async def time_passes(house: SmallHouse, *waits: float) -> None:
    for wait in waits:
        house.clock.advance(wait)
        await house.send()
        await house.send()


@pytest.mark.parametrize("operation", [Operation.POST, Operation.HIDE])
@pytest.mark.parametrize("said", [DONE, Outcome(Result.FAILED, "no such comment")])
async def test_what_the_platform_says_is_settled_and_told(db: Path, operation: Operation, said: Outcome) -> None:
    async with small_house(db, actuator=Forgetful(said)) as house:
        await ask(house, operation)
        await house.send()
        assert house.rows() == [(operation, "settled", "unknown")]
        await time_passes(house, WAITS[0] - 1)
        assert house.actuator.questions == []
        await time_passes(house, 1)
        assert house.rows() == [(operation, "settled", said.result)]
        assert house.sql("SELECT detail FROM outbox") == [(said.detail,)]
        assert [outcome.result for _, outcome in house.feed.outcomes] == ["unknown", said.result]
        assert len(house.actuator.applied) == 1


async def test_a_post_that_never_came_is_sent_again(db: Path) -> None:
    async with small_house(db, actuator=Forgetful(Fate.NEVER_CAME)) as house:
        action = await ask(house)
        await house.send()
        await time_passes(house, WAITS[0])
        assert house.rows() == [("post", "settled", "applied")]
        assert [sent.key for sent in house.actuator.applied] == [action.key] * 2
        told = [(told.key, told.state) for told in house.feed.outbox]
        assert told == [(action.key, State.PENDING)]


async def test_it_is_asked_a_few_times_and_then_stays_unknown(db: Path) -> None:
    async with small_house(db, actuator=Forgetful(None, ZeroDivisionError(), None, DONE)) as house:
        await ask(house)
        await house.send()
        await time_passes(house, *WAITS, 1000)
        assert len(house.actuator.questions) == len(WAITS)
        assert house.rows() == [("post", "settled", "unknown")]
        assert len(house.feed.outcomes) == 1


async def test_a_platform_that_cannot_be_asked_is_not(db: Path) -> None:
    actuator = Forgetful(DONE)
    actuator.reads_back = False
    async with small_house(db, actuator=actuator) as house:
        await ask(house)
        await house.send()
        await time_passes(house, *WAITS)
        assert (actuator.questions, house.rows()) == ([], [("post", "settled", "unknown")])


async def test_what_a_crash_left_unknown_is_asked_about_too(db: Path) -> None:
    async with small_house(db, actuator=Forgetful()) as house:
        await ask(house)
        assert len(await house.outbox.claim()) == 1
        clock = house.clock
    async with small_house(db, actuator=Forgetful(DONE), clock=clock) as house:
        assert house.rows() == [("post", "settled", "unknown")]
        await house.send()
        await time_passes(house, WAITS[0])
        assert house.rows() == [("post", "settled", "confirmed")]


@pytest.mark.parametrize(("idempotent", "sent"), [(True, 1), (False, 0)])
async def test_after_a_crash_a_hide_is_only_sent_again_where_that_is_said_to_do_no_harm(
    db: Path, idempotent: bool, sent: int
) -> None:
    async with small_house(db) as house:
        await ask(house, Operation.HIDE)
        await house.outbox.claim()
    actuator = RecordingActuator(every_capability(idempotent=idempotent))
    async with small_house(db, actuator=actuator) as house:
        await house.send()
        assert len(actuator.applied) == sent
        assert house.rows() == [("hide", "settled", "applied" if sent else "unknown")]


async def test_what_was_taken_back_meanwhile_is_not_sent_after_its_undo(db: Path) -> None:
    async with small_house(db, actuator=Forgetful(Fate.NEVER_CAME)) as house:
        await house.play(a_comment("spam", id="c1"))
        await house.send()
        assert (await house.order(Verb.UNDO, await house.decision("c1"))).answer == "accepted"
        await time_passes(house, WAITS[0])
        assert house.actuator.operations == [Operation.HIDE, Operation.UNHIDE]
        assert house.rows() == [("hide", "settled", "withdrawn"), ("unhide", "settled", "applied")]
        assert (Operation.HIDE, Result.WITHDRAWN) in [(told.operation, o.result) for told, o in house.feed.outcomes]


async def test_what_never_comes_is_given_up_in_the_end(db: Path) -> None:
    async with small_house(db, actuator=Forgetful(*[Fate.NEVER_CAME] * 50, loses=50)) as house:
        await ask(house, Operation.HIDE)
        await house.send()
        await time_passes(house, *[WAITS[0]] * 50)
        assert len(house.actuator.applied) == ATTEMPTS
        assert house.rows() == [("hide", "settled", "failed")]


async def test_an_answer_that_cannot_be_written_is_kept_until_it_can(db: Path) -> None:
    async with small_house(db, actuator=Forgetful(DONE), wrap=BreakableStore, dispatching=True) as house:
        await ask(house)
        house.wake.set()
        while house.rows() != [("post", "settled", "unknown")]:
            await tick(house)
        house.store.full = True
        for _ in range(20):
            await tick(house)
        assert house.actuator.questions
        house.store.full = False
        while house.rows() != [("post", "settled", "confirmed")]:
            await tick(house)
        assert len(house.actuator.questions) == 1


async def test_a_clock_that_is_set_back_holds_up_no_question(db: Path) -> None:
    async with small_house(db, actuator=Forgetful(DONE)) as house:
        await ask(house)
        await house.send()
        await time_passes(house, -3600, *[1] * int(WAITS[0]))
        assert house.rows() == [("post", "settled", "confirmed")]
