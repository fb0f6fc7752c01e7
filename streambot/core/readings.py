"""The derived readings of a skeleton, each with the place of every character it keeps."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from streambot.core.canonical import MARK_BMP
from streambot.core.loose import DECORATION, DRAWN, LATIN_BASE, THAI_TONES
from streambot.core.numerals import each
from streambot.core.verdict import Span

SEPARATOR: Final = re.compile(f"(?:[^\\w{MARK_BMP}]|[_{DECORATION}])+")
LONE_LETTER: Final = re.compile(
    f"(?:^|[^\\w{MARK_BMP}]|[_{DECORATION}])[^\\W_][{MARK_BMP}]*(?:$|[^\\w{MARK_BMP}]|[_{DECORATION}])"
)
_DOUBLE: Final = re.compile(r"([^\W\d_])\1+")
TONES: Final = re.compile(f"[{THAI_TONES}]+")
_HAS_LATIN_MARKS: Final = re.compile("[\u00df-\u024f\u1e00-\u1eff]")

# 9 is read as g and 7 as t; 2, 6 and 8 have too many readings to be seen alone.
_LEET: Final = str.maketrans({digit: DRAWN[digit] for digit in "0134579"} | dict(zip("@$!|+", "asiit", strict=True)))
MAY_BE_DRAWN: Final = re.compile(r"[a-z][0134579@$]|[0134579@$][a-z]|[a-z][!|+][a-z]")
HAN: Final = re.compile("[\u4e00-\u9fff]")
OTHER_LETTER: Final = re.compile(r"[^\W\d_a-z]")
"""A letter that is not plain Latin."""


def bare(text: str) -> str:
    """A canonical text's Latin letters without their marks, one for one; other scripts keep theirs."""
    return text.translate(LATIN_BASE) if _HAS_LATIN_MARKS.search(text) else text


def compact(text: str) -> str:
    """A canonical text without anything that is not a letter, a digit or a letter's mark."""
    return SEPARATOR.sub("", text)


def single(text: str) -> str:
    """A canonical text with every run of one letter as one letter."""
    return _DOUBLE.sub(r"\1", text)


def leet(text: str) -> str:
    """A canonical text with drawn letters read as letters, one for one."""
    return text.translate(_LEET)


class Places:
    """Places that are worked out when first asked for."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], Sequence[Span]]) -> None:
        self._make = make
        self._made: Sequence[Span] | None = None

    def __call__(self) -> Sequence[Span]:
        """The places."""
        if self._made is None:
            self._made = self._make()
        return self._made


def places_without(left_out: re.Pattern[str], text: str) -> Places:
    """The places of the characters that stay when these are left out; worked out when asked for."""

    def places() -> Sequence[Span]:
        kept: list[Span] = []
        at = 0
        for gap in left_out.finditer(text):
            kept.extend(each(at, gap.start()))
            at = gap.end()
        kept.extend(each(at, len(text)))
        return kept

    return Places(places)


def run_places(text: str) -> Sequence[Span]:
    """The places of the characters of ``single(text)``; a run's is all of it."""
    places: list[Span] = []
    at = 0
    for run in _DOUBLE.finditer(text):
        places.extend(each(at, run.start()))
        places.append(run.span())
        at = run.end()
    places.extend(each(at, len(text)))
    return places
