"""Who is told of what was committed: one feed that tells several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from streambot.core.action import Action, Outcome
from streambot.core.event import Event
from streambot.ports import Feed


class Feeds:
    """One feed that tells several; the console joins after the house is built."""

    def __init__(self) -> None:
        self._feeds: list[Feed] = []

    def join(self, feed: Feed) -> None:
        """Tell this one too, from now on."""
        self._feeds.append(feed)

    def publish(self, events: Sequence[Event], outbox: Sequence[Action] = ()) -> None:
        """See ``ports.Feed``."""
        for feed in self._feeds:
            feed.publish(events, outbox)

    def settled(self, action: Action, outcome: Outcome) -> None:
        """See ``ports.Feed``."""
        for feed in self._feeds:
            feed.settled(action, outcome)

    def notice(self, room: str, notice: Mapping[str, Any]) -> None:
        """See ``ports.Feed``."""
        for feed in self._feeds:
            feed.notice(room, notice)
