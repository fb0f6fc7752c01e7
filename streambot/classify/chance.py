"""Whether what a loosened pattern finds can have come together by chance, and what its place must not cut."""

from __future__ import annotations

import re
from typing import Final

from streambot.core.joined import HIDDEN
from streambot.core.loose import THAI_TONES
from streambot.core.verdict import Span

CHINESE: Final = re.compile("[\u4e00-\u9fff]")
MARKED: Final = re.compile("[\u00df-\u024f\u1e00-\u1eff]")
_APART: Final = 3
"""Hidden characters from which a text is written letter by letter."""
_BESIDE: Final = f" ,.;:!?、。{HIDDEN}"
_THAI: Final = re.compile("[\u0e01-\u0e4e]")
_SAID: Final = re.compile(r"[^\w\s\x01]|\Z")
"""Where something is said to its end."""
_SYLLABLE: Final = re.compile(f"[a-z]{HIDDEN}?[a-z]")
_LATIN: Final = re.compile("[^\\W\\d_\u0e00-\uffff]")
_SURE: Final = 6
"""Letters of an alphabet that stand together by chance in no honest text."""
SURE_HAN: Final = 3
_SURE_TONELESS: Final = 8
_SURE_TONELESS_WORDS: Final = 3
_SURE_TONELESS_IN_WORDS: Final = 7


def is_sure(found: str, *, marked: bool) -> bool:
    """Whether so many letters stand there that they cannot have come together by chance.

    ``marked``: the pattern is written with Vietnamese marks, so a text without them proves less.
    """
    han = len(CHINESE.findall(found))
    if han:
        return han >= SURE_HAN
    if thai := len(_THAI.findall(found)):
        return thai - sum(char in THAI_TONES for char in found) >= _SURE
    letters = sum(char.isalnum() for char in found)
    if marked and not MARKED.search(found):
        words = len(found.replace(HIDDEN, " ").split())
        return letters >= _SURE_TONELESS or (letters >= _SURE_TONELESS_IN_WORDS and words >= _SURE_TONELESS_WORDS)
    return letters >= _SURE


def trimmed(text: str, start: int, end: int) -> Span | None:
    """A place without what only stands beside it; None if nothing is left."""
    found = text[start:end]
    start += len(found) - len(found.lstrip(_BESIDE))
    end = start + len(text[start:end].rstrip(_BESIDE))
    return (start, end) if start < end else None


def is_inside_number(text: str, start: int, end: int) -> bool:
    """Whether a place begins or ends in the middle of a number."""
    left = start > 0 and text[start - 1].isdecimal() and text[start].isdecimal()
    return left or (end < len(text) and text[end - 1].isdecimal() and text[end].isdecimal())


def is_inside_word(text: str, start: int, end: int) -> bool:
    """Whether a syllable goes on beside a place, so that another word stands there."""
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    return _LATIN.match(before) is not None or _LATIN.match(after) is not None


def runs_over_a_space(text: str, typed: str, start: int, end: int) -> bool:
    """Whether a space stands in a short place, and the letters beside it are not kept apart as well."""
    if " " not in typed[start:end]:
        return False
    glued = start == 0 or text[start - 1].isalnum()
    if glued and typed[end - 2] == " " and CHINESE.match(text[end - 1]) and _SAID.match(text, end):
        # No word is one character alone at the end of what is said.
        return False
    apart = text[max(0, start - 1) : start] in {"", HIDDEN} and text[end : end + 1] in {"", HIDDEN}
    return not apart or text.count(HIDDEN) < _APART


def is_typed(text: str, start: int, end: int) -> bool:
    """Whether a syllable of a place is typed in Latin letters, amid Chinese."""
    return _SYLLABLE.search(text, start, end) is not None and CHINESE.search(text) is not None


def cuts_word(text: str, start: int, end: int) -> bool:
    """Whether a place begins or ends in the middle of a Latin word."""
    left = start > 0 and _LATIN.match(text[start - 1]) and _LATIN.match(text[start])
    last = text[start:end].rstrip(HIDDEN)[-1:]
    return bool(left or (_LATIN.match(last) and _LATIN.match(text[end : end + 1])))
