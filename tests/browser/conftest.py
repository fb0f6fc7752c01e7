"""A real Chromium in front of a real console. One browser for the session, one studio and one page for a test."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from tests.browser.studio import Studio

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK = {"width": 1440, "height": 900}
TABLET = {"width": 1080, "height": 810}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Any]:
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(ARGUMENTS))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def studio() -> AsyncIterator[Studio]:
    studio = Studio()
    await studio.open()
    yield studio
    await studio.close()


class Pages:
    """Opens pages of the studio and remembers everything that went wrong in them."""

    def __init__(self, browser: Any, studio: Studio) -> None:
        self._browser = browser
        self._studio = studio
        self._contexts: list[Any] = []
        self.faults: list[str] = []
        self.asked: list[str] = []

    async def open(self, path: str, viewport: dict[str, int] = DESK, **options: Any) -> Any:
        options = {"locale": "en-US", "viewport": viewport, **options}
        context = await self._browser.new_context(**options)
        self._contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda line: line.type == "error" and self.faults.append(line.text))
        await page.goto(self._studio.url + path)
        return page

    async def live(self, query: str = "", viewport: dict[str, int] = DESK, **options: Any) -> Any:
        """The controller's page, once it has its first snapshot."""
        page = await self.open(f"/live/demo{query}", viewport, **options)
        await page.wait_for_selector(".link.live")
        return page

    async def host(self, query: str = "", viewport: dict[str, int] = TABLET, **options: Any) -> Any:
        """The host's page, once it has its first snapshot."""
        page = await self.open(f"/host/demo{query}", viewport, **options)
        await page.wait_for_selector(".dot.live")
        return page

    async def close(self) -> None:
        for context in self._contexts:
            await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def pages(chromium: Any, studio: Studio) -> AsyncIterator[Pages]:
    pages = Pages(chromium, studio)
    yield pages
    await pages.close()
