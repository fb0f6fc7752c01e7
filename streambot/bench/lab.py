"""Where scenarios are measured: houses to try, helpers in processes of their own, clocks."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import streambot
from streambot.app import House, house
from streambot.bench.figures import Skipped
from streambot.core.command import Mode
from streambot.core.comment import Room
from streambot.core.errors import StreambotError
from streambot.garbage import settle_in
from streambot.serve import console
from streambot.settings import RoomSettings, Settings

QUOTA: Final = 1_000_000_000
"""Nothing real can be harmed here, so the circuit breaker stays out of the measurement."""
_End = TypeVar("_End")

LOOPBACK: Final = "127.0.0.1"
_PATIENCE: Final = 60.0
"""Seconds that a helper's process may need to answer."""


@dataclass(frozen=True, slots=True)
class Lab:
    """What a scenario needs. ``quick``: seconds instead of minutes, to see that it works; the figures mean little."""

    settings: Settings
    quick: bool = False
    seed: int = 1

    def pick(self, full: float, quick: float) -> float:
        """A duration or a count for this run."""
        return quick if self.quick else full

    @contextlib.asynccontextmanager
    async def house(self, *, live: bool = True, **classifier: Any) -> AsyncIterator[House]:
        """A house on a new log in the folder for temporary files, every room in ``auto`` with nothing behind it.

        ``classifier`` changes settings of the model.
        """
        of = self.settings.classifier.model_copy(update=classifier)
        settings = self.settings.model_copy(update={"classifier": of})
        changes = {"mode": Mode.AUTO, "actuator": "simulated", "quota_per_minute": QUOTA, "label_modes": {}}

        def settings_for(_: Room) -> RoomSettings:
            return settings.defaults.model_copy(update=changes)

        with tempfile.TemporaryDirectory(prefix="streambot-bench-") as folder:
            async with house(settings, db=Path(folder) / "bench.db", live=live, settings_for=settings_for) as running:
                settle_in()
                yield running


@dataclass(slots=True)
class Audience:
    """Screens that listen to one room from a process of their own. ``report`` is filled when the block ends."""

    report: dict[str, Any] = field(default_factory=dict)


@contextlib.asynccontextmanager
async def audience(running: House, room: Room, count: int) -> AsyncIterator[Audience]:
    """Serve the console and have ``count`` screens listen to ``room`` while the block runs."""
    await running.rooms.open(room)
    async with (
        console(running, host=LOOPBACK, port=0) as url,
        child("-m", "streambot.bench.screens", url, room.name, str(count)) as screens,
    ):
        await told(screens)
        listening = Audience()
        yield listening
        _pipe(screens.stdin).close()
        listening.report.update(await told(screens))


@contextlib.asynccontextmanager
async def child(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A Python process of this installation with pipes on all sides; asked to end with the block."""
    package = str(Path(streambot.__file__).parent.parent)
    path = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(_PATIENCE):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def told(process: asyncio.subprocess.Process) -> dict[str, Any]:
    """The next line of JSON that a helper says. Raises StreambotError if it ended instead."""
    async with asyncio.timeout(_PATIENCE):
        line = await _pipe(process.stdout).readline()
    if not line:
        said = (await _pipe(process.stderr).read()).decode(errors="replace").strip()
        raise StreambotError(f"a helper of the bench ended early: {said[-500:]}", code="bench_helper")
    value: dict[str, Any] = json.loads(line)
    return value


def _pipe(end: _End | None) -> _End:
    if end is None:
        raise RuntimeError("a helper has a pipe at this end")
    return end


def demo(folder: str, *arguments: str) -> tuple[str, ...]:
    """The arguments of a ``streambot demo`` without a browser, its log in ``folder``."""
    db = str(Path(folder) / "demo.db")
    return ("-m", "streambot", "demo", "--no-open", "--port", "0", "--db", db, "--json", *arguments)


def resident(pid: int, what: str = "VmRSS") -> float:
    """Megabytes of memory a process holds, or its peak (``VmHWM``). Raises Skipped where there is no /proc."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError as error:
        raise Skipped("memory is read from /proc, which this system has not.", code="no_proc") from error
    found = [line for line in status.splitlines() if line.startswith(f"{what}:")]
    return int(found[0].split()[1]) / 1024 if found else 0.0


class Lag:
    """How late the event loop comes: seconds that a short sleep took too long, while the block runs."""

    PERIOD: Final = 0.01

    def __init__(self) -> None:
        self.late: list[float] = []

    @contextlib.asynccontextmanager
    async def measured(self) -> AsyncIterator[Sequence[float]]:
        """Sample until the block ends."""
        sampling = asyncio.create_task(self._sample())
        try:
            yield self.late
        finally:
            sampling.cancel()
            await asyncio.wait([sampling])

    async def _sample(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(self.PERIOD)
            self.late.append(max(0.0, time.monotonic() - began - self.PERIOD))
