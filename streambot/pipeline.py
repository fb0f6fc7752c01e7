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
from dataclasses import replace

import structlog

from streambot.core.comment import Comment, Role
from streambot.core.errors import ClassifierError, CommentError, Overloaded, StorageError
from streambot.core.status import Link
from streambot.core.verdict import Judgement
from streambot.decision import OURS, Decision, Tally, decide
from streambot.late import LateBook
from streambot.pending import Pending, Run
from streambot.ports import Classifier, Clock, Feed, Source, Store
from streambot.room import RoomState
from streambot.rooms import Rooms
from streambot.scribe import Scribe
from streambot.store.sqlite import REFUSED

IN_FLIGHT = 2048
"""Comments received and not yet committed; a source waits here, so memory does not grow."""
GROUP = 256
TURN = 16
"""Comments a room decides before others get the event loop: model, log and screens must not wait for a flood."""
PATIENCE = 0.05
"""Seconds after which a replay asks an overloaded model again."""

log = structlog.get_logger(__name__)


def _nobody(_: Comment, __: str) -> None:
    """Most sources do not ask what became of a comment."""


def _nothing(_: Comment) -> Judgement | None:
    return None


def _unheard(_: str) -> None:
    """Nobody waits for posts to come back."""


class Pipeline:
    """Runs sources to their end; build it in :mod:`streambot.app`.

    ``remembered`` gives the judgement of a comment if it is at hand: then nobody has to wait for it. ``echo`` hears of
    the events whose posts came back as comments.
    """

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
        sleep: Callable[[float], Awaitable[None]],
        deadline: float,
        remembered: Callable[[Comment], Judgement | None] = _nothing,
        echo: Callable[[str], None] = _unheard,
    ) -> None:
        self._rooms = rooms
        self._classifier = classifier
        self._remembered = remembered
        self._store = store
        self._scribe = scribe
        self._late = late
        self._feed = feed
        self._wake = wake
        self._ids = ids
        self._clock = clock
        self._monotonic = monotonic
        self._sleep = sleep
        self._deadline = deadline
        self._echo = echo
        self._slots = asyncio.Semaphore(IN_FLIGHT)
        self._decided: asyncio.Queue[tuple[Pending, Decision] | None] = asyncio.Queue()
        self.tally = Tally()
        self.latencies: deque[float] = deque(maxlen=20_000)
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

    async def run(self, source: Source, ended: Callable[[Comment, str], None] = _nobody) -> None:
        """Decide every comment of a source; returns when all are committed.

        ``ended`` hears of comments that get no decision here: ``duplicate``, or the reason of a rejection. Raises what
        the source raises (PlatformError if it breaks), once what was received is committed.
        """
        run = Run(ended)
        broken: Exception | None = None
        try:
            async with asyncio.TaskGroup() as tasks:
                try:
                    await self._take_all(source, run, tasks)
                except Exception as error:  # noqa: BLE001 - a source: what it gave before it broke is decided first
                    broken = error
                for queue in run.queues.values():
                    queue.put_nowait(None)
            if run.open:
                await run.idle.wait()
        finally:
            for pending in run.undecided():
                self._abandon(pending)
            for name in run.rooms:
                self._rooms.ended(name, str(broken or ""))
        if broken is not None:
            raise broken

    async def _take_all(self, source: Source, run: Run, tasks: asyncio.TaskGroup) -> None:
        async for comment in source.comments():
            pending = await self._receive(comment, run, live=source.live)
            if pending is not None:
                name = pending.state.room.name
                if name not in run.queues:
                    run.queues[name] = asyncio.Queue()
                    tasks.create_task(self._decide(run.queues[name]), name=f"decide {name}")
                run.queues[name].put_nowait(pending)

    async def _receive(self, comment: Comment, run: Run, *, live: bool) -> Pending | None:
        """Open the room, drop a redelivery, and ask for the judgement."""
        received = self._monotonic()
        here = [comment.room.name]
        try:
            state = await self._scribe.patiently(here, lambda: self._rooms.open(comment.room))
        except CommentError as error:
            log.warning("rejected", room=comment.room.name, code=error.code, why=error.message)
            self.tally.rejected += 1
            run.ended(comment, error.code)
            return None
        if comment.room != state.room:
            comment = replace(comment, room=state.room)
        is_ours = state.own_posts.is_ours(comment, state.settings.bot_ids)
        if is_ours:
            comment = replace(comment, author=replace(comment.author, roles=comment.author.roles | {Role.BOT}))
            if event := state.own_posts.came_back(comment):
                self._echo(event)
        run.rooms.add(state.room.name)
        state.count(received=1)
        state.link, state.link_detail = Link.LIVE, ""
        known = comment.id in state.seen
        if not known and not state.seen.complete:
            known = bool(await self._scribe.patiently(here, lambda: self._store.known([comment.key])))
        if known:
            state.count(duplicates=1)
            self.tally.duplicates += 1
            run.ended(comment, "duplicate")
            return None
        await self._slots.acquire()
        state.seen.add(comment.id)
        run.step(+1)
        judge = self._classifier.classify if live else self._without_shedding
        return Pending(
            run=run,
            state=state,
            comment=comment,
            judging=(OURS if is_ours else self._remembered(comment)) or asyncio.ensure_future(judge(comment)),
            deadline=received + self._deadline if live else None,
            received=received,
        )

    async def _without_shedding(self, comment: Comment) -> Judgement:
        """The judgement of a comment that nobody waits for: an overloaded model is asked again."""
        while True:
            try:
                return await self._classifier.classify(comment)
            except Overloaded:
                await self._sleep(PATIENCE)

    async def _decide(self, queue: asyncio.Queue[Pending | None]) -> None:
        """One room's decider: in arrival order, with the deadline of those who are live."""
        turn = 0
        while (pending := await queue.get()) is not None:
            turn = (turn + 1) % TURN
            if turn == 0:
                await asyncio.sleep(0)
            comment, live = pending.comment, pending.deadline is not None
            try:
                judgement = await self._judgement(pending)
                now = self._clock()
                at = now if live else comment.sent_at
                decision = decide(self._rooms, pending.state, comment, judgement, ids=self._ids, at=at, now=now)
            except BaseException:
                self._abandon(pending)
                raise
            self._decided.put_nowait((pending, decision))

    async def _judgement(self, pending: Pending) -> Judgement | None:
        """The model's judgement, or None if it failed or is late: then rules alone decide."""
        state, task = pending.state, pending.judging
        if isinstance(task, Judgement):
            return task
        if not task.done() and pending.deadline is not None:
            await asyncio.wait([task], timeout=max(0.0, pending.deadline - self._monotonic()))
            if not task.done():
                task.cancel()
                self._late.expect(state, "the model is late")
                return None
        try:
            return await task
        except ClassifierError as error:
            self._late.expect(state, error.message)
            return None

    def _abandon(self, pending: Pending) -> None:
        """A comment that was received and will not be decided here: it may come again."""
        pending.give_up()
        pending.state.forget(pending.comment)
        self._leave(pending, "stopped")

    def _leave(self, pending: Pending, undecided: str = "") -> None:
        self._slots.release()
        pending.run.step(-1)
        if undecided:
            pending.run.ended(pending.comment, undecided)

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

    async def _commit_group(self, decided: Sequence[tuple[Pending, Decision]]) -> None:
        events = [event for _, decision in decided for event in (*decision.opening, decision.event, *decision.sequel)]
        outbox = [action for _, decision in decided for action in decision.outbox]
        try:
            dropped = await self._scribe.write(events, outbox)
        except StorageError as error:
            if error.code != REFUSED:
                raise
            await self._one_by_one(decided, error)
            return
        now = self._monotonic()
        for pending, decision in decided:
            duplicate = decision.event.id in dropped
            self._leave(pending, "duplicate" if duplicate else "")
            self._account(pending.state, decision, now - pending.received, duplicate=duplicate)
        self._feed.publish(
            [event for event in events if event.id not in dropped],
            [action for action in outbox if action.id not in dropped],
        )
        if outbox:
            self._wake()

    async def _one_by_one(self, decided: Sequence[tuple[Pending, Decision]], error: StorageError) -> None:
        """A row that can never be written fails its own comment, not its neighbours."""
        if len(decided) > 1:
            for item in decided:
                await self._commit_group([item])
            return
        pending, decision = decided[0]
        log.error("a comment cannot be logged", room=decision.event.room, why=error.message)
        if decision.opening:
            await self._scribe.write(decision.opening)
            self._feed.publish(decision.opening)
        self._leave(pending, error.code)
        # It is not in the log: brought again, it is no duplicate.
        pending.state.seen.forget(pending.comment.id)
        pending.state.count(rejected=1)
        self.tally.rejected += 1
        if decision.event.data["degraded"]:
            self._late.drop(pending.state)

    def _account(self, state: RoomState, decision: Decision, latency: float, *, duplicate: bool) -> None:
        """What follows from a decision once it is on the disk."""
        event, degraded = decision.event, bool(decision.event.data["degraded"])
        if duplicate:
            state.count(duplicates=1)
            self.tally.duplicates += 1
            if degraded:
                self._late.drop(state)
            return
        state.decided(event, latency)
        self.tally.add(event)
        self.latencies.append(latency)
        if degraded:
            self._late.add(state, decision.considered)
        if decision.outbox:
            log.info("enforced", ms=round(latency * 1000, 1), **decision.summary())
