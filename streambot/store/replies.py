"""What people were told about what they asked for with a key of their own, so that asked again it is done once."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Final

from streambot.core.command import Answer, Reply
from streambot.store.sqlite import SqliteStore, Statement

_REMEMBER: Final = "INSERT OR IGNORE INTO commands (key, request, reply, at) VALUES (?, ?, ?, ?)"
_RECALL: Final = "SELECT request, reply FROM commands WHERE key = ?"


class Replies:
    """The replies that the log keeps, by key."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    async def to(self, key: str, request: str) -> Reply | None:
        """The reply to the same request sent before under the same key; without a key there is none."""
        rows = await self._store.read(_RECALL, (key,)) if key else []
        if not rows:
            return None
        if rows[0]["request"] != request:
            return Reply(Answer.INVALID, message="this Idempotency-Key was used for another command")
        kept = json.loads(rows[0]["reply"])
        return Reply(**{**kept, "answer": Answer(kept["answer"]), "findings": tuple(kept.get("findings", ()))})

    def keep(self, key: str, request: str, reply: Reply, at: float) -> Statement:
        """The statement that keeps a reply."""
        return _REMEMBER, [(key, request, json.dumps(asdict(reply)), at)]
