"""What ``check`` and ``replay`` share: nobody is on air, so input is taken as it comes and the model is waited for."""

from __future__ import annotations

import asyncio
import contextlib
import io
import sys
import threading
from collections import deque
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

from streambot.cli._base import _lines, read_lines
from streambot.core.errors import ConfigError
from streambot.settings import Settings

AHEAD: Final = 64
"""Lines read before they are taken; a line may be long, and memory does not grow with the input."""


def unhurried(settings: Settings) -> Settings:
    """The same settings without a limit on who waits for the model: a file's verdicts depend on no machine's speed."""
    classifier = settings.classifier.model_copy(update={"queue": sys.maxsize})
    return settings.model_copy(update={"classifier": classifier})


async def arriving(source: str | Path) -> AsyncIterator[bytes]:
    """:func:`read_lines`, each line as soon as it is there. Raises ConfigError as it does."""
    reader = _Reader(source)
    try:
        while True:
            reader.wake.clear()
            # Asked before the lines are taken: what came last is not missed.
            over = reader.over
            while reader.arrived:
                reader.places.release()
                yield reader.arrived.popleft()
            if over:
                break
            await reader.wake.wait()
    finally:
        reader.close()
    if reader.failure is not None:
        raise reader.failure


class _Reader:
    """Reads on a thread that nobody waits for: a pipe that stays silent must not hold up Ctrl-C."""

    def __init__(self, source: str | Path) -> None:
        self.arrived: deque[bytes] = deque()
        self.wake = asyncio.Event()
        self.places = threading.Semaphore(AHEAD)
        self.over = False
        self.failure: Exception | None = None
        self._closed = False
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, args=(source,), name="input", daemon=True).start()

    def close(self) -> None:
        """Let the thread go once it has read its line."""
        self._closed = True
        self.places.release()

    def _read(self, source: str | Path) -> None:
        try:
            for line in _lines_of(source):
                self.places.acquire()
                if self._closed:
                    return
                self.arrived.append(line)
                if not self.wake.is_set():
                    self._tell()
        except Exception as error:  # noqa: BLE001 - raised again where the lines are taken
            self.failure = error
        self.over = True
        self._tell()

    def _tell(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(self.wake.set)


def _lines_of(source: str | Path) -> Iterator[bytes]:
    if str(source) != "-":
        yield from read_lines(source)
        return
    if sys.stdin is None:
        raise ConfigError("stdin is closed.", code="input_missing", fix="Give a file, or pipe lines in.")
    try:
        number = sys.stdin.fileno()
    except io.UnsupportedOperation:
        yield from read_lines(source)
        return
    # Not sys.stdin's own buffer: at exit Python wants its lock, which a thread that still reads would hold.
    with open(number, "rb", closefd=False) as raw:
        yield from _lines(raw, "stdin")
