r"""The letters that a pattern cannot do without: a text that holds none of them need not be searched for it.

``cures?[^.]{0,9} (?:cancer|diabetes)`` needs one of " cancer", " diabetes". Looking for thousands of such words takes
one pass (Aho-Corasick), while a state machine of hundreds of patterns with gaps grows past every memory. The idea is
that of Google Code Search's trigram query (R. Cox, "Regular Expression Matching with a Trigram Index", 2012).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final

from streambot.classify.loosened import after_class, after_escape

MOST_TEXTS: Final = 64
"""Texts that a part of a pattern may stand for before it is taken as open."""
_LEAST_LATIN: Final = 3
_LEAST_OTHER: Final = 1
"""Letters that a needed text must have: of Han and emoji one is as rare as three of an alphabet."""
_NOTHING: Final = frozenset({""})
_STARTS_ELSEWHERE: Final = 0x2E80
_REMEMBERED: Final = 8192
"""Patterns looked into once: the packs of all sites share most."""


@dataclass(frozen=True, slots=True)
class _Part:
    """``texts``: all that the part can match, None if they are too many; ``needed``: one of each is in every match."""

    texts: frozenset[str] | None
    needed: tuple[frozenset[str], ...] = ()

    def all_needed(self) -> tuple[frozenset[str], ...]:
        return (*self.needed, self.texts) if self.texts and "" not in self.texts else self.needed

    def best(self) -> frozenset[str] | None:
        # The rarest: of those long enough, the one whose shortest text is the longest; of equals the smallest.
        return min(
            self.all_needed(),
            key=lambda texts: (not _are_long(texts), -min(map(len, texts)), len(texts)),
            default=None,
        )


_OPEN: Final = _Part(None)
_EMPTY: Final = _Part(_NOTHING)


def branches(pattern: str) -> Sequence[str]:
    """The alternatives of an RE2 pattern at its top; one with flags or quoted literals is left whole."""
    if not is_plain(pattern):
        return [pattern]
    cuts, depth, at = [-1], 0, 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at = after_escape(pattern, at)
            continue
        if char == "[":
            at = after_class(pattern, at)
            continue
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            cuts.append(at)
        at += 1
    return [pattern[start + 1 : end] for start, end in zip(cuts, [*cuts[1:], len(pattern)], strict=True)]


def needed(pattern: str) -> frozenset[str] | None:
    r"""Texts in small letters, one of which stands in every match of an RE2 pattern; None if that cannot be told.

    Patterns with flags, named groups or literals quoted with ``\Q`` are not looked into.
    """
    return _needed(pattern)[0]


def needed_besides(pattern: str) -> Sequence[frozenset[str]]:
    """More such sets, of each of which a text stands in every match as well."""
    return _needed(pattern)[1]


def holds_all(text: str, needed: Iterable[Iterable[str]]) -> bool:
    """Whether one of each of these stands in a text."""
    for texts in needed:
        for one in texts:
            if one in text:
                break
        else:
            return False
    return True


@lru_cache(maxsize=_REMEMBERED)
def _needed(pattern: str) -> tuple[frozenset[str] | None, Sequence[frozenset[str]]]:
    if not is_plain(pattern):
        return None, ()
    part, _ = _alternatives(pattern, 0)
    best = part.best()
    if best is not None and not _are_long(best):
        best = None
    small = [frozenset(text.casefold() for text in texts) for texts in part.all_needed() if texts is not best]
    return None if best is None else frozenset(text.casefold() for text in best), small


def is_plain(pattern: str) -> bool:
    """Whether an RE2 pattern has neither flags, named groups nor quoted literals."""
    return "\\Q" not in pattern and pattern.count("(?") == pattern.count("(?:")


def _are_long(texts: frozenset[str]) -> bool:
    """Whether texts are long enough to be rare."""
    return all(len(text) >= _least(text) for text in texts)


def _least(text: str) -> int:
    return _LEAST_OTHER if any(ord(char) >= _STARTS_ELSEWHERE for char in text) else _LEAST_LATIN


def _alternatives(pattern: str, at: int) -> tuple[_Part, int]:
    parts = []
    while True:
        part, at = _sequence(pattern, at)
        parts.append(part)
        if at == len(pattern) or pattern[at] == ")":
            break
        at += 1
    if len(parts) == 1:
        return parts[0], at
    texts = [part.texts for part in parts]
    closed = [some for some in texts if some is not None]
    whole = frozenset().union(*closed)
    if len(closed) == len(parts) and len(whole) <= MOST_TEXTS:
        return _Part(whole), at
    best = [part.best() for part in parts]
    known = [some for some in best if some is not None]
    return _Part(None, (frozenset().union(*known),) if len(known) == len(parts) else ()), at


def _sequence(pattern: str, at: int) -> tuple[_Part, int]:
    run, found, closed = _NOTHING, list[frozenset[str]](), True
    while at < len(pattern) and pattern[at] not in "|)":
        part, at = _repeated(pattern, at)
        if part.texts is not None and len(run) * len(part.texts) <= MOST_TEXTS:
            run = frozenset(map("".join, product(run, part.texts)))
            continue
        closed = False
        found += (*_Part(run).all_needed(), *part.needed)
        run = _NOTHING if part.texts is None else part.texts
    return (_Part(run) if closed else _Part(None, (*found, *_Part(run).all_needed()))), at


def _repeated(pattern: str, at: int) -> tuple[_Part, int]:
    part, at = _one(pattern, at)
    while at < len(pattern) and (pattern[at] in "?*+" or _is_count(pattern, at)):
        end = at + 1 if pattern[at] in "?*+" else pattern.index("}", at) + 1
        times = pattern[at:end]
        if times == "?":
            part = _Part(part.texts | _NOTHING) if part.texts is not None else _OPEN
        elif times == "*" or times.startswith("{0"):
            part = _OPEN
        elif times == "+" or times != "{1}":
            part = _Part(None, part.all_needed())
        at = end
    return part, at


def _is_count(pattern: str, at: int) -> bool:
    return pattern[at] == "{" and pattern[at + 1 : at + 2].isdecimal()


def _one(pattern: str, at: int) -> tuple[_Part, int]:
    char = pattern[at]
    if char == "(":
        inside = at + 3 if pattern.startswith("(?:", at) else at + 1
        part, end = _alternatives(pattern, inside)
        return part, end + 1
    if char == "[":
        end = after_class(pattern, at)
        listed = pattern[at + 1 : end - 1]
        plain = not listed.startswith("^") and "\\" not in listed and "-" not in listed and "[" not in listed
        return (_Part(frozenset(listed)) if plain else _OPEN), end
    if char == "\\":
        end = after_escape(pattern, at)
        escaped = pattern[at + 1 : end]
        return (_Part(frozenset({escaped})) if not escaped.isalnum() and len(escaped) == 1 else _OPEN), end
    if char in "^$":
        return _EMPTY, at + 1
    return (_OPEN if char == "." else _Part(frozenset({char}))), at + 1
