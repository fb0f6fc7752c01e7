"""The circuit breaker: a bot that suddenly acts far more often than ever is a bug or an attack, so it stops."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable


class Quota:
    """At most ``limit`` actions in any window of ``seconds``.

    It guards against ourselves; a platform's own limit is a rate limit and only delays. ``spent`` are the times of
    actions before a restart, oldest first.
    """

    def __init__(self, limit: int, seconds: float = 60.0, spent: Iterable[float] = ()) -> None:
        self._limit = limit
        self._seconds = seconds
        self._spent = deque(spent)

    def spend(self, at: float, now: float | None = None) -> bool:
        """Take one action of ``at`` (Unix seconds); False if the window is full, and then nothing is taken.

        ``now`` is what the clock says, None if that is ``at``.
        """
        now = at if now is None else now
        if self._spent and self._spent[-1] > now + self._seconds:
            # A clock that was set back must not close the window for as long as it went.
            self._spent = deque(min(each, now) for each in self._spent)
        while self._spent and self._spent[0] <= at - self._seconds:
            self._spent.popleft()
        if len(self._spent) >= self._limit:
            return False
        self._spent.append(at)
        return True

    def ready_at(self, now: float) -> float:
        """When the next action may be taken; ``now`` or earlier if that is at once."""
        if len(self._spent) < self._limit:
            return now
        if not self._spent:
            return now + self._seconds
        # A clock that was set back must not close the window for as long as it went.
        return min(self._spent[-self._limit] + self._seconds, now + self._seconds)

    def refund(self) -> None:
        """Give the newest action back: it was not carried out."""
        if self._spent:
            self._spent.pop()
