"""A room over a restart: what it knew is in the log, and it goes on as if nothing had happened."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from streambot.core.command import Verb
from streambot.core.comment import Role, Room
from streambot.core.labels import Intent
from streambot.core.status import Link
from streambot.room import SILENCE, Seen
from streambot.store import state as memory_module
from streambot.testing import NOON, FakeClassifier, FakeClock, a_comment, a_judgement
from tests.houses import SmallHouse, small_house

EAST, NEARLY_EAST, NORTH = (1.0, 0.0), (0.98, 0.199), (0.0, 1.0)
JUDGED = {
    "how much?": a_judgement(Intent.PRICE),
    "price please": a_judgement(Intent.PRICE),
    "which size?": a_judgement(Intent.SIZE_FIT),
    "is it cotton?": a_judgement(Intent.PRODUCT, embedding=EAST),
    "made of cotton?": a_judgement(Intent.PRODUCT, embedding=NEARLY_EAST),
    "does it glow?": a_judgement(Intent.PRODUCT, embedding=NORTH),
}


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


def model() -> FakeClassifier:
    return FakeClassifier(JUDGED)


async def knows(house: SmallHouse) -> dict[str, Any]:
    """Everything a room remembers that changes what it does."""
    state = await house.room()
    return {
        "mode": (state.mode, state.tripped),
        "broadcast": (state.broadcast, state.started_at, state.last_at),
        "strikes": {author: state.history.strikes(author) for author in (f"u{n}" for n in range(12))},
        "calls": list(state.history._calls),
        # Of two that are nearly as hot the order tells which was shown first, and a process that starts shows none.
        "hot": sorted((replace(each, heat=round(each.heat, 9)) for each in state.hot()), key=lambda each: each.id),
        "marks": {
            each.name: (each.item, each.answered_at, each.pinned_at, each.pushed_at, each.dropped, sorted(each._late))
            for each in state.board._questions.values()
        },
        "votes": {each.name: each.votes._of for each in state.board._questions.values()},
        "counts": (state.counts.decided, state.counts.hidden, state.counts.review, state.counts.degraded),
    }


async def after_a_restart(house: SmallHouse) -> dict[str, Any]:
    """What a process that starts now would know: the log alone is looked at."""
    async with small_house(house.db, clock=house.clock, serving=False) as other:
        return await knows(other)


async def test_a_room_that_was_never_seen_starts_with_nothing(db: Path) -> None:
    async with small_house(db) as house:
        state = await house.room()
        assert (state.broadcast, state.link, state.seen.complete) == (None, Link.CONNECTING, True)
        assert await house.room() is state
        assert [status.room.name for status in house.rooms.rooms()] == ["shop"]
        assert house.rooms.hot("nowhere") == ()


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_happened_a_restart_changes_nothing(db: Path, seed: int) -> None:
    dice = random.Random(seed)
    texts = ["spam", "bet", "hello", "look", *JUDGED]
    async with small_house(db, classifier=model(), quota_per_minute=1000) as house:
        for number in range(120):
            match dice.random():
                case chance if chance < 0.8:
                    roles = [Role.HOST] if dice.random() < 0.05 else []
                    text = "type 1 now" if roles else dice.choice(texts)
                    author = f"u{dice.randrange(12)}"
                    await house.play(
                        a_comment(text, id=f"c{number}", author=author, roles=roles, at=house.clock(),
                                  traceable=dice.random() < 0.9)
                    )  # fmt: skip
                case chance if chance < 0.84:
                    await house.send()
                case chance if chance < 0.93:
                    hot = house.rooms.hot("shop")
                    if hot:
                        verb = dice.choice([Verb.ANSWERED, Verb.ANSWERED, Verb.REOPEN, Verb.DROP, Verb.PIN, Verb.UNPIN,
                                            Verb.PUSH, Verb.MERGE])  # fmt: skip
                        await house.order(verb, dice.choice(hot).id, value=dice.choice(hot).id)
                case _:
                    target = f"c{dice.randrange(number + 1)}"
                    if await house.chain(target):
                        await house.order(dice.choice([Verb.ALLOW, Verb.HIDE, Verb.MUTE]), target)
                        await house.order(Verb.UNDO, dice.choice(await house.chain(target))["id"])
            house.clock.advance(dice.choice([0.1, 1, 1, 10, 40, SILENCE + 1 if dice.random() < 0.1 else 5]))
            if number % 30 == 29:
                assert await after_a_restart(house) == await knows(house)


async def test_after_a_restart_the_next_comment_is_decided_as_it_would_have_been(tmp_path: Path) -> None:
    before = [a_comment("spam", id=f"c{n}", at=NOON + n) for n in range(3)]
    after = [a_comment("hello", id="c9", at=NOON + 9), a_comment("spam", id="c1", at=NOON + 1)]
    decided = []
    for name, restart in (("one.db", False), ("two.db", True)):
        db = tmp_path / name
        async with small_house(db) as house:
            await house.play(*before)
            if not restart:
                await house.play(*after)
        if restart:
            async with small_house(db) as house:
                await house.play(*after)
        async with small_house(db) as house:
            decided.append(house.sql("SELECT act FROM events WHERE kind = 'decision' ORDER BY seq"))
    assert decided[0] == decided[1] == [("hide",)] * 3 + [("mute",)]


async def test_an_undone_strike_stays_undone(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("bet", id="c1", author="u1"), a_comment("spam", id="c2", author="u1"))
        await house.send()
        await house.order(Verb.UNDO, await house.decision("c1"))
    async with small_house(db) as house:
        assert (await house.room()).history.strikes("u1") == 1


async def test_a_question_that_opened_anew_after_its_answer_is_open_after_a_restart(db: Path) -> None:
    async with small_house(db, classifier=model()) as house:
        await house.play(*(a_comment("how much?", author=f"u{n}") for n in range(3)))
        await house.order(Verb.ANSWERED, house.rooms.hot("shop")[0].id)
        house.clock.advance(100)
        await house.play(*(a_comment("price please", author=f"u{n}", at=house.clock()) for n in range(4, 7)))
        assert [question.state for question in house.rooms.hot("shop")] == ["open"]
        assert await after_a_restart(house) == await knows(house)


async def test_questions_that_meant_the_same_stay_one(db: Path) -> None:
    async with small_house(db, classifier=model()) as house:
        await house.play(
            a_comment("is it cotton?", author="a"),
            a_comment("made of cotton?", author="b"),
            a_comment("does it glow?", author="c"),
            a_comment("made of cotton?", author="d"),
        )
        assert [question.askers for question in house.rooms.hot("shop")] == [3]
    async with small_house(db, classifier=model(), clock=house.clock) as house:
        await house.room()
        assert [question.askers for question in house.rooms.hot("shop")] == [3]
        await house.play(a_comment("is it cotton?", author="e"), a_comment("made of cotton?", author="f"))
        assert [question.askers for question in house.rooms.hot("shop")] == [5]


async def test_an_open_broadcast_goes_on(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("hello", at=NOON))
    async with small_house(db) as house:
        await house.play(a_comment("hello", at=NOON + SILENCE))
        assert house.sql("SELECT started_at, ended_at FROM broadcasts") == [(NOON, None)]


async def test_silence_over_a_restart_ends_a_broadcast_too(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(*(a_comment("spam", author="u1") for _ in range(2)))
    late = NOON + SILENCE + 1
    async with small_house(db, clock=FakeClock(late)) as house:
        await house.play(a_comment("hello", at=late))
        state = await house.room()
        assert house.sql("SELECT started_at, ended_at FROM broadcasts ORDER BY rowid") == [(NOON, NOON), (late, None)]
        assert state.history.strikes("u1") == 0
        assert (state.counts.received, state.counts.decided) == (1, 1)
        assert await after_a_restart(house) == await knows(house)


async def test_a_broadcast_that_was_closed_stays_closed(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("spam", author="u1"))
        await house.store.write(("UPDATE broadcasts SET ended_at = ?", [(NOON + 5,)]))
    async with small_house(db) as house:
        assert (await house.room()).broadcast is None
        await house.play(a_comment("hello", at=NOON + 10))
        assert house.sql("SELECT count(*) FROM broadcasts") == [(2,)]


async def test_a_long_room_is_opened_by_its_newest_comments(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_module, "REMEMBERED", 10)
    async with small_house(db) as house:
        await house.play(*(a_comment(f"n{n}", id=f"c{n}", author=f"a{n}") for n in range(30)))
    async with small_house(db) as house:
        state = await house.room()
        assert not state.seen.complete
        assert "c29" in state.seen
        assert "c0" not in state.seen
        await house.play(*(a_comment(f"n{n}", id=f"c{n}") for n in range(30)))
        assert (state.counts.duplicates, state.counts.decided) == (30, 30)


async def test_the_oldest_seen_is_forgotten_first_and_that_is_known() -> None:
    seen = Seen(["a"], size=3)
    for comment in "bc":
        seen.add(comment)
    assert seen.complete
    seen.add("d")
    assert [comment in seen for comment in "abcd"] == [False, True, True, True]
    assert not seen.complete


async def test_two_rooms_of_one_name_are_two_rooms_whoever_speaks_first_after_a_restart(db: Path) -> None:
    one, two = Room("live", "twitch", "1"), Room("live", "youtube", "2")
    async with small_house(db) as house:
        await house.play(a_comment("spam", id="c1", room=one), a_comment("bet", id="c1", room=two))
        assert [status.room.name for status in house.rooms.rooms()] == ["live", "youtube:2"]
        assert {action.room for action in house.feed.outbox} == {"live", "youtube:2"}
        assert house.sql("SELECT DISTINCT room FROM events") == [("live",), ("youtube:2",)]
    async with small_house(db) as house:
        await house.play(a_comment("hello", id="c2", room=two), a_comment("hello", id="c2", room=one))
        strikes = {state.room.name: state.history.strikes("mimi") for state in house.rooms.states()}
        assert strikes == {"youtube:2": 2, "live": 1}


async def test_many_who_open_a_room_at_once_open_it_once(db: Path) -> None:
    import asyncio

    async with small_house(db) as house:
        states = await asyncio.gather(*(house.room() for _ in range(20)))
        assert len({id(state) for state in states}) == 1


async def test_a_replay_takes_no_mode_from_an_earlier_evening(db: Path) -> None:
    async with small_house(db, mode="assist") as house:
        await house.room()
        await house.order(Verb.MODE, value="auto")
    async with small_house(db, live=False, mode="observe") as house:
        assert (await house.room()).mode == "observe"


async def test_a_room_tells_why_its_rules_speak_in_any_language(db: Path) -> None:
    async with small_house(db) as house:
        await house.room()
        reasons = house.rooms.reasons("shop", "th")
        assert reasons["spam"] == {"why": "for tests"}
        assert house.rooms.reasons("nowhere", "th") == {}
