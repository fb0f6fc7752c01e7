"""Thousands of keys looked for in one pass (Aho-Corasick), each with what it stands for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick

_Known = TypeVar("_Known")
Hits = Sequence[tuple[int, int, int]]
"""The number, start and end of every key found; keys may overlap."""


class Automaton(Generic[_Known]):
    """Keys with what they stand for; without keys it finds nothing."""

    def __init__(self, entries: Iterable[tuple[str, _Known]]) -> None:
        by_key: dict[str, list[_Known]] = {}
        for key, known in entries:
            by_key.setdefault(key, []).append(known)
        self._known = tuple(map(tuple, by_key.values()))
        self._automaton = AhoCorasick(list(by_key)) if by_key else None

    def find(self, text: str) -> Hits:
        """Every key in the text."""
        return self._automaton.find_matches_as_indexes(text, overlapping=True) if self._automaton else ()

    def __getitem__(self, number: int) -> Sequence[_Known]:
        """What the key of this number stands for."""
        return self._known[number]

    def known_in(self, text: str) -> Iterable[_Known]:
        """What the keys in the text stand for, each key once."""
        return (known for number in {number for number, _, _ in self.find(text)} for known in self._known[number])
