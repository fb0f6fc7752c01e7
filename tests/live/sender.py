"""Sends the lines FIRST to LAST of a file of JSON comments, as another program would.

``serve PORT FILE FIRST LAST``: a WebSocket server that gives them to whoever connects first, then keeps the line open.
``post URL TOKEN FILE FIRST LAST``: batches by POST. ``socket URL TOKEN FILE FIRST LAST``: batches over the WebSocket.
After each batch the number of the next line and the statuses in the answer are printed as one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from aiohttp import ClientSession
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

BATCH = 100
JSON_LINES = {"Content-Type": "application/x-ndjson"}


def batches(file: str, first: str, last: str) -> Iterator[tuple[int, list[str]]]:
    lines = Path(file).read_text(encoding="utf-8").split("\n")
    for start in range(int(first), int(last), BATCH):
        yield min(start + BATCH, int(last)), lines[start : min(start + BATCH, int(last))]


def say(done: int, statuses: Counter[str]) -> None:
    print(json.dumps({"next": done, **statuses}), flush=True)  # noqa: T201


async def serving(port: str, file: str, first: str, last: str) -> None:
    sent = asyncio.Event()

    async def handle(connection: ServerConnection) -> None:
        try:
            if not sent.is_set():
                sent.set()
                for done, lines in batches(file, first, last):
                    for line in lines:
                        await connection.send(line)
                    say(done, Counter())
            await connection.wait_closed()
        except ConnectionClosed:
            return

    async with serve(handle, "127.0.0.1", int(port)):
        say(int(first), Counter())
        await asyncio.get_running_loop().create_future()


async def posting(url: str, token: str, file: str, first: str, last: str) -> None:
    headers = {"Authorization": f"Bearer {token}", **JSON_LINES}
    async with ClientSession(headers=headers) as session:
        for done, lines in batches(file, first, last):
            async with session.post(url, data="\n".join(lines).encode()) as answer:
                assert answer.status == 202, (answer.status, await answer.text())
                say(done, Counter(result["status"] for result in (await answer.json())["results"]))


async def over_socket(url: str, token: str, file: str, first: str, last: str) -> None:
    async with (
        ClientSession(headers={"Authorization": f"Bearer {token}"}) as session,
        session.ws_connect(url, max_msg_size=0) as line,
    ):
        for done, lines in batches(file, first, last):
            await line.send_str(f"[{','.join(lines)}]")
            answer = await line.receive_json()
            assert answer["status"] == 202, answer
            say(done, Counter(result["status"] for result in answer["results"]))


if __name__ == "__main__":
    way, *rest = sys.argv[1:]
    asyncio.run({"serve": serving, "post": posting, "socket": over_socket}[way](*rest))
