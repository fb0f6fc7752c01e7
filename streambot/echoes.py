"""Posts that came back as comments: only then is it certain that viewers read them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from streambot.core.action import Operation, Outcome, Result
from streambot.core.errors import StorageError
from streambot.ports import Feed
from streambot.store.outbox import Outbox
from streambot.store.sqlite import SqliteStore

LOOKS: Final = 5
"""Times that an echo is held against its post: it may be heard before the platform has answered our sending."""
BETWEEN: Final = 1.0

log = structlog.get_logger(__name__)


class Echoes:
    """Confirms posts that were seen in the chat. ``run`` is its one task."""

    def __init__(
        self, outbox: Outbox, store: SqliteStore, feed: Feed, *, sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._outbox = outbox
        self._store = store
        self._feed = feed
        self._sleep = sleep
        self._heard: asyncio.Queue[str] = asyncio.Queue()

    def heard(self, event: str) -> None:
        """The post that this event asked for came back as a comment."""
        self._heard.put_nowait(event)

    async def run(self) -> None:
        """Until cancelled. A log that cannot be written leaves the post as it is: sent, not confirmed."""
        while True:
            event = await self._heard.get()
            try:
                for _ in range(LOOKS):
                    if await self._confirm(event):
                        break
                    await self._sleep(BETWEEN)
            except StorageError as error:
                log.error("a post that was seen cannot be confirmed", why=error.message)

    async def _confirm(self, event: str) -> bool:
        """Whether there is no more to be done about it."""
        await self._store.write(self._outbox.seen(event))
        for action, result in await self._outbox.of_event(event):
            if action.operation is Operation.POST and result is Result.CONFIRMED:
                self._feed.settled(action, Outcome(result, "seen in the chat"))
            if action.operation is Operation.POST:
                return result is not None
        return True
