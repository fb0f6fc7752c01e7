"""The catalogs in force, and the task that reads their files again when they change."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from pathlib import Path

from streambot.catalog.files import read_catalog
from streambot.catalog.kept import KeptTables
from streambot.core.catalog import Catalog
from streambot.ports import Clock
from streambot.watching import Watch


class Catalogs(KeptTables[Catalog]):
    """The catalogs of all rooms by their files.

    ``fresh`` makes every reading date its facts now instead of when the file was written: for a catalog that came with
    streambot.
    """

    def __init__(
        self, clock: Clock, *, fresh: bool = False, changed: Callable[[Path], None] = lambda _path: None
    ) -> None:
        super().__init__("catalog", changed)
        self._clock = clock
        self._fresh = fresh
        self._languages: dict[Path, frozenset[str]] = {}

    async def open(self, path: Path, languages: Collection[str] = ()) -> Catalog:
        """Read a file for the first time, or again for a room that needs other languages. Raises CatalogError."""
        known = self._languages.get(path)
        if known is None or not known.issuperset(languages):
            wanted = frozenset(languages) | (known or frozenset())
            await self._keep(path, lambda file: self._in(file, wanted))
            # Another room may have opened it meanwhile, with languages of its own.
            self._languages[path] = wanted | self._languages.get(path, frozenset())
        return self.get(path)

    def _read(self, path: Path) -> Catalog:
        return self._in(path, self._languages[path])

    def _in(self, path: Path, languages: Collection[str]) -> Catalog:
        return read_catalog(path, at=self._clock() if self._fresh else None, languages=languages)


@contextlib.asynccontextmanager
async def watched(catalogs: Catalogs, *, sleep: Callable[[float], Awaitable[None]]) -> AsyncIterator[None]:
    """Keep catalogs up to date while the block runs."""
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(Watch("catalogs", catalogs, sleep=sleep).run(), name="catalogs")
        yield
        watching.cancel()
