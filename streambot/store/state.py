"""What a room must remember over a restart, read back from the log."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

from streambot.core.action import Result
from streambot.core.comment import Comment, Room
from streambot.core.event import BOT, Kind
from streambot.store.outbox import REACHED
from streambot.store.rows import comment_of
from streambot.store.sqlite import SqliteStore

REMEMBERED = 20_000
"""Comment ids of a room that are loaded at its opening; older redeliveries are found in the database."""
MARKS = 500
"""What people did about questions before the newest events, that is loaded beside them."""

_OWNER = "SELECT platform, id FROM rooms WHERE name = ?"
_IDS = "SELECT comment FROM comments WHERE platform = ? AND room = ? ORDER BY key DESC LIMIT ?"
_BROADCAST = "SELECT id, started_at, ended_at FROM broadcasts WHERE room = ? ORDER BY rowid DESC LIMIT 1"
# The event that opened a broadcast has its id, so everything that belongs to it stands behind that event.
_IN_BROADCAST = "e.room = ? AND e.seq >= (SELECT seq FROM events WHERE id = ?) AND e.broadcast = ?"
_RECENT = f"""
SELECT c.*, ? AS room_name, e.seq AS seq, e.kind AS kind, e.at AS at, e.actor AS actor, e.data AS data,
       o.result AS result
FROM events AS e LEFT JOIN comments AS c ON c.key = e.comment
LEFT JOIN outbox AS o ON o.event = e.id AND o.operation = 'post'
WHERE {_IN_BROADCAST}
AND e.kind IN ('decision', 'rejudgement', 'action', 'undo', 'question', 'answer', 'ticket', 'prompt')
ORDER BY e.seq DESC LIMIT ?
"""
# What people did about questions is seldom and holds for the whole broadcast, however long ago.
_MARKS = f"""
SELECT NULL AS key, e.kind AS kind, e.at AS at, e.actor AS actor, e.data AS data, NULL AS result FROM events AS e
WHERE {_IN_BROADCAST} AND e.kind = 'question' AND e.seq < ? ORDER BY e.seq DESC LIMIT {MARKS}
"""
_STRIKES = f"""
SELECT c.author AS author,
       sum(coalesce(json_extract(e.data, '$.strikes'), 0) - coalesce(json_extract(e.data, '$.refunded'), 0)) AS n
FROM events AS e JOIN comments AS c ON c.key = e.comment
WHERE {_IN_BROADCAST} GROUP BY c.author HAVING n > 0
"""
_MODE = """
SELECT actor, json_extract(data, '$.value') AS value FROM events
WHERE room = ? AND kind = 'setting' AND json_extract(data, '$.key') = 'mode' ORDER BY seq DESC LIMIT 1
"""
# The item is often set before the first comment opens the broadcast.
_ON_AIR = """
SELECT at, actor, data FROM events
WHERE room = ? AND at >= ? AND kind = 'setting' AND json_extract(data, '$.key') IN ('item', 'scenario')
ORDER BY seq DESC LIMIT 20
"""
_BEFORE_THE_FIRST = 30 * 60.0
"""Seconds before a broadcast's first comment from which its settings count; as long as its silence may last."""
_TALLY = f"""
SELECT count(*) AS decided,
       coalesce(sum(act IN ('hide', 'mute', 'ban')), 0) AS hidden,
       coalesce(sum(act = 'review'), 0) AS review,
       coalesce(sum(degraded), 0) AS degraded
FROM events AS e WHERE {_IN_BROADCAST} AND kind = 'decision'
"""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A decision, a rejudgement or what a person did about it, with its comment, or what was done about a question, an
    answer, a ticket. ``ended``: it asked for a post, which nobody has read and nobody ever will.
    """

    kind: Kind
    at: float
    data: dict[str, Any]
    comment: Comment | None
    actor: str = BOT
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Memory:
    """A room's past: comment ids (newest first; ``complete`` if these are all), its latest broadcast and what it holds.

    ``tripped`` says that the circuit breaker, not a person, set the mode; ``on_air`` are the newest settings of the
    item on air and its scenario, oldest first.
    """

    ids: tuple[str, ...]
    complete: bool
    mode: str | None = None
    tripped: bool = False
    broadcast: str | None = None
    started_at: float | None = None
    ended_at: float | None = None
    recent: tuple[Remembered, ...] = ()
    on_air: tuple[Remembered, ...] = ()
    strikes: dict[str, int] = field(default_factory=dict)
    tally: dict[str, int] = field(default_factory=dict)


async def is_taken(store: SqliteStore, room: Room) -> bool:
    """Whether the log knows another room by this one's name. Raises StorageError."""
    rows = await store.read(_OWNER, (room.name,))
    return any((row["platform"], row["id"]) != (room.platform, room.id) for row in rows)


async def remember(store: SqliteStore, room: Room, recent: int) -> Memory:
    """Read a room's past; the newest ``recent`` events of its latest broadcast and all that people did about
    its questions, oldest first. Raises StorageError.
    """
    ids = tuple(row[0] for row in await store.read(_IDS, (room.platform, room.id, REMEMBERED)))
    modes = await store.read(_MODE, (room.name,))
    found = await store.read(_BROADCAST, (room.name,))
    since = found[0]["started_at"] - _BEFORE_THE_FIRST if found and found[0]["started_at"] is not None else 0.0
    memory = Memory(
        ids,
        complete=len(ids) < REMEMBERED,
        mode=modes[0]["value"] if modes else None,
        tripped=bool(modes) and modes[0]["actor"] == BOT,
        on_air=tuple(
            Remembered(Kind.SETTING, row["at"], json.loads(row["data"]), None, row["actor"])
            for row in reversed(await store.read(_ON_AIR, (room.name, since)))
        ),
    )
    if not found:
        return memory
    broadcast = found[0]["id"]
    here = (room.name, broadcast, broadcast)
    rows = await store.read(_RECENT, (room.name, *here, recent))
    if rows:
        rows = [*rows, *await store.read(_MARKS, (*here, rows[-1]["seq"]))]
    tally = await store.read(_TALLY, here)
    return replace(
        memory,
        broadcast=broadcast,
        started_at=found[0]["started_at"],
        ended_at=found[0]["ended_at"],
        recent=tuple(map(_remembered, reversed(rows))),
        strikes={row["author"]: int(row["n"]) for row in await store.read(_STRIKES, here)},
        tally=dict(tally[0]),
    )


def _remembered(row: Any) -> Remembered:
    comment = comment_of(row) if row["key"] is not None else None
    ended = row["result"] is not None and Result(row["result"]) not in REACHED
    return Remembered(Kind(row["kind"]), row["at"], json.loads(row["data"]), comment, row["actor"], ended)
