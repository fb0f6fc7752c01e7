"""The reading in which every disguise of a term is the same few letters; what it finds must be shown to be one.

From the skeleton: without separators, tone marks and decoration, Latin letters without marks, digits and symbols as
the letters they are drawn for (l and 1 as i), every run of one letter as one. It confuses far more than disguises, so
``pieces`` tells what each of its letters was made of, and classify/disguise.py judges that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import compress, repeat
from operator import ne
from typing import Final, overload

from streambot.core.canonical import MARK_CHARS
from streambot.core.verdict import Span

DECORATION: Final = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
"""Marks that NFKC left standing alone on a Latin letter: no alphabet needs them there, strike-through does."""
THAI_TONES: Final = "\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4e"
"""Thai tone marks, the shortener and the silencer, with which play is easy: the letters stay."""

LATIN_BASE: Final = {
    code: base
    for block in (range(0xC0, 0x250), range(0x1E00, 0x1F00))
    for code in block
    if (base := unicodedata.normalize("NFD", chr(code))[0]).isascii() and base != chr(code)
} | {ord("đ"): "d", ord("ø"): "o", ord("ł"): "l", ord("ı"): "i"}
"""Latin letters with a mark → without; đ, ø, ł by hand, NFD leaves them."""

_DIGITS: Final = dict(zip("0123456789", "oizeasgtbg", strict=True))
# A symbol that serves for a letter becomes the full-width digit drawn alike: the canonical text has none of these.
_SYMBOLS: Final = str.maketrans("@$€£!|+", "４５３１１１７")
DRAWN: Final = _DIGITS | {chr(0xFF10 + int(digit)): letter for digit, letter in _DIGITS.items()}
"""Digits, and the signs of ``serving``, → the letter that each is drawn for."""
# A letter's symbol stands against a letter; what also ends a sentence or joins words stands between two, and where it
# stands on both sides of a letter it keeps letters apart ("s|l|o|t").
_SYMBOL: Final = re.compile(
    # The symbol first, so that all else is passed over quickly.
    r"[@$€£!|+](?:(?<=[a-z0-9@$][!|+])(?!(?<=[|])\w[|]|(?<=[+])\w[+]|(?<=!)\w!)(?<![|]\w[|])(?<![+]\w[+])(?<!!\w!)"
    r"[!|+]*(?=[a-z0-9@$])"
    r"|(?<=[@$€£])(?=[a-z0-9@$]|[!|+][a-z0-9@$!|+])|(?<=[a-z0-9][@$€£])"
    r"|(?<![^\s].)(?<=[|!])(?=[a-z0-9@$])"
    # Letters pulled apart: "a.$.$".
    r"|(?<=[a-z0-9@$€£]\W[@$€£])(?=\W[a-z0-9@$€£])"
    r"|(?<=[a-z0-9@$€£]\W[!|])(?=\W[a-z0-9@$€£](?:\W|$)))"
)
_MAY_HOLD_SYMBOL: Final = re.compile("[@$€£!|+]")
_NONE: Final = "\0"
_NONES: Final = repeat(_NONE)
_AGAIN: Final = re.compile(r"(.)(?=\1)", re.DOTALL)
_DECORATION: Final = re.compile(f"[{DECORATION}]")
_CACHED: Final = 0x20000


class _Letters(dict[int, str]):
    """Code point → its letter, ``_NONE`` for what is no letter; what was asked for once is kept."""

    def __missing__(self, code: int) -> str:
        letter = self._letter(chr(code))
        if code < _CACHED:
            self[code] = letter
        return letter

    @staticmethod
    def _letter(char: str) -> str:
        if char in THAI_TONES or _DECORATION.match(char):
            return _NONE
        return char if char.isalnum() or char in MARK_CHARS or unicodedata.category(char) == "Mc" else _NONE


_LETTERS: Final = _Letters(LATIN_BASE)
_LETTERS.update({ord(digit): letter for digit, letter in DRAWN.items()} | {ord("l"): "i", ord("ł"): "i"})
_LETTERS.update({code: "i" for code, base in LATIN_BASE.items() if base == "l"})


_SPACED: Final = {ord("l"): "i", **LATIN_BASE, **{ord(sign): letter for sign, letter in DRAWN.items()}}
_RUN_OF_LETTERS: Final = re.compile(r"([^\W_])\1+")


def _served(symbols: re.Match[str]) -> str:
    return symbols.group().translate(_SYMBOLS)


def serving(text: str) -> str:
    """A skeleton with the symbols that serve for letters told apart from those that stand between ("a$$, ok!")."""
    return _SYMBOL.sub(_served, text) if _MAY_HOLD_SYMBOL.search(text) else text


def letters(text: str) -> str:
    """The letters of ``loose`` at the places of what ``serving`` gives; what is no letter is left open."""
    return text.translate(_LETTERS)


def runs_as_one(letters: str) -> str:
    """The loose reading of what ``letters`` gives."""
    return _AGAIN.sub("", letters.replace(_NONE, ""))


def loose(text: str) -> str:
    """The loose reading of what ``serving`` gives."""
    return runs_as_one(letters(text))


def spaced(text: str) -> str:
    """The loose reading with all that stands between letters kept."""
    return _RUN_OF_LETTERS.sub(r"\1", text.translate(_SPACED))


class Pieces(Sequence[Span]):
    """For each letter of the loose reading, the place of what it was made of: a letter or a run of letters read alike.

    Made of what ``letters`` gives. Each place is put together when it is asked for: a long text has hundreds, and few
    are looked at.
    """

    __slots__ = ("_at", "_begins")

    def __init__(self, letters: str) -> None:
        read = letters.replace(_NONE, "")
        every = range(len(letters))
        self._at: Sequence[int] = (
            every if len(read) == len(letters) else list(compress(every, map(ne, letters, _NONES)))
        )
        # Of the letters read, those that begin a piece, and the end.
        self._begins = [0, *compress(range(1, len(read)), map(ne, read, read[1:])), len(read)] if read else [0]

    def __len__(self) -> int:
        return len(self._begins) - 1

    @overload
    def __getitem__(self, at: int) -> Span: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Span]: ...
    def __getitem__(self, at: int | slice) -> Span | Sequence[Span]:
        """A place, or the places of a part."""
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        begins, position = self._begins, at if at >= 0 else at + len(self)
        return (self._at[begins[position]], self._at[begins[position + 1] - 1] + 1)


def pieces(text: str) -> Pieces:
    """The pieces of what ``serving`` gives."""
    return Pieces(letters(text))
