"""Reading the log: search, count, facets, a comment's chain, exports. Never writes; works beside a running process."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiosqlite

from streambot.core.event import BOT
from streambot.core.log_query import LogQuery
from streambot.store.connections import explain
from streambot.store.rows import fit

_COLUMNS = """
SELECT e.seq, e.id, e.at, e.kind, e.room, e.broadcast, e.act, e.reason, e.reverses, e.actor, e.intent, e.language,
       e.degraded, e.pack, e.model, e.data, c.comment, c.platform, c.author, c.author_name, c.roles, c.text, c.sent_at,
       o.result AS outcome, o.state AS state, o.detail AS detail, o.operation AS operation, o.not_before AS not_before
"""
# A decision may ask for several operations; the one that carries out its act speaks for it.
_FROM = """
FROM events AS e
LEFT JOIN comments AS c ON c.key = e.comment
LEFT JOIN outbox AS o ON o.key = coalesce(
    (SELECT key FROM outbox WHERE event = e.id AND operation = e.act),
    (SELECT min(key) FROM outbox WHERE event = e.id))
"""
_FACETS = {
    "act": "e.act",
    "label": "l.label",
    "actor": "e.actor",
    "language": "e.language",
    "kind": "e.kind",
    "room": "e.room",
    "intent": "e.intent",
}
_PAGE = 500


def iso(at: float | None) -> str | None:
    """Unix seconds as ISO 8601 UTC with milliseconds."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _where(query: LogQuery) -> tuple[str, list[Any]]:
    """The condition of a query and its parameters."""
    parts: list[str] = []
    values: list[Any] = []

    def add(sql: str, *parameters: Any) -> None:
        parts.append(sql)
        values.extend(parameters)

    for column, value in (
        ("e.room", query.room),
        ("e.kind", query.kind),
        ("e.act", query.act),
        ("e.intent", query.intent),
        ("e.language", query.language),
        ("e.broadcast", query.broadcast),
        ("c.author", query.author),
        ("c.comment", query.comment),
        ("o.result", query.outcome),
    ):
        if value:
            add(f"{column} = ?", value)
    if query.actor == "people":
        add("e.actor <> ?", BOT)
    elif query.actor:
        add("e.actor = ?", query.actor)
    if query.label:
        add("e.seq IN (SELECT seq FROM event_labels WHERE label = ?)", query.label)
    if query.text:
        like = "%" + query.text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        fields = ("c.text", "c.author_name", "c.author", "e.reason")
        add("(" + " OR ".join(rf"{name} LIKE ? ESCAPE '\'" for name in fields) + ")", *[like] * len(fields))
    if query.t0 is not None:
        add("e.at >= ?", query.t0)
    if query.t1 is not None:
        add("e.at < ?", query.t1)
    return (" AND ".join(parts) or "1"), values


def row_of(row: sqlite3.Row) -> dict[str, Any]:
    """A joined row as JSON-ready mapping, in the form of ``streambot export`` and more (see ports.Log)."""
    data = json.loads(row["data"])
    labels = data.get("labels", {})
    return {
        "seq": row["seq"],
        "id": row["id"],
        "at": iso(row["at"]),
        "kind": row["kind"],
        "room": row["room"],
        "broadcast": row["broadcast"],
        "comment": row["comment"],
        "platform": row["platform"],
        "author": row["author"],
        "author_name": row["author_name"],
        "roles": json.loads(row["roles"]) if row["roles"] else [],
        "text": row["text"],
        "sent_at": iso(row["sent_at"]),
        "act": row["act"],
        "labels": labels,
        "score": max(labels.values(), default=None),
        "intent": {"name": row["intent"], "score": data.get("intent_score")} if row["intent"] else None,
        "language": row["language"],
        "evidence": data.get("evidence", []),
        "actor": row["actor"],
        "reason": row["reason"],
        "reverses": row["reverses"],
        "outcome": row["outcome"],
        "state": row["state"],
        "detail": row["detail"] or "",
        "operation": row["operation"],
        "not_before": iso(row["not_before"]) if row["not_before"] else None,
        "degraded": bool(row["degraded"]),
        "pack": row["pack"],
        "model": row["model"],
        "data": data,
    }


EXPORTED = (
    "id", "at", "kind", "room", "comment", "author", "text", "act", "labels", "intent", "evidence", "actor", "reason",
    "reverses", "outcome", "pack", "model",
)  # fmt: skip
"""The fields of ``streambot export``, in order."""


class LogReader:
    """Implements ``ports.Log`` on a connection that only reads. Every method raises StorageError."""

    def __init__(self, connection: aiosqlite.Connection, db: Path) -> None:
        self._connection = connection
        self._db = db

    async def read(self, sql: str, parameters: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Rows of a query on the reading connection."""
        try:
            return list(await self._connection.execute_fetchall(sql, [fit(value) for value in parameters]))
        except sqlite3.Error as error:
            raise explain(error, self._db) from error

    async def search(self, query: LogQuery) -> Sequence[Mapping[str, Any]]:
        """Matching events, newest first, at most ``query.limit``."""
        where, values = _where(query)
        if query.before is not None:
            where, values = f"({where}) AND e.seq < ?", [*values, query.before]
        sql = f"{_COLUMNS} {_FROM} WHERE {where} ORDER BY e.seq DESC LIMIT ?"
        return [row_of(row) for row in await self.read(sql, [*values, query.limit])]

    async def rows(self, query: LogQuery) -> AsyncIterator[Mapping[str, Any]]:
        """All matching events, oldest first, read page by page so that neither memory nor a lock grows."""
        where, values = _where(query)
        sql = f"{_COLUMNS} {_FROM} WHERE ({where}) AND e.seq > ? ORDER BY e.seq LIMIT {_PAGE}"
        after = 0
        while page := await self.read(sql, [*values, after]):
            for row in page:
                yield row_of(row)
            after = page[-1]["seq"]

    async def count(self, query: LogQuery, cap: int = 10_000) -> int:
        """How many events match, counted up to ``cap`` + 1."""
        where, values = _where(query)
        rows = await self.read(f"SELECT count(*) FROM (SELECT 1 {_FROM} WHERE {where} LIMIT ?)", [*values, cap + 1])
        return int(rows[0][0])

    async def facets(self, query: LogQuery) -> Mapping[str, Sequence[tuple[str, int]]]:
        """The most frequent values among matching events, per facet."""
        where, values = _where(query)
        found: dict[str, Sequence[tuple[str, int]]] = {}
        for name, column in _FACETS.items():
            join = "JOIN event_labels AS l ON l.seq = e.seq" if name == "label" else ""
            sql = (
                f"SELECT {column} AS value, count(*) AS n {_FROM} {join} WHERE ({where}) AND {column} IS NOT NULL "
                f"GROUP BY 1 ORDER BY n DESC, 1 LIMIT 12"
            )
            found[name] = [(row["value"], row["n"]) for row in await self.read(sql, values)]
        return found

    async def chain(self, event: str) -> Sequence[Mapping[str, Any]]:
        """Every event about the same comment as this event (or this event alone), oldest first; empty if unknown."""
        sql = (
            f"{_COLUMNS} {_FROM} WHERE e.id = ?1 OR e.comment = (SELECT comment FROM events WHERE id = ?1) "
            f"ORDER BY e.seq"
        )
        return [row_of(row) for row in await self.read(sql, [event])]

    async def about(self, platform: str, room_id: str, comment: str) -> Sequence[Mapping[str, Any]]:
        """Every event about a comment, oldest first."""
        sql = (
            f"{_COLUMNS} {_FROM} WHERE e.comment = "
            "(SELECT key FROM comments WHERE platform = ? AND room = ? AND comment = ?) ORDER BY e.seq"
        )
        return [row_of(row) for row in await self.read(sql, [platform, room_id, comment])]

    async def said_by(
        self, platform: str, room_id: str, author: str, *, traceable: bool, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        """Every event about the newest ``limit`` comments of a viewer in a room, oldest first.

        ``traceable`` says that the platform vouches for the viewer's id; those for whom it does not are others.
        """
        sql = (
            f"{_COLUMNS} {_FROM} WHERE e.comment IN (SELECT key FROM comments WHERE platform = ? AND author = ? "
            "AND room = ? AND traceable = ? ORDER BY key DESC LIMIT ?) ORDER BY e.seq"
        )
        rows = await self.read(sql, [platform, author, room_id, int(traceable), limit])
        return [row_of(row) for row in rows]

    async def ruled(self, comment: tuple[str, str, str]) -> bool:
        """Whether a person has said what becomes of a comment (platform, room id, comment id)."""
        sql = (
            "SELECT 1 FROM events WHERE actor <> ? AND kind IN ('action', 'undo', 'overturn') AND comment = "
            "(SELECT key FROM comments WHERE platform = ? AND room = ? AND comment = ?) LIMIT 1"
        )
        return bool(await self.read(sql, [BOT, *comment]))

    async def recent(self, room: str, limit: int = 200) -> Sequence[Mapping[str, Any]]:
        """The newest events of a room's latest broadcast, oldest first."""
        sql = (
            f"{_COLUMNS} {_FROM} WHERE e.room = ?1 AND e.broadcast IS "
            f"(SELECT id FROM broadcasts WHERE room = ?1 ORDER BY rowid DESC LIMIT 1) ORDER BY e.seq DESC LIMIT ?2"
        )
        return [row_of(row) for row in reversed(await self.read(sql, [room, limit]))]
