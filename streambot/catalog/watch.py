"""The catalogs in force, and the task that reads their files again when they change."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import structlog

from streambot.catalog.files import read_catalog
from streambot.catalog.problems import CatalogError
from streambot.core.catalog import Catalog
from streambot.ports import Clock
from streambot.watching import Stamp, Watch, settled, stamp

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
    stamp: Stamp
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
            read_at = await asyncio.to_thread(stamp, path)
            catalog = await self._read(path, frozenset(languages) | (kept.languages if kept else frozenset()))
            # Another room may have opened it meanwhile, with languages of its own.
            before = self._kept.get(path)
            kept = _Kept(catalog, frozenset(languages) | (before.languages if before else frozenset()), read_at)
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
            read_at = await asyncio.to_thread(stamp, path)
            if read_at == kept.stamp:
                continue
            kept.stamp = read_at
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
        """Wait until nobody seems to be writing the files any more."""
        await settled(self._stamps, sleep)

    def _stamps(self) -> list[Stamp]:
        return [stamp(path) for path in list(self._kept)]

    async def _read(self, path: Path, languages: Collection[str]) -> Catalog:
        at = self._clock() if self._fresh else None
        return await asyncio.to_thread(read_catalog, path, at=at, languages=languages)


@contextlib.asynccontextmanager
async def watched(catalogs: Catalogs, *, sleep: Callable[[float], Awaitable[None]]) -> AsyncIterator[None]:
    """Keep catalogs up to date while the block runs."""
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(Watch("catalogs", catalogs, sleep=sleep).run(), name="catalogs")
        yield
        watching.cancel()
