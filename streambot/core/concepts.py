"""What a question is about, word for word: the things that buyers ask of, under one name for all languages.

A small model lays "does it shrink" beside "缩水吗" only if it has met both words often; a lexicon needs them once. The
words stand in ``concept_words/*.jsonl``, one concept a line: ``{"concept", "en": [...], "zh": [...], ..., "weight"}``.
A weight is the logarithm of how seldom our own questions name the concept (Spärck Jones 1972; the tool
``concept_weights`` computes it). A wording in which nothing is known is about itself: its letters stand in for
concepts, or all such would be taken for one question, alike in that they name nothing.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from ahocorasick_rs import AhoCorasick
from numpy.typing import NDArray

from streambot.core.grams import READ, hashed_grams
from streambot.core.readings import bare
from streambot.core.slots import is_word

DIMENSIONS: Final = 256
"""Of the part of a place that concepts make up: some 700 of them hardly meet in it."""
SHARE: Final = 0.45
"""Of a cosine, what the concepts count beside the model's embedding. Suits the groups that training held back best, as
the thresholds of clusters do."""
LANGUAGES: Final = ("en", "zh", "th", "vi", "id")
UNKNOWN: Final = 0.35
"""The same of the letters of a wording that names no concept."""
ENDINGS: Final = ("nya", "s")
"""What a word may end in and be the same: the Indonesian "its" and "the", the English plural."""
_SIGNS: Final = 8
"""Dimensions that one concept takes up (a sparse random projection: Achlioptas 2003)."""
_READ: Final = 4096
"""Wordings whose concepts are remembered."""

Place = NDArray[np.float32]


def placed(wording: str, embedding: Sequence[float]) -> Place:
    """Where a canonical wording lies for clusters: the model's embedding and what it is about, of length 1.

    Empty without an embedding.
    """
    vector = np.asarray(embedding, dtype=np.float32)
    if not len(vector):
        return vector
    about, left = _about(wording)
    return np.concatenate([vector * left, about])


@lru_cache(_READ)
def concepts(wording: str) -> tuple[str, ...]:
    """The concepts that a canonical wording names, sorted; at each place the longest word counts."""
    lexicon = _lexicon()
    return tuple(sorted({concept for word in _words(wording, lexicon) for concept in lexicon.of[word]}))


class _Lexicon:
    """The words, which concepts each stands for, and where those lie: the rarer, the farther."""

    def __init__(self, lines: Iterable[Mapping[str, Any]]) -> None:
        of: dict[str, list[str]] = {}
        toneless: dict[str, list[str]] = {}
        self.direction: dict[str, Place] = {}
        for line in lines:
            name = str(line["concept"])
            self.direction[name] = _direction(name) * np.float32(line["weight"])
            for word in (word for language in LANGUAGES for word in line[language]):
                of.setdefault(word, []).append(name)
            # Many type Vietnamese without its marks; of a single syllable that leaves too little to know it by.
            for word in {bare(word) for word in line["vi"] if " " in word}:
                toneless.setdefault(word, []).append(name)
        self.of = toneless | of
        self.words = list(self.of)
        self.automaton = AhoCorasick(self.words)


@lru_cache(1)
def _lexicon() -> _Lexicon:
    return _Lexicon(entries())


def prepare() -> None:
    """Read the lexicon, a tenth of a second, now and not when the first question comes."""
    _lexicon()


def entries() -> Iterator[dict[str, Any]]:
    """The lines of the lexicon; their words are canonical."""
    for path in sorted(files("streambot.core").joinpath("concept_words").iterdir(), key=lambda path: path.name):
        if path.name.endswith(".jsonl"):
            yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


def _words(text: str, lexicon: _Lexicon) -> Iterator[str]:
    """The lexicon's words in a text, the longest first; none that shares a letter with a longer one."""
    hits = [
        (start - end, start, end, number)
        for number, start, end in lexicon.automaton.find_matches_as_indexes(text, overlapping=True)
        if is_word(text, start, end) or _is_ended_word(text, start, end)
    ]
    taken = bytearray(len(text))
    for _, start, end, number in sorted(hits):
        if 1 not in taken[start:end]:
            taken[start:end] = b"\1" * (end - start)
            yield lexicon.words[number]


def _is_ended_word(text: str, start: int, end: int) -> bool:
    return end - start > 2 and any(
        text.startswith(more, end) and is_word(text, start, end + len(more)) for more in ENDINGS
    )


@lru_cache(_READ)
def _about(wording: str) -> tuple[Place, np.float32]:
    """What the concepts of a wording, or else its letters, add to its place, and the length left to the embedding."""
    directions = _lexicon().direction
    if found := concepts(wording):
        share, total = SHARE, directions[found[0]].copy()
        for name in found[1:]:
            total += directions[name]
    else:
        share, total = UNKNOWN, _of_letters(wording)
    total *= math.sqrt(share) / max(math.sqrt(total.dot(total)), 1e-9)
    return total, np.float32(math.sqrt(1.0 - share))


def _of_letters(wording: str) -> Place:
    """The threes and fours of a wording's letters, each on one dimension with one sign."""
    grams = hashed_grams([wording])[0]
    # Ones and twos come first, with a blank on either side; of a text too short for threes its longest is left.
    grams = grams[min(2 * min(len(wording), READ) + 3, len(grams) - 1) :]
    signs = np.where(grams & DIMENSIONS, 1.0, -1.0)
    return np.bincount(grams % DIMENSIONS, weights=signs, minlength=DIMENSIONS).astype(np.float32)


def _direction(name: str) -> Place:
    """A vector of length 1 that is a concept's own, the same on every machine."""
    digest = hashlib.sha256(name.encode()).digest()
    direction = np.zeros(DIMENSIONS, dtype=np.float32)
    for place, sign in zip(digest[:_SIGNS], digest[_SIGNS:], strict=False):
        direction[place % DIMENSIONS] += 1.0 if sign & 1 else -1.0
    return direction / np.float32(np.linalg.norm(direction))
