"""Orders from their CSV file, or everything that is wrong with the file.

What a person bought must not end in a log or a notice, so the error's message names places and columns only; the
reasons, which quote cells, are in its problems, for the person at the command line.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from streambot.catalog import cells, table
from streambot.catalog.header import known_columns, under_names
from streambot.catalog.problems import Problem, Problems, TableError
from streambot.catalog.row import Row
from streambot.core.catalog import Money
from streambot.core.orders import Order, OrderStatus
from streambot.core.told import Told
from streambot.nearest import nearest

MOST_BYTES: Final = 128 << 20
MOST_ORDERS: Final = 500_000
REQUIRED: Final = ("order", "platform", "user", "placed_at", "status")
COLUMNS: Final = (*REQUIRED, "shipped_at", "carrier", "tracking", "items", "amount", "currency")
_LONGEST_ID: Final = 200
_MOST_COLUMNS: Final = 4 * len(COLUMNS)
_ROUNDED: Final = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
"""What a spreadsheet makes of an id of nineteen digits: 6.92E+18."""

# What the order exports of shops on TikTok, Shopee, Lazada and others call it.
_ALIASES: Final[Mapping[str, OrderStatus]] = {
    "pending": OrderStatus.UNPAID,
    "on_hold": OrderStatus.PAID,
    "to_ship": OrderStatus.PAID,
    "awaiting_shipment": OrderStatus.PAID,
    "processing": OrderStatus.PAID,
    "ready_to_ship": OrderStatus.PACKED,
    "processed": OrderStatus.PACKED,
    "awaiting_collection": OrderStatus.PACKED,
    "in_transit": OrderStatus.SHIPPED,
    "partially_shipping": OrderStatus.SHIPPED,
    "to_confirm_receive": OrderStatus.DELIVERED,
    "canceled": OrderStatus.CANCELLED,
    "in_cancel": OrderStatus.CANCELLED,
    "to_return": OrderStatus.RETURNED,
    "failed_delivery": OrderStatus.FAILED,
}


class OrdersError(TableError):
    """A file that is no list of orders; its message quotes no cell."""

    word = "orders_invalid"
    help = "streambot orders check FILE"

    def line(self, problem: Problem) -> str:
        """File, row and column; the reason only where it is about the file."""
        if not problem.row:
            return problem.told
        reason = Told("not_right", "not right")
        return replace(problem, column=problem.column if problem.column in COLUMNS else "", reason=reason).told


class Orders:
    """The orders of one file, by who placed them; each person's newest first."""

    def __init__(self, orders: Sequence[Order]) -> None:
        self._count = len(orders)
        self._of: defaultdict[tuple[str, str], list[Order]] = defaultdict(list)
        for order in sorted(orders, key=lambda each: (-each.placed_at, each.id)):
            self._of[order.platform, order.user].append(order)

    def __len__(self) -> int:
        return self._count

    @property
    def buyers(self) -> int:
        """How many people placed them."""
        return len(self._of)

    def of(self, platform: str, user: str) -> Sequence[Order]:
        """The orders of the user with this id on this platform."""
        return self._of.get((platform, user), ())


def read_orders(path: Path) -> Orders:
    """The orders of a file. Raises OrdersError with all that is wrong."""
    data, _ = table.read_bytes(path, most=MOST_BYTES, error=OrdersError)
    return parse_orders(data, str(path))


def parse_orders(data: bytes, name: str) -> Orders:
    """The same from the content of a file called ``name``."""
    problems = Problems(name, OrdersError)
    rows = table.rows(data, COLUMNS, problems)
    first, names = next(rows, (0, []))
    problems.check()
    header = [column.casefold() for column in names]
    _check_header(first, header, problems)
    problems.check()
    orders = list(_orders(rows, header, problems))
    problems.check()
    return Orders(orders)


def _check_header(row: int, header: Sequence[str], problems: Problems) -> None:
    if not known_columns(row, header, COLUMNS, _MOST_COLUMNS, problems):
        return
    for column in REQUIRED:
        if column not in header:
            problems.add(row, column, Told("column_missing", "this column is missing"))


def _orders(rows: Iterator[tuple[int, list[str]]], header: Sequence[str], problems: Problems) -> Iterator[Order]:
    seen: dict[tuple[str, str], int] = {}
    for count, (number, row) in enumerate(rows, 1):
        if count > MOST_ORDERS:
            problems.add(
                0, "", Told("orders_many", "has more than {n} orders; leave out what nobody needs now", n=MOST_ORDERS)
            )
            return
        if not under_names(number, row, header, problems):
            continue
        order = _Row(number, dict(zip(header, row, strict=False)), problems).order()
        if order is not None:
            before = seen.setdefault((order.platform, order.id), number)
            if before != number:
                problems.add(
                    number,
                    "order",
                    Told("row_before", "{cell} is in row {row} already", cell=cells.shown(order.id), row=str(before)),
                )
            yield order


class _Row(Row):
    """What a row says of an order."""

    def order(self) -> Order | None:
        """The order of this row; None if it cannot be told whose it is, or how far."""
        identity, platform, user = (self._required(column, _id) for column in ("order", "platform", "user"))
        placed, status = self._required("placed_at", cells.moment), self._required("status", _status)
        shipped: float | None = self._read("shipped_at", cells.moment, None)
        if placed is not None and shipped is not None and shipped < placed:
            self._problems.add(self._number, "shipped_at", "is before it was placed")
        currency = self._read("currency", cells.currency, "")
        amount: Money | None = self._read("amount", partial(cells.money, stated=currency), None)
        if amount is not None and currency not in ("", amount.currency):
            self._problems.add(self._number, "amount", f"{amount.currency}, but the currency is {currency}")
        rest = partial(
            Order,
            shipped_at=shipped,
            carrier=self._read("carrier", cells.text, ""),
            tracking=self._read("tracking", cells.text, ""),
            items=self._read("items", _items, ()),
            amount=amount,
        )
        if identity is None or platform is None or user is None or placed is None or status is None:
            return None
        return rest(identity, platform, user, status, placed)


def _id(cell: str) -> str:
    if len(cell) > _LONGEST_ID:
        raise ValueError(f"{len(cell)} characters are more than an id can have ({_LONGEST_ID})")
    if _ROUNDED.fullmatch(cell):
        raise ValueError(f"{cells.shown(cell)} was rounded by a spreadsheet; export the column as text")
    return cell


def _status(cell: str) -> OrderStatus:
    word = "_".join(cell.casefold().replace("-", " ").split())
    if word in set(OrderStatus):
        return OrderStatus(word)
    if word in _ALIASES:
        return _ALIASES[word]
    close = nearest(word, [*OrderStatus, *_ALIASES])
    known = f"did you mean {close}?" if close else f"there are {', '.join(OrderStatus)}"
    raise ValueError(f"{cells.shown(cell)} is no status; {known}")


def _items(cell: str) -> tuple[str, ...]:
    entries = tuple(cells.text(entry.strip()) for entry in cell.split(cells.BETWEEN))
    if not all(entries):
        raise ValueError(cells.NOTHING_BETWEEN)
    return entries
