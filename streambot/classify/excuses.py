"""What a pack's rules excuse, by label: for who judges a sentence by other means than its rules."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from streambot.classify.patterns import compile_pattern
from streambot.core.labels import Label
from streambot.core.pack import Pack, Speaker


class Excuses:
    """The ``unless_patterns`` of the rules for one speaker. Raises ConfigError if RE2 refuses one."""

    def __init__(self, pack: Pack, speaker: Speaker) -> None:
        self._patterns: dict[Label, list[Any]] = defaultdict(list)
        for rule in pack.rules:
            if rule.label is not None and speaker in rule.scope:
                self._patterns[rule.label] += [
                    compile_pattern(pattern, rule.where, rule.id) for pattern in rule.unless_patterns
                ]

    def let(self, label: Label, text: str) -> bool:
        """Whether a rule of the label would let this be (the skeleton of a sentence)."""
        return any(pattern.search(text) is not None for pattern in self._patterns.get(label, ()))
