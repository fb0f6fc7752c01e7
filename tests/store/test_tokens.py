"""Tokens: shown once, kept as a hash."""

from __future__ import annotations

from pathlib import Path

from streambot.store.sqlite import SqliteStore
from streambot.store.tokens import Tokens
from streambot.testing import FakeClock
from tests.houses import sql


async def test_a_token_is_known_by_its_hash_alone(store: SqliteStore, db: Path) -> None:
    tokens = Tokens(store, FakeClock(), lambda: "s3cret")
    token = await tokens.create("controller")
    assert token == "sb_s3cret"
    ((identity, role),) = [found for found in [await tokens.find(token)] if found]
    assert role == "controller"
    assert "s3cret" not in str(sql(db, "SELECT * FROM tokens"))
    assert (identity,) == sql(db, "SELECT id FROM tokens")[0]


async def test_an_unknown_or_revoked_token_opens_nothing(store: SqliteStore) -> None:
    tokens = Tokens(store, FakeClock(), lambda: "s3cret")
    token = await tokens.create("ops")
    for wrong in ("", "sb_", token.upper(), token + " ", "\ud800"):
        assert await tokens.find(wrong) is None
    await store.write(("UPDATE tokens SET revoked_at = 1", [()]))
    assert await tokens.find(token) is None
