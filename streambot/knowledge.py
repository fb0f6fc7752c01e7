"""What rooms answer from: catalogs and canned answers, read at the opening and again whenever their files change."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from streambot.answers.watch import InForce as AnswersInForce
from streambot.catalog.watch import Catalogs
from streambot.core.answers import ANY_SITE, Answers
from streambot.core.catalog import SITE_LANGUAGE, Catalog
from streambot.core.prompts import Prompts
from streambot.kept_files import News
from streambot.kept_files import Watch as FilesWatch
from streambot.ports import Clock, Feed
from streambot.prompts.watch import InForce as PromptsInForce
from streambot.resources import resource
from streambot.settings import RoomSettings
from streambot.watching import Watch as CatalogsWatch

_SITES: Final = tuple(site for site in SITE_LANGUAGE if site != ANY_SITE)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What one room answers from, always as it is in force now. ``catalog`` is None where nothing is sold by item."""

    _answers: AnswersInForce
    _catalogs: Catalogs | None = None
    _path: Path | None = None
    _prompts: PromptsInForce | None = None

    @property
    def catalog(self) -> Catalog | None:
        """The items that are sold."""
        return None if self._catalogs is None or self._path is None else self._catalogs.get(self._path)

    @property
    def answers(self) -> Answers:
        """The canned answers."""
        return self._answers.answers

    @property
    def prompts(self) -> Prompts | None:
        """The lines that are said unasked; None where there are none."""
        return None if self._prompts is None else self._prompts.prompts


class Library:
    """The knowledge of all rooms; a file that two of them use is read once. Files are watched inside ``watching``."""

    def __init__(self, feed: Feed, *, clock: Clock, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._feed = feed
        self._sleep = sleep
        # A catalog that came with streambot was written long ago, and its stock is as good as new.
        self._shipped = Catalogs(clock, fresh=True, changed=lambda path: self._changed(self._shipped, path))
        self._own = Catalogs(clock, changed=lambda path: self._changed(self._own, path))
        self._answers: dict[tuple[Path, ...], AnswersInForce] = {}
        self._prompts: dict[Path, PromptsInForce] = {}
        self._rooms: dict[tuple[Path, ...], set[str]] = {}
        self._watches: list[FilesWatch | CatalogsWatch] = [
            CatalogsWatch("catalogs", catalogs, sleep=sleep) for catalogs in (self._shipped, self._own)
        ]
        self._start: Callable[[FilesWatch | CatalogsWatch], None] = self._watches.append

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Keep everything up to date while the block runs."""
        running: list[asyncio.Task[None]] = []
        async with asyncio.TaskGroup() as tasks:

            def start(watch: FilesWatch | CatalogsWatch) -> None:
                running.append(tasks.create_task(watch.run(), name="knowledge"))

            for watch in self._watches:
                start(watch)
            self._start = start
            yield
            for task in running:
                task.cancel()

    async def open(self, settings: RoomSettings, room: str = "") -> Knowledge:
        """What a room with these settings answers from. Raises ConfigError (a CatalogError names row and column)."""
        answers = await self._open_answers(answer_files(settings), room)
        prompts = await self._open_prompts(settings.prompts, room) if settings.prompts is not None else None
        if settings.catalog is None:
            return Knowledge(answers, _prompts=prompts)
        path, shipped = catalog_file(settings.catalog)
        catalogs = self._shipped if shipped else self._own
        self._rooms.setdefault((path,), set()).update({room} - {""})
        await catalogs.open(path, [SITE_LANGUAGE[settings.site]] if settings.site != ANY_SITE else ())
        return Knowledge(answers, catalogs, path, prompts)

    async def _open_answers(self, paths: tuple[Path, ...], room: str) -> AnswersInForce:
        self._rooms.setdefault(paths, set()).update({room} - {""})
        if paths not in self._answers:
            found = await asyncio.to_thread(AnswersInForce, paths, partial(self._read_again, paths))
            if paths not in self._answers:
                self._answers[paths] = found
                self._start(FilesWatch(found, sleep=self._sleep))
        return self._answers[paths]

    async def _open_prompts(self, name: str, room: str) -> PromptsInForce:
        path = Path(name) if _is_path(name) else resource(f"config/prompts/{name}.toml")
        self._rooms.setdefault((path,), set()).update({room} - {""})
        if path not in self._prompts:
            found = await asyncio.to_thread(PromptsInForce, path, partial(self._prompts_again, path))
            if path not in self._prompts:
                self._prompts[path] = found
                self._start(FilesWatch(found, sleep=self._sleep))
        return self._prompts[path]

    def _prompts_again(self, path: Path, news: News, why: str) -> None:
        if news is News.REFUSED:
            text = f"The prompts stay as they were: {why}"
            self._tell((path,), "error", "prompts_refused", text, why=why)
        else:
            self._tell((path,), "info", "prompts_read", "The prompts were read anew.")

    def _read_again(self, paths: tuple[Path, ...], news: News, why: str) -> None:
        if news is News.REFUSED:
            text = f"The canned answers stay as they were: {why}"
            self._tell(paths, "error", "answers_refused", text, why=why)
        else:
            self._tell(paths, "info", "answers_read", "The canned answers were read anew.")

    def _changed(self, catalogs: Catalogs, path: Path) -> None:
        refusal = catalogs.refusal(path)
        if refusal is not None:
            why = refusal.message
            self._tell((path,), "error", "catalog_refused", f"The catalog stays as it was: {why}", why=why)
        else:
            n = len(catalogs.get(path))
            self._tell((path,), "info", "catalog_read", f"The catalog was read anew: {n} items.", n=n)

    def _tell(self, paths: tuple[Path, ...], level: str, code: str, text: str, **values: str | int) -> None:
        for room in sorted(self._rooms.get(paths, ())):
            self._feed.notice(room, {"level": level, "code": code, "text": text, "values": values})


def answer_files(settings: RoomSettings) -> tuple[Path, ...]:
    """The files of a room's canned answers: those it names, or its site's; a room of no certain site has all."""
    named: Sequence[str] = settings.answers.files
    if not named:
        named = _SITES if settings.site == ANY_SITE else (settings.site,)
    return tuple(Path(name) if _is_path(name) else resource(f"config/answers/{name}.toml") for name in named)


def catalog_file(name: str) -> tuple[Path, bool]:
    """The file of a catalog, and whether it came with streambot. Raises ConfigError."""
    return (Path(name), False) if _is_path(name) else (resource(f"config/catalog/{name}.csv"), True)


def _is_path(name: str) -> bool:
    return "/" in name or name.endswith((".csv", ".toml"))
