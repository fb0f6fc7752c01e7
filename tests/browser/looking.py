"""How a test looks at a page. Conditions are polled from here: the pages' policy lets nothing be evaluated inside."""

from __future__ import annotations

import asyncio
from typing import Any


async def until(page: Any, condition: str, seconds: float = 8) -> None:
    """Wait until an expression is true in the page."""
    try:
        async with asyncio.timeout(seconds):
            while not await page.evaluate(condition):  # noqa: ASYNC110 - a page has no event to await
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"never true: {condition}") from None


async def settled(page: Any) -> None:
    """Past the quarter of a second in which a press on something that moved by itself is not taken."""
    await page.wait_for_timeout(300)


async def heard(studio: Any, many: int = 1) -> list[Any]:
    """The commands that came, once there are so many."""
    async with asyncio.timeout(5), studio.commanded:
        await studio.commanded.wait_for(lambda: len(studio.heard) >= many)
    return studio.heard
