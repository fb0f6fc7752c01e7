"""The mean directions of growing sets of vectors, in one table: all are compared with a vector at once.

Vectors that lie apart have a mean near which many others lie, though they lie near none of the vectors: a set would
draw in more and more, and end as all that has to do with vouchers. So a centre is the shorter, the farther its vectors
lie apart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

APART: Final = 0.27
"""Power of the length of the mean that is a centre's length: 0 is the cosine with the mean, 1 the mean of the cosines.
Suits the groups that training held back best, as the thresholds of clusters do."""


class Centres:
    """Rows of sums of vectors. A row that nothing was drawn to is nowhere: it is near nothing.

    Vectors are of length 1 and of the same dimensions, or empty, which draws nothing.
    """

    def __init__(self) -> None:
        self._sums: Vectors = np.zeros((0, 0), dtype=np.float32)
        self._centres: Vectors = self._sums
        self._drawn: list[int] = []

    def __len__(self) -> int:
        return len(self._sums)

    def __getitem__(self, row: int) -> Vectors:
        """A row's centre, of length 1 at most, or of length 0 if nothing was drawn to it."""
        return self._centres[row] if row < len(self) else np.zeros(self._centres.shape[1], dtype=np.float32)

    def nearness(self, vector: Vectors, rows: int) -> Vectors:
        """Of the first ``rows`` to a vector, as far as anything was drawn to them: 1 at most."""
        return self._centres[:rows] @ vector if len(vector) and len(self) else np.zeros(0, dtype=np.float32)

    def between(self, rows: Sequence[int], count: int) -> Vectors:
        """How near each of ``rows`` is to the first ``count``."""
        if not len(self):
            return np.zeros((len(rows), 0), dtype=np.float32)
        return self._rows(rows) @ self._centres[:count].T

    def _rows(self, rows: Sequence[int]) -> Vectors:
        units = np.zeros((len(rows), self._centres.shape[1]), dtype=np.float32)
        for place, row in enumerate(rows):
            units[place] = self[row]
        return units

    def draw(self, row: int, vector: Vectors) -> None:
        """Draw a row's centre towards a vector."""
        self._draw(row, vector, 1)

    def add(self, row: int, other: int) -> None:
        """Draw a row's centre towards all that another was drawn to."""
        if other < len(self):
            self._draw(row, self._sums[other].copy(), self._drawn[other])

    def _draw(self, row: int, vector: Vectors, vectors: int) -> None:
        if not len(vector) or not vectors:
            return
        if row >= len(self):
            self._sums = _longer(self._sums, 2 * (row + 1), len(vector))
            self._centres = _longer(self._centres, 2 * (row + 1), len(vector))
            self._drawn += [0] * (len(self) - len(self._drawn))
        total = self._sums[row]
        total += vector
        self._drawn[row] += vectors
        length = max(math.sqrt(total.dot(total)), 1e-9)
        np.multiply(total, (length / self._drawn[row]) ** APART / length, out=self._centres[row])

    def drop(self, row: int, *, last: int) -> None:
        """Forget a row; the last one takes its place."""
        for table in (self._sums, self._centres):
            if row < len(table):
                table[row] = table[last] if last < len(table) else 0.0
            if last < len(table):
                table[last] = 0.0
        if row < len(self):
            self._drawn[row] = self._drawn[last] if last < len(self) else 0
        if last < len(self):
            self._drawn[last] = 0


def _longer(table: Vectors, rows: int, dimensions: int) -> Vectors:
    longer = np.zeros((rows, dimensions), dtype=np.float32)
    if len(table):
        longer[: len(table)] = table
    return longer
