"""The ways to write a digit: other scripts' digits, Chinese numerals plain and formal, number words."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, overload

from ahocorasick_rs import AhoCorasick

from streambot.core.canonical import HAN_DIGITS, MARK_BMP, canonical, char_class
from streambot.core.verdict import Span

_HAN: Final = dict(zip(HAN_DIGITS, "001234567891123456789236", strict=True))
_WORDS: Final = {
    canonical(word): str(value)
    for words in (
        "zero one two three four five six seven eight nine",
        "ศูนย์ หนึ่ง สอง สาม สี่ ห้า หก เจ็ด แปด เก้า",
        "không một hai ba bốn năm sáu bảy tám chín",
        "khong mot hai ba bon nam sau bay tam chin",
        "nol satu dua tiga empat lima enam tujuh delapan sembilan",
    )
    for value, word in enumerate(words.split())
} | {"oh": "0", "kosong": "0", "lẻ": "0", "bẩy": "7", "tư": "4"}
_BY_LENGTH: Final = sorted(_WORDS, key=len, reverse=True)
_THAI: Final = "|".join(word for word in _BY_LENGTH if "\u0e00" <= word[0] <= "\u0eff")
_SPACED: Final = "|".join(word for word in _BY_LENGTH if not "\u0e00" <= word[0] <= "\u0eff")

_SIGNS: Final = str.maketrans(
    _HAN
    | {
        char: str(unicodedata.decimal(char))
        for char in map(chr, range(0x80, 0x20000))
        if unicodedata.decimal(char, None) is not None
    }
)
# Decimal digits of another script, and Han numerals; single astral ranges make a class slow for all.
_MAY_BE_FOREIGN: Final = re.compile(
    f"[{char_class(chr(code) for code in sorted(_SIGNS) if code < 0x10000)}"
    r"\U00010000-\U0001efff\U0001fbf0-\U0001fbf9]"
)
_WORD_RUN: Final = re.compile(
    rf"(?<![^\W\d_])(?:{_SPACED})(?:[\W_]+(?:{_SPACED}|\d))+(?![^\W\d_])|(?:{_THAI})(?:[\W_]*(?:{_THAI}|\d))+"
)
_NUMBER_WORDS: Final = AhoCorasick(_BY_LENGTH)
_THAI_NUMBERS: Final = frozenset(at for at, word in enumerate(_BY_LENGTH) if word in _THAI.split("|"))
_WORD: Final = re.compile(f"{_SPACED}|{_THAI}")
# "o9o1" for 0901, "09l2" for 0912: an l alone is a litre.
_LETTER_O: Final = re.compile(r"o(?:(?<=\d.)(?=[\W_]*\d)|(?<![^\W\d_].)(?=\d))")
_LETTER_L: Final = re.compile(r"[il|](?<=\d.)(?=\d)")
_MAY_HOLD_LETTER: Final = re.compile(r"[oil|]\W?\d")

# Numbers, and the words beside them, written sign by sign: six or more with the same between, three of Chinese or Thai.
_LETTER: Final = rf"[^\W_][{MARK_BMP}]*"
_UNSPACED: Final = rf"[\u0e01-\u0e2e\u0e40-\u0e44\u4e00-\u9fff][{MARK_BMP}]*"
_APART: Final = re.compile(
    rf"(?<![^\W_])(?:{_LETTER}((?:[^\w{MARK_BMP}]|_){{1,3}}){_LETTER}(?:\1{_LETTER}){{4,}}"
    rf"|{_UNSPACED}((?:[^\w{MARK_BMP}]|_){{1,3}}){_UNSPACED}(?:\2{_UNSPACED})+)(?![^\W_{MARK_BMP}]|[{MARK_BMP}])"
)
_DIGIT_ALONE: Final = re.compile(r"\d(?<![^\W_].)(?![^\W_])", re.DOTALL)
_PICTURES: Final = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]{1,3}(?=[0-9])")

Readings = Sequence[tuple[int, int, str]]
"""Places, in order, that do not read as they stand, each with what it reads."""


def read_digits(text: str) -> tuple[str, Readings] | None:
    """A canonical text with every digit as 0 to 9, and what is not one digit for one sign; None if nothing changes.

    Number words are read only side by side ("không chín tám"): alone they are words ("không" is "no").
    """
    plain = text
    if _MAY_HOLD_LETTER.search(text):
        plain = _LETTER_L.sub("1", _LETTER_O.sub("0", plain))
    if not text.isascii() and _MAY_BE_FOREIGN.search(text):
        plain = plain.translate(_SIGNS)
    readings = sorted({*_in_words(text), *_apart(plain)})
    if not readings:
        return None if plain == text else (plain, ())
    read: list[str] = []
    at = 0
    for start, end, written in readings:
        read += (plain[at:start], written)
        at = end
    read.append(plain[at:])
    return "".join(read), readings


class DigitPlaces(Sequence[Span]):
    """The place of each character of what ``read_digits`` made of a text, each worked out when it is asked for."""

    __slots__ = ("_begins", "_length", "_readings")

    def __init__(self, text: str, readings: Readings) -> None:
        self._readings = readings
        begins, moved = [], 0
        for start, end, written in readings:
            begins.append(start + moved)
            moved += len(written) - (end - start)
        self._begins = begins
        self._length = len(text) + moved

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, at: int) -> Span: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Span]: ...
    def __getitem__(self, at: int | slice) -> Span | Sequence[Span]:
        """A place, or the places of a part."""
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(self._length))]
        if not 0 <= at < self._length:
            raise IndexError(at)
        number = bisect_right(self._begins, at) - 1
        if number < 0:
            return (at, at + 1)
        start, end, written = self._readings[number]
        behind = at - self._begins[number] - len(written)
        return (start, end) if behind < 0 else (end + behind, end + behind + 1)


def each(start: int, end: int) -> Iterable[Span]:
    """The place of every single character from ``start`` to ``end``."""
    return zip(range(start, end), range(start + 1, end + 1), strict=True)


def _apart(text: str) -> Iterator[tuple[int, int, str]]:
    """What only keeps the signs of a number, and of what is said beside it, apart."""
    if _DIGIT_ALONE.search(text):
        for run in _APART.finditer(text):
            between = run[1] or run[2]
            at = run.start()
            while (at := text.find(between, at + 1, run.end())) != -1:
                yield at, at + len(between), ""
                at += len(between) - 1
    if not text.isascii():
        for pictures in _PICTURES.finditer(text):
            if text[pictures.start() - 1 : pictures.start()].isdecimal():
                yield (*pictures.span(), "")


def _in_words(text: str) -> Readings:
    if not _has_number_words(text):
        return ()
    return [
        (*word.span(), _WORDS[word.group()])
        for run in _WORD_RUN.finditer(text)
        for word in _WORD.finditer(text, run.start(), run.end())
    ]


def _has_number_words(text: str) -> bool:
    """A cheap look before the dear one: at least two different number words, or some Thai one."""
    found = {number for number, _, _ in _NUMBER_WORDS.find_matches_as_indexes(text, overlapping=True)}
    return len(found) > 1 or not found.isdisjoint(_THAI_NUMBERS)
