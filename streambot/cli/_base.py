"""What every command shares: exit codes, data on stdout, talk on stderr, input by line, progress."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import io
import sys
import time
import zlib
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeVar

import typer

from streambot.core.errors import ConfigError, StreambotError
from streambot.printable import json_line, printable

T = TypeVar("T")

MAX_LINE: Final = 16 * 1024 * 1024
"""Bytes kept of one input line; a longer one is cut there, so that memory does not grow with the input."""
_GZIP: Final = b"\x1f\x8b"
_SLOW: Final = 2.0


class ExitCode(IntEnum):
    """How a command ends (UX.md §14.2)."""

    OK = 0
    FAILED = 1
    USAGE = 2
    UNAVAILABLE = 3
    NOT_FOUND = 4
    FINDINGS = 6
    INTERRUPTED = 130
    BROKEN_PIPE = 141


class LogLevel(StrEnum):
    """How much is said on stderr."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class NotFoundError(StreambotError):
    """What was asked about does not exist: exit 4."""


def out_json(value: Any) -> None:
    """One line of JSON on stdout, in UTF-8 whatever the locale, written at once so that a pipe sees it.

    Raises ValueError for NaN and infinities.
    """
    sys.stdout.flush()
    sys.stdout.buffer.write(json_line(value).encode() + b"\n")
    sys.stdout.buffer.flush()


def say(message: str) -> None:
    """One line for people, on stderr; what could move their cursor is escaped.

    Where stderr goes to a file on a full disk the line is lost, and what was going on goes on.
    """
    with contextlib.suppress(OSError):
        typer.echo(printable(message), err=True)


@contextmanager
def progress(
    label: str, total: float | None = None, *, clock: Callable[[], float] = time.monotonic
) -> Iterator[Callable[[float], None]]:
    """A bar on stderr for what takes over two seconds; inside the block, call what is given with the steps done.

    Off a terminal nothing is drawn. ``total`` is None where the end is not known.
    """
    if not sys.stderr.isatty():
        yield lambda _amount: None
        return
    # Imported here: a tenth of a second that most commands need not spend.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task(label, total=total)
    started = clock()

    def advance(amount: float = 1) -> None:
        bar.advance(task, amount)
        if not bar.live.is_started and clock() - started >= _SLOW:
            bar.start()

    try:
        yield advance
    finally:
        bar.stop()


def read_lines(source: str | Path) -> Iterator[bytes]:
    r"""The lines of a file, or of stdin for ``-``, as bytes without the line feed; only ``\n`` ends a line.

    Gzip is known by its first bytes. Streams: at most one line is in memory. Raises ConfigError if the file cannot be
    read, also in the middle, when compressed data is damaged.
    """
    if str(source) == "-":
        yield from _lines(sys.stdin.buffer, "stdin")
        return
    try:
        with Path(source).open("rb") as file:
            yield from _lines(file, str(source))
    except OSError as error:
        raise ConfigError(
            f"{source} cannot be read: {error.strerror or error}.", code="input_unreadable", fix="Check the path."
        ) from error


def _lines(raw: BinaryIO, name: str) -> Iterator[bytes]:
    head = raw.read(len(_GZIP))
    stream: BinaryIO = io.BufferedReader(_Rejoined(head, raw))
    if head == _GZIP:
        stream = gzip.GzipFile(fileobj=stream)  # type: ignore[assignment]
    try:
        while line := stream.readline(MAX_LINE):
            if len(line) == MAX_LINE and not line.endswith(b"\n"):
                while (rest := stream.readline(MAX_LINE)) and not rest.endswith(b"\n"):
                    pass
            yield line.removesuffix(b"\n")
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ConfigError(
            f"{name} is damaged: {error}.", code="input_damaged", fix="Copy or download the file again."
        ) from error


class _Rejoined(io.RawIOBase):
    """A stream whose first bytes were read to see what it is; stdin cannot be rewound."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._head:
            data, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        else:
            data = self._rest.read1(len(buffer))  # type: ignore[attr-defined]
        buffer[: len(data)] = data
        return len(data)


def run_async(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, on uvloop where it exists: frames to screens cost it half (ENGINE.md A5)."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return asyncio.run(main)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(main)
