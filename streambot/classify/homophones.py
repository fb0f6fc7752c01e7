"""Terms written with characters that sound alike, or with the syllables themselves: 加威信, jia wei xin, 加wei信.

Only for terms that ask for it (the view ``pinyin``). A homophone alone proves little, so one of the term's own
characters must stand ("加薇信"), or three must sound alike in a row; syllables must be whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from streambot.core.pinyin import SYLLABLE_OF, spell
from streambot.core.verdict import Span

_SENTENCE_BREAK: Final = re.compile(r"[,!?;:。、…/]|\.\s|\n")
_LATIN: Final = re.compile("[a-z0-9]")
_LEAST_TYPED: Final = 6
"""Letters of a term typed wholly in pinyin: shorter ones are words of other languages."""
_LEAST_TYPED_AMID: Final = 5
"""Amid Chinese."""
_LEAST_TYPED_APART: Final = 4
"""Letter by letter: nobody writes another language's words so."""
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_ENOUGH: Final = 2
_SURE: Final = 3


@dataclass(frozen=True, slots=True)
class Spelt:
    """A Chinese term as its syllables; Latin letters in it stand for themselves."""

    key: str
    units: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, text: str) -> Spelt | None:
        """The term's spelling; None if a character of it has none, or it is too short to be told by its sound."""
        letters = [char for char in text if char.isalnum()]
        units = tuple((char, SYLLABLE_OF.get(char, char)) for char in letters)
        if not all(syllable.isascii() for _, syllable in units):
            return None
        sounding = sum(char != syllable for char, syllable in units)
        return cls(spell(text), units) if sounding and len(units) >= _ENOUGH else None


def find_homophone(spelt: Spelt, text: str, places: Sequence[Span], start: int, end: int) -> Span | None:
    """Where in a skeleton the term stands by its sound and not as written, given the letters that spell it.

    They may spell one, as ``may_sound`` says.
    """
    first, last = places[start][0], places[end - 1][1]
    kept = sounding = typed = 0
    at = start
    for char, syllable in spelt.units:
        covered = places[at : at + len(syllable)]
        seen = text[covered[0][0]]
        if char == syllable:
            kept += seen == char
        elif _LATIN.match(seen):
            if any(not _LATIN.match(text[place[0]]) for place in covered):
                return None
            typed += 1
        elif len(set(covered)) > 1 or SYLLABLE_OF.get(seen) != syllable:
            return None
        elif seen == char:
            kept += _ENOUGH
        else:
            sounding += 1
        at += len(syllable)
    if typed and not sounding and kept < _ENOUGH:
        amid = _HAN.search(text) is not None
        apart = last - first >= 2 * len(spelt.key) - 1
        least = _LEAST_TYPED_APART if apart else _LEAST_TYPED_AMID if amid else _LEAST_TYPED
        return (first, last) if len(spelt.key) >= least else None
    if not typed and not sounding:
        return None
    return (first, last) if kept >= _ENOUGH or sounding + typed >= _SURE else None


def may_sound(text: str, places: Sequence[Span], start: int, end: int) -> bool:
    """Whether such letters may spell a term: they are whole words or characters, with no end of a sentence between."""
    no_break = _SENTENCE_BREAK.search(text, places[start][0], places[end - 1][1]) is None
    return no_break and _is_whole(text, places, start, end)


def _is_whole(text: str, places: Sequence[Span], start: int, end: int) -> bool:
    """Whether the place begins and ends with a whole character, or a whole word of Latin letters."""
    if start and places[start - 1] == places[start]:
        return False
    if end < len(places) and places[end] == places[end - 1]:
        return False
    first, last = places[start][0], places[end - 1][1]
    before, after = text[first - 1 : first] if first else "", text[last : last + 1]
    left = before.isascii() and before.isalpha() and _LATIN.match(text[first]) is not None
    right = after.isascii() and after.isalpha() and _LATIN.match(text[last - 1]) is not None
    return not (left or right)
