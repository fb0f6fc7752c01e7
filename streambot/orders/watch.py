"""The orders in force, and the task that reads their files again when they change.

The process log and notices hear of counts and places only: never of what somebody bought.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from streambot.core.orders import Order
from streambot.orders.files import Orders, OrdersError, read_orders
from streambot.watching import Stamp, settled, stamp

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Kept:
    orders: Orders
    stamp: Stamp
    refusal: OrdersError | None = None


class OrderFiles:
    """The orders of all rooms by their files. A file that is wrong or gone leaves the last good one in force.

    ``changed`` is called with a file's path after its orders changed, were refused, or are right again.
    """

    def __init__(self, *, changed: Callable[[Path], None] = lambda _path: None) -> None:
        self._changed = changed
        self._kept: dict[Path, _Kept] = {}
        self.moved = asyncio.Event()

    async def open(self, path: Path) -> FileLookup:
        """Read a file for the first time. Raises OrdersError."""
        if path not in self._kept:
            read_at = await asyncio.to_thread(stamp, path)
            self._kept[path] = _Kept(await asyncio.to_thread(read_orders, path), read_at)
            self.moved.set()
        return FileLookup(self, path)

    def get(self, path: Path) -> Orders:
        """What is in force of a file that was opened. Raises KeyError."""
        return self._kept[path].orders

    def refusal(self, path: Path) -> OrdersError | None:
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
                orders = await asyncio.to_thread(read_orders, path)
            except OrdersError as error:
                kept.refusal = error
                log.error("orders refused", file=str(path), why=error.message, in_force=len(kept.orders))
            else:
                kept.orders, kept.refusal = orders, None
                log.info("orders in force", file=str(path), orders=len(orders))
            self._changed(path)

    async def settled(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Wait until nobody seems to be writing the files any more."""
        await settled(lambda: [stamp(path) for path in list(self._kept)], sleep)


@dataclass(frozen=True, slots=True)
class FileLookup:
    """Implements ``ports.OrderLookup`` with what is in force of one file."""

    files: OrderFiles
    path: Path

    async def orders_of(self, platform: str, author: str) -> Sequence[Order]:
        """See ``ports.OrderLookup``."""
        return self.files.get(self.path).of(platform, author)
