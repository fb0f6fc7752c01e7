"""RE2 expressions, each compiled once however many packs hold it: the packs of all sites share most of theirs."""

from __future__ import annotations

from typing import Any, Final
from weakref import WeakValueDictionary

import re2

from streambot.core.verdict import Span

_MAX_MEMORY: Final = 8 << 20
"""Bytes that one expression may take, taken as they are needed; Unicode classes are large."""


def options(memory: int = _MAX_MEMORY) -> Any:
    """How packs' expressions are compiled: without regard to case, saying nothing of their own."""
    chosen = re2.Options()
    chosen.log_errors = False
    chosen.max_mem = memory
    chosen.case_sensitive = False
    return chosen


class Expression:
    """A compiled expression; of one in bytes, the places are those in the encoded text."""

    __slots__ = ("__weakref__", "finditer", "groups", "search")

    def __init__(self, pattern: str | bytes) -> None:
        compiled = re2.compile(pattern, options())
        self.groups: int = compiled.groups
        self.finditer = compiled.finditer
        self.search = compiled.search


_COMPILED: Final = WeakValueDictionary[str | bytes, Expression]()


def expression(pattern: str | bytes) -> Expression:
    """The expression of an RE2 pattern, the same for all who ask while one of them keeps it. Raises re2.error."""
    known = _COMPILED.get(pattern)
    if known is None:
        known = _COMPILED[pattern] = Expression(pattern)
    return known


class Encoded:
    """A text as RE2 takes it, encoded once for many expressions, and the places in it of what they find."""

    __slots__ = ("encoded", "is_one_for_one")

    def __init__(self, text: str) -> None:
        self.encoded = text.encode()
        self.is_one_for_one = len(self.encoded) == len(text)

    def span(self, start: int, end: int) -> Span:
        """The place in the text of some of its bytes."""
        if self.is_one_for_one:
            return (start, end)
        first = len(self.encoded[:start].decode())
        return (first, first + len(self.encoded[start:end].decode()))
