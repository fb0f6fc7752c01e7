"""Actions of which nobody knows whether they arrived: the platform is asked, where it can be.

What it says is written down as the outcome. What it says it never got is sent again, a post too: that it is not there
is proof. What it does not say stays unknown, and people see it as not confirmed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Final

import structlog

from streambot.core.action import Action, Outcome, Result
from streambot.core.errors import StorageError, StreambotError
from streambot.pacing import line_of
from streambot.ports import Actuator, Clock, Fate, Feed, ReadBack
from streambot.store.outbox import Line, Outbox

WAITS: Final = (5.0, 15.0, 60.0)
"""Seconds before the platform is asked, and asked again while it does not say; then the doubt stays."""
RECALLED: Final = 600.0
"""Seconds before a restart from which doubts are taken up again."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Doubt:
    action: Action
    at: float
    asked: int = 0


class Doubts:
    """Asks about actions in doubt, one at a time in a line. ``most`` is how often an action may be sent in all."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        actuator_for: Callable[[Action], Actuator],
        feed: Feed,
        wake: asyncio.Event,
        clock: Clock,
        most: int,
    ) -> None:
        self._outbox = outbox
        self._actuator_for = actuator_for
        self._feed = feed
        self._wake = wake
        self._clock = clock
        self._most = most
        self._open: dict[tuple[str, str], _Doubt] = {}
        self._asking: set[Line] = set()
        self._known: list[tuple[Action, Outcome]] = []
        self._absent: list[Action] = []

    async def recall(self) -> None:
        """Take up what was in doubt before a restart. Raises StorageError."""
        for action in await self._outbox.in_doubt(self._clock() - RECALLED):
            self.add(action)

    def add(self, action: Action) -> None:
        """It was settled as unknown: ask about it later, where that can be done."""
        if self._means(action) is not None:
            self._open[action.key] = _Doubt(action, self._clock() + WAITS[0])

    def due(self) -> list[Coroutine[None, None, None]]:
        """The questions that are to be asked now; whoever calls it runs them."""
        questions, now = [], self._clock()
        for doubt in self._open.values():
            line = line_of(doubt.action)
            # A clock that was set back must not hold a question for as long as it went.
            doubt.at = min(doubt.at, now + WAITS[doubt.asked])
            if doubt.at <= now and line not in self._asking:
                self._asking.add(line)
                questions.append(self._ask(line, doubt))
        return questions

    def next_time(self) -> float | None:
        """When the next question is due (Unix seconds); those behind one that is being asked are not counted."""
        times = [doubt.at for doubt in self._open.values() if line_of(doubt.action) not in self._asking]
        return min(times, default=None)

    async def _ask(self, line: Line, doubt: _Doubt) -> None:
        try:
            means = self._means(doubt.action)
            found = await means.look_up(doubt.action) if means is not None else None
        except Exception:
            # An action: what one actuator gets wrong must not stop the others.
            log.exception("a look-up failed", room=doubt.action.room, operation=doubt.action.operation)
            found = None
        finally:
            self._asking.discard(line)
            self._wake.set()
        self._take(doubt, found)

    def _take(self, doubt: _Doubt, found: Outcome | Fate | None) -> None:
        action = doubt.action
        if found is None or (isinstance(found, Outcome) and found.result is Result.UNKNOWN):
            doubt.asked += 1
            if doubt.asked == len(WAITS):
                del self._open[action.key]
            else:
                doubt.at = self._clock() + WAITS[doubt.asked]
            return
        del self._open[action.key]
        if isinstance(found, Outcome):
            self._known.append((action, found))
        elif action.attempts < self._most:
            self._absent.append(action)
        else:
            given_up = f"given up: the platform got none of {action.attempts} attempts"
            self._known.append((action, Outcome(Result.FAILED, given_up)))

    async def write_down(self) -> None:
        """Write what was found out, and tell. Until that has succeeded it is kept. Raises StorageError."""
        known, absent = list(self._known), list(self._absent)
        if not known and not absent:
            return
        await self._outbox.resolve(known, absent)
        del self._known[: len(known)]
        del self._absent[: len(absent)]
        for action, outcome in known:
            self._feed.settled(action, outcome)
        with contextlib.suppress(StorageError):
            for action in absent:
                await self._tell(action)

    async def _tell(self, absent: Action) -> None:
        """What has become of an action that never came: a person may have been quicker."""
        for action, result in await self._outbox.of_event(absent.id):
            if action.key == absent.key and result is not None:
                self._feed.settled(action, Outcome(result))
            elif action.key == absent.key:
                self._feed.publish([], [action])

    def _means(self, action: Action) -> ReadBack | None:
        """What can be asked about an action, None if nothing can."""
        if action.simulated:
            return None
        try:
            actuator: object = self._actuator_for(action)
        except StreambotError:
            return None
        return actuator if isinstance(actuator, ReadBack) and actuator.reads_back else None
