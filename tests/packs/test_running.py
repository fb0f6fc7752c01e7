"""The whole house with its console: a file that changes, an order through the door, a rule by the API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import ClientSession

from streambot.app import House, house
from streambot.cli._packs import order
from streambot.core.comment import Room
from streambot.serve import console
from streambot.settings import Settings
from tests.packs.shelf import pack, rule

NORTH = Room("north", "fake", "north")


@asynccontextmanager
async def on_air(folder: Path) -> AsyncIterator[tuple[House, str]]:
    settings = Settings.model_validate({
        "storage": {"db": folder / "log.db"},
        "packs": {"folder": folder / "packs"},
        "rooms": {"north": {"platform": "fake", "site": "th", "mode": "observe"}},
    })  # fmt: skip
    async with (
        house(settings, db=folder / "log.db", live=True) as running,
        console(running, host="127.0.0.1", port=0) as url,
    ):
        await running.rooms.open(NORTH)
        yield running, url


async def until(true: Callable[[], bool]) -> None:
    """It waits for the file system."""
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110 - what it waits for sets no event
            await asyncio.sleep(0.01)


async def test_rules_change_while_on_air(tmp_path: Path) -> None:
    (tmp_path / "packs").mkdir()
    file = tmp_path / "packs" / "th.toml"
    file.write_text(pack("1", rule("spam", "buynow")), encoding="utf-8")
    async with on_air(tmp_path) as (running, url), ClientSession() as session:
        state = await running.rooms.open(NORTH)
        assert state.pack.id == "th@1"
        file.write_text(pack("2", rule("spam", "buynow")), encoding="utf-8")
        await until(lambda: state.pack.id == "th@2")
        body = {"do": "activate", "version": "previous", "room": "north", "actor": "root"}
        answer = await order(running.settings, running.db, body, wanted="answer")
        assert (answer["ok"], state.pack.id) == (True, "th@1")
        form = {"room": "north", "terms": ["cheaplink"], "action": "hide", "minutes": 60}
        async with session.post(f"{url}/api/v1/rules/preview", json=form) as said:
            confirm = (await said.json())["confirm"]
        async with session.post(f"{url}/api/v1/rules", json={**form, "confirm": confirm}) as said:
            assert said.status == 202
        async with session.get(f"{url}/rules") as page:
            assert page.status == 200
            assert "app/rules.js" in await page.text()
        assert state.status().air_rules == 1
    async with on_air(tmp_path) as (running, _):
        status = (await running.rooms.open(NORTH)).status()
        assert (status.pack, status.air_rules) == ("th@1", 1)


async def test_a_wrong_key_opens_no_door(tmp_path: Path) -> None:
    (tmp_path / "packs").mkdir()
    async with on_air(tmp_path) as (_, url), ClientSession() as session:
        for path in ("/-/door/packs", "/-/door/tokens"):
            async with session.post(url + path, json={}, headers={"Authorization": "Bearer wrong"}) as answer:
                assert answer.status == 403
