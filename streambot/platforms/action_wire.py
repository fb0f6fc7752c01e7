"""An action as an operator's own tool gets it, and what its answer means (PLATFORMS.md §11).

Out: ``{"action_id","idempotency_key","event","action","target":{"platform","room","room_id","comment","author"},
"duration","reason","text"}``. Back: ``{"action_id","status":"done|failed|unsupported","detail"}``.

A tool that is said to answer is asked later what became of an action in doubt. Out: ``action_id`` and
``idempotency_key``, as the query of a GET or as ``{"type":"status",…}``. Back: as above with two more statuses,
``pending`` and ``not_found``: the tool never got it, and will not carry it out should it come yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from streambot.core.action import NO_CAPABILITY, Action, Capability, Operation, Outcome, Result
from streambot.core.errors import PlatformError
from streambot.ports import Fate
from streambot.printable import printable

MOST_DETAIL: Final = 200
"""Characters of a stranger's words that are shown to people."""
NOT_CONNECTED: Final = "not_connected"
"""The code of a NotSentError while there is no connection to send anything over."""
_NEVER_CAME: Final = "not_found"
_RESULTS: Final = {"done": Result.APPLIED, "failed": Result.FAILED, "unsupported": Result.UNSUPPORTED}


class RetryError(PlatformError):
    """A failure that may pass; ``retry_after`` is in how many seconds the platform wants to hear of it again, None if
    it did not say.
    """

    def __init__(self, message: str, *, code: str, retry_after: float | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class NotSentError(RetryError):
    """What was to be sent surely had no effect, so that sending it again cannot do it twice, not even a post."""


def action_id(action: Action) -> str:
    """The same for every attempt, and no other action's: an event may ask for a hide and a mute at once."""
    return f"{action.id}:{action.operation}"


def action_json(action: Action) -> dict[str, Any]:
    """What is sent."""
    return {
        "action_id": action_id(action),
        "idempotency_key": action_id(action),
        "event": action.id,
        "action": action.operation,
        "target": {
            "platform": action.platform,
            "room": action.room,
            "room_id": action.room_id,
            "comment": action.comment,
            "author": action.author,
        },
        "duration": action.duration,
        "reason": action.reason,
        "text": action.text,
    }


def outcome_of(answer: object, action: Action) -> Outcome | None:
    """What an answer says, None if it says nothing about this action."""
    if not isinstance(answer, dict) or answer.get("action_id", action_id(action)) != action_id(action):
        return None
    status = answer.get("status")
    result = _RESULTS.get(status) if isinstance(status, str) else None
    return None if result is None else Outcome(result, shown(answer.get("detail")))


def status_question(action: Action) -> dict[str, str]:
    """What is asked of an action that was sent before."""
    return {"action_id": action_id(action), "idempotency_key": action_id(action)}


def found(answer: object, action: Action) -> Outcome | Fate | None:
    """What an answer says became of an action, None if nothing yet. Only an answer that names it is believed."""
    if not isinstance(answer, dict) or answer.get("action_id") != action_id(action):
        return None
    if answer.get("status") == _NEVER_CAME:
        return Fate.NEVER_CAME
    outcome = outcome_of(answer, action)
    if outcome is None or outcome.result is not Result.APPLIED:
        return outcome
    return Outcome(Result.CONFIRMED, outcome.detail)


def in_doubt(
    action: Action, can: Mapping[Operation, Capability], why: str, *, retry_after: float | None = None
) -> Outcome:
    """The outcome of what may or may not have arrived: unknown, where a second time would do harm (DESIGN.md §3).

    Raises RetryError where it would not, so that it is sent again.
    """
    if action.operation is not Operation.POST and can.get(action.operation, NO_CAPABILITY).idempotent:
        raise RetryError(f"{why}.", code="in_doubt", retry_after=retry_after)
    return Outcome(Result.UNKNOWN, f"{why}; it may have been carried out")


def shown(text: object) -> str:
    """A stranger's words, short and without what could change a screen; empty if there are none."""
    return printable(text[:MOST_DETAIL]) if isinstance(text, str) else ""
