"""Everything about tickets, put together: read back from the log, followed, worked on, watched."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from streambot.core.tickets import Tickets
from streambot.orders.watch import OrderFiles
from streambot.ports import Clock, Feed, OrderLookup
from streambot.rooms import Rooms
from streambot.settings import RoomSettings
from streambot.store.queries import LogReader
from streambot.store.sqlite import SqliteStore
from streambot.store.tickets import TicketLog
from streambot.ticketing.deadlines import KEPT, Deadlines
from streambot.ticketing.desk import TicketDesk
from streambot.ticketing.following import Ticketing
from streambot.watching import Watch


class Office:
    """Where tickets are kept. ``follower`` is told of every decision; :meth:`desk` is made once the rooms are there."""

    def __init__(
        self, feed: Feed, ids: Callable[[], str], *, clock: Clock, sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        """``clock`` and ``sleep`` are the broadcast's time; what waits for a file waits on the real one."""
        self.tickets = Tickets()
        self.follower = Ticketing(self.tickets, ids)
        self._feed = feed
        self._ids = ids
        self._clock = clock
        self._sleep = sleep
        self._orders = OrderFiles(changed=self._changed)
        self._lookups: dict[Path, OrderLookup] = {}
        self._rooms: defaultdict[Path, set[str]] = defaultdict(set)

    @classmethod
    async def opened(
        cls,
        feed: Feed,
        ids: Callable[[], str],
        log: LogReader,
        *,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]],
    ) -> Office:
        """An office with what the log has: what is not settled, and what was settled of late. Raises StorageError."""
        office = cls(feed, ids, clock=clock, sleep=sleep)
        for step in await TicketLog(log.read).standing(clock() - KEPT):
            office.tickets.take(step)
        return office

    async def open(self, settings: RoomSettings, room: str = "") -> None:
        """Have the orders of a room's viewers at hand. Raises ConfigError (an OrdersError names row and column)."""
        path = settings.tickets.orders
        if path is not None:
            self._lookups[path] = await self._orders.open(path)
            self._rooms[path].update({room} - {""})

    def desk(
        self, rooms: Rooms, store: SqliteStore, log: LogReader, settings_for: Callable[[str], RoomSettings]
    ) -> TicketDesk:
        """Where people see tickets and work on them; ``settings_for`` are those of a room, open or not."""

        def orders_for(room: str) -> OrderLookup | None:
            path = settings_for(room).tickets.orders
            return None if path is None else self._lookups.get(path)

        return TicketDesk(
            tickets=self.tickets,
            rooms=rooms,
            store=store,
            log=log,
            feed=self._feed,
            ids=self._ids,
            clock=self._clock,
            orders_for=orders_for,
            hours_for=lambda room: settings_for(room).tickets.hours,
            salt=partial(secrets.token_bytes, 32),
        )

    @contextlib.asynccontextmanager
    async def running(self, *, live: bool) -> AsyncIterator[None]:
        """Keep the orders up to date while the block runs, and tell of deadlines if somebody is on air."""
        deadlines = Deadlines(self.tickets, self._feed, clock=self._clock, sleep=self._sleep)
        async with asyncio.TaskGroup() as tasks:
            own = [tasks.create_task(Watch("orders", self._orders, sleep=asyncio.sleep).run(), name="orders")]
            if live:
                own.append(tasks.create_task(deadlines.run(), name="ticket deadlines"))
            yield
            for task in own:
                task.cancel()

    def _changed(self, path: Path) -> None:
        refusal = self._orders.refusal(path)
        told: dict[str, Any] = {"level": "info", "code": "orders_read", "text": "The orders were read anew."}
        if refusal is not None:
            why = refusal.message
            text = f"The orders stay as they were: {why}"
            told = {"level": "error", "code": "orders_refused", "text": text, "values": {"why": why}}
        for room in sorted(self._rooms[path]):
            self._feed.notice(room, told)
