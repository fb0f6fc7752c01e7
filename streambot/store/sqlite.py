"""The writer: whatever waits goes into one transaction, and every caller hears how it ended.

``synchronous=FULL`` costs one fsync a group, not one a row, so a decision is on the disk before it is acted on.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiosqlite

from streambot.core.action import Action
from streambot.core.comment import Comment
from streambot.core.errors import StorageError
from streambot.core.event import Event, Kind
from streambot.store.connections import explain, open_reader, open_writer
from streambot.store.rows import (
    INSERT_ACTION,
    INSERT_BROADCAST,
    INSERT_COMMENT,
    INSERT_EVENT,
    INSERT_LABEL,
    INSERT_ROOM,
    INSERT_TICKET_STEP,
    KNOWN,
    action_row,
    broadcast_row,
    comment_row,
    event_row,
    fit,
    keys_json,
    label_rows,
    ticket_row,
)

GROUP = 256
"""Units of work (a comment's events, a settled action) that share one transaction at most."""
REFUSED = "row_refused"
"""The code of a StorageError that is the row's own fault: writing it again would fail again."""
_FAULTS_OF_A_ROW = (
    sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError, sqlite3.DataError, ValueError, TypeError,
    OverflowError,
)  # fmt: skip

Statement = tuple[str, Sequence[Sequence[Any]]]


@dataclass(slots=True)
class _Work:
    """What one caller asked to be written, and where the answer goes."""

    events: Sequence[Event] = ()
    outbox: Sequence[Action] = ()
    statements: Sequence[Statement] = ()
    done: asyncio.Future[Collection[str]] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class SqliteStore:
    """The moderation log; build it with :func:`open_store`."""

    def __init__(self, db: Path, writer: aiosqlite.Connection, reader: aiosqlite.Connection) -> None:
        self.path = db
        self.reader = reader
        self._writer = writer
        self._waiting: list[_Work] = []
        self._wake = asyncio.Event()
        self._closing = False

    async def commit(
        self, events: Sequence[Event], outbox: Sequence[Action] = (), statements: Sequence[Statement] = ()
    ) -> Collection[str]:
        """Write events and outbox rows in one transaction, grouped with others that wait.

        Returns the ids of decisions that were dropped, with their outbox rows, because their comment was decided
        before. ``statements`` are run in the same transaction. Raises StorageError if nothing was written; the same
        call may then be made again, unless the error's code is ``REFUSED``: then these rows can never be written.
        """
        return await self._submit(_Work(events=events, outbox=outbox, statements=statements))

    async def write(self, *statements: Statement) -> None:
        """Run ``(sql, rows)`` statements in the next group. Raises StorageError."""
        await self._submit(_Work(statements=statements))

    async def known(self, keys: Sequence[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
        """Those comments that are in the log. Raises StorageError."""
        rows = await self.read(KNOWN, (keys_json(keys),))
        return {(row[0], row[1], row[2]) for row in rows}

    async def read(self, sql: str, parameters: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Rows of a query on the reading connection. Raises StorageError."""
        try:
            return list(await self.reader.execute_fetchall(sql, [fit(value) for value in parameters]))
        except sqlite3.Error as error:
            raise explain(error, self.path) from error

    async def _submit(self, work: _Work) -> Collection[str]:
        if self._closing:
            raise StorageError("the log is closed.", code="closed")
        self._waiting.append(work)
        self._wake.set()
        # A caller that is cancelled gives up the answer, not the row: what was handed over is written.
        return await work.done

    async def run(self) -> None:
        """Write groups until :meth:`finish`; owned by the task group of whoever opened the store."""
        while self._waiting or not self._closing:
            if not self._waiting:
                self._wake.clear()
                await self._wake.wait()
                continue
            group, self._waiting = self._waiting[:GROUP], self._waiting[GROUP:]
            await self._write_group(group)

    def finish(self) -> None:
        """Take no more work; :meth:`run` returns when all that was handed over is written."""
        self._closing = True
        self._wake.set()

    async def _write_group(self, group: Sequence[_Work]) -> None:
        try:
            answers = await self._transaction(group)
        except _FAULTS_OF_A_ROW as error:
            # One caller's bad row must not fail its neighbours: a group that broke is written one by one.
            if len(group) > 1:
                for work in group:
                    await self._write_group([work])
            else:
                self._fail(group, StorageError(f"{self.path} refused a row: {error}.", code=REFUSED))
            return
        except sqlite3.Error as error:
            # A disk that is full or gone fails for all alike.
            self._fail(group, explain(error, self.path))
            return
        for work, answer in zip(group, answers, strict=True):
            if not work.done.done():
                work.done.set_result(answer)

    @staticmethod
    def _fail(group: Sequence[_Work], error: StorageError) -> None:
        for work in group:
            if not work.done.done():
                work.done.set_exception(error)
                work.done.exception()  # A caller that went away leaves nobody to collect it.

    async def _transaction(self, group: Sequence[_Work]) -> list[Collection[str]]:
        fresh = [event for work in group for event in work.events if event.kind is Kind.DECISION and event.comment]
        try:
            await self._writer.execute("BEGIN IMMEDIATE")
            dropped = await self._decided_before(fresh)
            events = [event for work in group for event in work.events if event.id not in dropped]
            comments: dict[tuple[str, str, str], Comment] = {
                event.comment.key: event.comment for event in events if event.comment is not None
            }
            await self._many(INSERT_ROOM, [(c.room.name, c.room.platform, c.room.id) for c in comments.values()])
            await self._many(INSERT_COMMENT, [comment_row(comment) for comment in comments.values()])
            await self._many(INSERT_BROADCAST, [broadcast_row(e) for e in events if e.kind is Kind.BROADCAST])
            await self._many(INSERT_EVENT, [event_row(event) for event in events])
            await self._many(INSERT_LABEL, [row for event in events for row in label_rows(event)])
            await self._many(INSERT_TICKET_STEP, [ticket_row(event) for event in events if event.kind is Kind.TICKET])
            actions = [action for work in group for action in work.outbox if action.id not in dropped]
            times = {event.id: event.at for event in events}
            await self._many(INSERT_ACTION, [action_row(a, times.get(a.id, 0.0)) for a in actions])
            for work in group:
                for sql, rows in work.statements:
                    await self._many(sql, rows)
            await self._writer.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                await self._writer.execute("ROLLBACK")
            raise
        return [{event.id for event in work.events if event.id in dropped} for work in group]

    async def _decided_before(self, decisions: Sequence[Event]) -> set[str]:
        if not decisions:
            return set()
        rows = await self._writer.execute_fetchall(KNOWN, (keys_json([e.key for e in decisions if e.key]),))
        seen = {(row[0], row[1], row[2]) for row in rows}
        dropped: set[str] = set()
        for event in decisions:
            key = tuple(map(fit, event.key or ()))
            if key in seen:
                dropped.add(event.id)
            else:
                seen.add(key)
        return dropped

    async def _many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            # Only a text can be unfit, and most are not asked twice.
            fitted = [[fit(value) if value.__class__ is str else value for value in row] for row in rows]
            await self._writer.executemany(sql, fitted)


@contextlib.asynccontextmanager
async def open_store(db: Path) -> AsyncIterator[SqliteStore]:
    """The store, running, until the block ends; then everything handed over is written and the file closed.

    The caller holds the lock (:func:`streambot.store.lock.hold`). Raises StorageError or ConfigError.
    """
    async with contextlib.AsyncExitStack() as stack:
        writer = await open_writer(db)
        stack.push_async_callback(writer.close)
        reader = await open_reader(db)
        stack.push_async_callback(reader.close)
        store = SqliteStore(db, writer, reader)
        async with asyncio.TaskGroup() as tasks:
            writing = tasks.create_task(store.run(), name="store writer")
            try:
                yield store
            finally:
                store.finish()
                # Here and not in the group's own exit, which would cancel it where the block ends with an error.
                await asyncio.wait([writing])
