"""The composition root: everything that runs is made and wired here, and nowhere else.

:func:`house` puts the log, the pipeline and the dispatcher around what judges a text (:mod:`streambot.judging`); the
console is put on top by :mod:`streambot.serve`.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientSession, TCPConnector

from streambot.connectors import Connectors
from streambot.core.action import Action
from streambot.core.comment import UNKNOWN_PLATFORM, Room
from streambot.core.errors import CommentError
from streambot.desk import Desk
from streambot.dispatcher import Dispatcher
from streambot.feeds import Feeds
from streambot.ids import EventIds
from streambot.judging import Judging, judging
from streambot.knowledge import Library
from streambot.late import LateBook
from streambot.packs.files import Line, line_of
from streambot.packs.force import InForce
from streambot.packs.orders import PackDesk
from streambot.pipeline import Pipeline
from streambot.ports import Actuator, Clock
from streambot.room import RoomState
from streambot.rooms import Rooms
from streambot.scribe import Scribe
from streambot.settings import RoomSettings, Settings
from streambot.store import lock
from streambot.store.connections import open_reader
from streambot.store.outbox import Outbox
from streambot.store.queries import LogReader
from streambot.store.sqlite import SqliteStore, open_store
from streambot.store.state import is_taken, remember
from streambot.store.tokens import Tokens


def settings_of(settings: Settings, room: Room) -> RoomSettings:
    """The settings of a room, configured or not. Raises CommentError if no room can have this name."""
    try:
        return settings.room(room.name)
    except ValueError as error:
        raise CommentError(f"there can be no room {room.name!r}: {error}", code="bad_room") from error


def pack_desk(in_force: InForce, settings: Settings, choose: Callable[[Room], RoomSettings]) -> PackDesk:
    """Where people's orders about rules go."""
    configured = {line_of(of) for of in (settings.defaults, *settings.rooms.values())}

    def line_for(room: str) -> Line:
        return line_of(choose(Room(room, UNKNOWN_PLATFORM, room)))

    return PackDesk(in_force, line_for, configured)


@dataclass(frozen=True, slots=True)
class House:
    """Everything that decides, running."""

    settings: Settings
    db: Path
    store: SqliteStore
    log: LogReader
    outbox: Outbox
    rooms: Rooms
    pipeline: Pipeline
    dispatcher: Dispatcher
    desk: Desk
    rules: PackDesk
    tokens: Tokens
    feeds: Feeds
    connectors: Connectors
    scribe: Scribe
    ids: EventIds
    judging: Judging
    clock: Clock


@contextlib.asynccontextmanager
async def house(
    settings: Settings, *, db: Path, live: bool, settings_for: Callable[[Room], RoomSettings] | None = None
) -> AsyncIterator[House]:
    """Build and run the house until the block ends; then what was decided is committed and the file closed.

    ``live``: somebody is on air, so storage errors are waited out and a room's own mode outlives a restart. Raises
    LockedError, ConfigError or StorageError.
    """
    # A tenth of a second that `streambot check` need not wait.
    from streambot.packs.watch import watched

    clock = time.time
    ids = EventIds(clock, random.Random(secrets.randbits(256)).getrandbits)
    choose = settings_for or (lambda room: settings_of(settings, room))
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(lock.hold(db))
        judge = await stack.enter_async_context(judging(settings, live=live))
        store = await stack.enter_async_context(open_store(db))
        reader = await open_reader(db)
        stack.push_async_callback(reader.close)
        log = LogReader(reader, db)
        outbox = Outbox(store, clock)
        feeds = Feeds()

        web: list[ClientSession] = []

        def session() -> ClientSession:
            # Made when the first webhook acts: most rooms have none.
            if not web:
                # Rooms are held up by their own tool only: each sends one action at a time anyway.
                web.append(ClientSession(connector=TCPConnector(limit=0)))
                stack.push_async_callback(web[0].close)
            return web[0]

        connectors = Connectors(session, clock)

        library = Library(feeds, clock=clock, sleep=asyncio.sleep)
        for of in (settings.defaults, *settings.rooms.values()):
            # What is wrong is told before anybody is on air.
            await library.open(of)

        async def opening(state: RoomState) -> None:
            await in_force.opening(state)
            state.knowledge = await library.open(state.settings, state.room.name)

        rooms = Rooms(
            settings_for=choose,
            pack_for=InForce.at_first,
            thresholds=judge.manifest,
            capabilities_for=connectors.capabilities,
            remember=lambda room, recent: remember(store, room, recent),
            is_taken=lambda room: is_taken(store, room),
            clock=clock,
            live=live,
            opening=opening,
        )
        in_force = InForce(
            files=judge.packs.files, store=store, rooms=rooms, feed=feeds, ids=ids, clock=clock, live=live
        )

        def settings_for_action(action: Action) -> RoomSettings:
            state = rooms.get(action.room)
            return state.settings if state is not None else choose(Room(action.room, action.platform, action.room_id))

        def actuator_for(action: Action) -> Actuator:
            return connectors.actuator(action, settings_for_action(action))

        def pace_for(action: Action) -> tuple[float, int] | None:
            tool = settings_for_action(action).tool
            return None if tool is None else (tool.rate_per_s, tool.burst)

        def quota_for(name: str) -> int:
            state = rooms.get(name)
            # What a crash left is sent before its room is opened.
            of = state.settings if state is not None else choose(Room(name, UNKNOWN_PLATFORM, name))
            return of.quota_per_minute

        wake = asyncio.Event()
        desk = Desk(rooms=rooms, store=store, log=log, outbox=outbox, feed=feeds, wake=wake.set, ids=ids, clock=clock)
        dispatcher = Dispatcher(
            outbox=outbox,
            actuator_for=actuator_for,
            simulated=connectors.simulated,
            quota_for=quota_for,
            tripped=desk.trip,
            feed=feeds,
            wake=wake,
            clock=clock,
            sleep=asyncio.sleep,
            patient=live,
            pace_for=pace_for,
        )
        scribe = Scribe(
            store,
            feeds,
            patient=live,
            sleep=asyncio.sleep,
            everybody=lambda: [state.room.name for state in rooms.states()],
        )
        late = LateBook(
            classifier=judge.classifier,
            scribe=scribe,
            ruled=log.ruled,
            feed=feeds,
            wake=wake.set,
            ids=ids,
            sleep=asyncio.sleep,
            idle=lambda: judge.classifier.idle,
        )
        pipeline = Pipeline(
            rooms=rooms,
            classifier=judge.classifier,
            store=store,
            scribe=scribe,
            late=late,
            feed=feeds,
            wake=wake.set,
            ids=ids,
            clock=clock,
            monotonic=time.monotonic,
            sleep=asyncio.sleep,
            deadline=settings.classifier.deadline_ms / 1000,
            remembered=judge.classifier.remembered,
        )
        await outbox.recover(dispatcher.harmless)
        tokens = Tokens(store, clock, lambda: secrets.token_urlsafe(32))
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(dispatcher.run(), name="dispatcher")
            async with pipeline.serving(), watched(in_force, sleep=asyncio.sleep), library.watching():
                yield House(
                    settings=settings,
                    db=db,
                    store=store,
                    log=log,
                    outbox=outbox,
                    rooms=rooms,
                    pipeline=pipeline,
                    dispatcher=dispatcher,
                    desk=desk,
                    rules=pack_desk(in_force, settings, choose),
                    tokens=tokens,
                    feeds=feeds,
                    connectors=connectors,
                    scribe=scribe,
                    ids=ids,
                    judging=judge,
                    clock=clock,
                )
            dispatcher.finish()
            await sending
