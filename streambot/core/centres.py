"""The mean directions of growing sets of vectors, in one table: all are compared with a vector at once."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Centres:
    """Rows of sums of vectors. A row that nothing was drawn to is nowhere: its cosine with everything is 0.

    Vectors are of length 1 and of the same dimensions, or empty, which draws nothing.
    """

    def __init__(self) -> None:
        self._sums: Vectors = np.zeros((0, 0), dtype=np.float32)
        self._units: Vectors = self._sums

    def __len__(self) -> int:
        return len(self._sums)

    def __getitem__(self, row: int) -> Vectors:
        """A row's centre, of length 1, or of length 0 if nothing was drawn to it."""
        return self._units[row] if row < len(self) else np.zeros(self._units.shape[1], dtype=np.float32)

    def cosines(self, vector: Vectors, rows: int) -> Vectors:
        """Of the first ``rows`` with a vector, as far as anything was drawn to them."""
        return self._units[:rows] @ vector if len(vector) and len(self) else np.zeros(0, dtype=np.float32)

    def between(self, rows: Sequence[int], count: int) -> Vectors:
        """The cosines of each of ``rows`` with the first ``count``."""
        if not len(self):
            return np.zeros((len(rows), 0), dtype=np.float32)
        return self._rows(rows) @ self._units[:count].T

    def _rows(self, rows: Sequence[int]) -> Vectors:
        units = np.zeros((len(rows), self._units.shape[1]), dtype=np.float32)
        for place, row in enumerate(rows):
            units[place] = self[row]
        return units

    def draw(self, row: int, vector: Vectors) -> None:
        """Draw a row's centre towards a vector."""
        if not len(vector):
            return
        if row >= len(self):
            self._sums = _longer(self._sums, 2 * (row + 1), len(vector))
            self._units = _longer(self._units, 2 * (row + 1), len(vector))
        total = self._sums[row]
        total += vector
        np.multiply(total, 1 / max(math.sqrt(total.dot(total)), 1e-9), out=self._units[row])

    def add(self, row: int, other: int) -> None:
        """Draw a row's centre towards all that another was drawn to."""
        if other < len(self):
            self.draw(row, self._sums[other].copy())

    def drop(self, row: int, *, last: int) -> None:
        """Forget a row; the last one takes its place."""
        for table in (self._sums, self._units):
            if row < len(table):
                table[row] = table[last] if last < len(table) else 0.0
            if last < len(table):
                table[last] = 0.0


def _longer(table: Vectors, rows: int, dimensions: int) -> Vectors:
    longer = np.zeros((rows, dimensions), dtype=np.float32)
    if len(table):
        longer[: len(table)] = table
    return longer
