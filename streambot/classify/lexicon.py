"""What a pack's words, patterns and structures find in one comment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from streambot.classify.detectors import detect
from streambot.classify.patterns import PatternIndex, compile_pattern
from streambot.classify.terms import TermIndex, covered
from streambot.core.asking import is_asking, is_warning
from streambot.core.comment import Comment
from streambot.core.pack import Pack, Rule, Speaker
from streambot.core.verdict import Signal, Span
from streambot.core.views import Views, canonical

MOST_HITS: Final = 5
"""Places reported of one rule in one comment; the sixth explains nothing more."""


class Matcher:
    """A pack made ready to read comments. Raises ConfigError if RE2 refuses one of its patterns."""

    def __init__(self, pack: Pack, speaker: Speaker = Speaker.COMMENT) -> None:
        rules = [rule for rule in pack.rules if speaker in rule.scope]
        self._terms = TermIndex((term, rule.term_views, rule) for rule in rules for term in rule.terms)
        self._patterns = PatternIndex(
            (pattern, compile_pattern(pattern, rule.where, rule.id), rule.pattern_views, rule)
            for rule in rules
            for pattern in rule.patterns
        )
        self._excuses = {rule.id: tuple(map(canonical, rule.except_terms)) for rule in rules}
        self._unless = {
            rule.id: [compile_pattern(pattern, rule.where, rule.id) for pattern in rule.unless_patterns]
            for rule in rules
            if rule.unless_patterns
        }
        self._detectors = frozenset(name for rule in rules for name in rule.detectors)

    def signals(self, comment: Comment) -> list[Signal]:
        """One signal a hit: the rule's id from ``lexicon`` or ``pattern``, a detector's name from ``detector``."""
        views = Views(comment.text)
        found: dict[str, list[tuple[Span, str]]] = {}
        for rule, place, source in self._hits(views):
            places = found.setdefault(rule.id, [])
            if len(places) < MOST_HITS and not _inside(place, places) and not self._excused(rule, place, views):
                places.append((place, source))
        signals = [
            Signal(rule_id, 1.0, source, views.original_span(*place))
            for rule_id, places in found.items()
            for place, source in places
        ]
        signals.extend(detect(views, self._detectors))
        return signals

    def _hits(self, views: Views) -> Iterator[tuple[Rule, Span, str]]:
        for rule, place in self._terms.find(views):
            yield rule, place, "lexicon"
        for rule, view, place in self._patterns.find(views):
            yield rule, view.canonical_span(*place), "pattern"

    def _excused(self, rule: Rule, place: Span, views: Views) -> bool:
        text = views.canonical.text
        if covered(text, place, self._excuses[rule.id]):
            return True
        if (rule.unless_question and is_asking(text)) or (rule.unless_warning and is_warning(text)):
            return True
        return any(pattern.search(text) is not None for pattern in self._unless.get(rule.id, ()))


def _inside(place: Span, places: list[tuple[Span, str]]) -> bool:
    return any(start <= place[0] and place[1] <= end for (start, end), _ in places)
