"""A capture, played again."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from typing import Final

from streambot.core.comment import Comment
from streambot.core.errors import CommentError, ConfigError
from streambot.platforms.records import parse_record
from streambot.ports import Clock

_LINES_A_TURN: Final = 64
"""Lines read before other tasks get the loop; a file of rejected lines would hold it otherwise."""


class ReplaySource:
    """The comments of a capture, in the order of its lines, one line in memory at a time.

    ``speed`` is how many times faster than the records' own times, None as fast as they are taken. ``room`` stands in
    for a record's missing one. Blank lines are nothing; every other line is counted in ``received``, and a malformed
    one in ``rejected`` under its code and told to ``on_reject`` with its line number (from 1).
    """

    live = False

    def __init__(
        self,
        lines: Iterable[bytes] | AsyncIterable[bytes],
        *,
        room: str,
        speed: float | None,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]],
        on_reject: Callable[[CommentError, int], None],
    ) -> None:
        if speed is not None and not 0 < speed < float("inf"):
            raise ConfigError(
                f"A replay cannot run at {speed} times real time.",
                code="bad_speed",
                fix="Give a number above 0, or max.",
            )
        self._lines = lines
        self._room = room
        self._speed = speed
        self._clock = clock
        self._sleep = sleep
        self._on_reject = on_reject
        self.received = 0
        self.rejected: Counter[str] = Counter()

    async def comments(self) -> AsyncIterator[Comment]:
        """The comments until the capture ends; whatever reading the lines raises ends it too."""
        previous: float | None = None
        pace = _Pace(self._speed, self._clock, self._sleep)
        number = 0
        async for line in _each(self._lines):
            number += 1
            if number % _LINES_A_TURN == 0:
                await asyncio.sleep(0)
            if not line.strip():
                continue
            self.received += 1
            try:
                comment = parse_record(line, room=self._room, number=number, previous=previous, now=self._clock())
            except CommentError as error:
                self.rejected[error.code] += 1
                self._on_reject(error, number)
                continue
            previous = comment.sent_at
            await pace.wait(comment.sent_at)
            yield comment


class _Pace:
    """Holds each comment until its time has come, counted from the first one's."""

    def __init__(self, speed: float | None, clock: Clock, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._speed = speed
        self._clock = clock
        self._sleep = sleep
        self._first: tuple[float, float] | None = None

    async def wait(self, sent_at: float) -> None:
        if self._speed is None:
            return
        if self._first is None:
            self._first = (sent_at, self._clock())
        first_sent, began = self._first
        delay = began + (sent_at - first_sent) / self._speed - self._clock()
        if delay > 0:
            await self._sleep(delay)


async def _each(lines: Iterable[bytes] | AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    if isinstance(lines, AsyncIterable):
        async for line in lines:
            yield line
    else:
        for line in lines:
            yield line
