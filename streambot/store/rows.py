"""Core values as rows, and the statements that take them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from streambot.core.action import Action, Operation, State
from streambot.core.comment import Author, Comment, Role, Room
from streambot.core.event import Event

KNOWN = """
SELECT c.platform, c.room, c.comment
FROM json_each(?) AS k
JOIN comments AS c
  ON c.platform = json_extract(k.value, '$[0]')
 AND c.room = json_extract(k.value, '$[1]')
 AND c.comment = json_extract(k.value, '$[2]')
"""

INSERT_ROOM = "INSERT OR IGNORE INTO rooms (name, platform, id) VALUES (?, ?, ?)"

INSERT_COMMENT = """
INSERT OR IGNORE INTO comments
    (platform, room, comment, author, author_name, roles, text, sent_at, received_at, traceable, extra)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

INSERT_BROADCAST = """
INSERT INTO broadcasts (id, room, started_at, ended_at) VALUES (?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET ended_at = excluded.ended_at
"""

INSERT_EVENT = """
INSERT INTO events
    (id, at, room, broadcast, kind, actor, comment, act, reason, reverses, intent, language, degraded, pack, model,
     data)
VALUES (?, ?, ?, ?, ?, ?, (SELECT key FROM comments WHERE platform = ? AND room = ? AND comment = ?),
        ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

INSERT_LABEL = "INSERT INTO event_labels (label, seq, score) SELECT ?, seq, ? FROM events WHERE id = ?"

INSERT_TICKET_STEP = "INSERT INTO ticket_steps (ticket, seq) SELECT ?, seq FROM events WHERE id = ?"

INSERT_ACTION = """
INSERT INTO outbox
    (event, operation, platform, room, room_id, comment, author, text, duration, reason, simulated, actor, state,
     not_before, attempts, changed_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


# Made once: json.dumps with any argument of its own makes an encoder a call.
_COMPACT = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_PLAIN = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def fit(value: Any) -> Any:
    """A value as SQLite can hold it: in a text, a lone surrogate becomes U+FFFD; anything else stays as it is."""
    if not isinstance(value, str) or value.isascii():
        return value
    return _LONE_SURROGATE.sub("\ufffd", value)


def keys_json(keys: Sequence[tuple[str, str, str]]) -> str:
    """Comment keys as the parameter of ``KNOWN``."""
    return json.dumps([[fit(part) for part in key] for key in keys])


def comment_row(comment: Comment) -> tuple[Any, ...]:
    """A row for ``INSERT_COMMENT``."""
    extra = {
        name: value
        for name, value in (
            ("held", comment.held),
            ("backlog", comment.backlog),
            ("reply_to", comment.reply_to),
            ("language_hint", comment.language_hint),
            ("id_synthetic", comment.id_synthetic),
            ("notes", list(comment.notes)),
        )
        if value
    }
    return (
        *comment.key,
        comment.author.id,
        comment.author.name,
        json.dumps(sorted(comment.author.roles)),
        comment.text,
        comment.sent_at,
        comment.received_at,
        int(comment.traceable),
        _PLAIN(extra),
    )


def event_row(event: Event) -> tuple[Any, ...]:
    """A row for ``INSERT_EVENT``. Raises ValueError for data that is not JSON (NaN)."""
    platform, room, comment = event.key or (None, None, None)
    return (
        event.id,
        event.at,
        event.room,
        event.broadcast,
        event.kind,
        event.actor,
        platform,
        room,
        comment,
        event.act,
        event.reason,
        event.reverses,
        event.data.get("intent"),
        event.data.get("language"),
        int(bool(event.data.get("degraded"))),
        event.pack,
        event.model,
        _COMPACT(event.data),
    )


def label_rows(event: Event) -> Iterator[tuple[str, float, str]]:
    """Rows for ``INSERT_LABEL``, one a label that holds."""
    for label, score in event.data.get("labels", {}).items():
        yield label, score, event.id


def ticket_row(event: Event) -> tuple[str, str]:
    """A row for ``INSERT_TICKET_STEP``."""
    return event.data["ticket"], event.id


def broadcast_row(event: Event) -> tuple[Any, ...]:
    """A row for ``INSERT_BROADCAST``."""
    return (event.broadcast, event.room, event.data["started_at"], event.data.get("ended_at"))


def action_row(action: Action, at: float) -> tuple[Any, ...]:
    """A row for ``INSERT_ACTION``."""
    return (
        action.id,
        action.operation,
        action.platform,
        action.room,
        action.room_id,
        action.comment,
        action.author,
        action.text,
        action.duration,
        action.reason,
        int(action.simulated),
        action.actor,
        action.state,
        action.not_before,
        action.attempts,
        at,
    )


def action_of(row: Any) -> Action:
    """An outbox row as an Action."""
    return Action(
        id=row["event"],
        operation=Operation(row["operation"]),
        room=row["room"],
        platform=row["platform"],
        room_id=row["room_id"],
        comment=row["comment"],
        author=row["author"],
        text=row["text"],
        duration=row["duration"],
        reason=row["reason"],
        simulated=bool(row["simulated"]),
        actor=row["actor"],
        state=State(row["state"]),
        not_before=row["not_before"],
        attempts=row["attempts"],
    )


def comment_of(row: Any) -> Comment:
    """A row of ``comments`` joined with its room's name (column ``room_name``) as a Comment."""
    extra = json.loads(row["extra"])
    return Comment(
        id=row["comment"],
        room=Room(name=row["room_name"], platform=row["platform"], id=row["room"]),
        author=Author(row["author"], row["author_name"], frozenset(Role(role) for role in json.loads(row["roles"]))),
        text=row["text"],
        sent_at=row["sent_at"],
        received_at=row["received_at"],
        traceable=bool(row["traceable"]),
        held=bool(extra.get("held")),
        backlog=bool(extra.get("backlog")),
        reply_to=extra.get("reply_to"),
        language_hint=extra.get("language_hint"),
        id_synthetic=bool(extra.get("id_synthetic")),
        notes=tuple(extra.get("notes", ())),
    )
