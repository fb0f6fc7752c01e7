"""What a room must remember over a restart, read back from the log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from streambot.core.comment import Comment
from streambot.store.rows import comment_of
from streambot.store.sqlite import SqliteStore

REMEMBERED = 20_000
"""Comment ids of a room that are loaded at its opening; older redeliveries are found in the database."""

_IDS = "SELECT comment FROM comments WHERE platform = ? AND room = ? ORDER BY key DESC LIMIT ?"
_BROADCAST = (
    "SELECT id, started_at, ended_at FROM broadcasts WHERE room = ? ORDER BY started_at DESC, rowid DESC LIMIT 1"
)
_RECENT = """
SELECT c.*, ? AS room_name, e.id AS event, e.data AS data
FROM events AS e JOIN comments AS c ON c.key = e.comment
WHERE e.room = ? AND e.kind = 'decision' AND e.broadcast = ?
ORDER BY e.seq DESC LIMIT ?
"""
_STRIKES = """
SELECT c.author AS author, sum(CASE WHEN e.kind IN ('undo', 'overturn')
                               THEN -json_extract(e.data, '$.strikes') ELSE json_extract(e.data, '$.strikes') END) AS n
FROM events AS e JOIN comments AS c ON c.key = e.comment
WHERE e.room = ? AND e.broadcast = ? AND json_extract(e.data, '$.strikes') > 0
GROUP BY c.author
"""
_MODE = """
SELECT json_extract(data, '$.value') AS value FROM events
WHERE room = ? AND kind = 'setting' AND json_extract(data, '$.key') = 'mode' ORDER BY seq DESC LIMIT 1
"""
_QUESTIONS = """
SELECT json_extract(data, '$.question') AS question, json_extract(data, '$.state') AS state, at FROM events
WHERE room = ? AND broadcast = ? AND kind = 'question' ORDER BY seq
"""
_TALLY = """
SELECT count(*) AS decided,
       coalesce(sum(act IN ('hide', 'mute', 'ban')), 0) AS hidden,
       coalesce(sum(act = 'review'), 0) AS review,
       coalesce(sum(degraded), 0) AS degraded
FROM events WHERE room = ? AND broadcast = ? AND kind = 'decision'
"""


@dataclass(frozen=True, slots=True)
class Memory:
    """A room's past: comment ids (newest first; ``complete`` if these are all), its open broadcast and what it holds."""

    ids: tuple[str, ...]
    complete: bool
    broadcast: str | None
    started_at: float | None
    ended_at: float | None
    recent: tuple[tuple[Comment, dict[str, Any]], ...]
    strikes: dict[str, int]
    mode: str | None
    questions: tuple[tuple[str, str, float], ...]
    tally: dict[str, int]


async def remember(store: SqliteStore, room: str, platform: str, room_id: str, recent: int) -> Memory:
    """Read a room's past; the newest ``recent`` decided comments of its latest broadcast, oldest first.

    Raises StorageError.
    """
    ids = tuple(row[0] for row in await store.read(_IDS, (platform, room_id, REMEMBERED)))
    found = await store.read(_BROADCAST, (room,))
    broadcast = found[0]["id"] if found else None
    rows = await store.read(_RECENT, (room, room, broadcast, recent)) if broadcast else []
    strikes = await store.read(_STRIKES, (room, broadcast)) if broadcast else []
    modes = await store.read(_MODE, (room,))
    questions = await store.read(_QUESTIONS, (room, broadcast)) if broadcast else []
    tally = await store.read(_TALLY, (room, broadcast)) if broadcast else []
    return Memory(
        ids=ids,
        complete=len(ids) < REMEMBERED,
        broadcast=broadcast,
        started_at=found[0]["started_at"] if found else None,
        ended_at=found[0]["ended_at"] if found else None,
        recent=tuple((comment_of(row), json.loads(row["data"])) for row in reversed(rows)),
        strikes={row["author"]: int(row["n"]) for row in strikes if row["n"] > 0},
        mode=modes[0]["value"] if modes else None,
        questions=tuple((row["question"], row["state"], row["at"]) for row in questions),
        tally=dict(tally[0]) if tally else {},
    )
