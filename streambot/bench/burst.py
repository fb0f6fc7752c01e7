"""A raid: far more than the model can judge. Nothing may be lost, rules must stay quick, and the rest is caught up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from streambot.bench.figures import Figure, at_most, percentile
from streambot.bench.lab import Lab, audience
from streambot.bench.traffic import Paced, Stopwatch, a_room, said, spread

RATE: Final = 2000
PEEK: Final = 0.02
_GIVE_UP: Final = 300.0


async def run(lab: Lab) -> Sequence[Figure]:
    """2,000 comments a second, then silence until the model has caught up."""
    comments = spread(said(int(RATE * lab.pick(30.0, 1.0)), rate=RATE, seed=lab.seed), 1)
    async with lab.house() as running, audience(running, a_room(), 1):
        watch = Stopwatch(running.clock)
        running.feeds.join(watch)
        began = running.clock()
        await running.pipeline.run(Paced(comments, RATE, clock=running.clock, sleep=asyncio.sleep))
        took = running.clock() - began
        state = await running.rooms.open(a_room())
        async with asyncio.timeout(_GIVE_UP):
            while state.rules_only_since is not None:  # noqa: ASYNC110 - a room's state sets no event
                await asyncio.sleep(PEEK)
        drained = running.clock() - began - len(comments) / RATE
        tally = running.pipeline.tally
    return [
        Figure("sent", len(comments), "comments"),
        Figure("lost", len(comments) - tally.decided - tally.duplicates - tally.rejected, "comments", at_most(0)),
        Figure("decided", len(comments) / took, "/s"),
        Figure("by rules alone", 100 * len(watch.ruled) / len(comments), "%"),
        Figure("rules p50", percentile(watch.ruled, 0.5) * 1000, "ms"),
        Figure("rules p99", percentile(watch.ruled, 0.99) * 1000, "ms", at_most(100)),
        Figure("all p99", percentile(watch.all, 0.99) * 1000, "ms"),
        Figure("drained after", max(0.0, drained), "s", at_most(30)),
    ]
