"""One text with its letters as a reader takes them, character for character (UTS #39, section 4).

Letters of other scripts inside a Latin word as the Latin ones they are drawn like, framed letters as plain ones,
traditional Chinese characters as simplified, a character written as its two halves as the one it is ("亻言" as 信),
Thai เเ as แ. What fills a second place is ``FILLER``, so a place here is the same place in the canonical text.

A word that is Cyrillic or Greek throughout stays so, unless every letter of it could be Latin.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from streambot.core.confusables import LOOK_ALIKE, STYLED
from streambot.core.traditional import SIMPLIFIED, TRADITIONAL

FILLER: Final = "\0"
"""Stands where two characters became one; the canonical text has none."""

# What serves for a letter between letters, and is nothing else.
_EMOJI_LETTERS: Final = {"o": "⭕", "x": "❌✖", "k": "ĸ"}


def _by_char(table: Mapping[str, str]) -> dict[str, str]:
    return {char: letter for letter, chars in table.items() for char in chars}


_STYLED: Final = _by_char(STYLED) | _by_char(_EMOJI_LETTERS)
_PLAIN: Final = str.maketrans(_STYLED | dict(zip(TRADITIONAL, SIMPLIFIED, strict=True)))
_LATIN_OF: Final = {char: letter for char, letter in _by_char(LOOK_ALIKE).items() if char not in _STYLED}
_LATIN: Final = str.maketrans(_LATIN_OF)


def _char_class(chars: str) -> str:
    # Astral characters in a class make it slow for all: any of them is worth the closer look.
    return "".join(re.escape(char) for char in chars if char < "\U00010000") + "\U00010000-\U0001ffff"


_MAY_BE_PLAIN: Final = re.compile(f"[{_char_class(''.join(_STYLED) + TRADITIONAL)}]")
_MAY_BE_LATIN: Final = re.compile(f"[{_char_class(''.join(_LATIN_OF))}]")
# Single characters with spaces between are one word pulled apart.
_WORD: Final = re.compile(r"(?<!\S)\S(?: \S)+(?!\S)|\S+")
_ASCII_LETTER: Final = re.compile("[a-z]")
_WHOLE_WORD: Final = 5
"""Letters from which a word that could be Latin throughout is read so: shorter ones are real words ("рот", "сок")."""

# Two halves and their whole: what hardly ever stands side by side for its own sake ("给力口红" does).
_HALVES: Final = {
    "亻言": "信", "亻弋": "代", "亻方": "仿", "亻尔": "你", "亻也": "他", "力口": "加", "贝者": "赌",
    "十尃": "博", "氵主": "注", "石马": "码", "君羊": "群", "钅戋": "钱", "耳关": "联", "马扁": "骗",
    "亻叚": "假", "采彡": "彩", "西示": "票", "代贝": "贷", "禾厶": "私", "耳卯": "聊", "扌彐": "扫",
    "扌口": "扣", "歹戋": "残", "贝戋": "贱", "扌喿": "操", "女马": "妈", "亻直": "值", "目艮": "眼",
    "讠寸": "讨", "纟工": "红", "亻介": "价",
}  # fmt: skip
_HALF: Final = re.compile("|".join(_HALVES).replace("力口", "力口(?=[微薇威徽vwq我扣群])") + "|เเ")


def _whole(halves: re.Match[str]) -> str:
    return _HALVES.get(halves.group(), "แ") + FILLER


def skeleton(text: str) -> str:
    """The skeleton of a canonical text: as many characters, each what it is drawn like."""
    if text.isascii():
        return text
    if _MAY_BE_PLAIN.search(text):
        text = text.translate(_PLAIN)
    if _MAY_BE_LATIN.search(text):
        text = _WORD.sub(_latin_word, text)
    return _HALF.sub(_whole, text) if _HALF.search(text) else text


def _latin_word(match: re.Match[str]) -> str:
    word = match.group()
    if word.isascii() or not _MAY_BE_LATIN.search(word):
        return word
    latin = word.translate(_LATIN)
    if _ASCII_LETTER.search(word):
        return latin
    letters = [char for char in latin if char.isalpha()]
    return latin if len(letters) >= _WHOLE_WORD and "".join(letters).isascii() else word
