"""A tool that is down, slow or refuses us, beside a room whose tool is well: people are told, and it mends itself."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
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
status_url = "{status}"
can = {{ hide = "api", mute = "api", ban = "api", post = "api" }}
timeout_s = 20
"""
POST = """
INSERT INTO outbox (event, operation, platform, room, room_id, text, reason, simulated, actor, state, changed_at)
SELECT id, 'post', (SELECT platform FROM rooms WHERE name = 'trouble'), room, room, 'welcome', '', 0, 'bot', 'pending',
       0
FROM events WHERE room = 'trouble' AND kind = 'decision'
"""
SECRET, NEW_SECRET = b"a-secret-that-is-long-enough", b"a-new-secret-and-long-enough"
SPAM = "add me on LINE @cheap99 half price there"


def _room(name: str, url: str) -> str:
    return ROOM.format(name=name, url=url, status=url.replace("/act", "/status"))


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
    secret.write_bytes(SECRET)
    secret.chmod(0o600)
    config = "[console]\nport = 0\n" + _room("trouble", trouble) + _room("well", well.url)
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


def post_something(db: Path) -> None:
    """No command posts yet: a post a decision is put into the outbox while nobody holds the log."""
    with contextlib.closing(sqlite3.connect(db)) as log:
        log.execute(POST)
        log.commit()


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
        strict.mood, strict.secret = "well", NEW_SECRET
        await here.spam("trouble", 10)
        await here.bot.until(lambda: here.screen.codes, "the screen says that we are refused")
        await here.spam("trouble", 5)
        await here.spam("well", 3)
        await here.bot.until(lambda: here.results("well") == ["applied"] * 3, "the other room goes on")
        assert here.results("trouble") == ["."] * 15
        assert strict.requests <= 2, "nobody is hammered"
        (tmp_path / "tool.secret").write_bytes(NEW_SECRET)
        await here.bot.until(lambda: here.results("trouble") == ["applied"] * 15, "nothing is lost")
        await here.bot.until(lambda: len(here.screen.codes) == 2, "the screen says that we are taken again")
        assert here.screen.codes == ["platform_failing", "platform_back"]
        assert "Put the new secret into" in here.screen.notices[0]["text"]
        assert set(strict.applied.values()) == {1}
        asked_first = [key for key, _ in sorted(strict.first.items(), key=lambda item: item[1][2])]
        assert asked_first == list(strict.applied), "in the order in which it was asked for"


@pytest.mark.timeout(120)
async def test_what_waits_for_a_new_secret_outlives_a_kill(tmp_path: Path) -> None:
    async with (
        a_tool_that_is_well() as well,
        tool(random.Random(5)) as strict,
        shop(tmp_path, strict.url, well) as here,
    ):
        strict.mood, strict.secret = "well", NEW_SECRET
        await here.spam("trouble", 5)
        await here.bot.until(lambda: here.screen.codes, "the screen says that we are refused")
        here.bot.kill()
        (tmp_path / "tool.secret").write_bytes(NEW_SECRET)
        here.bot.again()
        assert await here.bot.ready(), here.bot.err.read_text(encoding="utf-8")
        await here.bot.until(lambda: here.results("trouble") == ["applied"] * 5, "nothing is lost")
        assert set(strict.applied.values()) == {1}


@pytest.mark.timeout(120)
async def test_a_start_that_the_configuration_ends_loses_nothing_of_what_waited(tmp_path: Path) -> None:
    port, secret = free_port(), tmp_path / "tool.secret"
    async with a_tool_that_is_well() as well, shop(tmp_path, f"http://127.0.0.1:{port}/act", well) as here:
        await here.spam("trouble", 3)
        here.bot.kill()
        secret.chmod(0o644)
        for _ in range(2):
            here.bot.again()
            told, _ = await asyncio.to_thread(here.bot.process.communicate)
            assert here.bot.process.returncode == 2
            assert b"chmod 600" in told
        secret.chmod(0o600)
        async with tool(random.Random(2), port) as back:
            back.mood = "well"
            here.bot.again()
            assert await here.bot.ready()
            await here.bot.until(lambda: here.results("trouble") == ["applied"] * 3, "nothing is lost")
            assert set(back.applied.values()) == {1}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("mood", ["429", "500", "closes after"])
async def test_a_tool_that_fails_for_a_while_is_asked_until_it_does_not(tmp_path: Path, mood: str) -> None:
    async with (
        a_tool_that_is_well() as well,
        tool(random.Random(6)) as moody,
        shop(tmp_path, moody.url, well) as here,
    ):
        moody.mood = mood
        await here.spam("trouble", 4)
        await here.bot.until(lambda: here.screen.codes, "the screen says that it fails")
        moody.mood = "well"
        await here.bot.until(lambda: here.results("trouble") == ["applied"] * 4, "nothing is lost")
        await here.bot.until(lambda: len(here.screen.codes) == 2, "the screen says that it is back")
        assert here.screen.codes == ["platform_failing", "platform_back"]
        assert len(moody.applied) == 4
        if mood != "closes after":
            assert set(moody.applied.values()) == {1}


@pytest.mark.timeout(120)
async def test_a_post_without_an_answer_is_asked_about_and_never_doubled(tmp_path: Path) -> None:
    async with (
        a_tool_that_is_well() as well,
        tool(random.Random(7)) as moody,
        shop(tmp_path, moody.url, well) as here,
    ):
        moody.mood, moody.secret = "well", SECRET
        await here.spam("trouble", 2)
        await here.bot.until(lambda: here.results("trouble") == ["applied"] * 2, "two hides")
        here.bot.kill()
        post_something(here.bot.db)
        moody.mood = "closes after"
        here.bot.again()
        assert await here.bot.ready(), here.bot.err.read_text(encoding="utf-8")
        posts = "SELECT result FROM outbox WHERE operation = 'post' ORDER BY key"
        await here.bot.until(lambda: here.bot.sql(posts) == [("unknown",)] * 2, "nobody knows")
        await here.bot.until(lambda: here.bot.sql(posts) == [("confirmed",)] * 2, "the tool is asked and knows")
        assert set(moody.applied.values()) == {1}
        assert set(moody.asked.values()) == {1}


@pytest.mark.timeout(120)
async def test_a_tool_that_answers_late_but_in_time_costs_nothing(tmp_path: Path) -> None:
    async with a_tool_that_is_well() as well, tool(random.Random(8)) as slow, shop(tmp_path, slow.url, well) as here:
        slow.mood = "slow"
        await here.spam("trouble", 6)
        await here.spam("well", 6)
        await here.bot.until(lambda: here.results("well") == ["applied"] * 6, "the other room goes on")
        assert "." in here.results("trouble")
        await here.bot.until(lambda: here.results("trouble") == ["applied"] * 6, "each is waited for")
        assert set(slow.applied.values()) == {1}
        assert here.screen.codes == []


@pytest.mark.timeout(120)
async def test_a_tool_that_is_too_slow_holds_up_its_own_room_only(tmp_path: Path) -> None:
    async with a_tool_that_is_well() as well, tool(random.Random(4)) as slow, shop(tmp_path, slow.url, well) as here:
        slow.mood = "times out"
        await here.spam("trouble", 12)
        await here.bot.until(lambda: slow.requests, "the slow tool is being asked")
        await here.spam("well", 5)
        await here.bot.until(lambda: here.results("well") == ["applied"] * 5, "the other room goes on")
        assert "." in here.results("trouble")
