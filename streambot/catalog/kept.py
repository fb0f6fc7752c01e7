"""Tables that rooms open while running, each kept for itself: what a file last said stays in force."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from streambot.catalog.problems import TableError
from streambot.watching import Stamp, settled, stamp

Table = TypeVar("Table", bound=Sized)

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Kept(Generic[Table]):
    table: Table
    stamp: Stamp
    refusal: TableError | None = None


class KeptTables(ABC, Generic[Table]):
    """The tables of all rooms by their files. A file that is wrong or gone leaves the last good one in force.

    ``what`` is for the log. ``changed`` is called with a file's path after its table changed, was refused, or is right
    again. Implements ``watching.Reloading``.
    """

    def __init__(self, what: str, changed: Callable[[Path], None]) -> None:
        self.moved = asyncio.Event()
        self._what = what
        self._changed = changed
        self._kept: dict[Path, _Kept[Table]] = {}

    @abstractmethod
    def _read(self, path: Path) -> Table:
        """The table of a file, in a thread. Raises TableError."""

    def get(self, path: Path) -> Table:
        """What is in force of a file that was opened. Raises KeyError."""
        return self._kept[path].table

    def refusal(self, path: Path) -> TableError | None:
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
                table = await asyncio.to_thread(self._read, path)
            except TableError as error:
                kept.refusal = error
                log.error("file refused", what=self._what, file=str(path), why=error.message, in_force=len(kept.table))
            else:
                kept.table, kept.refusal = table, None
                log.info("file in force", what=self._what, file=str(path), rows=len(table))
            self._changed(path)

    async def settled(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Wait until nobody seems to be writing the files any more."""
        await settled(lambda: [stamp(path) for path in list(self._kept)], sleep)

    async def _keep(self, path: Path, read: Callable[[Path], Table]) -> None:
        """Read a file that is not in force yet, or not as it is needed. Raises TableError."""
        read_at = await asyncio.to_thread(stamp, path)
        self._kept[path] = _Kept(await asyncio.to_thread(read, path), read_at)
        self.moved.set()
