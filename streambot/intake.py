"""Comments that others bring: a source that is pushed to, and tells each bringer what became of the comment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from streambot.core.action import Action, Outcome
from streambot.core.comment import Comment
from streambot.core.event import Event, Kind
from streambot.platforms.ingest import Disposition, Taken

STOPPED = "stopped"
"""What the pipeline says of a comment that it let go undecided because it ends: it may be brought again."""
WAITING = 2000
"""Comments that were brought and are not yet on the disk; more are refused until there is room."""

_Key = tuple[str, str, str]


class Intake:
    """A Source whose comments come through :meth:`accept`, and a Feed that hears when they are committed."""

    live = True

    def __init__(self) -> None:
        self._brought: asyncio.Queue[Comment] = asyncio.Queue()
        self._waiting: dict[_Key, asyncio.Future[Disposition]] = {}
        self._stopped = False

    async def accept(self, comment: Comment) -> Disposition:
        """Decide one comment; returns when that is on the disk. Its place in the line is taken at once."""
        first = self._waiting.get(comment.key)
        if first is not None:
            # The same comment twice at once: the second is a duplicate only if the first is safe.
            ended = await asyncio.shield(first)
            return Disposition(Taken.DUPLICATE) if ended.taken is Taken.DECIDED else ended
        if self._stopped or len(self._waiting) >= WAITING:
            return Disposition(Taken.FULL)
        ending: asyncio.Future[Disposition] = asyncio.get_running_loop().create_future()
        self._waiting[comment.key] = ending
        self._brought.put_nowait(comment)
        return await asyncio.shield(ending)

    async def comments(self) -> AsyncIterator[Comment]:
        """What was brought, in order, for ever."""
        while True:
            yield await self._brought.get()

    def ended(self, comment: Comment, code: str) -> None:
        """The pipeline let a comment go without a decision: ``duplicate``, or the reason it was rejected."""
        ends = {"duplicate": Disposition(Taken.DUPLICATE), STOPPED: Disposition(Taken.FULL)}
        self._end(comment.key, ends.get(code, Disposition(Taken.REJECTED, code=code)))

    def stop(self) -> None:
        """Take nothing more; whoever waits for what nobody took up is told to bring it again."""
        self._stopped = True
        while not self._brought.empty():
            self._end(self._brought.get_nowait().key, Disposition(Taken.FULL))

    def publish(self, events: Sequence[Event], outbox: Sequence[Action] = ()) -> None:  # noqa: ARG002 - a Feed
        """See ``ports.Feed``."""
        for event in events:
            if event.kind is Kind.DECISION and event.key is not None:
                self._end(event.key, Disposition(Taken.DECIDED, event=event.id))

    def settled(self, action: Action, outcome: Outcome) -> None:
        """See ``ports.Feed``; nobody who brings comments waits for actions."""

    def notice(self, room: str, notice: Mapping[str, Any]) -> None:
        """See ``ports.Feed``; people read notices."""

    def _end(self, key: _Key, disposition: Disposition) -> None:
        waiting = self._waiting.pop(key, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(disposition)
