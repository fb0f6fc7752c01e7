"""Disguises and typing noise, made anew at every pass, so the model learns the line and not its spelling.

Only what survives ``canonical`` is here: case, width, invisible characters and long repeats are undone before the
model reads. Benign lines are disguised too, or the disguise itself would become the offence.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from typing import Final

_SEPARATORS: Final = (".", " ", "-", "_", "*", "·", "~", "|", "/", ",", "🔥", "❤", "✨", "⭐")
_LEET: Final = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7", "b": "8", "g": "9", "l": "1|"}
_LOOKALIKES: Final = {
    "a": "аɑ", "c": "сϲ", "e": "еє", "i": "іι", "k": "кκ", "m": "м", "n": "п", "o": "оο", "p": "рρ",
    "s": "ѕ", "t": "тτ", "u": "υ", "x": "хχ", "y": "уγ", "h": "һ", "b": "ь", "v": "ν", "w": "ш",
}  # fmt: skip
_TAILS: Final = (
    "!", "!!", "?", "...", "~", " 😂", " 🔥🔥", " ❤", " 🙏", " 555", " haha", " wkwk", " hihi", " 哈哈", " kak", " ah",
)  # fmt: skip
_SPACELESS: Final = ("\u0e00", "\u0e7f", "\u3400", "\u9fff")


def disguise(text: str, rng: random.Random, *, strength: float) -> str:
    """The text with up to three disguises or slips; each further one with probability ``strength``."""
    for _ in range(3):
        if rng.random() >= strength:
            break
        text = rng.choice(_DISGUISES)(text, rng)
    return text


def _split_word(text: str, rng: random.Random) -> str:
    """A separator between every character of one word, or of a stretch where a script has no spaces."""
    start, end = _stretch(text, rng)
    clusters = _clusters(text[start:end])
    return text[:start] + rng.choice(_SEPARATORS).join(clusters) + text[end:]


def _split_once(text: str, rng: random.Random) -> str:
    start, end = _stretch(text, rng)
    clusters = _clusters(text[start:end])
    if len(clusters) < 2:
        return text
    place = rng.randrange(1, len(clusters))
    return text[:start] + "".join(clusters[:place]) + rng.choice(_SEPARATORS) + "".join(clusters[place:]) + text[end:]


def _leet(text: str, rng: random.Random) -> str:
    return _swap(text, rng, _LEET, share=0.5)


def _lookalikes(text: str, rng: random.Random) -> str:
    return _swap(text, rng, _LOOKALIKES, share=0.6)


def _swap(text: str, rng: random.Random, table: dict[str, str], *, share: float) -> str:
    start, end = _stretch(text, rng)
    swapped = [
        rng.choice(table[char]) if char in table and rng.random() < share else char for char in text[start:end].lower()
    ]
    return text[:start] + "".join(swapped) + text[end:]


def _repeat(text: str, rng: random.Random) -> str:
    if not text:
        return text
    place = rng.randrange(len(text))
    return text[:place] + text[place] * 2 + text[place:] if text[place].isalpha() else text


def _strip_marks(text: str, _rng: random.Random) -> str:
    """Vietnamese as typed without tones. Thai keeps its vowels: without them nobody could read it."""
    kept = [
        char
        for char in unicodedata.normalize("NFD", text)
        if not unicodedata.combining(char) or "\u0e00" <= char <= "\u0e7f"
    ]
    return unicodedata.normalize("NFC", "".join(kept)).replace("đ", "d").replace("Đ", "D")


def _slip(text: str, rng: random.Random) -> str:
    """One character left out, or two swapped."""
    if len(text) < 5:
        return text
    place = rng.randrange(1, len(text) - 1)
    if rng.random() < 0.5:
        return text[:place] + text[place + 1 :]
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _tail(text: str, rng: random.Random) -> str:
    return text.rstrip("?!.。？！") if rng.random() < 0.4 else text + rng.choice(_TAILS)


def _join(text: str, _rng: random.Random) -> str:
    return text.replace(" ", "")


_DISGUISES: Final[tuple[Callable[[str, random.Random], str], ...]] = (
    _split_word, _split_once, _leet, _lookalikes, _repeat, _strip_marks, _slip, _tail, _tail, _join,
)  # fmt: skip


def _stretch(text: str, rng: random.Random) -> tuple[int, int]:
    """Start and end of one word; of 2 to 6 characters of it where the script writes without spaces."""
    places = [index for index, char in enumerate(text) if char.isalnum()]
    if not places:
        return 0, 0
    start = end = rng.choice(places)
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    if end - start > 6 and any(_writes_without_spaces(char) for char in text[start:end]):
        start = rng.randrange(start, end - 5)
        end = start + rng.randint(2, 6)
    return start, end


def _writes_without_spaces(char: str) -> bool:
    return _SPACELESS[0] <= char <= _SPACELESS[1] or _SPACELESS[2] <= char <= _SPACELESS[3]


def _clusters(text: str) -> list[str]:
    """Characters with the marks that sit on them, so that a separator never parts a vowel from its consonant."""
    clusters: list[str] = []
    for char in text:
        if clusters and unicodedata.category(char) in {"Mn", "Mc", "Me"}:
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters
