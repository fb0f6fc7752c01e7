"""Comments that were decided without the model are judged again when it is back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from streambot.core.action import Act
from streambot.core.errors import ClassifierError
from streambot.core.event import Event, Kind
from streambot.core.verdict import Judgement
from streambot.planning import actions_for, mode_for
from streambot.ports import Classifier, Clock, Feed
from streambot.room import Considered, RoomState, decision_data
from streambot.scribe import BACKOFF, Scribe

LATE_TO_HIDE = 30.0
"""A violation found this many seconds late goes to review: whom it hurt has read it."""
KEPT = 10_000


class LateBook:
    """Degraded decisions that wait for the model, at most ``KEPT``; what is beyond stays as the rules decided it."""

    def __init__(
        self,
        *,
        classifier: Classifier,
        scribe: Scribe,
        feed: Feed,
        wake: Callable[[], None],
        ids: Callable[[], str],
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._classifier = classifier
        self._scribe = scribe
        self._feed = feed
        self._wake = wake
        self._ids = ids
        self._clock = clock
        self._sleep = sleep
        self._waiting: asyncio.Queue[tuple[RoomState, Considered]] = asyncio.Queue(KEPT)

    def add(self, state: RoomState, considered: Considered) -> None:
        """Note a comment that rules alone have decided."""
        if not self._waiting.full():
            self._waiting.put_nowait((state, considered))

    async def run(self) -> None:
        """Judge again what waits, one after another, until cancelled. Raises StorageError unless patient."""
        while True:
            state, considered = await self._waiting.get()
            judgement = await self._judgement(considered)
            await self._reconsider(state, considered, judgement)

    async def _judgement(self, considered: Considered) -> Judgement:
        attempt = 0
        while True:
            try:
                return await self._classifier.classify(considered.comment)
            except ClassifierError:
                await self._sleep(BACKOFF[min(attempt, len(BACKOFF) - 1)])
                attempt += 1

    async def _reconsider(self, state: RoomState, considered: Considered, judgement: Judgement) -> None:
        comment = considered.comment
        verdict = state.decide(considered, judgement)
        now = self._clock()
        if now - comment.received_at > LATE_TO_HIDE and verdict.action.severity > Act.REVIEW.severity:
            verdict = replace(verdict, actions=frozenset({Act.REVIEW}))
        mode = mode_for(verdict, state.mode, state.settings.label_modes, rules_only=False)
        event = Event(
            id=self._ids(),
            at=now,
            room=state.room.name,
            kind=Kind.REJUDGEMENT,
            broadcast=considered.broadcast,
            comment_key=comment.key,
            act=verdict.action,
            reason=verdict.reason,
            pack=verdict.pack,
            model=verdict.model,
            # The strikes were counted with the decision.
            data={**decision_data(verdict, mode), "strikes": 0, "decision": considered.decision},
        )
        outbox = actions_for(
            # What the rules asked for at once is in the outbox already.
            replace(verdict, actions=verdict.actions - considered.decided),
            comment,
            event=event.id,
            mode=mode,
            capabilities=state.capabilities,
            undo_ms=state.settings.undo_ms,
            now=now,
        )
        await self._scribe.write([event], outbox)
        state.ask(comment, verdict, judgement.embedding, now)
        self._feed.publish([event], outbox)
        if outbox:
            self._wake()
