"""outbox → capability → quota → act → settle.

Works from the outbox alone, so what a crash interrupts is found there again. A row is marked ``sending`` on disk
before anything is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from streambot.core.action import NO_CAPABILITY, Action, How, Operation, Outcome, Result
from streambot.core.errors import AuthError, PlatformError, StorageError
from streambot.core.event import BOT
from streambot.core.quota import Quota
from streambot.ports import Actuator, Clock, Feed
from streambot.store.outbox import RESENT, Outbox

ATTEMPTS = 5
_BACKOFF = (1.0, 2.0, 5.0, 15.0)
_POLL = 1.0
_LONGEST_REST = 60.0
"""Seconds after which the wall clock is looked at again: it may have been set."""
_COUNTED = frozenset({Operation.HIDE, Operation.MUTE, Operation.BAN})

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Again:
    """An action that is to be sent again at ``at`` (Unix seconds)."""

    at: float
    why: str


class Dispatcher:
    """Carries actions to the platforms until told to finish; build it in :mod:`streambot.app`."""

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
    ) -> None:
        self._outbox = outbox
        self._actuator_for = actuator_for
        self._simulated = simulated
        self._quota_for = quota_for
        self._tripped = tripped
        self._feed = feed
        self._clock = clock
        self._sleep = sleep
        self._wake = wake
        self._quiet = asyncio.Event()
        self._patient = patient
        self._quotas: dict[str, Quota] = {}
        self._unwritten: list[tuple[Action, Outcome | _Again]] = []
        self._over: set[str] = set()
        self._down = False
        self._finishing = False

    async def run(self) -> None:
        """Send what is due until :meth:`finish`. Raises StorageError unless it is patient."""
        while not self._finishing:
            self._wake.clear()
            try:
                if await self.step():
                    continue
                due = await self._outbox.next_time()
            except StorageError as error:
                if not self._patient:
                    raise
                if not self._down:
                    # The pipeline tells people; here it means that nothing is sent until it can be written down.
                    log.error("the outbox does not work", code=error.code, why=error.message)
                self._down = True
                await self._rest(_POLL)
                continue
            self._down = False
            if due is None and not self._wake.is_set():
                self._quiet.set()
            if not self._finishing:
                await self._rest(None if due is None else min(_LONGEST_REST, max(0.0, due - self._clock())))

    def finish(self) -> None:
        """Take up nothing more; :meth:`run` returns once what was taken up is settled."""
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
        actions = await self._outbox.claim()
        if not actions:
            return 0
        answers = await asyncio.gather(*(self._attempt(action) for action in actions))
        self._unwritten = list(zip(actions, answers, strict=True))
        await self._write_down()
        return len(actions)

    async def _write_down(self) -> None:
        """Settle what was sent. Until that has succeeded it is kept, and nothing else is sent."""
        for room in sorted(self._over):
            await self._tripped(room)
            self._over.discard(room)
        if not self._unwritten:
            return
        settled = [(action, answer) for action, answer in self._unwritten if isinstance(answer, Outcome)]
        again = [(action, answer.at, answer.why) for action, answer in self._unwritten if isinstance(answer, _Again)]
        await self._outbox.settle(settled, again)
        self._unwritten = []
        for action, outcome in settled:
            self._feed.settled(action, outcome)

    async def _attempt(self, action: Action) -> Outcome | _Again:
        try:
            return await self._apply(action)
        except Exception as error:
            # An action: what one actuator gets wrong must not stop the others.
            log.exception("an actuator failed", room=action.room, operation=action.operation)
            return Outcome(Result.UNKNOWN, f"the actuator failed: {type(error).__name__}")

    async def _apply(self, action: Action) -> Outcome | _Again:
        """What became of one action."""
        actuator = self._simulated if action.simulated else self._actuator_for(action)
        capability = actuator.capabilities.get(action.operation, NO_CAPABILITY)
        if capability.how is How.NONE:
            return Outcome(Result.UNSUPPORTED, f"this platform cannot {action.operation}")
        guarded = capability.how is How.API and actuator is not self._simulated
        if guarded and not self._within_quota(action):
            return Outcome(Result.OVER_QUOTA, "the room's quota for this minute is spent")
        try:
            return await actuator.apply(action)
        except AuthError as error:
            return Outcome(Result.FAILED, str(error))
        except PlatformError as error:
            if action.operation not in RESENT or not capability.idempotent:
                return Outcome(Result.UNKNOWN, f"not sent again, since it may have arrived: {error}")
            if action.attempts >= ATTEMPTS:
                return Outcome(Result.FAILED, f"given up after {action.attempts} attempts: {error}")
            return _Again(self._clock() + _BACKOFF[min(action.attempts - 1, len(_BACKOFF) - 1)], str(error))

    def _within_quota(self, action: Action) -> bool:
        """Whether the circuit breaker lets the bot act; people are never held back by it."""
        if action.actor != BOT or action.operation not in _COUNTED:
            return True
        quota = self._quotas.setdefault(action.room, Quota(self._quota_for(action.room)))
        if quota.spend(self._clock()):
            return True
        self._over.add(action.room)
        return False
