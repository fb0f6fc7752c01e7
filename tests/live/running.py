"""``streambot run`` as a process of its own, with a configuration, a log and a page."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from tests.cli.processes import PATIENCE, STREAMBOT, environment

SENDER = Path(__file__).parent / "sender.py"


class Running:
    """One ``streambot run`` on a folder that outlives it. What it says on stderr is kept in ``err.txt``."""

    def __init__(
        self,
        folder: Path,
        config: str,
        *,
        command: Sequence[str] = STREAMBOT,
        options: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.folder, self.db, self.err = folder, folder / "log.db", folder / "err.txt"
        (folder / "streambot.toml").write_text(config, encoding="utf-8")
        self._command = [
            *command, "run", "--config", "streambot.toml", "--db", "log.db", "--port", "0", "--json",
            "--log-level", "warning", *options,
        ]  # fmt: skip
        self._env = environment(folder, env)
        self.url = ""
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self.err.open("ab") as err:
            return subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=err, cwd=self.folder, env=self._env)

    def again(self, env: Mapping[str, str] | None = None) -> None:
        """Start the next process on the same log."""
        if env is not None:
            self._env = environment(self.folder, env)
        self.process = self._start()

    async def ready(self) -> bool:
        """Wait for the address; False if the process ended before it had one."""
        assert self.process.stdout is not None
        line = await asyncio.to_thread(self.process.stdout.readline)
        if line:
            self.url = json.loads(line)["url"]
        return bool(line)

    def kill(self) -> None:
        """Kill -9, if it lives, and collect what is left."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    async def stop(self) -> int:
        """SIGTERM; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(self.process.communicate, None, PATIENCE)
        return self.process.returncode

    def sql(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """What another process reads in the log; nothing while there is none yet."""
        try:
            with closing(sqlite3.connect(f"{self.db.as_uri()}?mode=ro", uri=True)) as log:
                return list(log.execute(query, parameters))
        except sqlite3.OperationalError:
            return []

    def count(self) -> int:
        """Decisions on the disk."""
        rows = self.sql("SELECT count(*) FROM events WHERE kind = 'decision'")
        return int(rows[0][0]) if rows else 0

    def decisions(self) -> Counter[str]:
        """How many decisions each comment has, by the platform's id."""
        joined = "SELECT c.comment FROM events AS e JOIN comments AS c ON c.key = e.comment WHERE e.kind = 'decision'"
        return Counter(row[0] for row in self.sql(joined))

    async def until(self, so: Callable[[], object], what: str) -> None:
        """Wait until it is so; fails when the process has ended or patience has."""
        async with asyncio.timeout(PATIENCE):
            while not so():
                assert self.process.poll() is None, self.err.read_text(encoding="utf-8")[-4000:]
                await asyncio.sleep(0.02)
        assert so(), what


class Screen:
    """A screen on ``/ws/v1``: what it was told of one room."""

    def __init__(self, url: str, room: str) -> None:
        self._url, self._room = url, room
        self.notices: list[dict[str, Any]] = []
        self.links: list[str] = []
        self.counts: dict[str, int] = {}
        self.opened = asyncio.Event()

    @property
    def codes(self) -> list[str]:
        return [notice["code"] for notice in self.notices]

    async def watch(self) -> None:
        """Read until cancelled or the server goes away."""
        async with (
            ClientSession() as session,
            session.ws_connect(f"{self._url}/ws/v1", protocols=("streambot.v1",), max_msg_size=0) as socket_,
        ):
            await socket_.send_json({"t": "sub", "rooms": [self._room]})
            async for message in socket_:
                self._take(json.loads(message.data))

    def _take(self, told: dict[str, Any]) -> None:
        if told["t"] == "notice" and told["room"] in ("", self._room):
            self.notices.append(told)
        elif told["t"] == "tick" and self._room in told["rooms"]:
            self.opened.set()
            room = told["rooms"][self._room]
            self.counts = room["n"]
            if self.links[-1:] != [room["link"]]:
                self.links.append(room["link"])


def send(*arguments: str) -> subprocess.Popen[bytes]:
    """The other side, a process of its own: see ``sender.py``."""
    return subprocess.Popen(
        [sys.executable, str(SENDER), *arguments], stdout=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
