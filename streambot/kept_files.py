"""Files that people edit while on air: what was last valid is in force, and a change that is not leaves it so."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import structlog

from streambot.core.errors import ConfigError
from streambot.core.told import Told
from streambot.watching import LOOK_AGAIN, Folders, settled

Value = TypeVar("Value")

log = structlog.get_logger(__name__)


class News(StrEnum):
    """What came of reading the files again."""

    NOTHING = "nothing"
    CHANGED = "changed"
    REFUSED = "refused"
    MENDED = "mended"


def read_texts(paths: Iterable[Path], *, code: str) -> dict[str, str]:
    """What these files say, by their names as given. Raises ConfigError (``code``) naming one that cannot be read."""
    texts: dict[str, str] = {}
    for path in paths:
        try:
            texts[str(path)] = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                Told("file_unreadable", "{file} cannot be read: {why}.", file=str(path), why=str(error)),
                code=code,
                fix=Told("fix_utf8", "Check the path; save it as UTF-8."),
            ) from error
    return texts


class KeptFiles(Generic[Value]):
    """What some files say together: ``value`` is as they were last valid. Raises ConfigError if they are not at first.

    ``what`` is for the log. ``read`` gives the files' texts by name, ``parse`` what they say. ``tell`` hears what came
    of a change, with the mistakes if it was refused.
    """

    def __init__(
        self,
        what: str,
        paths: Sequence[Path],
        tell: Callable[[News, str], None],
        *,
        read: Callable[[Iterable[Path]], Mapping[str, str]],
        parse: Callable[[Mapping[str, str]], Value],
    ) -> None:
        self.what = what
        self.paths = tuple(paths)
        self._tell = tell
        self._read_texts = read
        self._parse = parse
        self._texts = read(self.paths)
        self.value = parse(self._texts)
        self.refused = ""
        """What is wrong with the files as they are now; "" if nothing is."""

    @property
    def folders(self) -> frozenset[Path]:
        """The folders whose files these are."""
        return frozenset(path.absolute().parent for path in self.paths)

    async def reload(self) -> News:
        """Read the files again. What is not valid changes nothing but ``refused``."""
        try:
            texts, value = await asyncio.to_thread(self._read)
        except ConfigError as error:
            if error.message == self.refused:
                return News.NOTHING
            self.refused = error.message
            log.error("files refused", what=self.what, why=error.message)
            self._tell(News.REFUSED, error.message)
            return News.REFUSED
        news = News.CHANGED if texts != self._texts else News.MENDED if self.refused else News.NOTHING
        self.value, self._texts, self.refused = value, texts, ""
        if news is not News.NOTHING:
            log.info("files read", what=self.what, files=list(texts), news=news)
            self._tell(news, "")
        return news

    async def settled(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Wait until nobody seems to be writing the files any more."""
        await settled(partial(_contents, self.paths), sleep)

    def _read(self) -> tuple[Mapping[str, str], Value]:
        texts = self._read_texts(self.paths)
        return texts, self.value if texts == self._texts else self._parse(texts)


@contextlib.asynccontextmanager
async def watched(kept: KeptFiles[Any], *, sleep: Callable[[float], Awaitable[None]]) -> AsyncIterator[None]:
    """Keep files up to date while the block runs, if there are any."""
    if not kept.paths:
        yield
        return
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(Watch(kept, sleep=sleep).run(), name=kept.what)
        yield
        watching.cancel()


class Watch:
    """Reads files again when they change. Runs until cancelled."""

    def __init__(self, kept: KeptFiles[Any], *, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._kept = kept
        self._sleep = sleep
        self._moved = asyncio.Event()
        self._folders = Folders(kept.what, self._moved)

    async def run(self) -> None:
        """See the class."""
        try:
            while True:
                await self._folders.follow(self._kept.folders)
                self._moved.clear()
                # While this waits the watcher begins, so that no change falls between it and the reading.
                await self._kept.settled(self._sleep)
                await self._kept.reload()
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
