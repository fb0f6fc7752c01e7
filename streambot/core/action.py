"""What a verdict asks for, what an actuator does about it, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final


class Act(StrEnum):
    """The ladder of verdicts, mildest first."""

    ALLOW = "allow"
    ANSWER = "answer"
    REVIEW = "review"
    WARN = "warn"
    HIDE = "hide"
    MUTE = "mute"
    BAN = "ban"

    @property
    def severity(self) -> int:
        """The rung, 0 for allow to 6 for ban."""
        return _LADDER[self]


_LADDER: Final = {act: rung for rung, act in enumerate(Act)}


class Operation(StrEnum):
    """What an actuator can be told to do."""

    HIDE = "hide"
    UNHIDE = "unhide"
    MUTE = "mute"
    UNMUTE = "unmute"
    BAN = "ban"
    UNBAN = "unban"
    POST = "post"
    PIN = "pin"
    ALLOW_HELD = "allow_held"
    DENY_HELD = "deny_held"


REVERSE: Final = {
    Operation.HIDE: Operation.UNHIDE,
    Operation.MUTE: Operation.UNMUTE,
    Operation.BAN: Operation.UNBAN,
}
"""What takes an operation back, where the platform can."""

OPERATION: Final = {Act.HIDE: Operation.HIDE, Act.MUTE: Operation.MUTE, Act.BAN: Operation.BAN}
"""The operation that carries out an act; an act that is not here asks nothing of the platform."""


class How(StrEnum):
    """Who can do an operation on this platform: an API, only a person in the platform's app, or nobody."""

    API = "api"
    MANUAL = "manual"
    NONE = "none"


class Scope(IntEnum):
    """How far an operation reaches, narrowest first."""

    COMMENT = 1
    AUTHOR = 2
    ROOM = 3


@dataclass(frozen=True, slots=True)
class Capability:
    """What a platform lets this account do with one operation, as known at run time.

    ``durations`` are the seconds a mute may last (``None``: any), ``idempotent`` says that sending twice does no
    harm: such an operation is sent again after a crash, any other never is.
    """

    how: How
    scope: Scope = Scope.COMMENT
    durations: tuple[int, ...] | None = None
    reversible: bool = True
    idempotent: bool = True


NO_CAPABILITY: Final = Capability(How.NONE)


class State(StrEnum):
    """The life of an outbox row."""

    PROPOSED = "proposed"
    PENDING = "pending"
    SENDING = "sending"
    SETTLED = "settled"


class Result(StrEnum):
    """What became of an action."""

    APPLIED = "applied"
    CONFIRMED = "confirmed"
    SIMULATED = "simulated"
    MANUAL = "manual"
    UNSUPPORTED = "unsupported"
    OVER_QUOTA = "over_quota"
    FAILED = "failed"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"
    IGNORED = "ignored"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of an action: a result and, for people, a reason in plain words."""

    result: Result
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """One operation on the platform, asked for by the event ``id``; a resend keeps the id, an undo has its own.

    ``comment`` and ``author`` are the platform's ids. ``duration`` in seconds for a mute. ``not_before`` delays the
    sending (Unix seconds), so that a person can take back what the platform could not. ``simulated`` actions were
    asked for in a room that only observes. ``actor`` is who asked: the quota binds the bot, not people.
    """

    id: str
    operation: Operation
    room: str
    platform: str
    room_id: str
    comment: str | None = None
    author: str | None = None
    text: str | None = None
    duration: int | None = None
    reason: str = ""
    simulated: bool = False
    actor: str = "bot"
    state: State = State.PENDING
    not_before: float = 0.0
    attempts: int = 0

    @property
    def key(self) -> tuple[str, Operation]:
        """What the outbox is keyed by: an event may ask for a hide and a mute at once."""
        return (self.id, self.operation)
