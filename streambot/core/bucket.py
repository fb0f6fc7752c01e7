"""How fast a platform may be asked: a token bucket, kept as the time at which it will be full again.

This is the generic cell rate algorithm (ITU-T I.371), of which a token bucket is the other description.
"""

from __future__ import annotations

_ROUNDING = 1e-6
"""Seconds: what Unix seconds as a float may be off, so that who wakes at the stated time is let through."""


class TokenBucket:
    """At most ``rate`` actions a second over time, and ``burst`` at once. Times are Unix seconds."""

    def __init__(self, rate: float, burst: int) -> None:
        self._gap = 1 / rate
        self._slack = (burst - 1) / rate
        self._full_at = 0.0
        self._closed_until = 0.0
        self._closed_for = 0.0

    def ready_at(self, now: float) -> float:
        """When the next action may be taken; ``now`` or earlier if that is at once."""
        # A clock that was set back must not close the bucket for as long as it went.
        self._full_at = min(self._full_at, now + self._slack + self._gap)
        self._closed_until = min(self._closed_until, now + self._closed_for)
        return max(self._full_at - self._slack - _ROUNDING, self._closed_until)

    def take(self, now: float) -> bool:
        """Take one action; False if there is none, and then nothing is taken."""
        if self.ready_at(now) > now:
            return False
        self._full_at = max(self._full_at, now) + self._gap
        return True

    def close(self, now: float, seconds: float) -> None:
        """Give out nothing for so long: the platform asked for it."""
        if now + seconds > self._closed_until:
            self._closed_until, self._closed_for = now + seconds, seconds
