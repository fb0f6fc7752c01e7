"""outbox → capability → quota → rate limit → last look → act → settle.

Works from the outbox alone, so what a crash interrupts is found there again. A row is marked ``sending`` on disk
before anything is sent, and only what the quota and the room's pace allow is marked. Each room is a line of its own:
in it one action is under way at a time and the others can still be taken back, and a platform that is slow in one line
holds up no other.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection
from typing import Final

import structlog

from streambot.core.action import Action, Outcome, Result
from streambot.core.comment import Room
from streambot.core.errors import StorageError
from streambot.doubts import Doubts
from streambot.pacing import WINDOW, Leave, Pace, Pacing, line_of
from streambot.ports import Actuator, Clock, Feed
from streambot.sender import ATTEMPTS, Again, Sender
from streambot.store.outbox import FLEETING, Line, Outbox
from streambot.troubles import LOOK, Troubles

POST_LASTS: Final = 120.0
"""Seconds after which a post or a pin is not worth sending any more: it answers a moment, and the moment is over."""
_POLL = 1.0
_LONGEST_REST = 60.0
"""Seconds after which the wall clock is looked at again: it may have been set."""

log = structlog.get_logger(__name__)


def _any_pace(_: Action) -> Pace | None:
    return None


async def _may_leave(_: Action) -> str:
    return ""


class Dispatcher:
    """Carries actions to the platforms until told to finish; build it in :mod:`streambot.app`.

    ``pace_for`` is how many actions a second, and at once, the account of an action's room may send; None: any.
    ``why_not`` is asked right before an action is sent, however long it waited, and says why it must not be any more.
    """

    def __init__(
        self,
        *,
        outbox: Outbox,
        actuator_for: Callable[[Action], Actuator],
        simulated: Actuator,
        quota_for: Callable[[str], int],
        tripped: Callable[[Room], Awaitable[None]],
        feed: Feed,
        wake: asyncio.Event,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]],
        patient: bool,
        pace_for: Callable[[Action], Pace | None] = _any_pace,
        why_not: Callable[[Action], Awaitable[str]] = _may_leave,
    ) -> None:
        self._outbox = outbox
        self._pacing = Pacing(quota_for=quota_for, pace_for=pace_for, clock=clock)
        self._tripped = tripped
        self._feed = feed
        self._clock = clock
        self._sleep = sleep
        self._wake = wake
        self._quiet = asyncio.Event()
        self._patient = patient
        self._recalled = False
        self._busy: set[Line] = set()
        self._picked: set[Line] = set()
        self._unwritten: list[tuple[Action, Outcome | Again]] = []
        self._over: dict[str, Room] = {}
        self._troubles = Troubles(feed=feed, clock=clock)
        self._sender = Sender(
            actuator_for=actuator_for,
            simulated=simulated,
            why_not=why_not,
            pacing=self._pacing,
            troubles=self._troubles,
            clock=clock,
        )
        self._doubts = Doubts(
            outbox=outbox, actuator_for=actuator_for, feed=feed, wake=wake, clock=clock, most=ATTEMPTS
        )
        self._down = False
        self._finishing = False

    async def run(self) -> None:
        """Send what is due until :meth:`finish`. Raises StorageError unless it is patient."""
        failed: StorageError | None = None
        async with asyncio.TaskGroup() as lines:
            try:
                while not self._finishing:
                    await self._round(lines)
            except StorageError as error:
                # What was taken up is sent to its end, and the error raised as itself and not in a group.
                failed = error
        if failed is not None:
            raise failed
        try:
            await self._write_down()
        except StorageError as error:
            if not self._patient:
                raise
            log.error("what was sent last is not written down; it is in doubt", code=error.code, why=error.message)

    async def _round(self, lines: asyncio.TaskGroup) -> None:
        """Start what is due in every line that is free, or wait until something is."""
        self._wake.clear()
        try:
            await self._write_down()
            self._troubles.look()
            queues = await self._take()
            for line, queue in queues.items():
                lines.create_task(self._send(line, queue), name=f"send {'/'.join(line)}")
            for question in self._doubts.due():
                lines.create_task(question, name="look up")
            if queues or self._unwritten:
                return
            # As they are now: what comes free while the log is read is not in its answer.
            resting, held = self._pacing.resting(), self._troubles.waiting()
            due = await self._outbox.next_time(closed=self._closed())
        except StorageError as error:
            if not self._patient:
                raise
            if not self._down:
                # The pipeline tells people; here it means that nothing is sent until it can be written down.
                log.error("the outbox does not work", code=error.code, why=error.message)
            self._down = True
            await self._rest(_POLL)
            return
        self._down = False
        times = list(resting.values())
        if due is not None:
            times.append(due)
        if not times and not self._busy and not self._wake.is_set():
            self._quiet.set()
        if not self._finishing:
            await self._rest(self._patience(times, held.values()))

    def _patience(self, times: Collection[float], probes: Collection[float]) -> float | None:
        """Seconds to wait: what is held up, what is probed and looked at, and what is asked about comes in time."""
        questions = [] if (at := self._doubts.next_time()) is None else [at]
        waits = [at - self._clock() for at in (*times, *probes, *questions)]
        if probes:
            waits.append(LOOK)
        return min(_LONGEST_REST, max(0.0, min(waits))) if waits else None

    def harmless(self, action: Action) -> bool:
        """Whether sending it a second time does no harm (:meth:`Sender.harmless`)."""
        return self._sender.harmless(action)

    def finish(self) -> None:
        """Take up nothing more; :meth:`run` returns once what is being sent is settled."""
        self._finishing = True
        self._wake.set()

    async def drain(self) -> None:
        """Return once :meth:`run` has nothing left to send; what waits for a person stays, also in a held line."""
        self._quiet.clear()
        self._wake.set()
        await self._quiet.wait()

    async def _rest(self, seconds: float | None) -> None:
        """Wait to be woken, at most so long."""
        waking = asyncio.ensure_future(self._wake.wait())
        resting = [] if seconds is None else [asyncio.ensure_future(self._sleep(seconds))]
        try:
            await asyncio.wait([waking, *resting], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (waking, *resting):
                task.cancel()

    async def step(self) -> int:
        """Send what is due now and settle it; returns how many actions were taken up. Raises StorageError."""
        await self._write_down()
        self._troubles.look()
        queues = await self._take()
        sending = [self._send(line, queue) for line, queue in queues.items()]
        await asyncio.gather(*sending, *self._doubts.due())
        count = len(self._unwritten)
        await self._write_down()
        return count

    async def _take(self) -> dict[Line, list[Action]]:
        """Mark what may be sent now as ``sending``, by line; what is over the quota is settled instead."""
        if not self._recalled:
            # The quota holds across a restart.
            self._pacing.recall(await self._outbox.sent_since(self._clock() - WINDOW))
            await self._doubts.recall()
            self._recalled = True
        while True:
            closed = self._closed()
            self._picked.clear()
            actions = await self._outbox.claim(closed=closed, fits=self._fits)
            if actions or self._unwritten or self._closed() == closed:
                break
        self._pacing.marked(actions)
        queues: defaultdict[Line, list[Action]] = defaultdict(list)
        for action in actions:
            queues[line_of(action)].append(action)
        self._busy.update(queues)
        return queues

    def _closed(self) -> Collection[Line]:
        """Lines that take nothing now: one action is under way, its outcome not on disk, the pace too fast, or held."""
        unwritten = {line_of(action) for action, _ in self._unwritten}
        return self._busy | self._pacing.resting().keys() | self._troubles.waiting().keys() | unwritten

    def _fits(self, action: Action, asked_at: float) -> bool:
        """Whether to send it now. Asked before the row is marked: what is ``sending`` has been counted."""
        if not self._sender.leaves_us(action):
            return True
        if line_of(action) in self._troubles.waiting():
            return False  # The probe was before it.
        age = self._clock() - asked_at
        if action.operation in FLEETING and age > POST_LASTS:
            late = f"too late to be worth sending: it was asked for {age / 60:.0f} minutes ago"
            self._unwritten.append((action, Outcome(Result.FAILED, late)))
            return False
        leave = self._pacing.ask(action, asked_at, behind=line_of(action) in self._picked)
        if leave is Leave.OVER_QUOTA:
            self._over[action.room] = Room(action.room, action.platform, action.room_id)
            self._unwritten.append((action, Outcome(Result.OVER_QUOTA, "the room's quota for this minute is spent")))
        if leave is Leave.GO:
            self._picked.add(line_of(action))
            self._troubles.probing(action)
        return leave is Leave.GO

    async def _write_down(self) -> None:
        """Settle what was sent. Until that has succeeded it is kept, and nothing else is taken up."""
        for name, room in sorted(self._over.items()):
            await self._tripped(room)
            del self._over[name]
        await self._doubts.write_down()
        # Lines go on meanwhile: what they add is written down next time.
        written = list(self._unwritten)
        if not written:
            return
        settled = [(action, answer) for action, answer in written if isinstance(answer, Outcome)]
        later = [(action, answer) for action, answer in written if isinstance(answer, Again)]
        unsent = [(action, answer.why) for action, answer in later if answer.unsent]
        again = [(action, answer.at, answer.why) for action, answer in later if not answer.unsent]
        await self._outbox.settle(settled, again, unsent)
        del self._unwritten[: len(written)]
        for action, _ in unsent:
            self._pacing.unsent(action)
        for action, outcome in settled:
            self._feed.settled(action, outcome)
            if outcome.result is Result.UNKNOWN:
                self._doubts.add(action)
        with contextlib.suppress(StorageError):
            for action, _ in unsent:
                await self._tell_if_taken_back(action)

    async def _tell_if_taken_back(self, action: Action) -> None:
        """A person may have taken it back while it was refused: then it is not sent any more."""
        for now, result in await self._outbox.of_event(action.id):
            if now.key == action.key and result is not None:
                self._feed.settled(action, Outcome(result))

    async def _send(self, line: Line, queue: Collection[Action]) -> None:
        """One line's actions, one after another."""
        held = ""
        try:
            for action in queue:
                if held or self._finishing:
                    answer: Outcome | Again = Again(0.0, held or "streambot stopped before it was sent", unsent=True)
                else:
                    answer = await self._sender.send(action)
                if isinstance(answer, Again) and answer.unsent:
                    held = answer.why
                self._unwritten.append((action, answer))
                self._wake.set()
        finally:
            self._busy.discard(line)
            self._wake.set()
