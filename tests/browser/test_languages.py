"""One language over all pages, chosen on any of them."""

from __future__ import annotations

import pytest

from streambot.catalog.files import parse_catalog
from streambot.catalog.problems import CatalogError
from tests.browser.looking import until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_what_is_chosen_on_the_live_screen_holds_for_the_pages_of_the_server_and_back(pages):
    page = await pages.live()
    await page.select_option(".tools select", "th")
    await until(page, "document.documentElement.lang === 'th'")
    await page.click(".brand")
    await page.wait_for_selector(".document")
    assert await page.inner_text("h1") == "ห้องไลฟ์"
    await page.click(".languages a[lang=zh]")
    await until(page, "document.documentElement.lang === 'zh'")
    await page.click("table.rooms th a")
    await page.wait_for_selector(".link.live")
    assert await page.evaluate("document.documentElement.lang") == "zh"
    assert pages.faults == []


async def test_the_details_of_a_notice_are_in_the_language_of_the_screen(pages, studio):
    with pytest.raises(CatalogError) as caught:
        parse_catalog(b"number,name.en,stock\n1,shirt,-3\n", "demo.csv", at=0)
    page = await pages.live("?lang=zh")
    why = caught.value.message
    told = {"level": "error", "code": "catalog_refused", "text": f"No: {why}", "values": {"why": why}}
    studio.feed.notice("demo", told)
    await page.wait_for_selector(".notice.error")
    assert 'demo.csv：第 2 行，stock："-3" 是负数' in await page.inner_text(".notice.error")
    await page.select_option(".tools select", "en")
    await page.wait_for_selector('.notice >> text=row 2, stock: "-3" is negative')


@pytest.mark.parametrize("language", ["zh", "th", "vi"])
@pytest.mark.parametrize("path", ["/live", "/log", "/nothing"])
async def test_the_header_of_a_document_fits_a_small_screen(pages, path, language):
    page = await pages.open(f"{path}?ui={language}", viewport={"width": 390, "height": 800})
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
