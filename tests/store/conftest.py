"""An open store for every test that asks for one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from streambot.store.sqlite import SqliteStore, open_store


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


@pytest.fixture
async def store(db: Path) -> AsyncIterator[SqliteStore]:
    async with open_store(db) as opened:
        yield opened
