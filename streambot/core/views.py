"""One text, several match-only readings; every place found in one maps back to what the viewer typed.

``canonical``  folded (see canonical.py); what the model reads
``compact``    without what stands between letters: "s.l.o.t", "แ อ ด", "z🌸a🌸l🌸o"
``bare``       Latin letters without their marks, đ as d: Vietnamese typed without tones
``leet``       letters drawn with digits, symbols and look-alikes of other scripts: "g4c0r", "саsino"
``single``     a drawn-out word with every run of a letter as one: "fuuuuck"
``digits``     every way to write a digit as 0 to 9: "๐๘๑", "零八", "kosong delapan", keycaps

A view that would say the same as ``canonical`` shares its text (``view.same``). Places are worked out only for a hit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final

from streambot.core.alignment import align
from streambot.core.canonical import MARK_BMP, REPEAT, VISIBLE_LIMIT, canonical
from streambot.core.numerals import each, read_digits
from streambot.core.verdict import Span

__all__ = ["View", "ViewName", "Views", "bare", "canonical", "compact", "leet", "single"]


class ViewName(StrEnum):
    """The readings a rule may ask for."""

    CANONICAL = "canonical"
    COMPACT = "compact"
    BARE = "bare"
    LEET = "leet"
    SINGLE = "single"
    DIGITS = "digits"


_DECORATION: Final = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
"""Marks that NFKC left standing alone on a Latin letter: no alphabet needs them there, strike-through does."""
_SEPARATOR: Final = re.compile(f"(?:[^\\w{MARK_BMP}]|[_{_DECORATION}])+")
_LONE_LETTER: Final = re.compile(
    f"(?:^|[^\\w{MARK_BMP}]|[_{_DECORATION}])[^\\W_][{MARK_BMP}]*(?:$|[^\\w{MARK_BMP}]|[_{_DECORATION}])"
)

_DOUBLE: Final = re.compile(r"([^\W\d_])\1+")

_LATIN: Final = (range(0xC0, 0x250), range(0x1E00, 0x1F00))
_BARE: Final = {
    code: base
    for block in _LATIN
    for code in block
    if (base := unicodedata.normalize("NFD", chr(code))[0]).isascii() and base != chr(code)
} | {ord("đ"): "d", ord("ø"): "o", ord("ł"): "l", ord("ı"): "i"}
_HAS_LATIN_MARKS: Final = re.compile("[\u00df-\u024f\u1e00-\u1eff]")

# l is drawn as 1, and so is i: both read as i, in texts and in terms.
_LEET_DIGITS: Final = dict(zip("0134579@$", "oieastgas", strict=True))
_LEET_SYMBOLS: Final = dict(zip("!|+", "iit", strict=True))
# From Unicode's confusables.txt, the letters that also serve in words: Cyrillic, Greek, phonetic.
_LOOK_ALIKE: Final = dict(zip("аеорсухіјѕһԁԛԝкмтнвαοινρτυκβɑɡ", "aeopcyxijshdqwkmthbaoivptukbag", strict=True))
_LEET: Final = str.maketrans(_LEET_DIGITS | _LEET_SYMBOLS | _LOOK_ALIKE | {"l": "i"})
_DRAWN: Final = "".join(_LEET_DIGITS | _LOOK_ALIKE)
_MAY_BE_DRAWN: Final = re.compile(f"[a-z][{_DRAWN}]|[{_DRAWN}][a-z]|[a-z][!|+][a-z]")


def bare(text: str) -> str:
    """A canonical text's Latin letters without their marks, one for one; other scripts keep theirs."""
    return text.translate(_BARE) if _HAS_LATIN_MARKS.search(text) else text


def compact(text: str) -> str:
    """A canonical text without anything that is not a letter, a digit or a letter's mark."""
    return _SEPARATOR.sub("", text)


def single(text: str) -> str:
    """A canonical text with every run of one letter as one letter."""
    return _DOUBLE.sub(r"\1", text)


def leet(text: str) -> str:
    """A canonical text with drawn letters read as letters, one for one; l reads as i."""
    return text.translate(_LEET)


@dataclass(frozen=True, slots=True)
class View:
    """One reading of a text.

    ``index`` gives, for each character, its place in the canonical text (None: one for one); ``same`` says that this
    reading's text is the canonical one.
    """

    name: ViewName
    text: str
    views: Views = field(repr=False)
    same: bool = False
    index: Callable[[], Sequence[Span]] | None = None

    def canonical_span(self, start: int, end: int) -> Span:
        """Where a non-empty place of this view stands in the canonical text."""
        if self.index is None:
            return (start, end)
        places = self.index()
        return (places[start][0], places[end - 1][1])

    def original_span(self, start: int, end: int) -> Span:
        """Where a non-empty place of this view stands in what the viewer typed."""
        first, last = self.canonical_span(start, end)
        return self.views.original_span(first, last)


class Views:
    """All readings of one text, each made when first asked for."""

    def __init__(self, text: str) -> None:
        self.original = text
        self.canonical = View(ViewName.CANONICAL, canonical(text), self, same=True)

    def original_span(self, start: int, end: int) -> Span:
        """Where a non-empty place of the canonical text stands in the original; beside nothing that nobody sees."""
        covered = self._pieces[start:end]
        return (min(first for _, first, _ in covered), max(last for _, _, last in covered))

    def __getitem__(self, name: ViewName) -> View:
        """The reading of that name."""
        view: View = getattr(self, name.value)
        return view

    @cached_property
    def _pieces(self) -> list[tuple[str, int, int]]:
        return align(self.original)

    @cached_property
    def compact(self) -> View:
        """Without what stands between letters, if some letter stands alone."""
        text = self.canonical.text
        if not _LONE_LETTER.search(text):
            return View(ViewName.COMPACT, text, self, same=True)
        return View(ViewName.COMPACT, compact(text), self, index=lambda: self._letter_places)

    @cached_property
    def _letter_places(self) -> list[Span]:
        places: list[Span] = []
        at = 0
        for gap in _SEPARATOR.finditer(self.canonical.text):
            places.extend(each(at, gap.start()))
            at = gap.end()
        places.extend(each(at, len(self.canonical.text)))
        return places

    @cached_property
    def bare(self) -> View:
        """Without Latin marks."""
        text = bare(self.canonical.text)
        return View(ViewName.BARE, text, self, same=text is self.canonical.text)

    @cached_property
    def leet(self) -> View:
        """With drawn letters read as letters, if a letter stands beside a drawn one."""
        text = self.canonical.text
        if not _MAY_BE_DRAWN.search(text):
            return View(ViewName.LEET, text, self, same=True)
        return View(ViewName.LEET, leet(text), self)

    @cached_property
    def single(self) -> View:
        """With runs of a letter as one, if the viewer drew one out to three or more."""
        text = self.canonical.text
        if not REPEAT.search(self.original[:VISIBLE_LIMIT].lower()):
            return View(ViewName.SINGLE, text, self, same=True)
        return View(ViewName.SINGLE, single(text), self, index=lambda: self._run_places)

    @cached_property
    def _run_places(self) -> list[Span]:
        places: list[Span] = []
        at = 0
        for run in _DOUBLE.finditer(self.canonical.text):
            places.extend(each(at, run.start()))
            places.append(run.span())
            at = run.end()
        places.extend(each(at, len(self.canonical.text)))
        return places

    @cached_property
    def digits(self) -> View:
        """With every digit as 0 to 9."""
        text = self.canonical.text
        read = read_digits(text)
        if read is None:
            return View(ViewName.DIGITS, text, self, same=True)
        places = read[1]
        return View(ViewName.DIGITS, read[0], self, index=lambda: places)
