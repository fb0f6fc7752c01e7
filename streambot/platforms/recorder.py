"""A capture written while it happens: ``run --record FILE``."""

from __future__ import annotations

import contextlib
import errno
import io
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Final, Self

from streambot.core.comment import Comment
from streambot.core.errors import ConfigError
from streambot.ports import Source
from streambot.printable import json_line

ROOM: Final = 1024 * 1024
"""Bytes that have to be free before a recording goes on: the log comes first, and a hole is told once."""


class Recorder:
    """Appends comments to a file, a line each, written through at once; a context manager that closes the file.

    The file is the owner's alone: it holds what people said. A disk that is full leaves a hole, not half a line:
    ``on_error`` hears of its beginning, ``on_back`` how many comments are missing once one can be written again, and
    moderation goes on. Raises ConfigError if the file cannot be opened.
    """

    def __init__(self, path: Path, *, on_error: Callable[[OSError], None], on_back: Callable[[int], None]) -> None:
        self._on_error = on_error
        self._on_back = on_back
        self._file = _opened(path)
        self._missing = 0

    def write(self, comment: Comment) -> None:
        """Append one comment, or count it as missing."""
        if self._file.closed:
            return
        line = f"{json_line(record_of(comment))}\n".encode()
        try:
            if self._missing:
                self._check_room()
            self._append(line)
        except OSError as error:
            self._missing += 1
            if self._missing == 1:
                self._on_error(error)
            return
        if self._missing:
            missing, self._missing = self._missing, 0
            self._on_back(missing)

    def _append(self, line: bytes) -> None:
        """Write a whole line or nothing of it. Raises OSError."""
        end = self._file.seek(0, os.SEEK_END)
        rest = memoryview(line)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError:
            # Giving space back needs none; where even that fails, the next opening ends the torn line.
            with contextlib.suppress(OSError):
                self._file.truncate(end)
            raise

    def _check_room(self) -> None:
        """Raises OSError while going on would only make the next hole."""
        disk = os.fstatvfs(self._file.fileno())
        if disk.f_bavail * disk.f_frsize < ROOM:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def close(self) -> None:
        """Record nothing more."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class RecordedSource:
    """A source whose comments are written down as they pass."""

    def __init__(self, source: Source, recorder: Recorder) -> None:
        self._source = source
        self._recorder = recorder

    @property
    def live(self) -> bool:
        """As the source's."""
        return self._source.live

    async def comments(self) -> AsyncIterator[Comment]:
        """The source's comments, each recorded before anybody has it."""
        async for comment in self._source.comments():
            self._recorder.write(comment)
            yield comment


def record_of(comment: Comment) -> dict[str, Any]:
    """The line of a capture that reads back as this comment.

    The room goes by our name for it, so that a replay finds its settings, and by the platform's id, so that it is the
    same room. An author whom the platform did not name is left without an id, as they came.
    """
    author: dict[str, Any] = {"name": comment.author.name, "roles": sorted(comment.author.roles)}
    if comment.author.id != comment.id:
        author = {"id": comment.author.id, **author}
    record = {
        "id": comment.id,
        "room": comment.room.name,
        "room_id": comment.room.id,
        "platform": comment.room.platform,
        "author": author,
        "text": comment.text,
        "sent_at": comment.sent_at,
    }
    return record | {"backlog": True} if comment.backlog else record


def _opened(path: Path) -> io.FileIO:
    """The file, ready for a new line: a crash may have left the last one without its end."""
    try:
        file = io.FileIO(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+")
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
            if file.read(1) != b"\n":
                file.write(b"\n")
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be recorded to: {error.strerror}.", code="record_unwritable", fix="Name another file."
        ) from error
    return file
