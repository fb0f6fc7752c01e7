"""From nothing to the first decision in the log: a process of its own, with its pages."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from streambot.bench.figures import Figure, at_most, median
from streambot.bench.lab import Lab, child, demo
from streambot.core.errors import StreambotError

PEEK: Final = 0.01
_GIVE_UP: Final = 60.0
_RATE: Final = "100"
"""Comments a second of the demo: the first comes within some milliseconds of its start."""


async def run(lab: Lab) -> Sequence[Figure]:
    """Seconds until ``streambot demo`` has logged a decision; from the second time on its files are in memory."""
    times = [await _first_decision(lab.seed) for _ in range(int(lab.pick(5, 1)))]
    return [
        Figure("first decision, the first time", times[0], "s"),
        Figure("first decision", median(times), "s", at_most(2)),
    ]


async def _first_decision(seed: int) -> float:
    with tempfile.TemporaryDirectory(prefix="streambot-bench-") as folder:
        began = time.perf_counter()
        async with child(*demo(folder, "--rate", _RATE, "--seed", str(seed))) as process:
            while not _decided(Path(folder) / "demo.db"):
                if process.returncode is not None or time.perf_counter() - began > _GIVE_UP:
                    raise StreambotError("streambot demo decided nothing.", code="bench_helper")
                await asyncio.sleep(PEEK)
            return time.perf_counter() - began


def _decided(db: Path) -> bool:
    """Whether a decision is in the log; not while the log is being made."""
    if not db.exists():
        return False
    try:
        with contextlib.closing(sqlite3.connect(f"{db.as_uri()}?mode=ro", uri=True)) as reader:
            return reader.execute("SELECT 1 FROM events WHERE kind = 'decision' LIMIT 1").fetchone() is not None
    except sqlite3.OperationalError:
        return False
