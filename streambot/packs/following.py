"""What the files of the packs say now: the newest text that is valid and whose time has come, and what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path

import structlog

from streambot.core.errors import ConfigError
from streambot.core.pack_diff import fingerprint
from streambot.core.told import Told
from streambot.packs.files import Line, PackFiles, read_file
from streambot.packs.release import Release, restored
from streambot.ports import Clock
from streambot.store.packs import PackShelf
from streambot.watching import settled

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the newest text of a pack is not in force, and since when (Unix seconds)."""

    message: str
    at: float


@dataclass(slots=True)
class Followed:
    """One line of packs. ``waiting`` is in force from its own time on.

    ``texts`` is what the files last said, ``paths`` which files that were, by the names of packs and parts.
    """

    release: Release
    waiting: Release | None = None
    refused: Refusal | None = None
    texts: Mapping[Path, str] = field(default_factory=dict)
    paths: Mapping[str, Path] = field(default_factory=dict)
    due: bool = False
    """Whether the release came in force by its own time, not by a changed file."""


class News(StrEnum):
    """What came of reading files again."""

    NOTHING = "nothing"
    MENDED = "mended"
    REFUSED = "refused"
    WAITS = "waits"
    CHANGED = "changed"


class Following:
    """Reads the lines that rooms follow. Nothing is written; a release that is new has to be kept by whoever asks."""

    def __init__(self, files: PackFiles, shelf: PackShelf, clock: Clock, *, live: bool) -> None:
        self.files = files
        self.lines: dict[Line, Followed] = {}
        self._shelf = shelf
        self._clock = clock
        self._live = live

    async def follow(self, line: Line) -> Followed:
        """What a line says, read now if nobody asked before.

        Live, a pack that is not valid (or not yet in force) leaves the last one that was kept in force. Raises
        ConfigError if there is none, and StorageError.
        """
        known = self.lines.get(line)
        if known is None:
            known = self.lines[line] = await self._first(line)
        return known

    async def read_again(self, line: Line) -> News:
        """Read the files of a line that is followed. Raises StorageError."""
        followed = self.lines[line]
        texts = await asyncio.to_thread(_texts, followed.texts)
        unmoved = texts and texts == followed.texts and not self.files.moved(line, followed.paths)
        if followed.refused is None and unmoved:
            return News.NOTHING
        try:
            release = await self._read(line)
            for name, path in followed.paths.items():
                # What was there and is gone is no wish for another file of the same name.
                if texts[path] is None and release.paths.get(name, path) != path:
                    raise ConfigError(
                        Told("file_gone", "{file} is gone.", file=str(path)), code="pack_gone", fix="Put it back."
                    )
        except ConfigError as error:
            if followed.refused is not None and followed.refused.message == error.message:
                return News.NOTHING
            followed.refused = Refusal(error.message, self._clock())
            return News.REFUSED
        followed.texts, followed.paths = release.texts, release.paths
        was_refused, followed.refused = followed.refused is not None, None
        if release.pack.id == followed.release.pack.id:
            followed.waiting = None
            return News.MENDED if was_refused else News.NOTHING
        if since(release) > self._clock():
            waited = followed.waiting is not None and (followed.waiting.pack.id, since(followed.waiting))
            followed.waiting = release
            return News.NOTHING if waited == (release.pack.id, since(release)) else News.WAITS
        followed.release, followed.waiting, followed.due = release, None, False
        return News.CHANGED

    async def settled(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Wait until nobody seems to be writing the files any more."""
        paths = [path for followed in self.lines.values() for path in followed.texts]
        await settled(partial(_texts, paths), sleep)

    def come_of_age(self) -> None:
        """Let every waiting pack whose time has come be its line's release."""
        now = self._clock()
        for followed in self.lines.values():
            if followed.waiting is not None and since(followed.waiting) <= now:
                followed.release, followed.waiting, followed.due = followed.waiting, None, True

    def next_due(self) -> float | None:
        """When the next waiting pack is due, Unix seconds."""
        return min((since(each.waiting) for each in self.lines.values() if each.waiting is not None), default=None)

    async def _first(self, line: Line) -> Followed:
        try:
            release = await self._read(line)
        except ConfigError as error:
            last = await self._last(line.name) if self._live else None
            if last is None:
                raise
            log.error("pack refused", pack=line.name, why=error.message, in_force=last.pack.id)
            return Followed(last, refused=Refusal(error.message, self._clock()))
        if self._live and since(release) > self._clock():
            last = await self._last(line.name)
            if last is not None:
                return Followed(last, waiting=release, texts=release.texts, paths=release.paths)
            log.warning("pack before its time", pack=release.pack.id, why="no earlier version was ever in force here")
        return Followed(release, texts=release.texts, paths=release.paths)

    async def _read(self, line: Line) -> Release:
        """The release of the files, under an id that the log has for no other content."""
        release = await asyncio.to_thread(self.files.release, line)
        pack = release.pack
        return release.built(await self._shelf.build_of(pack.name, pack.version, fingerprint(pack)))

    async def _last(self, name: str) -> Release | None:
        """The newest kept pack of that name whose time has come and that is still understood."""
        for kept in await self._shelf.versions(name):
            if (kept.effective_from or 0.0) <= self._clock():
                try:
                    return await asyncio.to_thread(restored, kept)
                except ConfigError as error:
                    log.warning("a kept pack is not understood any more", pack=kept.id, why=error.message)
        return None


def _texts(paths: Iterable[Path]) -> dict[Path, str | None]:
    """What these files say now; None for one that cannot be read."""
    found: dict[Path, str | None] = {}
    for path in paths:
        try:
            found[path] = read_file(path)
        except ConfigError:
            found[path] = None
    return found


def since(release: Release) -> float:
    """From when a release is in force, Unix seconds; 0 for always."""
    moment = release.pack.effective_from
    return moment.timestamp() if moment is not None else 0.0
