"""The task that keeps rules up to date: it sees files change, and time pass."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import structlog

from streambot.core.errors import StorageError
from streambot.packs.force import InForce
from streambot.watching import LOOK_AGAIN, Folders

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
        self._folders = Folders("packs", in_force.moved)

    async def run(self) -> None:
        """See the class."""
        try:
            while True:
                self._in_force.moved.clear()
                following = self._in_force.following
                await self._folders.follow(following.files.folders(following.lines))
                await self._wait(await self._turn())
        finally:
            await self._folders.stop()

    async def _turn(self) -> float:
        """Do what there is to do; the seconds until something may be due again."""
        try:
            if self._folders.taken():
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
