"""The patterns of a pack behind a disguise: in their loosened form, where the letters that they need stand.

A text without anything odd is searched only for patterns whose letters do not stand in it plainly. What a loosened
pattern finds must be long enough to be no chance (chance.py), or else be what the pattern finds in the letters alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Final, Generic, TypeVar

from streambot.classify.automaton import Automaton
from streambot.classify.chance import (
    CHINESE,
    MARKED,
    SURE_HAN,
    cuts_word,
    is_inside_number,
    is_inside_word,
    is_sure,
    is_typed,
    runs_over_a_space,
    trimmed,
)
from streambot.classify.expressions import Encoded, Expression, expression
from streambot.classify.literals import holds_all, is_plain, needed, needed_besides
from streambot.classify.loosened import loosened
from streambot.core.canonical import canonical
from streambot.core.joined import HIDDEN, is_odd
from streambot.core.loose import DRAWN, LATIN_BASE, loose, serving, spaced
from streambot.core.pinyin import sounded, spell
from streambot.core.teencode import may_be_teencode, teen_key
from streambot.core.verdict import Span
from streambot.core.views import Views

_Owner = TypeVar("_Owner")

_LEAST_KEY: Final = 3
_LEAST_KEY_WHEN_ODD: Final = 2
_LEAST_HAN_KEY: Final = 1
_LEAST_SOUNDS: Final = 2
_SURE_SOUNDS: Final = 4
_FIRST_OTHER: Final = "\u0e00"
_FIRST_HAN: Final = "\u2e80"
_MOST_MATCHES: Final = 8
_MOST_PATTERNS: Final = 64
"""Patterns run on one text: an honest one needs few, a hostile one could hold the letters of all."""
_REMEMBERED: Final = 8192
"""Sets of texts read once: the packs of all sites share most."""
_FAR: Final = 6
"""Hidden characters from which words are further apart than their pattern says."""
_FORMS: Final[Mapping[str, Mapping[str, bool]]] = {
    "near": {},
    "far": {"far": True},
    "whole": {"whole": True},
    "sound": {"by_sound": True, "far": True},
    "teencode": {"teencode": True},
}
_VIETNAMESE: Final = re.compile("[đơưă\u1ea0-\u1ef9]")
_PLAIN: Final = str.maketrans(
    {sign: letter for sign, letter in DRAWN.items() if sign not in "268２６８"} | {HIDDEN: None}
)


@dataclass(frozen=True, slots=True)
class _Masked(Generic[_Owner]):
    number: int
    pattern: str
    owner: _Owner
    marked: bool
    """Written with Vietnamese marks: a text without them proves less."""
    toneless: bool
    """Written without them for texts with them."""
    keys: Collection[tuple[str, str]]
    """The loose reading of any disguise holds one of these, each with the text that it reads."""
    besides: Collection[Collection[str]]
    """And one of each of these."""
    forms: dict[str, Expression] = field(default_factory=dict)
    """Its loosened forms, each compiled when first wanted, as the plain patterns are."""

    @classmethod
    def of(cls, number: int, pattern: str, owner: _Owner, *, toneless: bool) -> _Masked[_Owner]:
        keys = [(_key_of(text), text) for text in sorted(needed(pattern) or ())]
        besides = [read for texts in needed_besides(pattern) if (read := _keys_of(texts))]
        return cls(number, pattern, owner, MARKED.search(pattern) is not None, toneless, keys, besides)

    def form(self, name: str) -> Expression:
        """One of ``_FORMS``, or "plain"."""
        if name not in self.forms:
            written = self.pattern if name == "plain" else loosened(self.pattern, **_FORMS[name])
            self.forms[name] = expression(written.encode())
        return self.forms[name]

    def find(self, name: str, text: Encoded) -> Iterator[Span]:
        """The places of one of its forms: of its first group, if it has one."""
        form = self.form(name)
        for match in islice(form.finditer(text.encoded), _MOST_MATCHES):
            yield text.span(*match.span(1 if form.groups and match.group(1) else 0))


class MaskedPatterns(Generic[_Owner]):
    """Patterns with their owners, ready to be looked for behind disguises."""

    def __init__(self, entries: Iterable[tuple[str, _Owner]], toneless: Container[str] = ()) -> None:
        """``toneless``: patterns written without Vietnamese marks for texts with them."""
        wanted = [entry for entry in entries if is_plain(entry[0]) and any(map(str.isalpha, entry[0]))]
        self._masked = [
            _Masked.of(number, pattern, owner, toneless=pattern in toneless)
            for number, (pattern, owner) in enumerate(wanted)
        ]
        self._when_odd = [masked.number for masked in self._masked if not _has_keys(masked, _LEAST_KEY_WHEN_ODD)]
        """What needs no letters in particular: run only where something is odd."""
        keyed = [masked for masked in self._masked if _has_keys(masked, _LEAST_KEY)]
        short = [m for m in self._masked if _has_keys(m, _LEAST_KEY_WHEN_ODD) and not _has_keys(m, _LEAST_KEY)]
        self._short_keys = Automaton((key, masked.number) for masked in short for key, _ in masked.keys)
        """What needs few letters, which stand in many texts: the same."""
        self._keys = Automaton(
            (key, (masked.number, text, spaced(text) if text < _FIRST_OTHER else ""))
            for masked in keyed
            for key, text in masked.keys
        )
        self._teen_keys = Automaton(
            (teen, masked.number)
            for masked in keyed
            if masked.marked
            for key, _ in masked.keys
            if len(teen := teen_key(key)) >= _LEAST_KEY
        )
        self._sounds = Automaton(
            (spell(text), masked.number)
            for masked in self._masked
            for _, text in masked.keys
            if len(CHINESE.findall(text)) >= _LEAST_SOUNDS
        )
        self._whole_sounds = frozenset(
            spell(text) for masked in self._masked for _, text in masked.keys if len(CHINESE.findall(text)) >= SURE_HAN
        )

    def find(self, views: Views, done: Callable[[_Owner], bool]) -> Iterator[tuple[_Owner, Span]]:
        """Owners of the patterns that stand in a comment in disguise, each with its place in the canonical text.

        Those that are ``done`` are not looked for. Slices tell which to look for; then RE2 takes no longer than the
        text is, and a slice's end is not the comment's.
        """
        yield from self._drawn(views, done)
        yield from self._sounded(views, done)
        yield from self._teencode(views, done)

    def _wanted(self, numbers: Iterable[int], done: Callable[[_Owner], bool]) -> Iterator[_Masked[_Owner]]:
        """The first of these patterns whose owners are not done when their turn comes."""
        wanted = (self._masked[number] for number in sorted(set(numbers)))
        return islice((masked for masked in wanted if not done(masked.owner)), _MOST_PATTERNS)

    def _drawn(self, views: Views, done: Callable[[_Owner], bool]) -> Iterator[tuple[_Owner, Span]]:
        """What stands in other letters, or with something between them."""
        numbers = {number for part in views.slices for number in self._worth_a_look(part)}
        if not numbers:
            return
        text = views.joined
        toneless = text.isascii() or not MARKED.search(text)
        bare = text if toneless else text.translate(LATIN_BASE)
        plain = text if not toneless and _VIETNAMESE.search(text) else bare
        far = views.drawn_out or text.count(HIDDEN) >= _FAR
        encoded = {text: Encoded(text), bare: Encoded(bare)}
        for masked in self._wanted(numbers, done):
            searched = text if masked.marked else bare if masked.toneless else plain
            form = "far" if far else "whole" if masked.marked and toneless else "near"
            for found in masked.find(form, encoded[searched]):
                place = trimmed(searched, *found)
                if place is None or is_inside_number(searched, *place):
                    continue
                if masked.marked and is_inside_word(searched, *place):
                    continue
                written = searched[slice(*place)]
                sure = is_sure(written, marked=masked.marked)
                if not sure and runs_over_a_space(searched, views.text, *place):
                    continue
                if sure or masked.form("plain").search(written.translate(_PLAIN).encode()):
                    yield masked.owner, place

    def _worth_a_look(self, views: Views) -> Iterable[int]:
        """The patterns of which a slice holds all that they need, if not as they are written."""
        read, text = views.loose, views.text
        asking = list(self._keys.known_in(read))
        if is_odd(views.joined, text) or views.drawn_out:
            numbers = {*self._when_odd, *self._short_keys.known_in(read), *(number for number, _, _ in asking)}
        else:
            changed = [(number, as_read) for number, plain, as_read in asking if plain not in text]
            apart = spaced(views.skeleton) if changed else ""
            numbers = {number for number, as_read in changed if as_read in apart}
        return (number for number in numbers if holds_all(read, self._masked[number].besides))

    def _sounded(self, views: Views, done: Callable[[_Owner], bool]) -> Iterator[tuple[_Owner, Span]]:
        """What stands by its sound: 加薇芯, jia wei xin."""
        numbers = {number for part in views.slices for number in self._sounds.known_in(part.spelt)}
        if not numbers:
            return
        text = sounded(views.joined)
        encoded = Encoded(text)
        for masked in self._wanted(numbers, done):
            for start, end in masked.find("sound", encoded):
                sure = self._is_sure_by_sound(masked, text[start:end], views.joined[start:end])
                if (sure or is_typed(views.joined, start, end)) and not cuts_word(views.joined, start, end):
                    yield masked.owner, (start, end)

    def _is_sure_by_sound(self, masked: _Masked[_Owner], sound: str, written: str) -> bool:
        """Whether so many syllables are no chance: four, or all of three, one of which stands as it is meant."""
        syllables = "".join(CHINESE.findall(sound))
        kept = any(char in masked.pattern for char in CHINESE.findall(written))
        return len(syllables) >= _SURE_SOUNDS or (kept and spell(syllables) in self._whole_sounds)

    def _teencode(self, views: Views, done: Callable[[_Owner], bool]) -> Iterator[tuple[_Owner, Span]]:
        """What stands as the young spell it: f for ph, j for gi."""
        if not may_be_teencode(views.skeleton):
            return
        numbers = {number for part in views.slices for number in self._teen_keys.known_in(teen_key(part.loose))}
        if not numbers:
            return
        text = views.joined
        encoded = Encoded(text)
        for masked in self._wanted(numbers, done):
            for found in masked.find("teencode", encoded):
                place = trimmed(text, *found)
                if place is None or is_inside_number(text, *place) or is_inside_word(text, *place):
                    continue
                if is_sure(text[slice(*place)], marked=True):
                    yield masked.owner, place


def _has_keys(masked: _Masked[_Owner], least: int) -> bool:
    """Whether a pattern needs letters, and never fewer than so many of an alphabet."""
    return bool(masked.keys) and all(
        len(key) >= (_LEAST_HAN_KEY if key > _FIRST_HAN else least) for key, _ in masked.keys
    )


@lru_cache(_REMEMBERED)
def _keys_of(texts: frozenset[str]) -> Collection[str]:
    """The loose readings of some texts; empty if one of them has none."""
    keys = sorted({_key_of(text) for text in texts}, key=len)
    return keys if keys[0] else ()


def _key_of(text: str) -> str:
    return loose(serving(canonical(text)))
