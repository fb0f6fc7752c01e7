"""Where each character of the canonical text came from.

Only computed for a text in which something was found: it is the fold of ``canonical`` done again, piece by piece,
with every piece carrying its place in the original.
"""

from __future__ import annotations

import unicodedata
from enum import IntEnum
from functools import lru_cache
from typing import Final

from streambot.core.canonical import (
    HAN_DIGITS,
    MARK_CHARS,
    MARKS_PER_BASE,
    UNSEEN_CHARS,
    VISIBLE_LIMIT,
    canonical,
    clamp,
    normalised,
)

Piece = tuple[str, int, int]
"""One character and the span of the original that it stands for."""

_PASSES: Final = 4
_HANGUL_JAMO_TAIL: Final = range(0x1160, 0x1200)


class _Kind(IntEnum):
    UNSEEN = 0
    MARK = 1
    TAIL = 2
    """Not a mark, yet NFKC may join it to what stands before."""
    BASE = 3


def align(text: str) -> list[Piece]:
    """The characters of ``canonical(text)``, each with its span of ``text``."""
    text, meant = clamp(text), canonical(text)
    if text.isascii() and text.isprintable():
        return _squeeze(_collapse([(char, at, at + 1) for at, char in enumerate(text.lower())]))
    pieces = [(char, at, at + 1) for at, char in enumerate(text)]
    for _ in range(_PASSES):
        if "".join([char for char, _, _ in pieces]) == meant:
            return pieces
        pieces = _squeeze(_collapse(_fold(pieces)[:VISIBLE_LIMIT]))
    # A mark on the whole comment is wide, a mark on the wrong word a lie.
    return [(char, 0, len(text)) for char in meant]


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
    elif segment:
        # Inside a segment characters merge, split and change places, so each stands for the whole of it.
        text = _normalised_short("".join([char for char, _, _ in segment]))
        folded.extend([(written, segment[0][1], segment[-1][2]) for written in text])


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
    run = 0
    for char, start, end in pieces:
        run = run + 1 if kept and kept[-1][0] == char else 1
        if run > 2 and not char.isdecimal() and char not in HAN_DIGITS:
            kept[-1] = (char, kept[-1][1], max(end, kept[-1][2]))
        else:
            kept.append((char, start, end))
    return kept
