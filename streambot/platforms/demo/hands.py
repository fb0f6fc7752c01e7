"""How people type: habits, slips, and the disguises of those who sell elsewhere."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from random import Random
from typing import Final


@dataclass(frozen=True, slots=True)
class Hands:
    """One person's way of typing; ``slips`` and ``tails`` are how often (0 to 1) a comment has a typo or a tail."""

    slips: float = 0.0
    tails: float = 0.0
    lower: bool = False
    toneless: bool = False

    def type(self, text: str, tails: tuple[str, ...], rng: Random) -> str:
        """The text as this person would have typed it."""
        if self.lower:
            text = text.lower()
        if self.toneless:
            text = without_tones(text)
        if rng.random() < self.slips:
            text = _slip(text, rng)
        if tails and rng.random() < self.tails:
            text = f"{text} {rng.choice(tails)}"
        return text


def without_tones(text: str) -> str:
    """Vietnamese as typed in a hurry: no marks, and đ as d."""
    bare = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    return bare.replace("đ", "d").replace("Đ", "D")


def _slip(text: str, rng: Random) -> str:
    """One letter swapped, dropped or doubled; digits and the first letter of a word are left alone."""
    places = [place for place in range(1, len(text) - 1) if all(map(str.isalpha, text[place - 1 : place + 2]))]
    if not places:
        return text
    place = rng.choice(places)
    before, letter, after = text[:place], text[place], text[place + 1 :]
    # A Thai or Chinese character swapped or dropped makes another word; people rather hit a key twice.
    if not letter.isascii():
        return before + letter * 2 + after
    return rng.choice(
        (
            before + after[0] + letter + after[1:],
            before + after,
            before + letter * 2 + after,
        )
    )


_BETWEEN: Final = (" ", ".", "-", "\u200b", "\u200c", "\u2060")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_FULL_WIDTH: Final = {code: code + 0xFEE0 for code in range(ord("!"), ord("~") + 1)}
_CIRCLED: Final = {ord(letter): 0x24D0 + place for place, letter in enumerate(_LETTERS)}
_BOLD: Final = {ord(letter): 0x1D41A + place for place, letter in enumerate(_LETTERS)} | {
    ord("0") + digit: 0x1D7CE + digit for digit in range(10)
}
"""Mathematical bold, the dress of judol accounts."""


def disguise(text: str, rng: Random) -> str:
    """ASCII letters and digits, written so that a plain word filter misses them; one in four stays as it is."""
    match rng.randrange(4):
        case 0:
            return text
        case 1:
            return rng.choice(_BETWEEN).join(text)
    return text.lower().translate(rng.choice((_FULL_WIDTH, _BOLD, _CIRCLED)))
