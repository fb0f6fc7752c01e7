"""Comments that have been received and are not committed yet: whose they are, and what is still to come for each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from streambot.core.comment import Comment
from streambot.core.verdict import Judgement
from streambot.room import RoomState


@dataclass(slots=True)
class Run:
    """One source's comments that are received and not yet committed, and its rooms."""

    ended: Callable[[Comment, str], None]
    open: int = 0
    rooms: set[str] = field(default_factory=set)
    queues: dict[str, asyncio.Queue[Pending | None]] = field(default_factory=dict)
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    def step(self, change: int) -> None:
        """So many comments more, or less, are open."""
        self.open += change
        if self.open == 0:
            self.idle.set()
        else:
            self.idle.clear()

    def undecided(self) -> Iterator[Pending]:
        """What no decider will take any more."""
        for queue in self.queues.values():
            while not queue.empty():
                if (pending := queue.get_nowait()) is not None:
                    yield pending


@dataclass(slots=True)
class Pending:
    """A comment between its arrival and its commit; ``deadline`` and ``received`` on the monotonic clock."""

    run: Run
    state: RoomState
    comment: Comment
    judging: Judgement | asyncio.Task[Judgement]
    deadline: float | None
    received: float

    def give_up(self) -> None:
        """Nobody waits for the judgement any more."""
        if not isinstance(self.judging, Judgement):
            self.judging.cancel()
