"""Which disguise makes sense in which language, and how to apply one or two at once.

A text may mark with ``{…}`` the words its author would hide; most ways touch only these, or the whole text where
nothing is marked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from itertools import combinations
from random import Random

from tests.disguise import transforms

LANGUAGES = ("en", "zh", "th", "vi", "id")

Change = Callable[[str, Random], str]


class Stage(IntEnum):
    """When a way is applied beside another one: words are chosen first, then letters, then what stands between."""

    WORDS = 0
    LETTERS = 1
    REPEATS = 2
    BETWEEN = 3
    INVISIBLE = 4
    COMMENT = 5


@dataclass(frozen=True, slots=True)
class Disguise:
    """One way: ``stage`` orders two at once; two of one ``family`` are the same idea twice and never stand together."""

    name: str
    apply: Change
    stage: Stage
    languages: tuple[str, ...] = LANGUAGES
    family: str = ""
    whole: bool = False


def _disguises() -> Iterable[Disguise]:
    yield Disguise("zero-width", transforms.zero_width, Stage.INVISIBLE, family="invisible")
    yield Disguise("bidi marks", transforms.bidi_marks, Stage.INVISIBLE, family="invisible")
    yield Disguise("bidi reversed", transforms.bidi_reversed, Stage.INVISIBLE, ("en", "zh", "vi", "id"), "invisible")
    yield Disguise("full-width", transforms.full_width, Stage.LETTERS, family="letters")
    yield Disguise("circled", transforms.circled, Stage.LETTERS, family="letters")
    yield Disguise("mathematical", transforms.mathematical, Stage.LETTERS, family="letters")
    yield Disguise("confusables", transforms.confusable, Stage.LETTERS, ("en", "zh", "vi", "id"), "letters")
    yield Disguise("confusables", transforms.thai_confusable, Stage.LETTERS, ("th",), "letters")
    yield Disguise("leet", transforms.leet, Stage.LETTERS, ("en", "id"), "letters")
    yield Disguise("leet", transforms.vietnamese_leet, Stage.LETTERS, ("vi",), "letters")
    yield Disguise("repeats", transforms.repeated, Stage.REPEATS, ("en", "th", "vi", "id"))
    yield Disguise("dots", transforms.dots, Stage.BETWEEN, family="between")
    yield Disguise("spaces", transforms.spaces, Stage.BETWEEN, family="between")
    yield Disguise("emoji", transforms.emoji, Stage.BETWEEN, family="between")
    yield Disguise("keycaps", transforms.keycaps, Stage.LETTERS, family="letters")
    yield Disguise("thai digits", transforms.thai_digits, Stage.LETTERS, ("th",), "letters")
    yield Disguise("no tones", transforms.no_tones, Stage.WORDS, ("vi",), whole=True)
    yield Disguise("decomposed", transforms.decomposed, Stage.INVISIBLE, ("vi",), whole=True)
    yield Disguise("teencode", transforms.teencode, Stage.WORDS, ("vi",))
    yield Disguise("tone marks", transforms.thai_tones, Stage.LETTERS, ("th",))
    yield Disguise("homophones", transforms.homophones, Stage.WORDS, ("zh",), "words")
    yield Disguise("pinyin", transforms.pinyin, Stage.WORDS, ("zh",), "words")
    yield Disguise("parts", transforms.parts, Stage.WORDS, ("zh",), "words")
    yield Disguise("slang", transforms.slang, Stage.WORDS, ("zh",), "words")
    yield Disguise("traditional", transforms.traditional, Stage.WORDS, ("zh",), whole=True)
    yield Disguise("split", transforms.split, Stage.COMMENT, family="comment", whole=True)
    for language in LANGUAGES:
        spelt = partial(transforms.number_words, language=language)
        yield Disguise("number words", spelt, Stage.WORDS, (language,), "words")
        behind = partial(transforms.padded, language=language)
        yield Disguise("padding", behind, Stage.COMMENT, (language,), "comment", whole=True)


ALL = tuple(_disguises())


def disguises(language: str) -> tuple[Disguise, ...]:
    """The ways that make sense in a language."""
    return tuple(d for d in ALL if language in d.languages)


def pairs(language: str) -> list[tuple[Disguise, Disguise]]:
    """Two ways at once, the earlier stage first; never two of one family."""
    found = combinations(sorted(disguises(language), key=lambda d: d.stage), 2)
    return [(a, b) for a, b in found if not a.family or a.family != b.family]


def plain(marked: str) -> str:
    """The text without its marks."""
    return re.sub("[{}]", "", marked)


def disguise(marked: str, ways: Iterable[Disguise], rng: Random) -> str | None:
    """The text in disguise (one comment a line), or None where one of the ways finds nothing to change."""
    for way in ways:
        before = marked
        if way.whole:
            marked = way.apply(marked, rng)
        elif "{" in marked:
            marked = re.sub(r"\{(.*?)\}", lambda m, way=way: "{" + way.apply(m[1], rng) + "}", marked)
        else:
            marked = way.apply(marked, rng)
        if marked == before:
            return None
    return plain(marked)
