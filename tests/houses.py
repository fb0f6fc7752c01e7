"""A small house for tests: a real log, pipeline, desk and dispatcher on a real disk; the world around it is fake."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streambot.answerer import Answerer
from streambot.core.action import Act
from streambot.core.command import Command, Reply, Verb
from streambot.core.comment import Comment, Room
from streambot.core.errors import StorageError
from streambot.core.labels import Label
from streambot.core.pack import Pack, Rule
from streambot.core.verdict import Judgement, Signal
from streambot.desk import Desk
from streambot.dispatcher import Dispatcher
from streambot.ids import EventIds
from streambot.knowledge import Library
from streambot.last_look import LastLook
from streambot.late import LateBook
from streambot.offers import Offers
from streambot.pipeline import Pipeline
from streambot.platforms.simulated import SimulatedActuator
from streambot.ports import Classifier
from streambot.prompting import Prompter
from streambot.room import RoomState
from streambot.rooms import Rooms
from streambot.scribe import Scribe
from streambot.settings import RoomSettings
from streambot.store.connections import open_reader
from streambot.store.outbox import Outbox
from streambot.store.queries import LogReader
from streambot.store.sqlite import SqliteStore, open_store
from streambot.store.state import is_taken, remember
from streambot.testing import (
    ROOM,
    FakeClassifier,
    FakeClock,
    ListSource,
    RecordingActuator,
    RecordingFeed,
    a_judgement,
)
from streambot.voting import SURE_OF_INTENT

WORDS = {"spam": "spam", "bet": "gambling", "look": "look", "crash": "crash"}
TESTING = {"en": "for tests"}
_seeds = itertools.count()


def a_rule(name: str, label: Label, *acts: Act, **fields: Any) -> Rule:
    return Rule(name, "tests:1", label, frozenset(acts), TESTING, **fields)


PACK = Pack(
    "tests",
    "1",
    (
        a_rule("spam", Label.SPAM, Act.HIDE, terms=("spam",), strikes=1),
        a_rule("gambling", Label.GAMBLING, Act.HIDE, Act.MUTE, terms=("bet",), mute_seconds=600, strikes=2),
        a_rule("look", Label.DIVERSION, Act.REVIEW, terms=("look",)),
        a_rule("hateful", Label.HATE, Act.HIDE, model=Label.HATE, review=0.5, hide=0.8, strikes=2),
        a_rule("third", Label.HARASSMENT, Act.MUTE, signals=frozenset({"strikes"}), at_least=0.3),
    ),
)


class WordMatcher:
    """Finds the words of the test pack."""

    def signals(self, comment: Comment, before: Sequence[str] = ()) -> Sequence[Signal]:
        found = [word for word in comment.text.split() if word in WORDS]
        if "crash" in found:
            raise ZeroDivisionError("a rule that nobody tried")
        return [Signal(WORDS[word], 1.0, "lexicon", (0, len(comment.text))) for word in found]

    def read_reply(self, text: str) -> Sequence[Signal]:
        return [Signal(WORDS[word], 1.0, "lexicon", (0, len(text))) for word in text.split() if word in WORDS]


class NoThresholds:
    """A manifest that is never asked: the test pack states its own."""

    def threshold(self, label: Label, language: str, level: str) -> float:
        return 2.0


def hateful() -> Judgement:
    """A judgement by which the model alone asks for a hide."""
    return a_judgement(labels={Label.HATE: 0.9})


class BreakableStore:
    """The store, of which a test can take the disk away: then nothing is written, or nothing read."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.full = False
        self.unreadable = False
        self.commits = 0

    async def commit(self, *args: Any) -> Any:
        self.commits += 1
        if self.full:
            raise StorageError("the disk is full.", code="disk_full")
        return await self._store.commit(*args)

    async def write(self, *statements: Any) -> None:
        if self.full:
            raise StorageError("the disk is full.", code="disk_full")
        await self._store.write(*statements)

    async def read(self, *args: Any) -> Any:
        if self.unreadable:
            raise StorageError("the disk is gone.", code="database_error")
        return await self._store.read(*args)

    async def known(self, *args: Any) -> Any:
        if self.unreadable:
            raise StorageError("the disk is gone.", code="database_error")
        return await self._store.known(*args)


@dataclass
class SmallHouse:
    """Everything that decides, over fakes."""

    db: Path
    clock: FakeClock
    store: Any
    log: LogReader
    outbox: Outbox
    rooms: Rooms
    classifier: Classifier
    actuator: RecordingActuator
    feed: RecordingFeed
    pipeline: Pipeline
    dispatcher: Dispatcher
    desk: Desk
    late: LateBook
    wake: asyncio.Event
    prompter: Prompter
    offers: Offers

    async def play(self, *comments: Comment, live: bool = True) -> None:
        """Decide these comments."""
        await self.pipeline.run(ListSource(comments, live=live))

    async def room(self, room: Room = ROOM) -> RoomState:
        return await self.rooms.open(room)

    async def send(self) -> None:
        """Send everything that is due now."""
        while await self.dispatcher.step():
            pass

    async def order(self, verb: Verb, target: str = "", actor: str = "nok", **fields: str) -> Reply:
        """A person's command."""
        return await self.desk.command(Command(ROOM.name, verb, actor, target, **fields))

    async def chain(self, comment: str) -> Sequence[Mapping[str, Any]]:
        return await self.log.about(ROOM.platform, ROOM.id, comment)

    async def decision(self, comment: str) -> str:
        """The id of a comment's decision."""
        return str((await self.chain(comment))[0]["id"])

    def sql(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """What another process reads in the log."""
        return sql(self.db, query, *parameters)

    def rows(self, comment: str | None = None) -> list[tuple[Any, ...]]:
        """Operation, state and result of the outbox rows, oldest first."""
        where = "" if comment is None else f"WHERE comment = '{comment}'"
        return self.sql(f"SELECT operation, state, result FROM outbox {where} ORDER BY key")


def sql(db: Path, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(f"{db.as_uri()}?mode=ro", uri=True)) as reader:
        return list(reader.execute(query, parameters))


@contextlib.asynccontextmanager
async def small_house(
    db: Path,
    *,
    live: bool = True,
    clock: FakeClock | None = None,
    classifier: Any = None,
    actuator: Any = None,
    deadline: float = 60.0,
    wrap: Callable[[SqliteStore], Any] = lambda store: store,
    serving: bool = True,
    dispatching: bool = False,
    answering: bool = False,
    **settings: Any,
) -> AsyncIterator[SmallHouse]:
    """A house on ``db``. The dispatcher is stepped by the test unless ``dispatching``; it is silent unless
    ``answering``.
    """
    clock = clock or FakeClock()
    actuator = actuator or RecordingActuator()
    classifier = classifier or FakeClassifier()
    feed, wake = RecordingFeed(), asyncio.Event()
    of = RoomSettings.model_validate({"mode": "auto", "actuator": "simulated", **settings})
    async with contextlib.AsyncExitStack() as stack:
        store = wrap(await stack.enter_async_context(open_store(db)))
        reader = await open_reader(db)
        stack.push_async_callback(reader.close)
        log = LogReader(reader, db)
        ids = EventIds(clock, random.Random(next(_seeds)).getrandbits)
        outbox = Outbox(store, clock)
        library = Library(feed, clock=clock, sleep=clock.sleep)

        async def opening(state: RoomState) -> None:
            state.knowledge = await library.open(of, state.room.name) if answering else None

        rooms = Rooms(
            settings_for=lambda room: of,
            pack_for=lambda settings: (PACK, WordMatcher()),
            thresholds=NoThresholds(),
            capabilities_for=lambda settings: actuator.capabilities,
            remember=lambda room, recent: remember(store, room, recent),
            is_taken=lambda room: is_taken(store, room),
            clock=clock,
            live=live,
            opening=opening,
            followers_for=lambda state: (answerer, prompter) if answering else (),
        )
        answerer = Answerer(rooms.refusals, ids, sure_to_ask=SURE_OF_INTENT, live=live)
        desk = Desk(rooms=rooms, store=store, log=log, outbox=outbox, feed=feed, wake=wake.set, ids=ids, clock=clock)
        dispatcher = Dispatcher(
            outbox=outbox,
            actuator_for=lambda action: actuator,
            simulated=SimulatedActuator(),
            quota_for=lambda room: of.quota_per_minute,
            tripped=desk.trip,
            feed=feed,
            wake=wake,
            clock=clock,
            sleep=clock.sleep,
            patient=live,
            why_not=LastLook(rooms, log).why_not,
        )
        scribe = Scribe(store, feed, patient=live, sleep=clock.sleep)
        offers = Offers(
            rooms=rooms, store=store, outbox=outbox, scribe=scribe, feed=feed, clock=clock, sleep=clock.sleep
        )
        prompter = Prompter(
            rooms=rooms,
            scribe=scribe,
            replace=offers.replace,
            feed=feed,
            wake=wake.set,
            ids=ids,
            clock=clock,
            sleep=clock.sleep,
        )
        late = LateBook(
            classifier=classifier,
            scribe=scribe,
            ruled=log.ruled,
            feed=feed,
            wake=wake.set,
            ids=ids,
            sleep=clock.sleep,
        )
        pipeline = Pipeline(
            rooms=rooms,
            classifier=classifier,
            store=store,
            scribe=scribe,
            late=late,
            feed=feed,
            wake=wake.set,
            ids=ids,
            clock=clock,
            monotonic=clock,
            sleep=clock.sleep,
            deadline=deadline,
        )
        await outbox.recover(dispatcher.harmless)
        if dispatching:
            tasks = await stack.enter_async_context(asyncio.TaskGroup())
            tasks.create_task(dispatcher.run())
            stack.callback(dispatcher.finish)
        if serving:
            await stack.enter_async_context(pipeline.serving())
        yield SmallHouse(
            db,
            clock,
            store,
            log,
            outbox,
            rooms,
            classifier,
            actuator,
            feed,
            pipeline,
            dispatcher,
            desk,
            late,
            wake,
            prompter,
            offers,
        )


async def turns(count: int = 20) -> None:
    """Let every task that can go on do so."""
    for _ in range(count):
        await asyncio.sleep(0)


async def until(true: Callable[[], object]) -> None:
    """Give the loop, and the threads that write, as many turns as it takes."""
    while not true():  # noqa: ASYNC110 - what it waits for are threads, which set no event
        await asyncio.sleep(0.001)
