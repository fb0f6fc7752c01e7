"""What a rule pack asks for: rules, and the one function that makes a verdict of what was measured.

Every rule is heard, every hit is evidence, the severest act wins; an exemption is the one rule's, never the rest's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Literal, Protocol

from streambot.core.action import Act
from streambot.core.canonical import is_cut
from streambot.core.comment import Comment, Role
from streambot.core.labels import Intent, Label
from streambot.core.verdict import Evidence, Judgement, Signal, Span, Verdict, shaded_below
from streambot.core.views import ViewName

MODEL_PREFIX: Final = "model."
DETECTORS: Final = frozenset(
    {"phone", "email", "link", "contact_handle", "address", "order_id", "national_id", "card_number", "bank_account"}
)
"""What is recognised by its structure, not by a word list; signals with source ``detector``."""
HISTORY_SIGNALS: Final = frozenset({"flood", "repeat", "raid", "strikes"})
"""What an author and a text did lately; signals with source ``history``."""
STRIKES_FULL: Final = 10
"""The strikes that make the signal ``strikes`` 1.0: its score is the count divided by this, at most 1."""
TOO_LONG: Final = "too_long"
"""The rule of every pack, without a file: a text that was not read to its end goes to a person."""

# A complaint may hold these words for good reason, and laws forbid hiding it (POLICIES.md 0.1).
_COMPLAINT_SPARES: Final = frozenset({Label.SCAM, Label.COUNTERFEIT, Label.HARASSMENT})
_NO_SCORES: Final[Mapping[Label, float]] = dict.fromkeys(Label, 0.0)
_REVIEW: Final = frozenset({Act.REVIEW})


_TERM_VIEWS: Final = (
    ViewName.CANONICAL,
    ViewName.SKELETON,
    ViewName.COMPACT,
    ViewName.LEET,
    ViewName.SINGLE,
    ViewName.THAI,
)
_PATTERN_VIEWS: Final = (ViewName.CANONICAL, ViewName.SKELETON, ViewName.UNDONE)


class Speaker(StrEnum):
    """Whose words a rule is about: a viewer's comment, the host's script, the shop's reply."""

    COMMENT = "comment"
    SCRIPT = "script"
    REPLY = "reply"


VIEWERS: Final = frozenset({Speaker.COMMENT})
SHOP: Final = frozenset({Speaker.SCRIPT, Speaker.REPLY})
"""What the shop's own people write in the chat is judged as script and reply."""


class Thresholds(Protocol):
    """From which score of the model a label counts; a model's manifest is one."""

    def threshold(self, label: Label, language: str, level: Literal["hide", "review"]) -> float:
        """The score from which ``label`` counts at this level in this language."""
        ...


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a pack.

    It speaks when any of its terms, patterns, detectors or signals does. ``except_terms`` are words that cover a hit
    and excuse it; ``unless_patterns`` excuse the whole comment, ``unless_question`` one that asks, ``unless_warning``
    one that warns others. ``acts`` are asked for together. A model rule (``model``) asks for review from one
    threshold and for ``acts`` from the other; None takes the manifest's. ``caps_model``: where this rule speaks, the
    model alone may not go beyond review for the rule's label. ``where`` is file and line. ``reason`` by language,
    English always; ``suggestion``, the wording that complies, likewise, or empty. From ``expires_at`` (Unix seconds)
    on it is silent.
    """

    id: str
    where: str
    label: Label | None
    acts: frozenset[Act]
    reason: Mapping[str, str]
    scope: frozenset[Speaker] = frozenset({Speaker.COMMENT})
    terms: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    views: tuple[ViewName, ...] = ()
    except_terms: tuple[str, ...] = ()
    unless_patterns: tuple[str, ...] = ()
    unless_question: bool = False
    unless_warning: bool = False
    detectors: frozenset[str] = frozenset()
    signals: frozenset[str] = frozenset()
    at_least: float = 0.0
    model: Label | None = None
    review: float | None = None
    hide: float | None = None
    fallback: Act | None = None
    mute_seconds: int | None = None
    strikes: int = 0
    exempt_roles: frozenset[Role] = frozenset()
    escalate: bool = False
    caps_model: bool = False
    suggestion: Mapping[str, str] = field(default_factory=dict)
    source_id: str = ""
    source_date: date | None = None
    checked_on: date | None = None
    expires_at: float | None = None

    @property
    def term_views(self) -> tuple[ViewName, ...]:
        """The readings in which terms are looked for."""
        return self.views or _TERM_VIEWS

    @property
    def pattern_views(self) -> tuple[ViewName, ...]:
        """The readings in which patterns are looked for; never ``leet``, whose letters no pattern can spell."""
        return tuple(view for view in self.views if view is not ViewName.LEET) or _PATTERN_VIEWS

    @property
    def triggers(self) -> Iterator[tuple[str, str]]:
        """The kinds and names of signals that make this rule speak."""
        if self.terms or self.patterns:
            yield ("text", self.id)
        yield from (("detector", name) for name in self.detectors)
        yield from (("history", name) for name in self.signals)


@dataclass(frozen=True, slots=True)
class _Hit:
    rule: Rule | None
    evidence: Evidence
    acts: frozenset[Act]

    @property
    def severity(self) -> int:
        return max((act.severity for act in self.acts), default=0)

    @property
    def of_model(self) -> bool:
        return self.evidence.source == "model"


@dataclass(frozen=True, slots=True)
class Pack:
    """A versioned set of rules; ``rules`` holds the inherited ones too, in the order in which they speak.

    ``build`` tells apart what two files say under one version; it is empty for the first.
    """

    name: str
    version: str
    rules: tuple[Rule, ...]
    effective_from: datetime | None = None
    inherits: str | None = None
    build: str = ""
    _listeners: Mapping[frozenset[Speaker], Mapping[tuple[str, str], tuple[Rule, ...]]] = field(
        init=False, repr=False, compare=False
    )
    _models: Mapping[frozenset[Speaker], tuple[Rule, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        listeners = {scope: _listening(self.rules, scope) for scope in (VIEWERS, SHOP)}
        object.__setattr__(self, "_listeners", listeners)
        models = [rule for rule in self.rules if rule.model is not None]
        by_scope = {scope: tuple(rule for rule in models if rule.scope & scope) for scope in (VIEWERS, SHOP)}
        object.__setattr__(self, "_models", by_scope)

    @property
    def id(self) -> str:
        """Name and version (and build), as written in the log."""
        return f"{self.name}@{self.version}+{self.build}" if self.build else f"{self.name}@{self.version}"

    def rule(self, rule_id: str) -> Rule | None:
        """The rule of that id, for its reason in another language or its fallback."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def asked_by(self, signal: Signal, scope: frozenset[Speaker]) -> Sequence[Rule]:
        """The rules that this signal makes speak; ``scope`` is VIEWERS or SHOP."""
        kind = signal.source if signal.source in {"detector", "history"} else "text"
        return self._listeners[scope].get((kind, signal.name), ())

    def decide(
        self,
        comment: Comment,
        judgement: Judgement | None,
        signals: Sequence[Signal],
        *,
        thresholds: Thresholds,
    ) -> Verdict:
        """What this pack asks for, given what was measured. Pure; without a judgement rules alone decide."""
        whole: Span = (0, len(comment.text))
        hits = list(self._heard(comment, signals, whole))
        if is_cut(comment.text) or "text_cut" in comment.notes:
            reason = "Longer than what is read of one comment: a person looks at the rest."
            hits.append(_Hit(None, Evidence(TOO_LONG, "shape", whole, comment.text, reason=reason), _REVIEW))
        asserted = {hit.evidence.label: hit.evidence.score for hit in hits if hit.evidence.label is not None}
        scores: Mapping[Label, float] = _NO_SCORES
        labels = dict(asserted)
        if judgement is not None:
            scores = judgement.labels
            hits.extend(self._modelled(comment, judgement, thresholds, capped=self._capped(hits, judgement)))
            for hit in hits:
                if hit.of_model and hit.evidence.label is not None:
                    labels[hit.evidence.label] = max(labels.get(hit.evidence.label, 0.0), hit.evidence.score)
        return self._verdict(comment, judgement, hits, labels, scores, frozenset(labels) - frozenset(asserted))

    def _heard(self, comment: Comment, signals: Sequence[Signal], whole: Span) -> Iterator[_Hit]:
        for signal in signals:
            for rule in self.asked_by(signal, scope_of(comment)):
                if signal.score < rule.at_least or not rule.exempt_roles.isdisjoint(comment.author.roles):
                    continue
                if rule.expires_at is not None and comment.received_at >= rule.expires_at:
                    continue
                start, end = signal.span or whole
                reason = rule.reason["en"]
                text = signal.across or comment.text[start:end]
                evidence = Evidence(rule.id, signal.source, (start, end), text, rule.label, reason=reason)
                yield _Hit(rule, evidence, rule.acts)

    def _capped(self, hits: Sequence[_Hit], judgement: Judgement) -> frozenset[Label]:
        """Labels for which the model alone may ask for no more than review."""
        capped = {hit.rule.label for hit in hits if hit.rule is not None and hit.rule.caps_model and hit.rule.label}
        return frozenset(capped) | (_COMPLAINT_SPARES if judgement.intent is Intent.COMPLAINT else frozenset())

    def _modelled(
        self, comment: Comment, judgement: Judgement, thresholds: Thresholds, *, capped: frozenset[Label]
    ) -> Iterator[_Hit]:
        scores, language = judgement.labels, judgement.language
        counting: list[tuple[Rule, Label, float, bool]] = []
        for rule in self._models[scope_of(comment)]:
            label = rule.model
            score = scores.get(label, 0.0) if label is not None else 0.0
            if label is None or score <= 0.0 or not rule.exempt_roles.isdisjoint(comment.author.roles):
                continue
            review = thresholds.threshold(label, language, "review") if rule.review is None else rule.review
            hide = thresholds.threshold(label, language, "hide") if rule.hide is None else rule.hide
            if score >= review or score >= hide:
                counting.append((rule, label, score, score >= hide))
        least = shaded_below(score for _, _, score, _ in counting)
        for rule, label, score, sure in counting:
            if score < least and not sure:
                continue
            acts = rule.acts if sure and label not in capped else _REVIEW
            span = (0, len(comment.text))
            reason = rule.reason["en"]
            yield _Hit(rule, Evidence(rule.id, "model", span, comment.text, label, score, reason), acts)

    def _verdict(
        self,
        comment: Comment,
        judgement: Judgement | None,
        hits: Sequence[_Hit],
        labels: Mapping[Label, float],
        scores: Mapping[Label, float],
        model_only: frozenset[Label],
    ) -> Verdict:
        # The shop's own people are never acted on: what they said is a finding, not a case.
        acting = () if comment.author.exempt else hits
        worst = max(hits, key=lambda hit: hit.severity, default=None)
        carried = [hit.rule for hit in acting if hit.rule is not None and hit.acts == hit.rule.acts]
        escalate = any(rule.escalate for rule in carried)
        acts = {act for hit in acting for act in hit.acts} - {Act.ALLOW}
        if not escalate and acts - _REVIEW:
            # What is acted on already waits for nobody.
            acts -= _REVIEW
        return Verdict(
            actions=frozenset(acts),
            labels=labels,
            intent=judgement.intent if judgement else None,
            intent_score=judgement.intent_score if judgement else 0.0,
            language=judgement.language if judgement else comment.language_hint or "",
            evidence=tuple(hit.evidence for hit in hits),
            pack=self.id,
            scores=scores,
            model=judgement.model if judgement else "",
            degraded=judgement is None,
            escalate=escalate,
            mute_seconds=max((rule.mute_seconds or 0 for rule in carried), default=0) or None,
            strikes=max((rule.strikes for rule in carried), default=0),
            reason=worst.evidence.reason if worst else "",
            model_only=model_only,
        )


def scope_of(comment: Comment) -> frozenset[Speaker]:
    """Whose words a comment in the chat is: a viewer's, or the shop's own people's."""
    return SHOP if comment.author.exempt else VIEWERS


def _listening(rules: Sequence[Rule], scope: frozenset[Speaker]) -> Mapping[tuple[str, str], tuple[Rule, ...]]:
    listeners: dict[tuple[str, str], tuple[Rule, ...]] = {}
    for rule in rules:
        if rule.scope & scope:
            for trigger in rule.triggers:
                listeners[trigger] = (*listeners.get(trigger, ()), rule)
    return listeners
