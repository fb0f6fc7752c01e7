"""A question to the moderation log."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Filters that all hold; None or "" asks nothing. Times are Unix seconds, ``t1`` exclusive.

    ``text`` is searched in the comment's text, the author's name and id, and the reason. ``actor`` is a person's id,
    ``bot``, or ``people`` (anybody but the bot). ``before`` is the sequence number to page on from, newest first.
    """

    room: str = ""
    text: str = ""
    kind: str = ""
    act: str = ""
    label: str = ""
    intent: str = ""
    actor: str = ""
    language: str = ""
    broadcast: str = ""
    author: str = ""
    outcome: str = ""
    comment: str = ""
    t0: float | None = None
    t1: float | None = None
    before: int | None = None
    limit: int = 100
