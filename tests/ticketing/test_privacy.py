"""What somebody ordered is on the ticket's page and in its export, and nowhere else."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import structlog

from streambot.core.orders import Order, OrderStatus
from streambot.core.ticket_orders import TicketQuery, TicketVerb
from streambot.orders.files import OrdersError
from tests.ticketing.office import ORDERS, ticket_house

SECRETS = ("A-1", "A-2", "Secret Express", "TRACK-77", "blue lamp", "red rug", "59.00")


def secrets_in(value: Any) -> list[str]:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return [secret for secret in SECRETS if secret in text]


async def test_no_event_notice_log_line_or_list_has_anything_of_an_order(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db", orders=ORDERS, answering=True) as here:
        with structlog.testing.capture_logs() as lines:
            await here.hear("where is my order")
            await here.hear("it broke")
            await here.do(TicketVerb.ASSIGN, "nok")
            assert secrets_in(await here.shown()) == [secret for secret in SECRETS if secret != "59.00"]
            assert secrets_in(dict(await here.desk.dispute(here.ticket.id, names=False) or {}))
            # A new export that is wrong: what is told about it quotes no cell.
            path = tmp_path / "orders.csv"
            path.write_text(ORDERS.replace("2026-11-01T10:00Z", "TRACK-77"), encoding="utf-8")
            os.utime(path, ns=(1, 1))
            await here.office._orders.reload()
        assert here.house.feed.codes()[-1:] == ["orders_refused"]
        assert "row 2, placed_at" in here.house.feed.notices[-1][1]["text"]
        assert lines
        assert secrets_in(lines) == []
        assert secrets_in([notice for _, notice in here.house.feed.notices]) == []
        assert secrets_in([event.data for event in here.house.feed.events]) == []
        assert secrets_in([(action.text, action.reason) for action in here.house.feed.outbox]) == []
        assert secrets_in(dict(await here.desk.listed(TicketQuery()))) == []
        assert secrets_in([row[0] for row in here.house.sql("SELECT data FROM events")]) == []
        state = await here.house.room()
        assert secrets_in([str(state.status()), *map(str, state.hot())]) == []


def test_an_order_says_nothing_of_itself_in_a_traceback() -> None:
    order = Order("A-1", "fake", "mimi", OrderStatus.PAID, 0.0, tracking="TRACK-77")
    assert secrets_in(repr(order)) == []


async def test_orders_that_are_wrong_at_first_are_refused_and_no_cell_is_quoted(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db", orders=ORDERS) as here:
        path = tmp_path / "other.csv"
        path.write_text(ORDERS.replace("shipped,", "TRACK-77,"), encoding="utf-8")
        tickets = here.settings.tickets.model_copy(update={"orders": path})
        with pytest.raises(OrdersError, match="row 2, status: not right") as caught:
            await here.office.open(here.settings.model_copy(update={"tickets": tickets}))
    assert secrets_in(str(caught.value)) == []
