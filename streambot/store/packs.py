"""What the log knows of rule packs: the versions kept, which one a room was given, and the rules added on air."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import aiosqlite

from streambot.core.command import EVERYWHERE
from streambot.core.comment import Comment
from streambot.store.rows import comment_of
from streambot.store.sqlite import Statement

_KEEP = """
INSERT OR IGNORE INTO packs (id, name, version, fingerprint, sources, effective_from, kept_at)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_VERSIONS = "SELECT id, fingerprint FROM packs WHERE name = ? AND version = ?"
_KEPT = "SELECT * FROM packs WHERE id = ?"
_ALL = "SELECT * FROM packs WHERE ?1 = '' OR name = ?1 ORDER BY kept_at DESC, id DESC"
_LAST = "SELECT pack FROM events WHERE room = ? AND pack <> '' ORDER BY seq DESC LIMIT 1"
# Named twice, so that the index of what is no decision is used.
_SET = "kind <> 'decision' AND kind IN ('setting', 'undo') AND json_extract(data, '$.key') = ?"
_CHOSEN = f"""
SELECT id, seq, at, actor, data FROM events
WHERE {_SET} AND (room = ? OR (room = '{EVERYWHERE}' AND json_extract(data, '$.name') = ?))
ORDER BY seq DESC LIMIT 1
"""
_BEFORE = f"""
SELECT json_extract(data, '$.before') AS before FROM events
WHERE {_SET} AND room = ? AND json_extract(data, '$.before') <> json_extract(data, '$.value')
ORDER BY seq DESC LIMIT 1
"""
_RULES = f"SELECT id, at, room, actor, kind, reverses, data FROM events WHERE {_SET} ORDER BY seq"
_SHADOWED = """
SELECT act, json_extract(data, '$.shadow.act') AS shadow, count(*) AS n FROM events
WHERE room = ? AND seq > ? AND kind = 'decision' AND json_extract(data, '$.shadow.pack') = ?
GROUP BY 1, 2
"""
_EXAMPLES = """
SELECT e.act, json_extract(e.data, '$.shadow.act') AS shadow, json_extract(e.data, '$.shadow.rules') AS rules, c.text
FROM events AS e JOIN comments AS c ON c.key = e.comment
WHERE e.room = ? AND e.seq > ? AND e.kind = 'decision' AND json_extract(e.data, '$.shadow.pack') = ?
  AND json_extract(e.data, '$.shadow.act') <> e.act
ORDER BY e.seq DESC LIMIT ?
"""
# A rule on air asks for review at least: what was allowed need not be looked into.
_FOUND = """
SELECT json_extract(evidence.value, '$.rule') AS rule, count(DISTINCT e.seq) AS n
FROM events AS e, json_each(e.data, '$.evidence') AS evidence
WHERE e.seq > ?1 AND e.seq <= ?2 AND e.kind = 'decision' AND e.act <> 'allow'
  AND json_extract(evidence.value, '$.rule') IN (SELECT value FROM json_each(?3))
GROUP BY 1
"""
_RECENT = """
SELECT c.*, e.room AS room_name, e.act AS act FROM events AS e JOIN comments AS c ON c.key = e.comment
WHERE e.kind = 'decision' AND (?1 = '' OR e.room = ?1) ORDER BY e.seq DESC LIMIT ?2
"""

Read = Callable[[str, Sequence[Any]], Awaitable[Sequence[Any]]]
"""Rows of a query; raises StorageError."""


def reading(connection: aiosqlite.Connection) -> Read:
    """Rows of a connection that only reads, for a command that works beside a running process."""

    async def read(sql: str, parameters: Sequence[Any]) -> Sequence[Any]:
        return list(await connection.execute_fetchall(sql, parameters))

    return read


@dataclass(frozen=True, slots=True)
class Kept:
    """A pack that can be put in force again. ``sources`` are the TOML texts of it and its parents, by name."""

    id: str
    name: str
    version: str
    fingerprint: str
    sources: dict[str, str]
    effective_from: float | None
    kept_at: float

    @property
    def build(self) -> str:
        """What tells it from an earlier one of the same version; empty for the first."""
        return self.id.removeprefix(f"{self.name}@{self.version}").removeprefix("+")

    def statement(self) -> Statement:
        """Keeps it; nothing happens if it is kept already."""
        sources = json.dumps(self.sources, ensure_ascii=False)
        row = (self.id, self.name, self.version, self.fingerprint, sources, self.effective_from, self.kept_at)
        return _KEEP, [row]


@dataclass(frozen=True, slots=True)
class Choice:
    """The newest event that gave a room its pack or its shadow. ``value`` is a pack's id, None for none."""

    event: str
    seq: int
    at: float
    actor: str
    value: str | None
    pinned: bool


@dataclass(frozen=True, slots=True)
class Said:
    """An event about a rule added on air: what it says, or (``reverses``) which one it takes back."""

    event: str
    at: float
    room: str
    actor: str
    reverses: str | None
    data: dict[str, Any]


class PackShelf:
    """Reads; what is to be written are statements and events for whoever commits. Every method raises StorageError."""

    def __init__(self, read: Read) -> None:
        self._read = read

    async def build_of(self, name: str, version: str, fingerprint: str) -> str:
        """What a pack's id must add to its version, so that one id never stands for two contents."""
        rows = await self._read(_VERSIONS, (name, version))
        if not rows:
            return ""
        plain = f"{name}@{version}"
        for row in rows:
            if row["fingerprint"] == fingerprint:
                return str(row["id"]).removeprefix(plain).removeprefix("+")
        return fingerprint[:8]

    async def kept(self, pack: str) -> Kept | None:
        """A kept pack by its id."""
        rows = await self._read(_KEPT, (pack,))
        return _kept(rows[0]) if rows else None

    async def versions(self, name: str = "") -> list[Kept]:
        """The kept packs, of that name or all, newest first."""
        return [_kept(row) for row in await self._read(_ALL, (name,))]

    async def last(self, room: str) -> str:
        """The id of the pack that was last in force in a room; empty if the log does not know the room."""
        rows = await self._read(_LAST, (room,))
        return str(rows[0]["pack"]) if rows else ""

    async def before(self, room: str) -> str:
        """The id of the pack that the one in force has replaced; empty if there was none."""
        rows = await self._read(_BEFORE, ("pack", room))
        return str(rows[0]["before"] or "") if rows else ""

    async def choice(self, key: str, room: str, name: str) -> Choice | None:
        """What was last said of a room's ``pack`` or ``shadow``, or of all rooms whose pack is called ``name``."""
        rows = await self._read(_CHOSEN, (key, room, name))
        if not rows:
            return None
        row, data = rows[0], json.loads(rows[0]["data"])
        return Choice(row["id"], row["seq"], row["at"], row["actor"], data.get("value"), bool(data.get("pinned")))

    async def rooms(self) -> list[str]:
        """Every room that the log knows, by name."""
        return [str(row["name"]) for row in await self._read("SELECT name FROM rooms ORDER BY name", ())]

    async def rules(self) -> list[Said]:
        """Everything that was said about rules on air, oldest first."""
        return [
            Said(row["id"], row["at"], row["room"], row["actor"], row["reverses"], json.loads(row["data"]))
            for row in await self._read(_RULES, ("rule",))
        ]

    async def place(self, event: str) -> int:
        """The seq of an event; 0 if the log has none of that id."""
        rows = await self._read("SELECT seq FROM events WHERE id = ?", (event,))
        return int(rows[0]["seq"]) if rows else 0

    async def newest(self) -> int:
        """The seq of the newest event."""
        rows = await self._read("SELECT coalesce(max(seq), 0) AS seq FROM events", ())
        return int(rows[0]["seq"])

    async def found(self, rules: Sequence[str], after: int, upto: int) -> dict[str, int]:
        """In how many decisions from ``after`` (seq, exclusive) to ``upto`` each of these rules spoke."""
        rows = await self._read(_FOUND, (after, upto, json.dumps(list(rules))))
        return {str(row["rule"]): int(row["n"]) for row in rows}

    async def shadowed(self, room: str, pack: str, since: int) -> dict[tuple[str, str], int]:
        """How many decisions after ``since`` (seq) had which act, and which the shadow would have given."""
        rows = await self._read(_SHADOWED, (room, since, pack))
        return {(row["act"], row["shadow"]): row["n"] for row in rows}

    async def shadow_examples(self, room: str, pack: str, since: int, limit: int) -> list[dict[str, Any]]:
        """The newest decisions that the shadow would have changed: ``act``, ``shadow``, ``rules``, ``text``."""
        rows = await self._read(_EXAMPLES, (room, since, pack, limit))
        return [{**dict(row), "rules": json.loads(row["rules"] or "[]")} for row in rows]

    async def recent(self, room: str, limit: int) -> list[tuple[Comment, str]]:
        """The newest decided comments with their acts, of a room or (empty) of all, newest first."""
        return [(comment_of(row), row["act"]) for row in await self._read(_RECENT, (room, limit))]


def _kept(row: Any) -> Kept:
    return Kept(**{**dict(row), "sources": json.loads(row["sources"])})
