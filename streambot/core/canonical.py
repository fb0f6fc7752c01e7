"""The one reading of a text that the model and every matcher share.

Order (UTS #15, ENGINE.md C3): clamp, drop what nobody sees, at most three marks a base, NFKC of the whole string,
casefold, squeeze repeats, collapse spaces; again until nothing changes, so the result is a fixed point. Marks are
limited before NFKC because it sorts a run of marks in quadratic time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import count
from typing import Final

VISIBLE_LIMIT: Final = 2000
"""Code points of a comment that rules and model look at; a longer one goes to a person (``too_long``)."""
MARKS_PER_BASE: Final = 3
"""Thai stacks two, Vietnamese in NFD two; what stacks more is decoration."""
_NFKC_GROWTH: Final = 6
"""The most code points that NFKC makes of one, U+FDFA apart."""
_SWELLING: Final = re.compile("[\u3300-\u33ff\ufdfa\ufdfb]")
"""Whole words in one code point, which NFKC spells out in up to 18."""
_MOST_SWELLING: Final = 50
_REMEMBERED: Final = 256
"""Texts whose reading is kept: matcher, history, cache and model ask for the same one within moments."""

_BLANK_LETTERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u20e3\u2800\u3164\uffa0")
"""Fillers, joiners, selectors and the keycap: they print no sign of their own, yet are no format characters."""
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


def char_class(chars: Iterable[str]) -> str:
    """The body of a regular expression's character class for these characters, given in order."""
    runs: list[list[int]] = []
    for code in map(ord, chars):
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in runs)


# Planes 0 and 1 and the tags: nothing elsewhere is a mark or a format character.
_CANDIDATES: Final = [chr(code) for block in (range(0x20000), range(0xE0000, 0xE0200)) for code in block]
_UNSEEN: Final = list(filter(_is_unseen, _CANDIDATES))
_MARKS: Final = list(filter(_is_mark, _CANDIDATES))
UNSEEN_CHARS: Final = frozenset(_UNSEEN)
MARK_CHARS: Final = frozenset(_MARKS)
_ASTRAL: Final = "\U00010000"
MARK_BMP: Final = char_class(char for char in _MARKS if char < _ASTRAL)
"""The marks of plane 0, for a character class: testing a character against all marks is slow."""

UNSEEN: Final = re.compile(f"[{char_class(_UNSEEN)}]+")
"""What nobody sees: format and control characters, selectors, tags, fillers, lone surrogates."""
# Single astral ranges make a class slow for all: a tag or a musical sign is worth the closer look.
_MAY_BE_UNSEEN: Final = re.compile(
    f"[{char_class(char for char in _UNSEEN if char < _ASTRAL)}\\U00011000-\\U0001d1ff\\U000e0000-\\U000e0fff]"
)
PILE: Final = re.compile(
    f"(?=[{MARK_BMP}\\U00010000-\\U0010ffff])([{char_class(_MARKS)}]{{{MARKS_PER_BASE}}})[{char_class(_MARKS)}]+"
)
"""A base's marks, the first three of them as group 1; a quick look first, for the class of all marks is slow."""
# Four marks or astral letters in a row are rare; no emoji is a mark.
_MAY_PILE: Final = re.compile(f"[{MARK_BMP}\\U00010000-\\U0001efff]{{{MARKS_PER_BASE + 1}}}")
_OVERRIDE: Final = "\u202e"
_MOST_WEIGHED: Final = 16
"""Overrides whose marks are looked at: an honest text has one or two."""
_OVERRIDDEN: Final = re.compile(f"{_OVERRIDE}([^{_OVERRIDE}\u202c\n]*)")
_MARK: Final = re.compile(f"[{char_class(_MARKS)}]")
_WITH_MARKS: Final = re.compile(f"(?s:.)[{char_class(_MARKS)}]*")
# Behind neither a Thai consonant, nor another letter, nor a mark that is borne itself.
_UNBORNE: Final = re.compile(f"[{char_class(_MARKS)}](?s:(?<![\u0e01-\u0e2e{MARK_BMP}].)(?<![^\\W\\d_\u0e01-\u0e4e].))")
HAN_DIGITS: Final = "〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖貳參陸"
# Of two that are alike it is asked what they are, not of every character.
REPEAT: Final = re.compile(rf"(.)\1(?<![\d{HAN_DIGITS}])\1+", re.DOTALL)
"""Three or more of one character that is not a digit in any script."""


# One sign for "(a)" or "(1)", which NFKC spells out in three: the letter is meant.
_BRACKETED: Final = {
    code: unicodedata.normalize("NFKC", chr(code)).strip("()")
    for code in (*range(0x2474, 0x2488), *range(0x249C, 0x24B6), *range(0x1F110, 0x1F12A))
}
_MAY_BE_BRACKETED: Final = re.compile("[\u2474-\u2487\u249c-\u24b5\U0001f110-\U0001f129]")


def clamp(text: str) -> str:
    """The part of a text that is looked at: 2,000 code points, fewer if many of them are words in disguise."""
    text = text[:VISIBLE_LIMIT]
    if not text.isascii() and len(swelling := list(_SWELLING.finditer(text))) > _MOST_SWELLING:
        text = text[: swelling[_MOST_SWELLING].start()]
    return text


def shown_order(text: str) -> list[int] | None:
    """The places of a text's characters in the order in which they are shown; None if that is how they stand.

    A right-to-left override (UAX #9) shows the letters after it from the last to the first: "\u202eenil" is "line".
    """
    if _OVERRIDE not in text:
        return None
    order: list[int] = []
    at = 0
    for number, run in enumerate(_OVERRIDDEN.finditer(text)):
        order.extend(range(at, run.start(1)))
        end = run.end(1)
        for part in _from_the_end(run[1], weighed=number < _MOST_WEIGHED):
            order.extend(range(end - len(part), end))
            end -= len(part)
        at = run.end(1)
    order.extend(range(at, len(text)))
    return order


def _as_shown(text: str) -> str:
    number = count()
    return _OVERRIDDEN.sub(
        lambda run: _OVERRIDE + "".join(_from_the_end(run[1], weighed=next(number) < _MOST_WEIGHED)), text
    )


def _from_the_end(text: str, *, weighed: bool) -> Sequence[str]:
    """The parts of a text from the last to the first, a mark behind the letter that bears it (UAX #9, L3).

    A run that was turned character by character has its marks before their letters, and is turned back so if
    ``weighed``.
    """
    turned = text[::-1]
    if not weighed or turned.isascii() or not _MARK.search(turned):
        return turned
    by_letter = _WITH_MARKS.findall(text)[::-1]
    # Where fewer marks stand behind nothing that bears one.
    return min(turned, by_letter, key=lambda parts: len(_UNBORNE.findall(" " + "".join(parts))))


@lru_cache(_REMEMBERED)
def canonical(text: str) -> str:
    """The text as model and matchers read it: at most 2,000 code points of it, folded, without what is invisible.

    Thai and Vietnamese marks stay, digits are never squeezed ("1000"). ``canonical(canonical(t)) == canonical(t)``.
    """
    text = clamp(text)
    return folded(_as_shown(text) if _OVERRIDE in text else text)


def folded(text: str) -> str:
    """:func:`canonical` of a part of a text that stands in the order in which it is shown."""
    text = _fold(text)
    # What is left to do after one fold only NFKC and casefold can have left.
    while not text.isascii() and normalised(text) != text:
        text = _fold(text)
    return text


def is_cut(text: str) -> bool:
    """Whether the text has more than ``canonical`` looks at, as written or once ligatures are spelt out."""
    if len(text) > VISIBLE_LIMIT or len(clamp(text)) < len(text):
        return True
    return len(text) * _NFKC_GROWTH > VISIBLE_LIMIT and len(canonical(text)) >= VISIBLE_LIMIT - 1


def _fold(text: str) -> str:
    seen = tidy(text)
    text = normalised(seen)
    if not text.isascii() and text != seen:
        text = tidy(text)
    return REPEAT.sub(r"\1\1", " ".join(text.split()))


def tidy(text: str) -> str:
    """The text without what nobody sees and without piles of marks."""
    if text.isascii():
        return text if text.isprintable() else UNSEEN.sub("", text)
    if _MAY_BE_UNSEEN.search(text):
        text = UNSEEN.sub("", text)
    if _MAY_PILE.search(text):
        text = PILE.sub(r"\1", text)
    return text


def normalised(text: str) -> str:
    """NFKC of the casefolded NFKC (Unicode 15, D146), cut to 2,000 code points."""
    if text.isascii():
        return text.lower()
    if _MAY_BE_BRACKETED.search(text):
        text = text.translate(_BRACKETED)
    folded = unicodedata.normalize("NFKC", text)[:VISIBLE_LIMIT].casefold()
    return unicodedata.normalize("NFKC", folded)[:VISIBLE_LIMIT]
