"""Tells a room when its tickets are due: an hour before the deadline, and when it has passed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Final

from streambot.core.ticket_orders import Due, due
from streambot.core.tickets import Tickets
from streambot.ports import Clock, Feed

LOOK: Final = 20.0
"""Seconds between two looks at the deadlines."""
KEPT: Final = 30 * 86_400.0
"""Seconds that a settled ticket is kept at hand; older ones are read from the log when somebody asks for them."""


class Deadlines:
    """Watches the deadlines of all tickets. A notice counts tickets and names nobody: it can be seen on a screen."""

    def __init__(
        self, tickets: Tickets, feed: Feed, *, clock: Clock, sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._tickets = tickets
        self._feed = feed
        self._clock = clock
        self._sleep = sleep
        self._told: set[tuple[str, float, Due]] = set()

    async def run(self) -> None:
        """Look every so often, until cancelled."""
        while True:
            self.look()
            await self._sleep(LOOK)

    def look(self) -> None:
        """Tell what has come near or passed since the last look: once for each ticket, deadline and stage."""
        now = self._clock()
        self._tickets.forget(now - KEPT)
        standing: set[tuple[str, float, Due]] = set()
        news: Counter[tuple[str, Due]] = Counter()
        for ticket in self._tickets:
            stage = due(ticket, now)
            if stage is None or stage is Due.LATER:
                continue
            key = (ticket.id, ticket.due_at, stage)
            standing.add(key)
            if key not in self._told:
                news[ticket.room, stage] += 1
        self._told = standing
        for (room, stage), count in sorted(news.items()):
            self._feed.notice(room, _notice(stage, count))


def _notice(stage: Due, count: int) -> dict[str, Any]:
    what = "1 ticket is" if count == 1 else f"{count} tickets are"
    told = {"topic": "tickets", "values": {"n": count}}
    if stage is Due.SOON:
        return {"level": "warn", "code": "ticket_soon", "text": f"{what} due within the hour.", **told}
    return {"level": "error", "code": "ticket_overdue", "text": f"{what} past the deadline.", **told}
