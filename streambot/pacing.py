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
    """Quotas by room and paces by line. ``pace_for`` is what an action's account bears; None: anything.

    The quota is counted twice. By when actions were asked for: a bot that asks for more in a minute is stopped. And by
    when they are sent: what a platform held up for an hour is no reason to stop a bot that asked for it one by one,
    but it goes out no faster than the quota.
    """

    def __init__(
        self, *, quota_for: Callable[[str], int], pace_for: Callable[[Action], Pace | None], clock: Clock
    ) -> None:
        self._quota_for = quota_for
        self._pace_for = pace_for
        self._clock = clock
        self._asked: dict[str, Quota] = {}
        self._sent: dict[str, Quota] = {}
        self._granted: set[tuple[str, Operation]] = set()
        self._paid: set[tuple[str, Operation]] = set()
        self._buckets: dict[Line, TokenBucket] = {}
        self._resting: dict[Line, float] = {}

    def recall(self, sent: Sequence[tuple[str, float, float]]) -> None:
        """Count what was sent before a restart: rooms, when it was sent and when it was asked for, oldest first."""
        times: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
        for room, at, asked_at in sent:
            times[room].append((at, asked_at))
        for room, both in times.items():
            limit = self._quota_for(room)
            self._sent[room] = Quota(limit, WINDOW, [at for at, _ in both])
            self._asked[room] = Quota(limit, WINDOW, sorted(asked_at for _, asked_at in both))

    def ask(self, action: Action, asked_at: float, *, behind: bool) -> Leave:
        """Whether it may be sent now, counted if so. ``asked_at`` (Unix seconds) is when it was asked for.

        What stands ``behind`` another is sent later, at the pace of then; the circuit breaker is asked at once.
        """
        line, now = line_of(action), self._clock()
        counted = _is_counted(action)
        if counted and not self._grant(action, asked_at):
            return Leave.OVER_QUOTA
        if behind:
            return Leave.LATER
        if line not in self._buckets and (pace := self._pace_for(action)) is not None:
            self._buckets[line] = TokenBucket(*pace)
        bucket = self._buckets.get(line)
        ready = now if bucket is None else bucket.ready_at(now)
        quota = self._quota(self._sent, action.room) if counted and action.key not in self._paid else None
        if quota is not None and not (ready > now or quota.spend(now)):
            ready = quota.ready_at(now)
        if ready > now:
            self._resting[line] = ready
            return Leave.LATER
        if quota is not None:
            # Marking it on the disk may fail: then it is asked about again.
            self._paid.add(action.key)
        if bucket is not None:
            bucket.take(now)
        return Leave.GO

    def _grant(self, action: Action, asked_at: float) -> bool:
        """Whether the circuit breaker lets the bot act; each action is counted once, by when it was asked for."""
        if action.key in self._granted:
            return True
        now = self._clock()
        if not self._quota(self._asked, action.room).spend(min(asked_at, now), now):
            return False
        self._granted.add(action.key)
        return True

    def _quota(self, of: dict[str, Quota], room: str) -> Quota:
        if room not in of:
            of[room] = Quota(self._quota_for(room), WINDOW)
        return of[room]

    def marked(self, actions: Iterable[Action]) -> None:
        """They are ``sending`` on the disk, where their attempts are counted from now on."""
        keys = {action.key for action in actions}
        self._granted -= keys
        self._paid -= keys

    def unsent(self, action: Action) -> None:
        """It was marked and had no effect: the attempt does not count, but that it was asked for does."""
        if action.attempts == 1 and action.actor == BOT and action.operation in _COUNTED:
            self._granted.add(action.key)
            self._quota(self._sent, action.room).refund()

    def rest(self, action: Action, seconds: float) -> None:
        """Send nothing in this line for so long: the platform asked for it."""
        if (bucket := self._buckets.get(line_of(action))) is not None:
            bucket.close(self._clock(), seconds)

    def resting(self) -> dict[Line, float]:
        """Lines in which something was refused for now, and when they go on (Unix seconds)."""
        now = self._clock()
        times = {line: self._ready(line, at, now) for line, at in self._resting.items()}
        self._resting = {line: at for line, at in times.items() if at > now}
        return dict(self._resting)

    def _ready(self, line: Line, at: float, now: float) -> float:
        # A clock that was set back must not close a line for as long as it went.
        bucket = self._buckets.get(line)
        return max(min(at, now + WINDOW), now if bucket is None else bucket.ready_at(now))


def _is_counted(action: Action) -> bool:
    """Whether the quota is asked: people are never held back by it, and a resend is not counted again."""
    return action.actor == BOT and action.operation in _COUNTED and not action.attempts
