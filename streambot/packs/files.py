"""Where packs come from: a room's own file, the operator's folder, and those that came with streambot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from streambot.classify.lexicon import Matchers
from streambot.core.errors import ConfigError
from streambot.core.pack import Pack
from streambot.core.pack_format import load_pack
from streambot.core.told import Told
from streambot.nearest import nearest
from streambot.packs.release import Release
from streambot.resources import names, resource
from streambot.settings import RoomSettings

SHIPPED: Final = "config/packs"
SUFFIX: Final = ".toml"


@dataclass(frozen=True, slots=True)
class Line:
    """Which pack a room follows: its name, and the file if it is the room's own."""

    name: str
    own: Path | None = None


def line_of(settings: RoomSettings) -> Line:
    """The pack of a room's settings."""
    return Line(settings.site) if settings.pack is None else line_of_file(Path(settings.pack))


def line_of_file(path: Path) -> Line:
    """A pack by its file; its name is the file's."""
    return Line(path.stem, path)


def is_file(path: Path) -> bool:
    """Whether a file is there, as far as this process may see."""
    try:
        return path.is_file()
    except OSError:  # a folder on the way that nobody may enter
        return False


def read_file(path: Path) -> str:
    """A UTF-8 text file, with or without the mark that some editors begin it with. Raises ConfigError."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            Told("file_unreadable", "{file} cannot be read: {why}.", file=str(path), why=str(error)),
            code="file_unreadable",
            fix="Check the path.",
        ) from error


class PackFiles:
    """Finds the files of packs. ``folder`` is the operator's; what stands there goes before what was shipped.

    Raises ConfigError if the folder is not there.
    """

    def __init__(self, folder: Path | None = None) -> None:
        if folder is not None and not folder.is_dir():
            raise ConfigError(
                f"there is no folder {folder}.", code="packs_missing", fix="Make it, or mend packs.folder."
            )
        self.folder = folder
        self._near: Path | None = None

    def beside(self, folder: Path) -> PackFiles:
        """The same, but a parent is looked for in this folder first."""
        files = PackFiles(self.folder)
        files._near = folder
        return files

    def path(self, line: Line, name: str) -> Path:
        """The file of a pack, of one of its parents, or (``th/spam``) of a part of either.

        A part stands beside the file that includes it, in the folder of its name. Raises ConfigError naming the
        nearest one there is.
        """
        whole, _, part = name.partition("/")
        if part:
            return self._part(self.path(line, whole).parent / whole, part)
        if line.own is not None and name == line.name:
            return line.own
        for folder in (self._near, line.own.parent if line.own is not None else None, self.folder):
            if folder is not None and is_file(folder / f"{name}{SUFFIX}"):
                return folder / f"{name}{SUFFIX}"
        return resource(f"{SHIPPED}/{name}{SUFFIX}")

    def moved(self, line: Line, paths: Mapping[str, Path]) -> bool:
        """Whether a file has come that goes before one of those (by name) from which the line was read."""
        try:
            return any(self.path(line, name) != path for name, path in paths.items())
        except ConfigError:
            return True

    def load(self, line: Line) -> tuple[Pack, Mapping[str, Path], Mapping[str, str]]:
        """A pack with the files and the texts it was made of, its parents' too. Raises ConfigError."""
        paths: dict[str, Path] = {}
        texts: dict[str, str] = {}

        def read(name: str) -> str:
            paths[name] = self.path(line, name)
            texts[name] = read_file(paths[name])
            return texts[name]

        return load_pack(line.name, read), paths, texts

    def release(self, line: Line) -> Release:
        """A pack ready for use. Raises ConfigError with file, line, rule and reason."""
        pack, paths, texts = self.load(line)
        return Release(pack, Matchers(pack), texts, paths)

    def lines(self) -> list[Line]:
        """Every pack of the operator's folder and of this installation, by name."""
        own = [] if self.folder is None else [path.name for path in self.folder.iterdir()]
        stems = {name.removesuffix(SUFFIX) for name in (*own, *names(SHIPPED)) if name.endswith(SUFFIX)}
        # `th.test.toml` holds the cases of `th.toml`.
        return [Line(stem) for stem in sorted(stems) if "." not in stem]

    def folders(self, lines: Iterable[Line]) -> frozenset[Path]:
        """The folders whose files these packs may come from, those of their parts among them."""
        own = {line.own.parent for line in lines if line.own is not None}
        whole = {resource(SHIPPED), *own, *([self.folder] if self.folder is not None else [])}
        return frozenset(whole.union(*(_folders_of_parts(folder) for folder in whole)))

    def _part(self, folder: Path, part: str) -> Path:
        near = [] if self._near is None else [self._near / folder.name]
        for each in (folder, *near):
            if is_file(each / f"{part}{SUFFIX}"):
                return each / f"{part}{SUFFIX}"
        close = nearest(part, [path.stem for path in folder.glob(f"*{SUFFIX}")])
        raise ConfigError(
            Told(
                "no_part",
                "there is no {file} beside {other}.",
                file=f"{folder.name}/{part}{SUFFIX}",
                other=f"{folder.name}{SUFFIX}",
            ),
            code="pack_part_missing",
            fix=f"Did you mean {close}?" if close else "Write it, or take its name from `include`.",
        )


def _folders_of_parts(folder: Path) -> set[Path]:
    """The folders in this one that have the name of a pack beside them."""
    try:
        return {path.with_suffix("") for path in folder.glob(f"*{SUFFIX}") if path.with_suffix("").is_dir()}
    except OSError:  # gone meanwhile, or one that nobody may enter
        return set()


class Packs:
    """Rule packs with their compiled matchers, each loaded once. Raises ConfigError naming file, line and reason."""

    def __init__(self, files: PackFiles | None = None) -> None:
        self.files = files or PackFiles()
        self.get = cache(self._load)

    def _load(self, site: str, own: str | None) -> tuple[Pack, Matchers]:
        release = self.files.release(Line(site) if own is None else line_of_file(Path(own)))
        return release.pack, release.matcher
