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

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, field_validator

from streambot.core.answers import ASPECTS, PRIVATE, VARIABLES, Answers, Canned, Scenario, Tone, Topic, Wording
from streambot.core.labels import Intent
from streambot.core.told import Told
from streambot.kept_files import read_texts
from streambot.nearest import nearest
from streambot.toml_tables import Language, Site, Source, Strict, Tones, did_you_mean, invalid, wrong_sayings


class _Form(Strict):
    intent: Intent
    scenario: Scenario = Scenario.REGULAR
    about: str = ""
    say: dict[Language, Tones]

    @property
    def topic(self) -> Topic:
        return Topic(self.intent, self.scenario, self.about)


class _Header(Strict):
    site: Site
    languages: Annotated[list[Language], Field(min_length=1)]
    lasts_s: dict[Scenario, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)

    @field_validator("lasts_s")
    @classmethod
    def _ends_no_regular(cls, lasts: dict[Scenario, float]) -> dict[Scenario, float]:
        if Scenario.REGULAR in lasts:
            raise ValueError(Told("regular_end", "regular answers have no end"))
        return lasts


class _Document(Strict):
    answers: dict[str, Any]
    answer: Annotated[list[dict[str, Any]], Field(min_length=1)]


def load_answers(paths: Iterable[Path]) -> Answers:
    """The canned answers of these files together. Raises ConfigError with every mistake: file, line, key and reason."""
    return parse_answers(read_answers(paths))


def read_answers(paths: Iterable[Path]) -> dict[str, str]:
    """What these files say, by their names as given. Raises ConfigError naming one that cannot be read."""
    return read_texts(paths, code="answers_unreadable")


def parse_answers(texts: Mapping[str, str]) -> Answers:
    """The canned answers of these texts, by file name. Raises ConfigError with every mistake in them."""
    mistakes: list[str] = []
    places: dict[tuple[str, Topic], str] = {}
    entries: list[Canned] = []
    for file, text in texts.items():
        source = Source(file, text, "answer", mistakes)
        header, forms = _read(source)
        if header is None:
            continue
        for number, form in forms.items():
            here = source.name(number)
            faults = list(_faults(form, header))
            first = places.setdefault((header.site, form.topic), here)
            if first != here:
                faults.append(
                    ("intent", Told("answered_already", "this is answered already, in {first}", first=first), "")
                )
            mistakes.extend(source.told(number, *fault) for fault in faults)
            if not mistakes:
                entries.extend(_entries(form, header))
    if mistakes:
        raise invalid(mistakes, code="answers_invalid")
    return Answers(entries)


def _read(source: Source) -> tuple[_Header | None, dict[int, _Form]]:
    """A file's header and its answers by their place, those that are what they must be."""
    inner: dict[str | int, type[Strict]] = {"say": Tones}
    data = source.data()
    document = source.model(_Document, data, inner=inner) if data is not None else None
    if document is None:
        return None, {}
    header = source.model(_Header, document.answers, "answers", inner=inner)
    forms = [source.model(_Form, table, number, inner=inner) for number, table in enumerate(document.answer)]
    return header, {number: form for number, form in enumerate(forms) if form is not None}


def _faults(form: _Form, header: _Header) -> Iterator[tuple[str, str, str]]:
    """Key, reason and wording of everything that is wrong with an answer whose keys are right."""
    aspects = ASPECTS.get(form.intent, frozenset())
    if form.about and form.about not in aspects:
        given = repr(form.about)
        if aspects:
            close = did_you_mean(nearest(form.about, aspects))
            known = ", ".join(sorted(aspects))
            reason = Told("not_one_of", "{value} is not one of {known}{hint}", value=given, known=known, hint=close)
        else:
            reason = Told("about_nothing", "{value} is asked about no such thing", value=given)
        yield "about", reason, ""
    if form.scenario is not Scenario.REGULAR and form.scenario not in header.lasts_s:
        yield (
            "scenario",
            Told("lasts", "answers.lasts_s does not say how long {word} lasts", word=str(form.scenario)),
            "",
        )
    yield from wrong_sayings(form.say, header.languages, "answers", partial(_wrong, form.intent))


def _wrong(intent: Intent, wording: Wording) -> Iterator[str]:
    for name in sorted(wording.variables - VARIABLES.keys()):
        close = did_you_mean(nearest(name, VARIABLES), "{{{}}}")
        yield Told("variable", "there is no variable {name}{hint}", name=f"{{{name}}}", hint=close)
    if intent in PRIVATE:
        for name in sorted(wording.variables & VARIABLES.keys() - {"user"}):
            yield Told(
                "variable_private", "{name} may not stand here: {word} moves to the private channel without facts",
                name=f"{{{name}}}", word=str(intent),
            )  # fmt: skip


def _entries(form: _Form, header: _Header) -> Iterator[Canned]:
    for language, tones in form.say.items():
        for tone in Tone:
            wordings = tuple(Wording(text) for text in tones.of(tone))
            yield Canned(header.site, form.topic, language, tone, wordings, header.lasts_s.get(form.scenario))
