"""The demo's broadcast in real time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

from streambot.core.comment import Comment, Room
from streambot.platforms.demo.broadcast import broadcast
from streambot.ports import Clock


class DemoSource:
    """Plays the broadcast of a seed from ``start`` (Unix seconds), for ``duration`` seconds or until it is stopped.

    ``rate`` is the average in comments a second, None the scenes' own; raises ConfigError if it is not above 0. When
    the reader is slower than that, comments come late but none is left out, as on a platform that queues.
    """

    live = True

    def __init__(
        self,
        *,
        room: Room,
        start: float,
        rate: float | None,
        seed: int,
        duration: float | None,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._broadcast = broadcast(room=room, start=start, seed=seed, rate=rate)
        self._end = float("inf") if duration is None else start + duration
        self._clock = clock
        self._sleep = sleep

    async def comments(self) -> AsyncIterator[Comment]:
        """The comments, each at its time; ends with the duration."""
        for comment in self._broadcast:
            await self._wait_until(min(comment.sent_at, self._end))
            if comment.sent_at >= self._end:
                return
            yield replace(comment, received_at=self._clock())

    async def _wait_until(self, at: float) -> None:
        # A turn of the loop even when late: a reader that never waits must not hold up everybody else.
        await self._sleep(max(0.0, at - self._clock()))
