"""TOML files of wordings (tables of ``[[answer]]`` or ``[[prompt]]``): what is wrong in one, and in which line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from streambot.core.answers import LONGEST, Tone, Wording
from streambot.core.errors import ConfigError
from streambot.nearest import nearest

MOST_SHOWN: Final = 20
"""Mistakes told at once; who has more has one cause."""

_PLACE_IN_TOML: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")
_PLAINLY: Final = {
    "missing": "it is missing",
    "string_type": "it must be a text, in quotes",
    "list_type": "it must be a list",
    "model_type": "it must be a table",
    "dict_type": "it must be a table",
    "too_short": "it is empty",
}
"""What pydantic says in words of Python, by its type."""

Model = TypeVar("Model", bound=BaseModel)
Site = Literal["us", "th", "vn", "id", "cn"]
Language = Literal["en", "zh", "th", "vi", "id", "ms", "tl", "es"]


class Strict(BaseModel):
    """A table whose keys are all known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Tones(Strict):
    """The wordings of one thing in one language."""

    casual: Annotated[list[str], Field(min_length=1)]
    formal: Annotated[list[str], Field(min_length=1)]

    def of(self, tone: Tone) -> Sequence[str]:
        """Those of a tone."""
        return self.casual if tone is Tone.CASUAL else self.formal


@dataclass(frozen=True, slots=True)
class Source:
    """One file, and where in it things stand; what is wrong is added to ``mistakes``. ``table`` names its tables."""

    file: str
    text: str
    table: str
    mistakes: list[str]

    def data(self) -> dict[str, Any] | None:
        """What the file holds; None if it is no TOML."""
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            place = _PLACE_IN_TOML.search(str(error))
            line = place[1] if place and place[1] else self.text.count("\n") + 1
            self.mistakes.append(f"{self.file}:{line}: it is not TOML: {_PLACE_IN_TOML.sub('', str(error))}")
            return None

    def model(
        self,
        model: type[Model],
        table: Mapping[str, Any],
        at: str | int = "",
        *,
        inner: Mapping[str | int, type[Strict]],
    ) -> Model | None:
        """A table as a model, ``at`` a key or as the so manieth of its kind; None if it is not what it must be.

        ``inner`` are the models of tables inside, by a key on the way to them, for the names of their keys.
        """
        try:
            return model.model_validate(table)
        except ValidationError as error:
            for entry in error.errors(include_url=False):
                place = [part for part in entry["loc"] if part != "[key]"]
                of = next((inner[part] for part in place if part in inner), model)
                reason = _reason(entry, of)
                if isinstance(at, int):
                    self.mistakes.append(self.told(at, dotted(place), reason))
                else:
                    self.mistakes.append(f"{self.file}: {dotted([at, *place] if at else place)}: {reason}")
            return None

    def name(self, number: int) -> str:
        """A table as it is called elsewhere."""
        return f"{self.where(number)}, {self.table} {number + 1}"

    def told(self, number: int, key: str, reason: str, text: str = "") -> str:
        """A mistake in one table; ``text`` is the wording it is in, so that its own line can be named."""
        return f"{self.where(number, text)}: {self.table} {number + 1}, {key}: {reason}"

    def where(self, number: int, text: str = "") -> str:
        """File and line of a wording, or of the table that it belongs to."""
        header = rf"^\s*\[\[\s*{self.table}\s*\]\]"
        starts = [found.end() for found in re.finditer(header, self.text, re.MULTILINE)]
        if number >= len(starts):
            return self.file
        end = starts[number + 1] if number + 1 < len(starts) else len(self.text)
        at = self.text.find(f'"{text}"', starts[number], end) if text else -1
        return f"{self.file}:{self.text.count(chr(10), 0, max(at, starts[number])) + 1}"


def wrong_sayings(
    say: Mapping[Language, Tones],
    languages: Collection[Language],
    header: str,
    wrong: Callable[[Wording], Iterable[str]],
) -> Iterator[tuple[str, str, str]]:
    """Key, reason and text of what is wrong with one table's wordings, by language as the ``header`` lists them.

    ``wrong`` says what is wrong with a wording that can be said at all.
    """
    for language in languages:
        if language not in say:
            yield f"say.{language}", f"it is missing, though {header}.languages lists it", ""
    for language, tones in say.items():
        if language not in languages:
            yield f"say.{language}", f"{header}.languages does not list it", ""
        for tone in Tone:
            for index, text in enumerate(said := tones.of(tone)):
                key = f"say.{language}.{tone}[{index}]"
                yield from ((key, reason, text) for reason in _wrong(text, wrong))
                if text in said[:index]:
                    yield key, f"it says the same as [{said.index(text)}]", text


def _wrong(text: str, wrong: Callable[[Wording], Iterable[str]]) -> Iterator[str]:
    if not text.strip():
        yield "it says nothing"
        return
    if len(text) > LONGEST:
        yield f"it has {len(text)} characters, more than {LONGEST}"
    if "\n" in text:
        yield "it has more than one line"
    try:
        wording = Wording(text)
    except ValueError as error:
        yield str(error)
        return
    yield from wrong(wording)


def did_you_mean(word: str | None, form: str = "{}") -> str:
    """The end of a sentence that names the nearest word, if there is one."""
    return f"; did you mean {form.format(word)}?" if word else ""


def dotted(place: Sequence[Any]) -> str:
    """A key's path as TOML would write it, places in lists in brackets."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return path.removeprefix(".")


def invalid(mistakes: Sequence[str], *, code: str) -> ConfigError:
    """The error that tells the mistakes."""
    shown = [mistake.rstrip(".") for mistake in mistakes[:MOST_SHOWN]]
    if rest := len(mistakes) - len(shown):
        shown.append(f"and {rest} more")
    told = "; ".join(shown)
    end = "" if told.endswith("?") else "."
    return ConfigError(f"{told}{end}", code=code, fix="Correct the file; nothing of it is in force.")


def _reason(error: ErrorDetails, table: type[BaseModel]) -> str:
    if error["type"] == "extra_forbidden":
        return f"there is no such key{did_you_mean(nearest(str(error['loc'][-1]), table.model_fields))}"
    expected = error.get("ctx", {}).get("expected")
    if isinstance(expected, str):
        listed = [part.strip("' ") for part in expected.replace(" or ", ",").split(",")]
        close = did_you_mean(nearest(str(error["input"]), listed))
        return f"{error['input']!r} is not one of {', '.join(listed)}{close}"
    return _PLAINLY.get(error["type"], error["msg"].removeprefix("Value error, "))
