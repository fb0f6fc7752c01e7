"""What people do about tickets: the first wins, the second is told, asked twice it is done once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from streambot.core.command import Answer
from streambot.core.errors import PlatformError, StorageError
from streambot.core.event import Kind
from streambot.core.ticket_orders import TicketVerb
from streambot.core.tickets import TicketState
from streambot.testing import a_comment
from tests.ticketing.office import ORDERS, TicketHouse, ticket_house


async def test_every_step_is_an_event_with_its_actor(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db") as here:
        comment = await here.hear("it broke")
        for verb, value in (("assign", "nok"), ("note", "called"), ("wait", ""), ("open", ""), ("settle", "")):
            reply = await here.do(TicketVerb(verb), value, reason="why not")
            assert reply.answer is Answer.ACCEPTED
        assert (here.ticket.state, here.ticket.assignee, here.ticket.by) == (TicketState.SETTLED, "nok", "nok")
        chain = [row for row in await here.house.chain(comment.id) if row["kind"] == Kind.TICKET]
        assert [row["actor"] for row in chain] == ["bot", *["nok"] * 5]
        assert chain[-1]["reason"] == "why not"
        assert [event.kind for event in here.house.feed.events].count(Kind.TICKET) == 6
        here.clock.advance(60)
        assert (await here.do(TicketVerb.REOPEN)).answer is Answer.ACCEPTED
        assert (here.ticket.state, here.ticket.due_at) == (TicketState.REOPENED, here.clock.now + 12 * 3600)


async def test_what_is_so_already_is_said_to_be_so(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db") as here:
        await here.hear("it broke")
        assert (await here.do(TicketVerb.OPEN)).answer is Answer.NOOP
        assert (await here.do(TicketVerb.REOPEN)).answer is Answer.NOOP
        await here.do(TicketVerb.SETTLE)
        assert (await here.do(TicketVerb.SETTLE)).answer is Answer.NOOP
        assert (await here.do(TicketVerb.WAIT)).answer is Answer.INVALID
        assert (await here.do(TicketVerb.NOTE, " ")).answer is Answer.INVALID
        assert (await here.do(TicketVerb.SETTLE, ticket="nothing")).answer is Answer.NOT_FOUND
        assert here.steps() == ["open", "state"]


async def test_of_two_who_take_it_the_first_has_it_and_the_second_is_told(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db") as here:
        await here.hear("it broke")
        seen = here.ticket.newest
        here.clock.advance(5)
        first, second = await asyncio.gather(
            here.do(TicketVerb.ASSIGN, "nok", "nok", seen=seen), here.do(TicketVerb.ASSIGN, "bee", "bee", seen=seen)
        )
        assert (first.answer, second.answer) == (Answer.ACCEPTED, Answer.CONFLICT)
        assert (second.by, second.act, second.at) == ("nok", "assign", here.clock.now)
        assert here.ticket.assignee == "nok"
        # Who has looked again may take it over; who does something else contradicts nobody.
        assert (await here.do(TicketVerb.WAIT, "", "bee", seen=seen)).answer is Answer.ACCEPTED
        assert (await here.do(TicketVerb.ASSIGN, "bee", "bee", seen=here.ticket.newest)).answer is Answer.ACCEPTED


async def test_nobody_settles_what_the_viewer_has_just_said(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db") as here:
        await here.hear("it broke")
        seen = here.ticket.newest
        here.clock.advance(5)
        await here.hear("it gave me a rash")
        refused = await here.do(TicketVerb.SETTLE, seen=seen)
        assert (refused.answer, refused.by) == (Answer.CONFLICT, "viewer")
        assert here.ticket.state is TicketState.OPEN
        assert (await here.do(TicketVerb.SETTLE, seen=here.ticket.newest)).answer is Answer.ACCEPTED


class SlowStore:
    """A disk that is slow to write people's steps."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.began, self.go_on = asyncio.Event(), asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def commit(self, events: Any, outbox: Any = (), statements: Any = ()) -> Any:
        if any(event.actor == "nok" for event in events):
            self.began.set()
            await self.go_on.wait()
        return await self._store.commit(events, outbox, statements)


async def test_a_complaint_while_somebody_settles_keeps_the_ticket_open_also_after_a_restart(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db", wrap=SlowStore) as here:
        await here.hear("it broke")
        settling = asyncio.ensure_future(here.do(TicketVerb.SETTLE))
        await here.house.store.began.wait()
        here.clock.advance(5)
        await here.hear("it gave me a rash")
        here.house.store.go_on.set()
        reply = await settling
        assert (reply.answer, here.ticket.state) == (Answer.ACCEPTED, TicketState.REOPENED)
        assert "wrote meanwhile" in reply.message
        before, now = here.ticket, here.clock.now
    async with ticket_house(tmp_path / "log.db") as here:
        here.clock.now = now + 60 * 86_400
        office = await type(here.office).opened(
            here.house.feed, lambda: "x", here.house.log, clock=here.clock, sleep=here.clock.sleep
        )
        assert list(office.tickets) == [before]


async def test_a_caller_that_goes_away_leaves_the_ticket_as_the_log_has_it(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db", wrap=SlowStore) as here:
        await here.hear("it broke")
        settling = asyncio.ensure_future(here.do(TicketVerb.SETTLE))
        await here.house.store.began.wait()
        settling.cancel()
        here.house.store.go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await settling
        assert (here.steps(), here.ticket.state) == (["open", "state"], TicketState.SETTLED)


async def test_asked_again_with_the_same_key_it_is_done_once_and_with_another_order_refused(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db") as here:
        await here.hear("it broke")
        one, two = [await here.do(TicketVerb.NOTE, "called", key="k1") for _ in range(2)]
        assert one == two
        assert len(here.ticket.notes) == 1
        assert (await here.do(TicketVerb.NOTE, "other", key="k1")).answer is Answer.INVALID
        assert (await here.do(TicketVerb.NOTE, "other", "bee", key="k1")).answer is Answer.ACCEPTED


async def test_what_cannot_be_written_did_not_happen(tmp_path: Path) -> None:
    class Full(SlowStore):
        async def commit(self, events: Any, outbox: Any = (), statements: Any = ()) -> Any:
            if any(event.actor == "nok" for event in events):
                raise StorageError("the disk is full.", code="disk_full")
            return await self._store.commit(events, outbox, statements)

    async with ticket_house(tmp_path / "log.db", wrap=Full) as here:
        await here.hear("it broke")
        with pytest.raises(StorageError):
            await here.do(TicketVerb.SETTLE)
        assert here.ticket.state is TicketState.OPEN


async def test_the_list_is_by_urgency_and_can_be_narrowed(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db") as here:
        await here.hear("where is my order", author="bo")
        await here.hear("it gave me a rash", author="cy")
        await here.hear("it broke")
        assert await here.listed() == ["it gave me a rash", "it broke", "where is my order"]
        mimi = next(ticket.id for ticket in here.tickets if ticket.text == "it broke")
        await here.do(TicketVerb.ASSIGN, "nok", ticket=mimi)
        assert await here.listed(assignee="nok") == ["it broke"]
        assert await here.listed(assignee="none") == ["it gave me a rash", "where is my order"]
        await here.do(TicketVerb.SETTLE, ticket=mimi)
        assert await here.listed(state="settled") == ["it broke"]
        assert await here.listed(state="pending", room="shop") == ["it gave me a rash", "where is my order"]
        assert await here.listed(room="other") == []
        here.clock.advance(12 * 3600)
        assert await here.listed(due="overdue") == ["it gave me a rash", "where is my order"]
        assert here.desk.pending() == 2


async def test_a_ticket_shows_what_its_viewer_said_here_and_ordered_and_nobody_elses(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db", orders=ORDERS) as here:
        await here.hear("how much")
        await here.hear("hello", author="bo")
        await here.hear("it broke, order B-1 of bo")
        await here.hear("spam it broke")
        found = await here.shown()
        assert [each["text"] for each in found["said"]] == ["how much", "it broke, order B-1 of bo", "spam it broke"]
        assert [each["own"] for each in found["said"]] == [False, False, True]
        assert (found["said"][2]["act"], found["said"][2]["outcome"]) == ("hide", "pending")
        assert [order["order"] for order in found["orders"]] == ["A-2", "A-1"]
        assert found["orders"][1] == {
            "order": "A-1",
            "status": "shipped",
            "placed_at": "2026-11-01T10:00:00.000Z",
            "shipped_at": "2026-11-02T10:00:00.000Z",
            "carrier": "Secret Express",
            "tracking": "TRACK-77",
            "items": ["blue lamp × 2"],
            "amount": "59",
            "currency": "USD",
        }


async def orders_missing(here: TicketHouse) -> tuple[Any, str]:
    found = await here.shown()
    return found["orders"], found["orders_missing"]


async def test_orders_are_looked_up_only_by_an_id_that_the_platform_vouches_for(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db", orders=ORDERS) as here:
        await here.house.play(a_comment("it broke", author="mimi", at=here.clock.now, traceable=False))
        assert await orders_missing(here) == (None, "not_vouched")
    (tmp_path / "other").mkdir()
    async with ticket_house(tmp_path / "other" / "log.db", orders=ORDERS) as here:
        # Bo's id as a nickname is not bo.
        await here.hear("it broke", author="imp", name="bo")
        assert await orders_missing(here) == ([], "")


class Unreachable:
    """A shop's API that does not answer."""

    async def orders_of(self, platform: str, author: str) -> Any:
        raise PlatformError("the shop does not answer: TRACK-77.")


async def test_a_ticket_is_shown_without_orders_where_they_cannot_be_had(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db") as here:
        await here.hear("it broke")
        assert await orders_missing(here) == (None, "not_configured")
        here.desk._orders_for = lambda _: Unreachable()
        assert await orders_missing(here) == (None, "unreachable")
