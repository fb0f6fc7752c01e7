"""``/tickets`` and its API: what viewers complained about, by urgency, and what people do about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from aiohttp import hdrs, web

from streambot.console.auth import IDENTITY, Doorkeeper, Rank, identity_of, lacking
from streambot.console.commands import json_object, tell
from streambot.console.faults import Fault
from streambot.console.pages import Pages
from streambot.core.comment import MAX_ID
from streambot.core.ticket_orders import LONGEST_NOTE, PENDING, Due, TicketOrder, TicketQuery, TicketVerb
from streambot.core.tickets import TicketState
from streambot.core.told import Told
from streambot.ports import Tickets

_LONGEST_KEY: Final = 200
_LONGEST_REASON: Final = 500
_LONGEST_ASSIGNEE: Final = 100
_FILTERS: Final[Mapping[str, Collection[str] | None]] = {
    "room": None,
    "state": (PENDING, *TicketState),
    "assignee": None,
    "due": tuple(Due),
}


class TicketPages:
    """The handlers: controllers and up. Names in an export are for ops."""

    def __init__(self, tickets: Tickets, pages: Pages, doorkeeper: Doorkeeper) -> None:
        self._tickets = tickets
        self._pages = pages
        self._door = doorkeeper

    def routes(self) -> list[web.RouteDef]:
        """Every address with who may ask for it."""
        controller: Callable[..., Any] = lambda handler: self._door.at_least(Rank.CONTROLLER, handler)  # noqa: E731
        return [
            web.get("/tickets", self._door.anybody(self.page)),
            web.get("/tickets/{ticket}/export", controller(self.export), allow_head=False),
            web.get("/api/v1/tickets", controller(self.listed)),
            web.get("/api/v1/tickets/{ticket}", controller(self.shown)),
            web.post("/api/v1/tickets/{ticket}", controller(self.act)),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """The empty screen; it fills itself from the API."""
        who = request.get(IDENTITY)
        if who is not None and who.rank < Rank.CONTROLLER:
            raise lacking(who, Rank.CONTROLLER)
        return self._pages.draw(request, "tickets.html")

    async def listed(self, request: web.Request) -> web.Response:
        """Tickets by urgency; filters room, state, assignee, due."""
        who = identity_of(request)
        me = {"id": who.id, "role": who.role, "names": who.rank >= Rank.OPS}
        return web.json_response({"ok": True, "me": me, **await self._tickets.listed(_query(request))})

    async def shown(self, request: web.Request) -> web.Response:
        """One ticket with everything around it; 404."""
        found = await self._tickets.shown(request.match_info["ticket"])
        if found is None:
            raise Fault(404, Told("no_ticket", "There is no such ticket."))
        return web.json_response({"ok": True, **found})

    async def act(self, request: web.Request) -> web.Response:
        """202 done, 200 it was so, 409 somebody was first, 404 or 422 refused."""
        return tell(await self._tickets.order(_order(request, await json_object(request), identity_of(request).id)))

    async def export(self, request: web.Request) -> web.Response:
        """The ticket as one file for a dispute; ``names=on`` leaves names as they are, which needs ops."""
        wish = request.query.get("names", "off")
        if wish not in {"on", "off"}:
            raise Fault(422, '"names" must be on or off.')
        who = identity_of(request)
        if wish == "on" and who.rank < Rank.OPS:
            raise lacking(who, Rank.OPS)
        ticket = request.match_info["ticket"]
        document = await self._tickets.dispute(ticket, names=wish == "on")
        if document is None:
            raise Fault(404, Told("no_ticket", "There is no such ticket."))
        name = "".join(char for char in ticket if char.isascii() and char.isalnum())[:64]
        return web.Response(
            text=json.dumps(document, ensure_ascii=False, indent=1),
            content_type="application/json",
            headers={hdrs.CONTENT_DISPOSITION: f'attachment; filename="streambot-ticket-{name}.json"'},
        )


def _query(request: web.Request) -> TicketQuery:
    values: dict[str, str] = {}
    for name, words in _FILTERS.items():
        value = request.query.get(name, "")
        if len(value) > MAX_ID or (value and words is not None and value not in words):
            known = f" must be one of {', '.join(words)}" if words is not None else " is too long"
            raise Fault(422, f'"{name}"{known}.')
        values[name] = value
    return TicketQuery(**values)


def _order(request: web.Request, body: Mapping[str, Any], actor: str) -> TicketOrder:
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > _LONGEST_KEY:
        raise Fault(422, f"Idempotency-Key must have at most {_LONGEST_KEY} characters.")
    verb = _text(body, "act", 20)
    if verb not in set(TicketVerb):
        raise Fault(422, f'"act" must be one of {", ".join(TicketVerb)}.')
    return TicketOrder(
        ticket=request.match_info["ticket"],
        verb=TicketVerb(verb),
        actor=actor,
        value=_text(body, "value", LONGEST_NOTE if verb == TicketVerb.NOTE else _LONGEST_ASSIGNEE).strip(),
        reason=_text(body, "reason", _LONGEST_REASON),
        seen=_text(body, "seen", 64),
        key=key,
    )


def _text(body: Mapping[str, Any], name: str, limit: int) -> str:
    value = body.get(name) or ""
    if not isinstance(value, str) or len(value) > limit:
        raise Fault(422, f'"{name}" must be a text of at most {limit} characters.')
    return value
