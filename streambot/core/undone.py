"""A skeleton with the disguises undone that can hardly be meant otherwise, for patterns, which find what is spelt out.

Letters pulled apart by one sign are joined ("s.l.o.t", "j u d o l"), digits and symbols inside a word read as the
letters they are drawn for ("g4c0r", "c@sino"), and where the viewer drew a letter out every run is one letter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from streambot.core.canonical import MARK_BMP
from streambot.core.loose import DRAWN, serving
from streambot.core.numerals import each
from streambot.core.verdict import Span

_LETTER: Final = rf"[^\W_][{MARK_BMP}]*"
_END: Final = rf"(?![^\W_{MARK_BMP}]|[{MARK_BMP}])"
_APART: Final = re.compile(
    rf"(?<![^\W_])(?=[^\W\d_]|\w.[^\W\d_]){_LETTER}([^\w{MARK_BMP}]){_LETTER}(?:\1{_LETTER})+{_END}"
)
_MAY_BE_APART: Final = re.compile(rf"(?<![^\W_])[^\W_][{MARK_BMP}]*[^\w{MARK_BMP}][^\W_][{MARK_BMP}]*[^\w{MARK_BMP}]")
_DRAWN_WORD: Final = re.compile(
    r"(?<![a-z0-9０-９])(?:[a-z]+[0-9０-９]+[a-z]|[0-9０-９][a-z]{2}|[a-z]{2,}[０-９])[a-z0-9０-９]*"
)
_MAY_BE_DRAWN: Final = re.compile(r"[0-9０-９][a-z]|[a-z][０-９]")
# 2, 6 and 8 have too many readings.
_UNDRAWN: Final = str.maketrans({digit: letter for digit, letter in DRAWN.items() if digit not in "268"})
_SERVED: Final = re.compile("[０-９]")
_DOUBLE: Final = re.compile(r"([^\W\d_])\1+")


def undo(text: str, *, drawn_out: bool) -> tuple[str, Sequence[Span]] | None:
    """The text undone and the place of each character; None if there is nothing to undo.

    ``drawn_out`` says that the viewer typed a letter three times or more.
    """
    served = serving(text)
    apart = _MAY_BE_APART.search(served) is not None
    if not (apart or drawn_out or _MAY_BE_DRAWN.search(served)):
        return None
    places: Sequence[Span] = list(each(0, len(text)))
    read = served
    if apart:
        read, places = _without(_signs_between(read), read, places)
    read = _DRAWN_WORD.sub(_letters_of, read)
    if drawn_out:
        read, places = _without([(run.start() + 1, run.end()) for run in _DOUBLE.finditer(read)], read, places)
    if _SERVED.search(read):
        # What served for nothing is the sign it was.
        read = "".join([text[at] if "０" <= char <= "９" else char for char, (at, _) in zip(read, places, strict=True)])
    return None if read == text else (read, places)


def _signs_between(text: str) -> list[Span]:
    signs: list[Span] = []
    for run in _APART.finditer(text):
        sign = run[1]
        signs.extend((run.start() + at, run.start() + at + 1) for at, char in enumerate(run.group()) if char == sign)
    return signs


def _letters_of(word: re.Match[str]) -> str:
    written = word.group()
    letters = sum(char.isalpha() for char in written)
    return written.translate(_UNDRAWN) if letters * 2 >= len(written) else written


def _without(gone: Sequence[Span], text: str, places: Sequence[Span]) -> tuple[str, Sequence[Span]]:
    kept: list[str] = []
    kept_places: list[Span] = []
    at = 0
    for start, end in (*gone, (len(text), len(text))):
        kept.append(text[at:start])
        kept_places.extend(places[at:start])
        at = end
    return "".join(kept), kept_places
