"""The values in a catalog's cells. Every function raises ValueError with a reason for a shop's employee."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from streambot.catalog.problems import hint
from streambot.core.catalog import DECIMALS, LARGEST_NUMBER, MEASURES, Money, Range, Shipping, Size, Stock
from streambot.core.told import Told

BETWEEN: Final = "|"
"""Between the entries of a cell: names, colours, sizes, ways to send."""
OTHER: Final = "other"
FEE: Final = "fee"
FREE_OVER: Final = "free_over"
MOST_PIECES: Final = 10**9
_LONGEST_TEXT: Final = 300
"""Code points of a text that an answer may repeat; platforms take 150 to 500."""

NOTHING_BETWEEN: Final = Told("entry_empty", "there is nothing on one side of a {sign}", sign=BETWEEN)

_SIGNS: Final = {
    "$": "USD", "us$": "USD", "฿": "THB", "บาท": "THB", "₫": "VND", "đ": "VND", "vnđ": "VND", "rp": "IDR", "rp.": "IDR",
    "¥": "CNY", "￥": "CNY", "元": "CNY", "rmb": "CNY",
} | {code.lower(): code for code in DECIMALS}  # fmt: skip
_MONEY: Final = re.compile(r"(?P<before>[^\d\s.,+-]*\.?)\s*(?P<amount>[+-]?\d[\d., ]*?)\s*(?P<after>[^\d\s.,]*)")
_GROUPED: Final = re.compile(r"\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*")
_RANGE: Final = re.compile(
    r"(\d{1,4}(?:\.\d+)?)\s*(?:[-–~]\s*(\d{1,4}(?:\.\d+)?))?\s*(?:cm|kg|days?|d)?", re.IGNORECASE
)


def item_number(cell: str) -> int:
    """The number of an item on air."""
    digits = cell.removeprefix("#").strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 6 and 0 < int(digits) <= LARGEST_NUMBER):
        raise ValueError(
            Told("cell_number", "{cell} is no item number from 1 to {most}", cell=shown(cell), most=str(LARGEST_NUMBER))
        )
    return int(digits)


def whole(cell: str) -> int:
    """A number of pieces or days."""
    if not (cell.isascii() and cell.isdecimal() and len(cell) <= 12 and int(cell) <= MOST_PIECES):
        raise ValueError(
            Told("cell_whole", "{cell} is no whole number of 0 or more, written without signs", cell=shown(cell))
        )
    return int(cell)


def text(cell: str) -> str:
    """A text to be said."""
    if len(cell) > _LONGEST_TEXT:
        raise ValueError(
            Told(
                "cell_long",
                "{n} characters are more than the {most} that fit in an answer",
                n=len(cell),
                most=_LONGEST_TEXT,
            )
        )
    return cell


def listed(cell: str) -> tuple[str, ...]:
    """The entries of a cell, none empty and none twice."""
    entries = tuple(text(entry.strip()) for entry in cell.split(BETWEEN))
    if not all(entries):
        raise ValueError(NOTHING_BETWEEN)
    if len({entry.casefold() for entry in entries}) < len(entries):
        raise ValueError(Told("entry_twice", "the same stands there twice"))
    return entries


def moment(cell: str) -> float:
    """A time, ISO 8601 with its zone or Unix seconds, as Unix seconds."""
    if re.fullmatch(r"\d{9,10}(\.\d+)?", cell):
        return float(cell)
    try:
        found = datetime.fromisoformat(cell)
    except ValueError:
        raise ValueError(
            Told("time_wrong", "{cell} is no time; write it as {so}", cell=shown(cell), so="2026-11-23T20:00:00+07:00")
        ) from None
    if found.tzinfo is None:
        raise ValueError(
            Told(
                "time_zone",
                "{cell} says no time zone; write it as {so}, or Z for UTC",
                cell=shown(cell),
                so=f"{found.isoformat()}+07:00",
            )
        )
    return found.timestamp()


def currency(cell: str) -> str:
    """The code of a currency (ISO 4217)."""
    if cell.upper() not in DECIMALS:
        raise ValueError(Told("cell_none_of", "{cell} is none of {known}", cell=shown(cell), known=", ".join(DECIMALS)))
    return cell.upper()


def money(cell: str, stated: str) -> Money:
    """A price, with a sign or code of its currency or without; ``stated`` is the currency if the cell says none."""
    match = _MONEY.fullmatch(cell)
    if match is None:
        raise ValueError(Told("price_wrong", "{cell} is no price", cell=shown(cell)))
    named = {_currency_of(sign, cell) for sign in (match["before"], match["after"]) if sign}
    if len(named) > 1:
        raise ValueError(Told("price_two", "{cell} names two currencies", cell=shown(cell)))
    unit = named.pop() if named else stated
    if not unit:
        raise ValueError(Told("price_bare", "{cell} does not say in which currency", cell=shown(cell)))
    if match["amount"].startswith("-"):
        raise ValueError(Told("cell_negative", "{cell} is negative", cell=shown(cell)))
    found = amount(match["amount"].removeprefix("+"), unit)
    if not found:
        raise ValueError(
            Told("price_zero", "{cell}: a price is above 0; leave the cell empty if it is not known", cell=shown(cell))
        )
    return Money(found, unit)


def _currency_of(sign: str, cell: str) -> str:
    found = _SIGNS.get(sign.casefold())
    if found is None:
        raise ValueError(
            Told(
                "price_sign",
                "{cell}: {sign} is no currency of ours ({known})",
                cell=shown(cell),
                sign=shown(sign),
                known=", ".join(DECIMALS),
            )
        )
    return found


def amount(written: str, unit: str) -> Decimal:
    """An amount of 0 or more as it is written in any of our countries: 1,290.50 · 1290,5 · 149.000 for dong and rupiah.

    One point before three digits could be 1.29 or 1290 where a currency has cents; that is refused, not guessed.
    """
    plain = written.replace("\u00a0", " ").strip()
    if plain.isascii() and plain.isdecimal() and len(plain) <= 12:
        return Decimal(plain)
    decimals = DECIMALS[unit]
    head, cents = plain, ""
    if (point := re.fullmatch(r"(.*\d)([.,])(\d{1,2})", plain)) is not None:
        head, cents = point[1], point[3]
        if point[2] in head:
            raise ValueError(
                Told(
                    "amount_point",
                    "{cell} is no amount: {point} cannot be both in it and before the cents",
                    cell=shown(written),
                    point=point[2],
                )
            )
    grouped = _GROUPED.fullmatch(head)
    if (not head.isdecimal() and grouped is None) or len(head) > 16:
        raise ValueError(Told("amount_wrong", "{cell} is no amount", cell=shown(written)))
    if decimals and not cents and grouped is not None and grouped[1] == "." and head.count(".") == 1:
        raise ValueError(
            Told(
                "amount_either",
                "{cell} could be {one} or {other}; write the one you mean",
                cell=shown(written),
                one=head.replace(".", ""),
                other=f"{float(head):g}",
            )
        )
    if not decimals and cents.strip("0"):
        raise ValueError(
            Told(
                "amount_fraction",
                "{cell} has a fraction, and nobody pays fractions in {currency}",
                cell=shown(written),
                currency=unit,
            )
        )
    whole_part = re.sub(r"\D", "", head)
    return Decimal(f"{whole_part}.{cents}") if cents.strip("0") else Decimal(whole_part)


def span(cell: str) -> Range:
    """A number, or two with a hyphen: 3, 2-5."""
    match = _RANGE.fullmatch(cell)
    if match is None:
        raise ValueError(Told("range_wrong", "{cell} is no number or range such as 2-5", cell=shown(cell)))
    low = float(match[1])
    high = float(match[2] or match[1])
    if high < low:
        raise ValueError(Told("range_backwards", "{cell} goes from a higher to a lower number", cell=shown(cell)))
    return Range(low, high)


def sizes(cell: str) -> tuple[Size, ...]:
    """``S: height=150-160, weight=42-50 | M: …``, from small to large; a size may have no measures."""
    found = []
    for entry in listed(cell):
        name, _, rest = entry.partition(":")
        measures = {}
        for key, value in _pairs(rest).items():
            if key.casefold() not in MEASURES:
                raise ValueError(
                    Told(
                        "size_measure",
                        "size {size}: {cell} is no measure{hint}",
                        size=name.strip(),
                        cell=shown(key),
                        hint=hint(key, MEASURES),
                    )
                )
            measures[key.casefold()] = span(value)
        found.append(Size(name.strip(), measures))
    if not all(size.name for size in found):
        raise ValueError(Told("size_unnamed", "a size has no name"))
    if len({size.name.casefold() for size in found}) < len(found):
        raise ValueError(Told("size_twice", "a size stands there twice"))
    return tuple(found)


def stock(cell: str, sizes: Sequence[Size], colours: Mapping[str, int]) -> Stock:
    """``12``, or by size, colour or both: ``S=3, M=0``, ``black=5``, ``M/black=2``.

    ``colours`` are the item's colours in all languages, with their places.
    """
    if cell.isdecimal():
        return Stock(whole(cell))
    if cell.startswith("-"):
        raise ValueError(Told("cell_negative", "{cell} is negative", cell=shown(cell)))
    if "=" not in cell:
        raise ValueError(
            Told("stock_wrong", "{cell} is no number of pieces, nor S=3, M=0 by size or colour", cell=shown(cell))
        )
    by_fold = {size.name.casefold(): size.name for size in sizes}
    parts: dict[tuple[str, int], int] = {}
    for key, value in _pairs(cell).items():
        size, colour = "", -1
        for name in (part.strip() for part in key.split("/")):
            if not size and name.casefold() in by_fold:
                size = by_fold[name.casefold()]
            elif colour < 0 and name.casefold() in colours:
                colour = colours[name.casefold()]
            else:
                known = [*by_fold.values(), *colours]
                raise ValueError(
                    Told(
                        "stock_name",
                        "{cell} is no size or colour of this item{hint}",
                        cell=shown(name),
                        hint=hint(name, known),
                    )
                )
        if (size, colour) in parts:
            raise ValueError(Told("cell_twice", "{cell} stands there twice", cell=shown(key)))
        parts[size, colour] = whole(value)
    if len({(bool(size), colour >= 0) for size, colour in parts}) > 1:
        raise ValueError(
            Told("stock_mixed", "pieces are told by size here and by colour there; then they cannot be added up")
        )
    return Stock(sum(parts.values()), parts)


def shipping(cell: str, unit: str) -> tuple[Shipping, ...]:
    """``standard: Bangkok/กรุงเทพ=1-2, other=2-4, fee=38, free_over=500 | express: …``; ``unit`` is the currency."""
    found = []
    for entry in listed(cell):
        name, colon, rest = entry.partition(":")
        pairs = _pairs(rest if colon else entry)
        if not unit and not pairs.keys().isdisjoint({FEE, FREE_OVER}):
            raise ValueError(Told("fee_bare", "a fee is in the currency of the price, and there is no price"))
        fees = {key: amount(pairs.pop(key), unit) for key in (FEE, FREE_OVER) if key in pairs}
        elsewhere = pairs.pop(OTHER, None)
        regions = {key: span(value) for key, value in pairs.items()}
        found.append(
            Shipping(
                name.strip() if colon else "",
                regions,
                None if elsewhere is None else span(elsewhere),
                fees.get(FEE),
                fees.get(FREE_OVER),
            )
        )
        if not regions and elsewhere is None:
            raise ValueError(
                Told(
                    "days", "{cell} says no days; write {so} for everywhere else", cell=shown(entry), so=f"{OTHER}=2-4"
                )
            )
    return tuple(found)


def _pairs(entry: str) -> dict[str, str]:
    """``key=value, key=value``; a key stands once."""
    pairs: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in entry.split(","))):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not (key and equals and value):
            raise ValueError(Told("pair", "{cell} should be something=number", cell=shown(part)))
        if key in pairs:
            raise ValueError(Told("cell_twice", "{cell} stands there twice", cell=shown(key)))
        pairs[key] = value
    return pairs


def shown(cell: str) -> str:
    """A cell in quotes, cut if it is long."""
    return f'"{cell}"' if len(cell) <= 40 else f'"{cell[:39]}…"'
