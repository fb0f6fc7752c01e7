"""The comments and clocks of the bench: what is measured is what was meant."""

from __future__ import annotations

import asyncio

import pytest

from streambot.bench.traffic import AtOnce, Paced, Stopwatch, a_room, again, distinct, said, slices, spread
from streambot.core.action import Act
from streambot.core.comment import Comment
from streambot.core.errors import ConfigError
from streambot.core.event import Event, Kind
from streambot.testing import NOON, FakeClock, a_comment


class Sleepy(FakeClock):
    """A test's clock on which a sleep of nothing is one turn of the loop."""

    async def sleep(self, seconds: float) -> None:
        await (super().sleep(seconds) if seconds > 0 else asyncio.sleep(0))


async def taken(source: Paced | AtOnce) -> list[Comment]:
    return [comment async for comment in source.comments()]


def test_the_same_seed_says_the_same() -> None:
    first, second, other = (said(50, rate=20.0, seed=seed) for seed in (3, 3, 4))
    assert first == second
    assert [comment.text for comment in first] != [comment.text for comment in other]


def test_distinct_comments_never_repeat_a_text() -> None:
    texts = [comment.text for comment in distinct(400, seed=1)]
    assert len(set(texts)) == len(texts) == 400


def test_more_texts_than_the_script_has_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streambot.bench.traffic._SEARCHED", 50)
    with pytest.raises(ConfigError) as raised:
        distinct(51, seed=1)
    assert raised.value.code == "too_few_lines"


def test_comments_are_dealt_out_evenly() -> None:
    rooms = [comment.room for comment in spread(said(30, rate=10.0, seed=1), 3)]
    assert rooms == [a_room(1), a_room(2), a_room(3)] * 10


def test_comments_said_again_are_new_ones() -> None:
    comments = said(20, rate=10.0, seed=1)
    ids = {comment.id for number in range(3) for comment in again(comments, number)}
    assert len(ids) == 60


async def test_a_comment_is_dated_when_it_was_due_even_if_the_house_was_late() -> None:
    clock = Sleepy()
    source = Paced(said(3, rate=10.0, seed=1), 2.0, clock=clock, sleep=clock.sleep).comments()
    first = await anext(source)
    clock.now += 10.0
    waiting = asyncio.ensure_future(anext(source))
    await asyncio.sleep(0)
    second = await waiting
    assert [first.received_at, second.received_at] == [NOON, NOON + 0.5]


async def test_a_paced_source_waits_for_its_time() -> None:
    clock = Sleepy()
    source = Paced(said(2, rate=10.0, seed=1), 2.0, clock=clock, sleep=clock.sleep).comments()
    await anext(source)
    waiting = asyncio.ensure_future(anext(source))
    await asyncio.sleep(0)
    assert not waiting.done()
    clock.advance(0.5)
    assert (await waiting).received_at == NOON + 0.5


async def test_what_nobody_waits_for_is_given_whole_and_unchanged() -> None:
    comments = said(40, rate=10.0, seed=1)
    assert await taken(AtOnce(comments, sleep=asyncio.sleep)) == comments


def test_the_stopwatch_tells_rules_from_the_model_and_counts_decisions_only() -> None:
    clock = FakeClock()
    watch = Stopwatch(clock)

    def event(kind: Kind, *, degraded: bool) -> Event:
        return Event("e", NOON, "shop", kind, comment=a_comment(), act=Act.ALLOW, data={"degraded": degraded})

    clock.now += 2.0
    watch.publish([event(Kind.DECISION, degraded=False), event(Kind.REJUDGEMENT, degraded=False)])
    clock.now += 1.0
    watch.publish([event(Kind.DECISION, degraded=True)])
    assert [list(seen) for seen in (watch.modelled, watch.ruled, watch.all)] == [[2.0], [3.0], [2.0, 3.0]]


def test_slices_are_cut_as_the_batcher_cuts_them() -> None:
    texts = ["ccc", "a", "dddd", "bb", "e"]
    assert list(slices(texts, 2, 4)) == [["a", "bb"], ["ccc", "dddd"], ["e"]]
