"""How well the embedding tells questions apart: lines grouped by a plain threshold, scored by B-cubed F1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from streambot.training.groups import Groups

TRIED: Final = tuple(round(0.3 + 0.02 * step, 2) for step in range(34))
"""Thresholds that are tried: cosines from 0.30 to 0.96."""

Vectors = NDArray[np.float32]


def labelled(groups: Groups) -> tuple[list[str], list[str]]:
    """The texts of all groups and the group of each, in an order that does not follow the groups."""
    lines = sorted((row.text, name) for name, rows in groups.items() for row in rows)
    return [text for text, _ in lines], [name for _, name in lines]


def clusters(vectors: Vectors, threshold: float) -> list[int]:
    """A cluster for each of the normalised ``vectors``, in one pass: the nearest whose centre is near enough, or new.

    So does the hot-questions list, which sees comments one by one.
    """
    sums: list[Vectors] = []
    found = []
    for vector in vectors:
        centres = np.stack(sums) if sums else np.zeros((1, len(vector)), dtype=np.float32)
        cosines = centres @ vector / np.maximum(np.linalg.norm(centres, axis=1), 1e-9)
        nearest = int(cosines.argmax())
        if cosines[nearest] < threshold:
            nearest = len(sums)
            sums.append(np.zeros_like(vector))
        sums[nearest] = sums[nearest] + vector
        found.append(nearest)
    return found


def bcubed(found: Sequence[Hashable], true: Sequence[Hashable]) -> float:
    """The harmonic mean of B-cubed precision and recall (Bagga & Baldwin 1998), both averaged over items."""
    if not true:
        return 0.0
    both = Counter(zip(found, true, strict=True))
    sizes, wanted = Counter(found), Counter(true)
    precision = sum(count * count / sizes[cluster] for (cluster, _), count in both.items()) / len(true)
    recall = sum(count * count / wanted[group] for (_, group), count in both.items()) / len(true)
    return 2 * precision * recall / (precision + recall)


def best_threshold(vectors: Vectors, true: Sequence[Hashable]) -> float:
    """The threshold of ``TRIED`` with the highest B-cubed F1."""
    return max(TRIED, key=lambda threshold: bcubed(clusters(vectors, threshold), true))
