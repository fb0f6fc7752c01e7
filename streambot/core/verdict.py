"""From measurements to a verdict: signals and judgements in, acts and evidence out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from streambot.core.action import Act
from streambot.core.labels import Intent, Label

Span = tuple[int, int]
"""Code points of the comment's text, end exclusive."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One measurement: a name, a score of 0 to 1, who measured it, and where in the text.

    ``across`` is what was read, where it was found only together with what the author said just before.
    """

    name: str
    score: float
    source: str
    span: Span | None = None
    across: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the classifier says about a text, and what is cached.

    ``labels`` has a calibrated score of 0 to 1 for every label, to the four decimals that are logged; ``embedding`` is
    normalised to length 1 (empty when the model gives none), best as an ``array("f")``: thousands are held, and a float
    object takes 24 bytes. ``model`` names the model, its version and its runtime.
    """

    labels: Mapping[Label, float]
    intent: Intent
    intent_score: float
    language: str
    language_score: float
    embedding: Sequence[float] = ()
    model: str = ""


SHADE: Final = 0.5
"""Of the strongest label that counts, the share below which another one's score is taken for its shadow: a line that is
surely a slot advert resembles spam and scams a little too."""


def shaded_below(scores: Iterable[float]) -> float:
    """The score below which a label that asks for no more than a look is not worth naming beside the others."""
    return SHADE * max(scores, default=0.0)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why: the rule that spoke, what it went by (``lexicon``, ``pattern``, ``model``, ``history``), and where.

    Where it went by several comments of one author, ``text`` is all of them, and ``span`` this one's part.
    """

    rule: str
    source: str
    span: Span
    text: str
    label: Label | None = None
    score: float = 1.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules ask for. ``actions`` is the whole set, ``action`` its severest; ``labels`` are those that hold.

    ``mute_seconds`` and ``strikes`` go with the actions; ``escalate`` puts the review at the top of the queue.
    ``degraded`` says that the model was not heard.
    """

    actions: frozenset[Act]
    labels: Mapping[Label, float]
    intent: Intent | None
    intent_score: float
    language: str
    evidence: tuple[Evidence, ...]
    pack: str
    scores: Mapping[Label, float] = field(default_factory=dict)
    model: str = ""
    degraded: bool = False
    escalate: bool = False
    mute_seconds: int | None = None
    strikes: int = 0
    reason: str = ""
    model_only: frozenset[Label] = frozenset()

    @property
    def action(self) -> Act:
        """The severest act asked for; allow if none."""
        return max(self.actions, key=lambda act: act.severity, default=Act.ALLOW)
