"""Which of the right words was meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The right word most like ``word``, by its letters without regard to case, ``-`` and ``_``; None if none is."""
    right = {_folded(candidate): candidate for candidate in words}
    found = get_close_matches(_folded(word), right, n=1)
    return right[found[0]] if found else None


def _folded(word: str) -> str:
    return word.casefold().replace("-", "_")
