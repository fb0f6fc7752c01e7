"""From a comment's arrival to its committed decision, at steady rates."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from streambot.bench.figures import Aim, Figure, at_most, percentile
from streambot.bench.lab import Lab, audience
from streambot.bench.traffic import Paced, Stopwatch, a_room, said, spread
from streambot.core.comment import Comment

RATES: Final = (50, 200, 500)
AIMED: Final = 200
"""The rate that ENGINE.md states its targets for."""


async def run(lab: Lab) -> Sequence[Figure]:
    """Median and 99th percentile at each rate, each in a house of its own with one console open."""
    figures: list[Figure] = []
    for rate in RATES:
        comments = spread(said(int(rate * lab.pick(20.0, 1.0)), rate=rate, seed=lab.seed), 1)
        watch = await watched(lab, comments, rate)
        aims: tuple[Aim | None, Aim | None] = (at_most(20), at_most(80)) if rate == AIMED else (None, None)
        figures += [
            Figure(f"{rate}/s: p50", percentile(watch.all, 0.5) * 1000, "ms", aims[0]),
            Figure(f"{rate}/s: p99", percentile(watch.all, 0.99) * 1000, "ms", aims[1]),
            Figure(f"{rate}/s: without the model", 100 * len(watch.ruled) / len(watch.all), "%"),
        ]
    return figures


async def watched(lab: Lab, comments: Sequence[Comment], rate: float) -> Stopwatch:
    """The decisions of these comments in a new house, timed."""
    async with lab.house() as running, audience(running, a_room(), 1):
        # Rooms are opened when their broadcast begins, not in the middle of the rush.
        for room in {comment.room.name: comment.room for comment in comments}.values():
            await running.rooms.open(room)
        watch = Stopwatch(running.clock)
        running.feeds.join(watch)
        await running.pipeline.run(Paced(comments, rate, clock=running.clock, sleep=asyncio.sleep))
    return watch
