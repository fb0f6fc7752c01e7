"""Takes suggestions back that nobody sent in their time, and a prompt that waits when a newer one takes its place.

The page drops them by itself; here they end in the log too, and whoever asks the same is answered again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from streambot.core.action import Action, Outcome, Result
from streambot.core.answering import OFFER_LASTS
from streambot.ports import Clock, Feed
from streambot.room import RoomState
from streambot.rooms import Rooms
from streambot.scribe import Scribe
from streambot.store.offers import lapsed, unsent_prompts
from streambot.store.outbox import Outbox
from streambot.store.sqlite import SqliteStore

LOOK: Final = 1.0
"""Seconds between two looks."""


class Offers:
    """Looks once a second, in all rooms alike, open or not: what a crash left is too old as well.

    ``clock`` and ``sleep`` are the broadcast's time.
    """

    def __init__(
        self,
        *,
        rooms: Rooms,
        store: SqliteStore,
        outbox: Outbox,
        scribe: Scribe,
        feed: Feed,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._rooms = rooms
        self._store = store
        self._outbox = outbox
        self._scribe = scribe
        self._feed = feed
        self._clock = clock
        self._sleep = sleep

    async def run(self) -> None:
        """Runs until cancelled. Raises StorageError if the log fails and the scribe is not patient."""
        while True:
            await self.look()
            await self._sleep(LOOK)

    async def look(self) -> None:
        """Withdraw what nobody has sent in its time. Raises as :meth:`run` does."""
        await self._scribe.patiently((), self._lapse)

    async def replace(self, state: RoomState, prompt: str) -> None:
        """Withdraw what is left of a prompt that is about to be said anew. Raises as :meth:`run` does."""

        async def older() -> None:
            await self._withdraw(await unsent_prompts(self._store, state.room, prompt), "a newer one takes its place")

        await self._scribe.patiently((state.room.name,), older)

    async def _lapse(self) -> None:
        old = await lapsed(self._store, self._clock(), OFFER_LASTS)
        await self._withdraw(old, f"nobody sent it within {OFFER_LASTS:.0f} seconds")

    async def _withdraw(self, actions: Sequence[Action], why: str) -> None:
        """End what is unsent still: a person may have sent or declined one of them meanwhile."""
        if not actions:
            return
        await self._store.write(*(self._outbox.close(action, Result.WITHDRAWN, why) for action in actions))
        for action in actions:
            for now, result in await self._outbox.of_event(action.id):
                if now.key == action.key and result is Result.WITHDRAWN:
                    self._feed.settled(action, Outcome(Result.WITHDRAWN, why))
                    if (state := self._rooms.get(action.room)) is not None:
                        state.answering.withdrawn(action.id)
