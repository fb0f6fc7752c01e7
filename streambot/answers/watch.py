"""Canned answers while on air: a changed file is read again, and one that is not valid leaves the old ones in force."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path

import structlog

from streambot.answers.files import parse_answers, read_answers
from streambot.core.answers import Answers
from streambot.core.errors import ConfigError
from streambot.watching import LOOK_AGAIN, Folders, settled

log = structlog.get_logger(__name__)


class News(StrEnum):
    """What came of reading the files again."""

    NOTHING = "nothing"
    CHANGED = "changed"
    REFUSED = "refused"
    MENDED = "mended"


class InForce:
    """The canned answers of a room's files: those that were last valid. Raises ConfigError if they are not at first.

    ``tell`` hears what came of a change, with the mistakes if it was refused.
    """

    def __init__(self, paths: Sequence[Path], tell: Callable[[News, str], None]) -> None:
        self.paths = tuple(paths)
        self._tell = tell
        self._texts: Mapping[str, str] = read_answers(self.paths)
        self.answers: Answers = parse_answers(self._texts)
        self.refused = ""
        """What is wrong with the files as they are now; "" if nothing is."""

    @property
    def folders(self) -> frozenset[Path]:
        """The folders whose files these are."""
        return frozenset(path.absolute().parent for path in self.paths)

    async def reload(self) -> News:
        """Read the files again. What is not valid changes nothing but ``refused``."""
        try:
            texts, answers = await asyncio.to_thread(self._read)
        except ConfigError as error:
            if error.message == self.refused:
                return News.NOTHING
            self.refused = error.message
            log.error("answers refused", why=error.message)
            self._tell(News.REFUSED, error.message)
            return News.REFUSED
        news = News.CHANGED if texts != self._texts else News.MENDED if self.refused else News.NOTHING
        self.answers, self._texts, self.refused = answers, texts, ""
        if news is not News.NOTHING:
            log.info("answers read", files=list(texts), news=news)
            self._tell(news, "")
        return news

    async def settled(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Wait until nobody seems to be writing the files any more."""
        await settled(partial(_contents, self.paths), sleep)

    def _read(self) -> tuple[Mapping[str, str], Answers]:
        texts = read_answers(self.paths)
        return texts, self.answers if texts == self._texts else parse_answers(texts)


@contextlib.asynccontextmanager
async def watched(in_force: InForce, *, sleep: Callable[[float], Awaitable[None]]) -> AsyncIterator[None]:
    """Keep canned answers up to date while the block runs, if they come from files."""
    if not in_force.paths:
        yield
        return
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(Watch(in_force, sleep=sleep).run(), name="answers")
        yield
        watching.cancel()


class Watch:
    """Reads answers again when their files change. Runs until cancelled."""

    def __init__(self, in_force: InForce, *, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._in_force = in_force
        self._sleep = sleep
        self._moved = asyncio.Event()
        self._folders = Folders("answers", self._moved)

    async def run(self) -> None:
        """See the class."""
        try:
            while True:
                await self._folders.follow(self._in_force.folders)
                self._moved.clear()
                # While this waits the watcher begins, so that no change falls between it and the reading.
                await self._in_force.settled(self._sleep)
                await self._in_force.reload()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_AGAIN):
                        await self._moved.wait()
        finally:
            await self._folders.stop()


def _contents(paths: Sequence[Path]) -> list[bytes | None]:
    """What the files hold now; None for one that cannot be read."""
    found: list[bytes | None] = []
    for path in paths:
        try:
            found.append(path.read_bytes())
        except OSError:
            found.append(None)
    return found
