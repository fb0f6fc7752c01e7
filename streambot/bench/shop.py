"""The demo's shop as a file that changes during a broadcast, and what is true of it, read without the catalog's code.

What an answer states is compared with the cells that were written, so that a mistake in the house that answers cannot
hide itself.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final

from streambot.resources import resource

SITE: Final = "base"
FRESH_FOR: Final = 6 * 3600.0
"""Seconds that a price or a stock is good for in this room."""

NEEDED: Final[Mapping[str, frozenset[str]]] = {
    "price": frozenset({"price"}),
    "stock": frozenset({"stock"}),
    "size_left": frozenset({"stock", "left", "sizes"}),
    "size_for": frozenset({"size_for"}),
    "chart": frozenset({"sizes", "size_for"}),
    "material": frozenset({"material"}),
    "colours": frozenset({"colours"}),
    "ship_time": frozenset({"ship_days"}),
    "ship_cost": frozenset({"ship_cost", "free_over"}),
    "promo": frozenset({"promo", "gift"}),
    "authenticity": frozenset({"authenticity"}),
    "returns": frozenset({"return_days", "returns"}),
}
"""Which facts settle what a line of the demo asks: one of them must be stated. Anything else its intent settles."""
SETTLED_BY: Final[Mapping[str, frozenset[str]]] = {
    "payment": frozenset({"question.payment"}),
    "how_to_buy": frozenset({"question.how_to_buy"}),
    "private": frozenset({"question.order_status", "complaint"}),
}
OF_ANY_ITEM: Final = frozenset({"ship_time", "ship_cost", "returns", "payment", "how_to_buy", "private"})
"""What is so of every item of this shop, or of none."""
GONE: Final = frozenset({"price", "stock", "size_left", "size_for", "chart"})
"""What is settled by saying that an item is sold out."""

_SPAN: Final = re.compile(r"(\w+)=(\d+)-(\d+)")
_LEFT: Final = re.compile(r"([\w ]+)=(\d+)")


@dataclass(slots=True)
class Shop:
    """The rows of the demo's catalog by item number, as they were written last; times are Unix seconds."""

    rows: dict[int, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def opened(cls, now: float) -> Shop:
        """The shop at the beginning of a broadcast: everything was counted just now."""
        text = resource("config/catalog/demo.csv").read_text(encoding="utf-8-sig")
        return cls(
            {int(row["number"]): {**row, "updated_at": f"{now:.0f}"} for row in csv.DictReader(io.StringIO(text))}
        )

    def write(self, path: Path) -> None:
        """The file as an export of the shop would write it, at once and whole."""
        out = io.StringIO()
        writer = csv.DictWriter(out, list(next(iter(self.rows.values()))))
        writer.writeheader()
        writer.writerows(self.rows.values())
        aside = path.with_suffix(".new")
        aside.write_text(out.getvalue(), encoding="utf-8")
        aside.replace(path)

    def left(self, item: int, size: str = "") -> int | None:
        """Pieces, of one size or of all; None for a size that there is not."""
        size = size.replace("2XL", "XXL")
        counts = {name.strip(): int(count) for name, count in _LEFT.findall(self.rows[item]["stock"])}
        return counts.get(size) if size else sum(counts.values())

    def fits(self, item: int, size: str, cm: float, kg: float) -> bool:
        """Whether a body falls into a size's measures."""
        for entry in self.rows[item]["sizes"].split("|"):
            name, _, measures = entry.partition(":")
            if name.strip() == size:
                spans = {what: (int(low), int(high)) for what, low, high in _SPAN.findall(measures)}
                return all(
                    spans[what][0] <= value <= spans[what][1]
                    for what, value in (("height", cm), ("weight", kg))
                    if what in spans
                )
        return False

    def sizes(self, item: int) -> list[str]:
        """The names of an item's sizes."""
        return [entry.partition(":")[0].strip() for entry in self.rows[item]["sizes"].split("|")]

    def knows(self, ask: str, item: int, slots: Mapping[str, str], now: float) -> bool:
        """Whether the shop has an answer to what is asked of an item."""
        match ask:
            case "price" | "stock":
                return not self._old(item, now)
            case "size_left":
                # That one size is gone is nothing that a canned answer says.
                return bool(self.left(item, slots["size"])) and not self._old(item, now)
            case "size_for" if {"cm", "kg"} <= slots.keys():
                cm, kg = float(slots["cm"]), float(slots["kg"])
                return any(self.fits(item, size, cm, kg) for size in self.sizes(item))
        return True

    def wrong(self, stated: Mapping[str, str], item: int, language: str, slots: Mapping[str, str], now: float) -> str:
        """The first fact that is stated and not so, "" if all are; ``slots`` is what the asker said."""
        row = self.rows.get(item) or next(iter(self.rows.values()))
        for name, value in stated.items():
            if not _CHECKS.get(name, _unknown)(self, row, value, language, slots):
                return f"{name}: {value}"
            if name in ("price", "stock", "left") and self._old(int(row["number"]), now):
                return f"{name} is stale: {value}"
        return ""

    def _old(self, item: int, now: float) -> bool:
        return now - float(self.rows[item]["updated_at"]) > FRESH_FOR


_Check = Callable[[Shop, Mapping[str, str], str, str, Mapping[str, str]], bool]


def _unknown(*_: object) -> bool:
    return False


def _cell(column: str) -> _Check:
    return lambda _shop, row, said, language, _slots: said == row[f"{column}.{language}"]


def _amount(said: str) -> Decimal:
    return Decimal(re.sub(r"[^\d.]", "", said))


def _fee(said: str, row: Mapping[str, str], name: str) -> bool:
    found = re.search(rf"{name}=([\d.]+)", row[f"shipping.{SITE}"])
    return found is not None and _amount(said) == Decimal(found[1])


def _stock(shop: Shop, row: Mapping[str, str], said: str, _language: str, slots: Mapping[str, str]) -> bool:
    return int(said) == shop.left(int(row["number"]), slots.get("size", ""))


def _size_for(shop: Shop, row: Mapping[str, str], said: str, _language: str, slots: Mapping[str, str]) -> bool:
    if not {"cm", "kg"} <= slots.keys():
        return len(shop.sizes(int(row["number"]))) == 1
    return shop.fits(int(row["number"]), said, float(slots["cm"]), float(slots["kg"]))


_CHECKS: Final[Mapping[str, _Check]] = {
    "price": lambda _shop, row, said, _language, _slots: _amount(said) == Decimal(row[f"price.{SITE}"]),
    "stock": _stock,
    "left": _stock,
    "part": lambda _shop, _row, said, _language, slots: said == slots.get("size", "").replace("2XL", "XXL"),
    "number": lambda _shop, row, said, _language, _slots: said == row["number"],
    "size_for": _size_for,
    "sizes": lambda shop, row, said, _language, _slots: re.split(", |、", said) == shop.sizes(int(row["number"])),
    "colours": lambda _shop, row, said, language, _slots: (
        re.split(", |、", said) == row[f"colours.{language}"].split("|")
    ),
    "material": _cell("material"),
    "returns": _cell("returns"),
    "promo": _cell("promo"),
    "gift": _cell("gift"),
    "authenticity": _cell("authenticity"),
    "return_days": lambda _shop, row, said, _language, _slots: said == row["return_days"],
    "ship_days": lambda _shop, row, said, _language, _slots: f"other={said}," in row[f"shipping.{SITE}"],
    "ship_cost": lambda _shop, row, said, _language, _slots: _fee(said, row, "fee"),
    "free_over": lambda _shop, row, said, _language, _slots: _fee(said, row, "free_over"),
}
