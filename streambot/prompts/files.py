"""Files of interaction prompts (TOML): what is allowed in them, and an error that says all that is wrong, and where.

A file is one site's. A prompt has a name, one of ``at_min``, ``every_min`` and ``on``, and wordings in every
language of the file and both tones::

    [prompts]
    site = "th"
    languages = ["th", "en"]

    [[prompt]]
    name = "who wants it"
    on = "item"
    after_s = 30
    call = { expects = ["1"], window_s = 60 }
    say.th.casual = ["ใครอยากได้ {item?ตัวนี้} พิมพ์ 1 เลยค่า", "…"]
    say.th.formal = ["…"]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, model_validator

from streambot.core.answers import Scenario, Tone, Wording
from streambot.core.prompts import (
    SAYABLE,
    SPACING,
    At,
    Begins,
    Call,
    Every,
    Greeted,
    Prompt,
    Prompts,
    Unasked,
    When,
)
from streambot.core.told import Told
from streambot.kept_files import read_texts
from streambot.nearest import nearest
from streambot.toml_tables import Language, Site, Source, Strict, Tones, did_you_mean, invalid, wrong_sayings

_On = Literal["item", "flash_sale", "new_item", "sold_out", "gift", "greetings", "no_question"]
_OWN_KEYS: Final[Mapping[str, frozenset[str]]] = {
    "after_s": frozenset({"item", *(scenario for scenario in Scenario if scenario is not Scenario.REGULAR)}),
    "viewers": frozenset({"greetings"}),
    "for_min": frozenset({"no_question"}),
    "rest_min": frozenset({"greetings", "no_question"}),
}
"""Keys that belong to some of the events."""


class _CallForm(Strict):
    expects: Annotated[list[Annotated[str, Field(min_length=1, max_length=20)]], Field(min_length=1)]
    window_s: Annotated[float, Field(ge=10, le=300)] = 60.0


class _Form(Strict):
    name: Annotated[str, Field(min_length=1, max_length=60)]
    at_min: Annotated[float, Field(ge=0)] | None = None
    every_min: Annotated[float, Field(ge=2 * SPACING / 60)] | None = None
    on: _On | None = None
    after_s: Annotated[float, Field(ge=0, le=600)] | None = None
    viewers: Annotated[int, Field(ge=2)] | None = None
    for_min: Annotated[float, Field(ge=1)] | None = None
    rest_min: Annotated[float, Field(ge=1)] | None = None
    call: _CallForm | None = None
    say: dict[Language, Tones]

    @model_validator(mode="after")
    def _has_one_time(self) -> _Form:
        if sum(value is not None for value in (self.at_min, self.every_min, self.on)) != 1:
            raise ValueError(Told("prompt_when", "it needs one of at_min, every_min and on"))
        for key, events in _OWN_KEYS.items():
            if getattr(self, key) is not None and self.on not in events:
                raise ValueError(
                    Told("prompt_key", "{key} is for on = {known}", key=key, known=" / ".join(sorted(events)))
                )
        return self

    @property
    def when(self) -> When:
        if self.at_min is not None:
            return At(self.at_min * 60)
        if self.every_min is not None:
            return Every(self.every_min * 60)
        rest = 60 * (self.rest_min or 10.0)
        if self.on == "greetings":
            return Greeted(self.viewers or 5, rest)
        if self.on == "no_question":
            return Unasked(60 * (self.for_min or 3.0), rest)
        scenario = None if self.on is None or self.on == "item" else Scenario(self.on)
        return Begins(scenario, self.after_s or 0.0)


class _Header(Strict):
    site: Site
    languages: Annotated[list[Language], Field(min_length=1)]


class _Document(Strict):
    prompts: dict[str, Any]
    prompt: Annotated[list[dict[str, Any]], Field(min_length=1)]


def load_prompts(path: Path) -> Prompts:
    """The prompts of a file. Raises ConfigError with every mistake: file, line, key and reason."""
    return parse_prompts(read_prompts([path]))


def read_prompts(paths: Iterable[Path]) -> dict[str, str]:
    """What these files say, by their names as given. Raises ConfigError naming one that cannot be read."""
    return read_texts(paths, code="prompts_unreadable")


def parse_prompts(texts: Mapping[str, str]) -> Prompts:
    """The prompts of these texts, by file name. Raises ConfigError with every mistake in them."""
    mistakes: list[str] = []
    languages: dict[str, None] = {}
    prompts: list[Prompt] = []
    names: dict[str, str] = {}
    inner: dict[str | int, type[Strict]] = {"say": Tones, "call": _CallForm}
    for file, text in texts.items():
        source = Source(file, text, "prompt", mistakes)
        data = source.data()
        document = source.model(_Document, data, inner=inner) if data is not None else None
        header = source.model(_Header, document.prompts, "prompts", inner=inner) if document is not None else None
        for number, table in enumerate(document.prompt if document is not None else ()):
            form = source.model(_Form, table, number, inner=inner)
            if form is None or header is None:
                continue
            faults = list(_faults(form, header))
            first = names.setdefault(form.name, source.name(number))
            if first != source.name(number):
                faults.append(
                    ("name", Told("name_twice", "this is the name of another one, in {first}", first=first), "")
                )
            mistakes += [source.told(number, *fault) for fault in faults]
            if not mistakes:
                prompts.append(_prompt(form))
                languages |= dict.fromkeys(header.languages)
    if mistakes:
        raise invalid(mistakes, code="prompts_invalid")
    return Prompts(tuple(languages), tuple(prompts))


def _prompt(form: _Form) -> Prompt:
    wordings = {
        (str(language), tone): tuple(Wording(text) for text in tones.of(tone))
        for language, tones in form.say.items()
        for tone in Tone
    }
    call = Call(tuple(form.call.expects), form.call.window_s) if form.call is not None else None
    return Prompt(form.name, form.when, wordings, call)


def _faults(form: _Form, header: _Header) -> Iterator[tuple[str, str, str]]:
    """Key, reason and wording of everything that is wrong with a prompt whose keys are right."""
    yield from wrong_sayings(form.say, header.languages, "prompts", _wrong)


def _wrong(wording: Wording) -> Iterator[str]:
    for name in sorted(wording.variables - SAYABLE):
        close = did_you_mean(nearest(name, SAYABLE), "{{{}}}")
        yield Told("variable_prompt", "a prompt has no variable {name}{hint}", name=f"{{{name}}}", hint=close)
