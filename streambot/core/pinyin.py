"""A text spelt in pinyin without tones, so that a character, another that sounds alike and the syllable typed are one.

Every character of GB 2312 has one reading, its most frequent: where a text reads it otherwise the disguise is missed,
never an honest word found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from streambot.core.joined import HIDDEN
from streambot.core.pinyin_table import SYLLABLES
from streambot.core.verdict import Span

_SYLLABLE: Final = re.compile("([a-z]+)([^a-z ]+)")
_HEARTS: Final = "❤♥♡💗💖💕💓💘💝💞🧡💛💚💙💜🖤🤍🤎"
SYLLABLE_OF: Final = {
    char: match[1] for match in _SYLLABLE.finditer(SYLLABLES) for char in match[2] if "\u4e00" <= char <= "\u9fff"
} | dict.fromkeys(_HEARTS, "xin")
"""A character → its syllable; a heart is read 心."""

_THINGS: Final = frozenset("它她壹贰叁肆伍陆柒捌玖")
"""Sound like a word that honest talk is full of: no threat is aimed at a thing, 壹 is never "a"."""
SOUND_OF: Final = dict[str, str]()
"""A syllable → the character that stands for all that sound like it."""
for _char, _syllable in SYLLABLE_OF.items():
    SOUND_OF.setdefault(_syllable, _char)
_SOUNDS: Final = {ord(char): SOUND_OF[syllable] for char, syllable in SYLLABLE_OF.items() if char not in _THINGS}
_TYPED: Final = re.compile(f"(?<![a-z])[a-z](?:{HIDDEN}?[a-z]){{1,23}}(?![a-z])")
_BETWEEN: Final = re.compile(f"(?<=[\u4e00-\u9fff{HIDDEN}]) (?=[\u4e00-\u9fff])")
_LONGEST: Final = max(map(len, SOUND_OF))

_KEPT: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


class _Spelling(dict[int, str | None]):
    """Code point → how it is spelt; what is neither Chinese nor a Latin letter or digit is left out."""

    def __missing__(self, code: int) -> str | None:
        return None


_SPELLING: Final = _Spelling(
    {ord(char): syllable for char, syllable in SYLLABLE_OF.items()} | {ord(char): char for char in _KEPT}
)


def spell(text: str) -> str:
    """A skeleton spelt in pinyin: syllables and Latin letters side by side, nothing between."""
    return text.translate(_SPELLING)


def sounded(text: str) -> str:
    """A joined text with one character for all that sound alike, and for a syllable typed; place for place."""
    return _BETWEEN.sub(HIDDEN, _TYPED.sub(_typed, as_sounded(text)))


def as_sounded(text: str) -> str:
    """A text, or a pattern, with one character for all that sound alike."""
    return text.translate(_SOUNDS)


def _typed(word: re.Match[str]) -> str:
    """A word that is nothing but syllables, each as its character and ``HIDDEN``; any other as it is."""
    letters = word.group().replace(HIDDEN, "")
    read = [HIDDEN] * len(word.group())
    places = [at for at, char in enumerate(word.group()) if char != HIDDEN]
    at = 0
    while at < len(letters):
        for length in range(min(_LONGEST, len(letters) - at), 0, -1):
            if (char := SOUND_OF.get(letters[at : at + length])) is not None:
                read[places[at]] = char
                at += length
                break
        else:
            return word.group()
    return "".join(read)


def spelt_places(text: str) -> Sequence[Span]:
    """For each letter of ``spell(text)``, the place of the character it belongs to."""
    return [(at, at + 1) for at, spelt in enumerate(map(_SPELLING.__getitem__, map(ord, text))) for _ in spelt or ""]
