"""Numbers in words: English, Chinese, Thai, Vietnamese (also without its marks), Indonesian and Malay, 1 to 999."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation

from streambot.core.canonical import canonical


def _values(words: str, first: int = 1) -> dict[str, int]:
    return {canonical(word): value for value, word in enumerate(words.split(), first)}


_EN: Final = _values("one two three four five six seven eight nine")
_EN_WHOLE: Final = (
    _values("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10)
    | {tens: 10 * value for tens, value in _values("twenty thirty forty fifty sixty seventy eighty ninety", 2).items()}
    | {"dozen": 12}
)
_ID: Final = _values("satu dua tiga empat lima enam tujuh delapan sembilan") | {"lapan": 8}
_ID_WHOLE: Final = {"sepuluh": 10, "sebelas": 11, "selusin": 12, "seratus": 100}
_VI: Final = (
    _values("một hai ba bốn năm sáu bảy tám chín")
    | _values("mot hai ba bon nam sau bay tam chin")
    | {"mốt": 1, "tư": 4, "lăm": 5, "bẩy": 7}
)
_TH: Final = _values("หนึ่ง สอง สาม สี่ ห้า หก เจ็ด แปด เก้า") | {"เอ็ด": 1, "ยี่": 2}
_ZH: Final = _values("一 二 三 四 五 六 七 八 九") | {"两": 2, "俩": 2}

_DIGITS: Final = _EN | _ID | _VI | _TH | _ZH
_WHOLE: Final = _EN_WHOLE | _ID_WHOLE
_TEENS: Final = frozenset({"belas"})
"""What makes 13 of 3."""
_TENS: Final = frozenset({"puluh", "mười", "mươi", "muoi", "chục", "chuc", "สิบ", "十"})
_HUNDREDS: Final = frozenset({"hundred", "ratus", "trăm", "tram", "ร้อย", "百"})
ORDINALS: Final = {
    "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10
}  # fmt: skip
"""English ordinals; "first" is seldom meant as a number."""
_MOST: Final = 6
"""Words of the longest number read; one never takes more, and a text of nothing else is read in no time."""


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


def _spaced(words: Iterable[str]) -> str:
    either = _alternatives(words)
    return rf"(?:{either})(?:[ -](?:{either})){{0,{_MOST - 1}}}(?![^\W\d_])"


def _unspaced(words: Iterable[str]) -> str:
    return f"(?:{_alternatives(words)}){{1,{_MOST}}}"


EN: Final = _spaced({*_EN, *_EN_WHOLE, "hundred"})
ID: Final = _spaced({*_ID, *_ID_WHOLE, "belas", "puluh", "ratus"})
VI: Final = _spaced({*_VI, "mười", "mươi", "muoi", "chục", "chuc", "trăm", "tram"})
TH: Final = _unspaced({*_TH, "สิบ", "ร้อย"})
ZH: Final = _unspaced({*_ZH, "十", "百"})
"""Regular expressions without groups, one a language, for a number written in words in a canonical text.

They end where a word ends, but where one begins is for whoever looks for them to say, and beside what: many are also
other words ("ba" is "father", "năm" is "year").
"""

_ALL: Final = sorted({*_DIGITS, *_WHOLE, *_TEENS, *_TENS, *_HUNDREDS})
_WORD: Final = re.compile(_alternatives(_ALL))
_LOOK: Final = AhoCorasick([*_ALL, *ORDINALS], implementation=Implementation.DFA)
_DIGIT: Final = re.compile(r"\d")


def may_count(text: str) -> bool:
    """A quick look at whether a canonical text has a number at all, in figures or in words: most have none."""
    if _DIGIT.search(text):
        return True
    return any(
        # A Latin word stands alone, but for "kedua"; Thai and Chinese write no spaces.
        text[start] >= "\u0e00" or _stands_alone(text, start, end)
        for _, start, end in _LOOK.find_matches_as_indexes(text, overlapping=True)
    )


def _stands_alone(text: str, start: int, end: int) -> bool:
    if end < len(text) and text[end].isalpha():
        return False
    return start == 0 or not text[start - 1].isalpha() or text.endswith("ke", 0, start)


def number_in(words: str) -> int:
    """The number that some words say, of those that the expressions here find: "dua belas" is 12, "bốn lăm" 45.

    What is none of their words counts nothing.
    """
    total, pending = 0, 0
    for word in _WORD.findall(words):
        if word in _WHOLE:
            total += _WHOLE[word]
        elif word in _TEENS:
            total, pending = total + 10 + pending, 0
        elif word in _TENS:
            total, pending = total + 10 * (pending or 1), 0
        elif word in _HUNDREDS:
            total, pending = total + 100 * (pending or 1), 0
        else:
            pending = 10 * pending + _DIGITS[word]
    return total + pending
