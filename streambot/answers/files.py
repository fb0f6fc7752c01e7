"""Files of canned answers (TOML): what is allowed in them, and an error that says all that is wrong, and where.

A file is one site's, in the languages that it lists. Every answer says the same in each of them, in both tones::

    [answers]
    site = "th"
    languages = ["th", "en"]
    lasts_s = { flash_sale = 1800 }

    [[answer]]
    intent = "question.price"
    scenario = "flash_sale"
    say.th.casual = ["โปรตอนนี้ {price} ค่ะ", "…", "…"]
    say.th.formal = ["…"]
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

from streambot.core.answers import ASPECTS, LONGEST, PRIVATE, VARIABLES, Answers, Canned, Scenario, Tone, Topic, Wording
from streambot.core.errors import ConfigError
from streambot.core.labels import Intent
from streambot.nearest import nearest

MOST_SHOWN: Final = 20
"""Mistakes told at once; who has more has one cause."""

_PLACE_IN_TOML: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")
_HEADER: Final = re.compile(r"^\s*\[\[\s*answer\s*\]\]", re.MULTILINE)
_PLAINLY: Final = {
    "missing": "it is missing",
    "string_type": "it must be a text, in quotes",
    "list_type": "it must be a list",
    "model_type": "it must be a table",
    "dict_type": "it must be a table",
    "too_short": "it is empty",
}
"""What pydantic says in words of Python, by its type."""

Site = Literal["us", "th", "vn", "id", "cn"]
Language = Literal["en", "zh", "th", "vi", "id", "ms", "tl", "es"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Tones(_Strict):
    casual: Annotated[list[str], Field(min_length=1)]
    formal: Annotated[list[str], Field(min_length=1)]


class _Form(_Strict):
    intent: Intent
    scenario: Scenario = Scenario.REGULAR
    about: str = ""
    say: dict[Language, _Tones]

    @property
    def topic(self) -> Topic:
        return Topic(self.intent, self.scenario, self.about)


class _Header(_Strict):
    site: Site
    languages: Annotated[list[Language], Field(min_length=1)]
    lasts_s: dict[Scenario, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)

    @field_validator("lasts_s")
    @classmethod
    def _ends_no_regular(cls, lasts: dict[Scenario, float]) -> dict[Scenario, float]:
        if Scenario.REGULAR in lasts:
            raise ValueError("regular answers have no end")
        return lasts


class _Document(_Strict):
    answers: dict[str, Any]
    answer: Annotated[list[dict[str, Any]], Field(min_length=1)]


def load_answers(paths: Iterable[Path]) -> Answers:
    """The canned answers of these files together. Raises ConfigError with every mistake: file, line, key and reason."""
    return parse_answers(read_answers(paths))


def read_answers(paths: Iterable[Path]) -> dict[str, str]:
    """What these files say, by their names as given. Raises ConfigError naming one that cannot be read."""
    texts: dict[str, str] = {}
    for path in paths:
        try:
            texts[str(path)] = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"{path} cannot be read: {error}.", code="answers_unreadable", fix="Check the path; save it as UTF-8."
            ) from error
    return texts


def parse_answers(texts: Mapping[str, str]) -> Answers:
    """The canned answers of these texts, by file name. Raises ConfigError with every mistake in them."""
    mistakes: list[str] = []
    places: dict[tuple[str, Topic], str] = {}
    entries: list[Canned] = []
    for file, text in texts.items():
        source = _Source(file, text, mistakes)
        header, forms = source.read()
        if header is None:
            continue
        for number, form in forms.items():
            here = source.name(number)
            faults = list(_faults(form, header))
            first = places.setdefault((header.site, form.topic), here)
            if first != here:
                faults.append(("intent", f"this is answered already, in {first}", ""))
            mistakes.extend(source.told(number, *fault) for fault in faults)
            if not mistakes:
                entries.extend(_entries(form, header))
    if mistakes:
        raise _invalid(mistakes)
    return Answers(entries)


_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class _Source:
    """One file, and where in it things stand; what is wrong with its keys is added to ``mistakes``."""

    file: str
    text: str
    mistakes: list[str]

    def read(self) -> tuple[_Header | None, dict[int, _Form]]:
        """Its header and its answers by their place, those that are what they must be."""
        try:
            data = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            place = _PLACE_IN_TOML.search(str(error))
            line = place[1] if place and place[1] else self.text.count("\n") + 1
            self.mistakes.append(f"{self.file}:{line}: it is not TOML: {_PLACE_IN_TOML.sub('', str(error))}")
            return None, {}
        document = self._model(_Document, data)
        if document is None:
            return None, {}
        header = self._model(_Header, document.answers, "answers")
        forms = [self._model(_Form, table, number) for number, table in enumerate(document.answer)]
        return header, {number: form for number, form in enumerate(forms) if form is not None}

    def _model(self, model: type[_Model], table: Mapping[str, Any], at: str | int = "") -> _Model | None:
        try:
            return model.model_validate(table)
        except ValidationError as error:
            for entry in error.errors(include_url=False):
                place = [part for part in entry["loc"] if part != "[key]"]
                reason = _reason(entry, _Tones if "say" in place else model)
                if isinstance(at, int):
                    self.mistakes.append(self.told(at, _dotted(place), reason))
                else:
                    self.mistakes.append(f"{self.file}: {_dotted([at, *place] if at else place)}: {reason}")
            return None

    def name(self, number: int) -> str:
        """An answer as it is called elsewhere."""
        return f"{self.where(number)}, answer {number + 1}"

    def told(self, number: int, key: str, reason: str, text: str = "") -> str:
        """A mistake in one answer; ``text`` is the wording it is in, so that its own line can be named."""
        return f"{self.where(number, text)}: answer {number + 1}, {key}: {reason}"

    def where(self, number: int, text: str = "") -> str:
        """File and line of a wording, or of the answer that it belongs to."""
        starts = [header.end() for header in _HEADER.finditer(self.text)]
        if number >= len(starts):
            return self.file
        end = starts[number + 1] if number + 1 < len(starts) else len(self.text)
        at = self.text.find(f'"{text}"', starts[number], end) if text else -1
        return f"{self.file}:{self.text.count(chr(10), 0, max(at, starts[number])) + 1}"


def _reason(error: ErrorDetails, table: type[BaseModel]) -> str:
    if error["type"] == "extra_forbidden":
        return f"there is no such key{_did_you_mean(nearest(str(error['loc'][-1]), table.model_fields))}"
    expected = error.get("ctx", {}).get("expected")
    if isinstance(expected, str):
        words = [part.strip("' ") for part in expected.replace(" or ", ",").split(",")]
        return (
            f"{error['input']!r} is not one of {', '.join(words)}{_did_you_mean(nearest(str(error['input']), words))}"
        )
    return _PLAINLY.get(error["type"], error["msg"].removeprefix("Value error, "))


def _faults(form: _Form, header: _Header) -> Iterator[tuple[str, str, str]]:
    """Key, reason and wording of everything that is wrong with an answer whose keys are right."""
    aspects = ASPECTS.get(form.intent, frozenset())
    if form.about and form.about not in aspects:
        among = f"is not one of {', '.join(sorted(aspects))}" if aspects else "is asked about no such thing"
        yield "about", f"{form.about!r} {among}{_did_you_mean(nearest(form.about, aspects))}", ""
    if form.scenario is not Scenario.REGULAR and form.scenario not in header.lasts_s:
        yield "scenario", f"answers.lasts_s does not say how long {form.scenario} lasts", ""
    for language in header.languages:
        if language not in form.say:
            yield f"say.{language}", "it is missing, though answers.languages lists it", ""
    for language, tones in form.say.items():
        if language not in header.languages:
            yield f"say.{language}", "answers.languages does not list it", ""
        for tone in Tone:
            for index, text in enumerate(said := _said(tones, tone)):
                key = f"say.{language}.{tone}[{index}]"
                yield from ((key, reason, text) for reason in _wrong(text, form.intent))
                if text in said[:index]:
                    yield key, f"it says the same as [{said.index(text)}]", text


def _wrong(text: str, intent: Intent) -> Iterator[str]:
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
    for name in sorted(wording.variables - VARIABLES.keys()):
        yield f"there is no variable {{{name}}}{_did_you_mean(nearest(name, VARIABLES), '{{{}}}')}"
    if intent in PRIVATE:
        for name in sorted(wording.variables & VARIABLES.keys() - {"user"}):
            yield f"{{{name}}} may not stand here: {intent} moves to the private channel without facts"


def _said(tones: _Tones, tone: Tone) -> Sequence[str]:
    return tones.casual if tone is Tone.CASUAL else tones.formal


def _entries(form: _Form, header: _Header) -> Iterator[Canned]:
    for language, tones in form.say.items():
        for tone in Tone:
            wordings = tuple(Wording(text) for text in _said(tones, tone))
            yield Canned(header.site, form.topic, language, tone, wordings, header.lasts_s.get(form.scenario))


def _did_you_mean(word: str | None, form: str = "{}") -> str:
    return f"; did you mean {form.format(word)}?" if word else ""


def _dotted(place: Sequence[Any]) -> str:
    """A key's path as TOML would write it, places in lists in brackets."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return path.removeprefix(".")


def _invalid(mistakes: Sequence[str]) -> ConfigError:
    shown = [mistake.rstrip(".") for mistake in mistakes[:MOST_SHOWN]]
    if rest := len(mistakes) - len(shown):
        shown.append(f"and {rest} more")
    told = "; ".join(shown)
    end = "" if told.endswith("?") else "."
    return ConfigError(f"{told}{end}", code="answers_invalid", fix="Correct the file; nothing of it is in force.")
