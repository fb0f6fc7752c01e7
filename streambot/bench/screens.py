"""Screens in a process of their own: ``python -m streambot.bench.screens URL ROOM COUNT``.

Says one line of JSON when all of them listen, and another when its stdin ends: how many still did, what they were
sent, and how long a comment took from when it was due to a screen.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from datetime import datetime
from typing import Any, Final

from aiohttp import ClientSession, ClientTimeout, ClientWebSocketResponse, TCPConnector, WSMsgType

from streambot.bench.figures import percentile
from streambot.console.wire import PROTOCOL

READ: Final = 4
"""Screens that read what they get; the others only take it, so that the machine is the server's."""
_AT_ONCE: Final = 20
_FIRST_SENT: Final = re.compile(r'"o":"c","c":\{"id":"[^"]*","ts":"([^"]*)"')


class Screens:
    """All of them, and what they saw."""

    def __init__(self) -> None:
        self.frames = 0
        self.bytes = 0
        self.lost = 0
        self.delays: list[float] = []

    async def listen(self, ws: ClientWebSocketResponse, ready: asyncio.Event, *, reads: bool) -> None:
        """One screen, until it is cancelled or the server ends it."""
        async for message in ws:
            if message.type is not WSMsgType.TEXT:
                continue
            data: str = message.data
            self.frames += 1
            self.bytes += len(data)
            if data.startswith('{"t":"snap"'):
                ready.set()
            elif reads and data.startswith('{"t":"delta"'):
                self._read(data, time.time())
        self.lost += 1

    def _read(self, data: str, now: float) -> None:
        for sent in _FIRST_SENT.finditer(data):
            self.delays.append(now - datetime.fromisoformat(sent[1]).timestamp())

    def report(self) -> dict[str, Any]:
        """What is said at the end."""
        return {
            "lost": self.lost,
            "frames": self.frames,
            "bytes": self.bytes,
            "seen": len(self.delays),
            "p50": percentile(self.delays, 0.5) if self.delays else None,
            "p99": percentile(self.delays, 0.99) if self.delays else None,
        }


async def _main(url: str, room: str, count: int) -> None:
    seen = Screens()
    address = f"{url.replace('http', 'ws', 1)}/ws/v1"
    timeout = ClientTimeout(total=None)
    async with ClientSession(connector=TCPConnector(limit=0), timeout=timeout) as session, asyncio.TaskGroup() as tasks:
        listening: list[asyncio.Task[None]] = []
        for start in range(0, count, _AT_ONCE):
            opened = []
            for number in range(start, min(start + _AT_ONCE, count)):
                ws = await session.ws_connect(address, protocols=(PROTOCOL,), max_msg_size=0)
                await ws.send_json({"t": "sub", "rooms": [room]})
                ready = asyncio.Event()
                listening.append(tasks.create_task(seen.listen(ws, ready, reads=number < READ)))
                opened.append(ready)
            await asyncio.gather(*(ready.wait() for ready in opened))
        _say({"open": len(listening)})
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
        _say(seen.report())
        for task in listening:
            task.cancel()


def _say(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
