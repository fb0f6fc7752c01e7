"""The story of a comment: consume → judge → decide → commit → publish.

Judgements are asked for at once and batched across rooms; each room's decider awaits them in the order the comments
came, so strikes and floods are exact. One task commits whatever has been decided, in one transaction, and only then
does anybody hear of it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

import structlog

from streambot.core.action import Act, Action
from streambot.core.comment import Comment
from streambot.core.errors import ClassifierError, StorageError
from streambot.core.event import Event, Kind
from streambot.core.status import Link
from streambot.core.verdict import Judgement
from streambot.planning import actions_for, mode_for
from streambot.ports import Classifier, Clock, Feed, Source, Store
from streambot.room import Considered, RoomState, decision_data
from streambot.rooms import Rooms

IN_FLIGHT = 2048
"""Comments received and not yet committed; a source that is not live waits here."""
GROUP = 256
LATE_TO_HIDE = 30.0
"""A violation found this many seconds late goes to review: whom it hurt has read it."""
LATE_KEPT = 10_000
_RETRY = (0.5, 1.0, 2.0, 5.0)

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Tally:
    """What this process did, over all rooms; a room's own counts go on from what the log holds."""

    decided: int = 0
    duplicates: int = 0
    hidden: int = 0
    review: int = 0
    answered: int = 0
    degraded: int = 0

    def add(self, event: Event) -> None:
        """Count a decision."""
        act = event.act or Act.ALLOW
        self.decided += 1
        self.hidden += act.severity >= Act.HIDE.severity
        self.review += act is Act.REVIEW
        self.answered += act is Act.ANSWER
        self.degraded += bool(event.data["degraded"])


@dataclass(slots=True)
class _Run:
    """One source's comments that are received and not yet committed."""

    open: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    def step(self, change: int) -> None:
        self.open += change
        if self.open == 0:
            self.idle.set()
        else:
            self.idle.clear()


@dataclass(slots=True)
class _Pending:
    """A comment between its arrival and its decision."""

    run: _Run
    state: RoomState
    considered: Considered
    judging: asyncio.Task[Judgement]
    deadline: float | None
    received: float
    opening: Sequence[Event]


@dataclass(slots=True)
class _Decided:
    """A decision on its way to the disk."""

    pending: _Pending
    event: Event
    outbox: Sequence[Action]


class Pipeline:
    """Runs sources to their end; build it in :mod:`streambot.app`."""

    def __init__(
        self,
        *,
        rooms: Rooms,
        classifier: Classifier,
        store: Store,
        feed: Feed,
        wake: Callable[[], None],
        ids: Callable[[], str],
        clock: Clock,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        deadline: float,
        patient: bool,
    ) -> None:
        self._rooms = rooms
        self._classifier = classifier
        self._store = store
        self._feed = feed
        self._wake = wake
        self._ids = ids
        self._clock = clock
        self._monotonic = monotonic
        self._sleep = sleep
        self._deadline = deadline
        self._patient = patient
        self._slots = asyncio.Semaphore(IN_FLIGHT)
        self._decided: asyncio.Queue[_Decided | None] = asyncio.Queue()
        self._late: asyncio.Queue[tuple[RoomState, Considered]] = asyncio.Queue(maxsize=LATE_KEPT)
        self.tally = Tally()
        self.latencies: deque[float] = deque(maxlen=1_000_000)
        """Seconds from arrival to the commit of the newest decisions."""

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Commit and judge again while the block runs; at its end whatever was decided is committed first.

        Raises (in a group) StorageError if the log fails and the pipeline is not patient.
        """
        async with asyncio.TaskGroup() as tasks:
            committing = tasks.create_task(self._commit(), name="commit")
            rejudging = tasks.create_task(self._rejudge(), name="rejudge")
            yield
            self._decided.put_nowait(None)
            await committing
            rejudging.cancel()

    async def run(self, source: Source) -> None:
        """Decide every comment of a source; returns when all are committed. Raises PlatformError if it breaks."""
        run = _Run()
        queues: dict[str, asyncio.Queue[_Pending | None]] = {}
        async with asyncio.TaskGroup() as tasks:
            try:
                async for comment in source.comments():
                    await self._slots.acquire()
                    pending = await self._receive(comment, run, live=source.live)
                    if pending is None:
                        self._slots.release()
                        continue
                    name = pending.state.room.name
                    if name not in queues:
                        queues[name] = asyncio.Queue()
                        tasks.create_task(self._decide(queues[name]), name=f"decide {name}")
                    queues[name].put_nowait(pending)
            finally:
                # What was received is decided, also when the source breaks.
                for queue in queues.values():
                    queue.put_nowait(None)
        if run.open:
            await run.idle.wait()

    async def _receive(self, comment: Comment, run: _Run, *, live: bool) -> _Pending | None:
        """Open the room, drop a redelivery, and ask for the judgement."""
        received = self._monotonic()
        state = await self._rooms.open(comment.room)
        state.count(received=1)
        if state.link is not Link.LIVE:
            state.link, state.link_detail = Link.LIVE, ""
        if comment.id in state.seen or (not state.seen.complete and await self._store.known([comment.key])):
            state.count(duplicates=1)
            self.tally.duplicates += 1
            return None
        state.seen.add(comment.id)
        opening = state.enter(comment, self._ids())
        signals = self._rooms.signals(state, comment)
        judging = asyncio.create_task(self._classify(comment))
        run.step(+1)
        return _Pending(
            run=run,
            state=state,
            considered=Considered(comment, signals, state.broadcast or ""),
            judging=judging,
            deadline=received + self._deadline if live else None,
            received=received,
            opening=opening,
        )

    async def _classify(self, comment: Comment) -> Judgement:
        return await self._classifier.classify(comment)

    async def _decide(self, queue: asyncio.Queue[_Pending | None]) -> None:
        """One room's decider: in arrival order, with the deadline of those who are live."""
        while (pending := await queue.get()) is not None:
            state, comment = pending.state, pending.considered.comment
            judgement = await self._judgement(pending)
            # History speaks in the order of decisions: a strike from the comment before counts for this one.
            considered = replace(
                pending.considered, signals=[*pending.considered.signals, *state.history.observe(comment)]
            )
            verdict = state.decide(considered, judgement)
            at = self._clock() if pending.deadline is not None else comment.sent_at
            mode = mode_for(
                verdict, state.mode, state.settings.label_modes, rules_only=state.rules_only_since is not None
            )
            event = Event(
                id=self._ids(),
                at=at,
                room=state.room.name,
                kind=Kind.DECISION,
                broadcast=pending.considered.broadcast,
                comment=comment,
                act=verdict.action,
                reason=verdict.reason,
                pack=verdict.pack,
                model=verdict.model,
                data=decision_data(verdict, mode),
            )
            outbox = actions_for(
                verdict,
                comment,
                event=event.id,
                mode=mode,
                capabilities=state.capabilities,
                undo_ms=state.settings.undo_ms,
                now=self._clock(),
            )
            state.settle_in(comment, verdict, judgement, at)
            pending.considered = replace(considered, decision=event.id, decided=verdict.actions)
            self._decided.put_nowait(_Decided(pending, event, outbox))

    async def _judgement(self, pending: _Pending) -> Judgement | None:
        """The model's judgement, or None if it failed or is late: then rules alone decide."""
        state, task = pending.state, pending.judging
        if not task.done() and pending.deadline is not None:
            await asyncio.wait([task], timeout=max(0.0, pending.deadline - self._monotonic()))
            if not task.done():
                task.cancel()
                self._rules_only(state, "the model is late")
                return None
        try:
            judgement = await task
        except ClassifierError as error:
            self._rules_only(state, error.message)
            return None
        if state.rules_only_since is not None:
            state.rules_only_since = None
            self._feed.notice(
                state.room.name, {"level": "info", "code": "model_back", "text": "The model judges again."}
            )
        return judgement

    def _rules_only(self, state: RoomState, why: str) -> None:
        if state.rules_only_since is None:
            state.rules_only_since = self._clock()
            log.warning("rules only", room=state.room.name, why=why)
            text = f"Rules only: {why.rstrip('.')}. What only the model finds waits for a person."
            self._feed.notice(state.room.name, {"level": "warn", "code": "rules_only", "text": text})

    async def _commit(self) -> None:
        """Write whatever has been decided, then tell everybody, in order."""
        ending = False
        while not ending:
            group = [await self._decided.get()]
            while len(group) < GROUP and not self._decided.empty():
                group.append(self._decided.get_nowait())
            ending = group[-1] is None
            decided = [item for item in group if item is not None]
            if decided:
                await self._commit_group(decided)

    async def _commit_group(self, decided: Sequence[_Decided]) -> None:
        events = [event for item in decided for event in (*item.pending.opening, item.event)]
        outbox = [action for item in decided for action in item.outbox]
        dropped = await self._persist(events, outbox)
        now = self._monotonic()
        for item in decided:
            self._slots.release()
            item.pending.run.step(-1)
            state = item.pending.state
            if item.event.id in dropped:
                state.count(decided=-1, duplicates=1)
                self.tally.duplicates += 1
                continue
            self.tally.add(item.event)
            latency = now - item.pending.received
            state.heard(latency)
            self.latencies.append(latency)
            if item.event.data["degraded"] and not self._late.full():
                self._late.put_nowait((state, item.pending.considered))
            if item.outbox:
                log.info(
                    "enforced",
                    room=item.event.room,
                    comment=item.event.comment.id if item.event.comment else None,
                    act=item.event.act,
                    labels=sorted(item.event.data["labels"]),
                    rules=[evidence["rule"] for evidence in item.event.data["evidence"]],
                    mode=item.event.data["mode"],
                    ms=round(latency * 1000, 1),
                )
        kept = [event for event in events if event.id not in dropped]
        self._feed.publish(kept, [action for action in outbox if action.id not in dropped])
        if outbox:
            self._wake()

    async def _persist(self, events: Sequence[Event], outbox: Sequence[Action]) -> set[str]:
        """Commit; a patient pipeline (live) tries a log that cannot be written again until it can."""
        attempt = 0
        while True:
            try:
                return set(await self._store.commit(events, outbox))
            except StorageError as error:
                if not self._patient:
                    raise
                if attempt == 0:
                    for room in {event.room for event in events}:
                        self._feed.notice(room, {"level": "error", "code": error.code, "text": str(error)})
                    log.error("the log cannot be written", code=error.code, why=error.message)
                await self._sleep(_RETRY[min(attempt, len(_RETRY) - 1)])
                attempt += 1

    async def _rejudge(self) -> None:
        """Judge again what was decided without the model, once it answers."""
        while True:
            state, considered = await self._late.get()
            attempt = 0
            while True:
                try:
                    judgement = await self._classifier.classify(considered.comment)
                    break
                except ClassifierError:
                    await self._sleep(_RETRY[min(attempt, len(_RETRY) - 1)])
                    attempt += 1
            await self._reconsider(state, considered, judgement)

    async def _reconsider(self, state: RoomState, considered: Considered, judgement: Judgement) -> None:
        comment = considered.comment
        verdict = state.decide(considered, judgement)
        now = self._clock()
        late = now - comment.received_at > LATE_TO_HIDE
        if late and verdict.action.severity > Act.REVIEW.severity:
            verdict = replace(verdict, actions=frozenset({Act.REVIEW}))
        mode = mode_for(verdict, state.mode, state.settings.label_modes, rules_only=False)
        # What the rules asked for at once is in the outbox already.
        asked = replace(verdict, actions=verdict.actions - considered.decided)
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
            data={**decision_data(verdict, mode), "strikes": 0, "late": considered.decision},
        )
        outbox = actions_for(
            asked,
            comment,
            event=event.id,
            mode=mode,
            capabilities=state.capabilities,
            undo_ms=state.settings.undo_ms,
            now=now,
        )
        await self._persist([event], outbox)
        state.ask(comment, verdict, judgement.embedding, now)
        self._feed.publish([event], outbox)
        if outbox:
            self._wake()
