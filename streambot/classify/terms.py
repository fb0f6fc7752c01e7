"""Word lists, found in one pass each over the canonical, the loose and the spelt reading of a text.

What stands as written needs only to stand as a word; what the loose reading finds must be shown to be a disguise
(disguise.py), and what the spelt one finds to sound like the term by intent (homophones.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Generic, TypeVar

from streambot.classify.automaton import Automaton, Hits
from streambot.classify.disguise import MIN_HAN, MIN_LETTERS, SEPARATOR, TONES, Term, find_disguise, stands_alone
from streambot.classify.homophones import Spelt, find_homophone, may_sound
from streambot.core.canonical import canonical
from streambot.core.loose import loose, pieces, serving
from streambot.core.pinyin import spelt_places
from streambot.core.skeleton import FILLER, skeleton
from streambot.core.verdict import Span
from streambot.core.views import ViewName, Views

_Owner = TypeVar("_Owner")

MOST_PLACES: Final = 5
"""Places reported of one term in one slice; one more explains nothing more."""
_BEGINS: Final = r"(?:^|[^\p{Latin}0-9])"
_ENDS: Final = r"(?:$|[^\p{Latin}0-9])"
_SIGN: Final = re.compile(r"[!-/:-@\[-`{-~]")
_PHRASE: Final = 5
"""Letters of an alphabet from which a term is a phrase."""
LONG_BY_SOUND: Final = 3
"""Characters from which a term's sound hardly stands in honest talk."""
MOST_DOUBTS: Final = 5
"""Near misses looked into in one slice, of which honest texts have two: after these the next is taken for a hit."""
_DISGUISES: Final = frozenset(
    {ViewName.SKELETON, ViewName.COMPACT, ViewName.BARE, ViewName.LEET, ViewName.SINGLE, ViewName.THAI}
)
_TURNED: Final = str.maketrans("ɐɔǝɟƃɓɥᴉɾʞɯɹʇʌʍʎ", "acefgghijkmrtvwy")
_TURNED_TO_EACH_OTHER: Final = str.maketrans("bqdpnu", "qbpdun")
# Letters turned upside down, with which one writes from the end.
_TURNED_LETTER: Final = re.compile("[ɐɔǝɟƃɓɥᴉɾʞɯɹʇʌʍʎ]")


class TermIndex(Generic[_Owner]):
    """Terms with their owners, ready to be looked for."""

    def __init__(self, entries: Iterable[tuple[str, Sequence[ViewName], _Owner]]) -> None:
        terms = [(written, Term.of(written, frozenset(names)), names, owner) for written, names, owner in entries]
        self._exact: Automaton[tuple[Term, _Owner]] = Automaton(
            (text, (term, owner))
            for written, term, _, owner in terms
            for text in dict.fromkeys((canonical(written.strip("*")), term.text))
        )
        self._loose: Automaton[tuple[Term, _Owner]] = Automaton(
            (term.key, (term, owner))
            for _, term, names, owner in terms
            if not _DISGUISES.isdisjoint(names) and _can_be_disguised(term)
        )
        self._spelt: Automaton[tuple[Spelt, _Owner]] = Automaton(
            (spelt.key, (spelt, owner))
            for _, term, names, owner in terms
            if (spelt := Spelt.of(term.text)) is not None and _may_sound(spelt, names)
        )

    def find(self, views: Views, done: Callable[[_Owner], bool] | None = None) -> Iterator[tuple[_Owner, Span]]:
        """Owners of the terms in this text, each with the place in the canonical text; those that are done without."""
        yield from self._written(views.text, done)
        if not views.text.isascii() and views.skeleton != views.text:
            yield from self._written(views.skeleton, done, as_drawn=True)
        hits = self._loose.find(views.loose)
        if hits:
            yield from self._disguised(views, views.serving, lambda: views.pieces, hits, done)
        if not views.text.isascii() and _TURNED_LETTER.search(views.text):
            text = serving(_turned(views.text))
            if hits := self._loose.find(loose(text)):
                yield from self._disguised(views, text, lambda: pieces(text), hits, done, backwards=True)
        if hits := self._spelt.find(views.spelt):
            yield from self._homophones(views, hits)

    def _written(
        self, text: str, done: Callable[[_Owner], bool] | None, *, as_drawn: bool = False
    ) -> Iterator[tuple[_Owner, Span]]:
        counts: dict[int, int] = {}
        for number, start, end in self._exact.find(text):
            if counts.get(number, 0) == MOST_PLACES:
                continue
            for term, owner in self._exact[number]:
                if (done and done(owner)) or (as_drawn and ViewName.SKELETON not in term.views):
                    continue
                if stands_alone(text, start, end, term):
                    counts[number] = counts.get(number, 0) + 1
                    last = end
                    while text.startswith(FILLER, last):
                        last += 1
                    yield owner, (start, last)

    def _disguised(
        self,
        views: Views,
        text: str,
        pieces_of: Callable[[], Sequence[Span]],
        hits: Hits,
        done: Callable[[_Owner], bool] | None,
        *,
        backwards: bool = False,
    ) -> Iterator[tuple[_Owner, Span]]:

        def seen(place: Span) -> Span:
            return (len(text) - place[1], len(text) - place[0]) if backwards else place

        def typed(place: Span) -> str:
            return views.original[slice(*views.original_span(*seen(place)))]

        counts: dict[int, int] = {}
        doubts = 0
        places: Sequence[Span] | None = None
        for number, start, end in hits:
            if counts.get(number, 0) == MOST_PLACES:
                continue
            known = [(term, owner) for term, owner in self._loose[number] if not (done and done(owner))]
            if not known:
                counts[number] = MOST_PLACES
                continue
            places = places or pieces_of()
            if not _may_stand(text, places, start, end):
                continue
            for term, owner in known:
                first, last = places[start][0], places[end - 1][1]
                if views.text[first:last] == term.text and text[last : last + 1] not in TONES:
                    continue
                sure = doubts >= MOST_DOUBTS
                place = (first, last) if sure else find_disguise(term, text, places[start:end], typed)
                if place is None:
                    doubts += 1
                    continue
                counts[number] = counts.get(number, 0) + 1
                yield owner, seen(place)

    def _homophones(self, views: Views, hits: Hits) -> Iterator[tuple[_Owner, Span]]:
        places = spelt_places(views.skeleton)
        counts: dict[int, int] = {}
        doubts = 0
        for number, start, end in hits:
            if doubts >= MOST_DOUBTS or counts.get(number, 0) >= MOST_PLACES:
                continue
            if not may_sound(views.skeleton, places, start, end):
                doubts += 1
                continue
            found = [
                (owner, place)
                for spelt, owner in self._spelt[number]
                if (place := find_homophone(spelt, views.skeleton, places, start, end)) is not None
            ]
            counts[number] = counts.get(number, 0) + len(found)
            doubts += not found
            yield from {(id(owner), place): (owner, place) for owner, place in found}.values()


def _can_be_disguised(term: Term) -> bool:
    """Whether a term is long enough to be told from chance in the loose reading, and all letters: "+V" is its sign."""
    least = MIN_HAN if term.text > "\u2e80" else MIN_LETTERS
    edged = SEPARATOR.match(term.text) or SEPARATOR.match(term.text[-1])
    return term.letters >= least and len(term.key) > 1 and not term.text.isdecimal() and not edged


def _may_sound(spelt: Spelt, names: Sequence[ViewName]) -> bool:
    """Whether a term is looked for by its sound: its rule asks for it, or it is too long to sound like another."""
    return ViewName.PINYIN in names or (ViewName.COMPACT in names and len(spelt.units) >= LONG_BY_SOUND)


def _may_stand(text: str, places: Sequence[Span], start: int, end: int) -> bool:
    """A cheap look before the dear one: most places lie inside a Latin word."""
    first, last = places[start][0], places[end - 1][1]
    if first and text[first - 1].isascii() and text[first - 1].isalpha() and text[first].isascii():
        return not text[first].isalpha() or first + 1 < places[start][1]
    return not (last < len(text) and text[last].isascii() and text[last].isalpha() and text[last - 1].isalpha()) or (
        places[end - 1][0] + 1 < last
    )


def _turned(text: str) -> str:
    """A text drawn upside down, as it reads when it is turned."""
    return text.translate(_TURNED).translate(_TURNED_TO_EACH_OTHER)[::-1]


def is_phrase(written: str) -> bool:
    """Whether a term is long enough to be looked for as a pattern behind disguises."""
    letters = sum(char.isalnum() for char in written)
    return letters >= (MIN_HAN if written > "\u2e80" else _PHRASE) and "\\" not in written


def as_pattern(written: str) -> str:
    """A term as the RE2 pattern that finds it as written."""
    text = skeleton(canonical(written.strip("*")))
    left = "" if written.startswith("*") else _BEGINS
    right = "" if written.endswith("*") else _ENDS
    spaced = _is_latin(text[0]), _is_latin(text[-1])
    return (left if spaced[0] else "") + _SIGN.sub(r"\\\g<0>", text) + (right if spaced[1] else "")


def _is_latin(char: str) -> bool:
    return char.isalpha() and (char < "\u0e00" or "\u1e00" <= char <= "\u1fff")


def covered(text: str, place: Span, excuses: Sequence[str]) -> bool:
    """Whether the place lies inside an occurrence of one of these words."""
    start, end = place
    for word in excuses:
        at = text.find(word, max(0, end - len(word)), start + len(word))
        if at != -1:
            return True
    return False
