"""Event ids: unique, and sorted by the time they were made."""

from __future__ import annotations

from collections.abc import Callable

from streambot.ports import Clock


class EventIds:
    """UUIDs of version 7 (RFC 9562 §5.7, method 1 of §6.2: a counter within the millisecond), as 32 hex digits."""

    def __init__(self, clock: Clock, randbits: Callable[[int], int]) -> None:
        self._clock = clock
        self._randbits = randbits
        self._last = 0
        self._counter = 0

    def __call__(self) -> str:
        """The next id; greater than every one before, even when the clock steps back."""
        now = int(self._clock() * 1000)
        if now > self._last:
            self._last, self._counter = now, self._randbits(11)
        else:
            self._counter += 1
            if self._counter >= 1 << 12:
                self._last, self._counter = self._last + 1, 0
        low = (0b10 << 62) | self._randbits(62)
        return f"{self._last & 0xFFFFFFFFFFFF:012x}{0x7000 | self._counter:04x}{low:016x}"
