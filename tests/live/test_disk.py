"""A disk that fills and is freed while the rooms are live: nothing is lost, nothing done twice, nothing restarted."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.cli.processes import PATIENCE, run
from tests.live.running import Running, Screen
from tests.live.tool import Tool, tool

SPAM = "add me on LINE @cheap99 half price there"
MEBIBYTES = 48
FLOOD = 8000
PADDING = "x" * 8000
"""With it the WebSocket has more to say than the pipeline, the frames in hand and both sockets hold."""
GROWTH = 60.0
"""MiB that the process may grow by while it waits with its hands full."""
CONFIG = """
[console]
port = 0
[rooms.brought]
mode = "auto"
actuator = "webhook"
quota_per_minute = 100000
[rooms.brought.source]
kind = "ingest"
[rooms.brought.tool]
url = "{tool}"
secret_file = "tool.secret"
can = {{ hide = "api", mute = "api", ban = "api" }}
rate_per_s = 500
burst = 100
[rooms.read]
mode = "auto"
actuator = "simulated"
[rooms.read.source]
kind = "websocket"
url = "ws://127.0.0.1:{port}/"
fields = {{ text = "/text", id = "/id", author = {{ id = "/author/id" }} }}
"""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own that is small enough to be filled."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a disk that is small enough to be filled")
    folder = tmp_path / "disk"
    folder.mkdir()
    options = ("-t", "tmpfs", "-o", f"size={MEBIBYTES}m", "streambot-test", str(folder))
    mounted = subprocess.run(["mount", *options], capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"this machine lets nobody mount a disk: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """A file that leaves no byte."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1024 * 1024, 4096, 1):
            with contextlib.suppress(OSError):
                while file.write(b"x" * size):
                    pass
    return filler


def a_record(name: str, number: int) -> dict[str, Any]:
    text = f"{SPAM} {number}" if number % 10 == 0 else f"how much is number {number}?"
    return {"id": f"{name}{number}", "author": {"id": f"viewer-{name}{number}"}, "text": text}


def of_the_disk(screen: Screen) -> list[str]:
    """What people were told, without what a flood on a busy machine adds."""
    return sorted(code for code in screen.codes if code not in ("rules_only", "model_back"))


class Chat:
    """A tool's WebSocket server: says comments, as fast as they are taken."""

    def __init__(self) -> None:
        self.said = 0
        self._connections: asyncio.Queue[ServerConnection] = asyncio.Queue()

    async def talk(self, connection: ServerConnection) -> None:
        self._connections.put_nowait(connection)
        await connection.wait_closed()

    async def say(self, many: int) -> None:
        connection = await self._connections.get()
        with contextlib.suppress(ConnectionClosed):
            for _ in range(many):
                await connection.send(json.dumps({**a_record("r", self.said), "padding": PADDING}))
                self.said += 1
        self._connections.put_nowait(connection)


class Studio:
    """streambot on a small disk, what screens are told, and those who bring comments."""

    def __init__(self, bot: Running, chat: Chat, at: Tool, session: ClientSession) -> None:
        self.bot, self.chat, self.tool = bot, chat, at
        self.brought, self.read = Screen(bot.url, "brought"), Screen(bot.url, "read")
        self.count = 0
        self._session = session

    def records(self, many: int) -> list[dict[str, Any]]:
        """The next comments to bring."""
        first, self.count = self.count, self.count + many
        return [a_record("b", number) for number in range(first, self.count)]

    async def bring(self, records: list[dict[str, Any]]) -> tuple[int, set[str]]:
        """The status, and what became of the comments."""
        async with self._session.post(f"{self.bot.url}/api/v1/rooms/brought/comments", json=records) as answer:
            if answer.status == 503:
                assert int(answer.headers["Retry-After"]) > 0
            return answer.status, {result["status"] for result in (await answer.json())["results"]}

    async def order(self) -> tuple[int, str]:
        """A person's command: the status, and the sentence about it."""
        order = {"act": "mode", "value": "assist"}
        async with self._session.post(f"{self.bot.url}/api/v1/rooms/read/commands", json=order) as answer:
            return answer.status, str(await answer.json())

    async def ready(self) -> str:
        """What the probe says."""
        async with self._session.get(f"{self.bot.url}/-/ready") as answer:
            return await answer.text()

    def memory(self) -> float:
        """MiB in use."""
        status = Path(f"/proc/{self.bot.process.pid}/status").read_text(encoding="ascii")
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def hides(self) -> list[str]:
        """What the outbox calls the hides of the room whose tool is asked."""
        return [f"{row[0]}:hide" for row in self.bot.sql("SELECT event FROM outbox WHERE room = 'brought'")]


@contextlib.asynccontextmanager
async def studio(disk: Path, *options: str) -> AsyncIterator[Studio]:
    secret = disk / "tool.secret"
    secret.write_text("a-secret-that-is-long-enough")
    secret.chmod(0o600)
    chat = Chat()
    async with contextlib.AsyncExitStack() as stack:
        server = serve(chat.talk, "127.0.0.1", 0, ping_interval=None, compression=None)
        listening = await stack.enter_async_context(server)
        port = listening.sockets[0].getsockname()[1]
        at = await stack.enter_async_context(tool(random.Random(7)))
        at.mood = "well"
        bot = Running(disk, CONFIG.format(tool=at.url, port=port), options=options)
        stack.callback(bot.kill)
        assert await bot.ready(), bot.err.read_text(encoding="utf-8")
        made = await asyncio.to_thread(run, disk, "token", "--role", "ops", "--quiet", "--db", "log.db")
        headers = {"Authorization": f"Bearer {made.stdout.decode().strip()}"}
        session = await stack.enter_async_context(ClientSession(headers=headers))
        here = Studio(bot, chat, at, session)
        for screen in (here.brought, here.read):
            watching = asyncio.ensure_future(screen.watch())
            stack.push_async_callback(asyncio.wait, [watching])
            stack.callback(watching.cancel)
            await asyncio.wait_for(screen.opened.wait(), PATIENCE)
        yield here


@pytest.mark.timeout(300)
async def test_a_disk_that_fills_and_is_freed_costs_nothing_but_time(disk: Path) -> None:
    async with studio(disk, "--record", "tonight.jsonl") as here:
        await here.chat.say(100)
        assert await here.bring(here.records(100)) == (202, {"decided"})
        await here.bot.until(lambda: here.bot.count() == 200, "both rooms are decided")
        await here.bot.until(lambda: set(here.tool.applied) == set(here.hides()), "their hides are sent")
        filler = await asyncio.to_thread(fill, disk)
        memory, asked = here.memory(), here.tool.requests
        saying = asyncio.ensure_future(here.chat.say(FLOOD))
        owed = here.records(20)
        status, told = await here.bring(owed)
        while status == 202:
            # The log writes over its own old pages until it needs new ones.
            owed = here.records(20)
            status, told = await here.bring(owed)
        assert (status, "full" in told) == (503, True)
        for screen in (here.brought, here.read):
            await here.bot.until(lambda screen=screen: "disk_full" in screen.codes, "people are told")
            assert of_the_disk(screen) == ["disk_full", "record_hole"]
        assert "is full" in await here.ready()
        status, sentence = await here.order()
        assert (status, "is full" in sentence) == (503, True)
        decided = here.bot.count()
        assert (await here.bring(owed))[0] == 503
        assert here.bot.count() == decided
        assert here.tool.requests == asked, "nothing is done that is not written down"
        assert not saying.done(), "the server has to wait"
        assert here.memory() < memory + GROWTH

        filler.unlink()
        await asyncio.wait_for(saying, PATIENCE)
        while (await here.bring(owed))[0] != 202:
            pass
        expected = {f"b{number}" for number in range(here.count)} | {f"r{number}" for number in range(100 + FLOOD)}
        await here.bot.until(lambda: here.bot.count() == len(expected), "everything is decided")
        assert here.bot.decisions() == Counter(expected)
        await here.bot.until(lambda: set(here.tool.applied) == set(here.hides()), "every hide is sent")
        assert max(here.tool.applied.values()) == 1
        for screen, received in ((here.brought, here.count), (here.read, 100 + FLOOD)):
            await here.bot.until(lambda s=screen, n=received: s.counts["decided"] == n, "the screens show all")
            counts = screen.counts
            assert counts["received"] == counts["decided"] + counts["duplicates"] + counts["rejected"]
            assert of_the_disk(screen) == ["disk_full", "log_back", "record_back", "record_hole"]
        assert "is full" not in await here.ready()
        assert (await here.order())[0] == 202
        assert await here.bot.stop() == 0
    lines = [json.loads(line) for line in (disk / "tonight.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {line["id"] for line in lines} < expected, "a hole, and no line that is torn"


@pytest.mark.timeout(120)
async def test_told_to_stop_while_the_disk_is_full_it_ends_and_what_was_not_decided_comes_again(disk: Path) -> None:
    async with studio(disk) as here:
        filler = await asyncio.to_thread(fill, disk)
        owed = here.records(20)
        while (await here.bring(owed))[0] == 202:
            owed = here.records(20)
        assert await here.bot.stop() == 3
        filler.unlink()
        here.bot.again()
        assert await here.bot.ready()
        assert (await here.bring(owed))[0] == 202
        assert here.bot.decisions() == Counter({f"b{number}": 1 for number in range(here.count)})
