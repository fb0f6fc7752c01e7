"""A pattern that also finds its words in disguise, and the letters that such a text must hold.

Every letter may be drawn with a digit, typed without its mark, repeated, and followed by what hides it from the next
(core/joined.py). What a pattern says of the words beside, their ends and their distance stays as its author wrote it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from streambot.core.joined import HIDDEN
from streambot.core.loose import DRAWN, LATIN_BASE, THAI_TONES
from streambot.core.pinyin import as_sounded
from streambot.core.teencode import SPELT

_HIDDEN: Final = f"{HIDDEN}*"
_UNBORNE: Final = f"[{THAI_TONES}{HIDDEN}]*"
_SIGNS: Final = frozenset("!\"#%&',-/;<=>@_`~’")
"""Signs that may be taken for what hides a letter; those that mean something in a pattern are escaped there."""
_GAP: Final = f"[ {HIDDEN}]+"
_LONGEST: Final = max(map(len, SPELT))
_BOUND: Final = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_BEGINS_WORD: Final = re.compile(r"(?:\)|\(\?:)*[^\W\d_]")
_WIDEST: Final = 200
_ONE_LETTER: Final = frozenset("il")
_DRAWN_FOR: Final = {
    letter: "".join(sorted(sign for sign, drawn in DRAWN.items() if drawn == letter)) for letter in set(DRAWN.values())
}


@lru_cache(None)
def _looks(char: str) -> str:
    """What may stand for a letter of a pattern, as the body of a character class."""
    base = LATIN_BASE.get(ord(char), char)
    if not base.isascii() or not base.isalpha():
        return char
    looks = {char, base, *_DRAWN_FOR.get(base, "")}
    if base in _ONE_LETTER:
        looks |= {*_ONE_LETTER, *_DRAWN_FOR["i"]}
    return "".join(sorted(looks))


def loosened(
    pattern: str, *, by_sound: bool = False, teencode: bool = False, far: bool = False, whole: bool = False
) -> str:
    """The pattern for the joined text; it has neither flags nor quoted literals.

    ``by_sound``: for the text's sound (core/pinyin.py); ``teencode``: also as core/teencode.py spells it;
    ``far``: for a text of letters kept apart, which is twice as long; ``whole``: what follows a distance begins a word.
    """
    if by_sound:
        pattern = as_sounded(pattern)
    out: list[str] = []
    at, wide = 0, False
    while at < len(pattern):
        if bound := _BOUND.match(pattern, at):
            out.append(_bound(bound) if wide and far else bound.group())
            at = bound.end()
            if wide and whole and _BEGINS_WORD.match(pattern, at):
                out.append(r"\b")
            continue
        spelt = _spelt(pattern, at) if teencode else ""
        if spelt:
            end, part, wide = at + len(spelt), _in_teencode(pattern[at : at + len(spelt)], spelt), False
        else:
            end, part, wide = _part(pattern, at)
        out.append(part)
        at = end
    return "".join(out)


def _part(pattern: str, at: int) -> tuple[int, str, bool]:
    """Where the part at this place ends, its loosened form, and whether it stands for almost any character."""
    char = pattern[at]
    if char == "\\":
        end = after_escape(pattern, at)
        return end, *_escaped(pattern[at:end])
    if char == "[":
        end = after_class(pattern, at)
        return end, *_class(pattern[at:end])
    if pattern.startswith("(?:", at):
        return at + 3, "(?:", False
    return at + 1, _letter(char), char == "."


def _letter(char: str) -> str:
    if char in THAI_TONES:
        return f"(?:{_UNBORNE})"
    if "\u0e01" <= char <= "\u0e4e":
        return f"(?:{char}+{_UNBORNE})"
    if char.isalpha():
        return f"(?:(?:[{_looks(char)}]{_HIDDEN})+)"
    if char == " ":
        return f"(?:{_GAP})"
    return f"(?:[{re.escape(char)}{HIDDEN}])" if char in _SIGNS else char


def _spelt(pattern: str, at: int) -> str:
    """The letters at this place, without marks, that teencode spells its own way; empty if there are none."""
    bare = pattern[at : at + _LONGEST].translate(LATIN_BASE)
    return next((bare[:length] for length in range(_LONGEST, 0, -1) if bare[:length] in SPELT), "")


def _in_teencode(written: str, bare: str) -> str:
    spellings = {written, *SPELT[bare]}
    forms = ("".join(f"(?:[{_looks(char)}]{_HIDDEN})+" for char in spelling) for spelling in sorted(spellings))
    return f"(?:{'|'.join(forms)})"


def _escaped(escape: str) -> tuple[str, bool]:
    if escape == r"\pL":
        return rf"(?:\pL[\pM{HIDDEN}]*)", False
    if escape.startswith((r"\p", r"\P")):
        return escape, escape[1] == "P"
    return f"(?:[{escape}{HIDDEN}])", False


def _class(written: str) -> tuple[str, bool]:
    """A class, and whether it stands for anything but some signs."""
    body = written[1:-1]
    if body.startswith("^"):
        return written, True
    if "\\" in body or "-" in body or "[" in body:
        return written, False
    if any(char.isalpha() for char in body):
        looks = "".join(sorted({look for char in body for look in (_looks(char) if char.isalpha() else char)}))
        return f"(?:(?:[{_for_class(looks)}]{_HIDDEN})+)", False
    return f"[{_for_class(body)}{HIDDEN}]", False


def _for_class(chars: str) -> str:
    return "".join(f"\\{char}" if char in "\\]^[-" else char for char in chars)


def _bound(bound: re.Match[str]) -> str:
    return f"{{{bound[1]},{min(_WIDEST, 2 * int(bound[2]))}}}" if bound[2] else bound.group()


def after_escape(pattern: str, at: int) -> int:
    """Where the escape at this place of an RE2 pattern ends."""
    if pattern[at + 1 : at + 2] in {"p", "P"} and pattern[at + 2 : at + 3] == "{":
        return pattern.index("}", at) + 1
    return at + (3 if pattern[at + 1 : at + 2] in {"p", "P"} else 2)


def after_class(pattern: str, at: int) -> int:
    """Where the character class at this place of an RE2 pattern ends."""
    at += 2 if pattern.startswith("[^", at) else 1
    if pattern.startswith("]", at):
        at += 1
    while pattern[at] != "]":
        if pattern.startswith("[:", at):
            at = pattern.index(":]", at) + 2
        else:
            at = after_escape(pattern, at) if pattern[at] == "\\" else at + 1
    return at + 1
