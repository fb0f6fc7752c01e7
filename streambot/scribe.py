"""Writing down before telling: commits to the log, patiently while somebody is on air."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import TypeVar

import structlog

from streambot.core.action import Action
from streambot.core.errors import StorageError
from streambot.core.event import Event
from streambot.ports import Feed, Store
from streambot.store.sqlite import REFUSED

BACKOFF = (0.5, 1.0, 2.0, 5.0)

log = structlog.get_logger(__name__)

_Answer = TypeVar("_Answer")


class Scribe:
    """Commits events with their outbox rows. ``patient``: a log that fails is tried again until it works.

    ``everybody`` names the open rooms: a log that does not work holds up all of them.
    """

    def __init__(
        self,
        store: Store,
        feed: Feed,
        *,
        patient: bool,
        sleep: Callable[[float], Awaitable[None]],
        everybody: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self._store = store
        self._feed = feed
        self._patient = patient
        self._sleep = sleep
        self._everybody = everybody
        self.trouble = ""
        """What is wrong with the log, in a sentence, while it is waited for."""
        self._told: dict[str, None] = {}

    async def write(self, events: Sequence[Event], outbox: Sequence[Action] = ()) -> Collection[str]:
        """Commit in one transaction; the ids of decisions dropped because their comment had one.

        Raises StorageError if it is not patient or the rows themselves are refused; then nothing was written.
        """
        rooms = dict.fromkeys(event.room for event in events)
        return await self.patiently(rooms, lambda: self._store.commit(events, outbox))

    async def patiently(self, rooms: Iterable[str], use: Callable[[], Awaitable[_Answer]]) -> _Answer:
        """Use the log for these rooms, again and again if need be; people are told once, and when it is back."""
        attempt = 0
        while True:
            try:
                answer = await use()
            except StorageError as error:
                if error.code == REFUSED and attempt:
                    # Only a log that works looks at rows.
                    self._back()
                if not self._patient or error.code == REFUSED:
                    raise
                self._down(rooms, error)
                await self._sleep(BACKOFF[min(attempt, len(BACKOFF) - 1)])
                attempt += 1
            else:
                if attempt:
                    self._back()
                return answer

    def give_up(self) -> None:
        """Wait for the log no longer: who stops cannot, and what is not written by then raises StorageError."""
        self._patient = False

    def _down(self, rooms: Iterable[str], error: StorageError) -> None:
        if not self._told:
            log.error("the log does not work", code=error.code, why=error.message)
        self.trouble = text = f"{error} Comments wait until the log works again."
        for room in (*rooms, *self._everybody()):
            if room not in self._told:
                self._told[room] = None
                self._feed.notice(room, {"level": "error", "code": error.code, "topic": "log", "text": text})

    def _back(self) -> None:
        told, self._told, self.trouble = self._told, {}, ""
        for room in told:
            text = "The log works again; nothing was lost."
            self._feed.notice(room, {"level": "info", "code": "log_back", "topic": "log", "text": text})
