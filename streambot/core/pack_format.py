"""The file format of rule packs (TOML): what is allowed in it, and an error that says where it is not.

A pack names its parent with ``inherits``; a rule with the id of an inherited one takes its place, ``drop`` removes.
Files are read by whoever calls: nothing here touches a disk.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from streambot.core.action import Act
from streambot.core.canonical import canonical
from streambot.core.comment import Role
from streambot.core.errors import ConfigError
from streambot.core.labels import LANGUAGES, Label
from streambot.core.pack import DETECTORS, HISTORY_SIGNALS, MODEL_PREFIX, STRIKES_FULL, Pack, Rule, Speaker
from streambot.core.pattern import check_pattern
from streambot.core.views import ViewName

_LIKELIEST: Final = {"extra_forbidden": 0, "enum": 1}
_PLAINLY: Final = {
    "extra_forbidden": "there is no such key",
    "missing": "it is missing",
    "string_type": "it must be a text, in quotes",
    "list_type": "it must be a list; a rule begins with [[rule]]",
    "model_type": "it must be a table",
}
"""What pydantic says in words of Python, by its type."""
MAX_PARENTS: Final = 8
MAX_TERM: Final = 200
MAX_PATTERN: Final = 1000
_INHERITS: Final = re.compile(r"^\s*inherits\s*=", re.MULTILINE)
_PLACE_IN_TOML: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")
_RULE_HEADER: Final = re.compile(r"^\s*\[\[\s*rule\s*\]\]", re.MULTILINE)


def load_pack(name: str, read: Callable[[str], str]) -> Pack:
    """The pack of that name with its parents; ``read(name)`` gives the text of one file, or raises ConfigError."""
    return _load(name, read, (), "")


def _load(name: str, read: Callable[[str], str], children: tuple[str, ...], asked_at: str) -> Pack:
    """``asked_at``: file and line of the ``inherits`` that names this pack."""
    file = f"{name}.toml"
    if name in children or len(children) > MAX_PARENTS:
        chain = " → ".join((*children, name))
        raise ConfigError(
            f"{asked_at}: packs inherit in a circle: {chain}.", code="pack_invalid", fix="Remove one `inherits`."
        )
    try:
        text = read(name)
    except ConfigError as error:
        if not asked_at:
            raise
        raise _invalid(asked_at, None, None, f"inherits {name!r}, but {error.message.rstrip('.')}") from error
    document = _parsed(text, file)
    at = f"{file}:{_line_of(_INHERITS, text)}"
    parent = _load(document.pack.inherits, read, (*children, name), at) if document.pack.inherits else None
    return _assembled(document, name, file, parent)


def _line_of(found: re.Pattern[str], text: str) -> int:
    match = found.search(text)
    return text.count("\n", 0, match.start()) + 1 if match else 1


def parse_rule(table: Mapping[str, Any], *, where: str) -> Rule:
    """One rule from the keys of a ``[[rule]]`` table. Raises ConfigError naming ``where`` and the reason."""
    try:
        return _RuleForm.model_validate(table).rule(where)
    except ValidationError as error:
        raise _explained(error, where, {}, ()) from None


def parse_pack(text: str, *, file: str, parent: Pack | None = None) -> Pack:
    """One pack from the text of its file. Raises ConfigError with file, line, rule and reason."""
    document = _parsed(text, file)
    return _assembled(document, document.pack.name, file, parent)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _seen(term: str) -> str:
    if not canonical(term.strip("*")):
        raise ValueError(f"the term {term!r} has nothing that can be seen")
    return term


def _known(names: frozenset[str]) -> Callable[[str], str]:
    def check(name: str) -> str:
        if name not in names:
            raise ValueError(f"{name!r} is not one of {', '.join(sorted(names))}")
        return name

    return check


Term = Annotated[str, Field(min_length=1, max_length=MAX_TERM), AfterValidator(_seen)]
Pattern = Annotated[str, Field(min_length=1, max_length=MAX_PATTERN), AfterValidator(check_pattern)]
RuleId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,79}$")]
Threshold = Literal["auto"] | Annotated[float, Field(gt=0, le=1.01)]


Line = Annotated[str, Field(min_length=1, max_length=400)]
ByLanguage = dict[str, Line] | Line


class _Header(_Strict):
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    version: Annotated[str, Field(min_length=1, max_length=40)]
    inherits: str | None = None
    effective_from: datetime | date | None = None
    drop: list[RuleId] = Field(default_factory=list)


class _RuleForm(_Strict):
    id: RuleId
    label: Label | None = None
    scope: list[Speaker] = Field(default_factory=lambda: [Speaker.COMMENT], min_length=1)
    terms: list[Term] = Field(default_factory=list)
    patterns: list[Pattern] = Field(default_factory=list)
    views: list[ViewName] = Field(default_factory=list)
    except_terms: list[Term] = Field(default_factory=list)
    unless_patterns: list[Pattern] = Field(default_factory=list)
    unless_question: bool = False
    unless_warning: bool = False
    detectors: list[Annotated[str, AfterValidator(_known(DETECTORS))]] = Field(default_factory=list)
    signals: list[Annotated[str, AfterValidator(_known(HISTORY_SIGNALS))]] = Field(default_factory=list)
    strikes_at_least: Annotated[int, Field(ge=1, le=STRIKES_FULL)] | None = None
    signal: str | None = None
    review: Threshold = "auto"
    hide: Threshold = "auto"
    action: list[Act] | Act
    fallback: Act | None = None
    mute_seconds: Annotated[int, Field(ge=1)] | None = None
    strikes: Annotated[int, Field(ge=0, le=STRIKES_FULL)] = 0
    exempt_roles: list[Role] = Field(default_factory=list)
    escalate: bool = False
    caps_model: bool = False
    reason: ByLanguage
    suggestion: ByLanguage = Field(default_factory=dict)
    source_id: str = ""
    source_date: date | None = None
    checked_on: date | None = None

    @model_validator(mode="after")
    def _can_speak(self) -> _RuleForm:
        heard = bool(self.terms or self.patterns or self.detectors or self.signals)
        if self.signal is None:
            if self.id.startswith(MODEL_PREFIX):
                raise ValueError(f"only a model rule's id begins with {MODEL_PREFIX!r}")
            if not heard:
                raise ValueError("nothing makes this rule speak: give it terms, patterns, detectors or signals")
            return self
        if not (self.signal == self.id == f"{MODEL_PREFIX}{self.label}"):
            raise ValueError(f"a model rule has one id and signal, {MODEL_PREFIX!r} and its label")
        if heard:
            raise ValueError("a model rule has no terms, patterns, detectors or signals: write a second rule")
        return self

    @model_validator(mode="after")
    def _can_act(self) -> _RuleForm:
        if not self.acts or not self.acts.isdisjoint({Act.ALLOW, Act.ANSWER}):
            raise ValueError("action is one or more of review, warn, hide, mute, ban")
        if (Act.MUTE in self.acts) != (self.mute_seconds is not None):
            raise ValueError("mute and mute_seconds go together")
        if self.strikes_at_least is not None and self.signals != ["strikes"]:
            raise ValueError('strikes_at_least goes with signals = ["strikes"]')
        return self

    @model_validator(mode="after")
    def _can_explain(self) -> _RuleForm:
        for key, lines in (("reason", self.reasons), ("suggestion", self.suggestions)):
            if "en" not in lines and (lines or key == "reason"):
                raise ValueError(f"{key} needs `en`")
            if unknown := sorted(set(lines) - set(LANGUAGES)):
                raise ValueError(f"{key} is in {unknown[0]!r}, which is no language of streambot")
        return self

    @property
    def acts(self) -> frozenset[Act]:
        return frozenset({self.action} if isinstance(self.action, Act) else self.action)

    @property
    def reasons(self) -> dict[str, str]:
        return {"en": self.reason} if isinstance(self.reason, str) else self.reason

    @property
    def suggestions(self) -> dict[str, str]:
        return {"en": self.suggestion} if isinstance(self.suggestion, str) else self.suggestion

    def rule(self, where: str) -> Rule:
        """The rule as the core knows it."""
        return Rule(
            id=self.id,
            where=where,
            label=self.label,
            acts=self.acts,
            reason=self.reasons,
            scope=frozenset(self.scope),
            terms=tuple(dict.fromkeys(self.terms)),
            patterns=tuple(dict.fromkeys(self.patterns)),
            views=tuple(dict.fromkeys(self.views)),
            except_terms=tuple(self.except_terms),
            unless_patterns=tuple(self.unless_patterns),
            unless_question=self.unless_question,
            unless_warning=self.unless_warning,
            detectors=frozenset(self.detectors),
            signals=frozenset(self.signals),
            at_least=(self.strikes_at_least or 0) / STRIKES_FULL,
            model=self.label if self.signal is not None else None,
            review=None if self.review == "auto" else self.review,
            hide=None if self.hide == "auto" else self.hide,
            fallback=self.fallback,
            mute_seconds=self.mute_seconds,
            strikes=self.strikes,
            exempt_roles=frozenset(self.exempt_roles),
            escalate=self.escalate,
            caps_model=self.caps_model,
            suggestion=self.suggestions,
            source_id=self.source_id,
            source_date=self.source_date,
            checked_on=self.checked_on,
        )


class _Document(_Strict):
    pack: _Header
    rule: list[_RuleForm] = Field(default_factory=list)
    lines: list[int] = Field(default_factory=list, exclude=True)


def _parsed(text: str, file: str) -> _Document:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE_IN_TOML.search(str(error))
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        raise _invalid(file, line, None, f"it is not TOML: {_PLACE_IN_TOML.sub('', str(error))}") from None
    if "lines" in data:
        raise _invalid(file, None, None, "the key 'lines' is unknown")
    lines = [text.count("\n", 0, header.end()) + 1 for header in _RULE_HEADER.finditer(text)]
    try:
        return _Document.model_validate({**data, "lines": lines})
    except ValidationError as error:
        raise _explained(error, file, data, lines) from None


def _explained(error: ValidationError, file: str, data: Mapping[str, Any], lines: Sequence[int]) -> ConfigError:
    errors = error.errors(include_url=False, include_context=False)
    # A key that nobody knows is likelier the slip than the key that is therefore missing; and of the forms that a
    # value may have, the single word is what people write.
    first = min(errors, key=lambda entry: _LIKELIEST.get(entry["type"], len(_LIKELIEST)))
    place = list(first["loc"])
    rule, line = None, None
    if len(place) >= 2 and place[0] == "rule" and isinstance(place[1], int):
        number = place[1]
        rule = str(data["rule"][number].get("id", f"number {number + 1}"))
        line = lines[number] if number < len(lines) else None
        place = place[2:]
    what = _PLAINLY.get(first["type"], first["msg"].removeprefix("Value error, "))
    key = ".".join(
        part for part in place if isinstance(part, str) and part.islower() and "[" not in part and part != "str"
    )
    return _invalid(file, line, rule, f"{key}: {what}" if key else what)


def _invalid(file: str, line: int | None, rule: str | None, reason: str) -> ConfigError:
    where = f"{file}:{line}" if line else file
    subject = f"{where}: rule {rule!r}" if rule else where
    return ConfigError(f"{subject}: {reason}.", code="pack_invalid", fix="Correct the file; nothing of it is in force.")


def _assembled(document: _Document, name: str, file: str, parent: Pack | None) -> Pack:
    header = document.pack
    if header.name != name:
        raise _invalid(file, None, None, f"the pack calls itself {header.name!r}, its file {name!r}")
    rules = {rule.id: rule for rule in parent.rules} if parent else {}
    for rule_id in header.drop:
        if rules.pop(rule_id, None) is None:
            raise _invalid(file, None, rule_id, "drop names a rule that is not inherited")
    own: set[str] = set()
    for number, form in enumerate(document.rule):
        line = document.lines[number] if number < len(document.lines) else 0
        if form.id in own:
            raise _invalid(file, line, form.id, "another rule of this file has the same id")
        own.add(form.id)
        rules[form.id] = form.rule(f"{file}:{line}")
    return Pack(header.name, header.version, tuple(rules.values()), _moment(header.effective_from), header.inherits)


def _moment(value: datetime | date | None) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value.replace(tzinfo=value.tzinfo or UTC) if value else None
    return datetime(value.year, value.month, value.day, tzinfo=UTC)
