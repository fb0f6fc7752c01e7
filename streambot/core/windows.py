"""What a model reads of a comment at a time: windows of its tokens, wide ones, and narrow ones of what is long.

A sentence among friendly ones weighs little in a window of 64 tokens: in a narrow one it stands nearly alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

WIDTH: Final = 30
"""Tokens of the text in a narrow window. Of 22 and 14 was measured too (tests/disguise, tests/data/live_shopping): they
find hardly more behind friendly sentences, and more hard negatives are hidden."""
OVERLAP: Final = 12
DOUBT: Final = 0.6
"""Taken off the logit of what a narrow window alone says: out of its sentence, harmless text looks worse too. Of own
violations behind friendly lines 90 % are held (83 % without narrow windows, 94 % without doubt), of harmless public
lines 4.7 % hidden (4.1 %, 5.6 %); held-back lines of training."""
MOST: Final = 32
"""Narrow windows read of one comment."""

Scores = NDArray[np.floating[Any]]
Span = tuple[int, int]
"""First token of the text, and the one after the last."""


def spread(tokens: int, width: int, overlap: int, most: int) -> Iterator[Span]:
    """Windows over ``tokens`` tokens; neighbours share ``overlap``.

    Of a text that ``most`` windows cannot cover the last one reads the end, so that what is not read lies before it.
    """
    step = width - overlap
    for number in range(most):
        start = number * step
        if number == most - 1:
            start = max(start, tokens - width)
        yield start, min(start + width, tokens)
        if start + width >= tokens:
            return


def doubted(score: Scores) -> Scores:
    """Calibrated scores of narrow windows, less the doubt."""
    odds = score * math.exp(-DOUBT)
    return odds / (1.0 - score + odds)


def narrow(tokens: int) -> Iterator[Span]:
    """The narrow windows of a text; none of one that is hardly longer than they are."""
    if tokens > WIDTH:
        yield from spread(tokens, WIDTH, OVERLAP, MOST)
