"""Patterns of a pack: those whose letters stand in a text (literals.py) are run, one pass tells which.

The few that need no letters in particular are one re2.Set a reading; of these, too, only those that hit are run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, Final, Generic, TypeVar

import re2

from streambot.classify.automaton import Automaton
from streambot.classify.expressions import Expression, expression, options
from streambot.classify.literals import branches, holds_all, needed, needed_besides
from streambot.classify.masked import MaskedPatterns
from streambot.core.errors import ConfigError
from streambot.core.verdict import Span
from streambot.core.views import SLICE, View, ViewName, Views

_Owner = TypeVar("_Owner")

_MAX_MEMORY_TOGETHER: Final = 64 << 20
"""Bytes that all patterns of a pack may take, taken as they are needed; Unicode classes are large."""
_MOST_MATCHES: Final = 16
_NUMBER: Final = "[0-9"
# One number word is a word: "一" and "một" are also "a".
_TWO_DIGITS: Final = re.compile("[0-9][ -]?[0-9]")
_BESIDE: Final = " ,.;:!?、。"
# What has no letters pulled apart or drawn out says nothing to a pattern that is about those.
_LIKE_CANONICAL_WHEN_SAME: Final = frozenset(ViewName) - {ViewName.COMPACT, ViewName.SINGLE}


def compile_pattern(pattern: str, where: str, rule: str) -> Expression:
    """One pattern of a rule. Raises ConfigError if RE2 refuses it or it finds nothing everywhere."""
    try:
        compiled = expression(pattern)
    except re2.error as error:
        detail = error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0]
        raise _refused(where, rule, pattern, str(detail)) from None
    if compiled.search("") is not None:
        raise _refused(where, rule, pattern, "it matches the empty text")
    return compiled


def _refused(where: str, rule: str, pattern: str, reason: str) -> ConfigError:
    return ConfigError(
        f"{where}: rule {rule!r}: the pattern {pattern!r} is refused: {reason}.",
        code="pack_invalid",
        fix="Correct the file; nothing of it is in force.",
    )


def _compiled(patterns: Iterable[str]) -> Any:
    together = re2.Set.SearchSet(options(_MAX_MEMORY_TOGETHER))
    for pattern in patterns:
        together.Add(pattern)
    try:
        together.Compile()
    except re2.error:
        raise ConfigError(
            "the patterns of a pack are too large together.",
            code="pack_invalid",
            fix="Write some of them as terms; nothing of the pack is in force.",
        ) from None
    return together


class _Reading(Generic[_Owner]):
    """The patterns that one reading is searched for."""

    def __init__(self, patterns: Sequence[tuple[str, Expression | None, _Owner]]) -> None:
        self._patterns = [(pattern, owner) for pattern, _, owner in patterns]
        self._compiled = {number: compiled for number, (_, compiled, _) in enumerate(patterns) if compiled is not None}
        texts = [needed(pattern) for pattern, _ in self._patterns]
        self._texts = Automaton((text, number) for number, some in enumerate(texts) for text in some or ())
        self._besides = [needed_besides(pattern) for pattern, _ in self._patterns]
        self._always = [number for number, some in enumerate(texts) if some is None]
        self._together = _compiled(self._patterns[number][0] for number in self._always) if self._always else None

    def find(self, text: str) -> Iterator[tuple[Expression, _Owner]]:
        """The patterns, compiled, that may stand in this text, each with its owner."""
        numbers = {number for number in self._texts.known_in(text) if holds_all(text, self._besides[number])}
        if self._together:
            numbers.update(self._always[number] for number in self._together.Match(text) or ())
        return ((self._ready(number), self._patterns[number][1]) for number in sorted(numbers))

    def _ready(self, number: int) -> Expression:
        # Compiled when it is first wanted: a pack has thousands of branches, a chat meets a few.
        if number not in self._compiled:
            self._compiled[number] = expression(self._patterns[number][0])
        return self._compiled[number]


class PatternIndex(Generic[_Owner]):
    """Compiled patterns with their owners, ready to be looked for."""

    def __init__(
        self,
        entries: Iterable[tuple[str, Expression, Sequence[ViewName], _Owner]],
        also_masked: Iterable[tuple[str, _Owner]] = (),
    ) -> None:
        """``also_masked``: patterns that are only looked for behind disguises."""
        by_view: dict[ViewName, list[tuple[str, Expression | None, _Owner]]] = {}
        for pattern, compiled, names, owner in entries:
            parts = [(part, compiled if part == pattern else None, owner) for part in branches(pattern)]
            for name in _searched(names):
                by_view.setdefault(name, []).extend(parts)
        undone = by_view.pop(ViewName.UNDONE, [])
        numbered = [entry for entry in by_view.get(ViewName.CANONICAL, ()) if _NUMBER in entry[0]]
        self._numbered = _Reading(numbered) if numbered else None
        masked = chain(((pattern, owner) for pattern, _, owner in undone), also_masked)
        self._masked = MaskedPatterns(masked, {pattern for pattern, _, _ in by_view.get(ViewName.BARE, ())})
        readings: dict[tuple[tuple[str, int], ...], _Reading[_Owner]] = {}
        self._views: dict[ViewName, _Reading[_Owner]] = {}
        for name, patterns in by_view.items():
            key = tuple((pattern, id(owner)) for pattern, _, owner in patterns)
            if key not in readings:
                readings[key] = _Reading(patterns)
            self._views[name] = readings[key]

    def find(self, views: Views) -> Iterator[tuple[_Owner, View, Span]]:
        """Owners of the patterns in this text, each with its place in the reading: the first group if it has one."""
        yield from self._plain(views)
        yield from self._in_words(views)

    def find_masked(self, views: Views, done: Callable[[_Owner], bool]) -> Iterator[tuple[_Owner, Span]]:
        """Owners of the patterns that stand in this text in disguise, each with its place; those ``done`` without."""
        return self._masked.find(views, done)

    def _plain(self, views: Views) -> Iterator[tuple[_Owner, View, Span]]:
        for name, reading in self._views.items():
            if name is ViewName.SKELETON and views.skeleton == views.text:
                continue
            view = views[name]
            if view.same and name is not ViewName.CANONICAL:
                continue
            for compiled, owner in reading.find(view.text):
                for match in islice(compiled.finditer(view.text), _MOST_MATCHES):
                    start, end = match.span(1) if compiled.groups and match.group(1) else match.span()
                    # Patterns look at what stands beside a word; people should not see it marked.
                    start += len(view.text[start:end]) - len(view.text[start:end].lstrip(_BESIDE))
                    end = start + len(view.text[start:end].rstrip(_BESIDE))
                    if start < end:
                        yield owner, view, (start, end)

    def _in_words(self, views: Views) -> Iterator[tuple[_Owner, View, Span]]:
        """Patterns of numbers, where the text writes its numbers in words or another script."""
        if self._numbered is None or len(views.text) > SLICE:
            return
        view = views[ViewName.DIGITS]
        if view.same or view.text == views.skeleton:
            return
        for compiled, owner in self._numbered.find(view.text):
            for match in islice(compiled.finditer(view.text), _MOST_MATCHES):
                if _TWO_DIGITS.search(match.group()):
                    yield owner, view, match.span(1 if compiled.groups and match.group(1) else 0)


def _searched(names: Sequence[ViewName]) -> Iterator[ViewName]:
    """The views to search: a reading that changes nothing is the canonical one, so that is searched in its place."""
    alike = not _LIKE_CANONICAL_WHEN_SAME.isdisjoint(names)
    return (name for name in ViewName if name in names or (alike and name is ViewName.CANONICAL))
