"""A tool that is down, slow or refuses us, beside a room whose tool is well: people are told, and it mends itself."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.cli.processes import run
from tests.live.running import Running, Screen, free_port
from tests.live.tool import Tool, tool

ROOM = """
[rooms.{name}]
mode = "auto"
actuator = "webhook"
[rooms.{name}.source]
kind = "ingest"
[rooms.{name}.tool]
url = "{url}"
secret_file = "tool.secret"
can = {{ hide = "api", mute = "api", ban = "api" }}
timeout_s = 20
"""
SPAM = "add me on LINE @cheap99 half price there"


class Shop:
    """streambot with two rooms, one in trouble and one that is well, and what a screen says of the first."""

    def __init__(self, bot: Running, screen: Screen, token: str) -> None:
        self.bot, self.screen = bot, screen
        self._headers = {"Authorization": f"Bearer {token}"}
        self._count = 0

    async def spam(self, room: str, number: int) -> None:
        records = []
        for _ in range(number):
            self._count += 1
            author = {"id": f"viewer-{self._count}"}
            records.append({"id": f"c{self._count}", "author": author, "text": f"{SPAM} {self._count}"})
        async with ClientSession(headers=self._headers) as session:
            address = f"{self.bot.url}/api/v1/rooms/{room}/comments"
            async with session.post(address, json=records) as answer:
                assert answer.status == 202, await answer.text()

    def results(self, room: str) -> list[str]:
        """What became of the room's hides, oldest first; a dot for what is under way."""
        rows = self.bot.sql(
            "SELECT result FROM outbox WHERE room = ? AND operation = 'hide' AND state <> 'proposed' ORDER BY key", room
        )
        return [row[0] or "." for row in rows]


@contextlib.asynccontextmanager
async def shop(folder: Path, trouble: str, well: Tool) -> AsyncIterator[Shop]:
    secret = folder / "tool.secret"
    secret.write_text("a-secret-that-is-long-enough")
    secret.chmod(0o600)
    config = "[console]\nport = 0\n" + ROOM.format(name="trouble", url=trouble) + ROOM.format(name="well", url=well.url)
    bot = Running(folder, config)
    watching: asyncio.Task[None] | None = None
    try:
        assert await bot.ready(), bot.err.read_text(encoding="utf-8")
        made = await asyncio.to_thread(run, folder, "token", "--role", "ops", "--quiet", "--db", "log.db")
        screen = Screen(bot.url, "trouble")
        watching = asyncio.ensure_future(screen.watch())
        await asyncio.wait_for(screen.opened.wait(), 30)
        yield Shop(bot, screen, made.stdout.decode().strip())
    finally:
        if watching is not None:
            watching.cancel()
            await asyncio.wait((watching,))
        bot.kill()


@contextlib.asynccontextmanager
async def a_tool_that_is_well() -> AsyncIterator[Tool]:
    async with tool(random.Random(1)) as made:
        made.mood = "well"
        yield made


@pytest.mark.timeout(120)
async def test_a_tool_that_is_down_loses_nothing_and_comes_back_by_itself(tmp_path: Path) -> None:
    port = free_port()
    async with a_tool_that_is_well() as well, shop(tmp_path, f"http://127.0.0.1:{port}/act", well) as here:
        await here.spam("trouble", 3)
        await here.bot.until(lambda: here.screen.codes, "the screen says that the tool is down")
        await here.spam("well", 3)
        await here.bot.until(lambda: here.results("well") == ["applied"] * 3, "the other room goes on")
        assert here.results("trouble") == ["."] * 3
        async with tool(random.Random(2), port) as back:
            back.mood = "well"
            await here.bot.until(lambda: here.results("trouble") == ["applied"] * 3, "nothing is lost")
            await here.bot.until(lambda: len(here.screen.codes) == 2, "the screen says that it is back")
            assert max(back.applied.values()) == 1
        assert here.screen.codes == ["platform_failing", "platform_back"]
        assert await here.bot.stop() == 0


@pytest.mark.timeout(120)
async def test_a_tool_that_refuses_us_is_told_and_taken_up_when_it_lets_us_in(tmp_path: Path) -> None:
    async with (
        a_tool_that_is_well() as well,
        tool(random.Random(3)) as strict,
        shop(tmp_path, strict.url, well) as here,
    ):
        strict.mood = "401"
        await here.spam("trouble", 2)
        await here.bot.until(lambda: here.results("trouble") == ["failed"] * 2, "a person sees what was not done")
        assert strict.requests == sum(1 for _ in strict.first)
        strict.mood = "well"
        await here.spam("trouble", 1)
        await here.bot.until(lambda: here.results("trouble")[-1] == "applied", "it goes on")
        await here.bot.until(lambda: len(here.screen.codes) == 2, "the screen says both")
        assert here.screen.codes == ["platform_failing", "platform_back"]
        assert "refused our signature" in here.screen.notices[0]["text"]


@pytest.mark.timeout(120)
async def test_a_slow_tool_holds_up_its_own_room_only(tmp_path: Path) -> None:
    async with a_tool_that_is_well() as well, tool(random.Random(4)) as slow, shop(tmp_path, slow.url, well) as here:
        slow.mood = "times out"
        await here.spam("trouble", 12)
        await here.bot.until(lambda: slow.requests, "the slow tool is being asked")
        await here.spam("well", 5)
        await here.bot.until(lambda: here.results("well") == ["applied"] * 5, "the other room goes on")
        assert "." in here.results("trouble")
