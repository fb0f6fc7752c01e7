"""How high each label's hide threshold stands: a budget of benign lines, spent where it finds the most violations."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from streambot.core.labels import LANGUAGES

NEVER: Final = 1.01
MIN_LINES: Final = 60
"""Benign lines a language needs before it gets thresholds of its own."""

OTHERS: Final = 0.25
"""What a line of another language counts while a language's heights are chosen: it has too few of its own."""
_STRIDES: Final = (1, 2, 3, 5, 8, 13, 21)
"""Violations that a label's height may take in at once: a benign line on the way may be worth what lies behind it."""
_FREE: Final = 1e-3
"""What a step costs at least, in budgets: of steps that hide no benign line the one that finds most comes first."""

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Lines(NamedTuple):
    """Our validation lines: scores and targets [lines, labels], which are benign, hard, of other places, languages."""

    scores: Array
    targets: Mask
    benign: Mask
    hard: Mask
    elsewhere: Mask
    languages: NDArray[np.str_]

    @property
    def kinds(self) -> Mask:
        """Which lines are plain benign ones, hard ones and those of other places [3, lines]."""
        plain = self.benign & ~self.hard & ~self.elsewhere
        return np.array([plain, self.benign & self.hard, self.benign & self.elsewhere])

    def enough(self, language: str) -> bool:
        """Whether a language has the lines for thresholds of its own."""
        return int((self.kinds[0] & (self.languages == language)).sum()) >= MIN_LINES


def bought(own: Lines, budgets: tuple[float, float, float], floor: float) -> dict[str, Array]:
    """Per language (and ``default``) the labels' heights that find the most violations for these benign lines.

    ``budgets`` are the shares of plain lines, of hard ones and of those of other places that may be reached. From
    above all scores down, the step goes first that finds most for its part of the budgets (Dantzig 1957), until
    none is left that they allow; with independent labels that is the likelihood ratio of Neyman & Pearson (1933).
    """
    heights = {"default": _spend(own, np.ones(len(own.languages)), budgets, floor)}
    for language in LANGUAGES:
        if own.enough(language):
            weights = np.where(own.languages == language, 1.0, OTHERS)
            heights[language] = _spend(own, weights, budgets, floor)
    return heights


def _spend(own: Lines, weights: Array, budgets: tuple[float, float, float], floor: float) -> Array:
    """The labels' heights for these weights of the lines."""
    paid = own.kinds * weights
    left = paid.sum(1) * budgets
    whole = np.maximum(left, 1e-9)
    wanted = own.targets.any(1) * weights
    offers = [np.unique(scores[has])[::-1] for scores, has in zip(own.scores.T, own.targets.T, strict=True)]
    offers = [scores[scores >= floor] for scores in offers]
    taken = [0] * len(offers)
    heights = np.full(len(offers), NEVER)
    reached = np.zeros(len(weights), dtype=np.bool_)
    while True:
        best, bought = 0.0, None
        for label, scores in enumerate(offers):
            for stride in _STRIDES:
                place = taken[label] + stride - 1
                if place >= len(scores):
                    break
                new = (own.scores[:, label] >= scores[place]) & ~reached
                cost = paid[:, new].sum(1)
                if (cost > left).any():
                    break
                worth = float(wanted[new].sum()) / (_FREE + float((cost / whole).sum()))
                if worth > best:
                    best, bought = worth, (label, place, new, cost)
        if bought is None:
            return heights
        label, place, new, cost = bought
        taken[label] = place + 1
        heights[label] = _midway(own.scores[:, label], offers[label][place], floor)
        reached |= new
        left = left - cost


def _midway(scores: Array, lowest: float, floor: float) -> float:
    """Between the lowest score that is taken in and the one below it."""
    return max(floor, float(lowest + scores[scores < lowest].max(initial=0.0)) / 2)
