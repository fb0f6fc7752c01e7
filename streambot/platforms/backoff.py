"""How long to wait before trying again, and what a platform says about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from email.utils import parsedate_to_datetime
from typing import Final

FIRST: Final = 1.0
MOST: Final = 60.0
"""Seconds: the ceilings of the first and of the longest wait (PLATFORMS.md §16)."""
LONGEST_ASKED: Final = 900.0
"""Seconds for which we do as a Retry-After says; a longer one is a mistake that would look like a dead source."""


class Backoff:
    """Exponential waits with jitter: each is drawn from the upper half of a ceiling that doubles from 1 to 60 s.

    The caller resets it after the first good comment, not after connecting: a server that accepts and then drops
    everybody is not hammered, and a stream that ran for a day is back within a second.
    """

    def __init__(self, *, sleep: Callable[[float], Awaitable[None]], uniform: Callable[[float, float], float]) -> None:
        self._sleep = sleep
        self._uniform = uniform
        self._ceiling = FIRST

    async def wait(self, at_least: float = 0.0) -> None:
        """Sleep for the next delay, or for ``at_least`` seconds if the platform asked for more."""
        delay = self._uniform(self._ceiling / 2, self._ceiling)
        self._ceiling = min(MOST, self._ceiling * 2)
        await self._sleep(max(delay, at_least))

    def reset(self) -> None:
        """Begin with short waits again."""
        self._ceiling = FIRST


def retry_after(header: str | None, now: float) -> float | None:
    """The seconds that a Retry-After header asks for: a number or an HTTP date (RFC 9110 §10.2.3); None if neither."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_ASKED)
    try:
        moment = parsedate_to_datetime(text)
        return min(max(0.0, moment.timestamp() - now), LONGEST_ASKED)
    except (ValueError, OverflowError):
        return None
