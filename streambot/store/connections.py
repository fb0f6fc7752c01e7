"""Opening the database: settings, migrations, readers.

Debian 12's SQLite 3.40.1 has the WAL-reset bug (fixed in 3.51.3): two connections that write or checkpoint at once can
corrupt the file. So exactly one connection writes and checkpoints; every other one is ``query_only`` and never
checkpoints.
"""

from __future__ import annotations

import asyncio
import importlib.resources
import sqlite3
from pathlib import Path

import aiosqlite

from streambot.core.errors import ConfigError, StorageError

_WRITER = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA wal_autocheckpoint=1000",
    "PRAGMA journal_size_limit=67108864",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA mmap_size=0",
)
_READER = (
    "PRAGMA query_only=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA wal_autocheckpoint=0",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA mmap_size=0",
)


def migrations() -> list[tuple[int, str]]:
    """Schema versions and their SQL, in order."""
    folder = importlib.resources.files("streambot.store") / "migrations"
    found = [
        (int(file.name.split("_", 1)[0]), file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    ]
    return sorted(found)


def explain(error: sqlite3.Error, db: Path) -> StorageError:
    """An error of SQLite as one that says what to do."""
    code = getattr(error, "sqlite_errorname", "") or ""
    if code == "SQLITE_FULL" or "disk is full" in str(error):
        return StorageError(
            f"the disk that holds {db} is full.", code="disk_full", fix="Free some space; nothing decided is lost."
        )
    if code.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return StorageError(
            f"{db} cannot be opened or written.",
            code="database_unwritable",
            fix="Check the owner and mode of file and folder.",
        )
    if code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return StorageError(
            f"{db} is not a streambot database or is damaged.",
            code="database_damaged",
            fix="Name another file with --db, or restore a backup.",
        )
    return StorageError(f"{db}: {error}.", code="database_error", fix="Run `streambot doctor` for details.")


async def open_writer(db: Path) -> aiosqlite.Connection:
    """The one connection that writes; creates and migrates the schema.

    Raises StorageError if the file cannot be used, ConfigError if a newer streambot made it.
    """
    try:
        connection = await aiosqlite.connect(db, isolation_level=None)
    except sqlite3.Error as error:
        raise explain(error, db) from error
    try:
        for pragma in _WRITER:
            await connection.execute_fetchall(pragma)
        await _check(connection, db)
        await _migrate(connection, db)
    except BaseException as error:
        await connection.close()
        if isinstance(error, sqlite3.Error):
            raise explain(error, db) from error
        raise
    return connection


async def open_reader(db: Path) -> aiosqlite.Connection:
    """A connection that only reads, also beside a running process.

    Raises ConfigError if there is no database, StorageError if it cannot be read.
    """
    if not await asyncio.to_thread(db.is_file):
        raise ConfigError(
            f"there is no database at {db}.", code="database_missing", fix="Check the path given with --db."
        )
    try:
        connection = await aiosqlite.connect(f"{await _address(db)}?mode=ro", uri=True, isolation_level=None)
    except sqlite3.Error as error:
        raise explain(error, db) from error
    try:
        connection.row_factory = sqlite3.Row
        for pragma in _READER:
            await connection.execute_fetchall(pragma)
        await connection.execute_fetchall("SELECT seq FROM events LIMIT 1")
    except BaseException as error:
        # The connection's thread would outlive us and hold up the end of the process.
        await connection.close()
        if isinstance(error, sqlite3.Error):
            if "no such table" in str(error):
                raise ConfigError(
                    f"{db} is not a streambot database.", code="database_missing", fix="Check the path given with --db."
                ) from error
            raise explain(error, db) from error
        raise
    return connection


async def _address(db: Path) -> str:
    return (await asyncio.to_thread(db.absolute)).as_uri()


async def _check(connection: aiosqlite.Connection, db: Path) -> None:
    rows = await connection.execute_fetchall("PRAGMA quick_check(1)")
    verdict = next(iter(rows))[0]
    if verdict != "ok":
        raise StorageError(
            f"{db} is damaged ({verdict}).", code="database_damaged", fix="Restore a backup or name another file."
        )


async def _migrate(connection: aiosqlite.Connection, db: Path) -> None:
    rows = await connection.execute_fetchall("PRAGMA user_version")
    version = int(next(iter(rows))[0])
    known = migrations()
    if version > known[-1][0]:
        raise ConfigError(
            f"{db} was made by a newer streambot (schema {version}, this one knows {known[-1][0]}).",
            code="database_newer",
            fix="Upgrade streambot or name another file with --db.",
        )
    for number, sql in known:
        if number > version:
            # One transaction a version: a crash leaves the schema before or after it, never between.
            await connection.executescript(f"BEGIN IMMEDIATE;\n{sql}\nPRAGMA user_version={number};\nCOMMIT;")
