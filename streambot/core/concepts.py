"""What a question is about, word for word: the things that buyers ask of, under one name for all languages.

A small model lays "does it shrink" beside "缩水吗" only if it has met both words often; a lexicon needs them once. The
words stand in ``concept_words/*.jsonl``, one concept a line: ``{"concept", "en": [...], "zh": [...], ..., "weight"}``.
A weight is the logarithm of how seldom our own questions name the concept (Spärck Jones 1972; the tool
``concept_weights`` computes it).
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

from streambot.core.slots import is_word

DIMENSIONS: Final = 256
"""Of the part of a place that concepts make up: some 700 of them hardly meet in it."""
SHARE: Final = 0.45
"""Of a cosine, what the concepts count beside the model's embedding. Suits the groups that training held back best, as
the thresholds of clusters do."""
LANGUAGES: Final = ("en", "zh", "th", "vi", "id")
_SIGNS: Final = 8
"""Dimensions that one concept takes up (a sparse random projection: Achlioptas 2003)."""
_READ: Final = 4096
"""Wordings whose concepts are remembered."""

Place = NDArray[np.float32]

_OF_MODEL: Final = np.float32(math.sqrt(1.0 - SHARE))
_NOTHING: Final[Place] = np.zeros(DIMENSIONS, dtype=np.float32)


def placed(wording: str, embedding: Sequence[float]) -> Place:
    """Where a canonical wording lies for clusters: the model's embedding and its concepts, of length 1.

    Empty without an embedding.
    """
    vector = np.asarray(embedding, dtype=np.float32)
    if not len(vector):
        return vector
    about = _about(wording)
    if about is _NOTHING:
        return np.concatenate([vector, about])
    return np.concatenate([vector * _OF_MODEL, about])


@lru_cache(_READ)
def concepts(wording: str) -> tuple[str, ...]:
    """The concepts that a canonical wording names, sorted; at each place the longest word counts."""
    lexicon = _lexicon()
    return tuple(sorted({concept for word in _words(wording, lexicon) for concept in lexicon.of[word]}))


class _Lexicon:
    """The words, which concepts each stands for, and a table of where those lie."""

    def __init__(self, lines: Iterable[Mapping[str, Any]]) -> None:
        of: dict[str, list[str]] = {}
        directions = {}
        for line in lines:
            name = str(line["concept"])
            directions[name] = _direction(name) * np.float32(line["weight"])
            for word in (word for language in LANGUAGES for word in line[language]):
                of.setdefault(word, []).append(name)
        self.of = of
        self.row = {name: row for row, name in enumerate(directions)}
        self.table = np.stack([*directions.values()])
        self.words = list(of)
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
        if is_word(text, start, end)
    ]
    taken = bytearray(len(text))
    for _, start, end, number in sorted(hits):
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            yield lexicon.words[number]


@lru_cache(_READ)
def _about(wording: str) -> Place:
    """What the concepts of a wording add to its place: a vector of the length that is their share."""
    lexicon = _lexicon()
    found = concepts(wording)
    if not found:
        return _NOTHING
    total: Place = lexicon.table[[lexicon.row[name] for name in found]].sum(axis=0)
    length = math.sqrt(float(total @ total))
    return total * np.float32(math.sqrt(SHARE) / max(length, 1e-9))


def _direction(name: str) -> Place:
    """A vector of length 1 that is a concept's own, the same on every machine."""
    digest = hashlib.sha256(name.encode()).digest()
    direction = np.zeros(DIMENSIONS, dtype=np.float32)
    for place, sign in zip(digest[:_SIGNS], digest[_SIGNS:], strict=False):
        direction[place] += 1.0 if sign & 1 else -1.0
    return direction / np.float32(np.linalg.norm(direction))
