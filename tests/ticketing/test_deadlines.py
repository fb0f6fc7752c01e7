"""A room is told when its tickets are due: once, in time, and nobody is named."""

from __future__ import annotations

import asyncio
from pathlib import Path

from streambot.core.ticket_orders import TicketVerb
from streambot.ticketing.deadlines import LOOK, Deadlines
from tests.houses import turns
from tests.ticketing.office import ORDERS, TicketHouse, ticket_house

HOUR = 3600.0


def deadlines(here: TicketHouse) -> Deadlines:
    return Deadlines(here.office.tickets, here.house.feed, clock=here.clock, sleep=here.clock.sleep)


def told(here: TicketHouse) -> list[str]:
    return [str(notice["text"]) for _, notice in here.house.feed.notices]


async def test_an_hour_before_and_when_it_has_passed(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db") as here:
        await here.hear("it broke")
        watch = deadlines(here)
        watch.look()
        here.clock.advance(11 * HOUR - 1)
        watch.look()
        assert told(here) == []
        here.clock.advance(1)
        watch.look()
        watch.look()
        assert told(here) == ["1 ticket is due within the hour."]
        here.clock.advance(HOUR)
        watch.look()
        watch.look()
        assert told(here) == ["1 ticket is due within the hour.", "1 ticket is past the deadline."]
        assert here.house.feed.codes() == ["ticket_soon", "ticket_overdue"]


async def test_several_are_one_notice_and_what_is_settled_is_none(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db", orders=ORDERS) as here:
        for author in ("mimi", "bo", "cy"):
            await here.hear("it broke", author=author)
        await here.do(TicketVerb.SETTLE, ticket=here.tickets[0].id)
        here.clock.advance(13 * HOUR)
        watch = deadlines(here)
        watch.look()
        assert told(here) == ["2 tickets are past the deadline."]
        # Settled and opened again it has a new deadline, which is told anew.
        await here.do(TicketVerb.SETTLE, ticket=here.tickets[1].id)
        await here.do(TicketVerb.REOPEN, ticket=here.tickets[1].id)
        here.clock.advance(13 * HOUR)
        watch.look()
        assert told(here)[1:] == ["1 ticket is past the deadline."]


async def test_one_task_looks_every_so_often(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db") as here:
        await here.hear("it broke")
        watching = asyncio.ensure_future(deadlines(here).run())
        await turns()
        here.clock.advance(12 * HOUR)
        await turns()
        assert told(here) == ["1 ticket is past the deadline."]
        here.clock.advance(LOOK)
        await turns()
        assert len(told(here)) == 1
        watching.cancel()
