"""Word lists, found in all readings of a text in one pass each, and only where they stand as words.

A hit in a derived reading has to be a disguise to count: in ``compact`` most letters must have been pulled apart
("z a l o", not "pizza lover"), in ``leet`` some but not most be drawn ("g4cor", not "A55"), in ``bare`` every letter
must be the term's own or that letter without its mark.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from ahocorasick_rs import AhoCorasick

from streambot.core.verdict import Span
from streambot.core.views import View, ViewName, Views, bare, canonical, compact, leet, single

_Owner = TypeVar("_Owner")

_MIN_COMPACT: Final = 2
_LONG_COMPACT: Final = 4
_MIN_LEET: Final = 3
_MIN_SINGLE: Final = 4
_DERIVED: Final = frozenset({ViewName.COMPACT, ViewName.LEET, ViewName.SINGLE})
_SENTENCE_BREAK: Final = re.compile(r"[,!?;:。、…]|\.\s")


@dataclass(frozen=True, slots=True)
class Term:
    """A canonical word or phrase; a star in the pack leaves that side open ("scam*" also finds "scammer")."""

    text: str
    open_left: bool = False
    open_right: bool = False

    @classmethod
    def of(cls, written: str) -> Term:
        """The term as a pack writes it."""
        return cls(canonical(written.strip("*")), written.startswith("*"), written.endswith("*"))


class TermIndex(Generic[_Owner]):
    """Terms with their owners, ready to be looked for."""

    def __init__(self, entries: Iterable[tuple[str, Sequence[ViewName], _Owner]]) -> None:
        keys: dict[ViewName, dict[str, list[tuple[Term, _Owner]]]] = {}
        for written, names, owner in entries:
            term = Term.of(written)
            for name in names:
                if key := _key(term.text, name):
                    keys.setdefault(name, {}).setdefault(key, []).append((term, owner))
        self._views = {
            name: (AhoCorasick(list(by_key)), tuple(tuple(owners) for owners in by_key.values()))
            for name, by_key in keys.items()
        }

    def find(self, views: Views) -> Iterator[tuple[_Owner, Span]]:
        """Owners of the terms in this text, each with the place in the canonical text."""
        for name, (automaton, owners) in self._views.items():
            view = views[name]
            # A bare term may stand in a text that has no marks to lose; the others differ or are found already.
            if view.same and name in _DERIVED:
                continue
            for number, start, end in automaton.find_matches_as_indexes(view.text, overlapping=True):
                for term, owner in owners[number]:
                    span = _accepted(view, term, start, end)
                    if span is not None:
                        yield owner, span


def _key(term: str, view: ViewName) -> str:
    """What is looked for in that reading; empty if the term is too short to be told from chance there."""
    if view is ViewName.COMPACT:
        key = compact(term)
        # Two Latin letters apart are found everywhere; two Han characters, each alone, are a word pulled apart.
        least = _MIN_COMPACT if key > "\u2e80" else _MIN_COMPACT + 1
        return key if _letters(key) >= least and not key.isdecimal() else ""
    if view is ViewName.LEET:
        return leet(term) if term.isascii() and sum(map(str.isalpha, term)) >= _MIN_LEET else ""
    if view is ViewName.SINGLE:
        return single(term) if _letters(term) >= _MIN_SINGLE else ""
    return bare(term) if view is ViewName.BARE else term


def _accepted(view: View, term: Term, start: int, end: int) -> Span | None:
    first, last = view.canonical_span(start, end)
    text = view.views.canonical.text
    if not stands_alone(text, first, last, term):
        return None
    found = text[first:last]
    if view.name is ViewName.COMPACT and not _is_pulled_apart(view, term, first, last):
        return None
    if view.name is ViewName.LEET and not _is_drawn(found):
        return None
    if view.name is ViewName.BARE and not _has_no_other_marks(found, term.text):
        return None
    return (first, last)


def stands_alone(text: str, start: int, end: int, term: Term) -> bool:
    """Whether a place is not the inside of a longer word or number, in scripts that put spaces between words.

    In any script a place may not end before a mark: that would be half a letter.
    """
    if end < len(text) and unicodedata.category(text[end]) == "Mn" and not "\u0300" <= text[end] <= "\u036f":
        return False
    left = not term.open_left and start > 0 and _joins(text[start - 1], text[start])
    right = not term.open_right and end < len(text) and _joins(text[end - 1], text[end])
    return not (left or right)


def _joins(left: str, right: str) -> bool:
    return (_is_spaced(left) and _is_spaced(right)) or (left.isdecimal() and right.isdecimal())


def _is_spaced(char: str) -> bool:
    """Whether this is a letter of a script that writes spaces between words (below Thai, or extended Latin, Greek)."""
    return char.isalpha() and (char < "\u0e00" or "\u1e00" <= char <= "\u1fff")


def _letters(text: str) -> int:
    """Letters and digits, marks not counted."""
    return sum(unicodedata.category(char)[0] != "M" for char in text)


def _is_pulled_apart(view: View, term: Term, first: int, last: int) -> bool:
    text = view.views.canonical.text
    found = text[first:last]
    gaps = _GAP.findall(found)
    if not gaps:
        return True
    letters = _letters(compact(found))
    if len(gaps) * 2 < letters - 1:
        # A term of several words keeps its own gaps: "link in bio" with "link.in.bio" typed for it.
        return len(gaps) <= len(_GAP.findall(term.text)) and not any(map(_SENTENCE_BREAK.search, gaps))
    if len(set(gaps)) > 1 and any(map(_SENTENCE_BREAK.search, gaps)):
        return False
    beside = (
        _LONE_BEFORE.search(text[max(0, first - _BESIDE) : first]),
        _LONE_AFTER.match(text[last : last + _BESIDE]),
    )
    if letters == _MIN_COMPACT:
        return (
            not any(beside)
            and _ends_piece(text[first - 1 : first] if first else "")
            and _ends_piece(text[last : last + 1])
        )
    # "s h i p" holds "hip": where single letters go on beside the place, it is the inside of a word.
    return letters >= _LONG_COMPACT or not any(beside)


def _ends_piece(char: str) -> bool:
    return not char.isalnum()


_GAP: Final = re.compile(r"(?:[^\w\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]|[_\u0300-\u036f])+")
_BESIDE: Final = 8
_LONE_BEFORE: Final = re.compile(r"(?:^|[\W_])[^\W\d_][\W_]+$")
_LONE_AFTER: Final = re.compile(r"[\W_]+[^\W\d_](?:$|[\W_])")


def _is_drawn(found: str) -> bool:
    letters = sum("a" <= char <= "z" for char in found)
    visible = sum(not char.isspace() for char in found)
    return letters < visible <= letters * 2


def _has_no_other_marks(found: str, term: str) -> bool:
    return len(found) == len(term) and all(
        seen in (meant, bare(meant)) for seen, meant in zip(found, term, strict=True)
    )


def covered(text: str, place: Span, excuses: Sequence[str]) -> bool:
    """Whether the place lies inside an occurrence of one of these canonical words."""
    start, end = place
    for word in excuses:
        at = text.find(word, max(0, end - len(word)), start + len(word))
        if at != -1:
            return True
    return False
