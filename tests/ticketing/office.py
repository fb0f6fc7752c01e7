"""A small house with tickets: a real log and desk, a model that is told what it hears."""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streambot.core.command import Reply
from streambot.core.comment import Comment
from streambot.core.labels import Intent
from streambot.core.ticket_orders import TicketOrder, TicketQuery, TicketVerb
from streambot.core.tickets import Ticket
from streambot.ids import EventIds
from streambot.settings import RoomSettings
from streambot.testing import FakeClassifier, FakeClock, a_comment, a_judgement
from streambot.ticketing.desk import TicketDesk
from streambot.ticketing.office import Office
from tests.houses import SmallHouse, small_house

SAYS = {
    "it broke": Intent.COMPLAINT,
    "broken again": Intent.COMPLAINT,
    "it gave me a rash": Intent.COMPLAINT,
    "spam it broke": Intent.COMPLAINT,
    "look it broke": Intent.COMPLAINT,
    "where is my order": Intent.ORDER_STATUS,
    "how much": Intent.PRICE,
}
ORDERS = """\
order,platform,user,placed_at,status,shipped_at,carrier,tracking,items,amount,currency
A-1,fake,mimi,2026-11-01T10:00Z,shipped,2026-11-02T10:00Z,Secret Express,TRACK-77,blue lamp × 2,59.00,USD
A-2,fake,mimi,2026-11-09T10:00Z,paid,,,,red rug,20.00,USD
B-1,fake,bo,2026-11-09T10:00Z,paid,,,,green chair,20.00,USD
"""
_seeds = itertools.count()


def judging() -> FakeClassifier:
    return FakeClassifier({text: a_judgement(intent) for text, intent in SAYS.items()})


@dataclass
class TicketHouse:
    """A house whose first room is followed by tickets."""

    house: SmallHouse
    office: Office
    desk: TicketDesk
    settings: RoomSettings

    @property
    def clock(self) -> FakeClock:
        return self.house.clock

    async def hear(self, text: str, author: str = "mimi", **fields: Any) -> Comment:
        """A viewer says something, now."""
        comment = a_comment(text, author=author, at=self.clock.now, **fields)
        await self.house.play(comment)
        return comment

    @property
    def tickets(self) -> list[Ticket]:
        return list(self.office.tickets)

    @property
    def ticket(self) -> Ticket:
        (ticket,) = self.tickets
        return ticket

    async def do(self, verb: TicketVerb, value: str = "", actor: str = "nok", **fields: str) -> Reply:
        """A person does something about the only ticket, or about ``ticket``."""
        ticket = fields.pop("ticket", "") or self.ticket.id
        return await self.desk.order(TicketOrder(ticket, verb, actor, value, **fields))

    async def shown(self) -> Mapping[str, Any]:
        found = await self.desk.shown(self.ticket.id)
        assert found is not None
        return found

    async def listed(self, **query: str) -> list[str]:
        """The first comments of the tickets listed."""
        return [ticket["text"] for ticket in (await self.desk.listed(TicketQuery(**query)))["tickets"]]

    def steps(self) -> list[str]:
        """The steps in the log, as another process sees them, oldest first."""
        rows = self.house.sql("SELECT json_extract(data, '$.step') FROM events WHERE kind = 'ticket' ORDER BY seq")
        return [step for (step,) in rows]


@contextlib.asynccontextmanager
async def ticket_house(
    db: Path, *, orders: str | None = None, hours: float = 12.0, **options: Any
) -> AsyncIterator[TicketHouse]:
    """A house with tickets on ``db``; ``orders`` is the content of the shop's file."""
    tickets: dict[str, Any] = {"hours": hours}
    if orders is not None:
        path = db.parent / "orders.csv"
        path.write_text(orders, encoding="utf-8")
        tickets["orders"] = str(path)
    options = {"classifier": judging(), "tickets": tickets, **options}
    async with small_house(db, **options) as house:
        ids = EventIds(house.clock, random.Random(f"tickets {next(_seeds)}").getrandbits)
        office = await Office.opened(house.feed, ids, house.log, clock=house.clock, sleep=house.clock.sleep)
        state = await house.room()
        await office.open(state.settings, state.room.name)
        state.followers = (*state.followers, office.follower)
        desk = office.desk(house.rooms, house.store, house.log, lambda _: state.settings)
        yield TicketHouse(house, office, desk, state.settings)
