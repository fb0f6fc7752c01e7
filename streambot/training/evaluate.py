"""How good a classifier is: on our own lines per label and intent, on public sources as the label map scores them.

A label *holds* from its review threshold up, unless a far stronger one does (``core.verdict.shaded_below``); a comment
is *hidden* when any label reaches its hide threshold. Benign lines that are written to look like violations (hard
negatives) are counted apart from the plain ones. Rates come with a 95 % Wilson interval, since a few hundred lines
prove less than their point value says.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from streambot.core.labels import LANGUAGES, Intent, Label
from streambot.core.verdict import Judgement, shaded_below
from streambot.training.calibrate import HARD
from streambot.training.corpus import ELSEWHERE, Row

_Z: Final = 1.959964
LANGUAGE_WORDS: Final = 3
"""Language is scored on lines of at least so many words: "ok" has none."""

REVIEWED: Final = frozenset({Label.MISLEADING_CLAIM})
"""Labels whose default action is review, not hide (LABELS.md)."""

Judge = Callable[[Sequence[str]], list[Judgement]]
Threshold = Callable[[Label, str, Literal["hide", "review"]], float]


@dataclass(frozen=True, slots=True)
class Judged:
    """A row and what the classifier made of it: labels that hold (``pack.decide`` says so alike), labels that hide."""

    row: Row
    judgement: Judgement
    held: frozenset[Label]
    hidden: frozenset[Label]


def judge_rows(
    rows: Sequence[Row], judge: Judge, threshold: Threshold, *, advance: Callable[[int], None] = lambda _done: None
) -> list[Judged]:
    """Judge every row; ``advance`` hears how many more are done."""
    judged = []
    for start in range(0, len(rows), 256):
        part = rows[start : start + 256]
        for row, judgement in zip(part, judge([row.text for row in part]), strict=True):
            language = judgement.language
            held, hidden = (
                frozenset(
                    label for label, score in judgement.labels.items() if score >= threshold(label, language, level)
                )
                for level in _LEVELS
            )
            least = shaded_below(judgement.labels[label] for label in held | hidden)
            held = hidden | {label for label in held if judgement.labels[label] >= least}
            judged.append(Judged(row, judgement, held, hidden))
        advance(len(part))
    return judged


_LEVELS: Final[tuple[Literal["review"], Literal["hide"]]] = ("review", "hide")


def evaluate(judged: Sequence[Judged], counts: Mapping[str, frozenset[Label]]) -> dict[str, Any]:
    """Everything there is to say about ``judged``: ``own`` for our lines, ``sources`` by name.

    ``counts`` names, per source, the labels that make a prediction a hit.
    """
    own = [item for item in judged if item.row.is_own]
    report: dict[str, Any] = {}
    if own:
        report["own"] = _own(own) | {
            "languages": {
                language: _own(part)
                for language in LANGUAGES
                if (part := [item for item in own if item.row.language == language])
            }
        }
    names = sorted({item.row.source for item in judged if not item.row.is_own})
    if names:
        report["sources"] = {
            name: _source([item for item in judged if item.row.source == name], counts.get(name, frozenset()))
            for name in names
        }
        scored = [entry["macro_f1"] for entry in report["sources"].values() if "macro_f1" in entry]
        if scored:
            report["macro_f1"] = _rounded(sum(scored) / len(scored))
    return report


def figure(report: Mapping[str, Any], name: str) -> float:
    """One figure by its dotted name (``own.intent_accuracy``, ``sources.vihos.macro_f1``, or ``f1`` for the labels').

    Raises KeyError if the report has none of that name.
    """
    value: Any = report
    for part in _SHORT.get(name, name).split("."):
        value = value[part]
    if isinstance(value, Mapping):
        value = value["rate"]
    return float(value)


_SHORT: Final = {"f1": "own.label_macro_f1", "intent": "own.intent_accuracy", "language": "own.language_accuracy"}


def wilson(hits: int, of: int) -> dict[str, float | int]:
    """A rate with its 95 % interval (Wilson 1927)."""
    if of == 0:
        return {"rate": 0.0, "low": 0.0, "high": 1.0, "hits": 0, "of": 0}
    rate = hits / of
    middle = (rate + _Z * _Z / (2 * of)) / (1 + _Z * _Z / of)
    half = _Z * math.sqrt(rate * (1 - rate) / of + _Z * _Z / (4 * of * of)) / (1 + _Z * _Z / of)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return {"rate": _rounded(rate), "low": _rounded(low), "high": _rounded(high), "hits": hits, "of": of}


def binary_macro_f1(predicted: Iterable[bool], true: Iterable[bool]) -> float:
    """The mean of the F1 of "yes" and of "no"."""
    pairs = list(zip(predicted, true, strict=True))
    return sum(_f1([(p == side, t == side) for p, t in pairs]) for side in (True, False)) / 2


def bootstrap(predicted: Sequence[bool], true: Sequence[bool], *, rounds: int = 400) -> tuple[float, float]:
    """The 95 % interval of ``binary_macro_f1``: percentiles over rows drawn anew (Efron 1979), alike at every run."""
    said, wanted = np.array(predicted, dtype=np.int64), np.array(true, dtype=np.int64)
    # Only how often each of the four outcomes is drawn matters.
    shares = np.bincount(2 * said + wanted, minlength=4) / len(said)
    drawn = np.random.default_rng(0).multinomial(len(said), shares, size=rounds)
    no, missed, wrong, yes = drawn.T.astype(np.float64)
    halves = [2 * right / np.maximum(2 * right + missed + wrong, 1.0) for right in (yes, no)]
    low, high = np.percentile(np.mean(halves, axis=0), [2.5, 97.5])
    return _rounded(float(low)), _rounded(float(high))


def _own(judged: Sequence[Judged]) -> dict[str, Any]:
    violating = [item for item in judged if not item.row.is_benign]
    hiding = [item for item in violating if item.row.labels - REVIEWED]
    harmless = [item for item in judged if item.row.is_benign]
    hard = [item for item in harmless if item.row.note == HARD]
    benign = [item for item in harmless if item.row.note not in (HARD, ELSEWHERE)]
    elsewhere = [item for item in harmless if item.row.note == ELSEWHERE]
    staged = [item for item in judged if item.row.note != ELSEWHERE]
    worded = [item for item in judged if len(item.row.text.split()) >= LANGUAGE_WORDS]
    labels = {str(label): _label(judged, label) for label in Label if any(label in item.row.labels for item in judged)}
    intents = [
        _f1([(item.judgement.intent == intent, intent in item.row.intents) for item in staged])
        for intent in Intent
        if any(intent in item.row.intents for item in staged)
    ]
    return {
        "rows": len(judged),
        "false_hide": wilson(sum(bool(item.hidden) for item in benign), len(benign)),
        "false_review": wilson(sum(bool(item.held) for item in benign), len(benign)),
        "hard_negatives_hidden": wilson(sum(bool(item.hidden) for item in hard), len(hard)),
        "hard_negatives_held": wilson(sum(bool(item.held) for item in hard), len(hard)),
        "elsewhere_hidden": wilson(sum(bool(item.hidden) for item in elsewhere), len(elsewhere)),
        "elsewhere_held": wilson(sum(bool(item.held) for item in elsewhere), len(elsewhere)),
        "violations_hidden": wilson(sum(bool(item.hidden) for item in hiding), len(hiding)),
        "violations_held": wilson(sum(bool(item.held) for item in violating), len(violating)),
        "labels": labels,
        "label_macro_f1": _mean([float(entry["f1"]) for entry in labels.values()]),
        "calibration_error": _mean([float(entry["calibration_error"]) for entry in labels.values()]),
        "intent_accuracy": wilson(sum(item.judgement.intent in item.row.intents for item in staged), len(staged)),
        "intent_macro_f1": _mean(intents),
        "language_accuracy": wilson(sum(item.judgement.language == item.row.language for item in worded), len(worded)),
    }


def _label(judged: Sequence[Judged], label: Label) -> dict[str, float | int]:
    held = sum(label in item.held for item in judged)
    true = sum(label in item.row.labels for item in judged)
    both = sum(label in item.held and label in item.row.labels for item in judged)
    hid = sum(label in item.hidden and label in item.row.labels for item in judged)
    return {
        "precision": _rounded(both / held if held else 0.0),
        "recall": _rounded(both / true if true else 0.0),
        "f1": _rounded(2 * both / (held + true) if held + true else 0.0),
        "hidden": _rounded(hid / true if true else 0.0),
        "auc": _rounded(_auc([(item.judgement.labels[label], label in item.row.labels) for item in judged])),
        "calibration_error": _rounded(
            calibration_error([(item.judgement.labels[label], label in item.row.labels) for item in judged])
        ),
        "lines": true,
    }


def calibration_error(pairs: Sequence[tuple[float, bool]], *, bins: int = 10) -> float:
    """How far stated probabilities are from what came true, 0 to 1: the mean over lines, in ``bins`` of equal width.

    The expected calibration error of Naeini, Cooper & Hauskrecht (2015).
    """
    parts: dict[int, list[tuple[float, bool]]] = {}
    for score, true in pairs:
        parts.setdefault(min(int(score * bins), bins - 1), []).append((score, true))
    gaps = [abs(sum(score for score, _ in part) - sum(true for _, true in part)) for part in parts.values()]
    return sum(gaps) / len(pairs) if pairs else 0.0


def _source(judged: Sequence[Judged], counts: frozenset[Label]) -> dict[str, Any]:
    report: dict[str, Any] = {"rows": len(judged)}
    known = [item for item in judged if item.row.intents]
    if known:
        right = sum(item.judgement.intent in item.row.intents for item in known)
        report["intent_accuracy"] = wilson(right, len(known))
        questions = [all(intent.is_question for intent in item.row.intents) for item in known]
        if any(questions) and not all(questions):
            report["question_f1"] = _rounded(
                _f1(list(zip([item.judgement.intent.is_question for item in known], questions, strict=True)))
            )
    true = [bool(item.row.labels & counts) for item in judged]
    if counts and any(true):
        best = [max(item.judgement.labels[label] for label in counts) for item in judged]
        said = [bool(item.held & counts) for item in judged]
        report["macro_f1"] = _rounded(binary_macro_f1(said, true))
        report["macro_f1_interval"] = bootstrap(said, true)
        report["auc"] = _rounded(_auc(list(zip(best, true, strict=True))))
        report["held"] = wilson(sum(bool(i.held & counts) for i, t in zip(judged, true, strict=True) if t), sum(true))
        report["hidden"] = wilson(sum(bool(i.hidden) for i, t in zip(judged, true, strict=True) if t), sum(true))
        negatives = [item for item, t in zip(judged, true, strict=True) if not t]
        report["false_hide"] = wilson(sum(bool(item.hidden) for item in negatives), len(negatives))
    return report


def _f1(pairs: Sequence[tuple[bool, bool]]) -> float:
    both = sum(p and t for p, t in pairs)
    either = sum(p + t for p, t in pairs)
    return 2 * both / either if either else 0.0


def _auc(pairs: Sequence[tuple[float, bool]]) -> float:
    """Probability that a true one scores above a false one (Mann-Whitney, ties a half); 0.5 without both."""
    ordered = sorted(pairs)
    positives = sum(true for _, true in ordered)
    negatives = len(ordered) - positives
    if not positives or not negatives:
        return 0.5
    ranks, index = 0.0, 0
    while index < len(ordered):
        end = index
        while end < len(ordered) and ordered[end][0] == ordered[index][0]:
            end += 1
        ranks += sum(true for _, true in ordered[index:end]) * (index + 1 + end) / 2
        index = end
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)


def _mean(values: Sequence[float]) -> float:
    return _rounded(sum(values) / len(values)) if values else 0.0


def _rounded(value: float) -> float:
    return round(value, 4)
