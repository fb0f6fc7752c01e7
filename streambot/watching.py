"""Sees files change: what rules, catalogs and canned answers need alike, which are edited while on air."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, Protocol

import structlog
from watchfiles import awatch

DEBOUNCE_MS: Final = 200
STEP_MS: Final = 50
"""A change is told once nothing has changed for a step, at the latest after the debounce."""
LOOK_AGAIN: Final = 60.0
"""Seconds after which files are looked at even if the system told of no change (network drives do not)."""
BETWEEN_LOOKS: Final = 0.1
LOOKS: Final = 5
"""Seconds between two looks at files that somebody may still be writing, and how many at most."""

log = structlog.get_logger(__name__)


class Folders:
    """Watches folders and sets ``moved`` when something in them changes; ``what`` is for the log."""

    def __init__(self, what: str, moved: asyncio.Event) -> None:
        self._what = what
        self._unwatched = f"{what} are not watched"
        self._moved = moved
        self._watched: frozenset[Path] = frozenset()
        self._watcher: asyncio.Task[None] | None = None
        self._touched = False

    def taken(self) -> bool:
        """Whether something changed since this was last asked."""
        touched, self._touched = self._touched, False
        return touched

    async def follow(self, folders: frozenset[Path]) -> None:
        """Watch these folders from now on; a watcher that has ended begins anew."""
        if folders != self._watched or self._watcher is None or self._watcher.done():
            await self.stop()
            self._watcher = asyncio.create_task(self._watch(folders), name=f"watch {self._what}")
            self._watched = folders

    async def stop(self) -> None:
        """Watch nothing any more."""
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.gather(self._watcher, return_exceptions=True)

    async def _watch(self, folders: frozenset[Path]) -> None:
        try:
            async for _ in awatch(*folders, recursive=False, debounce=DEBOUNCE_MS, step=STEP_MS):
                self._touched = True
                self._moved.set()
        except (OSError, RuntimeError) as error:
            # inotify may have no watches left: then the files are looked at once a minute.
            log.warning(self._unwatched, why=str(error))


async def settled(look: Callable[[], object], sleep: Callable[[float], Awaitable[None]]) -> None:
    """Wait until files look the same twice, so that none is read while somebody is writing it."""
    before = await asyncio.to_thread(look)
    for _ in range(LOOKS):
        await sleep(BETWEEN_LOOKS)
        now = await asyncio.to_thread(look)
        if now == before:
            return
        before = now


Stamp = tuple[int, int, int] | None


def stamp(path: Path) -> Stamp:
    """What changes when a file is written, even with the same content; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)


class Reloading(Protocol):
    """Files that may be opened at any time, which sets ``moved``, and are read again when they change."""

    moved: asyncio.Event

    @property
    def folders(self) -> frozenset[Path]:
        """Where the files are."""
        ...

    async def settled(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Wait until nobody seems to be writing the files any more."""
        ...

    async def reload(self) -> None:
        """Read the files that changed since they were read."""
        ...


class Watch:
    """Reloads files that change, also those that are opened later; ``what`` is for the log. Runs until cancelled."""

    def __init__(self, what: str, files: Reloading, *, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._files = files
        self._sleep = sleep
        self._folders = Folders(what, files.moved)

    async def run(self) -> None:
        """See the class."""
        try:
            while True:
                self._files.moved.clear()
                if folders := self._files.folders:
                    await self._folders.follow(folders)
                if self._folders.taken():
                    await self._files.settled(self._sleep)
                await self._files.reload()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_AGAIN):
                        await self._files.moved.wait()
        finally:
            await self._folders.stop()
