"""What a person asks for from a console, and what they are told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """The verbs of a controller or host. hide, mute, ban and allow are about a comment; ``undo`` about an event."""

    HIDE = "hide"
    MUTE = "mute"
    BAN = "ban"
    ALLOW = "allow"
    UNDO = "undo"
    DONE = "done"
    """A to-do was carried out by hand in the platform's own app."""
    MODE = "mode"
    ANSWERED = "answered"
    REOPEN = "reopen"
    DROP = "drop"


class Mode(StrEnum):
    """Who acts in a room: nobody (observe), a person (assist), streambot (auto)."""

    OBSERVE = "observe"
    ASSIST = "assist"
    AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Command:
    """One request. ``target`` is the comment's id, for undo and done the event's id, for questions the question's id.

    ``key`` is the caller's idempotency key: the same key with the same request is answered as before and done once.
    """

    room: str
    verb: Verb
    actor: str
    target: str = ""
    reason: str = ""
    value: str = ""
    via: str = ""
    key: str = ""


class Answer(StrEnum):
    """How a command ended."""

    ACCEPTED = "accepted"
    NOOP = "noop"
    CONFLICT = "conflict"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a command.

    ``event`` is the new event's id. On a conflict ``by``, ``act`` and ``at`` name who was first. ``undo_until`` is the
    Unix time until which the action can be withdrawn before it is sent (0: it can be reversed on the platform, or not
    at all).
    """

    answer: Answer
    event: str = ""
    message: str = ""
    by: str = ""
    act: str = ""
    at: float = 0.0
    undo_until: float = 0.0
