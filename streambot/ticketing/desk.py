"""What people see of tickets and do about them: each step is an event; the first wins, the second is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import structlog

from streambot.core.command import Answer, Reply
from streambot.core.errors import StreambotError
from streambot.core.event import BOT, Event, Kind
from streambot.core.orders import Order
from streambot.core.ticket_orders import LONGEST_NOTE, TicketOrder, TicketQuery, TicketVerb
from streambot.core.tickets import Logged, Step, Ticket, Tickets, TicketState, by_urgency
from streambot.ports import Clock, Feed, OrderLookup
from streambot.rooms import Rooms
from streambot.store.queries import LogReader, iso
from streambot.store.replies import Replies
from streambot.store.sqlite import SqliteStore
from streambot.store.tickets import TicketLog
from streambot.ticketing.dispute import Names, dispute
from streambot.ticketing.telling import history_json, order_json, step_json, ticket_json

MOST_LISTED: Final = 300
MOST_SAID: Final = 100
"""Comments of a viewer in a room that are shown beside a ticket."""
MOST_EXPORTED: Final = 2000
_MOVES: Final = {
    TicketVerb.WAIT: TicketState.WAITING,
    TicketVerb.OPEN: TicketState.OPEN,
    TicketVerb.SETTLE: TicketState.SETTLED,
    TicketVerb.REOPEN: TicketState.REOPENED,
}

log = structlog.get_logger(__name__)


class TicketDesk:
    """Implements ``ports.Tickets``.

    ``orders_for`` says where the orders of a room's viewers are known, ``hours_for`` in how many hours a ticket that is
    opened again must be settled; ``salt`` makes the tokens of an export.
    """

    def __init__(
        self,
        *,
        tickets: Tickets,
        rooms: Rooms,
        store: SqliteStore,
        log: LogReader,
        feed: Feed,
        ids: Callable[[], str],
        clock: Clock,
        orders_for: Callable[[str], OrderLookup | None],
        hours_for: Callable[[str], float],
        salt: Callable[[], bytes],
    ) -> None:
        self._tickets = tickets
        self._rooms = rooms
        self._store = store
        self._log = log
        self._steps = TicketLog(log.read)
        self._replies = Replies(store)
        self._feed = feed
        self._ids = ids
        self._clock = clock
        self._orders_for = orders_for
        self._hours_for = hours_for
        self._salt = salt
        self._lock = asyncio.Lock()

    def pending(self) -> int:
        """See ``ports.Tickets``."""
        return self._tickets.pending()

    async def listed(self, query: TicketQuery) -> Mapping[str, Any]:
        """See ``ports.Tickets``."""
        now = self._clock()
        found = by_urgency((ticket for ticket in self._tickets if query.matches(ticket, now)), now)
        everybody = {ticket.assignee for ticket in self._tickets if ticket.assignee}
        rooms = {ticket.room for ticket in self._tickets}
        return {
            "now": iso(now),
            "pending": self.pending(),
            "found": len(found),
            "rooms": sorted(rooms),
            "assignees": sorted(everybody),
            "tickets": [ticket_json(ticket, now) for ticket in found[:MOST_LISTED]],
        }

    async def shown(self, ticket: str) -> Mapping[str, Any] | None:
        """See ``ports.Tickets``."""
        found = await self._find(ticket)
        if found is None:
            return None
        steps = await self._steps.of(ticket)
        rows = await self._said(found, MOST_SAID)
        orders, missing = await self._orders(found)
        return {
            "now": iso(self._clock()),
            "ticket": ticket_json(found, self._clock()),
            "said": history_json(rows, [step.comment for step in steps if step.comment]),
            "notes": [{"at": iso(note.at), "by": note.by, "text": note.text} for note in found.notes],
            "steps": [step_json(step) for step in steps],
            "orders": [order_json(order) for order in orders] if orders is not None else None,
            "orders_missing": missing,
        }

    async def dispute(self, ticket: str, *, names: bool) -> Mapping[str, Any] | None:
        """See ``ports.Tickets``."""
        found = await self._find(ticket)
        if found is None:
            return None
        orders, _ = await self._orders(found)
        steps, rows = await self._steps.of(ticket), await self._said(found, MOST_EXPORTED)
        return dispute(found, steps, rows, orders, names=Names(None if names else self._salt()), at=self._clock())

    async def order(self, order: TicketOrder) -> Reply:
        """See ``ports.Tickets``."""
        async with self._lock:
            key = json.dumps(["ticket", order.actor, order.key]) if order.key else ""
            request = json.dumps(asdict(order), sort_keys=True)
            before = await self._replies.to(key, request)
            if before is not None:
                return before
            ticket = await self._find(order.ticket)
            if ticket is None:
                return Reply(Answer.NOT_FOUND, message="there is no such ticket")
            refused = _refusal(ticket, order)
            if refused is not None:
                return refused
            event = self._event(ticket, order)
            reply = Reply(Answer.ACCEPTED, event=event.id)
            # A caller that goes away meanwhile must not leave the ticket in a state that the log does not have.
            writing = asyncio.ensure_future(self._carry_out(ticket, event, key, request, reply))
            try:
                return await asyncio.shield(writing)
            except asyncio.CancelledError:
                await writing
                raise

    async def _carry_out(self, ticket: Ticket, event: Event, key: str, request: str, reply: Reply) -> Reply:
        statements = [self._replies.keep(key, request, reply, event.at)] if key else []
        await self._store.commit([event], (), statements)
        after = self._tickets.take(Logged(event.id, event.at, event.room, event.actor, event.data, ticket.viewer))
        self._feed.publish([event])
        if after is not None and event.data["stands"] == TicketState.SETTLED and after.pending:
            return Reply(Answer.ACCEPTED, event=event.id, message="the viewer wrote meanwhile: it is open again")
        return reply

    def _event(self, ticket: Ticket, order: TicketOrder) -> Event:
        now = self._clock()
        data: dict[str, Any] = {"ticket": ticket.id, "seen": ticket.heard}
        match order.verb:
            case TicketVerb.ASSIGN:
                data |= {"step": Step.ASSIGN, "assignee": order.value}
            case TicketVerb.NOTE:
                data |= {"step": Step.NOTE, "note": order.value}
            case TicketVerb.REOPEN:
                due_at = now + self._hours_for(ticket.room) * 3600
                data |= {"step": Step.REOPEN, "state": TicketState.REOPENED, "due_at": due_at}
            case _:
                data |= {"step": Step.STATE, "state": _MOVES[order.verb]}
        data["stands"] = data.get("state", ticket.state)
        if order.reason:
            data["reason"] = order.reason
        state = self._rooms.get(ticket.room)
        return Event(
            id=self._ids(),
            at=now,
            room=ticket.room,
            kind=Kind.TICKET,
            actor=order.actor,
            broadcast=state.broadcast if state is not None else None,
            comment_key=ticket.key,
            reason=order.reason,
            data=data,
        )

    async def _find(self, ticket: str) -> Ticket | None:
        """A ticket; one that was settled long ago is read back from the log."""
        if self._tickets.get(ticket) is None:
            steps = await self._steps.of(ticket)
            # Somebody else may have asked for it meanwhile; a step counts once.
            if self._tickets.get(ticket) is None:
                for step in steps:
                    self._tickets.take(step)
        return self._tickets.get(ticket)

    async def _said(self, ticket: Ticket, limit: int) -> Sequence[Mapping[str, Any]]:
        viewer = ticket.viewer
        return await self._log.said_by(
            viewer.platform, viewer.room_id, viewer.id, traceable=viewer.vouched, limit=limit
        )

    async def _orders(self, ticket: Ticket) -> tuple[Sequence[Order] | None, str]:
        """The viewer's orders, or the word for why none can be known."""
        try:
            lookup = self._orders_for(ticket.room)
            if lookup is None:
                return None, "not_configured"
            if not ticket.viewer.vouched:
                # A name that somebody typed is no proof of who they are.
                return None, "not_vouched"
            return await lookup.orders_of(ticket.viewer.platform, ticket.viewer.id), ""
        except StreambotError as error:
            log.warning("orders cannot be looked up", room=ticket.room, code=error.code)
            return None, "unreachable"


def _refusal(ticket: Ticket, order: TicketOrder) -> Reply | None:
    """Why an order is not carried out; None if it is."""
    verb = order.verb
    if verb is TicketVerb.NOTE:
        wrong = not order.value.strip() or len(order.value) > LONGEST_NOTE
        return Reply(Answer.INVALID, message=f"a note has 1 to {LONGEST_NOTE} characters") if wrong else None
    if _stands(ticket, order):
        return _second(ticket, order)
    if not ticket.pending and verb in (TicketVerb.WAIT, TicketVerb.OPEN):
        return Reply(Answer.INVALID, message="this ticket is settled; reopen it first")
    if order.seen and order.seen < ticket.touched and (ticket.how == Step.ASSIGN) is (verb is TicketVerb.ASSIGN):
        return _second(ticket, order) if ticket.by != order.actor else None
    if order.seen and order.seen < ticket.heard and verb in (TicketVerb.SETTLE, TicketVerb.WAIT):
        message = "the viewer wrote again: read that first"
        return Reply(Answer.CONFLICT, event=ticket.heard, message=message, by="viewer", act="join", at=ticket.heard_at)
    return None


def _stands(ticket: Ticket, order: TicketOrder) -> bool:
    """Whether it is so already."""
    match order.verb:
        case TicketVerb.ASSIGN:
            return ticket.assignee == order.value
        case TicketVerb.REOPEN:
            return ticket.pending
        case TicketVerb.OPEN:
            return ticket.pending and ticket.state is not TicketState.WAITING
        case _:
            return ticket.state is _MOVES[order.verb]


def _second(ticket: Ticket, order: TicketOrder) -> Reply:
    """The reply to somebody who comes second; where nobody was first, it is as it was."""
    asked = Step.ASSIGN if order.verb is TicketVerb.ASSIGN else _MOVES[order.verb]
    if ticket.by in (order.actor, BOT) or (_stands(ticket, order) and ticket.how != asked):
        return Reply(Answer.NOOP, event=ticket.touched)
    message = f"{ticket.by} was first: {ticket.how}"
    return Reply(Answer.CONFLICT, ticket.touched, message, ticket.by, ticket.how, ticket.changed_at)
