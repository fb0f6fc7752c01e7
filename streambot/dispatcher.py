"""outbox → capability → quota → rate limit → act → settle.

Works from the outbox alone, so what a crash interrupts is found there again. A row is marked ``sending`` on disk
before anything is sent, and only what the quota and the room's pace allow is marked. Each room is a line of its own:
in it one action follows another, and a platform that is slow in one line holds up no other.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

import structlog

from streambot.core.action import NO_CAPABILITY, Action, Capability, How, Outcome, Result
from streambot.core.errors import AuthError, PlatformError, StorageError, StreambotError
from streambot.pacing import WINDOW, Leave, Pace, Pacing, line_of
from streambot.platforms.action_wire import NotSentError, RetryError
from streambot.ports import Actuator, Clock, Feed
from streambot.store.outbox import RESENT, Line, Outbox

ATTEMPTS = 10
"""With the waits between them three minutes: a platform that is down for one costs nothing."""
_BACKOFF = (1.0, 2.0, 5.0, 15.0, 30.0)
_POLL = 1.0
_LONGEST_REST = 60.0
"""Seconds after which the wall clock is looked at again: it may have been set."""

log = structlog.get_logger(__name__)


def _any_pace(_: Action) -> Pace | None:
    return None


@dataclass(frozen=True, slots=True)
class _Again:
    """An action that is to be sent again at ``at`` (Unix seconds)."""

    at: float
    why: str


class Dispatcher:
    """Carries actions to the platforms until told to finish; build it in :mod:`streambot.app`.

    ``pace_for`` is how many actions a second, and at once, the account of an action's room may send; None: any.
    """

    def __init__(
        self,
        *,
        outbox: Outbox,
        actuator_for: Callable[[Action], Actuator],
        simulated: Actuator,
        quota_for: Callable[[str], int],
        tripped: Callable[[str], Awaitable[None]],
        feed: Feed,
        wake: asyncio.Event,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]],
        patient: bool,
        pace_for: Callable[[Action], Pace | None] = _any_pace,
    ) -> None:
        self._outbox = outbox
        self._actuator_for = actuator_for
        self._simulated = simulated
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
        self._unwritten: list[tuple[Action, Outcome | _Again]] = []
        self._over: set[str] = set()
        self._troubled: set[str] = set()
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
            queues = await self._take()
            for line, queue in queues.items():
                lines.create_task(self._send(line, queue), name=f"send {'/'.join(line)}")
            if queues or self._unwritten:
                return
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
        times = list(self._pacing.resting().values())
        if due is not None:
            times.append(due)
        if not times and not self._busy and not self._wake.is_set():
            self._quiet.set()
        if not self._finishing:
            await self._rest(min(_LONGEST_REST, max(0.0, min(times) - self._clock())) if times else None)

    def finish(self) -> None:
        """Take up nothing more; :meth:`run` returns once what is being sent is settled."""
        self._finishing = True
        self._wake.set()

    async def drain(self) -> None:
        """Return once :meth:`run` has nothing left to send; what waits for a person stays."""
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
        queues = await self._take()
        await asyncio.gather(*(self._send(line, queue) for line, queue in queues.items()))
        count = len(self._unwritten)
        await self._write_down()
        return count

    async def _take(self) -> dict[Line, list[Action]]:
        """Mark what may be sent now as ``sending``, by line; what is over the quota is settled instead."""
        if not self._recalled:
            # The quota holds across a restart.
            self._pacing.recall(await self._outbox.sent_since(self._clock() - WINDOW))
            self._recalled = True
        while True:
            closed = self._closed()
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
        """Lines that take nothing now: one action is under way, its outcome not on disk, or the pace is too fast."""
        return self._busy | self._pacing.resting().keys() | {line_of(action) for action, _ in self._unwritten}

    def _fits(self, action: Action) -> bool:
        """Whether to send it now. Asked before the row is marked: what is ``sending`` has been counted."""
        try:
            actuator, capability = self._means(action)
        except StreambotError:
            return True  # Its line finds out again and settles it.
        if actuator is self._simulated or capability.how is not How.API:
            return True
        leave = self._pacing.ask(action)
        if leave is Leave.OVER_QUOTA:
            self._over.add(action.room)
            self._unwritten.append((action, Outcome(Result.OVER_QUOTA, "the room's quota for this minute is spent")))
        return leave is Leave.GO

    async def _write_down(self) -> None:
        """Settle what was sent. Until that has succeeded it is kept, and nothing else is taken up."""
        for room in sorted(self._over):
            await self._tripped(room)
            self._over.discard(room)
        # Lines go on meanwhile: what they add is written down next time.
        written = list(self._unwritten)
        if not written:
            return
        settled = [(action, answer) for action, answer in written if isinstance(answer, Outcome)]
        again = [(action, answer.at, answer.why) for action, answer in written if isinstance(answer, _Again)]
        await self._outbox.settle(settled, again)
        del self._unwritten[: len(written)]
        for action, outcome in settled:
            self._feed.settled(action, outcome)

    async def _send(self, line: Line, queue: Collection[Action]) -> None:
        """One line's actions, one after another."""
        try:
            for action in queue:
                if self._finishing:
                    answer: Outcome | _Again = _Again(0.0, "streambot stopped before it was sent")
                else:
                    answer = await self._attempt(action)
                self._unwritten.append((action, answer))
                self._wake.set()
        finally:
            self._busy.discard(line)
            self._wake.set()

    async def _attempt(self, action: Action) -> Outcome | _Again:
        try:
            return await self._apply(action)
        except Exception as error:
            # An action: what one actuator gets wrong must not stop the others.
            log.exception("an actuator failed", room=action.room, operation=action.operation)
            return Outcome(Result.UNKNOWN, f"the actuator failed: {type(error).__name__}")

    def _means(self, action: Action) -> tuple[Actuator, Capability]:
        """What carries an action out, and whether it can."""
        actuator = self._simulated if action.simulated else self._actuator_for(action)
        return actuator, actuator.capabilities.get(action.operation, NO_CAPABILITY)

    async def _apply(self, action: Action) -> Outcome | _Again:
        """What became of one action."""
        try:
            actuator, capability = self._means(action)
        except StreambotError as error:
            self._trouble(action, error, "error")
            return Outcome(Result.FAILED, str(error))
        if capability.how is How.NONE:
            return Outcome(Result.UNSUPPORTED, f"this platform cannot {action.operation}")
        try:
            outcome = await actuator.apply(action)
        except AuthError as error:
            self._trouble(action, error, "error")
            return Outcome(Result.FAILED, str(error))
        except PlatformError as error:
            return self._failed(action, capability, error)
        if outcome.result is not Result.UNKNOWN:
            self._well(action)
        return outcome

    def _failed(self, action: Action, capability: Capability, error: PlatformError) -> Outcome | _Again:
        """Whether a failure that may pass is tried again: only if a second time does no harm."""
        harmless = action.operation in RESENT and capability.idempotent
        if not harmless and not isinstance(error, NotSentError):
            return Outcome(Result.UNKNOWN, f"not sent again, since it may have arrived: {error}")
        if action.attempts > 1:
            self._trouble(action, error, "warn")
        if action.attempts >= ATTEMPTS:
            return Outcome(Result.FAILED, f"given up after {action.attempts} attempts: {error}")
        wait = _BACKOFF[min(action.attempts - 1, len(_BACKOFF) - 1)]
        if isinstance(error, RetryError) and error.retry_after is not None:
            wait = max(wait, error.retry_after)
            self._pacing.rest(action, error.retry_after)
        return _Again(self._clock() + wait, str(error))

    def _trouble(self, action: Action, error: StreambotError, level: str) -> None:
        """Tell a room's people once what the platform does not take, until it does again."""
        if action.room in self._troubled:
            return
        self._troubled.add(action.room)
        log.warning("actions fail", room=action.room, code=error.code, why=error.message)
        rest = "It is tried again by itself." if level == "warn" else "Until then actions fail; you see which."
        self._feed.notice(action.room, {"level": level, "code": "platform_failing", "text": f"{error} {rest}"})

    def _well(self, action: Action) -> None:
        if action.room in self._troubled:
            self._troubled.discard(action.room)
            text = "The platform takes actions again."
            self._feed.notice(action.room, {"level": "info", "code": "platform_back", "text": text})
