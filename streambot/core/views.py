"""One text, several match-only readings; every place found in one maps back to what the viewer typed.

``canonical``  folded (see canonical.py); what the model reads
``skeleton``   letters as they look: other scripts' inside Latin words, framed ones, traditional Chinese (skeleton.py)
``compact``    without what stands between letters: "s.l.o.t", "แ อ ด", "z🌸a🌸l🌸o"
``bare``       Latin letters without their marks, đ as d: Vietnamese typed without tones
``leet``       letters drawn with digits and symbols: "g4c0r"
``single``     a drawn-out word with every run of a letter as one: "fuuuuck"
``thai``       without tone marks: "แอ๊ดไลน" for "แอดไลน์"
``pinyin``     spelt out: "加威信", "jia wei xin" (pinyin.py)
``undone``     with what only keeps the letters of a word apart told from the rest (joined.py), for loosened patterns
``digits``     every way to write a digit as 0 to 9: "๐๘๑", "零八", "kosong delapan", keycaps

All but ``canonical`` are made of the skeleton. A view that would say the same as ``canonical`` shares its text
(``view.same``). Places are worked out only for a hit. Terms are looked for in a reading of their own (loose.py), which
has every disguise at once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from streambot.core.alignment import Alignment
from streambot.core.canonical import REPEAT, VISIBLE_LIMIT, canonical
from streambot.core.joined import joined
from streambot.core.loose import Pieces, letters, runs_as_one, serving
from streambot.core.numerals import DigitPlaces, read_digits
from streambot.core.pinyin import spell, spelt_places
from streambot.core.readings import (
    HAN,
    LONE_LETTER,
    MAY_BE_DRAWN,
    OTHER_LETTER,
    SEPARATOR,
    TONES,
    Places,
    bare,
    compact,
    leet,
    places_without,
    run_places,
    single,
)
from streambot.core.skeleton import skeleton
from streambot.core.verdict import Span

__all__ = ["View", "ViewName", "Views", "bare", "canonical", "compact", "leet", "single", "skeleton"]


class ViewName(StrEnum):
    """The readings a rule may ask for."""

    CANONICAL = "canonical"
    SKELETON = "skeleton"
    COMPACT = "compact"
    BARE = "bare"
    LEET = "leet"
    SINGLE = "single"
    THAI = "thai"
    PINYIN = "pinyin"
    UNDONE = "undone"
    DIGITS = "digits"


SLICE: Final = 500
"""Code points of the canonical text that rules see at a time."""
OVERLAP: Final = 125
"""Code points that two slices share, so that no phrase falls between them."""
_LONGEST_WORD: Final = 60


@dataclass(slots=True, eq=False)
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

    def at(self, place: int) -> int:
        """Where this view goes on from a place of the canonical text."""
        return place if self.index is None else bisect_left(self.index(), (place, 0))

    def original_span(self, start: int, end: int) -> Span:
        """Where a non-empty place of this view stands in what the viewer typed."""
        first, last = self.canonical_span(start, end)
        return self.views.original_span(first, last)


class Views:
    """All readings of one text, each made when first asked for."""

    __slots__ = (
        "_aligned",
        "_drawn_out",
        "_joined",
        "_letters",
        "_loose",
        "_made",
        "_pieces",
        "_serving",
        "_skeleton",
        "_slices",
        "_spelt",
        "offset",
        "original",
        "text",
        "whole",
    )

    def __init__(self, text: str, whole: Views | None = None, offset: int = 0) -> None:
        """``whole`` and ``offset``: ``text`` is a slice of that one's canonical text, at that place."""
        self.original: str = text if whole is None else whole.original
        self.text = canonical(text) if whole is None else text
        """The canonical text."""
        self.whole: Views = whole or self
        """The readings of the whole comment; ``offset`` is this text's place in it."""
        self.offset = offset
        self._made: dict[ViewName, View] = {}
        self._skeleton: str | None = None
        self._serving: str | None = None
        self._drawn_out: bool | None = None
        self._letters: str | None = None
        self._loose: str | None = None
        self._joined: str | None = None
        self._spelt: str | None = None
        self._pieces: Pieces | None = None
        self._aligned: Alignment | None = None
        self._slices: Sequence[Views] | None = None

    @property
    def slices(self) -> Sequence[Views]:
        """The same text at most ``SLICE`` code points at a time, overlapping, cut between words where there are any."""
        if self._slices is None:
            whole = len(self.text) <= SLICE
            self._slices = (self,) if whole else tuple(Views(self.text[a:b], self, a) for a, b in _cuts(self.text))
        return self._slices

    def original_span(self, start: int, end: int) -> Span:
        """Where a non-empty place of the canonical text stands in the original; beside nothing that nobody sees."""
        if self.whole is not self:
            return self.whole.original_span(start + self.offset, end + self.offset)
        if self._aligned is None:
            self._aligned = Alignment(self.original)
        return self._aligned.span(start, end)

    @property
    def skeleton(self) -> str:
        """The text of the skeleton; its places are those of the canonical text."""
        if self._skeleton is None:
            self._skeleton = skeleton(self.text) if self.whole is self else self._part_of(self.whole.skeleton)
        return self._skeleton

    @property
    def serving(self) -> str:
        """The skeleton with its symbols told apart (loose.py), place for place."""
        if self._serving is None:
            self._serving = serving(self.skeleton) if self.whole is self else self._part_of(self.whole.serving)
        return self._serving

    @property
    def joined(self) -> str:
        """What only keeps the letters of a word apart told from what stands between words, place for place."""
        if self._joined is None:
            self._joined = joined(self.serving) if self.whole is self else self._part_of(self.whole.joined)
        return self._joined

    @property
    def letters(self) -> str:
        """The letters of the loose reading before runs of one letter are one, place for place."""
        if self._letters is None:
            self._letters = letters(self.serving) if self.whole is self else self._part_of(self.whole.letters)
        return self._letters

    def _part_of(self, reading: str) -> str:
        return reading[self.offset : self.offset + len(self.text)]

    @property
    def drawn_out(self) -> bool:
        """Whether the viewer typed a letter three times or more."""
        if self.whole is not self:
            return self.whole.drawn_out
        if self._drawn_out is None:
            self._drawn_out = REPEAT.search(self.original[:VISIBLE_LIMIT].lower()) is not None
        return self._drawn_out

    @property
    def loose(self) -> str:
        """The loose reading, in which terms are looked for."""
        if self._loose is None:
            self._loose = runs_as_one(self.letters)
        return self._loose

    @property
    def pieces(self) -> Pieces:
        """For each letter of ``loose``, its place in ``serving``."""
        if self._pieces is None:
            self._pieces = Pieces(self.letters)
        return self._pieces

    @property
    def spelt(self) -> str:
        """The text spelt in pinyin, if it holds Chinese or is wholly Latin; else empty."""
        if self._spelt is None:
            text = self.skeleton
            latin = text.isascii() or not OTHER_LETTER.search(text)
            self._spelt = spell(text) if latin or HAN.search(text) else ""
        return self._spelt

    def __getitem__(self, name: ViewName) -> View:
        """The reading of that name."""
        view = self._made.get(name)
        if view is None:
            view = self._made[name] = _MAKERS[name](self)
        return view


def _cuts(text: str) -> Iterator[Span]:
    start = 0
    while (end := start + SLICE) < len(text):
        space = text.rfind(" ", end - _LONGEST_WORD, end)
        end = space if space != -1 else end
        yield (start, end)
        space = text.find(" ", end - OVERLAP, end - OVERLAP + _LONGEST_WORD)
        start = space + 1 if space != -1 else end - OVERLAP
    yield (start, len(text))


def _one_for_one(name: ViewName, views: Views, text: str) -> View:
    return View(name, text, views, same=text == views.text)


def _canonical(views: Views) -> View:
    return View(ViewName.CANONICAL, views.text, views, same=True)


def _skeleton(views: Views) -> View:
    return _one_for_one(ViewName.SKELETON, views, views.skeleton)


def _compact(views: Views) -> View:
    """Without what stands between letters, if some letter stands alone."""
    text = views.skeleton
    if not LONE_LETTER.search(text):
        return _one_for_one(ViewName.COMPACT, views, text)
    return View(ViewName.COMPACT, compact(text), views, index=places_without(SEPARATOR, text))


def _bare(views: Views) -> View:
    return _one_for_one(ViewName.BARE, views, bare(views.skeleton))


def _leet(views: Views) -> View:
    """With drawn letters read as letters, if a letter stands beside a drawn one."""
    text = views.skeleton
    return _one_for_one(ViewName.LEET, views, leet(text) if MAY_BE_DRAWN.search(text) else text)


def _single(views: Views) -> View:
    """With runs of a letter as one, if the viewer drew one out to three or more."""
    text = views.skeleton
    if not views.drawn_out:
        return _one_for_one(ViewName.SINGLE, views, text)
    return View(ViewName.SINGLE, single(text), views, index=Places(lambda: run_places(text)))


def _thai(views: Views) -> View:
    text = views.skeleton
    if not TONES.search(text):
        return _one_for_one(ViewName.THAI, views, text)
    return View(ViewName.THAI, TONES.sub("", text), views, index=places_without(TONES, text))


def _pinyin(views: Views) -> View:
    """Spelt out, if the text holds Chinese or is wholly Latin."""
    text, spelt = views.skeleton, views.spelt
    if not spelt or spelt == text:
        return _one_for_one(ViewName.PINYIN, views, text)
    return View(ViewName.PINYIN, spelt, views, index=Places(lambda: spelt_places(text)))


def _digits(views: Views) -> View:
    read = read_digits(views.skeleton)
    if read is None:
        return _one_for_one(ViewName.DIGITS, views, views.skeleton)
    text, readings = read
    places = Places(lambda: DigitPlaces(views.skeleton, readings)) if readings else None
    return View(ViewName.DIGITS, text, views, index=places)


_MAKERS: Final[dict[ViewName, Callable[[Views], View]]] = {
    ViewName.CANONICAL: _canonical,
    ViewName.SKELETON: _skeleton,
    ViewName.COMPACT: _compact,
    ViewName.BARE: _bare,
    ViewName.LEET: _leet,
    ViewName.SINGLE: _single,
    ViewName.THAI: _thai,
    ViewName.PINYIN: _pinyin,
    ViewName.UNDONE: lambda views: _one_for_one(ViewName.UNDONE, views, views.joined),
    ViewName.DIGITS: _digits,
}
