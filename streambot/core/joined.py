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
_APART: Final = re.compile(
    rf"(?<![^\W_\u4e00-\u9fff]){_LETTER}(?:{_GAP}{_LETTER}){{2,}}(?![^\W_\u4e00-\u9fff]|[{MARK_BMP}])"
)
_MAY_BE_APART: Final = re.compile(rf"[\W_][^\W_][{MARK_BMP}{HIDDEN}]*[\W_]")
_LONE_WORDS: Final = re.compile(r"(?<![^\W_])[^\W_][ ,!?]{1,5}[^\W_][ ,!?]{1,5}[^\W_](?![^\W_])")
_BETWEEN: Final = re.compile(f"(?<=[{_SCRIPT}]) (?=[{_SCRIPT}])")
_GAPS: Final = re.compile(_GAP)
_IN_GAP: Final = re.compile(rf"[^\w{MARK_BMP}{HIDDEN}]|_")
_TWO_LETTERS: Final = re.compile(r"[^\W\d_].*?[^\W\d_]", re.DOTALL)
_DIGIT: Final = re.compile(r"\d")
# Inside a word, where no sentence ends; the sign first, so that all else is passed over quickly.
_INSIDE: Final = re.compile(
    rf"[\W_](?<![{MARK_BMP}{HIDDEN},!?;:])(?:"
    rf"(?<=[^\W\d_{MARK_BMP}{HIDDEN}][^\s/'’。、…])(?:[^\w\s{MARK_BMP},!?;:/'’。、…{HIDDEN}]|_){{0,2}}(?=[^\W_])"
    rf"|(?<=[{MARK_BMP}{HIDDEN}][^\s/'’。、…])(?:[^\w\s{MARK_BMP},!?;:/'’。、…{HIDDEN}]|_){{0,2}}(?=[^\W_])"
    rf"|(?<=[^\W_][^\s_.%…。、])[^\w\s{MARK_BMP},.!?;:%…。、{HIDDEN}]{{0,2}}(?= )"
    rf"|(?<=[0-9][^\s_.])[^\w\s{MARK_BMP},.!?;:{HIDDEN}]{{0,2}}(?=[^\W\d_])"
    rf"|(?<= [^\s_.@#$(])[^\w\s{MARK_BMP},.!?;:@#$({HIDDEN}]{{0,2}}(?=[^\W\d_])"
    rf"|(?<=[{_SCRIPT}][^.。、…])(?:[^\w{MARK_BMP},.!?;:。、…{HIDDEN}]|_){{0,2}}(?=[{_SCRIPT}])"
    r")"
)

# Not sizes and measures ("34c", "12kg", "m55").
_DRAWN: Final = re.compile(
    "[0-9０-９](?:(?<=[０-９])|(?<=[a-z][0-9])[0-9]*[a-z]|(?<![0-9][0-9])[a-z]{3}|(?<=[a-z]{2}[0-9])(?![0-9]))"
)
_MANY: Final = 4
_AMID_OTHER: Final = re.compile(f"{HIDDEN}(?<![{_SCRIPT}{HIDDEN}]{HIDDEN})")


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
    return hidden >= _MANY or (
        hidden > 0 and (text.replace(HIDDEN, " ") != shown or _AMID_OTHER.search(text) is not None)
    )


def _letters_only(run: re.Match[str]) -> str:
    found = run.group()
    if not _TWO_LETTERS.search(found):
        return found
    return _GAPS.sub(_hidden, found) if _DIGIT.search(found) else _IN_GAP.sub(HIDDEN, found)


def _hidden(gap: re.Match[str]) -> str:
    """``HIDDEN`` for what stands between letters; a number keeps what groups its digits."""
    before, after = gap.string[gap.start() - 1], gap.string[gap.end()]
    return gap.group() if before.isdecimal() and after.isdecimal() else HIDDEN * len(gap.group())
