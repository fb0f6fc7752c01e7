"""Writing down before telling: commits to the log, patiently while somebody is on air."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence

import structlog

from streambot.core.action import Action
from streambot.core.errors import StorageError
from streambot.core.event import Event
from streambot.ports import Feed, Store

BACKOFF = (0.5, 1.0, 2.0, 5.0)

log = structlog.get_logger(__name__)


class Scribe:
    """Commits events with their outbox rows. ``patient``: a log that cannot be written is tried again until it can."""

    def __init__(self, store: Store, feed: Feed, *, patient: bool, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._store = store
        self._feed = feed
        self._patient = patient
        self._sleep = sleep

    async def write(self, events: Sequence[Event], outbox: Sequence[Action]) -> Collection[str]:
        """Commit in one transaction; the ids of decisions dropped because their comment had one.

        Raises StorageError unless it is patient; then nothing was written.
        """
        attempt = 0
        while True:
            try:
                dropped = await self._store.commit(events, outbox)
            except StorageError as error:
                if not self._patient:
                    raise
                if attempt == 0:
                    log.error("the log cannot be written", code=error.code, why=error.message)
                    self._tell(events, "error", error.code, f"{error} Comments wait until it can be written again.")
                await self._sleep(BACKOFF[min(attempt, len(BACKOFF) - 1)])
                attempt += 1
            else:
                if attempt:
                    self._tell(events, "info", "log_back", "The log can be written again; nothing was lost.")
                return dropped

    def _tell(self, events: Sequence[Event], level: str, code: str, text: str) -> None:
        for room in dict.fromkeys(event.room for event in events):
            self._feed.notice(room, {"level": level, "code": code, "text": text})
