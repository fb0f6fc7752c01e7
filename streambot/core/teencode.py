"""Vietnamese as the young type it: f for ph, w for qu, j for gi and i, z for d, k for c and kh, p for b.

Such a text is told by letters that Vietnamese does not have; then words are compared by ``teen_key``, which is the same
for both spellings.
"""

from __future__ import annotations

import re
from typing import Final

SPELT: Final = {
    "ngh": ("ngh", "ng", "g"),
    "ng": ("ng", "g"),
    "ph": ("ph", "f"),
    "qu": ("qu", "w", "q"),
    "gi": ("gi", "j", "z"),
    "kh": ("kh", "k"),
    "ch": ("ch", "ck", "k"),
    "nh": ("nh", "nk", "n"),
    "th": ("th", "t"),
    "d": ("d", "z"),
    "c": ("c", "k"),
    "i": ("i", "j"),
    "y": ("y", "i", "j"),
    "b": ("b", "p"),
    "v": ("v", "z"),
    "x": ("x", "s"),
}
"""Letters without marks → how they are typed, the long before the short."""

_FOLDED: Final = (
    ("ngh", "g"), ("ng", "g"), ("ph", "f"), ("qu", "w"), ("gi", "i"), ("kh", "k"), ("ch", "k"), ("ck", "k"),
    ("nh", "n"), ("nk", "n"), ("th", "t"),
)  # fmt: skip
_LETTERS: Final = str.maketrans("dcqjybvx", "zkwiipzs")
_STRANGE: Final = re.compile("[jz]")
# f and w, "ck" and "nk", a k before a or o, a g that ends a syllable without its n.
_STRANGE_AMID_MARKS: Final = re.compile(
    r"[fw]|[cn]k|k[aouăâôơư\u1ea0-\u1eb7\u1ecc-\u1ef1]|[aeiouyăâđêôơư\u1ea0-\u1ef9]g(?![^\W\d_])"
)
_MARKED: Final = re.compile("[ăâđêôơư\u1ea0-\u1ef9]")


def teen_key(loose: str) -> str:
    """The same for a word of the loose reading however it is spelt."""
    for letters, letter in _FOLDED:
        loose = loose.replace(letters, letter)
    return loose.translate(_LETTERS)


def may_be_teencode(text: str) -> bool:
    """Whether a text has letters that Vietnamese has not; f and w tell only beside Vietnamese marks."""
    if _STRANGE.search(text):
        return True
    return not text.isascii() and _MARKED.search(text) is not None and _STRANGE_AMID_MARKS.search(text) is not None
