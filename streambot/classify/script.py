"""What the letters of a text alone say about its language."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LETTER: Final = re.compile("[A-Za-z]")


def script_of(text: str) -> str:
    """``th``, ``zh``, ``other`` (kana, hangul, …, or no letter at all), or ``latin``, which leaves it open.

    The script with most letters wins, an ideogram counting for two Latin letters; kana makes Han Japanese.
    """
    if text.isascii():
        return "latin" if _LETTER.search(text) else "other"
    counts = {"th": 0, "zh": 0, "other": 0, "latin": 0}
    kana = False
    for char in text:
        if char.isascii():
            counts["latin"] += char.isalpha()
        elif "\u0e00" <= char <= "\u0e7f":
            counts["th"] += 1
        elif "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf" or "\U00020000" <= char <= "\U0003ffff":
            counts["zh"] += 2
        elif char.isalpha():
            name = unicodedata.name(char, "")
            kana = kana or name.startswith(("HIRAGANA", "KATAKANA"))
            counts["latin" if name.startswith("LATIN") else "other"] += 1
    if kana and counts["zh"] + counts["other"] >= counts["latin"]:
        return "other"
    most = max(counts, key=lambda script: counts[script])
    return most if counts[most] else "other"
