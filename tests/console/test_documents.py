"""The pages that the server draws, from the header down, in the reader's language."""

from __future__ import annotations

import re

import pytest

from streambot.console.words import LANGUAGES, Words

PAGES = {"/live": 200, "/log": 200, "/nothing": 404, "/live/nowhere": 404}
SCREENS = ("/live/demo", "/host/demo")
HEADER = ("head.rooms", "head.rules", "head.log", "head.language")


async def drawn(console, path: str, **options) -> tuple[int, str]:
    async with console.session.get(console.url + path, **options) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
async def test_the_header_speaks_the_language_of_the_reader(console, path, language):
    status, page = await drawn(console, path, headers={"Accept-Language": language})
    header = re.search(r"<header.*?</header>", page, re.DOTALL)[0]
    words = Words(language)
    assert status == PAGES[path]
    assert f'<html lang="{language}"' in page
    # Where nothing is, nobody is known: there are no ways to pages either.
    known = path != "/nothing"
    assert [key for key in HEADER if (words(key) in header) != (known or key == "head.language")] == []
    assert (f"({words('rank.admin')})" in header) == known
    assert re.findall(r'lang="(\w+)" hreflang="\w+" aria-current', header) == [language]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_rooms_page_speaks_it_too(console, language):
    _, page = await drawn(console, f"/live?ui={language}")
    words = Words(language)
    keys = ("rooms.source", "rooms.since", "rooms.screens", "rooms.controller", "rooms.host", "rooms.utc", "mode.title")
    assert [key for key in keys if words(key) not in page] == []
    if language != "en":
        shown = re.sub(r"<[^>]*>", " ", page.partition("<main>")[2])
        assert not re.findall(r"\b(Rooms?|Mode|Source|Received|Hidden|Controller|observe|live)\b", shown)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_error_says_in_it_what_happened(console, language):
    words = Words(language)
    assert words("why.nothing_here") in (await drawn(console, f"/nothing?ui={language}"))[1]
    page = (await drawn(console, f"/live/dmeo?ui={language}"))[1]
    assert words("why.no_room", name="dmeo", hint=words("why.near_rooms", rooms="demo")) in page


@pytest.mark.parametrize("path", SCREENS)
async def test_a_screen_without_scripts_says_so_in_it(console, path):
    _, page = await drawn(console, path, cookies={"lang": "vi"})
    assert Words("vi")("noscript.screen") in page
    assert '<html lang="vi"' in page


async def test_the_language_asked_for_on_one_page_is_kept_for_the_others(console):
    async with console.session.get(console.url + "/live", params={"ui": "id"}) as answer:
        kept = answer.cookies["lang"]
    assert (kept.value, kept["path"], kept["httponly"]) == ("id", "/", "")
