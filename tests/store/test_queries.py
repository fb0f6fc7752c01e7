"""Reading the log: every filter, the chain of a comment, exports that run beside the writer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from streambot.core.action import Act, Operation, Outcome, Result
from streambot.core.comment import Room
from streambot.core.errors import StorageError
from streambot.core.event import Kind
from streambot.core.log_query import LogQuery
from streambot.store.connections import open_reader
from streambot.store.outbox import Outbox
from streambot.store.queries import EXPORTED, LogReader
from streambot.store.sqlite import SqliteStore
from streambot.testing import NOON, ROOM, FakeClock, a_comment
from tests.store.lines import a_decision, about, an_action

OTHER = Room("beauty", "fake", "shop-2")


@pytest.fixture
async def log(store: SqliteStore, db: Path) -> AsyncIterator[LogReader]:
    reader = await open_reader(db)
    yield LogReader(reader, db)
    await reader.close()


@pytest.fixture
async def filled(store: SqliteStore, log: LogReader) -> LogReader:
    """Seven events: four decisions, two of a person, one setting."""
    spam = a_comment("buy 100% real_gold\\now", id="c1", author="u-1", name="Mimi", at=NOON)
    praise = a_comment("beautiful", id="c2", author="u-2", name="Nok", at=NOON + 1)
    thai = a_comment("ราคาเท่าไหร่", id="c3", author="u-3", at=NOON + 2, room=OTHER)
    mute = a_comment("bet here", id="c4", author="u-1", name="Mimi", at=NOON + 3)
    hide = a_decision(spam, Act.HIDE, id="d1", labels={"spam": 0.9}, intent="noise")
    both = a_decision(mute, Act.MUTE, id="d4", labels={"gambling": 0.8, "spam": 0.5})
    setting = replace(about(spam, Kind.SETTING), id="s1", comment_key=None, data={"key": "mode", "value": "auto"})
    for events, outbox in (
        ([hide], [an_action(hide)]),
        ([a_decision(praise, id="d2", intent="praise")], []),
        ([replace(a_decision(thai, id="d3", language="th", intent="question.price"), broadcast="b2")], []),
        ([both], [an_action(both), an_action(both, Operation.MUTE)]),
        ([replace(about(spam, Kind.ACTION, act=Act.ALLOW, reason="she asked nicely"), id="a1")], []),
        ([replace(about(spam, Kind.UNDO, actor="ploy", reverses="a1"), id="u1")], []),
        ([setting], []),
    ):
        await store.commit(events, outbox)
    outbox_ = Outbox(store, FakeClock())
    hidden, *_ = await outbox_.claim()
    await outbox_.settle([(hidden, Outcome(Result.APPLIED, "done"))])
    return log


def ids(rows: Any) -> list[str]:
    return [row["id"] for row in rows]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["d1", "d2", "d3", "d4", "a1", "u1", "s1"]),
        ({"room": "beauty"}, ["d3"]),
        ({"kind": "decision"}, ["d1", "d2", "d3", "d4"]),
        ({"act": "allow"}, ["d2", "d3", "a1"]),
        ({"label": "spam"}, ["d1", "d4"]),
        ({"label": "scam"}, []),
        ({"intent": "praise"}, ["d2"]),
        ({"actor": "bot"}, ["d1", "d2", "d3", "d4"]),
        ({"actor": "people"}, ["a1", "u1", "s1"]),
        ({"actor": "ploy"}, ["u1"]),
        ({"language": "th"}, ["d3"]),
        ({"broadcast": "b2"}, ["d3"]),
        ({"author": "u-1"}, ["d1", "d4", "a1", "u1"]),
        ({"outcome": "applied"}, ["d1"]),
        ({"comment": "c1"}, ["d1", "a1", "u1"]),
        ({"t0": NOON + 1, "t1": NOON + 3}, ["d2", "d3"]),
        ({"text": "beauti"}, ["d2"]),
        ({"text": "NOK"}, ["d2"]),
        ({"text": "u-3"}, ["d3"]),
        ({"text": "เท่าไหร่"}, ["d3"]),
        ({"text": "nicely"}, ["a1"]),
        ({"text": "100%"}, ["d1", "a1", "u1"]),
        ({"text": "%real"}, []),
        ({"text": "real_gold"}, ["d1", "a1", "u1"]),
        ({"text": "realXgold"}, []),
        ({"text": "_"}, ["d1", "a1", "u1"]),
        ({"text": "\\now"}, ["d1", "a1", "u1"]),
        ({"text": "' OR 1=1 --"}, []),
        ({"text": "\ud800"}, []),
        ({"room": "shop", "act": "hide", "label": "spam", "text": "gold"}, ["d1"]),
    ],
)
async def test_each_filter_finds_what_it_says(filled: LogReader, query: dict[str, Any], found: list[str]) -> None:
    asked = LogQuery(**query)
    assert ids([row async for row in filled.rows(asked)]) == found
    assert ids(await filled.search(asked)) == found[::-1]
    assert await filled.count(asked) == len(found)


async def test_paging_goes_back_through_everything_once(filled: LogReader) -> None:
    seen: list[str] = []
    before = None
    while page := await filled.search(LogQuery(limit=2, before=before)):
        seen += ids(page)
        before = page[-1]["seq"]
    assert seen == ["s1", "u1", "a1", "d4", "d3", "d2", "d1"]


async def test_a_count_stops_one_beyond_its_cap(filled: LogReader) -> None:
    assert await filled.count(LogQuery(), cap=3) == 4
    assert await filled.count(LogQuery(), cap=7) == 7


async def test_facets_count_each_value_among_what_matches(filled: LogReader) -> None:
    facets = await filled.facets(LogQuery(room="shop"))
    assert facets["act"] == [("allow", 2), ("hide", 1), ("mute", 1)]
    assert facets["label"] == [("spam", 2), ("gambling", 1)]
    assert facets["actor"] == [("bot", 3), ("nok", 2), ("ploy", 1)]
    assert facets["kind"] == [("decision", 3), ("action", 1), ("setting", 1), ("undo", 1)]
    assert facets["room"] == [("shop", 6)]
    assert facets["language"] == [("en", 3)]
    assert dict((await filled.facets(LogQuery(label="gambling")))["label"]) == {"gambling": 1, "spam": 1}


@pytest.mark.parametrize(
    ("event", "chain"), [("d1", ["d1", "a1", "u1"]), ("u1", ["d1", "a1", "u1"]), ("s1", ["s1"]), ("nothing", [])]
)
async def test_the_chain_of_an_event_is_its_comments(filled: LogReader, event: str, chain: list[str]) -> None:
    assert ids(await filled.chain(event)) == chain


async def test_a_comment_is_found_by_its_platforms_names(filled: LogReader) -> None:
    assert ids(await filled.about("fake", "shop-1", "c1")) == ["d1", "a1", "u1"]
    assert await filled.about("fake", "shop-2", "c1") == []
    assert await filled.ruled(("fake", "shop-1", "c1"))
    assert not await filled.ruled(("fake", "shop-1", "c2"))


async def test_an_exported_row_has_the_fields_of_the_contract(filled: LogReader) -> None:
    row = (await filled.search(LogQuery(comment="c1", kind="decision")))[0]
    assert {name: row[name] for name in EXPORTED} == {
        "id": "d1",
        "at": "2026-11-18T11:06:40.000Z",
        "kind": "decision",
        "room": "shop",
        "comment": "c1",
        "author": "u-1",
        "text": "buy 100% real_gold\\now",
        "act": "hide",
        "labels": {"spam": 0.9},
        "intent": {"name": "noise", "score": None},
        "evidence": [],
        "actor": "bot",
        "reason": "for tests",
        "reverses": None,
        "outcome": "applied",
        "pack": "tests@1",
        "model": "fake@1",
    }
    assert (row["score"], row["state"], row["degraded"], row["author_name"]) == (0.9, "settled", False, "Mimi")


async def test_the_operation_of_its_act_speaks_for_a_decision(filled: LogReader) -> None:
    assert (await filled.chain("d4"))[0]["operation"] == "mute"


async def test_an_export_goes_on_while_the_writer_writes(store: SqliteStore, log: LogReader) -> None:
    for number in range(1200):
        if number % 400 == 0:
            await store.commit([a_decision(a_comment(f"n{n}"), id=f"x{n}") for n in range(number, number + 400)])
    seen = []
    async for row in log.rows(LogQuery()):
        seen.append(row["id"])
        if len(seen) % 300 == 0 and len(seen) <= 1200:
            await store.commit([a_decision(a_comment("meanwhile"), id=f"y{len(seen)}")])
    assert seen == [f"x{n}" for n in range(1200)] + ["y300", "y600", "y900", "y1200"]


async def test_the_newest_broadcast_is_shown_also_when_an_older_one_was_touched_last(
    store: SqliteStore, log: LogReader
) -> None:
    old, new = a_comment("old", id="old"), a_comment("new", id="new")
    opened = [
        replace(about(old, Kind.BROADCAST), id=name, comment_key=None, broadcast=name, data={"started_at": NOON + n})
        for n, name in enumerate(("b1", "b2"))
    ]
    await store.commit([opened[0], a_decision(old, id="d-old")])
    await store.commit([opened[1], replace(a_decision(new, id="d-new"), broadcast="b2")])
    await store.commit([about(old, Kind.ACTION, act=Act.HIDE)])
    assert ids(await log.recent(ROOM.name)) == ["b2", "d-new"]
    assert ids(await log.recent(ROOM.name, limit=1)) == ["d-new"]


async def test_a_broken_log_says_so(filled: LogReader, store: SqliteStore) -> None:
    await store.write(("DROP TABLE event_labels", [()]))
    with pytest.raises(StorageError):
        await filled.facets(LogQuery())
