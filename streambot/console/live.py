"""The live feed: what the pipeline and the dispatcher tell, kept per room for the screens."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Final

from streambot.console.board import RoomBoard
from streambot.console.probes import Metrics
from streambot.console.wire import dumps, notice
from streambot.core.action import Action, Outcome
from streambot.core.event import Event, Kind
from streambot.ports import Clock

NOTICES: Final = 64
"""Notices of one room kept for screens that are behind; a screen that misses more has bigger worries."""


class LiveFeed:
    """The ``Feed`` of ports.py. Never waits and never raises for a screen's sake: it only writes rows down."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.metrics = Metrics()
        self.boards: dict[str, RoomBoard] = {}
        self.notices: dict[str, deque[tuple[int, str]]] = {}
        """Number and JSON of each room's newest notices: what is told to all rooms at once must reach each of them."""
        self.notice_seq = 0
        self.standing: dict[str, dict[str, str]] = {}
        """By room and topic, the JSON of what is wrong and not over yet: a screen that opens now must see it too."""

    def board(self, room: str) -> RoomBoard:
        """The room's board; made when first asked for, so ask for rooms that exist."""
        board = self.boards.get(room)
        if board is None:
            board = self.boards[room] = RoomBoard(room, first=int(self._clock() * 1e6))
        return board

    def publish(self, events: Sequence[Event], outbox: Sequence[Action] = ()) -> None:
        """Committed events, in order, with the outbox rows they asked for."""
        rooms = dict.fromkeys([event.room for event in events] + [action.room for action in outbox])
        for room in rooms:
            here = [event for event in events if event.room == room]
            board = self.board(room)
            board.publish(here, [action for action in outbox if action.room == room], self._clock())
            for event in here:
                if event.kind is Kind.DECISION and event.comment is not None:
                    board.count(int(self._clock()))
                    self.metrics.decided(room, event.at - event.comment.received_at)

    def settled(self, action: Action, outcome: Outcome) -> None:
        """An action reached its outcome."""
        self.board(action.room).settled(action, outcome, self._clock())
        self.metrics.settled(action.room, action.operation, outcome.result)

    def notice(self, room: str, value: Mapping[str, Any]) -> None:
        """Something people must see that is not an event: ``level``, ``code`` and one sentence ``text``.

        With a ``topic`` it is a trouble that stands until an ``info`` of the same topic says that it is over. What a
        room's status shows anyway (a lost source, a silent model) needs none.
        """
        frame = dumps(notice(room, value))
        self.notice_seq += 1
        self.notices.setdefault(room, deque(maxlen=NOTICES)).append((self.notice_seq, frame))
        if topic := value.get("topic"):
            here = self.standing.setdefault(room, {})
            here.pop(topic, None)
            if value["level"] != "info":
                here[topic] = frame
