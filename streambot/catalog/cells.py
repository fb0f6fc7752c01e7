"""The values in a catalog's cells. Every function raises ValueError with a reason for a shop's employee."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from streambot.core.catalog import DECIMALS, LARGEST_NUMBER, MEASURES, Money, Range, Shipping, Size, Stock
from streambot.nearest import nearest

BETWEEN: Final = "|"
"""Between the entries of a cell: names, colours, sizes, ways to send."""
OTHER: Final = "other"
FEE: Final = "fee"
FREE_OVER: Final = "free_over"
MOST_PIECES: Final = 10**9
_LONGEST_TEXT: Final = 300
"""Code points of a text that an answer may repeat; platforms take 150 to 500."""

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
        raise ValueError(f"{shown(cell)} is no item number from 1 to {LARGEST_NUMBER}")
    return int(digits)


def whole(cell: str) -> int:
    """A number of pieces or days."""
    if not (cell.isascii() and cell.isdecimal() and len(cell) <= 12 and int(cell) <= MOST_PIECES):
        raise ValueError(f"{shown(cell)} is no whole number of 0 or more, written without signs")
    return int(cell)


def text(cell: str) -> str:
    """A text to be said."""
    if len(cell) > _LONGEST_TEXT:
        raise ValueError(f"{len(cell)} characters are more than the {_LONGEST_TEXT} that fit in an answer")
    return cell


def listed(cell: str) -> tuple[str, ...]:
    """The entries of a cell, none empty and none twice."""
    entries = tuple(text(entry.strip()) for entry in cell.split(BETWEEN))
    if not all(entries):
        raise ValueError(f"there is nothing on one side of a {BETWEEN}")
    if len({entry.casefold() for entry in entries}) < len(entries):
        raise ValueError("the same stands there twice")
    return entries


def moment(cell: str) -> float:
    """A time, ISO 8601 with its zone or Unix seconds, as Unix seconds."""
    if re.fullmatch(r"\d{9,10}(\.\d+)?", cell):
        return float(cell)
    try:
        found = datetime.fromisoformat(cell)
    except ValueError:
        raise ValueError(f"{shown(cell)} is no time; write it as 2026-11-23T20:00:00+07:00") from None
    if found.tzinfo is None:
        raise ValueError(f"{shown(cell)} says no time zone; write it as {found.isoformat()}+07:00, or Z for UTC")
    return found.timestamp()


def currency(cell: str) -> str:
    """The code of a currency (ISO 4217)."""
    if cell.upper() not in DECIMALS:
        raise ValueError(f"{shown(cell)} is none of {', '.join(DECIMALS)}")
    return cell.upper()


def money(cell: str, stated: str) -> Money:
    """A price, with a sign or code of its currency or without; ``stated`` is the currency if the cell says none."""
    match = _MONEY.fullmatch(cell)
    if match is None:
        raise ValueError(f"{shown(cell)} is no price")
    named = {_currency_of(sign, cell) for sign in (match["before"], match["after"]) if sign}
    if len(named) > 1:
        raise ValueError(f"{shown(cell)} names two currencies")
    unit = named.pop() if named else stated
    if not unit:
        raise ValueError(f"{shown(cell)} does not say in which currency")
    if match["amount"].startswith("-"):
        raise ValueError(f"{shown(cell)} is negative")
    found = amount(match["amount"].removeprefix("+"), unit)
    if not found:
        raise ValueError(f"{shown(cell)}: a price is above 0; leave the cell empty if it is not known")
    return Money(found, unit)


def _currency_of(sign: str, cell: str) -> str:
    found = _SIGNS.get(sign.casefold())
    if found is None:
        raise ValueError(f"{shown(cell)}: {shown(sign)} is no currency of ours ({', '.join(DECIMALS)})")
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
            raise ValueError(f"{shown(written)} is no amount: {point[2]} cannot be both in it and before the cents")
    grouped = _GROUPED.fullmatch(head)
    if (not head.isdecimal() and grouped is None) or len(head) > 16:
        raise ValueError(f"{shown(written)} is no amount")
    if decimals and not cents and grouped is not None and grouped[1] == "." and head.count(".") == 1:
        raise ValueError(
            f"{shown(written)} could be {head.replace('.', '')} or {float(head):g}; write the one you mean"
        )
    if not decimals and cents.strip("0"):
        raise ValueError(f"{shown(written)} has a fraction, and nobody pays fractions in {unit}")
    whole_part = re.sub(r"\D", "", head)
    return Decimal(f"{whole_part}.{cents}") if cents.strip("0") else Decimal(whole_part)


def span(cell: str) -> Range:
    """A number, or two with a hyphen: 3, 2-5."""
    match = _RANGE.fullmatch(cell)
    if match is None:
        raise ValueError(f"{shown(cell)} is no number or range such as 2-5")
    low = float(match[1])
    high = float(match[2] or match[1])
    if high < low:
        raise ValueError(f"{shown(cell)} goes from a higher to a lower number")
    return Range(low, high)


def sizes(cell: str) -> tuple[Size, ...]:
    """``S: height=150-160, weight=42-50 | M: …``, from small to large; a size may have no measures."""
    found = []
    for entry in listed(cell):
        name, _, rest = entry.partition(":")
        measures = {}
        for key, value in _pairs(rest).items():
            if key.casefold() not in MEASURES:
                raise ValueError(f"size {name.strip()}: {shown(key)} is no measure{_did_you_mean(key, MEASURES)}")
            measures[key.casefold()] = span(value)
        found.append(Size(name.strip(), measures))
    if not all(size.name for size in found):
        raise ValueError("a size has no name")
    if len({size.name.casefold() for size in found}) < len(found):
        raise ValueError("a size stands there twice")
    return tuple(found)


def stock(cell: str, sizes: Sequence[Size], colours: Mapping[str, int]) -> Stock:
    """``12``, or by size, colour or both: ``S=3, M=0``, ``black=5``, ``M/black=2``.

    ``colours`` are the item's colours in all languages, with their places.
    """
    if cell.isdecimal():
        return Stock(whole(cell))
    if cell.startswith("-"):
        raise ValueError(f"{shown(cell)} is negative")
    if "=" not in cell:
        raise ValueError(f"{shown(cell)} is no number of pieces, nor S=3, M=0 by size or colour")
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
                raise ValueError(f"{shown(name)} is no size or colour of this item{_did_you_mean(name, known)}")
        if (size, colour) in parts:
            raise ValueError(f"{shown(key)} stands there twice")
        parts[size, colour] = whole(value)
    if len({(bool(size), colour >= 0) for size, colour in parts}) > 1:
        raise ValueError("pieces are told by size here and by colour there; then they cannot be added up")
    return Stock(sum(parts.values()), parts)


def shipping(cell: str, unit: str) -> tuple[Shipping, ...]:
    """``standard: Bangkok/กรุงเทพ=1-2, other=2-4, fee=38, free_over=500 | express: …``; ``unit`` is the currency."""
    found = []
    for entry in listed(cell):
        name, colon, rest = entry.partition(":")
        pairs = _pairs(rest if colon else entry)
        if not unit and not pairs.keys().isdisjoint({FEE, FREE_OVER}):
            raise ValueError("a fee is in the currency of the price, and there is no price")
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
            raise ValueError(f"{shown(entry)} says no days; write {OTHER}=2-4 for everywhere else")
    return tuple(found)


def _pairs(entry: str) -> dict[str, str]:
    """``key=value, key=value``; a key stands once."""
    pairs: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in entry.split(","))):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not (key and equals and value):
            raise ValueError(f"{shown(part)} should be something=number")
        if key in pairs:
            raise ValueError(f"{shown(key)} stands there twice")
        pairs[key] = value
    return pairs


def _did_you_mean(word: str, words: Sequence[str]) -> str:
    close = nearest(word, words)
    return f"; did you mean {close}?" if close else f"; there are {', '.join(words[:12])}" if words else ""


def shown(cell: str) -> str:
    """A cell in quotes, cut if it is long."""
    return f'"{cell}"' if len(cell) <= 40 else f'"{cell[:39]}…"'
