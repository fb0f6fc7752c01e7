"""Where each character of the canonical text came from.

Only computed for a text in which something was found, and there for the parts around it: it is the fold of
``canonical`` done again, piece by piece, with every piece carrying its place in the original.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import lru_cache
from itertools import accumulate
from typing import Final

from streambot.core.canonical import (
    MARK_BMP,
    MARK_CHARS,
    MARKS_PER_BASE,
    REPEAT,
    UNSEEN_CHARS,
    VISIBLE_LIMIT,
    canonical,
    char_class,
    clamp,
    folded,
    normalised,
    shown_order,
    tidy,
)
from streambot.core.verdict import Span

Piece = tuple[str, int, int]
"""One character and the span of the original that it stands for."""

_PASSES: Final = 4
_LONGEST_PART: Final = 96
_HANGUL_JAMO_TAIL: Final = range(0x1160, 0x1200)


class _Kind(IntEnum):
    UNSEEN = 0
    MARK = 1
    TAIL = 2
    """Not a mark, yet NFKC may join it to what stands before."""
    BASE = 3


class Alignment:
    """The places of ``canonical(text)`` in ``text``, worked out part by part when asked for.

    A part begins with a letter that only changes its case and is not like what stands before, so each folds for itself.
    """

    __slots__ = ("_begins", "_order", "_parts", "_pieces", "_shown")

    def __init__(self, text: str) -> None:
        typed, meant = clamp(text), canonical(text)
        self._order = shown_order(typed)
        self._shown = typed if self._order is None else "".join([typed[at] for at in self._order])
        parts: Sequence[Span] = list(_parts(self._shown))
        read = _read(self._shown, parts, meant)
        if "".join(read) != meant:
            parts, read = _cut(self._shown, meant, parts, read)
        self._parts = list(zip(parts, read, strict=True))
        self._begins = list(accumulate(map(len, read), initial=0))[:-1]
        self._pieces: dict[int, Sequence[Piece] | None] = {}

    def span(self, start: int, end: int) -> Span:
        """Where a non-empty place of the canonical text stands in the original."""
        first, last = (bisect_right(self._begins, at) - 1 for at in (start, end - 1))
        if first == last:
            begin, finish = self._covered(first, start, end)
        else:
            begin, _ = self._covered(first, start, None)
            _, finish = self._covered(last, self._begins[last], end)
        if self._order is None:
            return (begin, finish)
        typed = self._order[begin:finish]
        return (min(typed), max(typed) + 1)

    def _covered(self, part: int, start: int, end: int | None) -> Span:
        """The span, as shown, of a place that lies in one part; to the part's end without ``end``."""
        (at, _), read = self._parts[part]
        start -= self._begins[part]
        end = len(read) if end is None else end - self._begins[part]
        if part not in self._pieces:
            self._pieces[part] = self._aligned(part)
        pieces = self._pieces[part]
        if pieces is None:
            return (at + start, at + end)
        covered = pieces[start:end]
        return (at + min(first for _, first, _ in covered), at + max(last for _, _, last in covered))

    def _aligned(self, part: int) -> Sequence[Piece] | None:
        (start, end), read = self._parts[part]
        shown = self._shown[start:end]
        # Most parts are only folded in case, if at all; "İ" alone becomes longer by that.
        if len(shown) == len(read) and shown.lower() == read:
            return None
        # What stands before has had its share of the code points that are looked at.
        room = VISIBLE_LIMIT - len(normalised(tidy(self._shown[:start]))) if end == len(self._shown) else VISIBLE_LIMIT
        return _align(_first_fold(shown)[:room], shown, read)


def _read(text: str, parts: Sequence[Span], meant: str) -> Sequence[str]:
    """The parts folded; what the canonical text has at their place in no more than another case is not folded again."""
    read: list[str] = []
    at = 0
    for start, end in parts:
        part = text[start:end].lower()
        if not meant.startswith(part, at):
            part = folded(text[start:end])
        read.append(part)
        at += len(part)
    return read


def _cut(text: str, meant: str, parts: Sequence[Span], read: Sequence[str]) -> tuple[Sequence[Span], Sequence[str]]:
    """The parts where NFKC made a text too long and it was cut: those before the cut, and all the rest as one."""
    at = 0
    for number, (part, own) in enumerate(zip(parts, read, strict=True)):
        if not meant.startswith(own, at) or at + len(own) == len(meant):
            return [*parts[:number], (part[0], len(text))], [*read[:number], meant[at:]]
        at += len(own)
    return [(0, len(text))], [meant]


def _parts(text: str) -> Iterator[Span]:
    start = 0
    while len(text) - start > _LONGEST_PART and (cut := _SEAM.search(text, start + _LONGEST_PART)) is not None:
        yield (start, cut.end())
        start = cut.end()
    yield (start, len(text))


def align(text: str) -> list[Piece]:
    """The characters of ``canonical(text)``, each with its span of ``text``."""
    text, meant = clamp(text), canonical(text)
    order = shown_order(text)
    pieces = _first_fold(text) if order is None else _fold([(text[at], at, at + 1) for at in order])[:VISIBLE_LIMIT]
    return _align(pieces, text, meant)


def _align(pieces: list[Piece], text: str, meant: str) -> list[Piece]:
    for _ in range(_PASSES):
        read = "".join([char for char, _, _ in pieces])
        if read != " ".join(read.split()):
            pieces = _collapse(pieces)
        if REPEAT.search(read):
            pieces = _squeeze(pieces)
        if "".join([char for char, _, _ in pieces]) == meant:
            return pieces
        pieces = _fold(pieces)[:VISIBLE_LIMIT]
    # A mark on the whole comment is wide, a mark on the wrong word a lie.
    return [(char, 0, len(text)) for char in meant]


def _first_fold(text: str) -> list[Piece]:
    """What ``_fold`` makes of each character at its place, the plain ones together."""
    folded: list[Piece] = []
    at = 0
    for run in _PLAIN_RUN.finditer(text):
        start, end = run.span()
        if at < start:
            folded.extend(_fold([(char, at + place, at + place + 1) for place, char in enumerate(text[at:start])]))
        folded.extend(zip(run.group().lower(), range(start, end), range(start + 1, end + 1), strict=True))
        at = end
    folded.extend(_fold([(char, at + place, at + place + 1) for place, char in enumerate(text[at:])]))
    return folded[:VISIBLE_LIMIT]


def _fold(pieces: list[Piece]) -> list[Piece]:
    """Without what is unseen and piled up, and each base with its marks as NFKC and casefold write them."""
    folded: list[Piece] = []
    segment: list[Piece] = []
    marks = 0
    for piece in pieces:
        kind, _ = _fate(piece[0])
        if kind is _Kind.UNSEEN:
            continue
        marks = marks + 1 if kind is _Kind.MARK else 0
        if marks > MARKS_PER_BASE:
            continue
        if kind is _Kind.BASE and segment:
            _write(segment, folded)
            segment = [piece]
        else:
            segment.append(piece)
    if segment:
        _write(segment, folded)
    return folded


def _write(segment: list[Piece], folded: list[Piece]) -> None:
    if len(segment) == 1:
        char, start, end = segment[0]
        written = _fate(char)[1]
        if len(written) == 1:
            folded.append((written, start, end))
        else:
            folded.extend([(part, start, end) for part in written])
    else:
        # Inside a segment characters merge, split and change places, so each stands for the whole of it.
        text = _normalised_short("".join([char for char, _, _ in segment]))
        # In a text shown from its end, what comes later stands before.
        start = min(place for _, place, _ in segment)
        end = max(place for _, _, place in segment)
        folded.extend([(written, start, end) for written in text])


@lru_cache(4096)
def _normalised_short(text: str) -> str:
    return normalised(text)


@lru_cache(8192)
def _fate(char: str) -> tuple[_Kind, str]:
    """What becomes of a character, and what it is written as when it stands without marks."""
    if char.isascii() and char.isprintable():
        return _Kind.BASE, char.lower()
    if char in UNSEEN_CHARS:
        return _Kind.UNSEEN, ""
    if char in MARK_CHARS:
        return _Kind.MARK, normalised(char)
    first = unicodedata.normalize("NFKD", char)[0]
    joins = unicodedata.category(first)[0] == "M" or ord(first) in _HANGUL_JAMO_TAIL
    return _Kind.TAIL if joins else _Kind.BASE, normalised(char)


def _is_plain(char: str) -> bool:
    """Whether a character only changes its case, whatever plain one stands beside it."""
    return _fate(char) == (_Kind.BASE, char.lower()) and len(char.lower()) == 1


_BLOCKS: Final = (range(0x20, 0x250), range(0x370, 0x530), range(0xE01, 0xE50), range(0x1E00, 0x1F00))
_PLAIN: Final = char_class(filter(_is_plain, (chr(code) for block in _BLOCKS for code in block)))
_PLAIN_LETTERS: Final = (
    char_class(char for block in _BLOCKS for char in map(chr, block) if _is_plain(char) and not char.isspace())
    + "\u4e00-\u9fff"
)
# Chinese, kana and most emoji have one form; what stands before anything else is left to the closer look.
_PLAIN_RUN: Final = re.compile(
    f"[{_PLAIN}\u3041-\u3096\u4e00-\u9fff\U0001f300-\U0001f6ff]+"
    f"(?=[{_PLAIN}\u3041-\u3096\u4e00-\u9fff\U0001f300-\U0001f6ff]|\\Z)"
)
# Before such a letter, behind another, a mark or a Thai vowel.
_SEAM: Final = re.compile(f"([{_PLAIN_LETTERS}\u0e30-\u0e4e{MARK_BMP}])(?=[{_PLAIN_LETTERS}])(?!(?i:\\1))")


def _collapse(pieces: list[Piece]) -> list[Piece]:
    kept: list[Piece] = []
    space: Piece | None = None
    for piece in pieces:
        if piece[0].isspace():
            space = space or (" ", piece[1], piece[2])
            continue
        if space is not None and kept:
            kept.append(space)
        space = None
        kept.append(piece)
    return kept


def _squeeze(pieces: list[Piece]) -> list[Piece]:
    kept: list[Piece] = []
    at = 0
    for run in REPEAT.finditer("".join([char for char, _, _ in pieces])):
        second = run.start() + 1
        kept.extend(pieces[at:second])
        rest = pieces[second : run.end()]
        kept.append((rest[0][0], min(start for _, start, _ in rest), max(end for _, _, end in rest)))
        at = run.end()
    kept.extend(pieces[at:])
    return kept
