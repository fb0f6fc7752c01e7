"""A text spelt in pinyin without tones, so that a character, another that sounds alike and the syllable typed are one.

Every character of GB 2312 has one reading, its most frequent: where a text reads it otherwise the disguise is missed,
never an honest word found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from streambot.core.pinyin_table import SYLLABLES
from streambot.core.verdict import Span

_SYLLABLE: Final = re.compile("([a-z]+)([^a-z ]+)")
_HEARTS: Final = "❤♥♡💗💖💕💓💘💝💞🧡💛💚💙💜🖤🤍🤎"
SYLLABLE_OF: Final = {
    char: match[1] for match in _SYLLABLE.finditer(SYLLABLES) for char in match[2] if "\u4e00" <= char <= "\u9fff"
} | dict.fromkeys(_HEARTS, "xin")
"""A character → its syllable; a heart is read 心."""

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


def spelt_places(text: str) -> Sequence[Span]:
    """For each letter of ``spell(text)``, the place of the character it belongs to."""
    places: list[Span] = []
    for at, char in enumerate(text):
        places.extend([(at, at + 1)] * len(_SPELLING[ord(char)] or ""))
    return places
