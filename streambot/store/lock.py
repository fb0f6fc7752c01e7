"""One process decides per database: a lock file, and a door for those who come second."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from streambot.core.errors import ConfigError, LockedError


@dataclass(frozen=True, slots=True)
class Door:
    """Where the running process answers: its loopback address and the key that opens it."""

    url: str
    key: str


def _beside(db: Path, suffix: str) -> Path:
    # Where a link leads is what counts: two names of one database have one lock.
    real = db.resolve()
    return real.parent / f"{real.name}{suffix}"


@contextlib.contextmanager
def hold(db: Path) -> Iterator[None]:
    """Hold the right to decide on ``db``, whose folder is made if it is not there.

    Raises LockedError naming the other process, ConfigError if the folder cannot be made or written.
    """
    path = _beside(db, ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigError(
            f"cannot write beside the database in {db.parent}: {error.strerror}.",
            code="database_folder_unwritable",
            fix="Make the folder writable or name another file with --db.",
        ) from error
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            pid = os.pread(fd, 32, 0).decode(errors="replace").strip() or "unknown"
            raise LockedError(
                f"another streambot (process {pid}) decides on {db}.",
                code="database_locked",
                fix="Stop it first, or name another file with --db.",
            ) from error
        try:
            os.ftruncate(fd, 0)
            os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            raise ConfigError(
                f"cannot write {path}: {error.strerror}.",
                code="disk_full",
                fix="Free some space or name a file on another disk with --db.",
            ) from error
        yield
    finally:
        # The file stays: unlinking it would let a third process lock a file that nobody sees.
        os.close(fd)


@contextlib.contextmanager
def open_door(db: Path, door: Door) -> Iterator[None]:
    """Publish the running process's address and key in a file that only this user can read, while it runs.

    Raises ConfigError if it cannot be written.
    """
    path = _beside(db, ".door")
    try:
        path.unlink(missing_ok=True)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(fd, "w") as file:
            json.dump({"url": door.url, "key": door.key}, file)
    except OSError as error:
        raise ConfigError(
            f"cannot write {path}: {error.strerror}.",
            code="database_folder_unwritable",
            fix="Make the folder writable or name another file with --db.",
        ) from error
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def find_door(db: Path) -> Door | None:
    """The door of the process that decides on ``db``, if it published one."""
    try:
        data = json.loads(_beside(db, ".door").read_text())
        return Door(url=str(data["url"]), key=str(data["key"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
