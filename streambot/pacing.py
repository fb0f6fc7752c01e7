"""What holds the bot back: the quota, which is our own circuit breaker, and the pace that a platform bears."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from enum import Enum, auto
from typing import Final

from streambot.core.action import Action, Operation
from streambot.core.bucket import TokenBucket
from streambot.core.event import BOT
from streambot.core.quota import Quota
from streambot.ports import Clock
from streambot.store.outbox import Line

WINDOW: Final = 60.0
"""Seconds that a quota is for."""
_COUNTED: Final = frozenset({Operation.HIDE, Operation.MUTE, Operation.BAN})

Pace = tuple[float, int]
"""Actions a second over time, and at once."""


class Leave(Enum):
    """Whether an action may be sent now."""

    GO = auto()
    LATER = auto()
    OVER_QUOTA = auto()


def line_of(action: Action) -> Line:
    """The line that an action stands in."""
    return (action.platform, action.room_id)


class Pacing:
    """Quotas by room and paces by line. ``pace_for`` is what an action's account bears; None: anything."""

    def __init__(
        self, *, quota_for: Callable[[str], int], pace_for: Callable[[Action], Pace | None], clock: Clock
    ) -> None:
        self._quota_for = quota_for
        self._pace_for = pace_for
        self._clock = clock
        self._quotas: dict[str, Quota] = {}
        self._paid: set[tuple[str, Operation]] = set()
        self._buckets: dict[Line, TokenBucket] = {}
        self._resting: set[Line] = set()

    def recall(self, sent: Sequence[tuple[str, float]]) -> None:
        """Count what was sent before a restart: rooms and times, oldest first."""
        spent: defaultdict[str, list[float]] = defaultdict(list)
        for room, at in sent:
            spent[room].append(at)
        self._quotas = {room: Quota(self._quota_for(room), WINDOW, times) for room, times in spent.items()}

    def ask(self, action: Action) -> Leave:
        """Whether it may be sent now, counted if so."""
        line, now = line_of(action), self._clock()
        if line not in self._buckets and (pace := self._pace_for(action)) is not None:
            self._buckets[line] = TokenBucket(*pace)
        bucket = self._buckets.get(line)
        if bucket is not None and bucket.ready_at(now) > now:
            self._resting.add(line)
            return Leave.LATER
        if not self._within_quota(action, now):
            return Leave.OVER_QUOTA
        if bucket is not None:
            bucket.take(now)
        return Leave.GO

    def _within_quota(self, action: Action, now: float) -> bool:
        """Whether the circuit breaker lets the bot act; people are never held back by it, a resend is not counted."""
        if action.actor != BOT or action.operation not in _COUNTED or action.attempts or action.key in self._paid:
            return True
        if action.room not in self._quotas:
            self._quotas[action.room] = Quota(self._quota_for(action.room), WINDOW)
        if not self._quotas[action.room].spend(now):
            return False
        # Marking it on the disk may fail: then it is asked about again.
        self._paid.add(action.key)
        return True

    def marked(self, actions: Iterable[Action]) -> None:
        """They are ``sending`` on the disk, where their attempts are counted from now on."""
        self._paid.difference_update(action.key for action in actions)

    def rest(self, action: Action, seconds: float) -> None:
        """Send nothing in this line for so long: the platform asked for it."""
        if (bucket := self._buckets.get(line_of(action))) is not None:
            bucket.close(self._clock() + seconds)

    def resting(self) -> dict[Line, float]:
        """Lines in which something was refused for now, and when they go on (Unix seconds)."""
        now = self._clock()
        times = {line: self._buckets[line].ready_at(now) for line in self._resting}
        self._resting = {line for line, at in times.items() if at > now}
        return {line: times[line] for line in self._resting}
