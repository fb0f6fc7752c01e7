"""The catalogs in force, and the task that reads their files again when they change."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
from watchfiles import awatch

from streambot.catalog.files import read_catalog
from streambot.catalog.problems import CatalogError
from streambot.core.catalog import Catalog
from streambot.ports import Clock

DEBOUNCE_MS: Final = 200
STEP_MS: Final = 50
"""A change is told once nothing has changed for a step, at the latest after the debounce."""
BETWEEN_LOOKS: Final = 0.1
LOOKS: Final = 5
"""Seconds between two looks at a file that is being written, and how many at most."""
LOOK_AGAIN: Final = 60.0
"""Seconds after which files are looked at even if the system told of no change (network drives do not)."""

_Stamp = tuple[int, int, int] | None
Reader = Callable[[Path, Collection[str]], Catalog]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the newest content of a file is not in force, and since when (Unix seconds)."""

    error: CatalogError
    at: float


@dataclass(slots=True)
class _Kept:
    catalog: Catalog
    languages: frozenset[str]
    stamp: _Stamp
    refusal: Refusal | None = None


class Catalogs:
    """The catalogs of all rooms by their files. A file that is wrong or gone leaves the last good one in force.

    ``fresh`` makes every reading date its facts now instead of when the file was written: for a catalog that came with
    streambot. ``changed`` is called with a file's path after its catalog changed, was refused, or is right again.
    """

    def __init__(
        self, clock: Clock, *, fresh: bool = False, changed: Callable[[Path], None] = lambda _path: None
    ) -> None:
        self._clock = clock
        self._fresh = fresh
        self._changed = changed
        self._kept: dict[Path, _Kept] = {}
        self.moved = asyncio.Event()

    async def open(self, path: Path, languages: Collection[str] = ()) -> Catalog:
        """Read a file for the first time, or again for a room that needs other languages. Raises CatalogError."""
        kept = self._kept.get(path)
        if kept is None or not kept.languages.issuperset(languages):
            stamp = await asyncio.to_thread(_stamp, path)
            catalog = await self._read(path, frozenset(languages) | (kept.languages if kept else frozenset()))
            # Another room may have opened it meanwhile, with languages of its own.
            before = self._kept.get(path)
            kept = _Kept(catalog, frozenset(languages) | (before.languages if before else frozenset()), stamp)
            self._kept[path] = kept
            self.moved.set()
        return kept.catalog

    def get(self, path: Path) -> Catalog:
        """What is in force of a file that was opened. Raises KeyError."""
        return self._kept[path].catalog

    def refusal(self, path: Path) -> Refusal | None:
        """Why a file's newest content is not in force; None if it is. Raises KeyError."""
        return self._kept[path].refusal

    @property
    def folders(self) -> frozenset[Path]:
        """Where the files are."""
        return frozenset(path.parent for path in self._kept)

    async def reload(self) -> None:
        """Read the files that changed since they were read."""
        for path, kept in list(self._kept.items()):
            stamp = await asyncio.to_thread(_stamp, path)
            if stamp == kept.stamp:
                continue
            kept.stamp = stamp
            try:
                catalog = await self._read(path, kept.languages)
            except CatalogError as error:
                kept.refusal = Refusal(error, self._clock())
                log.error("catalog refused", file=str(path), why=error.message, in_force=len(kept.catalog))
            else:
                kept.catalog, kept.refusal = catalog, None
                log.info("catalog in force", file=str(path), items=len(catalog))
            self._changed(path)

    async def settled(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Wait until the files look the same twice, so that none is read while somebody is writing it."""
        before = await asyncio.to_thread(self._stamps)
        for _ in range(LOOKS):
            await sleep(BETWEEN_LOOKS)
            now = await asyncio.to_thread(self._stamps)
            if now == before:
                return
            before = now

    def _stamps(self) -> list[_Stamp]:
        return [_stamp(path) for path in list(self._kept)]

    async def _read(self, path: Path, languages: Collection[str]) -> Catalog:
        at = self._clock() if self._fresh else None
        return await asyncio.to_thread(read_catalog, path, at=at, languages=languages)


def _stamp(path: Path) -> _Stamp:
    """What changes when a file is written, even with the same content: then its facts are true anew."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)


@contextlib.asynccontextmanager
async def watched(catalogs: Catalogs, *, sleep: Callable[[float], Awaitable[None]]) -> AsyncIterator[None]:
    """Keep catalogs up to date while the block runs."""
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(Watch(catalogs, sleep=sleep).run(), name="catalogs")
        yield
        watching.cancel()


class Watch:
    """Reloads catalogs whose files change, also those that are opened later. Runs until cancelled."""

    def __init__(self, catalogs: Catalogs, *, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._catalogs = catalogs
        self._sleep = sleep
        self._touched = False

    async def run(self) -> None:
        """See the class."""
        watching: frozenset[Path] = frozenset()
        watcher: asyncio.Task[None] | None = None
        try:
            while True:
                self._catalogs.moved.clear()
                folders = self._catalogs.folders
                if folders and (folders != watching or watcher is None or watcher.done()):
                    await _stop(watcher)
                    watcher, watching = asyncio.create_task(self._watch(folders), name="watch catalogs"), folders
                if self._touched:
                    self._touched = False
                    await self._catalogs.settled(self._sleep)
                await self._catalogs.reload()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_AGAIN):
                        await self._catalogs.moved.wait()
        finally:
            await _stop(watcher)

    async def _watch(self, folders: frozenset[Path]) -> None:
        try:
            async for _ in awatch(*folders, recursive=False, debounce=DEBOUNCE_MS, step=STEP_MS):
                self._touched = True
                self._catalogs.moved.set()
        except (OSError, RuntimeError) as error:
            # inotify may have no watches left: then the files are looked at once a minute.
            log.warning("catalogs are not watched", why=str(error))


async def _stop(watcher: asyncio.Task[None] | None) -> None:
    if watcher is not None:
        watcher.cancel()
        await asyncio.gather(watcher, return_exceptions=True)
