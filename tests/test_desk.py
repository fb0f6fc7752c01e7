"""What controllers and hosts do: first wins, second is told, undo is another event, nothing is done twice."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from streambot.core.action import Act, Operation
from streambot.core.command import Answer, Command, Mode, Verb
from streambot.core.comment import Role, Room
from streambot.core.errors import PlatformError, StorageError
from streambot.core.labels import Intent
from streambot.platforms.manual import ManualActuator
from streambot.room import SILENCE
from streambot.sender import ATTEMPTS
from streambot.store.sqlite import SqliteStore
from streambot.testing import (
    NOON,
    FailingActuator,
    FakeClassifier,
    FakeClock,
    RecordingActuator,
    SlowActuator,
    a_comment,
    a_judgement,
    every_capability,
)
from tests.houses import BreakableStore, SmallHouse, small_house, turns

HIDDEN, PENDING, PROPOSED = ("hide", "settled", "applied"), ("hide", "pending", None), ("hide", "proposed", None)
UNHIDDEN, WITHDRAWN, IGNORED = (
    ("unhide", "settled", "applied"),
    ("hide", "settled", "withdrawn"),
    ("hide", "settled", "ignored"),
)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


def permanent() -> RecordingActuator:
    return RecordingActuator(every_capability(reversible=False))


async def strikes(house: SmallHouse, author: str = "mimi") -> tuple[int, int]:
    """What the room holds, and what a room that opens now would find in the log."""
    state = await house.room()
    async with small_house(house.db, clock=house.clock, serving=False) as other:
        return state.history.strikes(author), (await other.room()).history.strikes(author)


# Who acts in which mode.


async def test_in_assist_a_person_sends_what_was_proposed(db: Path) -> None:
    async with small_house(db, mode="assist") as house:
        await house.play(a_comment("spam", id="c1"))
        assert house.rows() == [PROPOSED]
        reply = await house.order(Verb.HIDE, "c1")
        assert (reply.answer, reply.undo_until) == (Answer.ACCEPTED, 0.0)
        await house.send()
        assert house.rows() == [HIDDEN]
        assert house.actuator.applied[0].actor == "nok"
        assert house.sql("SELECT kind, actor, act FROM events ORDER BY seq")[-1] == ("action", "nok", "hide")


async def test_in_auto_a_person_may_hide_what_the_bot_let_stand(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("hello", id="c1"))
        assert (await house.order(Verb.HIDE, "c1")).answer == "accepted"
        await house.send()
        assert house.rows() == [HIDDEN]


async def test_in_a_room_that_observes_a_person_only_simulates_too(db: Path) -> None:
    async with small_house(db, mode="assist") as house:
        await house.play(a_comment("spam", id="c1"), a_comment("hello", id="c2"))
        await house.order(Verb.MODE, value="observe")
        await house.order(Verb.HIDE, "c1")
        await house.order(Verb.HIDE, "c2")
        await house.send()
        assert house.rows() == [("hide", "settled", "simulated")] * 2
        assert house.actuator.applied == []
        assert (await house.order(Verb.ALLOW, "c2")).answer == "accepted"
        await house.send()
        assert house.actuator.applied == []


async def test_a_mute_agrees_to_the_hide_and_a_hide_does_not_agree_to_the_mute(db: Path) -> None:
    async with small_house(db, mode="assist") as house:
        await house.play(a_comment("bet", id="c1", author="a"), a_comment("bet", id="c2", author="b"))
        await house.order(Verb.MUTE, "c1")
        await house.order(Verb.HIDE, "c2")
        await house.send()
        assert house.rows("c1") == [HIDDEN, ("mute", "settled", "applied")]
        assert house.rows("c2") == [HIDDEN, ("mute", "settled", "ignored")]


async def test_a_hide_leaves_alone_what_the_bot_sends_by_itself(db: Path) -> None:
    async with small_house(db, actuator=FailingActuator(PlatformError("busy"), PlatformError("busy"))) as house:
        await house.play(a_comment("bet", id="c1"))
        await house.send()
        assert house.rows() == [PENDING, ("mute", "pending", None)]
        assert (await house.order(Verb.HIDE, "c1")).answer == "conflict"
        house.clock.advance(5)
        await house.send()
        assert house.rows() == [HIDDEN, ("mute", "settled", "applied")]


async def test_what_the_platform_cannot_do_is_forbidden(db: Path) -> None:
    actuator = RecordingActuator()
    actuator.capabilities = {}
    async with small_house(db, actuator=actuator) as house:
        await house.play(a_comment("hello", id="c1"))
        reply = await house.order(Verb.BAN, "c1")
        assert (reply.answer, reply.message) == (Answer.FORBIDDEN, "this platform cannot ban")


# Two controllers.


@pytest.mark.parametrize("mode", ["assist", "auto"])
@pytest.mark.parametrize("sent", [False, True])
async def test_the_first_wins_the_second_is_told_and_the_same_one_hears_nothing_new(
    db: Path, mode: str, sent: bool
) -> None:
    text = "spam" if mode == "assist" else "hello"
    async with small_house(db, mode=mode) as house:
        await house.play(a_comment(text, id="c1"))
        house.clock.advance(3)
        first = await house.order(Verb.HIDE, "c1", "nok")
        if sent:
            await house.send()
        second = await house.order(Verb.HIDE, "c1", "ploy")
        assert (second.answer, second.by, second.act, second.at) == ("conflict", "nok", "hide", NOON + 3)
        again = await house.order(Verb.HIDE, "c1", "nok")
        assert (again.answer, again.event) == (Answer.NOOP, first.event)
        await house.send()
        assert house.actuator.operations == [Operation.HIDE]


async def test_at_the_same_moment_one_of_two_wins(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("hello", id="c1"))
        replies = await asyncio.gather(*(house.order(Verb.HIDE, "c1", who) for who in ("nok", "ploy", "may")))
        assert sorted(reply.answer for reply in replies) == ["accepted", "conflict", "conflict"]
        assert len(house.rows()) == 1


async def test_a_hide_that_is_being_sent_is_not_sent_again_for_somebody_else(db: Path) -> None:
    async with small_house(db, actuator=SlowActuator()) as house:
        await house.play(a_comment("hello", id="c1"))
        await house.order(Verb.HIDE, "c1", "nok")
        sending = asyncio.ensure_future(house.send())
        await house.actuator.began.wait()
        assert (await house.order(Verb.HIDE, "c1", "ploy")).by == "nok"
        house.actuator.release.set()
        await sending
        assert house.actuator.operations == [Operation.HIDE]


async def test_the_one_who_is_named_is_the_one_who_did_this(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("hello", id="c1"))
        await house.order(Verb.MUTE, "c1", "nok")
        await house.order(Verb.HIDE, "c1", "ploy")
        assert (await house.order(Verb.MUTE, "c1", "may")).by == "nok"
        assert (await house.order(Verb.HIDE, "c1", "may")).by == "ploy"


async def test_a_hide_that_failed_may_be_asked_for_again_by_anybody(db: Path) -> None:
    async with small_house(db, actuator=FailingActuator(*[PlatformError("gone")] * ATTEMPTS)) as house:
        await house.play(a_comment("spam", id="c1"))
        for _ in range(ATTEMPTS + 1):
            await house.send()
            house.clock.advance(60)
        assert house.rows() == [("hide", "settled", "failed")]
        assert (await house.order(Verb.HIDE, "c1")).answer == "accepted"
        await house.send()
        assert house.rows()[-1] == HIDDEN


# Sent once.


async def test_a_command_that_is_sent_twice_is_done_once_and_answered_alike(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("hello", id="c1"))
        first = await house.order(Verb.HIDE, "c1", key="k1")
        events = len(house.feed.events)
        assert await house.order(Verb.HIDE, "c1", key="k1") == first
        assert len(house.feed.events) == events
    async with small_house(db) as house:
        await house.room()
        assert await house.order(Verb.HIDE, "c1", key="k1") == first


async def test_a_key_that_was_used_for_something_else_is_refused(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("hello", id="c1"), a_comment("hello", id="c2"))
        await house.order(Verb.HIDE, "c1", key="k1")
        assert (await house.order(Verb.HIDE, "c2", key="k1")).answer == "invalid"
        assert (await house.order(Verb.HIDE, "c2", "ploy", key="k1")).answer == "accepted"


async def test_two_of_one_key_at_once_are_one(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("hello", id="c1"))
        one, other = await asyncio.gather(house.order(Verb.HIDE, "c1", key="k"), house.order(Verb.HIDE, "c1", key="k"))
        assert one == other
        assert len(house.rows()) == 1


# Undo.


async def test_undone_before_it_was_sent_it_is_withdrawn(db: Path) -> None:
    async with small_house(db, actuator=permanent(), undo_ms=2000) as house:
        await house.play(a_comment("hello", id="c1"))
        reply = await house.order(Verb.HIDE, "c1")
        assert reply.undo_until == NOON + 2
        house.clock.advance(1)
        assert (await house.order(Verb.UNDO, reply.event)).answer == "accepted"
        house.clock.advance(10)
        await house.send()
        assert house.rows() == [WITHDRAWN]
        assert house.actuator.applied == []
        assert house.sql("SELECT kind, reverses FROM events ORDER BY seq")[-1] == ("undo", reply.event)


async def test_undone_after_it_was_sent_it_is_reversed(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("spam", id="c1"))
        await house.send()
        decision = await house.decision("c1")
        assert (await house.order(Verb.UNDO, decision)).answer == "accepted"
        await house.send()
        assert house.rows() == [HIDDEN, UNHIDDEN]
        assert (await house.order(Verb.UNDO, decision)).answer == "noop"
        await house.send()
        assert house.actuator.operations == [Operation.HIDE, Operation.UNHIDE]


@pytest.mark.parametrize("failures", [0, 1])
async def test_undone_while_it_is_being_sent_it_is_reversed_after_it(db: Path, failures: int) -> None:
    class Slow(SlowActuator):
        async def apply(self, action: Any) -> Any:
            outcome = await super().apply(action)
            if len(self.applied) <= failures:
                raise PlatformError("busy")
            return outcome

    async with small_house(db, actuator=Slow()) as house:
        await house.play(a_comment("spam", id="c1"))
        sending = asyncio.ensure_future(house.send())
        await house.actuator.began.wait()
        assert (await house.order(Verb.UNDO, await house.decision("c1"))).answer == "accepted"
        house.actuator.release.set()
        await sending
        while house.rows()[-1] != UNHIDDEN:
            house.clock.advance(5)
            await house.send()
        assert house.actuator.operations == [Operation.HIDE] * (1 + failures) + [Operation.UNHIDE]


async def test_what_the_dispatcher_takes_up_while_we_withdraw_it_is_reversed(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("spam", id="c1"))
        decision = await house.decision("c1")
        work_out = house.desk._work_out

        async def overtaken(*args: Any) -> Any:
            work = await work_out(*args)
            await house.dispatcher.step()
            return work

        house.desk._work_out = overtaken  # type: ignore[method-assign]
        await house.order(Verb.UNDO, decision)
        assert house.feed.outbox[-1].operation is Operation.UNHIDE
        await house.send()
        assert house.rows() == [HIDDEN, UNHIDDEN]


async def test_what_the_platform_cannot_take_back_is_forbidden_and_nothing_is_written(db: Path) -> None:
    async with small_house(db, actuator=permanent()) as house:
        await house.play(a_comment("bet", id="c1"))
        house.clock.advance(3)
        await house.send()
        for reply in (await house.order(Verb.UNDO, await house.decision("c1")), await house.order(Verb.ALLOW, "c1")):
            assert reply.answer == "forbidden"
            assert "permanent" in reply.message
        assert house.sql("SELECT count(*) FROM events WHERE actor = 'nok'") == [(0,)]


async def test_being_sent_and_permanent_it_cannot_be_undone_any_more(db: Path) -> None:
    actuator = SlowActuator(every_capability(reversible=False))
    async with small_house(db, actuator=actuator) as house:
        await house.play(a_comment("spam", id="c1"))
        house.clock.advance(3)
        sending = asyncio.ensure_future(house.send())
        await actuator.began.wait()
        assert (await house.order(Verb.UNDO, await house.decision("c1"))).answer == "conflict"
        actuator.release.set()
        await sending


async def test_a_reversal_that_failed_can_be_asked_for_again(db: Path) -> None:
    class NoUnhide(RecordingActuator):
        broken = True

        async def apply(self, action: Any) -> Any:
            if action.operation is Operation.UNHIDE and self.broken:
                raise PlatformError("gone")
            return await super().apply(action)

    async with small_house(db, actuator=NoUnhide()) as house:
        await house.play(a_comment("spam", id="c1"))
        await house.send()
        decision = await house.decision("c1")
        await house.order(Verb.UNDO, decision)
        for _ in range(ATTEMPTS + 1):
            await house.send()
            house.clock.advance(60)
        assert house.rows() == [HIDDEN, ("unhide", "settled", "failed")]
        house.actuator.broken = False
        assert (await house.order(Verb.UNDO, decision)).answer == "accepted"
        await house.send()
        assert house.rows()[-1] == UNHIDDEN
        assert await strikes(house) == (0, 0)


async def test_undoing_a_hide_takes_back_that_hide_alone(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("hello", id="c1"))
        hide = await house.order(Verb.HIDE, "c1", "nok")
        await house.order(Verb.MUTE, "c1", "ploy")
        await house.send()
        await house.order(Verb.UNDO, hide.event)
        await house.send()
        assert house.actuator.operations == [Operation.HIDE, Operation.MUTE, Operation.UNHIDE]


async def test_what_a_setting_or_question_says_cannot_be_undone(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("hello", id="c1"))
        setting = await house.order(Verb.MODE, value="assist")
        assert (await house.order(Verb.UNDO, setting.event)).answer == "invalid"


# Allow.


async def test_allowing_ignores_the_proposal_and_undoing_that_proposes_it_again(db: Path) -> None:
    async with small_house(db, mode="assist") as house:
        await house.play(a_comment("spam", id="c1"))
        allowed = await house.order(Verb.ALLOW, "c1")
        assert house.rows() == [IGNORED]
        assert await strikes(house) == (0, 0)
        await house.order(Verb.UNDO, allowed.event)
        assert house.rows() == [IGNORED, PROPOSED]
        assert await strikes(house) == (1, 1)
        hide = await house.order(Verb.HIDE, "c1", "ploy")
        await house.send()
        assert house.rows() == [IGNORED, HIDDEN]
        await house.order(Verb.UNDO, hide.event, "ploy")
        await house.send()
        assert house.rows() == [IGNORED, HIDDEN, UNHIDDEN]


async def test_allowing_and_changing_ones_mind_again_and_again_asks_once_each(db: Path) -> None:
    async with small_house(db, mode="assist") as house:
        await house.play(a_comment("bet", id="c1"))
        for turn in range(1, 4):
            allowed = await house.order(Verb.ALLOW, "c1")
            await house.order(Verb.UNDO, allowed.event)
            assert [state for _, state, _ in house.rows()].count("proposed") == 2
            assert len(house.rows()) == 2 + 2 * turn
            assert await strikes(house) == (2, 2)


async def test_allowing_takes_back_everything_that_was_carried_out(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("spam", id="c1"))
        await house.send()
        await house.order(Verb.MUTE, "c1", "ploy")
        await house.send()
        assert (await house.order(Verb.ALLOW, "c1")).answer == "accepted"
        await house.send()
        assert sorted(house.actuator.operations[2:]) == [Operation.UNHIDE, Operation.UNMUTE]
        assert await strikes(house) == (0, 0)
        assert (await house.order(Verb.ALLOW, "c1", "ploy")).answer == "noop"
        assert (await house.order(Verb.HIDE, "c1", "ploy")).answer == "accepted"


async def test_allowing_stops_what_is_still_waiting_to_be_sent(db: Path) -> None:
    async with small_house(db, actuator=permanent()) as house:
        await house.play(a_comment("spam", id="c1"))
        await house.order(Verb.ALLOW, "c1")
        house.clock.advance(10)
        await house.send()
        assert house.actuator.applied == []


async def test_a_comment_that_stands_by_somebodys_word_need_not_be_allowed_again(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("look", id="c1"))
        assert (await house.order(Verb.ALLOW, "c1", "nok")).answer == "accepted"
        assert (await house.order(Verb.ALLOW, "c1", "ploy")).answer == "noop"


# Strikes follow what people say of the violation.


async def test_strikes_are_given_back_once_whatever_is_clicked(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("bet", id="c1"), a_comment("spam", id="c2"))
        await house.send()
        assert await strikes(house) == (3, 3)
        decision = await house.decision("c1")
        await house.order(Verb.UNDO, decision)
        await house.order(Verb.ALLOW, "c1")
        await house.order(Verb.ALLOW, "c1", "ploy")
        await house.order(Verb.UNDO, decision, "ploy")
        assert await strikes(house) == (1, 1)


async def test_what_was_said_in_an_earlier_broadcast_costs_nothing_now(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("spam", id="old"))
        await house.send()
        house.clock.advance(SILENCE + 10)
        await house.play(a_comment("spam", id="new", at=house.clock()))
        await house.order(Verb.UNDO, await house.decision("old"))
        assert await strikes(house) == (1, 1)


# To do by hand.


async def test_a_to_do_is_done_by_hand(db: Path) -> None:
    async with small_house(db, actuator=ManualActuator()) as house:
        await house.play(a_comment("spam", id="c1"))
        await house.send()
        assert house.rows() == [("hide", "settled", "manual")]
        decision = await house.decision("c1")
        assert (await house.order(Verb.DONE, decision)).answer == "accepted"
        assert house.rows() == [("hide", "settled", "confirmed")]
        assert house.sql("SELECT detail FROM outbox") == [("by nok",)]
        assert (await house.order(Verb.DONE, decision, "ploy")).answer == "noop"
        await house.order(Verb.UNDO, decision)
        await house.send()
        assert house.rows()[-1] == ("unhide", "settled", "manual")


# The room.


async def test_a_to_do_that_nobody_did_is_taken_off_the_list(db: Path) -> None:
    async with small_house(db, actuator=ManualActuator()) as house:
        await house.play(a_comment("spam", id="c1"))
        await house.send()
        assert (await house.order(Verb.ALLOW, "c1")).answer == "accepted"
        await house.send()
        assert house.rows() == [("hide", "settled", "withdrawn")]


async def test_screens_hear_what_became_of_proposals(db: Path) -> None:
    async with small_house(db, mode="assist") as house:
        await house.play(a_comment("bet", id="c1"))
        house.feed.outbox.clear()
        await house.order(Verb.HIDE, "c1")
        assert [(action.operation, action.state) for action in house.feed.outbox] == [("hide", "pending")]
        assert [(action.operation, outcome.result) for action, outcome in house.feed.outcomes] == [("mute", "ignored")]


async def test_a_mode_is_set_and_kept_over_a_restart(db: Path) -> None:
    async with small_house(db) as house:
        await house.room()
        assert (await house.order(Verb.MODE, value="observe")).answer == "accepted"
        assert (await house.order(Verb.MODE, value="observe")).answer == "noop"
        assert (await house.order(Verb.MODE, value="shout")).answer == "invalid"
        assert (await house.room()).mode is Mode.OBSERVE
    async with small_house(db) as house:
        assert (await house.room()).mode is Mode.OBSERVE
    async with small_house(db, live=False) as house:
        assert (await house.room()).mode is Mode.AUTO


async def test_what_is_not_there_is_not_found(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("hello", id="c1"), a_comment("hello", id="o1", room=Room("other", "fake", "2")))
        other = house.sql("SELECT e.id FROM events AS e JOIN comments AS c ON c.key = e.comment WHERE c.comment = 'o1'")
        for verb, target in (
            (Verb.HIDE, "nothing"), (Verb.HIDE, "o1"), (Verb.UNDO, "nothing"), (Verb.UNDO, other[0][0]),
            (Verb.DONE, "\ud800"), (Verb.ANSWERED, "q-none"), (Verb.HIDE, "' OR 1=1 --"),
        ):  # fmt: skip
            assert (await house.order(verb, target)).answer == "not_found", (verb, target)
        assert (await house.desk.command(Command("nowhere", Verb.HIDE, "nok", "c1"))).answer == "not_found"


async def test_a_reason_of_half_characters_is_kept_as_far_as_it_goes(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("hello", id="c1"))
        assert (await house.order(Verb.HIDE, "c1", reason="bad \ud800 luck", key="\udc80")).answer == "accepted"
        assert house.sql("SELECT reason FROM events WHERE kind = 'action'") == [("bad \ufffd luck",)]


# Questions.


async def test_a_question_is_answered_opened_again_and_dropped(db: Path) -> None:
    classifier = FakeClassifier({"how much?": a_judgement(Intent.PRICE)})
    async with small_house(db, classifier=classifier) as house:
        await house.play(*(a_comment("how much?", author=f"u{n}") for n in range(4)))
        (question,) = house.rooms.hot("shop")
        assert (await house.order(Verb.ANSWERED, question.id)).answer == "accepted"
        assert [q.state for q in house.rooms.hot("shop")] == ["answered"]
        assert (await house.order(Verb.ANSWERED, question.id)).answer == "noop"
        assert (await house.order(Verb.REOPEN, question.id)).answer == "accepted"
        assert [q.state for q in house.rooms.hot("shop")] == ["open"]
        assert (await house.order(Verb.DROP, question.id)).answer == "accepted"
        assert house.rooms.hot("shop") == []
        assert (await house.order(Verb.DROP, question.id)).answer == "noop"
        assert (await house.order(Verb.REOPEN, question.id)).answer == "accepted"
        assert [q.state for q in house.rooms.hot("shop")] == ["open"]
        assert (await house.order(Verb.REOPEN, "q-unknown")).answer == "not_found"
        told = house.sql("SELECT actor, json_extract(data, '$.state') FROM events WHERE kind = 'question'")
        assert told == [("nok", "answered"), ("nok", "open"), ("nok", "dropped"), ("nok", "open")]


ASKED = {
    "how much?": a_judgement(Intent.PRICE, embedding=(1.0, 0.0)),
    "is it warm?": a_judgement(Intent.PRODUCT, embedding=(0.0, 1.0)),
    "is it so warm?": a_judgement(Intent.PRODUCT, embedding=(0.1, 0.995)),
    "มันอุ่นไหม": a_judgement(Intent.PRODUCT, language="th", embedding=(0.0, 1.0)),
}


async def test_a_controller_pins_pushes_merges_and_splits_and_a_restart_changes_nothing(db: Path) -> None:
    def rows(house: SmallHouse) -> list[tuple[Any, ...]]:
        return [(q.id, q.text, q.askers, q.pinned, q.pushed) for q in house.rooms.hot("shop")]

    async with small_house(db, classifier=FakeClassifier(ASKED)) as house:
        await house.play(*(a_comment("how much?", author=f"u{n}") for n in range(7)))
        await house.play(a_comment("is it warm?", id="c1", author="u1"), a_comment("is it so warm?", author="u2"))
        (price,) = house.rooms.hot("shop")
        (warm,) = {row["data"]["question"] for row in await house.chain("c1")}
        assert (await house.order(Verb.PUSH, warm)).answer == "accepted"
        assert (await house.order(Verb.PUSH, warm)).answer == "noop"
        assert rows(house) == [(price.id, "how much?", 7, False, False), (warm, "is it warm?", 2, False, True)]
        assert (await house.order(Verb.PIN, warm)).answer == "accepted"
        assert (await house.order(Verb.PIN, warm)).answer == "noop"
        assert (await house.order(Verb.UNPIN, price.id)).answer == "noop"
        assert [row[0] for row in rows(house)] == [warm, price.id]

        assert (await house.order(Verb.SPLIT, warm, value="how much?")).answer == "invalid"
        assert (await house.order(Verb.SPLIT, price.id, value="how much?")).answer == "invalid"
        assert (await house.order(Verb.SPLIT, warm, value="Is it SO warm?")).answer == "accepted"
        assert rows(house)[0] == (warm, "is it warm?", 1, True, True)
        await house.play(a_comment("is it so warm?", id="c2", author="x3"))
        (so_warm,) = {row["data"]["question"] for row in await house.chain("c2")}
        assert so_warm not in {warm, price.id}
        assert (await house.order(Verb.MERGE, so_warm, value=so_warm)).answer == "noop"
        assert (await house.order(Verb.MERGE, so_warm, value="q-unknown")).answer == "not_found"
        assert (await house.order(Verb.MERGE, so_warm, value=price.id)).answer == "accepted"
        assert (await house.order(Verb.UNPIN, warm)).answer == "accepted"
        await house.play(a_comment("is it so warm?", author="u9"))
        shown = rows(house)
        assert shown == [(price.id, "how much?", 9, False, False), (warm, "is it warm?", 1, False, True)]
    async with small_house(db, classifier=FakeClassifier(ASKED), clock=house.clock) as house:
        await house.room()
        assert rows(house) == shown
        await house.play(a_comment("is it so warm?", author="u10"))
        assert rows(house)[0][2] == 10


async def test_what_was_pinned_long_ago_is_pinned_after_a_restart(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streambot.rooms.RECALLED", 5)
    async with small_house(db, classifier=FakeClassifier(ASKED)) as house:
        await house.play(a_comment("is it warm?", id="c1"))
        (warm,) = {row["data"]["question"] for row in await house.chain("c1")}
        await house.order(Verb.PIN, warm)
        await house.play(*(a_comment("hello", author=f"u{n}") for n in range(20)))
    async with small_house(db, classifier=FakeClassifier(ASKED), clock=house.clock) as house:
        await house.room()
        assert [(q.id, q.text, q.pinned) for q in house.rooms.hot("shop")] == [(warm, "is it warm?", True)]


async def test_a_comment_votes_as_long_as_viewers_see_it(db: Path) -> None:
    async with small_house(db, classifier=FakeClassifier(ASKED)) as house:

        async def askers() -> list[int]:
            async with small_house(db, clock=house.clock, serving=False) as other:
                await other.room()
                after = [q.askers for q in other.rooms.hot("shop")]
            now = [q.askers for q in house.rooms.hot("shop")]
            assert after == now
            return now

        await house.play(*(a_comment("how much?", id=f"c{n}", author=f"u{n}") for n in range(4)))
        assert await askers() == [4]
        hide = await house.order(Verb.HIDE, "c1")
        assert await askers() == [3]
        await house.order(Verb.UNDO, hide.event)
        assert await askers() == [4]
        await house.order(Verb.BAN, "c1")
        await house.send()
        assert await askers() == [3]
        allow = await house.order(Verb.ALLOW, "c1")
        assert await askers() == [4]
        await house.order(Verb.HIDE, "c1")
        await house.order(Verb.ALLOW, "c1")
        assert await askers() == [4]
        assert allow.answer == "accepted"


async def test_a_question_that_was_held_back_votes_once_a_person_lets_it_stand(db: Path) -> None:
    judged = {**ASKED, "look how much?": a_judgement(Intent.PRICE, embedding=(1.0, 0.0))}
    async with small_house(db, classifier=FakeClassifier(judged)) as house:
        await house.play(*(a_comment("how much?", author=f"u{n}") for n in range(3)))
        await house.play(a_comment("look how much?", id="c1"))
        assert [q.askers for q in house.rooms.hot("shop")] == [3]
        await house.order(Verb.ALLOW, "c1")
        assert [q.askers for q in house.rooms.hot("shop")] == [4]
        shown = [(q.id, q.askers, q.heat) for q in house.rooms.hot("shop")]
    async with small_house(db, classifier=FakeClassifier(judged), clock=house.clock) as house:
        await house.room()
        assert [(q.id, q.askers, q.heat) for q in house.rooms.hot("shop")] == shown


async def test_an_account_that_floods_the_shop_and_ourselves_never_vote(db: Path) -> None:
    async with small_house(db, classifier=FakeClassifier(ASKED)) as house:
        await house.play(*(a_comment("how much?", author=f"u{n}") for n in range(3)))
        await house.play(*(a_comment("how much?", author="flood", at=NOON + n / 10) for n in range(7)))
        await house.play(a_comment("how much?", author="host", roles=[Role.HOST]))
        await house.play(a_comment("how much?", author="us", roles=[Role.BOT]))
        assert [q.askers for q in house.rooms.hot("shop")] == [3]
    async with small_house(db, classifier=FakeClassifier(ASKED), clock=house.clock) as house:
        await house.room()
        assert [q.askers for q in house.rooms.hot("shop")] == [3]


# The log fails, or the caller leaves.


async def test_where_the_log_fails_nothing_happens_and_it_may_be_sent_again(db: Path) -> None:
    stores: list[Any] = []

    def wrap(store: SqliteStore) -> Any:
        stores.append(BreakableStore(store))
        return stores[0]

    async with small_house(db, wrap=wrap) as house:
        await house.play(a_comment("spam", id="c1"))
        await house.send()
        told = len(house.feed.events)
        stores[0].full = True
        for verb, target, value in ((Verb.MODE, "", "observe"), (Verb.ALLOW, "c1", "")):
            with pytest.raises(StorageError):
                await house.order(verb, target, value=value, key=verb)
        assert (await house.room()).mode is Mode.AUTO
        assert await strikes(house) == (1, 1)
        assert len(house.feed.events) == told
        stores[0].full = False
        assert (await house.order(Verb.ALLOW, "c1", key="allow")).answer == "accepted"


async def test_a_caller_who_leaves_does_not_leave_the_room_at_odds_with_the_log(db: Path) -> None:
    async with small_house(db) as house:
        await house.room()
        caller = asyncio.ensure_future(house.order(Verb.MODE, value="observe"))
        while not house.store._waiting:  # noqa: ASYNC110 - the moment is over before any real time passes
            await asyncio.sleep(0)
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        written = house.sql("SELECT count(*) FROM events WHERE kind = 'setting'") == [(1,)]
        assert written
        assert (await house.room()).mode is Mode.OBSERVE
        assert [event.kind for event in house.feed.events] == ["setting"]


async def test_what_a_person_did_is_told_after_it_was_written(db: Path) -> None:
    async with small_house(db, clock=FakeClock()) as house:
        await house.play(a_comment("hello", id="c1"))
        house.wake.clear()
        reply = await house.order(Verb.BAN, "c1")
        await turns()
        assert house.wake.is_set()
        event, action = house.feed.events[-1], house.feed.outbox[-1]
        assert (event.id, event.act, event.actor) == (reply.event, Act.BAN, "nok")
        assert (action.id, action.operation, action.author) == (reply.event, Operation.BAN, "mimi")


async def test_a_person_who_sets_the_mode_again_ends_the_notice_that_the_quota_is_spent(db: Path) -> None:
    async with small_house(db) as house:
        state = await house.room()
        await house.desk.trip(state.room)
        await house.desk.command(Command(state.room.name, Verb.MODE, "mai", value=Mode.AUTO))
        topics = [(notice["level"], notice["topic"]) for _, notice in house.feed.notices]
        assert topics == [("warn", "quota"), ("info", "quota")]


async def test_a_room_that_only_observes_from_now_on_sends_nothing_that_the_bot_asked_for_before(db: Path) -> None:
    async with small_house(db, actuator=FailingActuator(PlatformError("it is down")), mode=Mode.AUTO) as house:
        await house.play(a_comment("spam", id="tried"))
        await house.send()
        await house.play(a_comment("spam", id="waits"))
        state = await house.room()
        await house.desk.command(Command(state.room.name, Verb.MODE, "mai", value=Mode.OBSERVE))
        assert house.rows() == [("hide", "settled", "unknown"), ("hide", "settled", "withdrawn")]
        told = [(action.comment, outcome.result) for action, outcome in house.feed.outcomes]
        assert told == [("tried", "unknown"), ("waits", "withdrawn")]
