"""The tickets page in a real browser, over a real log: by keys, by mouse, in five languages, on a small screen."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from streambot.console.app import build_console
from streambot.console.live import LiveFeed
from streambot.core.ticket_orders import TicketVerb
from streambot.core.tickets import TicketState
from streambot.testing import FakeClock
from tests.browser.conftest import DESK
from tests.browser.looking import until
from tests.console.fakes import FakeDesk, FakeLive, FakeLog, FakeTokens, always_ready
from tests.ticketing.office import ORDERS, TicketHouse, ticket_house

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
SMALL = {"width": 720, "height": 900}


@dataclass
class Stand:
    """A served console over a room with tickets, and a browser in front of it."""

    here: TicketHouse
    url: str
    browser: Any
    faults: list[str] = field(default_factory=list)

    async def open(self, query: str = "", wait: str = ".tickets", **options: Any) -> Any:
        context = await self.browser.new_context(**{"locale": "en-US", "viewport": DESK, **options})
        page = await context.new_page()
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda line: line.type == "error" and self.faults.append(line.text))
        await page.goto(f"{self.url}/tickets{query}")
        await page.wait_for_selector(wait)
        return page


@pytest_asyncio.fixture(loop_scope="session")
async def stand(chromium: Any, tmp_path: Path) -> AsyncIterator[Stand]:
    async with ticket_house(tmp_path / "log.db", orders=ORDERS, clock=FakeClock(time.time() - 11.5 * 3600)) as here:
        await here.hear("how much")
        await here.hear("it broke", name="Mimi Rose")
        here.clock.now = time.time()
        await here.hear("it gave me a rash", author="bo", name="โบ")
        app = build_console(
            FakeLog(), FakeLive(), FakeDesk(), LiveFeed(time.time), tokens=FakeTokens(), clock=time.time,
            versions=dict, ready=always_ready, tickets=here.desk,
        )  # fmt: skip
        runner = web.AppRunner(app, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield Stand(here, f"http://{host}:{port}", chromium)
        for context in chromium.contexts:
            await context.close()
        await runner.cleanup()


def mimi(stand: Stand) -> Any:
    return next(ticket for ticket in stand.here.tickets if ticket.viewer.id == "mimi")


async def test_a_ticket_is_taken_noted_and_settled_by_keys_alone(stand: Stand) -> None:
    page = await stand.open(wait=".ticket")
    rows = await page.eval_on_selector_all(".ticket", "rows => rows.map(row => row.innerText)")
    assert ["it gave me a rash" in rows[0], "it broke" in rows[1]] == [True, True]
    assert "left" in rows[0]
    assert "only 0:2" in rows[1]
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.wait_for_selector(".ticket.chosen >> text=it broke")
    await page.wait_for_selector("table >> text=TRACK-77")
    assert await page.locator(".history li").count() == 2
    await page.keyboard.press("a")
    await page.wait_for_selector(".said >> text=It is yours.")
    await page.keyboard.press("n")
    await page.keyboard.type("called her")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".notes >> text=called her")
    await page.keyboard.press("w")
    await page.wait_for_selector(".one .chip.state >> text=waiting for others")
    await page.keyboard.press("s")
    await page.wait_for_selector(".said >> text=Settled.")
    assert (mimi(stand).state, mimi(stand).assignee) == (TicketState.SETTLED, "local")
    assert await page.locator(".ticket").count() == 1
    await page.keyboard.press("r")
    await page.wait_for_selector(".one .chip.state >> text=reopened")
    assert stand.faults == []


async def test_filters_and_the_chosen_ticket_are_in_the_address(stand: Stand) -> None:
    page = await stand.open(wait=".ticket")
    await page.select_option(".filters label:nth-of-type(3) select", "soon")
    await until(page, "document.querySelectorAll('.ticket').length === 1")
    await page.click(".ticket")
    await page.wait_for_selector(".history li")
    assert page.url.endswith(f"?due=soon&ticket={mimi(stand).id}")
    again = await stand.open(page.url.partition("/tickets")[2], wait=".history li")
    assert await again.locator(".ticket").count() == 1
    await again.select_option(".filters label:nth-of-type(3) select", "overdue")
    await again.wait_for_selector(".list .empty button")
    await again.click(".list .empty button")
    await until(again, "document.querySelectorAll('.ticket').length === 2")
    assert stand.faults == []


async def test_what_others_do_shows_and_who_comes_second_is_told(stand: Stand) -> None:
    page = await stand.open(f"?ticket={mimi(stand).id}", wait=".history li")
    await page.route("**/api/v1/tickets?*", lambda route: route.abort())
    await stand.here.do(TicketVerb.SETTLE, actor="bee", ticket=mimi(stand).id)
    await page.click("[data-act=settle]")
    await page.wait_for_selector(".said >> text=bee was first")
    await page.unroute("**/api/v1/tickets?*")
    await until(page, "document.querySelectorAll('.ticket').length === 1")
    await stand.here.hear("broken again")
    await until(page, "document.querySelectorAll('.ticket').length === 2")
    await page.wait_for_selector(".ticket.chosen >> text=said 2 times")


async def test_an_export_is_downloaded(stand: Stand) -> None:
    page = await stand.open(f"?ticket={mimi(stand).id}", wait=".history li")
    async with page.expect_download() as download:
        await page.click("text=Export for a dispute")
    saved = await (await download.value).path()
    document = json.loads(await asyncio.to_thread(Path(saved).read_bytes))
    assert document["ticket"]["id"] == mimi(stand).id
    assert "Mimi" not in json.dumps(document)


@pytest.mark.parametrize("language", ["en", "zh", "th", "vi", "id"])
@pytest.mark.parametrize("size", [{"width": 1280, "height": 800}, SMALL], ids=["1280", "720"])
async def test_nothing_is_cut_off_or_left_untranslated(stand: Stand, language: str, size: dict[str, int]) -> None:
    page = await stand.open(f"?lang={language}&ticket={mimi(stand).id}", wait=".history li", viewport=size)
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    text = await page.inner_text("body")
    assert "tickets." not in text
    assert "head." not in text
    assert await page.evaluate("document.documentElement.lang") == language
    assert stand.faults == []


async def test_a_small_screen_shows_the_list_or_the_ticket(stand: Stand) -> None:
    page = await stand.open(wait=".ticket", viewport=SMALL)
    assert not await page.is_visible(".detail")
    await page.click(".ticket >> nth=1")
    await page.wait_for_selector(".history li")
    assert not await page.is_visible(".list")
    await page.click(".back")
    assert await page.is_visible(".list")


async def test_a_shop_without_tickets_says_that_they_come_by_themselves(stand: Stand) -> None:
    for ticket in stand.here.tickets:
        await stand.here.do(TicketVerb.SETTLE, ticket=ticket.id)
    page = await stand.open(wait=".list .empty")
    assert "come here by themselves" in await page.inner_text(".list .empty")
