"""Whether a place that reads like a term, once everything is folded, is that term in disguise or an honest word.

The loose reading (core/loose.py) finds; here each of its letters is held against the term's own: what was put between,
drawn with a digit, repeated, stripped of its mark or given one. A rule allows disguises by the views it asks for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from streambot.core.canonical import REPEAT, canonical
from streambot.core.loose import DECORATION, DRAWN, LATIN_BASE, THAI_TONES, loose, pieces, serving
from streambot.core.skeleton import FILLER, skeleton
from streambot.core.verdict import Span
from streambot.core.views import ViewName

MIN_LETTERS: Final = 3
"""Letters of a Latin or Thai term below which its disguises are found everywhere."""
MIN_HAN: Final = 2
_MIN_DRAWN: Final = 3
_MIN_RUN_TERM: Final = 4
_MIN_TONES: Final = 4
_MIN_DECORATED: Final = 5
_MIN_DECORATED_PHRASE: Final = 8
_MIN_TONELESS: Final = 10
_MIN_TONELESS_SYLLABLES: Final = 8
_LONG_COMPACT: Final = 4
_DRAWN_OUT: Final = 3

SEPARATOR: Final = re.compile(f"(?:[^\\w\u0e31\u0e34-\u0e3a\u0e47-\u0e4e{DECORATION}{FILLER}]|_)+")
_MARKS: Final = re.compile(f"[{DECORATION}{FILLER}]+")
_TRAILING: Final = re.compile(f"[{DECORATION}{FILLER}{THAI_TONES}]")
_SENTENCE_BREAK: Final = re.compile(r"[,!?;:。、…/]|\.\s|\n")
_SOFT_BREAK: Final = re.compile(r"[,.!?;:。、…/\s]")
_BESIDE: Final = 8
_LONE_BEFORE: Final = re.compile(r"(?:^|[\W_])[^\W\d_][\W_]+$")
_LONE_AFTER: Final = re.compile(r"[\W_]+[^\W\d_](?:$|[\W_])")
TONES: Final = frozenset(THAI_TONES)
"""What a Thai letter may bear besides its vowel."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase as its skeleton, symbols told apart.

    A star in the pack leaves that side open ("scam*" also finds "scammer"). ``parts`` are what each letter of its
    loose reading, ``key``, is made of, without separators; ``gaps`` says after which of them a separator stands.
    """

    text: str
    views: frozenset[ViewName]
    open_left: bool = False
    open_right: bool = False
    key: str = ""
    parts: tuple[str, ...] = ()
    gaps: tuple[bool, ...] = ()
    letters: int = 0

    @classmethod
    def of(cls, written: str, views: frozenset[ViewName]) -> Term:
        """The term as a pack writes it."""
        text = serving(skeleton(canonical(written.strip("*"))))
        regions = _regions(text, pieces(text))
        return cls(
            text,
            views | ({ViewName.BARE} if _is_long(text) else frozenset()),
            written.startswith("*"),
            written.endswith("*"),
            loose(text),
            tuple(map(_part, regions)),
            tuple(map(_has_gap, regions)),
            count_letters(text),
        )


def _is_long(text: str) -> bool:
    """Whether a Vietnamese phrase is long enough to be sure of without its tones."""
    letters, syllables = count_letters(text), len(text.split())
    return letters >= _MIN_TONELESS or (letters >= _MIN_TONELESS_SYLLABLES and syllables >= 3)


def count_letters(text: str) -> int:
    """Letters and digits, marks not counted."""
    return sum(char.isalnum() for char in text)


def _regions(text: str, places: Sequence[Span]) -> Sequence[str]:
    """The text cut before each piece; what follows a piece belongs to it."""
    ends = [start for start, _ in places[1:]] + [len(text)]
    return [text[start:end] for (start, _), end in zip(places, ends, strict=True)]


def _has_gap(region: str) -> bool:
    return SEPARATOR.search(region) is not None


def _part(region: str) -> str:
    return _MARKS.sub("", SEPARATOR.sub("", region))


def find_disguise(term: Term, text: str, places: Sequence[Span], typed: Callable[[Span], str]) -> Span | None:
    """Where in a skeleton the term stands in a disguise that its rule allows, given the pieces that read like it.

    ``typed`` gives what the viewer typed for a place of the text. The first and the last piece may have run together
    with a like letter of the word beside ("is s.l.o.t"), so what is beside is tried without.
    """
    last = places[-1][1]
    while last < len(text) and _TRAILING.match(text[last]):
        last += 1
    whole = [*places[:-1], (places[-1][0], last)]
    for tried in (_trimmed(text, whole), whole):
        if tried is None:
            continue
        place = (tried[0][0], tried[-1][1])
        if stands_alone(text, *place, term) and _is_disguise(term, text, tried, typed):
            return place
    return None


def _trimmed(text: str, places: Sequence[Span]) -> Sequence[Span] | None:
    """The pieces without what stands beyond a separator inside the first or the last; None if there is none."""
    trimmed = list(places)
    start, end = trimmed[0]
    if gaps := list(SEPARATOR.finditer(text, start, end)):
        trimmed[0] = (gaps[-1].end(), end)
    start, end = trimmed[-1]
    if (gap := SEPARATOR.search(text, start, end)) is not None:
        trimmed[-1] = (start, gap.start())
    return trimmed if trimmed != places and len(places) > 1 else None


def _is_disguise(term: Term, text: str, places: Sequence[Span], typed: Callable[[Span], str]) -> bool:
    first, last = places[0][0], places[-1][1]
    found = text[first:last]
    if found == term.text:
        return True
    regions = _regions(found, [(start - first, end - first) for start, end in places])
    gaps = SEPARATOR.findall(found)
    if gaps:
        strange = [
            gap.group()
            for region, own in zip(regions, term.gaps, strict=True)
            if not own and (gap := SEPARATOR.search(region)) is not None
        ]
        if not _may_be_apart(term, text, (first, last), gaps, strange):
            return False
    drawn = plain = 0
    for place, region, meant in zip(places, regions, term.parts, strict=True):
        seen = _part(region)
        kind = _SAME if seen == meant else _difference(term, seen, meant)
        if kind is None:
            return False
        signs = sum(char in DRAWN for char in seen) if kind is _DREW else 0
        drawn += signs
        plain += len(seen) - signs
        if kind is _REPEATED and not _is_drawn_out(text, place, typed):
            return False
        if kind is _SWAPPED and typed(place).isascii() and (typed(place) != "I" or typed((first, last)).isupper()):
            return False
    return drawn <= plain


_SAME, _DREW, _REPEATED, _SWAPPED = range(4)


def _difference(term: Term, seen: str, meant: str) -> int | None:
    """How one piece differs from the term's own; None if the term is not meant, or its rule does not allow that."""
    seen_base, meant_base = _without_tones(seen), _without_tones(meant)
    if seen != meant and seen_base == meant_base:
        return _SAME if ViewName.THAI in term.views and term.letters >= _MIN_TONES else None
    if len(seen_base) < len(meant_base):
        return None
    if set(seen_base) == set(meant_base):
        # A longer run; digits are counted, letters are drawn out.
        allowed = ViewName.SINGLE in term.views and term.letters >= _MIN_RUN_TERM and not meant_base[0].isdecimal()
        return _REPEATED if allowed else None
    if len(seen_base) > 1 or len(meant_base) > 1:
        return _difference_of_runs(term, seen_base, meant_base)
    return _difference_of_letters(term, seen_base, meant_base)


def _difference_of_runs(term: Term, seen: str, meant: str) -> int | None:
    if len(seen) > len(meant) and (ViewName.SINGLE not in term.views or len(set(meant)) > 1):
        return None
    kinds = {
        _difference_of_letters(term, char, own)
        for char, own in zip_longest(seen, meant, fillvalue=meant[-1])
        if char != own
    }
    if None in kinds:
        return None
    for kind in (_DREW, _SWAPPED):
        if kind in kinds:
            return kind
    return _REPEATED if len(seen) > len(meant) else _SAME


def _difference_of_letters(term: Term, seen: str, meant: str) -> int | None:
    if not meant.isalpha():
        return None
    if seen in DRAWN:
        latin = meant.isascii() or (ViewName.BARE in term.views and ord(meant) in LATIN_BASE)
        return _DREW if ViewName.LEET in term.views and term.letters >= _MIN_DRAWN and latin else None
    if {seen, meant} == {"i", "l"}:
        if ViewName.LEET not in term.views or term.letters < _MIN_RUN_TERM:
            return None
        return _SWAPPED if meant == "l" else _DREW
    if LATIN_BASE.get(ord(meant)) == seen:
        return _SAME if ViewName.BARE in term.views else None
    if LATIN_BASE.get(ord(seen)) == meant:
        # A mark more on an unmarked word; in Vietnamese it is another word.
        least = _MIN_DECORATED_PHRASE if any(term.gaps) else _MIN_DECORATED
        decorated = term.text.isascii() and term.letters >= least
        return _SAME if ViewName.SKELETON in term.views and decorated else None
    return None


def _without_tones(part: str) -> str:
    return "".join(char for char in part if char not in TONES)


def _is_drawn_out(text: str, place: Span, typed: Callable[[Span], str]) -> bool:
    """Whether the viewer typed three of a letter: a double one is an honest word's."""
    found = _part(text[slice(*place)])
    return len(found) >= _DRAWN_OUT or REPEAT.search(typed(place).lower()) is not None


def _may_be_apart(term: Term, text: str, place: Span, gaps: Sequence[str], strange: Sequence[str]) -> bool:
    """Whether what stands between the letters was put there to hide them; ``strange`` is where the term has no gap."""
    broken = any(map(_SENTENCE_BREAK.search, gaps))
    if not strange and not broken:
        return True
    if ViewName.COMPACT not in term.views:
        return False
    first, last = place
    letters = count_letters(text[first:last])
    unspaced = _is_unspaced(term.text)
    if unspaced and letters > MIN_HAN:
        # Thai and Chinese write no spaces: one put in hides the term, one sentence's end does not.
        return not broken or (len(gaps) >= letters - 1 and len(set(gaps)) == 1)
    if len(gaps) * 2 < letters - 1 and letters > MIN_HAN:
        return letters >= _LONG_COMPACT and _is_broken(text[first:last], strange)
    if len(set(gaps)) > 1 and broken:
        return False
    beside = (
        _LONE_BEFORE.search(text[max(0, first - _BESIDE) : first]),
        _LONE_AFTER.match(text[last : last + _BESIDE]),
    )
    if letters == MIN_HAN:
        if gaps[0] == "." or not _SOFT_BREAK.search(gaps[0]):
            return True
        # No Chinese word is one character alone at the end of what is said.
        begins = unspaced or _ends_piece(text[first - 1 : first] if first else "")
        return not any(beside) and begins and _ends_piece(text[last : last + 1])
    # "s h i p" holds "hip": where single letters go on beside the place, it is the inside of a word.
    return letters >= _LONG_COMPACT or not any(beside)


def _is_broken(found: str, strange: Sequence[str]) -> bool:
    """Whether a word has signs inside it: "za.lo", "wha*tsapp me". A sentence's end needs words on both sides."""
    if not strange or any(gap != gap.strip() or "/" in gap for gap in strange):
        return False
    if not any(map(_SOFT_BREAK.search, strange)):
        return True
    return set(strange) == {"."} and all(len(part) > 1 for part in re.split(r"[. ]+", found))


def _is_unspaced(text: str) -> bool:
    """Whether the script of a term writes no spaces between words."""
    return all(char >= "\u0e00" and not "\u1e00" <= char <= "\u1fff" for char in text if char.isalpha())


def _ends_piece(char: str) -> bool:
    return not char.isalnum()


def stands_alone(text: str, start: int, end: int, term: Term) -> bool:
    """Whether a place is not the inside of a longer word or number, in scripts that put spaces between words.

    In any script a place may not end before a mark: that would be half a letter.
    """
    if start and not term.open_left and _joins(text[start - 1], text[start]):
        return False
    if end == len(text):
        return True
    if not term.open_right and _joins(text[end - 1], text[end]):
        return False
    return "\u0300" <= text[end] <= "\u036f" or unicodedata.category(text[end]) != "Mn"


def _joins(left: str, right: str) -> bool:
    if left.isalpha():
        return right.isalpha() and _is_spaced(left) and _is_spaced(right)
    return left.isdecimal() and right.isdecimal()


def _is_spaced(letter: str) -> bool:
    """Whether this is a letter of a script that writes spaces between words (below Thai, or extended Latin, Greek)."""
    return letter < "\u0e00" or "\u1e00" <= letter <= "\u1fff"
