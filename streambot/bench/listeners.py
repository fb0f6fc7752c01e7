"""Many screens on one room: what they see how late, and what it costs the house."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Final

from streambot.bench.figures import Figure, at_most, percentile
from streambot.bench.lab import Lab, audience
from streambot.bench.traffic import Paced, Stopwatch, a_room, said, spread
from streambot.console.socket import MAX_CLIENTS

RATE: Final = 200


async def run(lab: Lab) -> Sequence[Figure]:
    """As many listeners as the console takes, at 200 comments a second."""
    count = int(lab.pick(MAX_CLIENTS, 20))
    comments = spread(said(int(RATE * lab.pick(20.0, 1.0)), rate=RATE, seed=lab.seed), 1)
    async with lab.house() as running, audience(running, a_room(), count) as screens:
        watch = Stopwatch(running.clock)
        running.feeds.join(watch)
        began, used = time.perf_counter(), time.process_time()
        await running.pipeline.run(Paced(comments, RATE, clock=running.clock, sleep=asyncio.sleep))
        # One more gathering of changes, so that the last comments are on the screens too.
        await asyncio.sleep(0.3)
        busy = (time.process_time() - used) / (time.perf_counter() - began)
    report = screens.report
    return [
        Figure("listeners", count, "screens"),
        Figure("cut off", report["lost"], "screens", at_most(0)),
        Figure("arrival to screen: p50", (report["p50"] or float("nan")) * 1000, "ms"),
        Figure("arrival to screen: p99", (report["p99"] or float("nan")) * 1000, "ms", at_most(250)),
        Figure("decision p99", percentile(watch.all, 0.99) * 1000, "ms"),
        Figure("frames sent", report["frames"], "frames"),
        Figure("processor", 100 * busy, "% of a core"),
    ]
