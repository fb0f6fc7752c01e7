"""Patterns of a pack in one re2.Set a reading; only those that hit are run again, for the place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, Generic, TypeVar

import re2

from streambot.core.errors import ConfigError
from streambot.core.verdict import Span
from streambot.core.views import View, ViewName, Views

_Owner = TypeVar("_Owner")

_MAX_MEMORY: Final = 8 << 20
_MOST_MATCHES: Final = 16


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    options.case_sensitive = False
    return options


def compile_pattern(pattern: str, where: str, rule: str) -> Any:
    """One pattern of a rule. Raises ConfigError if RE2 refuses it or it finds nothing everywhere."""
    try:
        compiled = re2.compile(pattern, _options())
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


class PatternIndex(Generic[_Owner]):
    """Compiled patterns with their owners, ready to be looked for."""

    def __init__(self, entries: Iterable[tuple[str, Any, Sequence[ViewName], _Owner]]) -> None:
        by_view: dict[ViewName, list[tuple[str, Any, _Owner]]] = {}
        for pattern, compiled, names, owner in entries:
            for name in names:
                by_view.setdefault(name, []).append((pattern, compiled, owner))
        self._views: dict[ViewName, tuple[Any, list[tuple[Any, _Owner]]]] = {}
        for name, patterns in by_view.items():
            together = re2.Set.SearchSet(_options())
            for pattern, _, _ in patterns:
                together.Add(pattern)
            together.Compile()
            self._views[name] = (together, [(compiled, owner) for _, compiled, owner in patterns])

    def find(self, views: Views) -> Iterator[tuple[_Owner, View, Span]]:
        """Owners of the patterns in this text, each with its place in the reading: the first group if it has one."""
        for name, (together, patterns) in self._views.items():
            view = views[name]
            if view.same and name is ViewName.COMPACT:
                continue
            for number in together.Match(view.text) or ():
                compiled, owner = patterns[number]
                for match in islice(compiled.finditer(view.text), _MOST_MATCHES):
                    start, end = match.span(1) if compiled.groups and match.group(1) else match.span()
                    # Patterns look at the space beside a word; people should not see it marked.
                    start += len(view.text[start:end]) - len(view.text[start:end].lstrip())
                    end = start + len(view.text[start:end].rstrip())
                    if start < end:
                        yield owner, view, (start, end)
