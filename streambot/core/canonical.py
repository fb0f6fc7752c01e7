"""The one reading of a text that the model and every matcher share.

Order (UTS #15, ENGINE.md C3): clamp, drop what nobody sees, at most three marks a base, NFKC of the whole string,
casefold, squeeze repeats, collapse spaces; again until nothing changes, so the result is a fixed point. Marks are
limited before NFKC because it sorts a run of marks in quadratic time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

VISIBLE_LIMIT: Final = 2000
"""Code points of a comment that rules and model look at; a longer one goes to a person (``too_long``)."""
MARKS_PER_BASE: Final = 3
"""Thai stacks two, Vietnamese in NFD two; what stacks more is decoration."""
_NFKC_GROWTH: Final = 18
"""The most code points that NFKC makes of one (U+FDFA)."""

_BLANK_LETTERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Fillers, joiners and selectors that print nothing although they are not format characters."""
_SPACE_CONTROLS: Final = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85")


def _is_unseen(char: str) -> bool:
    category = unicodedata.category(char)
    return (
        category in {"Cf", "Cs"}
        or (category == "Cc" and char not in _SPACE_CONTROLS)
        or 0xFE00 <= ord(char) <= 0xFE0F
        or 0xE0100 <= ord(char) <= 0xE01EF
        or char in _BLANK_LETTERS
    )


def _is_mark(char: str) -> bool:
    category = unicodedata.category(char)
    return category in {"Mn", "Me"} or (category == "Mc" and unicodedata.combining(char) > 0)


def char_class(wanted: Callable[[str], bool], *planes: range) -> str:
    """The body of a regular expression's character class for the wanted code points of these ranges."""
    runs: list[list[int]] = []
    for code in (code for plane in planes for code in plane):
        if wanted(chr(code)):
            if runs and runs[-1][1] == code - 1:
                runs[-1][1] = code
            else:
                runs.append([code, code])
    return "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in runs)


_BMP: Final = range(0x10000)
_ASTRAL: Final = range(0x10000, 0x20000)
_TAGS: Final = range(0xE0000, 0xE0200)
MARK_BMP: Final = char_class(_is_mark, _BMP)
_MARK: Final = MARK_BMP + char_class(_is_mark, _ASTRAL, _TAGS)

UNSEEN: Final = re.compile(f"[{char_class(_is_unseen, _BMP, _ASTRAL, _TAGS)}]+")
"""What nobody sees: format and control characters, selectors, tags, fillers, lone surrogates."""
PILE: Final = re.compile(f"([{_MARK}]{{{MARKS_PER_BASE}}})[{_MARK}]+")
"""A base's marks, the first three of them as group 1."""
# Testing a character against all astral marks is slow; four marks or astral characters in a row are rare.
_MAY_PILE: Final = re.compile(f"[{MARK_BMP}\\U00010000-\\U000effff]{{{MARKS_PER_BASE + 1}}}")
REPEAT: Final = re.compile(r"(\D)\1\1+")
"""Three or more of one character that is not a digit."""


def canonical(text: str) -> str:
    """The text as model and matchers read it: at most 2,000 code points of it, folded, without what is invisible.

    Thai and Vietnamese marks stay, digits are never squeezed ("1000"). ``canonical(canonical(t)) == canonical(t)``.
    """
    text = text[:VISIBLE_LIMIT]
    while (folded := _fold(text)) != text:
        text = folded
    return text


def is_cut(text: str) -> bool:
    """Whether the text has more than ``canonical`` looks at, as written or once ligatures are spelt out."""
    if len(text) > VISIBLE_LIMIT:
        return True
    return len(text) * _NFKC_GROWTH > VISIBLE_LIMIT and len(normalised(tidy(text))) >= VISIBLE_LIMIT


def _fold(text: str) -> str:
    text = " ".join(tidy(normalised(tidy(text))).split())
    return REPEAT.sub(r"\1\1", text) if REPEAT.search(text) else text


def tidy(text: str) -> str:
    """The text without what nobody sees and without piles of marks."""
    if UNSEEN.search(text):
        text = UNSEEN.sub("", text)
    if not text.isascii() and _MAY_PILE.search(text):
        text = PILE.sub(r"\1", text)
    return text


def normalised(text: str) -> str:
    """NFKC of the casefolded NFKC (Unicode 15, D146), cut to 2,000 code points."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text)[:VISIBLE_LIMIT].casefold()
    return unicodedata.normalize("NFKC", folded)[:VISIBLE_LIMIT]
