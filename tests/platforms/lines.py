"""A WebSocket server on loopback, a source that reads it, and a time that only sleeping moves."""

from __future__ import annotations

import asyncio
import contextlib
import json

from websockets.asyncio.server import serve

from streambot.core.comment import Room
from streambot.core.status import Link
from streambot.platforms.credentials import Credentials
from streambot.platforms.dialer import Dialer
from streambot.platforms.fields import compile_fields
from streambot.platforms.websocket import PATIENCE, QUIET, WebSocketSource
from streambot.ports import Source
from tests.platforms.waiting import until

NOW = 1_795_000_000.0
ROOM = Room("shop", "relay", "shop")
FIELDS = compile_fields({"text": "/text", "id": "/id", "author": {"id": "/user"}}, where="fields")


class FakeTime:
    """Sleeps are over at once, but for those that a test holds; only sleeping moves the clock."""

    def __init__(self) -> None:
        self.now = NOW
        self.slept: list[float] = []
        self.held = {seconds: asyncio.Semaphore(0) for seconds in (QUIET, PATIENCE, 10.0)}

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if seconds in self.held:
            await self.held[seconds].acquire()
        else:
            await asyncio.sleep(0)
        self.now += seconds

    def over(self, seconds: float) -> None:
        """Let one sleep of this length end."""
        self.held[seconds].release()


class Heard:
    """What the source told, in order."""

    def __init__(self) -> None:
        self.links: list[tuple[Link, str]] = []
        self.gaps: list[tuple[float, float]] = []
        self.refused: list[str] = []
        self.stale: list[float] = []
        self.rejected: list[str] = []


class Server:
    """A server on loopback whose handler gets the number of the connection, from 1."""

    def __init__(self, handler) -> None:
        self._handler = handler
        self.requests = []
        self.connections = []

    async def handle(self, connection) -> None:
        self.requests.append(connection.request)
        self.connections.append(connection)
        await self._handler(connection, len(self.connections))


@contextlib.asynccontextmanager
async def serving(handler, **how):
    server = Server(handler)
    async with serve(server.handle, "127.0.0.1", 0, **how) as listening:
        scheme = "wss" if "ssl" in how else "ws"
        server.url = f"{scheme}://127.0.0.1:{listening.sockets[0].getsockname()[1]}/chat?key=canary"
        yield server


def a_source(
    url: str, *, fields=FIELDS, time: FakeTime | None = None, headers_file=None, ca_file=None, **how
) -> tuple[WebSocketSource, Heard, FakeTime]:
    time, heard = time or FakeTime(), Heard()
    source = WebSocketSource(
        Dialer(url, Credentials(headers_file, ca_file), time.clock),
        room=ROOM,
        fields=fields,
        on_link=lambda link, detail: heard.links.append((link, detail)),
        on_gap=lambda since, until: heard.gaps.append((since, until)),
        on_refused=lambda error: heard.refused.append(str(error)),
        on_stale=lambda: heard.stale.append(time.now),
        on_reject=lambda error: heard.rejected.append(error.code),
        clock=time.clock,
        sleep=time.sleep,
        uniform=lambda _, high: high,
        **how,
    )
    return source, heard, time


async def take(source: Source, many: int) -> list[str]:
    """The texts of so many comments; then the source is left."""
    comments = source.comments()
    try:
        return [(await anext(comments)).text for _ in range(many)]
    finally:
        await comments.aclose()


def frame(number: int) -> str:
    return json.dumps({"text": f"t{number}", "id": f"c{number}", "user": "u1"})


def a_headers_file(folder, line="X-Api-Key: canary"):
    path = folder / "shop.headers"
    path.write_text(f"{line}\n")
    path.chmod(0o600)
    return path


def waits(time: FakeTime) -> float:
    """Seconds spent waiting for the server or for a person."""
    return sum(seconds for seconds in time.slept if seconds != QUIET)


async def until_asleep(time: FakeTime, seconds: float, times: int = 1) -> None:
    await until(lambda: time.slept.count(seconds) >= times)
