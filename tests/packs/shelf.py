"""A room or two with real files, a real log and a fake clock: everything about packs, and nothing else."""

from __future__ import annotations

import contextlib
import itertools
import random
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from streambot.core.comment import Comment, Room
from streambot.core.event import Event
from streambot.decision import decide
from streambot.ids import EventIds
from streambot.packs.files import Line, PackFiles
from streambot.packs.force import InForce
from streambot.packs.orders import PackDesk
from streambot.room import RoomState
from streambot.rooms import Rooms
from streambot.settings import RoomSettings
from streambot.store.sqlite import SqliteStore, open_store
from streambot.store.state import is_taken, remember
from streambot.testing import FakeClock, RecordingFeed, a_comment, a_judgement
from tests.houses import NoThresholds

NORTH = Room("north", "fake", "north")
SOUTH = Room("south", "fake", "south")
_seeds = itertools.count()


def rule(name: str, term: str, action: str = "hide", extra: str = "") -> str:
    """A rule of a pack file."""
    said = {"id": name, "label": "spam", "action": action, "reason": "Why."}
    lines = [f'{key} = "{value}"' for key, value in said.items()]
    return "\n".join(["[[rule]]", *lines, f'terms = ["{term}"]', extra, ""])


def pack(version: str, *rules: str, name: str = "th", since: float | None = None, inherits: str = "") -> str:
    """A pack file."""
    moment = "" if since is None else f"effective_from = {datetime.fromtimestamp(since, UTC).isoformat()}\n"
    parent = f'inherits = "{inherits}"\n' if inherits else ""
    return f'[pack]\nname = "{name}"\nversion = "{version}"\n{parent}{moment}\n' + "\n".join(rules)


@dataclass
class Shop:
    """Rooms that follow the pack ``th`` of a folder."""

    folder: Path
    db: Path
    clock: FakeClock
    store: SqliteStore
    rooms: Rooms
    feed: RecordingFeed
    force: InForce
    desk: PackDesk
    ids: EventIds

    async def open(self, room: Room = NORTH) -> RoomState:
        return await self.rooms.open(room)

    def write(self, text: str, name: str = "th") -> None:
        """A file as an editor saves it: whole, under its name at once."""
        draft = self.folder / f".{name}.draft"
        draft.write_text(text, encoding="utf-8")
        draft.replace(self.folder / f"{name}.toml")

    async def say(self, text: str, room: Room = NORTH, **fields: Any) -> Event:
        """Decide a comment and write it down."""
        state = await self.open(room)
        comment: Comment = a_comment(text, room=room, at=self.clock(), **fields)
        now = self.clock()
        decision = decide(self.rooms, state, comment, a_judgement(), ids=self.ids, at=now, now=now)
        await self.store.commit([*decision.opening, decision.event], decision.outbox)
        state.decided(decision.event, 0.0)
        return decision.event

    async def act(self, text: str, room: Room = NORTH, **fields: Any) -> str:
        return str((await self.say(text, room, **fields)).act)

    def settings(self, key: str = "pack") -> list[sqlite3.Row]:
        """The events about a key, oldest first."""
        with contextlib.closing(sqlite3.connect(self.db)) as reader:
            reader.row_factory = sqlite3.Row
            return list(
                reader.execute("SELECT * FROM events WHERE json_extract(data, '$.key') = ? ORDER BY seq", (key,))
            )

    def notices(self, code: str = "pack") -> list[str]:
        return [str(notice["text"]) for _, notice in self.feed.notices if notice["code"] == code]


@contextlib.asynccontextmanager
async def shop(folder: Path, *, clock: FakeClock | None = None, live: bool = True) -> AsyncIterator[Shop]:
    """A process of its own on the folder's log; the packs are in ``packs`` beside it."""
    clock = clock or FakeClock()
    packs, db = folder / "packs", folder / "log.db"
    packs.mkdir(exist_ok=True)
    async with open_store(db) as store:
        feed = RecordingFeed()
        ids = EventIds(clock, random.Random(next(_seeds)).getrandbits)
        of = RoomSettings(site="th", mode="auto", actuator="simulated")

        async def opening(state: RoomState) -> None:
            await force.opening(state)

        rooms = Rooms(
            settings_for=lambda room: of,
            pack_for=InForce.at_first,
            thresholds=NoThresholds(),
            capabilities_for=lambda settings: {},
            remember=lambda room, recent: remember(store, room, recent),
            is_taken=lambda room: is_taken(store, room),
            clock=clock,
            live=live,
            opening=opening,
        )
        force = InForce(files=PackFiles(packs), store=store, rooms=rooms, feed=feed, ids=ids, clock=clock, live=live)
        desk = PackDesk(force, lambda room: Line("th"), {Line("th")})
        yield Shop(packs, db, clock, store, rooms, feed, force, desk, ids)
