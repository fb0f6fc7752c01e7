"""The actuator that acts over the connection its comments come by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from streambot.core.action import Action, Capability, Operation, Outcome, Result
from streambot.core.errors import AuthError, PlatformError
from streambot.platforms.action_wire import (
    NotSentError,
    action_id,
    action_json,
    found,
    in_doubt,
    outcome_of,
    status_question,
)
from streambot.ports import Fate

TIMEOUT: Final = 10.0


class Line(Protocol):
    """What carries a question and its answer: a WebSocketSource."""

    async def ask(self, key: str, message: Mapping[str, Any], seconds: float) -> Mapping[str, Any] | None:
        """The answer with this ``action_id``, None if it does not come in time."""
        ...


class WebSocketActuator:
    """Sends each action as one frame and waits ``timeout`` seconds for ``{"action_id","status"}``.

    ``can`` is what the tool at the other end is said to do, ``reads_back`` whether it answers what became of one.
    """

    def __init__(
        self, line: Line, *, can: Mapping[Operation, Capability], timeout: float = TIMEOUT, reads_back: bool = False
    ) -> None:
        self._line = line
        self._can = can
        self._timeout = timeout
        self._reads_back = reads_back

    @property
    def capabilities(self) -> Mapping[Operation, Capability]:
        """As the operator stated them."""
        return self._can

    async def apply(self, action: Action) -> Outcome:
        """Send one action and wait for its answer. Raises NotSentError, RetryError or AuthError."""
        try:
            answer = await self._line.ask(action_id(action), action_json(action), self._timeout)
        except (NotSentError, AuthError):
            raise
        except PlatformError as error:
            return in_doubt(action, self._can, error.message.rstrip("."))
        if answer is None:
            return in_doubt(action, self._can, "no answer came in time")
        return outcome_of(answer, action) or Outcome(Result.UNKNOWN, "the answer does not say what became of it")

    @property
    def reads_back(self) -> bool:
        """See ``ports.ReadBack``."""
        return self._reads_back

    async def look_up(self, action: Action) -> Outcome | Fate | None:
        """Ask what became of an action; None while there is no answer."""
        try:
            answer = await self._line.ask(
                action_id(action), {"type": "status", **status_question(action)}, self._timeout
            )
        except PlatformError:
            return None
        return found(answer, action)
