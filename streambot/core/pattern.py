r"""What a pack's RE2 patterns may not hold: ``\b``, ``\w`` and ``\d`` mean ASCII there, and miss every other script.

``\bgiá\b`` misses "giá đó" and ``\d`` misses "３", silently; each is refused with the form that says it for all.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from streambot.core.told import Told

_UNICODE_FORM: Final = {
    "b": r"(?:^|[^\pL\pM\pN]) before and (?:$|[^\pL\pM\pN]) after",
    "B": r"[\pL\pM\pN] on both sides",
    "w": r"[\pL\pM\pN_]",
    "W": r"[^\pL\pM\pN_]",
    "d": r"\p{Nd}",
    "D": r"\P{Nd}",
}


def check_pattern(pattern: str) -> str:
    """The pattern in NFKC, as the text is that it must match. Raises ValueError with the form to use instead."""
    at = 0
    while (at := pattern.find("\\", at)) != -1:
        escaped = pattern[at + 1 : at + 2]
        if escaped in _UNICODE_FORM and escaped:
            raise ValueError(
                Told(
                    "pattern_ascii",
                    "{sign} knows ASCII only in RE2: write {so}",
                    sign=f"\\{escaped}",
                    so=_UNICODE_FORM[escaped],
                )
            )
        if escaped == "Q":
            at = _end_of_literal(pattern, at)
            continue
        at += 2
    for char in pattern:
        folded = unicodedata.normalize("NFKC", char)
        if not char.isascii() and folded.isascii():
            raise ValueError(
                Told(
                    "pattern_folded",
                    "{sign} is {so} in the canonical text: write that, escaped where RE2 needs it",
                    sign=repr(char),
                    so=repr(folded),
                )
            )
    return unicodedata.normalize("NFKC", pattern)


def _end_of_literal(pattern: str, at: int) -> int:
    end = pattern.find("\\E", at)
    return len(pattern) if end == -1 else end + 2
