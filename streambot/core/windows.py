"""What a model reads of a comment at a time: windows of its tokens, wide ones, and narrow ones of what is long.

A sentence among friendly ones weighs little in a window of 64 tokens: in a narrow one it stands nearly alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

WIDTH: Final = 30
"""Tokens of the text in a narrow window. Of 22 and 14 was measured too (tests/disguise, tests/data/live_shopping): they
find hardly more behind friendly sentences, and more hard negatives are hidden."""
OVERLAP: Final = 12
MOST: Final = 32
"""Narrow windows read of one comment."""

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


def narrow(tokens: int) -> Iterator[Span]:
    """The narrow windows of a text; none of one that is hardly longer than they are."""
    if tokens > WIDTH:
        yield from spread(tokens, WIDTH, OVERLAP, MOST)
