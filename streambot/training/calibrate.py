"""From scores to decisions: Platt scaling per label, and thresholds that a fixed share of benign lines may reach.

A threshold is not tuned for F1: what a wrongly hidden buyer costs decides it (DESIGN.md §1.9). So it stands just
above what benign lines score, and a label that finds too little from there up, or is too often wrong, never hides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from streambot.core.labels import LANGUAGES, Label
from streambot.training.corpus import Row

NEVER: Final = 1.01
HIDE_BUDGET: Final = 0.005
REVIEW_BUDGET: Final = 0.05
HIDE_FLOOR: Final = 0.6
REVIEW_FLOOR: Final = 0.2
MIN_PRECISION: Final = 0.8
MIN_RECALL: Final = 0.1
MIN_POSITIVES: Final = 8
MAX_WRONG_ELSEWHERE: Final = 0.05
"""Of the lines of a public source that are known to be without the label, the share that may reach its height."""
MIN_REVIEW_PRECISION: Final = 0.55
"""A queue in which fewer of a label's lines are right is not read any more."""
MIN_LINES: Final = 60
"""Benign lines a language needs before it gets thresholds of its own."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LabelThresholds:
    """Per level ``default`` and languages, as in the manifest, and why the label never hides if it does not."""

    hide: Mapping[str, float]
    review: Mapping[str, float]
    reason: str = ""


def platt(logits: Array, present: NDArray[np.bool_], weights: Array, *, rounds: int = 100) -> tuple[float, float]:
    """Scale and bias that make ``sigmoid(scale * logit + bias)`` a probability (Platt 1999, smoothed as there).

    Newton's method with a small pull towards (1, 0), each step halved until it helps: on logits that are far out a
    whole one overshoots without end (Lin, Lin & Weng 2007). Without both classes it is (1, 0).
    """
    known = weights > 0
    logits, present, weights = logits[known], present[known], weights[known]
    positives, negatives = float(present.sum()), float((~present).sum())
    if positives < 2 or negatives < 2:
        return 1.0, 0.0
    wanted = np.where(present, (positives + 1) / (positives + 2), 1 / (negatives + 2))

    def loss(at: Array) -> float:
        margin = at[0] * logits + at[1]
        pull = 0.5 * (at[0] - 1.0) ** 2 + 0.05 * at[1] ** 2
        return float((weights * (np.logaddexp(0.0, margin) - wanted * margin)).sum() + pull)

    at = np.array([1.0, 0.0])
    for _ in range(rounds):
        guess = _sigmoid(at[0] * logits + at[1])
        error = weights * (guess - wanted)
        slope = weights * guess * (1 - guess)
        gradient = np.array([(error * logits).sum() + at[0] - 1.0, error.sum() + 0.1 * at[1]])
        mixed = (slope * logits).sum()
        change = np.linalg.solve(
            np.array([[(slope * logits * logits).sum() + 1.0, mixed], [mixed, slope.sum() + 0.1]]), gradient
        )
        step = 1.0
        while step > 1e-6 and loss(at - step * change) > loss(at):
            step /= 2
        at = at - step * change
        if float(np.abs(step * change).max()) < 1e-7:
            break
    return max(float(at[0]), 0.05), float(at[1])


def choose_thresholds(rows: Sequence[Row], scores: Array) -> dict[Label, LabelThresholds]:
    """Thresholds for every label from calibrated ``scores`` [rows, labels] of validation rows.

    Benign lines of ours set the height; rows of ours decide whether a label may hide. What the model has never been
    told about must not be hidden either: public comments of sources that say nothing about any label (reviews,
    questions of other trades) keep the same budget.
    """
    own = np.array([row.is_own for row in rows])
    benign = own & np.array([row.is_benign for row in rows])
    languages = np.array([row.language for row in rows])
    hide = _levels(scores, benign, languages, HIDE_BUDGET, HIDE_FLOOR)
    review = _levels(scores, benign, languages, REVIEW_BUDGET, REVIEW_FLOOR)
    quiet = _quiet_heights(rows, scores)
    hide = {name: np.maximum(levels, quiet) for name, levels in hide.items()}
    chosen = {}
    for index, label in enumerate(Label):
        present = np.array([row.targets[index] for row in rows])
        heights = np.array([hide.get(language, hide["default"])[index] for language in languages])
        hit = scores[:, index] >= heights
        reason = _why_never(hit[own], present[own]) or _wrong_elsewhere(rows, hit, index)
        precise = _precise_from(scores[own, index], present[own])
        chosen[label] = LabelThresholds(
            hide={"default": NEVER}
            if reason
            else {name: round(float(levels[index]), 4) for name, levels in hide.items()},
            review={
                name: round(
                    float(
                        min(max(levels[index], precise), NEVER if reason else hide.get(name, hide["default"])[index])
                    ),
                    4,
                )
                for name, levels in review.items()
            },
            reason=reason,
        )
    return chosen


def _quiet_heights(rows: Sequence[Row], scores: Array) -> Array:
    """Per label, what at most ``HIDE_BUDGET`` of the rows reach in any source that says nothing about labels."""
    sources = np.array([row.source if not any(row.weights) else "" for row in rows])
    heights = np.zeros(scores.shape[1])
    for source in sorted(set(sources) - {""}):
        chosen = sources == source
        if int(chosen.sum()) >= MIN_LINES:
            heights = np.maximum(heights, _heights(scores[chosen], HIDE_BUDGET, HIDE_FLOOR))
    return heights


def _precise_from(scores: Array, present: NDArray[np.bool_]) -> float:
    """The height above which ``MIN_REVIEW_PRECISION`` of our lines have the label, midway to the line below it.

    NEVER if there is none.
    """
    if not present.any():
        return 0.0
    order = np.argsort(-scores)
    right = np.cumsum(present[order]) / np.arange(1, len(order) + 1)
    # Equal scores stand or fall together.
    last_of_equals = np.append(np.diff(scores[order]) != 0, True)
    good = np.flatnonzero((right >= MIN_REVIEW_PRECISION) & last_of_equals)
    if not len(good):
        return NEVER
    lowest = good[-1]
    below = scores[order[lowest + 1]] if lowest + 1 < len(order) else 0.0
    return float(scores[order[lowest]] + below) / 2


def _why_never(hit: NDArray[np.bool_], present: NDArray[np.bool_]) -> str:
    """Why a label with these hits must not hide by itself; empty if it may."""
    found, positives = int((hit & present).sum()), int(present.sum())
    if positives < MIN_POSITIVES:
        return f"only {positives} validation lines"
    if found < MIN_RECALL * positives:
        return f"finds {found} of {positives}"
    if found < MIN_PRECISION * int(hit.sum()):
        return f"right in {found} of {int(hit.sum())}"
    return ""


def _wrong_elsewhere(rows: Sequence[Row], hit: NDArray[np.bool_], index: int) -> str:
    """The first public source in which a label hits too many lines that are known to be without it."""
    known = np.array([row.weights[index] > 0 and not row.targets[index] for row in rows])
    sources = np.array(["" if row.is_own else row.source for row in rows])
    for source in sorted(set(sources) - {""}):
        chosen = known & (sources == source)
        if int(chosen.sum()) >= MIN_LINES and (wrong := float(hit[chosen].mean())) > MAX_WRONG_ELSEWHERE:
            return f"wrong on {wrong:.0%} of {source}"
    return ""


def _levels(
    scores: Array, benign: NDArray[np.bool_], languages: NDArray[np.str_], budget: float, floor: float
) -> dict[str, Array]:
    """Per language (and ``default``) the height of every label that at most ``budget`` of its benign lines reach.

    A language is never lower than half way from the floor to the general height: a few dozen lines that score low
    are no proof.
    """
    general = _heights(scores[benign], budget, floor)
    levels = {"default": general}
    for language in LANGUAGES:
        of_language = benign & (languages == language)
        if int(of_language.sum()) >= MIN_LINES:
            heights = _heights(scores[of_language], budget, floor)
            levels[language] = np.maximum(heights, (general + floor) / 2)
    return levels


def _heights(scores: Array, budget: float, floor: float) -> Array:
    """For each label the same quantile of benign scores, as low as all labels together keep within ``budget``."""
    low, high = 0.0, 1.0
    if len(scores) == 0:
        return np.full(scores.shape[1], max(floor, 0.9))
    for _ in range(30):
        middle = (low + high) / 2
        reached = (scores > np.maximum(np.quantile(scores, middle, axis=0), floor)).any(axis=1).mean()
        low, high = (low, middle) if reached <= budget else (middle, high)
    # A hair above the line that set it, so that this line itself stays below.
    return np.asarray(np.clip(np.quantile(scores, high, axis=0) + 0.005, floor, 0.999), dtype=np.float64)


def _sigmoid(values: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -60.0, 60.0))))
