"""One room, ten, a hundred: the same total rate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from streambot.bench.figures import Figure, percentile
from streambot.bench.lab import Lab
from streambot.bench.latency import watched
from streambot.bench.traffic import said, spread

ROOMS: Final = (1, 10, 100)
RATE: Final = 200


async def run(lab: Lab) -> Sequence[Figure]:
    """Median and 99th percentile of the decisions for each number of rooms."""
    comments = said(int(RATE * lab.pick(20.0, 1.0)), rate=RATE, seed=lab.seed)
    figures: list[Figure] = []
    for rooms in ROOMS:
        watch = await watched(lab, spread(comments, rooms), RATE)
        named = f"{rooms} room{'s' * (rooms > 1)}, {RATE}/s"
        figures += [
            Figure(f"{named}: p50", percentile(watch.all, 0.5) * 1000, "ms"),
            Figure(f"{named}: p99", percentile(watch.all, 0.99) * 1000, "ms"),
        ]
    return figures
