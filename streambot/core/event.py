"""What the log is made of. An event is never edited: taking something back is another event that names it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from streambot.core.action import Act
from streambot.core.comment import Comment


class Kind(StrEnum):
    """What happened."""

    DECISION = "decision"
    REJUDGEMENT = "rejudgement"
    ACTION = "action"
    UNDO = "undo"
    OVERTURN = "overturn"
    SETTING = "setting"
    NOTE = "note"
    TICKET = "ticket"
    QUESTION = "question"
    ANSWER = "answer"
    PROMPT = "prompt"
    BROADCAST = "broadcast"


BOT = "bot"
"""The actor of everything streambot does by itself; a person's events carry the person's id."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log.

    ``comment`` is whole on the event that brings it in (its decision) and is stored once; ``comment_key`` (platform,
    room id, comment id) ties every later event to it. ``data`` is JSON: for a decision labels, scores, intent,
    evidence; for a setting the key with its old and new value.
    """

    id: str
    at: float
    room: str
    kind: Kind
    actor: str = BOT
    broadcast: str | None = None
    comment: Comment | None = None
    comment_key: tuple[str, str, str] | None = None
    act: Act | None = None
    reason: str = ""
    reverses: str | None = None
    pack: str = ""
    model: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str] | None:
        """The comment this event is about, if any."""
        return self.comment.key if self.comment is not None else self.comment_key
