"""The log's rows turned back into events, so that a restarted process fills its screens by the same code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from streambot.console.board import RoomBoard
from streambot.core.action import OPERATION, REVERSE, Act, Action, Operation, Outcome, Result, State
from streambot.core.comment import Author, Comment, Role, Room
from streambot.core.event import BOT, Event, Kind

Row = Mapping[str, Any]
"""One line of the log in the form of ``streambot export`` (ports.Log)."""


def seconds(at: object) -> float:
    """A row's time, ISO 8601 or Unix seconds, as Unix seconds."""
    return datetime.fromisoformat(at).timestamp() if isinstance(at, str) else float(str(at))


def fill(board: RoomBoard, room: Room, rows: Sequence[Row]) -> None:
    """Put the log's newest events (oldest first) on a board; what was published meanwhile is not told twice."""
    asked: dict[str, Operation] = {}
    for row in rows:
        event = _event(room, row)
        operation = _operation(event, asked)
        if operation is not None:
            asked[event.id] = operation
        if event.id in board.seen:
            continue
        action = _action(room, event, row, operation)
        board.publish([event], [] if action is None else [action])
        if action is not None and action.state is State.SETTLED:
            board.settled(action, Outcome(Result(row["outcome"]), str(row.get("detail") or "")), event.at)
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


def _operation(event: Event, asked: Mapping[str, Operation]) -> Operation | None:
    """What the event asked of the platform. A row has one outcome, so of several operations the severest stands."""
    if event.kind is Kind.UNDO and event.reverses is not None:
        before = asked.get(event.reverses)
        return REVERSE.get(before) if before is not None else None
    return OPERATION.get(event.act) if event.act is not None else None


def _action(room: Room, event: Event, row: Row, operation: Operation | None) -> Action | None:
    state = row.get("state") or (State.SETTLED if row.get("outcome") else None)
    if operation is None or state is None or (state == State.SETTLED and not row.get("outcome")):
        return None
    return Action(
        id=event.id,
        operation=operation,
        room=room.name,
        platform=room.platform,
        room_id=room.id,
        comment=row.get("comment"),
        author=row.get("author"),
        reason=event.reason,
        state=State(state),
    )
