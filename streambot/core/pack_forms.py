"""What the tables of a pack's files may hold (pydantic): the header and the rules, each key with its limits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from streambot.core.action import Act
from streambot.core.canonical import canonical
from streambot.core.comment import Role
from streambot.core.labels import LANGUAGES, Label
from streambot.core.pack import DETECTORS, HISTORY_SIGNALS, MODEL_PREFIX, STRIKES_FULL, Rule, Speaker
from streambot.core.pattern import check_pattern
from streambot.core.told import Told
from streambot.core.views import ViewName

MAX_TERM: Final = 200
MAX_PATTERN: Final = 1000
MAX_PARTS: Final = 64
"""Files of rules that one pack is written in, beside its own."""


class Strict(BaseModel):
    """A table that has these keys and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _seen(term: str) -> str:
    if not canonical(term.strip("*")):
        raise ValueError(Told("term_unseen", "the term {term} has nothing that can be seen", term=repr(term)))
    return term


def _known(names: frozenset[str]) -> Callable[[str], str]:
    def check(name: str) -> str:
        if name not in names:
            raise ValueError(
                Told(
                    "not_one_of",
                    "{value} is not one of {known}{hint}",
                    value=repr(name),
                    known=", ".join(sorted(names)),
                    hint="",
                )
            )
        return name

    return check


Term = Annotated[str, Field(min_length=1, max_length=MAX_TERM), AfterValidator(_seen)]
Pattern = Annotated[str, Field(min_length=1, max_length=MAX_PATTERN), AfterValidator(check_pattern)]
PartName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
RuleId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,79}$")]
Threshold = Literal["auto"] | Annotated[float, Field(gt=0, le=1.01)]


Line = Annotated[str, Field(min_length=1, max_length=400)]
ByLanguage = dict[str, Line] | Line


class Header(Strict):
    """The ``[pack]`` table."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    version: Annotated[str, Field(min_length=1, max_length=40)]
    inherits: str | None = None
    include: list[PartName] = Field(default_factory=list, max_length=MAX_PARTS)
    effective_from: datetime | date | None = None
    drop: list[RuleId] = Field(default_factory=list)


class RuleForm(Strict):
    """A ``[[rule]]`` table, with the slips that its keys show."""

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
    def _can_speak(self) -> RuleForm:
        heard = bool(self.terms or self.patterns or self.detectors or self.signals)
        if self.signal is None:
            if self.id.startswith(MODEL_PREFIX):
                raise ValueError(
                    Told("model_prefix", "only a model rule's id begins with {prefix}", prefix=repr(MODEL_PREFIX))
                )
            if not heard:
                raise ValueError(
                    Told("rule_mute", "nothing makes this rule speak: give it terms, patterns, detectors or signals")
                )
            return self
        if not (self.signal == self.id == f"{MODEL_PREFIX}{self.label}"):
            raise ValueError(
                Told(
                    "model_id", "a model rule has one id and signal, {prefix} and its label", prefix=repr(MODEL_PREFIX)
                )
            )
        if heard:
            raise ValueError(
                Told("model_terms", "a model rule has no terms, patterns, detectors or signals: write a second rule")
            )
        return self

    @model_validator(mode="after")
    def _can_act(self) -> RuleForm:
        if not self.acts or not self.acts.isdisjoint({Act.ALLOW, Act.ANSWER}):
            raise ValueError(
                Told("action_known", "action is one or more of {known}", known="review, warn, hide, mute, ban")
            )
        if (Act.MUTE in self.acts) != (self.mute_seconds is not None):
            raise ValueError(Told("mute_seconds", "mute and mute_seconds go together"))
        if self.strikes_at_least is not None and self.signals != ["strikes"]:
            raise ValueError(Told("strikes", 'strikes_at_least goes with signals = ["strikes"]'))
        return self

    @model_validator(mode="after")
    def _can_explain(self) -> RuleForm:
        for key, lines in (("reason", self.reasons), ("suggestion", self.suggestions)):
            if "en" not in lines and (lines or key == "reason"):
                raise ValueError(Told("needs_en", "{key} needs `en`", key=key))
            if unknown := sorted(set(lines) - set(LANGUAGES)):
                raise ValueError(
                    Told(
                        "no_language",
                        "{key} is in {code}, which is no language of streambot",
                        key=key,
                        code=repr(unknown[0]),
                    )
                )
        return self

    @property
    def acts(self) -> frozenset[Act]:
        """What is asked for together."""
        return frozenset({self.action} if isinstance(self.action, Act) else self.action)

    @property
    def reasons(self) -> dict[str, str]:
        """The reason by language; a bare text is English."""
        return {"en": self.reason} if isinstance(self.reason, str) else self.reason

    @property
    def suggestions(self) -> dict[str, str]:
        """The wording that complies, likewise."""
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


class Whole(Strict):
    """A pack's own file."""

    pack: Header
    rule: list[RuleForm] = Field(default_factory=list)


class Part(Strict):
    """One of the files that it includes."""

    rule: list[RuleForm] = Field(default_factory=list)
