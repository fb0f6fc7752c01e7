"""What the commands about packs share: finding a pack by what people call it, and giving orders to whoever decides."""

from __future__ import annotations

import contextlib
import getpass
import random
import secrets
import sqlite3
import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from streambot.core.action import Action, Outcome
from streambot.core.errors import ConfigError, LockedError, StreambotError
from streambot.core.event import Event
from streambot.core.pack import Pack
from streambot.nearest import nearest
from streambot.packs.files import Line, PackFiles, line_of, line_of_file
from streambot.packs.release import Release, restored
from streambot.ports import Matcher
from streambot.room import RoomState
from streambot.settings import Settings

if TYPE_CHECKING:
    from streambot.store.packs import PackShelf


def who() -> str:
    """The name under which the log has what is ordered here."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "cli"


def is_file(named: str) -> bool:
    """Whether people mean a file, not a pack's name."""
    return named.endswith(".toml") or "/" in named


def line_named(named: str, files: PackFiles) -> Line:
    """The pack of a name, or of a file. Raises ConfigError naming the nearest one."""
    if is_file(named):
        return line_of_file(Path(named))
    known = [line.name for line in files.lines()]
    if named not in known:
        close = nearest(named, known)
        raise ConfigError(
            f"there is no pack {named}.",
            code="pack_unknown",
            fix=f"Did you mean {close}?" if close else f"There are {', '.join(known)}.",
        )
    return Line(named)


def line_for(settings: Settings, room: str) -> Line:
    """The pack that a room follows by its settings. Raises ConfigError if no room can have this name."""
    try:
        return line_of(settings.room(room))
    except ValueError as error:
        raise ConfigError(f"{error}.", code="room_unknown", fix="Name a room of the configuration.") from error


async def named(settings: Settings, shelf: PackShelf, room: str) -> list[str]:
    """The room of that name, or (empty) every room that the log knows.

    Raises ConfigError for one that neither log nor configuration has, naming the nearest, and StorageError.
    """
    logged = await shelf.rooms()
    if not room:
        return logged
    known = dict.fromkeys((*logged, *settings.rooms))
    if room not in known:
        close = nearest(room, known)
        there = ", ".join(known)
        raise ConfigError(
            f"neither the log nor the configuration has a room {room}.",
            code="room_unknown",
            fix=f"Did you mean {close}?" if close else f"There are {there}." if there else "Leave --room out.",
        )
    return [room]


@contextlib.asynccontextmanager
async def shelf_of(db: Path) -> AsyncIterator[PackShelf]:
    """The packs of a log, read beside whoever decides on it. Raises ConfigError if there is no such log."""
    from streambot.store.connections import explain, open_reader
    from streambot.store.packs import PackShelf, reading

    reader = await open_reader(db)
    try:
        yield PackShelf(reading(reader))
    except sqlite3.Error as error:
        if "no such table" in str(error):
            raise ConfigError(
                f"{db} was made by an older streambot and has no packs.",
                code="packs_missing",
                fix="Start `streambot run` once.",
            ) from error
        raise explain(error, db) from error
    finally:
        await reader.close()


async def find(named: str, files: PackFiles, db: Path) -> Release:
    """A pack by its name, its file, or (with ``@``) its id in the log. Raises ConfigError."""
    if "@" not in named or is_file(named):
        return files.release(line_named(named, files))
    name = named.partition("@")[0]
    with contextlib.suppress(StreambotError):
        release = files.release(Line(name))
        if release.pack.id == named:
            return release
    async with shelf_of(db) as shelf:
        kept = await shelf.kept(named)
    if kept is None:
        raise ConfigError(f"{named} is not kept.", code="pack_unknown", fix="See `streambot pack list`.")
    return restored(kept)


class _NoRooms:
    """No process, no open rooms."""

    def get(self, _name: str) -> RoomState | None:
        return None

    def states(self) -> Collection[RoomState]:
        return ()

    def equip(self, state: RoomState, pack: Pack, matcher: Matcher) -> None:
        """Nothing to equip."""


class _NoScreens:
    """No process, nobody who looks."""

    def publish(self, events: Sequence[Event], outbox: Sequence[Action] = ()) -> None:
        """Nobody is told."""

    def settled(self, action: Action, outcome: Outcome) -> None:
        """Nobody is told."""

    def notice(self, room: str, notice: Mapping[str, Any]) -> None:
        """Nobody is told."""


async def order(settings: Settings, db: Path, body: Mapping[str, Any], *, wanted: str) -> dict[str, Any]:
    """Have the process that decides on the database carry out an order, or do it under its lock if there is none.

    Raises StorageError or LockedError.
    """
    from streambot.cli._door import ask
    from streambot.ids import EventIds
    from streambot.packs.force import InForce
    from streambot.packs.orders import PackDesk
    from streambot.store import lock
    from streambot.store.sqlite import open_store

    configured = {line_of(of) for of in (settings.defaults, *settings.rooms.values())}
    try:
        with lock.hold(db):
            async with open_store(db) as store:
                force = InForce(
                    files=PackFiles(settings.packs.folder),
                    store=store,
                    rooms=_NoRooms(),
                    feed=_NoScreens(),
                    ids=EventIds(time.time, random.Random(secrets.randbits(256)).getrandbits),
                    clock=time.time,
                    live=True,
                )
                return await PackDesk(force, lambda room: line_for(settings, room), configured).order(body)
    except LockedError:
        from streambot.serve import PACK_DOOR

        door = lock.find_door(db)
        if door is None:
            raise
        return await ask(door, PACK_DOOR, body, wanted=wanted)
