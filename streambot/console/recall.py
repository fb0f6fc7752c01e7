"""The log's rows turned back into events, so that a restarted process fills its screens by the same code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from streambot.console.board import RoomBoard
from streambot.core.action import OPERATION, Act, Action, Operation, Outcome, Result, State
from streambot.core.command import Mode
from streambot.core.comment import Author, Comment, Role, Room
from streambot.core.event import BOT, Event, Kind

_JUDGED: Final = frozenset({Kind.DECISION, Kind.REJUDGEMENT})

Row = Mapping[str, Any]
"""One line of the log in the form of ``streambot export`` (ports.Log)."""


def seconds(at: object) -> float:
    """A row's time, ISO 8601 or Unix seconds, as Unix seconds."""
    return datetime.fromisoformat(at).timestamp() if isinstance(at, str) else float(str(at))


def fill(board: RoomBoard, room: Room, rows: Sequence[Row]) -> None:
    """Put the log's newest events (oldest first) on a board; what was published meanwhile is not told twice."""
    for row in rows:
        event = _event(room, row)
        if event.id in board.seen:
            continue
        actions = _actions(room, event, row)
        board.publish([event], actions)
        if row.get("outcome"):
            outcome = Outcome(Result(row["outcome"]), row.get("detail") or "")
            for action in actions:
                board.settled(action, outcome, event.at)
    board.recalled = True
    board.seen.clear()


def _event(room: Room, row: Row) -> Event:
    kind = Kind(row["kind"])
    at = seconds(row["at"])
    comment = row.get("comment")
    said = None
    if comment is not None and row.get("text") is not None and kind is Kind.DECISION:
        said = Comment(
            id=comment,
            room=room,
            author=Author(
                id=row.get("author") or "",
                name=row.get("author_name") or "",
                roles=frozenset(Role(role) for role in row.get("roles") or ()),
            ),
            text=row["text"],
            sent_at=seconds(row["sent_at"]) if row.get("sent_at") is not None else at,
            received_at=at,
        )
    intent = row.get("intent")
    return Event(
        id=row["id"],
        at=at,
        room=room.name,
        kind=kind,
        actor=row.get("actor") or BOT,
        comment=said,
        comment_key=None if comment is None else (room.platform, room.id, comment),
        act=Act(row["act"]) if row.get("act") else None,
        reason=row.get("reason") or "",
        reverses=row.get("reverses"),
        data={
            "language": row.get("language"),
            "labels": row.get("labels"),
            "intent": intent.get("name") if isinstance(intent, Mapping) else intent,
            "evidence": row.get("evidence"),
            "degraded": row.get("degraded"),
            "escalate": row.get("escalate"),
            **(row.get("data") or {}),
        },
    )


def _actions(room: Room, event: Event, row: Row) -> list[Action]:
    """What the event asked of the platform. A row has the outcome of one operation, which speaks for all."""
    outcome, stands = row.get("outcome"), row.get("state")
    if not (outcome or stands) or not row.get("operation"):
        return []
    state = State.SETTLED if outcome else State(str(stands))
    if outcome == Result.IGNORED or (event.kind in _JUDGED and event.data.get("mode") == Mode.ASSIST):
        # It was proposed at first: taking back what a person did about it brings it before a person again.
        state = State.PROPOSED
    wanted = [Operation(row["operation"])]
    if event.kind is Kind.DECISION:
        wanted += [OPERATION[act] for act in event.data.get("actions") or () if act in OPERATION]
    return [
        Action(
            id=event.id,
            operation=operation,
            room=room.name,
            platform=room.platform,
            room_id=room.id,
            comment=row.get("comment"),
            author=row.get("author"),
            reason=event.reason,
            text=event.data.get("text") if event.kind in (Kind.ANSWER, Kind.PROMPT) else None,
            state=state,
            not_before=seconds(row["not_before"]) if row.get("not_before") else 0.0,
        )
        for operation in dict.fromkeys(wanted)
    ]
