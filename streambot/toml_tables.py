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
from streambot.core.told import Told, and_more, sentence, told_of
from streambot.nearest import nearest

MOST_SHOWN: Final = 20
"""Mistakes told at once; who has more has one cause."""

_PLACE_IN_TOML: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")
_TABLE: Final = Told("must_table", "it must be a table")
_PLAINLY: Final = {
    "missing": Told("missing", "it is missing"),
    "string_type": Told("must_text", "it must be a text, in quotes"),
    "list_type": Told("must_list", "it must be a list"),
    "model_type": _TABLE,
    "dict_type": _TABLE,
    "too_short": Told("empty", "it is empty"),
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
            why = Told("no_toml", "it is not TOML: {why}", why=_PLACE_IN_TOML.sub("", str(error)))
            self.mistakes.append(placed(f"{self.file}:{line}", why))
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
                    self.mistakes.append(placed(self.file, reason, dotted([at, *place] if at else place)))
            return None

    def name(self, number: int) -> str:
        """A table as it is called elsewhere."""
        return Told("table", "{place}, {table} {number}", place=self.where(number), table=self.table, number=number + 1)

    def told(self, number: int, key: str, reason: str, text: str = "") -> str:
        """A mistake in one table; ``text`` is the wording it is in, so that its own line can be named."""
        here = {"place": self.where(number, text), "table": self.table, "key": key, "reason": reason}
        return Told("at_table", "{place}: {table} {number}, {key}: {reason}", number=number + 1, **here)

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
            yield (
                f"say.{language}",
                Told("say_missing", "it is missing, though {list} lists it", list=f"{header}.languages"),
                "",
            )
    for language, tones in say.items():
        if language not in languages:
            yield f"say.{language}", Told("say_unlisted", "{list} does not list it", list=f"{header}.languages"), ""
        for tone in Tone:
            for index, text in enumerate(said := tones.of(tone)):
                key = f"say.{language}.{tone}[{index}]"
                yield from ((key, reason, text) for reason in _wrong(text, wrong))
                if text in said[:index]:
                    yield key, Told("say_twice", "it says the same as {other}", other=f"[{said.index(text)}]"), text


def _wrong(text: str, wrong: Callable[[Wording], Iterable[str]]) -> Iterator[str]:
    if not text.strip():
        yield Told("say_nothing", "it says nothing")
        return
    if len(text) > LONGEST:
        yield Told("say_long", "it has {n} characters, more than {most}", n=len(text), most=LONGEST)
    if "\n" in text:
        yield Told("say_lines", "it has more than one line")
    try:
        wording = Wording(text)
    except ValueError as error:
        yield told_of(error)
        return
    yield from wrong(wording)


def did_you_mean(word: str | None, form: str = "{}") -> str:
    """The end of a sentence that names the nearest word, if there is one."""
    return Told("hint_nearest", "; did you mean {word}?", word=form.format(word)) if word else ""


def placed(place: str, reason: str, key: str = "") -> Told:
    """A reason with the place where it holds: a file, and what in it."""
    if key:
        return Told("at_column", "{file}: {column}: {reason}", file=place, column=key, reason=reason)
    return Told("at_file", "{file}: {reason}", file=place, reason=reason)


def dotted(place: Sequence[Any]) -> str:
    """A key's path as TOML would write it, places in lists in brackets."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return path.removeprefix(".")


def invalid(mistakes: Sequence[str], *, code: str) -> ConfigError:
    """The error that tells the mistakes."""
    shown = list(mistakes[:MOST_SHOWN])
    if rest := len(mistakes) - len(shown):
        shown.append(and_more(rest))
    return ConfigError(sentence(shown), code=code, fix="Correct the file; nothing of it is in force.")


def _reason(error: ErrorDetails, table: type[BaseModel]) -> str:
    if error["type"] == "extra_forbidden":
        close = nearest(str(error["loc"][-1]), table.model_fields)
        return Told("no_key", "there is no such key{hint}", hint=did_you_mean(close))
    expected = error.get("ctx", {}).get("expected")
    if isinstance(expected, str):
        listed = [part.strip("' ") for part in expected.replace(" or ", ",").split(",")]
        close = did_you_mean(nearest(str(error["input"]), listed))
        return Told(
            "not_one_of", "{value} is not one of {known}{hint}",
            value=repr(error["input"]), known=", ".join(listed), hint=close,
        )  # fmt: skip
    return _PLAINLY.get(error["type"]) or said_of(error)


def said_of(error: ErrorDetails) -> str:
    """What pydantic says of one mistake: the words of our own validator, if it was one."""
    ours = error.get("ctx", {}).get("error")
    return told_of(ours) if isinstance(ours, ValueError) else error["msg"]
