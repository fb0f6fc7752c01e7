"""A capture written while it happens: ``run --record FILE``."""

from __future__ import annotations

import io
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Self

from streambot.core.comment import Comment
from streambot.core.errors import ConfigError
from streambot.ports import Source
from streambot.printable import json_line


class Recorder:
    """Appends comments to a file, a line each, written through at once; a context manager that closes the file.

    The file is the owner's alone: it holds what people said. When it cannot be written any more, ``on_error`` hears
    of it once and recording ends; moderation goes on. Raises ConfigError if the file cannot be opened.
    """

    def __init__(self, path: Path, *, on_error: Callable[[OSError], None]) -> None:
        self._on_error = on_error
        self._file: io.FileIO | None = _opened(path)

    def write(self, comment: Comment) -> None:
        """Append one comment."""
        if self._file is None:
            return
        line = memoryview(f"{json_line(record_of(comment))}\n".encode())
        try:
            while line:
                line = line[self._file.write(line) :]
        except OSError as error:
            self.close()
            self._on_error(error)

    def close(self) -> None:
        """Record nothing more."""
        if self._file is not None:
            self._file.close()
            self._file = None

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

    The room goes by our name for it, so that a replay finds its settings. An author whom the platform did not name is
    left without an id, as they came.
    """
    author: dict[str, Any] = {"name": comment.author.name, "roles": sorted(comment.author.roles)}
    if comment.author.id != comment.id:
        author = {"id": comment.author.id, **author}
    return {
        "id": comment.id,
        "room": comment.room.name,
        "platform": comment.room.platform,
        "author": author,
        "text": comment.text,
        "sent_at": comment.sent_at,
    }


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
