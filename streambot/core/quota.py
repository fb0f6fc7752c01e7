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

    def spend(self, now: float) -> bool:
        """Take one action at ``now`` (Unix seconds); False if the window is full, and then nothing is taken."""
        while self._spent and self._spent[0] <= now - self._seconds:
            self._spent.popleft()
        if len(self._spent) >= self._limit:
            return False
        self._spent.append(now)
        return True
