"""What a pack promises, as cases beside it: a text, and the act that the rules alone must come to.

``th.test.toml`` has the cases of ``th.toml``::

    [[case]]
    text = "add me on LINE @cheap99"
    act = "hide"
    label = "diversion"      # and/or rule = "diversion.contact"
    roles = ["member"]
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from streambot.core.action import Act
from streambot.core.comment import Author, Comment, Role, Room
from streambot.core.errors import ConfigError
from streambot.core.labels import Label
from streambot.core.verdict import Verdict
from streambot.packs.air import NoModel
from streambot.packs.files import read_file
from streambot.packs.release import Release

SUFFIX: Final = ".test.toml"
_ROOM: Final = Room("cases", "replay", "cases")
_CASE_HEADER: Final = re.compile(r"^\s*\[\[\s*case\s*\]\]", re.MULTILINE)


class _Case(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[str, Field(min_length=1)]
    act: Act
    label: Label | None = None
    rule: str | None = None
    roles: list[Role] = Field(default_factory=list)
    note: str = ""


class _Cases(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    case: list[_Case] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Case:
    """One promise. ``where`` is file and line; ``label`` and ``rule`` are looked at where they are said."""

    where: str
    text: str
    act: Act
    label: Label | None
    rule: str | None
    roles: frozenset[Role]
    note: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A promise that a pack does not keep, and the rules that spoke instead."""

    case: Case
    says: str
    rules: tuple[str, ...]


def beside(pack: Path) -> Path:
    """The file that has the cases of a pack."""
    return pack.with_name(f"{pack.stem}{SUFFIX}")


def load_cases(path: Path) -> list[Case]:
    """The cases of a file. Raises ConfigError with file, line and reason."""
    text = read_file(path)
    lines = [text.count("\n", 0, found.end()) + 1 for found in _CASE_HEADER.finditer(text)]
    try:
        cases = _Cases.model_validate(tomllib.loads(text)).case
    except tomllib.TOMLDecodeError as error:
        raise _invalid(f"{path.name}: it is not TOML: {error}") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = first["loc"]
        number = place[1] if len(place) > 1 and isinstance(place[1], int) else None
        where = f"{path.name}:{lines[number]}" if number is not None and number < len(lines) else path.name
        raise _invalid(f"{where}: {place[-1]}: {first['msg']}") from None
    return [
        Case(f"{path.name}:{line}", case.text, case.act, case.label, case.rule, frozenset(case.roles), case.note)
        for case, line in zip(cases, lines, strict=True)
    ]


def failures(release: Release, cases: Sequence[Case]) -> Iterator[Failure]:
    """The cases that the rules of a pack, alone, do not keep."""
    for number, case in enumerate(cases):
        comment = Comment(str(number), _ROOM, Author("author", "author", case.roles), case.text, 0.0, 0.0)
        signals = release.matcher.signals(comment)
        verdict = release.pack.decide(comment, None, signals, thresholds=NoModel())
        if says := _broken(case, verdict):
            yield Failure(case, says, tuple(dict.fromkeys(evidence.rule for evidence in verdict.evidence)))


def _broken(case: Case, verdict: Verdict) -> str:
    if verdict.action is not case.act:
        return f"{verdict.action}, not {case.act}"
    if case.label is not None and case.label not in verdict.labels:
        return f"not labelled {case.label}"
    if case.rule is not None and case.rule not in {evidence.rule for evidence in verdict.evidence}:
        return f"rule {case.rule} does not speak"
    return ""


def _invalid(message: str) -> ConfigError:
    return ConfigError(f"{message}.", code="cases_invalid", fix="Correct the file.")
