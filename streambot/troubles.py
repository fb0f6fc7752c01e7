"""What people are told of a platform in trouble, and the lines that wait until a person has mended it.

A line whose platform refuses us is held: its actions stay in the outbox, and the oldest of them is tried now and then.
The first answer that is no refusal lets the others go, in their order. A restart forgets the holding and not the
actions: the first of them finds out again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from streambot.core.action import Action
from streambot.core.errors import StreambotError
from streambot.pacing import line_of
from streambot.ports import Clock, Feed
from streambot.store.outbox import Line

PROBES: Final = (5.0, 60.0)
"""Seconds after which a refused line's oldest action is tried: at first, and in the end, doubling in between."""
RECONNECTED: Final = (1.0, 5.0)
"""The same where there is no connection: then a probe leaves nothing and hammers nobody."""
LOOK: Final = 5.0
"""Seconds after which the file of the credentials is looked at again."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Held:
    """A line that waits: when it is probed next (Unix seconds), the wait after that, the longest one, and what looks
    at the file of the credentials.
    """

    at: float
    wait: float
    longest: float
    renewed: Callable[[], bool] | None


class Troubles:
    """One sentence when a room's platform fails, one when it is back; holds the lines that it refuses."""

    def __init__(self, *, feed: Feed, clock: Clock) -> None:
        self._feed = feed
        self._clock = clock
        self._told: dict[str, str] = {}
        self._held: dict[Line, _Held] = {}
        self._looked_at = 0.0

    def failing(self, action: Action, error: StreambotError) -> None:
        """The platform is in a trouble that may pass."""
        if action.room not in self._told:
            self._tell(action, error, "warn", "It is tried again by itself.", say="platform_failing")

    def refused(self, action: Action, error: StreambotError, renewed: Callable[[], bool] | None) -> None:
        """The platform refuses us, or the configuration lets nothing be sent: hold the line, and say so unless the
        room was told of just this.
        """
        self._hold(action, PROBES, renewed)
        if self._told.get(action.room) != error.code:
            self._tell(action, error, "error", "Actions wait until then.", say="platform_refuses")

    def cut_off(self, action: Action) -> None:
        """There is no connection: hold the line. Whoever reads the comments by it says so, and connects again."""
        self._hold(action, RECONNECTED, None)

    def _hold(self, action: Action, probes: tuple[float, float], renewed: Callable[[], bool] | None) -> None:
        line, (first, longest) = line_of(action), probes
        held = self._held.get(line)
        if held is None or held.longest != longest:
            self._held[line] = _Held(self._clock() + first, 2 * first, longest, renewed)

    def probing(self, action: Action) -> None:
        """An action is being sent. In a held line it is the probe: nothing follows it before the next one is due."""
        held = self._held.get(line_of(action))
        if held is not None:
            held.at = self._clock() + held.wait
            held.wait = min(held.longest, 2 * held.wait)

    def let_go(self, action: Action) -> None:
        """It may be that the platform took an action: it does not refuse us now."""
        self._held.pop(line_of(action), None)

    def well(self, action: Action) -> None:
        """The platform took an action, or said why not: whatever was wrong is over."""
        self.let_go(action)
        if self._told.pop(action.room, None) is not None:
            text = "The platform takes actions again; what waited is sent now."
            self._feed.notice(
                action.room, {"level": "info", "code": "platform_back", "topic": "platform", "text": text}
            )

    def waiting(self) -> dict[Line, float]:
        """The held lines whose probe is not due, and when it will be (Unix seconds)."""
        now = self._clock()
        for held in self._held.values():
            # A clock that was set back must not hold a line for as long as it went.
            held.at = min(held.at, now + held.longest)
        return {line: held.at for line, held in self._held.items() if held.at > now}

    def look(self) -> None:
        """Probe at once where a person has put other credentials into the file; every few seconds, however often
        it is called.
        """
        now = self._clock()
        if abs(now - self._looked_at) < LOOK:
            return
        self._looked_at = now
        for line in self.waiting():
            held = self._held[line]
            if held.renewed is not None and held.renewed():
                held.at, held.wait = now, PROBES[0]

    def _tell(self, action: Action, error: StreambotError, level: str, rest: str, *, say: str) -> None:
        self._told[action.room] = error.code
        log.warning("actions fail", room=action.room, code=error.code, why=error.message)
        notice = {
            "level": level, "code": "platform_failing", "topic": "platform", "text": f"{error} {rest}",
            "say": say, "values": {"why": error.told},
        }  # fmt: skip
        self._feed.notice(action.room, notice)
