"""Comments that were decided without the model are judged again when it is back."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import structlog

from streambot.core.errors import ClassifierError
from streambot.core.event import Event, Kind
from streambot.core.verdict import Judgement, Verdict
from streambot.decision import carefully, follow, too_late
from streambot.ports import Classifier, Feed
from streambot.room import Considered, RoomState, decision_data
from streambot.scribe import BACKOFF, Scribe
from streambot.sequels import Decided

LATE_TO_HIDE = 30.0
"""A violation found this many seconds late goes to review: whom it hurt has read it."""
KEPT = 10_000
TOGETHER = 64
"""Comments judged again at a time: one run of the model."""
PAUSE = 0.05
"""Seconds between two looks at whether the model has nothing else to do."""

Key = tuple[str, str, str]

log = structlog.get_logger(__name__)


class LateBook:
    """Degraded decisions that wait for the model, at most ``KEPT``; what is beyond stays as the rules decided it.

    It also knows when a room is rules only: from the first comment the model did not judge until the last of them is
    judged. A judgement of another comment proves nothing, it may have been remembered.
    """

    def __init__(
        self,
        *,
        classifier: Classifier,
        scribe: Scribe,
        ruled: Callable[[Key], Awaitable[bool]],
        feed: Feed,
        wake: Callable[[], None],
        ids: Callable[[], str],
        sleep: Callable[[float], Awaitable[None]],
        idle: Callable[[], bool] = lambda: True,
    ) -> None:
        """``idle`` says whether the model has nothing else to do: comments that are on air come first."""
        self._classifier = classifier
        self._scribe = scribe
        self._ruled = ruled
        self._feed = feed
        self._wake = wake
        self._ids = ids
        self._sleep = sleep
        self._idle = idle
        self._waiting: asyncio.Queue[tuple[RoomState, Considered]] = asyncio.Queue(KEPT)
        self._owed: Counter[str] = Counter()

    def expect(self, state: RoomState, why: str) -> None:
        """The model did not judge a comment, which is decided without it; :meth:`add` or :meth:`drop` follows."""
        self._owed[state.room.name] += 1
        if state.rules_only_since is None:
            state.rules_only_since = state.clock()
            log.warning("rules only", room=state.room.name, why=why)
            text = f"Rules only: {why.rstrip('.')}. What only the model finds waits for a person."
            self._feed.notice(state.room.name, {"level": "warn", "code": "rules_only", "text": text})

    def add(self, state: RoomState, considered: Considered) -> None:
        """Its decision is on the disk: it waits for the model."""
        if self._waiting.full():
            self.drop(state)
        else:
            self._waiting.put_nowait((state, considered))

    def drop(self, state: RoomState) -> None:
        """It is done with: judged, or not to be judged again."""
        self._owed[state.room.name] -= 1
        if self._owed[state.room.name] == 0 and state.rules_only_since is not None:
            state.rules_only_since = None
            text = "The model judges again."
            self._feed.notice(state.room.name, {"level": "info", "code": "model_back", "text": text})

    async def run(self) -> None:
        """Judge again what waits, in the order of the decisions, until cancelled; StorageError unless patient."""
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < TOGETHER and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            judgements = await self._judgements([considered for _, considered in batch])
            for (state, considered), judgement in zip(batch, judgements, strict=True):
                await self._reconsider(state, considered, judgement)
                self.drop(state)

    async def _judgements(self, batch: Sequence[Considered]) -> list[Judgement]:
        """Their judgements, asked for together, and again those that were refused, until all are there."""
        judged: dict[int, Judgement] = {}
        attempt = 0
        while True:
            while not self._idle():
                await self._sleep(PAUSE)
            asked = [number for number in range(len(batch)) if number not in judged]
            answers = await asyncio.gather(*(self._ask(batch[number]) for number in asked))
            judged |= {number: answer for number, answer in zip(asked, answers, strict=True) if answer is not None}
            if len(judged) == len(batch):
                return [judged[number] for number in range(len(batch))]
            if answers.count(None) == len(answers):
                await self._sleep(BACKOFF[min(attempt, len(BACKOFF) - 1)])
                attempt += 1

    async def _ask(self, considered: Considered) -> Judgement | None:
        try:
            return await self._classifier.classify(considered.comment)
        except ClassifierError:
            return None

    async def _reconsider(self, state: RoomState, considered: Considered, judgement: Judgement) -> None:
        comment, room = considered.comment, state.room.name
        now = state.clock()
        verdict = self._verdict(state, considered, judgement, now)
        mode = state.mode_for(verdict, model_is_back=True)
        identity = self._ids()
        # What the rules asked for at once is in the outbox already; where a person has ruled, that stands.
        ruled = await self._scribe.patiently([room], lambda: self._ruled(comment.key))
        wanted = frozenset() if ruled else verdict.actions - considered.decided
        outbox = list(state.plan(replace(verdict, actions=wanted), comment, identity, mode, now))
        # Strikes that the decision brought are not counted again.
        added = max(0, verdict.strikes - considered.strikes) if wanted else 0
        here = considered.broadcast == state.broadcast
        strikes = state.strike(comment, replace(verdict, strikes=added)) if here else 0
        question = state.ask(comment, verdict, judgement.embedding, now, signals=considered.signals) if here else None
        if here and question is None:
            state.board.retract(comment)
        event = Event(
            id=identity,
            at=now,
            room=room,
            kind=Kind.REJUDGEMENT,
            broadcast=considered.broadcast,
            comment_key=comment.key,
            act=verdict.action,
            reason=verdict.reason,
            pack=verdict.pack,
            model=verdict.model,
            data={
                **decision_data(verdict, mode, strikes=strikes, question=question),
                "decision": considered.decision,
            },
        )
        events = [event, *follow(state, Decided(comment, verdict, judgement, event, question, now, now), outbox)]
        await self._scribe.write(events, outbox)
        self._feed.publish(events, outbox)
        if outbox:
            self._wake()

    def _verdict(self, state: RoomState, considered: Considered, judgement: Judgement, now: float) -> Verdict:
        _, verdict = carefully(state, considered.comment, judgement, lambda: considered.signals)
        if considered.comment.backlog or now - considered.comment.sent_at > LATE_TO_HIDE:
            # What the rules have asked for at once stands as it is.
            return too_late(verdict, considered.decided)
        return verdict
