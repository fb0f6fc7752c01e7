"""The pure parts of the pages, called where they run."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def call(pages, module: str, body: str, *values: Any) -> Any:
    """Run a function body in a page with a module's exports as ``m`` and the given values as ``v``."""
    page = await pages.live()
    here = "new URL(`./${module}`, document.querySelector('script[type=module]').src)"
    script = f"async ([module, v]) => {{ const m = await import({here}); {body} }}"
    return await page.evaluate(script, [module, list(values)])


async def test_evidence_is_cut_by_code_points_and_floods_of_marks_are_capped(pages):
    runs = await call(
        pages, "text.js", "return m.segments(v[0], v[1])", "🎁a👍🏽b" + "e\u0301\u0302\u0303\u0304\u0305", [[0, 2]]
    )
    assert [(run["text"], run["hit"]) for run in runs] == [("🎁a", True), ("👍🏽be\u0301\u0302\u0303\u0304", False)]


async def test_spans_outside_the_text_mark_nothing_and_break_nothing(pages):
    runs = await call(pages, "text.js", "return m.segments(v[0], v[1])", "abc", [[-3, 1], [2, 99], [5, 9], [2, 1]])
    assert [(run["text"], run["hit"]) for run in runs] == [("a", True), ("b", False), ("c", True)]


async def test_a_rank_moves_once_in_ten_seconds_and_never_under_a_finger(pages):
    body = """const ranks = new m.StickyRanks(10_000);
        return v[0].map(([wanted, now, down]) => [...ranks.update(wanted, now, down)]);"""
    steps = [
        (["a", "b"], 0, False),
        (["b", "a"], 5_000, False),  # too soon
        (["b", "a"], 10_000, True),  # a finger is down
        (["b", "a"], 10_001, False),
        (["a", "b", "c"], 12_000, False),  # a and b have just moved, c is new
        (["c", "b"], 13_000, True),  # answered under a finger: it stays
        (["c", "b"], 13_001, False),
        (["c", "b"], 30_000, False),
    ]
    assert await call(pages, "order.js", body, steps) == [
        ["a", "b"],
        ["a", "b"],
        ["a", "b"],
        ["b", "a"],
        ["b", "a", "c"],
        ["b", "a", "c"],
        ["b", "c"],
        ["c", "b"],
    ]


async def test_while_the_pointer_is_over_the_queue_nothing_changes_places(pages):
    waiting = [
        {"id": "new", "ts": "1", "escalate": True, "labels": {}},
        {"id": "b", "ts": "3", "escalate": False, "labels": {}},
    ]
    body = "return m.queueOrder(v[0], ['gone', 'b'], { still: true, held: 'b' })"
    assert await call(pages, "order.js", body, waiting) == ["gone", "b", "new"]
    assert await call(pages, "order.js", "return m.queueOrder(v[0], [], {})", waiting) == ["new", "b"]


async def test_the_wait_between_tries_grows_to_fifteen_seconds_with_jitter(pages):
    body = "return [0, 1, 4, 5, 60].map((tries) => [m.delay(tries, () => 0), m.delay(tries, () => 1)])"
    assert await call(pages, "ws.js", body) == [
        [250, 500],
        [500, 1000],
        [4000, 8000],
        [7500, 15000],
        [7500, 15000],
    ]


async def test_counts_are_off_when_too_many_or_when_nothing_moves_for_five_seconds(pages):
    body = """let state = { off: 0, decided: -1, since: 0 };
        return v[0].map(([received, decided, now]) => {
            state = m.balance({ received, decided, duplicates: 0, rejected: 0 }, state, now);
            return [state.off, state.flight];
        });"""
    steps = [(10, 10, 0), (12, 10, 1000), (12, 10, 4000), (12, 10, 6000), (14, 12, 7000), (14, 15, 8000)]
    assert await call(pages, "store.js", body, steps) == [[0, 0], [0, 2], [0, 2], [2, 2], [0, 2], [-1, 0]]


async def test_a_hole_in_the_numbers_asks_for_a_snapshot_and_a_replay_is_harmless(pages):
    body = """const room = new m.Room("r");
        const row = (id, rev, status = "shown") => ({ id, rev, status, ts: id, labels: {}, why: [] });
        const op = (...row_) => ({ o: "c", c: row(...row_) });
        const base = { queue: [], questions: [], actions: [], stat: {} };
        room.take({ t: "snap", room: "r", seq: 5, feed: [row("a", 1)], ...base });
        const told = [
            room.take({ t: "delta", room: "r", from: 6, to: 7, ops: [op("b", 2, "waiting"), op("b", 1)] }),
            room.take({ t: "delta", room: "r", from: 6, to: 7, ops: [op("b", 2, "waiting")] }),
            room.take({ t: "delta", room: "other", from: 90, to: 99, ops: [op("z", 1)] }),
            room.take({ t: "delta", room: "r", from: 9, to: 9, ops: [op("c", 1)] }),
            room.take({ t: "gap", room: "r" }),
        ];
        return [told.map((each) => each ?? null), room.feed, [...room.queue], room.seq];"""
    told, feed, queue, seq = await call(pages, "store.js", body)
    assert told == [None, None, None, "resync", "resync"]
    assert (feed, queue, seq) == (["a", "b"], ["b"], 7)
