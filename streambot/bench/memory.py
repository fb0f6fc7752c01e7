"""The most memory a process of its own ever held, with its pages, at a steady rate."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from typing import Final

from streambot.bench.figures import Figure, at_most
from streambot.bench.lab import Lab, child, demo, resident, told

RATE: Final = 200


async def run(lab: Lab) -> Sequence[Figure]:
    """Peak of ``streambot demo`` after a while, and when it had just begun to serve."""
    seconds = lab.pick(120.0, 2.0)
    with tempfile.TemporaryDirectory(prefix="streambot-bench-") as folder:
        async with child(*demo(folder, "--rate", str(RATE), "--seed", str(lab.seed))) as process:
            await told(process)
            serving = resident(process.pid)
            await asyncio.sleep(seconds)
            peak = resident(process.pid, "VmHWM")
    return [
        Figure("when it serves", serving, "MB"),
        Figure(f"peak after {seconds:.0f} s at {RATE}/s", peak, "MB", at_most(350)),
    ]
