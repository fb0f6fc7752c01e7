"""The hand-written lines of the demo, as they stand in ``lines/*.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

LANGUAGES: Final = ("en", "th", "zh", "vi", "id")


@dataclass(frozen=True, slots=True)
class Tongue:
    """What one language brings: the regulars' names, the beginnings of passers-by's names, words for the slots
    (``items`` are the products in the order of their numbers), what a line may end in, the viewers' lines by kind, and
    the host's.
    """

    people: tuple[str, ...]
    crowd: tuple[str, ...]
    tails: tuple[str, ...]
    slots: Mapping[str, tuple[str, ...]]
    lines: Mapping[str, tuple[str, ...]]
    host: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What goes wrong: ``lines[kind][language]``, each troll's lines in the order he escalates, the lines a raid
    pastes, the accounts that do it, and the invented names they advertise.
    """

    lines: Mapping[str, Mapping[str, tuple[str, ...]]]
    trolls: Mapping[str, tuple[str, ...]]
    raids: Mapping[str, tuple[str, ...]]
    accounts: Mapping[str, tuple[str, ...]]
    contacts: tuple[str, ...]
    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """What a line asks, by a name of ``lines/asks.toml``; unless it ``must`` be answered, an answer leaves a rest."""

    name: str
    must: bool


@dataclass(frozen=True, slots=True)
class Script:
    """Everything the demo can say."""

    tongues: Mapping[str, Tongue]
    trouble: Trouble
    asks: Mapping[tuple[str, str], Ask]
    """By language and line; a line that is not there asks nothing that the demo's shop has an answer to."""


@cache
def load_script() -> Script:
    """The script that ships with streambot, read once."""
    folder = files("streambot.platforms.demo") / "lines"
    tongues = {}
    for language in LANGUAGES:
        table = tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))
        tongues[language] = Tongue(
            people=tuple(table["people"]),
            crowd=tuple(table["crowd"]),
            tails=tuple(table["tails"]),
            slots=_tuples(table["slots"]),
            lines=_tuples(table["lines"]),
            host=_tuples(table["host"]),
        )
    table = tomllib.loads((folder / "trouble.toml").read_text(encoding="utf-8"))
    trouble = Trouble(
        lines={kind: _tuples(lines) for kind, lines in table["lines"].items()},
        trolls=_tuples(table["trolls"]),
        raids=_tuples(table["raids"]),
        accounts=_tuples(table["accounts"]),
        contacts=tuple(table["contacts"]),
        sites=tuple(table["sites"]),
    )
    table = tomllib.loads((folder / "asks.toml").read_text(encoding="utf-8"))
    asks = {
        (language, line): Ask(name, must=must == "must")
        for name, by_must in table.items()
        for must, by_language in by_must.items()
        for language, lines in by_language.items()
        for line in lines
    }
    return Script(tongues, trouble, asks)


def _tuples(table: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in table.items()}
