"""A capture played again: every line counted, every comment at its time."""

from __future__ import annotations

import asyncio
import json

import pytest

from streambot.core.errors import ConfigError
from streambot.platforms.replay import ReplaySource
from streambot.ports import Source

START = 1_790_000_000.0


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = START + 5000
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class Rejections:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []

    def __call__(self, error, number) -> None:
        self.told.append((error.code, number))


def replay(lines, *, speed=None, time=None, on_reject=None) -> ReplaySource:
    time = time or FakeTime()
    return ReplaySource(
        lines, room="evening", speed=speed, clock=time.clock, sleep=time.sleep, on_reject=on_reject or Rejections()
    )


def line(text: str, sent_at: float | None = None) -> bytes:
    return json.dumps({"text": text, "sent_at": sent_at}).encode() + b"\n"


async def read(source: Source) -> list[str]:
    return [comment.text async for comment in source.comments()]


async def test_every_line_that_is_not_blank_is_received_and_a_malformed_one_rejected():
    rejections = Rejections()
    source = replay(
        [line("a"), b"\n", b"  \r\n", b"not json\n", line("b"), b'{"text":""}\n', b"\xff\n", b"{\n"],
        on_reject=rejections,
    )
    assert await read(source) == ["a", "b"]
    assert source.received == 6
    assert source.rejected == {"bad_json": 2, "no_text": 1, "bad_utf8": 1}
    assert rejections.told == [("bad_json", 4), ("no_text", 6), ("bad_utf8", 7), ("bad_json", 8)]


async def test_a_replay_is_not_live():
    assert replay([]).live is False
    assert await read(replay([])) == []


async def test_lines_may_come_asynchronously():
    async def lines():
        yield line("a")
        await asyncio.sleep(0)
        yield line("b")

    assert await read(replay(lines())) == ["a", "b"]


async def test_a_missing_time_is_the_one_of_the_line_before():
    source = replay([line("a", START), b"broken", line("b"), line("c", START + 9), line("d")])
    assert [comment.sent_at async for comment in source.comments()] == [START, START, START + 9, START + 9]


async def test_ids_made_from_line_numbers_are_the_same_in_a_second_replay():
    lines = [line("a"), b"\n", line("a"), line("a")]
    first = [comment.id async for comment in replay(lines).comments()]
    assert [comment.id async for comment in replay(lines).comments()] == first
    assert len(set(first)) == 3


async def test_speed_is_a_multiple_of_the_records_own_time():
    time = FakeTime()
    began = time.now
    source = replay(
        [line("a", START), line("b", START + 10), line("c", START + 8), line("d", START + 60)], speed=4, time=time
    )
    taken = [(comment.text, time.now - began) async for comment in source.comments()]
    assert taken == [("a", 0), ("b", 2.5), ("c", 2.5), ("d", 15)]


async def test_a_slow_reader_is_not_held_up_further():
    time = FakeTime()
    taken = []
    async for comment in replay(
        [line("a", START), line("b", START + 10), line("c", START + 30)], speed=1, time=time
    ).comments():
        taken.append(comment.text)
        time.now += 20
    assert taken == ["a", "b", "c"]
    assert time.slept == []


async def test_full_speed_never_sleeps():
    time = FakeTime()
    await read(replay([line("a", START), line("b", START + 1000)], time=time))
    assert time.slept == []


@pytest.mark.parametrize("speed", [0, -1, float("inf"), float("nan")])
def test_a_speed_that_is_none_is_refused(speed):
    with pytest.raises(ConfigError, match="times real time"):
        replay([], speed=speed)


async def test_a_capture_of_rejected_lines_leaves_the_loop_to_others():
    turns = 0

    async def neighbour():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        other = group.create_task(neighbour())
        await read(replay(b"broken" for _ in range(10_000)))
        other.cancel()
    assert turns > 100


async def test_lines_are_taken_one_at_a_time():
    taken = 0

    def lines():
        nonlocal taken
        for _ in range(1000):
            taken += 1
            yield line("a")

    comments = replay(lines()).comments()
    await anext(comments)
    assert taken == 1
