"""What stands in one cell of a catalog."""

from __future__ import annotations

from decimal import Decimal

import pytest

from streambot.catalog import cells
from streambot.core.catalog import Money, Range, Shipping, Size, Stock


@pytest.mark.parametrize(
    ("cell", "unit", "amount"),
    [
        ("890", "THB", "890"),
        ("๘๙๐", "THB", "890"),
        ("1,290", "THB", "1290"),
        ("1,290.50", "THB", "1290.50"),
        ("1.290,50", "USD", "1290.50"),
        ("12.9", "USD", "12.9"),
        ("12,90", "USD", "12.90"),
        ("29.00", "USD", "29"),
        ("1 290", "CNY", "1290"),
        ("690000", "VND", "690000"),
        ("690.000", "VND", "690000"),
        ("1.290.000", "IDR", "1290000"),
        ("690,000", "VND", "690000"),
        ("690000.00", "VND", "690000"),
    ],
)
def test_amounts_are_read_as_each_country_writes_them(cell: str, unit: str, amount: str) -> None:
    assert cells.money(cell, unit) == Money(Decimal(amount), unit)


@pytest.mark.parametrize(
    ("cell", "currency"),
    [
        ("฿890", "THB"),
        ("890 บาท", "THB"),
        ("THB 890", "THB"),
        ("Rp149.000", "IDR"),
        ("Rp. 149.000", "IDR"),
        ("149.000đ", "VND"),
        ("¥99", "CNY"),
        ("$12.90", "USD"),
        ("12.90 usd", "USD"),
    ],
)
def test_a_price_may_say_its_currency(cell: str, currency: str) -> None:
    assert cells.money(cell, "").currency == currency


@pytest.mark.parametrize(
    ("cell", "unit", "reason"),
    [
        ("-5", "THB", "negative"),
        ("0", "THB", "above 0"),
        ("free", "THB", "no price"),
        ("1.290", "THB", "could be 1290 or 1.29"),
        ("149.5", "VND", "fraction"),
        ("1,29,0", "THB", "no amount"),
        ("1.2.3", "THB", "cannot be both"),
        ("12 EUR", "THB", "no currency of ours"),
        ("$12 THB", "THB", "two currencies"),
        ("12", "", "in which currency"),
        ("1e5", "THB", "no"),
        ("NaN", "THB", "no price"),
        ("9" * 30, "THB", "no amount"),
    ],
)
def test_what_is_no_price_says_why(cell: str, unit: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        cells.money(cell, unit)


def test_a_long_cell_is_cut_in_what_is_said_of_it() -> None:
    with pytest.raises(ValueError, match="…") as caught:
        cells.money("x" * 5000, "THB")
    assert len(str(caught.value)) < 100


def test_sizes_have_measures_as_ranges() -> None:
    assert cells.sizes("S: height=150-160, weight=42.5 - 50 kg|M: Height=158–165cm | one size") == (
        Size("S", {"height": Range(150, 160), "weight": Range(42.5, 50)}),
        Size("M", {"height": Range(158, 165)}),
        Size("one size"),
    )


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("S: heigth=150-160", "did you mean height"),
        ("S: height=160-150", "from a higher"),
        ("S: height=tall", "no number or range"),
        ("S: height", "something=number"),
        ("S: height=1, height=2", "twice"),
        ("S|s", "twice"),
        ("S: height=1|S: height=2", "twice"),
        (": height=1-2", "no name"),
        ("S||M", "nothing on one side"),
    ],
)
def test_what_are_no_sizes_says_why(cell: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        cells.sizes(cell)


SIZES = (Size("S"), Size("M"))
COLOURS = {"black": 0, "white": 1, "สีดำ": 0, "สีขาว": 1}


def test_stock_is_a_number_or_told_by_size_and_colour() -> None:
    assert cells.stock("12", SIZES, COLOURS) == Stock(12)
    assert cells.stock("s=3, M=0", SIZES, COLOURS) == Stock(3, {("S", -1): 3, ("M", -1): 0})
    assert cells.stock("สีดำ=5,White=2", SIZES, COLOURS) == Stock(7, {("", 0): 5, ("", 1): 2})
    assert cells.stock("S/black=1, white/M=2", SIZES, COLOURS) == Stock(3, {("S", 0): 1, ("M", 1): 2})


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("-3", "negative"),
        ("S=-3", "whole number"),
        ("many", "no number of pieces"),
        ("2.5", "no number of pieces"),
        ("blak=3", "did you mean black"),
        ("L=3", "there are S, M"),
        ("S=1, white=2", "cannot be added up"),
        ("S=1, s=2", "twice"),
        ("99999999999", "whole number"),
    ],
)
def test_what_is_no_stock_says_why(cell: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        cells.stock(cell, SIZES, COLOURS)


def test_ways_to_send_have_days_by_region_and_a_fee() -> None:
    cell = "standard: Bangkok/กทม=1-2, other=2-4 days, fee=38, free_over=990 | pickup: Bangkok=0, fee=0"
    assert cells.shipping(cell, "THB") == (
        Shipping("standard", {"Bangkok/กทม": Range(1, 2)}, Range(2, 4), Decimal(38), Decimal(990)),
        Shipping("pickup", {"Bangkok": Range(0, 0)}, None, Decimal(0)),
    )
    assert cells.shipping("other=2-4", "") == (Shipping("", {}, Range(2, 4)),)


@pytest.mark.parametrize(
    ("cell", "unit", "reason"),
    [
        ("standard: fee=38", "THB", "says no days"),
        ("standard: other=soon", "THB", "no number or range"),
        ("standard: other=2, fee=38", "", "no price"),
        ("standard: other=2, free_over=1,000", "THB", "something=number"),
    ],
)
def test_what_is_no_way_to_send_says_why(cell: str, unit: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        cells.shipping(cell, unit)


def test_a_moment_has_its_zone() -> None:
    assert cells.moment("2026-11-23T20:00:00+07:00") == cells.moment("2026-11-23T13:00:00Z") == 1795438800
    assert cells.moment("1795438800.5") == 1795438800.5
    for wrong in ("2026-11-23 20:00", "tonight", "23/11/2026", "2026-13-40T00:00:00Z"):
        with pytest.raises(ValueError, match="write it as"):
            cells.moment(wrong)


@pytest.mark.parametrize("cell", ["0", "-1", "10000", "3.0", "三", "３", "x"])
def test_what_is_no_item_number_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="no item number"):
        cells.item_number(cell)
    assert cells.item_number("#3") == 3


def test_a_text_fits_in_an_answer() -> None:
    assert cells.text("x" * 300)
    with pytest.raises(ValueError, match="301"):
        cells.text("x" * 301)
