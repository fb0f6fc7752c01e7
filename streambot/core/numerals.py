"""The ways to write a digit: other scripts' digits, Chinese numerals plain and formal, number words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from streambot.core.canonical import HAN_DIGITS, canonical
from streambot.core.verdict import Span

_HAN: Final = dict(zip(HAN_DIGITS, "001234567891123456789236", strict=True))
_WORDS: Final = {
    canonical(word): str(value)
    for words in (
        "zero one two three four five six seven eight nine",
        "ศูนย์ หนึ่ง สอง สาม สี่ ห้า หก เจ็ด แปด เก้า",
        "không một hai ba bốn năm sáu bảy tám chín",
        "nol satu dua tiga empat lima enam tujuh delapan sembilan",
    )
    for value, word in enumerate(words.split())
} | {"oh": "0", "kosong": "0", "lẻ": "0", "bẩy": "7", "tư": "4"}
_BY_LENGTH: Final = sorted(_WORDS, key=len, reverse=True)
_THAI: Final = "|".join(word for word in _BY_LENGTH if "\u0e00" <= word[0] <= "\u0eff")
_SPACED: Final = "|".join(word for word in _BY_LENGTH if not "\u0e00" <= word[0] <= "\u0eff")

# Decimal digits of another script, and Han numerals.
_FOREIGN: Final = re.compile(f"[{HAN_DIGITS}]|(?![0-9])\\d")
_SIGNS: Final = str.maketrans(
    _HAN
    | {
        char: str(unicodedata.decimal(char))
        for char in map(chr, range(0x80, 0x20000))
        if unicodedata.decimal(char, None) is not None
    }
)
_WORD_RUN: Final = re.compile(
    rf"(?<![^\W\d_])(?:{_SPACED})(?:[\W_]+(?:{_SPACED}|\d))+(?![^\W\d_])|(?:{_THAI})(?:[\W_]*(?:{_THAI}|\d))+"
)
_SPACED_WORDS: Final = frozenset(_SPACED.split("|"))
_THAI_WORD: Final = re.compile(_THAI)
_BREAK: Final = re.compile(r"[\W_]+")
_WORD: Final = re.compile(f"{_SPACED}|{_THAI}")
# "o9o1" for 0901, "09l2" for 0912: an l alone is a litre.
_LETTER: Final = re.compile(r"(?<=\d)o(?=[\W_]*\d)|(?<![^\W\d_])o(?=\d)|(?<=\d)[il|](?=\d)")
_MAY_HOLD_LETTER: Final = re.compile(r"[oil|]\W?\d")


def read_digits(text: str) -> tuple[str, list[Span]] | None:
    """A canonical text with every digit as 0 to 9, and the place of each character; None if nothing changes.

    Number words are read only side by side ("không chín tám"): alone they are words ("không" is "no").
    """
    readings = dict(_readings(text))
    plain = text.translate(_SIGNS) if _FOREIGN.search(text) else text
    if not readings and plain == text:
        return None
    read: list[str] = []
    places: list[Span] = []
    at = 0
    for start, end in sorted(readings):
        if start < at:
            continue
        written = readings[start, end]
        read += (plain[at:start], written)
        places.extend(each(at, start))
        places.extend([(start, end)] * len(written))
        at = end
    read.append(plain[at:])
    places.extend(each(at, len(text)))
    return "".join(read), places


def each(start: int, end: int) -> Iterable[Span]:
    """The place of every single character from ``start`` to ``end``."""
    return zip(range(start, end), range(start + 1, end + 1), strict=True)


def _readings(text: str) -> Iterator[tuple[Span, str]]:
    """What is not one digit for one sign."""
    if _has_number_words(text):
        for run in _WORD_RUN.finditer(text):
            for word in _WORD.finditer(text, run.start(), run.end()):
                yield word.span(), _WORDS[word.group()]
    if _MAY_HOLD_LETTER.search(text):
        for letter in _LETTER.finditer(text):
            yield letter.span(), "0" if letter.group() == "o" else "1"


def _has_number_words(text: str) -> bool:
    """A cheap look before the dear one: at least two different number words, or some Thai one."""
    return len(_SPACED_WORDS.intersection(_BREAK.split(text))) > 1 or _THAI_WORD.search(text) is not None
