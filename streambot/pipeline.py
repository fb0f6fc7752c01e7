"""The story of a comment: consume → judge → decide → commit → publish.

Judgements are asked for at once and batched across rooms; each room's decider awaits them in the order the comments
came, so strikes and floods are exact. One task commits whatever has been decided, in one transaction, and only then
does anybody hear of it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace

import structlog

from streambot.core.action import Act, Action
from streambot.core.comment import Comment
from streambot.core.errors import ClassifierError
from streambot.core.event import Event, Kind
from streambot.core.status import Link
from streambot.core.verdict import Judgement
from streambot.late import LateBook
from streambot.planning import actions_for, mode_for
from streambot.ports import Classifier, Clock, Feed, Source, Store
from streambot.room import Considered, RoomState, decision_data
from streambot.rooms import Rooms
from streambot.scribe import Scribe

IN_FLIGHT = 2048
"""Comments received and not yet committed; a source waits here, so memory does not grow."""
GROUP = 256

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
    """A comment between its arrival and its decision; ``deadline`` and ``received`` on the monotonic clock."""

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
        scribe: Scribe,
        late: LateBook,
        feed: Feed,
        wake: Callable[[], None],
        ids: Callable[[], str],
        clock: Clock,
        monotonic: Clock,
        deadline: float,
    ) -> None:
        self._rooms = rooms
        self._classifier = classifier
        self._store = store
        self._scribe = scribe
        self._late = late
        self._feed = feed
        self._wake = wake
        self._ids = ids
        self._clock = clock
        self._monotonic = monotonic
        self._deadline = deadline
        self._slots = asyncio.Semaphore(IN_FLIGHT)
        self._decided: asyncio.Queue[_Decided | None] = asyncio.Queue()
        self.tally = Tally()
        self.latencies: deque[float] = deque(maxlen=1_000_000)
        """Seconds from arrival to the commit of the newest decisions."""

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Commit and judge again while the block runs; at its end whatever was decided is committed first.

        Raises (in a group) StorageError if the log fails and the scribe is not patient.
        """
        async with asyncio.TaskGroup() as tasks:
            committing = tasks.create_task(self._commit(), name="commit")
            judging_again = tasks.create_task(self._late.run(), name="judge again")
            yield
            self._decided.put_nowait(None)
            await committing
            judging_again.cancel()

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
        for name in queues:
            self._rooms.ended(name)

    async def _receive(self, comment: Comment, run: _Run, *, live: bool) -> _Pending | None:
        """Open the room, drop a redelivery, and ask for the judgement."""
        received = self._monotonic()
        state = await self._rooms.open(comment.room)
        state.count(received=1)
        state.link, state.link_detail = Link.LIVE, ""
        if comment.id in state.seen or (not state.seen.complete and await self._store.known([comment.key])):
            state.count(duplicates=1)
            self.tally.duplicates += 1
            return None
        state.seen.add(comment.id)
        opening = state.enter(comment, self._ids())
        signals = self._rooms.signals(state, comment)
        run.step(+1)
        return _Pending(
            run=run,
            state=state,
            considered=Considered(comment, signals, state.broadcast or ""),
            judging=asyncio.ensure_future(self._classifier.classify(comment)),
            deadline=received + self._deadline if live else None,
            received=received,
            opening=opening,
        )

    async def _decide(self, queue: asyncio.Queue[_Pending | None]) -> None:
        """One room's decider: in arrival order, with the deadline of those who are live."""
        while (pending := await queue.get()) is not None:
            state, comment = pending.state, pending.considered.comment
            judgement = await self._judgement(pending)
            # History speaks in the order of decisions: a strike from the comment before counts for this one.
            signals = [*pending.considered.signals, *state.history.observe(comment)]
            considered = replace(pending.considered, signals=signals)
            verdict = state.decide(considered, judgement)
            rules_only = state.rules_only_since is not None
            mode = mode_for(verdict, state.mode, state.settings.label_modes, rules_only=rules_only)
            event = Event(
                id=self._ids(),
                at=self._clock() if pending.deadline is not None else comment.sent_at,
                room=state.room.name,
                kind=Kind.DECISION,
                broadcast=considered.broadcast,
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
            state.settle_in(comment, verdict, judgement, event.at)
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
            text = "The model judges again."
            self._feed.notice(state.room.name, {"level": "info", "code": "model_back", "text": text})
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
            if decided := [item for item in group if item is not None]:
                await self._commit_group(decided)

    async def _commit_group(self, decided: Sequence[_Decided]) -> None:
        events = [event for item in decided for event in (*item.pending.opening, item.event)]
        outbox = [action for item in decided for action in item.outbox]
        dropped = await self._scribe.write(events, outbox)
        now = self._monotonic()
        for item in decided:
            self._slots.release()
            item.pending.run.step(-1)
            if item.event.id in dropped:
                item.pending.state.count(decided=-1, duplicates=1)
                self.tally.duplicates += 1
            else:
                self._account(item, now - item.pending.received)
        self._feed.publish(
            [event for event in events if event.id not in dropped],
            [action for action in outbox if action.id not in dropped],
        )
        if outbox:
            self._wake()

    def _account(self, item: _Decided, latency: float) -> None:
        """What follows from a decision once it is on the disk."""
        event, state = item.event, item.pending.state
        self.tally.add(event)
        self.latencies.append(latency)
        state.heard(latency)
        if event.data["degraded"]:
            self._late.add(state, item.pending.considered)
        if item.outbox and event.comment is not None:
            log.info(
                "enforced",
                room=event.room,
                comment=event.comment.id,
                act=event.act,
                labels=sorted(event.data["labels"]),
                rules=[evidence["rule"] for evidence in event.data["evidence"]],
                mode=event.data["mode"],
                ms=round(latency * 1000, 1),
            )
