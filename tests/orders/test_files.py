"""Orders from CSV: by whom, how far; or everything that is wrong with the file, by row and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from streambot.core.orders import OrderStatus
from streambot.orders import files
from streambot.orders.files import Orders, OrdersError, parse_orders, read_orders
from streambot.resources import resource

HEAD = "order,platform,user,placed_at,status"


def parsed(*lines: str) -> Orders:
    return parse_orders("\n".join(lines).encode(), "orders.csv")


def wrong(*lines: str) -> list[tuple[int, str, str]]:
    with pytest.raises(OrdersError) as caught:
        parsed(*lines)
    return [(each.row, each.column, each.reason) for each in caught.value.problems]


def test_the_newest_order_of_a_person_comes_first_and_nobody_elses() -> None:
    orders = parsed(
        HEAD,
        "1,tiktok,u1,2026-11-01T10:00Z,paid",
        "2,tiktok,u1,2026-11-03T10:00Z,shipped",
        "3,tiktok,u2,2026-11-02T10:00Z,paid",
        "1,shopee,u1,2026-11-02T10:00Z,paid",
    )
    assert [order.id for order in orders.of("tiktok", "u1")] == ["2", "1"]
    assert [order.id for order in orders.of("shopee", "u1")] == ["1"]
    assert orders.of("tiktok", "U1") == orders.of("tiktok", "") == ()
    assert (len(orders), orders.buyers) == (4, 3)


def test_the_words_of_shops_exports_are_known() -> None:
    words = {"IN_TRANSIT": "shipped", "Ready to ship": "packed", "Canceled": "cancelled", "to-return": "returned"}
    lines = [f"{n},tiktok,u{n},2026-11-01T10:00Z,{word}" for n, word in enumerate(words)]
    orders = parsed(HEAD, *lines)
    assert [orders.of("tiktok", f"u{n}")[0].status for n in range(len(words))] == list(map(OrderStatus, words.values()))


def test_everything_wrong_is_told_with_row_and_column() -> None:
    head = f"{HEAD},shipped_at,amount,currency,items"
    assert wrong(
        head,
        "1,tiktok,u1,2026-11-01T10:00Z,shiped,,,,",
        "2,tiktok,,2026-11-01,paid,,-5 USD,,",
        "2,tiktok,u1,2026-11-02T10:00Z,paid,2026-11-01T10:00Z,5 USD,THB,",
        "2,tiktok,u1,2026-11-02T10:00Z,paid,,,,a | | b",
        "6.92E+18,tiktok,u1,2026-11-02T10:00Z,paid,,x,,",
    ) == [
        (2, "status", '"shiped" is no status; did you mean shipped?'),
        (3, "user", "is empty"),
        (3, "placed_at", '"2026-11-01" says no time zone; write it as 2026-11-01T00:00:00+07:00, or Z for UTC'),
        (3, "amount", '"-5 USD" is negative'),
        (4, "shipped_at", "is before it was placed"),
        (4, "amount", "USD, but the currency is THB"),
        (5, "items", "there is nothing on one side of a |"),
        (5, "order", '"2" is in row 4 already'),
        (6, "order", '"6.92E+18" was rounded by a spreadsheet; export the column as text'),
        (6, "amount", '"x" is no price'),
    ]


def test_a_header_that_is_not_ours_is_told_with_the_nearest_name() -> None:
    assert wrong("order,platform,usr,placed_at,status,order") == [
        (1, "usr", "unknown column; did you mean user?"),
        (1, "order", "this column stands there twice"),
        (1, "user", "this column is missing"),
    ]
    assert wrong("") == [(0, "", "is empty; the first row names the columns")]
    assert wrong(HEAD, "1,tiktok,u1,2026-11-01T10:00Z,paid,extra") == [
        (2, "", "has a cell in a column without a name; a separator in a text needs quotation marks")
    ]


def test_the_message_names_places_and_no_cell() -> None:
    with pytest.raises(OrdersError) as caught:
        parsed(HEAD, *[f"{n},tiktok,u1,2026-11-01T10:00Z,TRACK-{n}" for n in range(9)])
    assert str(caught.value) == (
        "orders.csv: row 2, status: not right; orders.csv: row 3, status: not right; orders.csv: row 4, status: not "
        "right; orders.csv: row 5, status: not right; orders.csv: row 6, status: not right; and 4 more. "
        "`streambot orders check FILE` lists everything."
    )


def test_more_than_a_shop_can_have_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(files, "MOST_ORDERS", 1)
    lines = [f"{n},tiktok,u1,2026-11-01T10:00Z,paid" for n in range(2)]
    assert wrong(HEAD, *lines) == [(0, "", "has more than 1 orders; leave out what nobody needs now")]
    monkeypatch.setattr(files, "MOST_BYTES", 1 << 20)
    path = tmp_path / "orders.csv"
    path.write_bytes(b"x" * ((1 << 20) + 1))
    with pytest.raises(OrdersError, match="more than 1 MiB"):
        read_orders(path)
    with pytest.raises(OrdersError, match="cannot be read"):
        read_orders(tmp_path / "nothing.csv")


def test_the_demos_orders_are_in_order() -> None:
    orders = read_orders(resource("config/orders/demo.csv"))
    assert len(orders) > 400
    assert orders.of("demo", "demo-viewer-00001")
