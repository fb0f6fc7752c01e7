"""The orders in force, and the task that reads their files again when they change.

The process log and notices hear of counts and places only: never of what somebody bought.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from streambot.catalog.kept import KeptTables
from streambot.core.orders import Order
from streambot.orders.files import Orders, read_orders


class OrderFiles(KeptTables[Orders]):
    """The orders of all rooms by their files."""

    def __init__(self, *, changed: Callable[[Path], None] = lambda _path: None) -> None:
        super().__init__("orders", changed)

    async def open(self, path: Path) -> FileLookup:
        """Read a file for the first time. Raises OrdersError."""
        if path not in self._kept:
            await self._keep(path, self._read)
        return FileLookup(self, path)

    def _read(self, path: Path) -> Orders:
        return read_orders(path)


@dataclass(frozen=True, slots=True)
class FileLookup:
    """Implements ``ports.OrderLookup`` with what is in force of one file."""

    files: OrderFiles
    path: Path

    async def orders_of(self, platform: str, author: str) -> Sequence[Order]:
        """See ``ports.OrderLookup``."""
        return self.files.get(self.path).of(platform, author)
