"""What a person asks for from a console, and what they are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

EVERYWHERE: Final = "all"
"""The room of what is about every room; no room can have this name."""


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
    PUSH = "push"
    """Show the host a question that few ask."""
    PIN = "pin"
    UNPIN = "unpin"
    MERGE = "merge"
    """``value`` is the question that the ``target`` becomes part of."""
    SPLIT = "split"
    """``value`` is a wording of the ``target`` that becomes a question of its own."""
    ITEM = "item"
    """``value`` is the number of the item on air, empty for none."""
    SCENARIO = "scenario"
    SEND = "send"
    """``target`` is an answer that was offered, ``value`` the text if it was edited."""
    DISMISS = "dismiss"
    POST = "post"
    """``value`` is a text that a person typed, ``target`` the comment or question that it answers, if any."""
    TYPING = "typing"
    """``value`` 1: a person types an answer to the comment or question ``target``; 0: no longer."""


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


@dataclass(frozen=True, slots=True)
class RuleForm:
    """A rule that a person adds on air: words or patterns, for a room or EVERYWHERE, for so many minutes.

    ``confirm`` is what the preview of this very rule has given.
    """

    room: str
    actor: str
    action: str
    minutes: int
    terms: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    label: str = ""
    reason: str = ""
    confirm: str = ""


@dataclass(frozen=True, slots=True)
class RulePreview:
    """What a rule would have done to the newest ``of`` comments of the log.

    ``hits`` are those that it finds, ``changed`` those of them that would have been judged more severely than they
    were; ``examples`` have text and the act they got. ``broad`` says that it looks like a slip.
    """

    confirm: str
    of: int
    hits: int
    changed: int
    broad: bool
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PackOrder:
    """Put a pack in force in a room, or (empty) in all; ``shadow``: beside the one in force.

    ``version`` is a pack's id ("th@2026.11"), its version, ``previous``, ``file`` (follow the file again) or, for a
    shadow, ``none``. ``file`` is the path of a pack that the log does not have yet, in place of ``version``.
    """

    version: str
    actor: str
    room: str = ""
    shadow: bool = False
    reason: str = ""
    file: str = ""


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
    at all). ``findings`` say why a text was not posted: rule, why, instead, span.
    """

    answer: Answer
    event: str = ""
    message: str = ""
    by: str = ""
    act: str = ""
    at: float = 0.0
    undo_until: float = 0.0
    findings: tuple[Mapping[str, Any], ...] = ()
