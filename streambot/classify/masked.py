"""The patterns of a pack behind a disguise: in their loosened form, where the letters that they need stand.

A text without anything odd is searched only for patterns whose letters do not stand in it plainly. What a loosened
pattern finds must be long enough to be no chance, or else be what the pattern finds in the letters alone.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Generic, TypeVar

import re2
from ahocorasick_rs import AhoCorasick

from streambot.classify.literals import is_plain, needed
from streambot.classify.loosened import loosened
from streambot.core.canonical import canonical
from streambot.core.joined import HIDDEN, is_odd
from streambot.core.loose import DRAWN, LATIN_BASE, THAI_TONES, loose, serving, spaced
from streambot.core.pinyin import sounded, spell
from streambot.core.teencode import may_be_teencode, teen_key
from streambot.core.verdict import Span
from streambot.core.views import Views

_Owner = TypeVar("_Owner")

_LEAST_KEY: Final = 3
_LEAST_HAN_KEY: Final = 1
_LEAST_SOUNDS: Final = 2
_FIRST_OTHER: Final = "\u0e00"
_FIRST_HAN: Final = "\u2e80"
_MOST_MATCHES: Final = 4
_MOST_PATTERNS: Final = 64
"""Patterns run on one text: an honest one needs few, a hostile one could hold the letters of all."""
_FAR: Final = 6
"""Hidden characters from which words are further apart than their pattern says."""
_FORMS: Final[Mapping[str, Mapping[str, bool]]] = {
    "near": {},
    "far": {"far": True},
    "whole": {"whole": True},
    "sound": {"by_sound": True, "far": True},
    "teencode": {"teencode": True},
}
_APART: Final = 3
"""Hidden characters from which a text is written letter by letter."""
_BESIDE: Final = f" ,.;:!?、。{HIDDEN}"
_VIETNAMESE: Final = re.compile("[đơưă\u1ea0-\u1ef9]")
_MARKED: Final = re.compile("[\u00df-\u024f\u1e00-\u1eff]")
_THAI: Final = re.compile("[\u0e01-\u0e4e]")
_CHINESE: Final = re.compile("[\u4e00-\u9fff]")
_SYLLABLE: Final = re.compile("[a-z]{2}")
_LATIN: Final = re.compile("[^\\W\\d_\u0e00-\uffff]")
_SURE: Final = 6
"""Letters of an alphabet that stand together by chance in no honest text."""
_SURE_HAN: Final = 3
_SURE_SOUNDS: Final = 4
_SURE_TONELESS: Final = 8
_SURE_TONELESS_WORDS: Final = 3
_SURE_TONELESS_IN_WORDS: Final = 7
_PLAIN: Final = str.maketrans(
    {sign: letter for sign, letter in DRAWN.items() if sign not in "268２６８"} | {HIDDEN: None}
)


@dataclass(frozen=True, slots=True)
class _Masked(Generic[_Owner]):
    pattern: str
    owner: _Owner
    marked: bool
    """Written with Vietnamese marks: a text without them proves less."""
    toneless: bool
    """Written without them for texts with them."""


class MaskedPatterns(Generic[_Owner]):
    """Patterns with their owners, ready to be looked for behind disguises."""

    def __init__(self, entries: Iterable[tuple[str, _Owner]], options: Any, toneless: Container[str] = ()) -> None:
        """``toneless``: patterns written without Vietnamese marks for texts with them."""
        self._options = options
        self._when_odd: list[int] = []
        """What needs no letters in particular: run only where something is odd."""
        self._masked: list[_Masked[_Owner]] = []
        self._compiled: dict[tuple[int, str], Any] = {}
        by_key: dict[str, list[tuple[int, str, str]]] = {}
        by_sound: dict[str, list[int]] = {}
        for pattern, owner in entries:
            if not is_plain(pattern):
                continue
            texts = needed(pattern)
            keys = {loose(serving(canonical(text))): text for text in texts or ()}
            number = len(self._masked)
            self._masked.append(_Masked(pattern, owner, _MARKED.search(pattern) is not None, pattern in toneless))
            if texts is None or any(len(key) < _least(key) for key in keys):
                self._when_odd.append(number)
                continue
            for key, text in keys.items():
                by_key.setdefault(key, []).append((number, text, spaced(text) if text < _FIRST_OTHER else ""))
            if all(len(_CHINESE.findall(text)) >= _LEAST_SOUNDS for text in texts):
                for text in texts:
                    by_sound.setdefault(spell(text), []).append(number)
        self._whole_sounds = frozenset(
            spell(text)
            for masked in self._masked
            for text in needed(masked.pattern) or ()
            if len(_CHINESE.findall(text)) >= _SURE_HAN
        )
        by_teen: dict[str, list[int]] = {}
        for key, numbers in by_key.items():
            for number, _, _ in numbers:
                if self._masked[number].marked and len(teen_key(key)) >= _LEAST_KEY:
                    by_teen.setdefault(teen_key(key), []).append(number)
        self._teen = tuple(map(tuple, by_teen.values()))
        self._teens = AhoCorasick(list(by_teen)) if by_teen else None
        self._sounding = tuple(map(tuple, by_sound.values()))
        self._sounds = AhoCorasick(list(by_sound)) if by_sound else None
        self._asking = tuple(map(tuple, by_key.values()))
        self._keys = AhoCorasick(list(by_key)) if by_key else None

    def find(self, views: Views) -> Iterator[tuple[_Owner, Span]]:
        """Owners of the patterns that stand in this text in disguise, each with its place in the canonical text."""
        yield from self._drawn(views)
        yield from self._sounded(views)
        yield from self._teencode(views)

    def _teencode(self, views: Views) -> Iterator[tuple[_Owner, Span]]:
        """What stands as the young spell it: f for ph, j for gi."""
        if self._teens is None or not may_be_teencode(views.skeleton):
            return
        hits = self._teens.find_matches_as_indexes(teen_key(views.loose), overlapping=True)
        text = views.joined if hits else ""
        for number in sorted({number for known, _, _ in hits for number in self._teen[known]})[:_MOST_PATTERNS]:
            compiled = self._ready(number, "teencode")
            for match in islice(compiled.finditer(text), _MOST_MATCHES):
                place = _trimmed(text, *match.span(1 if compiled.groups and match.group(1) else 0))
                if place is None or _is_inside_number(text, *place) or _is_inside_word(text, *place):
                    continue
                if _is_sure(text[slice(*place)], marked=True):
                    yield self._masked[number].owner, place

    def _sounded(self, views: Views) -> Iterator[tuple[_Owner, Span]]:
        """What stands by its sound: 加薇芯, jia wei xin."""
        if self._sounds is None or not views.spelt:
            return
        hits = self._sounds.find_matches_as_indexes(views.spelt, overlapping=True)
        if not hits:
            return
        text = sounded(views.joined)
        for number in sorted({number for known, _, _ in hits for number in self._sounding[known]})[:_MOST_PATTERNS]:
            by_sound = self._ready(number, "sound")
            for match in islice(by_sound.finditer(text), _MOST_MATCHES):
                start, end = match.span(1) if by_sound.groups and match.group(1) else match.span()
                sure = self._is_sure_by_sound(text[start:end]) or _is_typed(views.joined, start, end)
                if sure and not _cuts_word(views.joined, start, end):
                    yield self._masked[number].owner, (start, end)

    def _is_sure_by_sound(self, found: str) -> bool:
        syllables = "".join(_CHINESE.findall(found))
        return len(syllables) >= _SURE_SOUNDS or spell(syllables) in self._whole_sounds

    def _drawn(self, views: Views) -> Iterator[tuple[_Owner, Span]]:
        """What stands in other letters, or with something between them."""
        numbers = self._worth_a_look(views)
        if not numbers:
            return
        text = views.joined
        bare = text.translate(LATIN_BASE)
        plain = text if _VIETNAMESE.search(text) else bare
        toneless = not _MARKED.search(text)
        far = text.count(HIDDEN) >= _FAR
        for number in sorted(numbers)[:_MOST_PATTERNS]:
            masked = self._masked[number]
            searched = text if masked.marked else bare if masked.toneless else plain
            loosely = self._ready(number, "far" if far else "whole" if masked.marked and toneless else "near")
            for match in islice(loosely.finditer(searched), _MOST_MATCHES):
                place = _trimmed(searched, *match.span(1 if loosely.groups and match.group(1) else 0))
                if place is None or _is_inside_number(searched, *place):
                    continue
                if masked.marked and _is_inside_word(searched, *place):
                    continue
                found = searched[slice(*place)]
                sure = _is_sure(found, marked=masked.marked)
                if not sure and _runs_over_a_space(searched, views.text, *place):
                    continue
                if sure or self._ready(number, "plain").search(found.translate(_PLAIN)):
                    yield masked.owner, place

    def _worth_a_look(self, views: Views) -> set[int]:
        numbers: set[int] = set()
        if self._keys is None:
            return numbers
        hits = self._keys.find_matches_as_indexes(views.loose, overlapping=True)
        text = views.text
        if is_odd(views.joined, text):
            numbers.update(self._when_odd)
            numbers.update(number for known, _, _ in hits for number, _, _ in self._asking[known])
        elif hits:
            read = spaced(views.skeleton)
            numbers.update(
                number
                for known, _, _ in hits
                for number, plain, as_read in self._asking[known]
                if plain not in text and as_read in read
            )
        return numbers

    def _ready(self, number: int, form: str) -> Any:
        # Compiled when first wanted, as the plain ones are.
        if (number, form) not in self._compiled:
            pattern = self._masked[number].pattern
            written = pattern if form == "plain" else loosened(pattern, **_FORMS[form])
            self._compiled[number, form] = re2.compile(written, self._options)
        return self._compiled[number, form]


def _least(key: str) -> int:
    return _LEAST_HAN_KEY if key > _FIRST_HAN else _LEAST_KEY


def _trimmed(text: str, start: int, end: int) -> Span | None:
    """A place without what only stands beside it; None if nothing is left."""
    found = text[start:end]
    start += len(found) - len(found.lstrip(_BESIDE))
    end = start + len(text[start:end].rstrip(_BESIDE))
    return (start, end) if start < end else None


def _is_inside_number(text: str, start: int, end: int) -> bool:
    """Whether a place begins or ends in the middle of a number."""
    left = start > 0 and text[start - 1].isdecimal() and text[start].isdecimal()
    return left or (end < len(text) and text[end - 1].isdecimal() and text[end].isdecimal())


def _runs_over_a_space(text: str, typed: str, start: int, end: int) -> bool:
    """Whether a space stands in a short place, and the letters beside it are not kept apart as well."""
    if " " not in typed[start:end]:
        return False
    apart = text[max(0, start - 1) : start] in {"", HIDDEN} and text[end : end + 1] in {"", HIDDEN}
    return not apart or text.count(HIDDEN) < _APART


def _is_typed(text: str, start: int, end: int) -> bool:
    """Whether a syllable of a place is typed in Latin letters, amid Chinese."""
    return _SYLLABLE.search(text, start, end) is not None and _CHINESE.search(text) is not None


def _cuts_word(text: str, start: int, end: int) -> bool:
    """Whether a place begins or ends in the middle of a Latin word."""
    left = start > 0 and _LATIN.match(text[start - 1]) and _LATIN.match(text[start])
    last = text[start:end].rstrip(HIDDEN)[-1:]
    return bool(left or (_LATIN.match(last) and _LATIN.match(text[end : end + 1])))


def _is_inside_word(text: str, start: int, end: int) -> bool:
    """Whether a syllable goes on beside a place, so that another word stands there."""
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    return _LATIN.match(before) is not None or _LATIN.match(after) is not None


def _is_sure(found: str, *, marked: bool) -> bool:
    """Whether so many letters stand there that they cannot have come together by chance."""
    han = len(_CHINESE.findall(found))
    if han:
        return han >= _SURE_HAN
    if thai := len(_THAI.findall(found)):
        return thai - sum(char in THAI_TONES for char in found) >= _SURE
    letters = sum(char.isalnum() for char in found)
    if marked and not _MARKED.search(found):
        words = len(found.replace(HIDDEN, " ").split())
        return letters >= _SURE_TONELESS or (letters >= _SURE_TONELESS_IN_WORDS and words >= _SURE_TONELESS_WORDS)
    return letters >= _SURE
