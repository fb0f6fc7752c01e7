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
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, TCPConnector

from streambot.answerer import Answerer
from streambot.connectors import Connectors
from streambot.core.comment import UNKNOWN_PLATFORM, Room
from streambot.core.errors import CommentError
from streambot.desk import Desk
from streambot.dispatcher import Dispatcher
from streambot.echoes import Echoes
from streambot.feeds import Feeds
from streambot.ids import EventIds
from streambot.judging import Judging, judging
from streambot.knowledge import Library
from streambot.last_look import LastLook
from streambot.late import LateBook
from streambot.means import Means
from streambot.offers import Offers
from streambot.packs.files import Line, line_of
from streambot.packs.force import InForce
from streambot.packs.orders import PackDesk
from streambot.pipeline import Pipeline
from streambot.ports import Clock
from streambot.prompting import Prompter
from streambot.relearning import Relearning
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
from streambot.ticketing.desk import TicketDesk
from streambot.ticketing.office import Office
from streambot.voting import SURE_OF_INTENT


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
    tickets: TicketDesk
    tokens: Tokens
    feeds: Feeds
    connectors: Connectors
    scribe: Scribe
    ids: EventIds
    judging: Judging
    clock: Clock


@contextlib.asynccontextmanager
async def house(
    settings: Settings,
    *,
    db: Path,
    live: bool,
    settings_for: Callable[[Room], RoomSettings] | None = None,
    clock: Clock = time.time,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[House]:
    """Build and run the house until the block ends; then what was decided is committed and the file closed.

    ``live``: somebody is on air, so storage errors are waited out and a room's own mode outlives a restart. ``clock``
    and ``sleep`` are the broadcast's time; what waits for a disk, a file or the model waits on the real one. Raises
    LockedError, ConfigError or StorageError.
    """
    # A tenth of a second that `streambot check` need not wait.
    from streambot.packs.watch import watched

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

        connectors = Connectors(_one_session(stack), clock)
        library = Library(feeds, clock=clock, sleep=asyncio.sleep)
        office = await Office.opened(feeds, ids, log, clock=clock, sleep=sleep)
        for of in (settings.defaults, *settings.rooms.values()):
            # What is wrong is told before anybody is on air.
            await library.open(of)
            await office.open(of)
        relearning = Relearning(judge.classifier, sleep=asyncio.sleep, idle=lambda: judge.classifier.idle)

        async def opening(state: RoomState) -> None:
            await in_force.opening(state)
            relearning.opened(state)
            state.knowledge = await library.open(state.settings, state.room.name)
            await office.open(state.settings, state.room.name)

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
            followers_for=lambda _: (answerer, office.follower, prompter),
        )
        answerer = Answerer(rooms.refusals, ids, sure_to_ask=SURE_OF_INTENT, live=live)
        in_force = InForce(
            files=judge.packs.files, store=store, rooms=rooms, feed=feeds, ids=ids, clock=clock, live=live
        )

        means = Means(rooms, connectors, choose)
        wake = asyncio.Event()
        desk = Desk(rooms=rooms, store=store, log=log, outbox=outbox, feed=feeds, wake=wake.set, ids=ids, clock=clock)
        dispatcher = Dispatcher(
            outbox=outbox,
            actuator_for=means.actuator,
            simulated=connectors.simulated,
            quota_for=means.quota,
            tripped=desk.trip,
            feed=feeds,
            wake=wake,
            clock=clock,
            sleep=sleep,
            patient=live,
            pace_for=means.pace,
            why_not=LastLook(rooms, log).why_not,
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
        echoes = Echoes(outbox, store, feeds, sleep=asyncio.sleep)
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
            echo=echoes.heard,
        )
        offers = Offers(rooms=rooms, store=store, outbox=outbox, scribe=scribe, feed=feeds, clock=clock, sleep=sleep)
        prompter = Prompter(
            rooms=rooms,
            scribe=scribe,
            replace=offers.replace,
            feed=feeds,
            wake=wake.set,
            ids=ids,
            clock=clock,
            sleep=sleep,
        )
        await outbox.recover(dispatcher.harmless)
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(dispatcher.run(), name="dispatcher")
            # What is replayed was over long ago: nobody is there to be asked for anything.
            beside = (echoes.run, relearning.run, *((prompter.run, offers.run) if live else ()))
            async with (
                _running(beside),
                pipeline.serving(),
                watched(in_force, sleep=asyncio.sleep),
                library.watching(),
                office.running(live=live),
            ):
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
                    tickets=office.desk(rooms, store, log, means.settings),
                    tokens=Tokens(store, clock, lambda: secrets.token_urlsafe(32)),
                    feeds=feeds,
                    connectors=connectors,
                    scribe=scribe,
                    ids=ids,
                    judging=judge,
                    clock=clock,
                )
            dispatcher.finish()
            await sending


def _one_session(stack: contextlib.AsyncExitStack) -> Callable[[], ClientSession]:
    """One session for all webhooks, made when the first of them acts: most rooms have none."""
    made: list[ClientSession] = []

    def session() -> ClientSession:
        if not made:
            # Rooms are held up by their own tool only: each sends one action at a time anyway.
            made.append(ClientSession(connector=TCPConnector(limit=0)))
            stack.push_async_callback(made[0].close)
        return made[0]

    return session


@contextlib.asynccontextmanager
async def _running(works: Iterable[Callable[[], Coroutine[Any, Any, None]]]) -> AsyncIterator[None]:
    """Work that goes on while the block runs and is cancelled at its end."""
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(work(), name=work.__qualname__) for work in works]
        yield
        for task in running:
            task.cancel()
