"""outbox → capability → quota → act → settle.

Works from the outbox alone, so what a crash interrupts is found there again. A row is marked ``sending`` on disk
before anything is sent.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from streambot.core.action import NO_CAPABILITY, Action, How, Operation, Outcome, Result
from streambot.core.errors import AuthError, PlatformError, StorageError
from streambot.core.event import BOT
from streambot.core.quota import Quota
from streambot.ports import Actuator, Clock, Feed
from streambot.store.outbox import Outbox

ATTEMPTS = 5
_BACKOFF = (1.0, 2.0, 5.0, 15.0)
_POLL = 1.0
_COUNTED = frozenset({Operation.HIDE, Operation.MUTE, Operation.BAN})

log = structlog.get_logger(__name__)


class Dispatcher:
    """Carries actions to the platforms until cancelled; build it in :mod:`streambot.app`."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        actuator_for: Callable[[str], Actuator],
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

    async def run(self) -> None:
        """Send what is due, for ever. Raises StorageError unless it is patient."""
        while True:
            self._wake.clear()
            try:
                if await self.step():
                    continue
                pause = await self._pause()
            except StorageError as error:
                if not self._patient:
                    raise
                # The pipeline tells people; here it only means that nothing may be sent until it can be written down.
                log.error("the outbox cannot be written", code=error.code, why=error.message)
                await self._sleep(_POLL)
                continue
            if pause is None and not self._wake.is_set():
                self._quiet.set()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()

    async def drain(self) -> None:
        """Return once :meth:`run` has nothing left to send; what waits for a person stays."""
        self._quiet.clear()
        self._wake.set()
        await self._quiet.wait()

    async def _pause(self) -> float | None:
        due = await self._outbox.next_time()
        return None if due is None else max(0.0, due - self._clock())

    async def step(self) -> int:
        """Send what is due now and settle it; returns how many actions were taken up. Raises StorageError."""
        actions = await self._outbox.claim()
        if not actions:
            return 0
        outcomes = await asyncio.gather(*(self._apply(action) for action in actions))
        settled = [(action, outcome) for action, outcome in zip(actions, outcomes, strict=True) if outcome is not None]
        await self._outbox.settle(settled)
        for action, outcome in settled:
            self._feed.settled(action, outcome)
        return len(actions)

    async def _apply(self, action: Action) -> Outcome | None:
        """The outcome of one action, None if it was put back for later."""
        actuator = self._simulated if action.simulated else self._actuator_for(action.room)
        capability = actuator.capabilities.get(action.operation, NO_CAPABILITY)
        if capability.how is How.NONE:
            return Outcome(Result.UNSUPPORTED, f"this platform cannot {action.operation}")
        guarded = capability.how is How.API and actuator is not self._simulated
        if guarded and not await self._within_quota(action):
            return Outcome(Result.OVER_QUOTA, "the room's quota for this minute is spent")
        try:
            return await actuator.apply(action)
        except AuthError as error:
            return Outcome(Result.FAILED, str(error))
        except PlatformError as error:
            if action.attempts >= ATTEMPTS:
                return Outcome(Result.FAILED, f"given up after {action.attempts} attempts: {error}")
            delay = _BACKOFF[min(action.attempts - 1, len(_BACKOFF) - 1)]
            await self._outbox.again(action, self._clock() + delay, str(error))
            return None

    async def _within_quota(self, action: Action) -> bool:
        """Whether the circuit breaker lets the bot act; people are never held back by it."""
        if action.actor != BOT or action.operation not in _COUNTED:
            return True
        quota = self._quotas.setdefault(action.room, Quota(self._quota_for(action.room)))
        if quota.spend(self._clock()):
            return True
        await self._tripped(action.room)
        return False
