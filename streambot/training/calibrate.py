"""From scores to decisions: Platt scaling per label, and thresholds that a fixed share of benign lines may reach.

A threshold is not tuned for F1: what a wrongly hidden buyer costs decides it (DESIGN.md §1.9). Hiding has
a budget of benign lines (``budget``); a label that finds too little then never hides. For review each label stands
where the same share of what reaches it is a violation, so that no label fills the queue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from streambot.core.labels import LANGUAGES, Label
from streambot.training.budget import MIN_LINES, NEVER, Array, Lines, Mask, bought
from streambot.training.corpus import ELSEWHERE, Row
from streambot.training.labelmap import ASSUMED

HIDE_BUDGET: Final = 0.004
"""Share of plain benign lines that may be hidden; 0.5 % is the limit, and heights that were chosen on these lines fit
them a little better than others."""
HARD_BUDGET: Final = 0.01
"""The same of hard negatives, which are written to look like violations; 2 % are the limit on lines of others."""
REVIEW_BUDGET: Final = 0.045
"""Share of plain benign lines that may go to review; 5 % are the limit."""
QUIET_BUDGET: Final = 0.01
"""Share of a public source that says nothing about a label (reviews and questions know none) that the label may hide.

Some of it is what the label says: people post telephone numbers under reviews too."""
HARD_REVIEW_BUDGET: Final = 0.25
ELSEWHERE_BUDGETS: Final = (0.06, 0.35)
"""Shares of benign lines of other places (``corpus.ELSEWHERE``) that may be hidden, and go to review: nobody says these
on a stream, so they only keep the worst away."""
HIDE_FLOOR: Final = 0.5
REVIEW_FLOOR: Final = 0.1
HARD: Final = "hard-negative"
"""The note of a benign line that looks like a violation."""
MIN_PRECISION: Final = 0.8
"""Of our lines from a label's hide height up, the share that must have the label."""
MIN_RECALL: Final = 0.05
MIN_POSITIVES: Final = 8
MAX_WRONG_ELSEWHERE: Final = 0.04
"""Of the lines of a public source that are known to be without the label, the share that may reach its height."""
MIN_REVIEW_PRECISION: Final = 0.4
"""A queue in which fewer of a label's lines are right is not read any more."""
_SHARES: Final = (*(round(0.02 * step, 2) for step in range(5, 50)), 0.985, 0.99, 0.995, 1.0)
"""Shares of violations among what reaches a label's height, lowest first, that are tried for a budget."""
_HAIR: Final = 0.005


@dataclass(frozen=True, slots=True)
class LabelThresholds:
    """Per level ``default`` and languages, as in the manifest, and why the label never hides if it does not."""

    hide: Mapping[str, float]
    review: Mapping[str, float]
    reason: str = ""


def platt(logits: Array, present: Mask, weights: Array, *, rounds: int = 100) -> tuple[Array, float]:
    """Scales and bias that make ``sigmoid(logits @ scales + bias)`` a probability; ``logits`` [rows, branches].

    Platt (1999), smoothed as there, for any number of branches. Newton's method with a small pull towards their mean,
    each step halved until it helps: on logits that are far out a whole one overshoots without end (Lin, Lin & Weng
    2007). Without both classes it is their mean.
    """
    branches = logits.shape[1]
    known = weights > 0
    logits, present, weights = logits[known], present[known], weights[known]
    positives, negatives = float(present.sum()), float((~present).sum())
    start = np.append(np.full(branches, 1.0 / branches), 0.0)
    if positives < 2 or negatives < 2:
        return start[:-1], 0.0
    wanted = np.where(present, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    given = np.column_stack([logits, np.ones(len(logits))])
    pull = np.append(np.ones(branches), 0.1)

    def loss(at: Array) -> float:
        margin = given @ at
        return float(
            (weights * (np.logaddexp(0.0, margin) - wanted * margin)).sum() + 0.5 * (pull * (at - start) ** 2).sum()
        )

    at = start
    for _ in range(rounds):
        guess = _sigmoid(given @ at)
        gradient = given.T @ (weights * (guess - wanted)) + pull * (at - start)
        curvature = (given * (weights * guess * (1 - guess))[:, None]).T @ given + np.diag(pull)
        change = np.linalg.solve(curvature, gradient)
        step = 1.0
        while step > 1e-6 and loss(at - step * change) > loss(at):
            step /= 2
        at = at - step * change
        if float(np.abs(step * change).max()) < 1e-7:
            break
    # A branch that would count against itself is not believed at all.
    return np.maximum(at[:-1], 0.0), float(at[-1])


def choose_thresholds(rows: Sequence[Row], scores: Array) -> dict[Label, LabelThresholds]:
    """Thresholds for every label from calibrated ``scores`` [rows, labels] of validation rows.

    Benign lines of ours set the height; rows of ours decide whether a label may hide. What the model has never been
    told about must not be hidden either: public rows keep budgets of their own.
    """
    own = np.array([row.is_own for row in rows])
    hard = np.array([row.note == HARD for row in rows])
    benign = own & np.array([row.is_benign for row in rows])
    languages = np.array([row.language for row in rows])
    elsewhere = np.array([row.note == ELSEWHERE for row in rows])
    targets = np.array([row.targets for row in rows], dtype=np.bool_)
    found = Lines(scores[own], targets[own], benign[own], hard[own], elsewhere[own], languages[own])
    hide = bought(found, (HIDE_BUDGET, HARD_BUDGET, ELSEWHERE_BUDGETS[0]), HIDE_FLOOR)
    review = _levels(found, (REVIEW_BUDGET, HARD_REVIEW_BUDGET, ELSEWHERE_BUDGETS[1]), REVIEW_FLOOR)
    public = _public_heights(rows, scores)
    chosen = {}
    for index, label in enumerate(Label):
        present = targets[:, index]
        sure = _precise_from(scores[own, index], present[own], MIN_PRECISION)
        heights = {name: max(float(levels[index]), sure, float(public[name][index])) for name, levels in hide.items()}
        hit = scores[:, index] >= np.array([heights.get(language, heights["default"]) for language in languages])
        reason = _why_never(hit[own], present[own])
        fair = _precise_from(scores[own, index], present[own], MIN_REVIEW_PRECISION)
        chosen[label] = LabelThresholds(
            hide={"default": NEVER} if reason else {name: round(level, 4) for name, level in heights.items()},
            review={
                name: round(
                    min(max(float(levels[index]), fair), NEVER if reason else heights.get(name, heights["default"])), 4
                )
                for name, levels in review.items()
            },
            reason=reason,
        )
    return chosen


def _public_heights(rows: Sequence[Row], scores: Array) -> dict[str, Array]:
    """Per language, and by ``default`` in any other, above what each label must stand to spare the public rows.

    At most ``MAX_WRONG_ELSEWHERE`` of a source's rows that are known to be without the label reach it, and
    ``QUIET_BUDGET`` of a source that says nothing about it. A language without any source keeps to all of them.
    """
    sources = np.array(["" if row.is_own else row.source for row in rows])
    weights = np.array([row.weights for row in rows])
    targets = np.array([row.targets for row in rows])
    nothing = np.zeros(scores.shape[1])
    spared = dict.fromkeys(LANGUAGES, nothing)
    for source in sorted(set(sources) - {""}):
        chosen = np.flatnonzero(sources == source)
        heights = nothing.copy()
        for index in range(scores.shape[1]):
            known = chosen[weights[chosen, index] > ASSUMED]
            without = known[~targets[known, index]] if len(known) else chosen
            if len(without) >= MIN_LINES:
                budget = MAX_WRONG_ELSEWHERE if len(known) else QUIET_BUDGET
                heights[index] = _height(scores[without, index], budget, 0.0)
        language = rows[chosen[0]].language or "other"
        spared[language] = np.maximum(spared[language], heights)
    every = np.max([*spared.values()], axis=0)
    return {language: found if found.any() else every for language, found in spared.items()} | {"default": every}


def _precise_from(scores: Array, present: Mask, precision: float) -> float:
    """The height above which this share of our lines have the label, midway to the line below it.

    NEVER if there is none.
    """
    if not present.any():
        return 0.0
    order = np.argsort(-scores)
    right = np.cumsum(present[order]) / np.arange(1, len(order) + 1)
    # Equal scores stand or fall together.
    last_of_equals = np.append(np.diff(scores[order]) != 0, True)
    good = np.flatnonzero((right >= precision) & last_of_equals)
    if not len(good):
        return NEVER
    lowest = good[-1]
    below = scores[order[lowest + 1]] if lowest + 1 < len(order) else 0.0
    return float(scores[order[lowest]] + below) / 2


def _why_never(hit: Mask, present: Mask) -> str:
    """Why a label with these hits must not hide by itself; empty if it may."""
    found, positives = int((hit & present).sum()), int(present.sum())
    if positives < MIN_POSITIVES:
        return f"only {positives} validation lines"
    if found < MIN_RECALL * positives:
        return f"finds {found} of {positives}"
    return ""


def _levels(own: Lines, budgets: tuple[float, float, float], floor: float) -> dict[str, Array]:
    """Per language (and ``default``) the labels' heights that at most these shares of benign lines reach.

    The budgets are of plain lines, of hard ones and of those of other places.

    A language is never lower than half way from the floor to the general height: a few dozen lines that score low
    are no proof.
    """
    tried = [
        np.array([max(floor, _precise_from(column, ~own.benign, share)) for column in own.scores.T])
        for share in _SHARES
    ]

    def lowest(chosen: Mask) -> Array:
        kinds = own.kinds & chosen
        for heights in tried:
            reached = np.asarray((own.scores >= heights).any(axis=1))
            parts = zip(kinds, budgets, strict=True)
            if all(reached[part].sum() <= budget * part.sum() for part, budget in parts):
                return heights
        return np.full(own.scores.shape[1], NEVER)

    general = lowest(np.ones(len(own.languages), dtype=np.bool_))
    levels = {"default": general}
    for language in LANGUAGES:
        if own.enough(language):
            levels[language] = np.maximum(lowest(own.languages == language), (general + floor) / 2)
    return levels


def _height(scores: Array, budget: float, floor: float) -> float:
    """The lowest height from ``floor`` up that at most ``budget`` of the scores reach."""
    allowed = int(budget * len(scores))
    if len(scores) <= allowed or len(scores) == 0:
        return floor
    # A hair above the line that set it, so that this line itself stays below.
    return float(np.clip(np.sort(scores)[::-1][allowed] + _HAIR, floor, 0.999))


def _sigmoid(values: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -60.0, 60.0))))
