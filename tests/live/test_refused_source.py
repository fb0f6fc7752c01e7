"""A tool that refuses our credentials, beside a room that is well: people are told, and the right file mends it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path

import pytest
from websockets.asyncio.server import Request, Response, ServerConnection, serve

from tests.cli.processes import PATIENCE
from tests.live.running import Running, Screen

ROOM = """
[rooms.{name}]
mode = "observe"
actuator = "simulated"
[rooms.{name}.source]
kind = "websocket"
url = "ws://127.0.0.1:{port}/{name}"
headers_file = "{name}.headers"
fields = {{ text = "/text", id = "/id", author = {{ id = "/author/id" }} }}
"""


class Gate:
    """Lets in who knows the key, and says one comment to each who comes; hangs up on all when the key is changed."""

    def __init__(self) -> None:
        self.key = "of-today"
        self.refused = 0
        self._inside: dict[str, ServerConnection] = {}
        self._said = 0

    def check(self, connection: ServerConnection, request: Request) -> Response | None:
        if request.headers.get("X-Api-Key") == self.key:
            return None
        self.refused += 1
        return connection.respond(HTTPStatus.UNAUTHORIZED, "no")

    async def talk(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        name = connection.request.path.strip("/")
        self._inside[name] = connection
        await self.say(name)
        await connection.wait_closed()

    async def say(self, name: str) -> None:
        self._said += 1
        record = {"id": f"{name}{self._said}", "author": {"id": "viewer"}, "text": "how much is it?"}
        await self._inside[name].send(json.dumps(record))

    async def hang_up_on(self, name: str) -> None:
        await self._inside[name].close(1012)


def write_key(folder: Path, name: str, key: str) -> None:
    path = folder / f"{name}.headers"
    path.write_text(f"X-Api-Key: {key}\n")
    path.chmod(0o600)


@contextlib.asynccontextmanager
async def two_rooms(folder: Path, trouble: str) -> AsyncIterator[tuple[Running, Screen, Gate]]:
    """Two rooms at one gate; ``trouble`` is the key of the first."""
    gate = Gate()
    async with contextlib.AsyncExitStack() as stack:
        listening = await stack.enter_async_context(serve(gate.talk, "127.0.0.1", 0, process_request=gate.check))
        port = listening.sockets[0].getsockname()[1]
        write_key(folder, "trouble", trouble)
        write_key(folder, "well", gate.key)
        rooms = "".join(ROOM.format(name=name, port=port) for name in ("trouble", "well"))
        bot = Running(folder, f"[console]\nport = 0\n{rooms}")
        stack.callback(bot.kill)
        assert await bot.ready(), bot.err.read_text(encoding="utf-8")
        screen = Screen(bot.url, "trouble")
        watching = asyncio.ensure_future(screen.watch())
        stack.push_async_callback(asyncio.wait, [watching])
        stack.callback(watching.cancel)
        await asyncio.wait_for(screen.opened.wait(), PATIENCE)
        yield bot, screen, gate


@pytest.mark.timeout(120)
async def test_credentials_that_are_refused_from_the_start_are_mended_by_writing_their_file(tmp_path: Path) -> None:
    async with two_rooms(tmp_path, "of-yesterday") as (bot, screen, gate):
        await bot.until(lambda: bot.count() == 1, "the other room goes on")
        await bot.until(lambda: gate.refused, "it is refused")
        await bot.until(lambda: screen.links[-1] == "reconnecting", "the screen shows it")
        write_key(tmp_path, "trouble", "of-today")
        await bot.until(lambda: bot.count() == 2, "it goes on by itself")
        await bot.until(lambda: screen.links[-1] == "live", "the screen shows it")
        assert gate.refused <= 2, "nobody hammers at the gate"
        assert await bot.stop() == 0


@pytest.mark.timeout(120)
async def test_credentials_that_are_revoked_on_air_are_told_once_and_the_gap_is_shown(tmp_path: Path) -> None:
    async with two_rooms(tmp_path, "of-today") as (bot, screen, gate):
        await bot.until(lambda: bot.count() == 2, "both rooms are live")
        gate.key = "of-tomorrow"
        await gate.hang_up_on("trouble")
        await bot.until(lambda: screen.codes, "people are told")
        (notice,) = screen.notices
        assert notice["code"] == "websocket_auth"
        assert "change them in trouble.headers" in notice["text"]
        await gate.say("well")
        await bot.until(lambda: bot.count() == 3, "the other room goes on")
        write_key(tmp_path, "trouble", "of-tomorrow")
        await bot.until(lambda: bot.count() == 4, "it goes on by itself")
        await bot.until(lambda: screen.codes == ["websocket_auth", "gap"], "the gap is shown as for any outage")
        await bot.until(lambda: screen.counts["decided"] == 2, "the counts go on")
        assert screen.counts["received"] == 2
        assert await bot.stop() == 0
