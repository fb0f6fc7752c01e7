"""Waiting for what a socket brings: by turns of the loop, with an end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(so: Callable[[], object]) -> None:
    """Return once it is so; a test that waits in vain fails within seconds."""
    for _ in range(10_000):
        if so():
            return
        await asyncio.sleep(0.0005)
    raise AssertionError("it never came to be")
