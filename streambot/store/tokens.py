"""Access tokens: 256 random bits shown once, kept as SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from streambot.ports import Clock
from streambot.store.sqlite import SqliteStore

_INSERT = "INSERT INTO tokens (id, hash, role, created_at) VALUES (?, ?, ?, ?)"
_FIND = "SELECT id, role FROM tokens WHERE hash = ? AND revoked_at IS NULL"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class Tokens:
    """Makes and recognises tokens."""

    def __init__(self, store: SqliteStore, clock: Clock, secret: Callable[[], str]) -> None:
        self._store = store
        self._clock = clock
        self._secret = secret

    async def create(self, role: str) -> str:
        """A new token for a role. Raises StorageError."""
        token = f"sb_{self._secret()}"
        digest = _hash(token)
        await self._store.write((_INSERT, [(digest[:12], digest, role, self._clock())]))
        return token

    async def find(self, token: str) -> tuple[str, str] | None:
        """The id and role behind a token, None if it is unknown or revoked.

        The look-up is by hash, so its timing tells nothing about a token.
        """
        rows = await self._store.read(_FIND, (_hash(token),))
        return (rows[0]["id"], rows[0]["role"]) if rows else None
