"""The rules page in a real browser, over real packs: by keys alone, at night, in five languages."""

from __future__ import annotations

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
from streambot.testing import FakeClock
from tests.browser.conftest import DESK
from tests.browser.looking import until
from tests.console.fakes import FakeDesk, FakeLive, FakeLog, FakeTokens, always_ready
from tests.packs.shelf import NORTH, SOUTH, Shop, pack, rule, shop

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@dataclass
class Stand:
    """A served console over two rooms, and a browser in front of it."""

    here: Shop
    url: str
    browser: Any
    faults: list[str] = field(default_factory=list)

    async def open(self, query: str = "", **options: Any) -> Any:
        context = await self.browser.new_context(**{"locale": "en-US", "viewport": DESK, **options})
        page = await context.new_page()
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda line: line.type == "error" and self.faults.append(line.text))
        await page.goto(f"{self.url}/rules{query}")
        await page.wait_for_selector(".card.chosen")
        return page


@pytest_asyncio.fixture(loop_scope="session")
async def stand(chromium: Any, tmp_path: Path) -> AsyncIterator[Stand]:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "th.toml").write_text(pack("1", rule("spam", "buynow")), encoding="utf-8")
    async with shop(tmp_path, clock=FakeClock(time.time())) as here:
        for number in range(40):
            await here.say(f"hello number {number}", NORTH)
        await here.open(SOUTH)
        here.write(pack("2", rule("spam", "buynow"), rule("bet", "slotgame")))
        await here.force.reload()
        app = build_console(
            FakeLog(), FakeLive(), FakeDesk(), LiveFeed(time.time), tokens=FakeTokens(), clock=time.time,
            versions=dict, ready=always_ready, rules=here.desk,
        )  # fmt: skip
        runner = web.AppRunner(app, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        found = Stand(here, f"http://{host}:{port}", chromium)
        yield found
        for context in chromium.contexts:
            await context.close()
        await runner.cleanup()


async def focused(page: Any) -> str:
    return str(await page.evaluate("document.activeElement.textContent.trim()"))


async def test_a_rule_is_written_tried_added_and_taken_back_by_keys_alone(stand: Stand) -> None:
    page = await stand.open()
    await page.keyboard.press("n")
    await page.keyboard.type("cheap bulk")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".found")
    assert "0 of the last 40" in await page.inner_text(".found")
    assert await focused(page) == "Add it"
    assert await page.locator(".air").count() == 0
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".air")
    assert "cheap bulk" in await page.inner_text(".air")
    assert await page.inner_text(".air .hits") == "found 0 comments"
    assert await stand.here.act("cheap bulk", NORTH) == "hide"
    await page.wait_for_selector(".air .hits:text-is('found 1 comment')")
    assert await page.input_value("textarea") == ""
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("u")
    await page.wait_for_selector(".air", state="detached")
    assert await stand.here.act("cheap bulk", NORTH) == "allow"
    assert stand.faults == []


async def test_a_held_enter_tries_a_rule_and_does_not_add_it(stand: Stand) -> None:
    page = await stand.open()
    await page.fill("textarea", "cheap bulk")
    await page.focus("textarea")
    for _ in range(8):
        await page.keyboard.down("Enter")
    await page.wait_for_selector(".found")
    for _ in range(8):
        await page.keyboard.down("Enter")
    await page.keyboard.up("Enter")
    assert await focused(page) == "Add it"
    assert await stand.here.force.standing_rules() == {}


async def test_for_an_everyday_word_enter_does_not_add_it(stand: Stand) -> None:
    page = await stand.open()
    await page.keyboard.press("n")
    await page.keyboard.type("hello")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".found.broad")
    assert "40 of the last 40" in await page.inner_text(".found")
    assert await focused(page) == "Cancel"
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".found", state="detached")
    assert await stand.here.act("hello", NORTH) == "allow"


async def test_a_changed_word_has_to_be_tried_again(stand: Stand) -> None:
    page = await stand.open()
    await page.fill("textarea", "cheap bulk")
    await page.press("textarea", "Enter")
    await page.wait_for_selector(".found")
    await page.fill("textarea", "hello")
    await page.wait_for_selector(".found", state="detached")


async def test_what_is_refused_says_why_and_stays_on_the_screen(stand: Stand) -> None:
    page = await stand.open()
    await page.check("input[type=checkbox]")
    await page.fill("textarea", "(a")
    await page.press("textarea", "Enter")
    await page.wait_for_selector(".rule-form .bad")
    assert "missing )" in await page.inner_text(".rule-form .bad")
    assert await page.input_value("textarea") == "(a"


async def test_one_key_goes_one_pack_back_in_the_chosen_room_only(stand: Stand) -> None:
    page = await stand.open()
    await page.keyboard.press("j")
    assert await page.get_attribute(".card.chosen", "data-room") == "south"
    await page.keyboard.press("b")
    await page.wait_for_selector(".card.chosen .chip.waiting")
    north, south = await stand.here.open(NORTH), await stand.here.open(SOUTH)
    assert (north.pack.id, south.pack.id) == ("th@2", "th@1")
    assert "th@1" in await page.inner_text(".card.chosen .pack")
    await page.keyboard.press("b")
    await until(page, "document.querySelector('.card.chosen .pack b').textContent === 'th@2'")


async def test_keys_in_the_text_field_are_letters(stand: Stand) -> None:
    page = await stand.open()
    await page.keyboard.press("n")
    await page.keyboard.type("bju")
    assert await page.input_value("textarea") == "bju"
    assert (await stand.here.open(NORTH)).pack.id == "th@2"


async def test_a_refused_file_is_seen_with_its_line(stand: Stand) -> None:
    page = await stand.open()
    stand.here.write("[[")
    await stand.here.force.reload()
    await page.wait_for_selector(".card .bad")
    assert "th.toml:1" in await page.inner_text(".card .bad")


@pytest.mark.parametrize("language", ["en", "zh", "th", "vi", "id"])
@pytest.mark.parametrize("width", [1440, 800, 390])
async def test_every_language_fits_every_screen(stand: Stand, language: str, width: int) -> None:
    page = await stand.open(f"?lang={language}", viewport={"width": width, "height": 900})
    await page.fill("textarea", "hello")
    await page.press("textarea", "Enter")
    await page.wait_for_selector(".found")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.evaluate("document.documentElement.lang") == language
    assert stand.faults == []
