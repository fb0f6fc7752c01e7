"""How a public source's own labels translate into ours (``label_map.json``), its silences included.

``known`` lists the labels a row is informative about; a known label that is not mapped is truly absent. A trailing
"?" marks a weak statement. ``question.*`` names a kind of intent without the sub-type.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from streambot.core.errors import ConfigError
from streambot.core.labels import Intent, Label

WEAK: Final = 0.3
"""How far a weak statement is believed, against 1 for a plain one."""
WEAK_LABELS: Final[Mapping[str, frozenset[str]]] = {
    # Mostly profanity that is not aimed at anyone, which LABELS.md does not forbid.
    "davidson_en": frozenset({"offensive_language"}),
}
UNKNOWN_WHEN_POSITIVE: Final[Mapping[str, frozenset[Label]]] = {
    # "offensive" mixes attacks on groups with insults and does not say which.
    "cold_zh": frozenset({Label.HATE}),
}
ASSUMED: Final = 0.2
"""How far it is believed that a source of ordinary posts does not hold what nobody looked for in it."""
_UNLIKELY: Final = frozenset({Label.SCAM, Label.GAMBLING, Label.MINORS, Label.COUNTERFEIT, Label.PROHIBITED_GOODS})
UNLIKELY: Final[Mapping[str, frozenset[Label]]] = {
    "cold_zh": _UNLIKELY,
    "davidson_en": _UNLIKELY - {Label.PROHIBITED_GOODS},  # much talk of drugs
    "id_emot": _UNLIKELY,
    "id_smsa": _UNLIKELY,
    "prdect_id": _UNLIKELY - {Label.COUNTERFEIT},  # reviews say what was not genuine
    "swsr_zh": _UNLIKELY,
    "vihos": _UNLIKELY,
    "wisesight_th": _UNLIKELY - {Label.PROHIBITED_GOODS},  # some of the brands brew beer
}
"""Labels rare in sources of ordinary posts. Without them a model meets these labels on the shopping stage only, and
takes the tone of any other domain for a scam."""
_NEGATIVE_FOR_ALL: Final = "negatives for every moderation label"
_COUNTS: Final = re.compile(r"[a-z_]+(?:\|[a-z_]+)+")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one row of a source says in our terms (see ``corpus.Row``)."""

    targets: tuple[bool, ...]
    weights: tuple[float, ...]
    intents: frozenset[Intent] = frozenset()
    intent_weight: float = 0.0


@dataclass(frozen=True, slots=True)
class SourceRules:
    """The label map's entry of one source.

    ``counts`` are the labels that make a prediction a hit when the source is scored; empty: it is not scored by
    labels.
    """

    name: str
    known: frozenset[Label]
    labels: Mapping[str, Mapping[Label, float]]
    intents: Mapping[str, tuple[frozenset[Intent], float]] = field(default_factory=dict)
    counts: frozenset[Label] = frozenset()

    def read(self, stated: Sequence[str]) -> Reading:
        """Translate the source's labels of one row."""
        believed: dict[Label, float] = {}
        for name in stated:
            for label, weight in self.labels.get(name, {}).items():
                believed[label] = max(weight, believed.get(label, 0.0))
        unlikely = dict.fromkeys(UNLIKELY.get(self.name, ()), ASSUMED)
        weights = unlikely | dict.fromkeys(self.known, 1.0) | believed
        if believed:
            for label in UNKNOWN_WHEN_POSITIVE.get(self.name, frozenset()) - set(believed):
                weights.pop(label, None)
        mapped = (self.intents[name] for name in stated if name in self.intents)
        intents, intent_weight = next(mapped, (frozenset(), 0.0))
        return Reading(
            targets=tuple(label in believed for label in Label),
            weights=tuple(weights.get(label, 0.0) for label in Label),
            intents=intents,
            intent_weight=intent_weight,
        )


@dataclass(frozen=True, slots=True)
class LabelMap:
    """The rules of every source of one part, ``train`` or ``dev``."""

    sources: Mapping[str, SourceRules]

    def source(self, name: str) -> SourceRules:
        """The rules of a source. Raises ConfigError if the map does not name it."""
        if name not in self.sources:
            raise ConfigError(
                f"The label map says nothing about the source {name!r}.",
                code="unknown_source",
                fix="Add it to label_map.json, or take the file out of the folder.",
            )
        return self.sources[name]


def load_label_map(path: Path, part: Literal["train", "dev"]) -> LabelMap:
    """Read one part of a label map. Raises ConfigError."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))[part]
        return LabelMap({name: _rules(name, entry) for name, entry in document.items()})
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise ConfigError(
            f"{path} is not a label map: {error!r}.", code="bad_label_map", fix="Give the label_map.json of the data."
        ) from error


def _rules(name: str, entry: Mapping[str, Any]) -> SourceRules:
    stated: Mapping[str, Sequence[str]] = entry.get("map", {})
    labels = {
        source_label: {
            Label(ours.rstrip("?")): _weight(ours) * (WEAK if source_label in WEAK_LABELS.get(name, ()) else 1.0)
            for ours in mapped
        }
        for source_label, mapped in stated.items()
    }
    intent = entry.get("intent", {})
    stated_intents = intent if isinstance(intent, dict) else {}
    known = frozenset(Label(label) for label in entry.get("known", ()))
    if isinstance(intent, str) and _NEGATIVE_FOR_ALL in intent:
        known = frozenset(Label)
    mapped_labels = frozenset(label for mapped in labels.values() for label in mapped)
    widened = _COUNTS.search(str(entry.get("note", "")))
    counts = frozenset(Label(label) for label in widened.group().split("|")) if widened else mapped_labels
    return SourceRules(
        name=name,
        known=known,
        labels=labels,
        intents={source_label: _intents(ours) for source_label, ours in stated_intents.items()},
        counts=counts if mapped_labels else frozenset(),
    )


def _weight(name: str) -> float:
    return WEAK if name.endswith("?") else 1.0


def _intents(stated: str) -> tuple[frozenset[Intent], float]:
    """``question.* (no sub-type)`` → every question; ``praise?`` → praise, weakly."""
    name = stated.split(" ", maxsplit=1)[0]
    if name.rstrip("?") == "question.*":
        return frozenset(intent for intent in Intent if intent.is_question), _weight(name)
    return frozenset({Intent(name.rstrip("?"))}), _weight(name)
