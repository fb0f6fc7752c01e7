"""One action to its platform, and what came of it: settled, or to be sent again.

A platform that refuses our credentials has carried nothing out: the action goes back and its line is held
(:mod:`streambot.troubles`). DESIGN.md §6 says of such an error that it is never retried: that is about hammering with a
bad token. Here one action is tried now and then, and all of them when a person has mended it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import structlog

from streambot.core.action import NO_CAPABILITY, Action, Capability, How, Outcome, Result
from streambot.core.errors import AuthError, PlatformError, StorageError, StreambotError
from streambot.pacing import Pacing
from streambot.platforms.action_wire import NOT_CONNECTED, NotSentError, RetryError
from streambot.ports import Actuator, Clock, Renewable
from streambot.store.outbox import RESENT
from streambot.troubles import Troubles

ATTEMPTS: Final = 10
"""With the waits between them three minutes: a platform that is down for one costs nothing."""
_BACKOFF: Final = (1.0, 2.0, 5.0, 15.0, 30.0)
_UNREAD: Final = 1.0
"""Seconds after which a text that could not be looked at, since the log does not work, is looked at again."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Again:
    """An action that is to be sent again at ``at`` (Unix seconds); ``unsent``: this time nothing arrived, for sure."""

    at: float
    why: str
    unsent: bool = False


class Sender:
    """Sends actions by the actuators of their rooms; ``simulated`` stands in where a room only observes.

    ``why_not`` has the last look at what is about to leave: why it must not, "" if it may. It may raise StorageError.
    """

    def __init__(
        self,
        *,
        actuator_for: Callable[[Action], Actuator],
        simulated: Actuator,
        why_not: Callable[[Action], Awaitable[str]],
        pacing: Pacing,
        troubles: Troubles,
        clock: Clock,
    ) -> None:
        self._actuator_for = actuator_for
        self._simulated = simulated
        self._why_not = why_not
        self._pacing = pacing
        self._troubles = troubles
        self._clock = clock

    async def send(self, action: Action) -> Outcome | Again:
        """Send one action; never raises."""
        try:
            if why := await self._why_not(action):
                log.warning("a text did not pass when it was to be sent", room=action.room, action=action.id, why=why)
                return Outcome(Result.FAILED, why)
        except StorageError as error:
            return Again(self._clock() + _UNREAD, str(error))
        except Exception as error:
            # What nobody could look at does not leave.
            log.exception("a text could not be looked at", room=action.room, operation=action.operation)
            return Outcome(Result.FAILED, f"not sent, for it could not be checked: {type(error).__name__}")
        try:
            return await self._apply(action)
        except Exception as error:
            # An action: what one actuator gets wrong must not stop the others.
            log.exception("an actuator failed", room=action.room, operation=action.operation)
            return Outcome(Result.UNKNOWN, f"the actuator failed: {type(error).__name__}")

    def leaves_us(self, action: Action) -> bool:
        """Whether sending it asks anything of a platform, as far as the configuration can be read."""
        try:
            actuator, capability = self._means(action)
        except StreambotError:
            return True
        return actuator is not self._simulated and capability.how is How.API

    def harmless(self, action: Action) -> bool:
        """Whether sending it a second time does no harm: by its nature, and to what this platform is said to do.

        Where the configuration cannot be read, by its nature alone: a start that fails must not lose a hide.
        """
        try:
            _, capability = self._means(action)
        except StreambotError:
            return action.operation in RESENT
        return _harmless(action, capability)

    def _means(self, action: Action) -> tuple[Actuator, Capability]:
        """What carries an action out, and whether it can."""
        actuator = self._simulated if action.simulated else self._actuator_for(action)
        return actuator, actuator.capabilities.get(action.operation, NO_CAPABILITY)

    async def _apply(self, action: Action) -> Outcome | Again:
        """What became of one action."""
        try:
            actuator, capability = self._means(action)
        except StreambotError as error:
            self._troubles.refused(action, error, None)
            return Again(0.0, str(error), unsent=True)
        if capability.how is How.NONE:
            return Outcome(Result.UNSUPPORTED, f"this platform cannot {action.operation}")
        try:
            outcome = await actuator.apply(action)
        except AuthError as error:
            self._troubles.refused(action, error, actuator.renewed if isinstance(actuator, Renewable) else None)
            return Again(0.0, str(error), unsent=True)
        except PlatformError as error:
            return self._failed(action, capability, error)
        if actuator is self._simulated:
            # It says nothing of the platform.
            return outcome
        if outcome.result is Result.UNKNOWN:
            self._troubles.let_go(action)
        else:
            self._troubles.well(action)
        return outcome

    def _failed(self, action: Action, capability: Capability, error: PlatformError) -> Outcome | Again:
        """Whether a failure that may pass is tried again: only if a second time does no harm."""
        if isinstance(error, NotSentError) and error.code == NOT_CONNECTED:
            self._troubles.cut_off(action)
            return Again(0.0, str(error), unsent=True)
        if not _harmless(action, capability) and not isinstance(error, NotSentError):
            return Outcome(Result.UNKNOWN, f"not sent again, since it may have arrived: {error}")
        if action.attempts > 1:
            self._troubles.failing(action, error)
        if action.attempts >= ATTEMPTS:
            return Outcome(Result.FAILED, f"given up after {action.attempts} attempts: {error}")
        wait = _BACKOFF[min(action.attempts - 1, len(_BACKOFF) - 1)]
        if isinstance(error, RetryError) and error.retry_after is not None:
            wait = max(wait, error.retry_after)
            self._pacing.rest(action, error.retry_after)
        return Again(self._clock() + wait, str(error))


def _harmless(action: Action, capability: Capability) -> bool:
    return action.operation in RESENT and capability.idempotent
