"""Opening the database: what is not ours, damaged, newer or out of reach is said in one sentence."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from streambot.core.errors import ConfigError, StorageError, StreambotError
from streambot.store.connections import migrations, open_reader, open_writer
from streambot.store.sqlite import open_store
from streambot.testing import a_comment
from tests.houses import sql
from tests.store.lines import a_decision


async def refused(opening: object) -> StreambotError:
    before = threading.enumerate()
    with pytest.raises(StreambotError) as raised:
        await opening  # type: ignore[misc]
    for thread in set(threading.enumerate()) - set(before):
        if "connection" not in thread.name:
            continue  # asyncio keeps its own threads
        thread.join(5)
        assert not thread.is_alive(), "a connection's thread was left behind: the process would never end"
    return raised.value


async def test_an_empty_file_becomes_a_database_with_the_settings_we_promise(tmp_path: Path) -> None:
    db = tmp_path / "log.db"
    db.touch()
    writer = await open_writer(db)
    settings = {}
    for name in ("journal_mode", "synchronous", "foreign_keys", "mmap_size", "trusted_schema", "busy_timeout"):
        settings[name] = next(iter(await writer.execute_fetchall(f"PRAGMA {name}")))[0]
    await writer.close()
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "mmap_size": 0,
        "trusted_schema": 0,
        "busy_timeout": 5000,
    }
    assert sql(db, "PRAGMA user_version") == [(migrations()[-1][0],)]


async def test_a_database_is_opened_again_as_it_was(tmp_path: Path) -> None:
    db = tmp_path / "log.db"
    async with open_store(db) as store:
        await store.commit([a_decision(a_comment("hello"))])
    async with open_store(db) as store:
        assert len(await store.read("SELECT * FROM events")) == 1


async def test_a_migration_that_was_cut_short_is_done_again(tmp_path: Path) -> None:
    db = tmp_path / "log.db"
    killed = sqlite3.connect(db)
    killed.executescript(f"BEGIN; {migrations()[0][1]}")
    killed.close()
    writer = await open_writer(db)
    await writer.close()
    assert ("events",) in sql(db, "SELECT name FROM sqlite_schema")


async def test_a_database_of_a_newer_streambot_is_left_alone(tmp_path: Path) -> None:
    db = tmp_path / "log.db"
    with sqlite3.connect(db) as newer:
        newer.execute("PRAGMA user_version=999")
    error = await refused(open_writer(db))
    assert isinstance(error, ConfigError)
    assert error.code == "database_newer"
    assert "Upgrade" in error.fix


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    db = tmp_path / "notes.txt"
    db.write_text("shopping list\n" * 500)
    for opening in (open_writer(db), open_reader(db)):
        error = await refused(opening)
        assert isinstance(error, StorageError)
        assert error.code == "database_damaged"
    assert db.read_text().startswith("shopping list")


async def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    db = tmp_path / "log.db"
    async with open_store(db) as store:
        for _ in range(20):
            await store.commit([a_decision(a_comment("hello " * 300))])
    whole = bytearray(db.read_bytes())
    assert len(whole) > 20_000
    whole[8_000:20_000] = b"\x55" * 12_000
    db.write_bytes(whole)
    error = await refused(open_writer(db))
    assert isinstance(error, StorageError)
    assert error.code == "database_damaged"


async def test_a_folder_in_the_place_of_the_database_is_refused(tmp_path: Path) -> None:
    error = await refused(open_writer(tmp_path))
    assert isinstance(error, StorageError)
    assert error.code == "database_unwritable"


async def test_a_reader_of_nothing_is_told_so(tmp_path: Path) -> None:
    error = await refused(open_reader(tmp_path / "missing.db"))
    assert error.code == "database_missing"
    assert not (tmp_path / "missing.db").exists()


async def test_a_database_of_somebody_else_is_not_ours(tmp_path: Path) -> None:
    db = tmp_path / "other.db"
    with sqlite3.connect(db) as other:
        other.execute("CREATE TABLE recipes (name)")
    error = await refused(open_reader(db))
    assert isinstance(error, ConfigError)


async def test_a_reader_neither_writes_nor_holds_up_the_writer(tmp_path: Path) -> None:
    db = tmp_path / "log.db"
    async with open_store(db) as store:
        reader = await open_reader(db)
        with pytest.raises(sqlite3.OperationalError, match=r"readonly|read-only"):
            await reader.execute_fetchall("DELETE FROM outbox")
        reading = await reader.execute("SELECT * FROM sqlite_schema")
        await reading.fetchone()
        await store.commit([a_decision(a_comment("hello"))])
        await reading.close()
        await reader.close()
