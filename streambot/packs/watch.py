"""The task that keeps rules up to date: it sees files change, and time pass."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final

import structlog
from watchfiles import awatch

from streambot.core.errors import StorageError
from streambot.packs.force import InForce

DEBOUNCE_MS: Final = 200
STEP_MS: Final = 50
"""A change is told once nothing has changed for a step, at the latest after the debounce."""
LOOK_AGAIN: Final = 60.0
"""Seconds after which files are looked at even if the system told of no change (network drives do not)."""
RETRY: Final = 1.0

log = structlog.get_logger(__name__)


@contextlib.asynccontextmanager
async def watched(in_force: InForce, *, sleep: Callable[[float], Awaitable[None]]) -> AsyncIterator[None]:
    """Keep rules up to date while the block runs, if somebody is on air."""
    if not in_force.live:
        yield
        return
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(Watch(in_force, sleep=sleep).run(), name="packs")
        yield
        watching.cancel()


class Watch:
    """Reloads packs whose files change, and does what is due by the clock. Runs until cancelled."""

    def __init__(self, in_force: InForce, *, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._in_force = in_force
        self._sleep = sleep
        self._touched = False

    async def run(self) -> None:
        """See the class."""
        watching: frozenset[Path] = frozenset()
        watcher: asyncio.Task[None] | None = None
        try:
            while True:
                self._in_force.moved.clear()
                following = self._in_force.following
                folders = following.files.folders(following.lines)
                if folders != watching or watcher is None or watcher.done():
                    await _stop(watcher)
                    watcher, watching = asyncio.create_task(self._watch(folders), name="watch packs"), folders
                await self._wait(await self._turn())
        finally:
            await _stop(watcher)

    async def _turn(self) -> float:
        """Do what there is to do; the seconds until something may be due again."""
        try:
            if self._touched:
                self._touched = False
                await self._in_force.following.settled(self._sleep)
            await self._in_force.reload()
            due = await self._in_force.tick()
        except StorageError as error:
            # What was in force still is; the change is made as soon as it can be written down.
            log.error("a change of rules cannot be logged", why=error.message)
            return RETRY
        return LOOK_AGAIN if due is None else min(LOOK_AGAIN, max(0.0, due - self._in_force.clock()))

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._in_force.moved.wait()

    async def _watch(self, folders: frozenset[Path]) -> None:
        try:
            async for _ in awatch(*folders, recursive=False, debounce=DEBOUNCE_MS, step=STEP_MS):
                self._touched = True
                self._in_force.moved.set()
        except (OSError, RuntimeError) as error:
            # inotify may have no watches left: then the files are looked at once a minute.
            log.warning("packs are not watched", why=str(error))


async def _stop(watcher: asyncio.Task[None] | None) -> None:
    if watcher is not None:
        watcher.cancel()
        await asyncio.gather(watcher, return_exceptions=True)
