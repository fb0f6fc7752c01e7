"""The writer: one transaction for all who wait, and everyone hears how theirs ended."""

from __future__ import annotations

import asyncio
import math
import sqlite3
from pathlib import Path

import pytest

from streambot.core.action import Act, Operation
from streambot.core.errors import StorageError
from streambot.core.event import Event, Kind
from streambot.store.sqlite import REFUSED, SqliteStore, open_store
from streambot.testing import NOON, ROOM, a_comment
from tests.houses import sql, turns
from tests.store.lines import a_decision, an_action


async def test_a_decision_and_its_outbox_rows_are_written_together(store: SqliteStore, db: Path) -> None:
    event = a_decision(a_comment("spam"), Act.HIDE)
    await store.commit([event], [an_action(event)])
    assert sql(db, "SELECT id, act FROM events") == [(event.id, "hide")]
    assert sql(db, "SELECT event, operation, state FROM outbox") == [(event.id, "hide", "pending")]


async def test_if_the_outbox_row_cannot_be_written_neither_is_the_decision(store: SqliteStore, db: Path) -> None:
    event = a_decision(a_comment("spam"), Act.HIDE)
    with pytest.raises(StorageError, match="refused a row") as raised:
        await store.commit([event], [an_action(event), an_action(event)])
    assert raised.value.code == REFUSED
    assert sql(db, "SELECT count(*) FROM events UNION ALL SELECT count(*) FROM comments") == [(0,), (0,)]


async def test_those_who_wait_share_one_transaction(store: SqliteStore) -> None:
    steps: list[str] = []
    await store._writer.set_trace_callback(steps.append)
    await asyncio.gather(*(store.commit([a_decision(a_comment(f"hello {n}"))]) for n in range(40)))
    assert steps.count("COMMIT") < 5


async def test_one_bad_row_does_not_fail_its_neighbours(store: SqliteStore, db: Path) -> None:
    events = [a_decision(a_comment(f"hello {n}")) for n in range(5)]
    bad = a_decision(a_comment("not a number"), scores={"spam": math.nan})
    worse = Event("worse", NOON, ROOM.name, Kind.NOTE, data={"of": object()})
    twice = a_decision(a_comment("the same event id"), id=events[0].id)
    answers = await asyncio.gather(
        *(store.commit([event]) for event in (*events, bad, worse, twice)), return_exceptions=True
    )
    assert answers[:5] == [set()] * 5
    assert [error.code for error in answers[5:] if isinstance(error, StorageError)] == [REFUSED] * 3
    assert {row[0] for row in sql(db, "SELECT id FROM events")} == {event.id for event in events}


async def test_a_comment_is_decided_once_also_within_one_group(store: SqliteStore, db: Path) -> None:
    first = a_decision(a_comment("spam", id="c1"), Act.HIDE)
    second = a_decision(a_comment("spam", id="c1"), Act.HIDE)
    answers = await asyncio.gather(
        store.commit([first], [an_action(first)]), store.commit([second], [an_action(second)])
    )
    third = a_decision(a_comment("spam", id="c1"), Act.HIDE)
    answers.append(await store.commit([third], [an_action(third)]))
    assert answers == [set(), {second.id}, {third.id}]
    assert sql(db, "SELECT id FROM events") == sql(db, "SELECT event FROM outbox") == [(first.id,)]


async def test_what_a_cancelled_caller_handed_over_is_written(store: SqliteStore, db: Path) -> None:
    event = a_decision(a_comment("hello"))
    caller = asyncio.ensure_future(store.commit([event]))
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await store.commit([a_decision(a_comment("next"))])
    assert (event.id,) in sql(db, "SELECT id FROM events")


async def test_at_the_end_everything_handed_over_is_written(db: Path) -> None:
    async with open_store(db) as store:
        waiting = [asyncio.ensure_future(store.commit([a_decision(a_comment(f"hello {n}"))])) for n in range(600)]
        await asyncio.sleep(0)
    assert await asyncio.gather(*waiting) == [set()] * 600
    assert sql(db, "SELECT count(*) FROM events") == [(600,)]


@pytest.mark.parametrize("error", [RuntimeError("the house is on fire"), asyncio.CancelledError()])
async def test_an_error_in_the_block_loses_nothing_that_was_handed_over(db: Path, error: BaseException) -> None:
    waiting: list[asyncio.Future[object]] = []

    async def block() -> None:
        async with open_store(db) as store:
            waiting.extend(asyncio.ensure_future(store.commit([a_decision(a_comment(f"x{n}"))])) for n in range(300))
            await asyncio.sleep(0)
            raise error

    with pytest.raises((ExceptionGroup, asyncio.CancelledError)):
        await block()
    assert await asyncio.gather(*waiting) == [set()] * 300
    assert sql(db, "SELECT count(*) FROM events") == [(300,)]


async def test_a_closed_log_takes_nothing_more(db: Path) -> None:
    async with open_store(db) as store:
        pass
    with pytest.raises(StorageError, match="closed"):
        await store.commit([a_decision(a_comment("late"))])


async def test_a_full_disk_fails_all_who_wait_and_they_can_try_again(store: SqliteStore, db: Path) -> None:
    used = int(sql(db, "PRAGMA page_count")[0][0])
    await store._writer.execute(f"PRAGMA max_page_count={used}")
    events = [a_decision(a_comment("long " * 700)) for _ in range(40)]
    answers = await asyncio.gather(*(store.commit([event]) for event in events), return_exceptions=True)
    assert {answer.code for answer in answers if isinstance(answer, StorageError)} == {"disk_full"}
    assert sum(isinstance(answer, StorageError) for answer in answers) == 40

    await store._writer.execute("PRAGMA max_page_count=1000000")
    assert await asyncio.gather(*(store.commit([event]) for event in events)) == [set()] * 40
    assert sql(db, "SELECT count(*), count(DISTINCT comment) FROM events") == [(40, 40)]


async def test_the_log_is_never_edited(store: SqliteStore, db: Path) -> None:
    event = a_decision(a_comment("hello"))
    await store.commit([event])
    for statement in ("UPDATE events SET act = 'ban'", "DELETE FROM events"):
        with pytest.raises(StorageError, match="append-only"):
            await store.write((statement, [()]))
    assert sql(db, "SELECT act FROM events") == [("allow",)]


async def test_the_reading_connection_cannot_write(store: SqliteStore) -> None:
    with pytest.raises(StorageError):
        await store.read("DELETE FROM outbox")


async def test_half_a_character_is_replaced_not_refused(store: SqliteStore, db: Path) -> None:
    event = a_decision(a_comment("bad \ud800 half", id="c\udfff", author="\ud800", name="\udc00"), language="\ud800")
    await store.commit([event])
    assert sql(db, "SELECT text, comment, author, author_name FROM comments") == [
        ("bad \ufffd half", "c\ufffd", "\ufffd", "\ufffd")
    ]
    assert await store.known([("fake", "shop-1", "c\udfff")])
    assert await store.commit([a_decision(a_comment("again", id="c\udfff"))]) != set()


async def test_a_reader_beside_the_writer_sees_whole_groups_and_never_waits(store: SqliteStore, db: Path) -> None:
    writing = asyncio.ensure_future(
        asyncio.gather(
            *(
                store.commit([event], [an_action(event)])
                for event in (a_decision(a_comment(f"spam {n}"), Act.HIDE) for n in range(400))
            )
        )
    )
    counts = []
    reader = sqlite3.connect(f"{db.as_uri()}?mode=ro", uri=True, timeout=0)
    while not writing.done():
        row = reader.execute("SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM outbox)").fetchone()
        counts.append(row)
        await turns(3)
    reader.close()
    await writing
    assert counts
    assert all(events == outbox for events, outbox in counts)


async def test_known_names_the_comments_that_are_in_the_log(store: SqliteStore) -> None:
    comment = a_comment("hello", id="c1")
    await store.commit([a_decision(comment)])
    other_room = ("fake", "shop-2", "c1")
    assert await store.known([comment.key, other_room, ("fake", "shop-1", "c2")]) == {comment.key}


async def test_a_group_has_a_limit(store: SqliteStore) -> None:
    steps: list[str] = []
    await store._writer.set_trace_callback(steps.append)
    await asyncio.gather(*(store.commit([a_decision(a_comment(f"hello {n}"))]) for n in range(600)))
    assert steps.count("COMMIT") >= 3


async def test_two_operations_of_one_event_are_two_rows(store: SqliteStore, db: Path) -> None:
    event = a_decision(a_comment("bet"), Act.MUTE)
    await store.commit([event], [an_action(event), an_action(event, Operation.MUTE, duration=60)])
    assert sql(db, "SELECT operation, duration FROM outbox ORDER BY key") == [("hide", None), ("mute", 60)]
