"""``/tickets`` and its API: who may what, what a wrong request is told, and what goes to the desk."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import ClientSession

from streambot.console.app import build_console
from streambot.core.command import Answer, Reply
from streambot.core.ticket_orders import TicketOrder, TicketQuery, TicketVerb
from tests.console.fakes import NOW, always_ready, build, serve


@dataclass
class FakeTickets:
    """Takes down what it is asked and answers what the test has set."""

    reply: Reply = field(default_factory=lambda: Reply(Answer.ACCEPTED, event="e9"))
    heard: list[Any] = field(default_factory=list)

    async def listed(self, query: TicketQuery) -> Mapping[str, Any]:
        self.heard.append(query)
        return {"now": "2026-11-23T10:00:00Z", "pending": 3, "tickets": []}

    async def shown(self, ticket: str) -> Mapping[str, Any] | None:
        return {"ticket": {"id": ticket}} if ticket == "t1" else None

    async def order(self, order: TicketOrder) -> Reply:
        self.heard.append(order)
        return self.reply

    async def dispute(self, ticket: str, *, names: bool) -> Mapping[str, Any] | None:
        return {"ticket": {"id": ticket}, "names": names, "text": "退款"} if ticket.startswith("t1") else None

    def pending(self) -> int:
        return 3


@dataclass
class Page:
    url: str
    session: ClientSession
    tickets: FakeTickets

    async def ask(self, path: str, body: object = None, *, role: str = "controller", **headers: str) -> Any:
        """Status and JSON (or text) of an answer."""
        headers |= {"Authorization": f"Bearer {role}-token"} if role else {}
        method = "GET" if body is None else "POST"
        async with self.session.request(method, self.url + path, json=body, headers=headers) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if "json" in answer.content_type else text


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    _, parts = build()
    tickets = FakeTickets()
    app = build_console(
        parts["log"], parts["live"], parts["desk"], parts["feed"], tokens=parts["tokens"], clock=parts["clock"],
        versions=dict, ready=always_ready, require_token=True, tickets=tickets,
    )  # fmt: skip
    runner, url = await serve(app)
    async with ClientSession() as session:
        yield Page(url, session, tickets)
    await runner.cleanup()


@pytest.mark.parametrize("path", ["/tickets", "/api/v1/tickets", "/api/v1/tickets/t1", "/tickets/t1/export"])
async def test_a_host_sees_nothing_of_tickets(page: Page, path: str) -> None:
    assert (await page.ask(path, role="host"))[0] == 403
    assert (await page.ask(path))[0] == 200
    assert (await page.ask(path, role=""))[0] == (200 if path == "/tickets" else 401)


async def test_a_host_cannot_do_anything_about_one(page: Page) -> None:
    assert (await page.ask("/api/v1/tickets/t1", {"act": "settle"}, role="host"))[0] == 403
    assert page.tickets.heard == []


async def test_the_page_is_a_shell_without_anybodys_words(page: Page) -> None:
    _, text = await page.ask("/tickets")
    assert '<div id="app"></div>' in text
    assert "tickets.js" in text


async def test_filters_go_to_the_desk_and_a_wrong_one_is_told_what_there_is(page: Page) -> None:
    status, body = await page.ask("/api/v1/tickets?room=shop&state=pending&assignee=nok&due=soon")
    assert (status, body["pending"], body["me"]) == (
        200,
        3,
        {"id": "a-controller", "role": "controller", "names": False},
    )
    assert page.tickets.heard == [TicketQuery("shop", "pending", "nok", "soon")]
    status, body = await page.ask("/api/v1/tickets?state=done")
    assert (status, body["error"]) == (422, '"state" must be one of pending, open, waiting, settled, reopened.')
    assert (await page.ask("/api/v1/tickets?due=now"))[0] == 422


async def test_an_order_goes_to_the_desk_with_its_actor_and_key(page: Page) -> None:
    body = {"act": "assign", "value": " bee ", "reason": "she knows", "seen": "e1"}
    status, answer = await page.ask("/api/v1/tickets/t1", body, **{"Idempotency-Key": "k1"})
    assert (status, answer["event"]) == (202, "e9")
    assert page.tickets.heard == [TicketOrder("t1", TicketVerb.ASSIGN, "a-controller", "bee", "she knows", "e1", "k1")]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"act": "dance"}, '"act" must be one of assign, note, wait, open, settle, reopen.'),
        ({}, '"act" must be one of assign, note, wait, open, settle, reopen.'),
        ({"act": "note", "value": "x" * 2001}, '"value" must be a text of at most 2000 characters.'),
        ({"act": "assign", "value": "x" * 101}, '"value" must be a text of at most 100 characters.'),
        ({"act": "settle", "reason": 7}, '"reason" must be a text of at most 500 characters.'),
    ],
)
async def test_a_wrong_order_is_told_what_is_wrong(page: Page, body: object, told: str) -> None:
    status, answer = await page.ask("/api/v1/tickets/t1", body)
    assert (status, answer["error"]) == (422, told)
    assert page.tickets.heard == []


async def test_a_key_that_is_too_long_is_refused(page: Page) -> None:
    status, _ = await page.ask("/api/v1/tickets/t1", {"act": "settle"}, **{"Idempotency-Key": "k" * 201})
    assert status == 422


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (Reply(Answer.NOOP), 200),
        (Reply(Answer.CONFLICT, by="bee", act="settled", at=NOW), 409),
        (Reply(Answer.NOT_FOUND), 404),
        (Reply(Answer.INVALID), 422),
    ],
)
async def test_the_desks_reply_is_told(page: Page, reply: Reply, status: int) -> None:
    page.tickets.reply = reply
    found, answer = await page.ask("/api/v1/tickets/t1", {"act": "settle"})
    assert found == status
    if status == 409:
        assert (answer["by"], answer["act"]) == ("bee", "settled")


async def test_what_is_not_there_is_not_found(page: Page) -> None:
    assert (await page.ask("/api/v1/tickets/t2"))[0] == 404
    assert (await page.ask("/tickets/t2/export"))[0] == 404


async def test_an_export_is_a_file_and_names_are_for_ops(page: Page) -> None:
    headers = {"Authorization": "Bearer controller-token"}
    async with page.session.get(f"{page.url}/tickets/t1%22%0d/export", headers=headers) as answer:
        assert answer.headers["Content-Disposition"] == 'attachment; filename="streambot-ticket-t1.json"'
        assert "退款" in await answer.text()
        assert (await answer.json())["names"] is False
    assert (await page.ask("/tickets/t1/export?names=on"))[0] == 403
    assert (await page.ask("/tickets/t1/export?names=on", role="ops"))[1]["names"] is True
    assert (await page.ask("/tickets/t1/export?names=yes", role="ops"))[0] == 422


async def test_every_page_leads_to_the_tickets_with_how_many_wait(page: Page) -> None:
    _, text = await page.ask("/live")
    assert '<a href="/tickets">' in text
    assert '<span class="number">3</span>' in text
    _, text = await page.ask("/live/demo")
    assert " data-tickets" in text


async def test_a_console_without_tickets_shows_no_way_to_them() -> None:
    app, _ = build()
    runner, url = await serve(app)
    async with ClientSession() as session, session.get(f"{url}/live") as answer:
        assert "/tickets" not in await answer.text()
    await runner.cleanup()
