"""A skeleton with what was put between the letters of a word told apart from what stands between words.

For patterns: "c.h.e.a.p", "c h e a p" and "加 微 信" become letters with ``HIDDEN`` between, place for place.
A pattern that lets ``HIDDEN`` follow every letter (classify/loosened.py) finds the word, and its place is the text's.
"""

from __future__ import annotations

import re
from typing import Final

from streambot.core.canonical import MARK_BMP
from streambot.core.loose import DECORATION
from streambot.core.skeleton import FILLER

HIDDEN: Final = "\x01"
"""Stands for what hides a letter from its neighbour; the canonical text has none."""

_LETTER: Final = rf"[^\W_][{MARK_BMP}{HIDDEN}]*"
_GAP: Final = rf"(?:[^\w{MARK_BMP}{HIDDEN}]|_){{1,5}}"
_SCRIPT: Final = "\u0e01-\u0e4e\u4e00-\u9fff"
"""Thai and Chinese: no spaces between words."""

_NO_LETTER: Final = re.compile(f"[{DECORATION}{FILLER}]")
# Letter by letter, whatever stands between; three or more, or two that write no spaces.
_APART: Final = re.compile(rf"(?<![^\W_]){_LETTER}(?:{_GAP}{_LETTER}){{2,}}(?![^\W_{MARK_BMP}])")
_MAY_BE_APART: Final = re.compile(rf"(?<![^\W_]){_LETTER}{_GAP}{_LETTER}{_GAP}{_LETTER}(?![^\W_{MARK_BMP}])")
_LONE_WORDS: Final = re.compile(r"(?<![^\W_])[^\W_][ ,!?]{1,5}[^\W_][ ,!?]{1,5}[^\W_](?![^\W_])")
_BETWEEN: Final = re.compile(f"(?<=[{_SCRIPT}]) (?=[{_SCRIPT}])")
_GAPS: Final = re.compile(_GAP)
# Inside a word, where no sentence ends.
_INSIDE: Final = re.compile(
    rf"(?:(?<=[^\W\d_])|(?<=[{MARK_BMP}{HIDDEN}]))(?:[^\w\s{MARK_BMP},!?;:/'’。、…{HIDDEN}]|_){{1,3}}(?=[^\W_])"
    rf"|(?<=[^\W_])[^\w\s{MARK_BMP},.!?;:%…。、{HIDDEN}]{{1,3}}(?= )"
    rf"|(?<=[0-9])[^\w\s{MARK_BMP},.!?;:{HIDDEN}]{{1,3}}(?=[^\W\d_])"
    rf"|(?<= )[^\w\s{MARK_BMP},.!?;:@#$({HIDDEN}]{{1,3}}(?=[^\W\d_])"
    rf"|(?<=[{_SCRIPT}])(?:[^\w{MARK_BMP},.!?;:。、…{HIDDEN}]|_){{1,3}}(?=[{_SCRIPT}])"
)

# Not sizes and measures ("34c", "12kg", "m55").
_DRAWN: Final = re.compile("[a-z][0-9]+[a-z]|[０-９]|(?<![0-9])[0-9][a-z]{3}|[a-z]{2}[0-9](?![0-9])")
_MANY: Final = 4


def joined(text: str) -> str:
    """What ``serving`` gives, with ``HIDDEN`` for every character that only keeps the letters of a word apart."""
    plain = text
    for sign in " ,!?":
        plain = plain.replace(sign, "")
    if plain.isalnum() and not _LONE_WORDS.search(text):
        return text if text.isascii() or " " not in text else _BETWEEN.sub(HIDDEN, text)
    if not text.isascii():
        text = _NO_LETTER.sub(HIDDEN, text)
    if _MAY_BE_APART.search(text):
        text = _APART.sub(_letters_only, text)
    return _INSIDE.sub(lambda gap: HIDDEN * len(gap.group()), text)


def is_odd(text: str, shown: str) -> bool:
    """Whether the joined text of what ``shown`` gives holds more than Thai and Chinese words with a space between."""
    if text.replace(" ", "").isalpha():
        return False
    if _DRAWN.search(text):
        return True
    hidden = text.count(HIDDEN)
    return hidden >= _MANY or (hidden > 0 and (text.isascii() or text.replace(HIDDEN, " ") != shown))


def _letters_only(run: re.Match[str]) -> str:
    found = run.group()
    if sum(char.isalpha() for char in found) < 2:
        return found
    return _GAPS.sub(_hidden, found)


def _hidden(gap: re.Match[str]) -> str:
    """``HIDDEN`` for what stands between letters; a number keeps what groups its digits."""
    before, after = gap.string[gap.start() - 1], gap.string[gap.end()]
    return gap.group() if before.isdecimal() and after.isdecimal() else HIDDEN * len(gap.group())
