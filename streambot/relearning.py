"""What the log does not keep of questions, their embeddings, asked of the model again when a room opens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog

from streambot.core.comment import Author, Comment, Room
from streambot.core.errors import ClassifierError
from streambot.core.hotlist import WANTED
from streambot.core.verdict import Judgement
from streambot.ports import Classifier
from streambot.room import RoomState

TOGETHER: Final = 32
"""Wordings asked for at a time: few enough that a comment which comes meanwhile hardly waits."""
PAUSE: Final = 0.05
"""Seconds between two looks at whether the model has nothing else to do."""

log = structlog.get_logger(__name__)


class Relearning:
    """Teaches rooms that open after a restart what their known questions mean, so that paraphrases join them again.

    ``idle`` says whether the model has nothing else to do: comments that are on air come first.
    """

    def __init__(
        self,
        classifier: Classifier,
        *,
        sleep: Callable[[float], Awaitable[None]],
        idle: Callable[[], bool] = lambda: True,
    ) -> None:
        self._classifier = classifier
        self._sleep = sleep
        self._idle = idle
        self._opened: asyncio.Queue[RoomState] = asyncio.Queue()

    def opened(self, state: RoomState) -> None:
        """A room was rebuilt from the log; nobody waits for what follows."""
        if state.board.wanted(1):
            self._opened.put_nowait(state)

    async def run(self) -> None:
        """Teach one room after the other until cancelled."""
        while True:
            await self.teach(await self._opened.get())

    async def teach(self, state: RoomState) -> None:
        """Ask for at most ``WANTED`` wordings; what the model does not judge now is learnt when somebody asks it."""
        board = state.board
        wanted = board.wanted(WANTED)
        learnt = 0
        for start in range(0, len(wanted), TOGETHER):
            wordings = wanted[start : start + TOGETHER]
            while not self._idle():
                await self._sleep(PAUSE)
            for wording, judgement in zip(wordings, await self._judged(state.room, wordings), strict=True):
                if judgement is not None:
                    board.relearn(wording, judgement.embedding)
                    learnt += 1
        log.info("questions learnt anew", room=state.room.name, wordings=learnt, of=len(wanted))

    async def _judged(self, room: Room, wordings: Sequence[str]) -> list[Judgement | None]:
        return await asyncio.gather(*(self._ask(room, wording) for wording in wordings))

    async def _ask(self, room: Room, wording: str) -> Judgement | None:
        comment = Comment("relearnt", room, Author("relearnt"), wording, sent_at=0.0, received_at=0.0)
        try:
            return await self._classifier.classify(comment)
        except ClassifierError:
            return None
