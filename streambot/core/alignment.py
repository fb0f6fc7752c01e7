"""Where each character of the canonical text came from.

Only computed for a text in which something was found: it is the fold of ``canonical`` done again, piece by piece,
with every piece carrying its place in the original.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from streambot.core.canonical import MARKS_PER_BASE, PILE, UNSEEN, VISIBLE_LIMIT, normalised
from streambot.core.verdict import Span

Piece = tuple[str, int, int]
"""One character and the span of the original that it stands for."""

_HANGUL_JAMO_TAIL: Final = range(0x1160, 0x1200)


def align(text: str) -> list[Piece]:
    """The characters of ``canonical(text)``, each with its span of ``text``."""
    pieces = [(char, at, at + 1) for at, char in enumerate(text[:VISIBLE_LIMIT])]
    while (folded := _squeeze(_collapse(_tidy(_normalise(_tidy(pieces)))))) != pieces:
        pieces = folded
    return pieces


def _tidy(pieces: list[Piece]) -> list[Piece]:
    kept: list[Piece] = []
    marks = 0
    for piece in pieces:
        kind = _kind(piece[0])
        if kind == "unseen":
            continue
        marks = marks + 1 if kind == "mark" else 0
        if marks <= MARKS_PER_BASE:
            kept.append(piece)
    return kept


@lru_cache(4096)
def _kind(char: str) -> str:
    if UNSEEN.match(char):
        return "unseen"
    return "mark" if PILE.fullmatch(char * (MARKS_PER_BASE + 1)) else "other"


def _normalise(pieces: list[Piece]) -> list[Piece]:
    folded: list[Piece] = []
    start = 0
    for at in range(1, len(pieces) + 1):
        if at == len(pieces) or _starts_afresh(pieces[at][0]):
            folded.extend(_normalise_segment(pieces[start:at]))
            start = at
    return folded[:VISIBLE_LIMIT]


def _normalise_segment(segment: list[Piece]) -> list[Piece]:
    text = _normalised_short("".join(char for char, _, _ in segment))
    if len(text) == len(segment) == 1:
        return [(text, segment[0][1], segment[0][2])]
    # Inside a segment characters merge, split and change places, so each stands for the whole of it.
    return [(char, segment[0][1], segment[-1][2]) for char in text]


@lru_cache(4096)
def _normalised_short(text: str) -> str:
    return normalised(text)


@lru_cache(4096)
def _starts_afresh(char: str) -> bool:
    """Whether NFKC of what stands before this character cannot depend on it."""
    first = unicodedata.normalize("NFKD", char)[0]
    return unicodedata.category(first)[0] != "M" and ord(first) not in _HANGUL_JAMO_TAIL


def _collapse(pieces: list[Piece]) -> list[Piece]:
    kept: list[Piece] = []
    space: Piece | None = None
    for piece in pieces:
        if piece[0].isspace():
            space = space or (" ", piece[1], piece[2])
            continue
        if space is not None and kept:
            kept.append((" ", space[1], piece[1]) if space[1] < piece[1] else space)
        space = None
        kept.append(piece)
    return kept


def _squeeze(pieces: list[Piece]) -> list[Piece]:
    kept: list[Piece] = []
    run = 0
    for char, start, end in pieces:
        run = run + 1 if kept and kept[-1][0] == char else 1
        if run > 2 and not char.isdecimal():
            kept[-1] = (char, kept[-1][1], max(end, kept[-1][2]))
        else:
            kept.append((char, start, end))
    return kept
