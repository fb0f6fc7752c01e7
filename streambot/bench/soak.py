"""A long broadcast: whether memory stays where it is and the event loop keeps answering."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from typing import Final

from streambot.bench.figures import Figure, at_most, percentile
from streambot.bench.lab import Lab, Lag, audience, resident
from streambot.bench.traffic import Paced, Stopwatch, a_room, said, spread

RATE: Final = 200


async def run(lab: Lab) -> Sequence[Figure]:
    """Ten minutes at 200/s with a console open. What is remembered (texts, ids, rows) is full after half of it."""
    seconds = lab.pick(600.0, 2.0)
    comments = spread(said(int(RATE * seconds), rate=RATE, seed=lab.seed), 1)
    memory: list[float] = []

    async def weigh() -> None:
        while True:
            memory.append(resident(os.getpid()))
            await asyncio.sleep(seconds / 60)

    async with lab.house() as running, audience(running, a_room(), 1):
        watch = Stopwatch(running.clock)
        running.feeds.join(watch)
        async with Lag().measured() as late, asyncio.TaskGroup() as tasks:
            weighing = tasks.create_task(weigh())
            await running.pipeline.run(Paced(comments, RATE, clock=running.clock, sleep=asyncio.sleep))
            weighing.cancel()
    middle, late_on = len(memory) // 2, 3 * len(memory) // 4
    return [
        Figure("decided", len(watch.all), "comments"),
        Figure("without the model", 100 * len(watch.ruled) / len(watch.all), "%"),
        Figure("memory at the start", memory[0], "MB"),
        Figure("memory half way", memory[middle], "MB"),
        Figure("memory at three quarters", memory[late_on], "MB"),
        Figure("memory at the end", memory[-1], "MB"),
        Figure("event loop late: p99", percentile(late, 0.99) * 1000, "ms", at_most(20)),
        Figure("event loop late: most", max(late, default=0.0) * 1000, "ms"),
        Figure("decision p99", percentile(watch.all, 0.99) * 1000, "ms"),
    ]
