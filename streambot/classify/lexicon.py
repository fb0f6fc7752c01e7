"""What a pack's words, patterns and structures find in one comment."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate
from typing import Final

from streambot.classify.detectors import detect
from streambot.classify.patterns import PatternIndex, compile_pattern
from streambot.classify.terms import TermIndex, as_pattern, covered, is_phrase
from streambot.core.asking import is_asking, is_warning
from streambot.core.comment import Comment
from streambot.core.pack import SHOP, VIEWERS, Pack, Rule, Speaker, scope_of
from streambot.core.verdict import Signal, Span
from streambot.core.views import ViewName, Views, canonical, skeleton

MOST_HITS: Final = 5
"""Places reported of one rule in one comment; the sixth explains nothing more."""
_SENTENCE_END: Final = re.compile(r"[?!。;\n]+|\.(?= )|(?<=คะ) |(?<=ค่ะ) |(?<=ครับ) |(?<=[吗呢嘛么呀啊啦哦吧])[,~ ]+")
_TOLD_NEAR: Final = 120
"""Code points on each side of a hit in which a question, or a warning, may excuse it."""
_LONGEST_WORD: Final = 12
_ASKED_ABOUT: Final = 4
"""Texts whose sentences are kept: the hits in one are looked into one after the other."""
_ANY_DISGUISE: Final = frozenset({ViewName.COMPACT, ViewName.LEET, ViewName.SINGLE})
REMEMBERED: Final = 2_048
"""Texts whose hits a room's rules remember: a flood says the same again and again, just when time is short."""


class Matchers:
    """A pack made ready for a chat: viewers are read by the rules for comments, the shop's people by those for its own
    words. Raises ConfigError if RE2 refuses one of its patterns.
    """

    def __init__(self, pack: Pack) -> None:
        self._by_scope = {scope: Matcher(pack, scope, remembered=REMEMBERED) for scope in (VIEWERS, SHOP)}

    def signals(self, comment: Comment, before: Sequence[str] = ()) -> list[Signal]:
        """As :meth:`Matcher.signals`."""
        return self._by_scope[scope_of(comment)].signals(comment, before)

    def read_reply(self, text: str) -> list[Signal]:
        """As :meth:`Matcher.read`, of what the shop is about to post."""
        return self._by_scope[SHOP].read(text)


class Matcher:
    """The rules of a pack for some speakers; what they find in a text is kept for the newest ``remembered``.

    Raises ConfigError if RE2 refuses one of its patterns.
    """

    def __init__(self, pack: Pack, scope: Collection[Speaker] = VIEWERS, *, remembered: int = 0) -> None:
        rules = [rule for rule in pack.rules if not rule.scope.isdisjoint(scope)]
        self._terms = TermIndex((term, rule.term_views, rule) for rule in rules for term in rule.terms)
        self._patterns = PatternIndex(
            (
                (pattern, compile_pattern(pattern, rule.where, rule.id), rule.pattern_views, rule)
                for rule in rules
                for pattern in rule.patterns
            ),
            (
                (as_pattern(term), rule)
                for rule in rules
                if _ANY_DISGUISE.issubset(rule.term_views)
                for term in rule.terms
                if is_phrase(term)
            ),
        )
        self._excuses = {rule.id: tuple(skeleton(canonical(term)) for term in rule.except_terms) for rule in rules}
        self._unless = {
            rule.id: [compile_pattern(pattern, rule.where, rule.id) for pattern in rule.unless_patterns]
            for rule in rules
            if rule.unless_patterns
        }
        self._detectors = frozenset(name for rule in rules for name in rule.detectors)
        self._remembered = lru_cache(remembered)(lambda text: tuple(self.read(text)))

    def signals(self, comment: Comment, before: Sequence[str] = ()) -> list[Signal]:
        """:meth:`read` of a comment's text, and of what it ends that the author began in the comments ``before``."""
        found = list(self._remembered(comment.text))
        if before and comment.text.strip():
            found.extend(self._across(before, comment.text, {signal.name for signal in found}))
        return found

    def _across(self, before: Sequence[str], text: str, own: Collection[str]) -> Iterator[Signal]:
        """What neither this comment nor those before it say alone; the place is all of this comment.

        Words must run from one into the other and begin or end with one of them: "love you", "idiot me" is no insult.
        Where one of them asks, an honest talk is likelier.
        """
        joined = " ".join((*before, text))
        found = [signal for signal in self.read(joined) if signal.name not in own]
        if not found or any(is_asking(canonical(said)) for said in (*before, text)):
            return
        begins = [0, *accumulate(len(said) + 1 for said in before)]
        known = {signal.name for signal in self.read(" ".join(before))}
        told: set[str] = set()
        for signal in found:
            start, end = signal.span or (0, 0)
            runs_on = start < begins[-1] < end and (start in begins or end == len(joined))
            is_new = signal.source == "detector" and signal.name not in known
            if (runs_on or is_new) and signal.name not in told:
                told.add(signal.name)
                yield replace(signal, span=(0, len(text)), across=joined)

    def read(self, text: str) -> list[Signal]:
        """One signal a hit: the rule's id from ``lexicon`` or ``pattern``, a detector's name from ``detector``."""
        whole = Views(text)
        found = _Found(whole.skeleton, self._excuses, self._lets)
        for views in whole.slices:
            for rule, (start, end) in self._terms.find(views, found.has_enough_of):
                found.take(rule, (start + views.offset, end + views.offset), "lexicon")
            found.next_slice()
        # RE2 takes no longer than the text is, and a slice's end is not the comment's.
        for rule, view, place in self._patterns.find(whole):
            found.take(rule, view.canonical_span(*place), "pattern")
        found.next_slice()
        is_enough = found.has_enough_of if len(whole.slices) > 1 else found.has_most_of
        for rule, place in self._patterns.find_masked(whole, is_enough):
            found.take(rule, place, "pattern")
        signals = [
            Signal(rule_id, 1.0, source, whole.original_span(*place))
            for rule_id, places in found.places.items()
            for place, source in places
        ]
        signals.extend(detect(whole, self._detectors))
        return signals

    def _lets(self, rule: Rule, text: str, place: Span) -> bool:
        """Whether what is said around a place is of a kind that the rule lets be."""
        if rule.unless_question and is_asking(_asked(text, place)):
            return True
        told = _around(text, place, _TOLD_NEAR)
        if rule.unless_warning and is_warning(told):
            return True
        return any(pattern.search(told) is not None for pattern in self._unless.get(rule.id, ()))


def _asked(text: str, place: Span) -> str:
    """The sentence of a place and the next: what was asked before is another matter ("how are you? cheap replicas")."""
    # What ends right before the place is looked at again: the place itself ends no sentence.
    ended = _sentence_ends(text)
    known = ended[max(0, bisect_right(ended, place[0]) - 2)]
    begins = max((end.end() for end in _SENTENCE_END.finditer(text, known, place[0])), default=known)
    ends = _SENTENCE_END.search(text, place[1])
    ends = _SENTENCE_END.search(text, ends.end()) if ends else None
    return text[begins : ends.end() if ends else len(text)]


@lru_cache(_ASKED_ABOUT)
def _sentence_ends(text: str) -> Sequence[int]:
    """Where the sentences of a text end, and its beginning: many places of one text are asked about."""
    return [0, *(end.end() for end in _SENTENCE_END.finditer(text))]


def _around(text: str, place: Span, near: int) -> str:
    """What stands so near a place: friendly words far before a violation excuse nothing."""
    start, end = max(0, place[0] - near), place[1] + near
    if start:
        start = max(start, text.rfind(" ", start - _LONGEST_WORD, start) + 1)
    return text[start:end]


class _Found:
    """What the rules say of one comment; ``places`` by rule, in the canonical text, each with who found it."""

    def __init__(
        self, skeleton: str, excuses: Mapping[str, Sequence[str]], lets: Callable[[Rule, str, Span], bool]
    ) -> None:
        self.places: dict[str, list[tuple[Span, str]]] = {}
        self._skeleton = skeleton
        self._excuses = excuses
        self._lets = lets
        self._let: dict[str, bool] = {}
        self._heard: frozenset[str] = frozenset()

    def has_enough_of(self, rule: Rule) -> bool:
        """Whether more of a rule's places would explain nothing more, or be excused: then nobody need look for them."""
        return rule.id in self._heard or self.has_most_of(rule)

    def has_most_of(self, rule: Rule) -> bool:
        """As ``has_enough_of`` for a comment that is not too long to be honest."""
        return self._let.get(rule.id, False) or len(self.places.get(rule.id, ())) == MOST_HITS

    def next_slice(self) -> None:
        """What spoke in this slice is heard: a comment of several is too long to be honest."""
        self._heard = frozenset(self.places)

    def take(self, rule: Rule, place: Span, source: str) -> None:
        """Note a place, if nothing excuses it."""
        places = self.places.get(rule.id, [])
        inside = any(start <= place[0] and place[1] <= end for (start, end), _ in places)
        if inside or len(places) == MOST_HITS or covered(self._skeleton, place, self._excuses[rule.id]):
            return
        if not self._is_let(rule, place):
            self.places.setdefault(rule.id, places).append((place, source))

    def _is_let(self, rule: Rule, place: Span) -> bool:
        if len(self._skeleton) > _TOLD_NEAR or _SENTENCE_END.search(self._skeleton):
            return self._lets(rule, self._skeleton, place)
        # One sentence says one thing.
        if rule.id not in self._let:
            self._let[rule.id] = self._lets(rule, self._skeleton, place)
        return self._let[rule.id]
