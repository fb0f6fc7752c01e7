"""What ``streambot doctor`` looks at. Each check yields findings; a StreambotError is a problem with its own fix."""

from __future__ import annotations

import asyncio
import platform
import shutil
import socket
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import streambot
from streambot.core.errors import StreambotError
from streambot.nearest import nearest
from streambot.settings import Loaded, RoomSettings, Settings

SAFE_SQLITE: Final = (3, 51, 3)
"""From this version on the WAL-reset bug is mended (streambot.store.connections)."""
CONNECTORS: Final = ("demo", "replay")
"""The platforms that this version has a source for."""
_LITTLE_SPACE: Final = 1 << 30
_NO_SPACE: Final = 50 << 20
_LATENCY_TEXTS: Final = (
    "how much is the red one?",
    "ราคาเท่าไหร่คะ",
    "还有货吗",
    "bao nhiêu tiền vậy shop",
    "ready stock kak?",
)


class Status(StrEnum):
    """How a check went; only a problem makes doctor fail."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; ``fix`` says what to do unless all is well."""

    name: str
    status: Status
    message: str
    fix: str = ""


Check = Callable[[], Iterator[Finding]]


def guarded(name: str, check: Check) -> Iterator[Finding]:
    """What a check finds; an error that streambot can explain is a finding too, and the next check goes on."""
    try:
        yield from check()
    except StreambotError as error:
        yield Finding(name, Status.PROBLEM, error.message, error.fix)


def check_versions() -> Iterator[Finding]:
    """Python, streambot, SQLite."""
    yield Finding("python", Status.OK, f"python {platform.python_version()}, streambot {streambot.__version__}")
    if sqlite3.sqlite_version_info >= SAFE_SQLITE:
        yield Finding("sqlite", Status.OK, f"sqlite {sqlite3.sqlite_version}")
    else:
        yield Finding(
            "sqlite",
            Status.WARNING,
            f"sqlite {sqlite3.sqlite_version} has the WAL-reset bug (mended in 3.51.3); streambot's single writer"
            " does not meet it",
            "Let no other program write to the database.",
        )


def check_config(loaded: Loaded) -> Iterator[Finding]:
    """Which files are in force. That they are valid was seen when they were read."""
    files = ", ".join(str(file) for file in loaded.files) or "defaults only, no file"
    rooms = len(loaded.settings.rooms)
    yield Finding("config", Status.OK, f"configuration valid ({files}; {rooms} room{'' if rooms == 1 else 's'})")


def check_model(settings: Settings, clock: Callable[[], float] = time.perf_counter) -> Iterator[Finding]:
    """The model's files against their hashes, what runs it and why, and what one comment costs on this machine."""
    from streambot.judging import open_configured

    opened = open_configured(settings, measure=False)
    runtime = opened.model
    runtime.judge(_LATENCY_TEXTS)
    seconds = []
    for text in _LATENCY_TEXTS * 4:
        start = clock()
        runtime.judge([text])
        seconds.append(clock() - start)
    cost = statistics.median(seconds) * 1000
    slow = cost >= settings.classifier.deadline_ms
    yield Finding(
        "model",
        Status.WARNING if slow else Status.OK,
        f"model {runtime.name} ({opened.why}): files as stated, {cost:.1f} ms a comment on this machine",
        "Rules alone would decide: use a smaller model or raise classifier.deadline_ms." if slow else "",
    )


def check_packs(settings: Settings) -> Iterator[Finding]:
    """The rule packs of this installation, and those that rooms name."""
    from streambot.packs.files import PackFiles, Packs

    try:
        packs = Packs(PackFiles(settings.packs.folder))
    except StreambotError as error:
        yield Finding("packs", Status.PROBLEM, error.message, error.fix)
        return
    wanted: dict[tuple[str, str | None], None] = {(line.name, None): None for line in packs.files.lines()}
    for room in (settings.defaults, *settings.rooms.values()):
        wanted[room.site, room.pack] = None
    good = []
    for site, own in wanted:
        try:
            packs.get(site, own)
            good.append(own or site)
        except StreambotError as error:
            yield Finding("packs", Status.PROBLEM, f"pack {own or site}: {error.message}", error.fix)
    yield Finding("packs", Status.OK, f"rule packs valid: {', '.join(good) or 'none'}")


def check_storage(settings: Settings) -> Iterator[Finding]:
    """Whether the log can be written, how much fits, and who decides on it now."""
    from streambot.store.connections import open_reader

    db = settings.storage.db
    folder = next(parent for parent in db.absolute().parents if parent.exists())
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        yield Finding(
            "storage",
            Status.PROBLEM,
            f"the folder {folder} cannot be written: {error.strerror}",
            "Make it writable, or set storage.db to a file elsewhere.",
        )
        return
    if db.exists():
        asyncio.run(_close_after(open_reader(db)))
    free = shutil.disk_usage(folder).free
    status = Status.PROBLEM if free < _NO_SPACE else Status.WARNING if free < _LITTLE_SPACE else Status.OK
    yield Finding(
        "storage",
        status,
        f"storage {db}{'' if db.exists() else ' (made at the first start)'}, {free / 1e9:.1f} GB free",
        "Free some space, or set storage.db to a file on another disk." if status is not Status.OK else "",
    )
    holder = lock_holder(db)
    yield Finding(
        "lock",
        Status.OK,
        f"process {holder} decides on this database now" if holder else "no other streambot decides on this database",
    )


async def _close_after(opening: object) -> None:
    await (await opening).close()  # type: ignore[misc]


def lock_holder(db: Path) -> int | None:
    """The process that holds the database's lock, by the kernel's own list, without touching the lock.

    Trying the lock would be simpler, but a streambot that starts at that instant would be refused. None where nobody
    holds it, or where the system has no such list.
    """
    path = db.with_name(db.name + ".lock")
    try:
        inode = path.stat().st_ino
        held = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    for line in held:
        # "1: FLOCK  ADVISORY  WRITE 1234 08:01:131090 0 EOF" (proc_locks(5)); btrfs and overlayfs show another device.
        fields = line.split()
        if fields[1] == "FLOCK" and fields[5].rpartition(":")[2] == str(inode):
            return int(fields[4])
    return None


def check_port(settings: Settings) -> Iterator[Finding]:
    """Whether the console's port can be taken."""
    host, port = settings.console.host, settings.console.port
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with closing(socket.socket(family, kind, protocol)) as probe:
            # As the server does: connections that linger after a stop are no obstacle.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        holder = lock_holder(settings.storage.db)
        if holder:
            yield Finding("port", Status.OK, f"port {port} is in use; process {holder} of this database is running")
            return
        yield Finding(
            "port",
            Status.PROBLEM,
            f"{host}:{port} cannot be taken: {error.strerror}",
            "Stop what uses it, or set console.port (0 takes any free one).",
        )
        return
    yield Finding("port", Status.OK, f"port {port} free on {host}" if port else f"any free port on {host}")


def check_room(settings: Settings, name: str) -> Iterator[Finding]:
    """What would happen in one room: whose rules, who acts, how."""
    try:
        room = settings.room(name)
    except ValueError as error:
        yield Finding("room", Status.PROBLEM, f"room {name!r}: {error}", "Name another room.")
        return
    if name not in settings.rooms:
        close = nearest(name, settings.rooms)
        yield Finding(
            "room",
            Status.WARNING,
            f"room {name} is not configured: the defaults hold",
            f"Did you mean {close}?" if close else f'Add [rooms."{name}"] to streambot.toml.',
        )
    yield from _check_connector(name, room)
    acts = "to-dos for the controller" if room.actuator == "manual" else "a dry run, nothing reaches the platform"
    yield Finding(
        "room", Status.OK, f"room {name}: pack {room.pack or room.site}, mode {room.mode}, actions are {acts}"
    )


def _check_connector(name: str, room: RoomSettings) -> Iterator[Finding]:
    if room.platform not in CONNECTORS:
        close = nearest(room.platform, CONNECTORS)
        yield Finding(
            "room",
            Status.PROBLEM,
            f"room {name} is on {room.platform}, which this version cannot read",
            f"Did you mean {close}?" if close else f"It reads {' and '.join(CONNECTORS)}.",
        )


def check_privacy() -> Iterator[Finding]:
    """What leaves this machine."""
    yield Finding("privacy", Status.OK, "no phone-home: no telemetry, no update check, no comment leaves this machine")
