"""What differs between two packs, rule by rule, and the fingerprint by which two packs are the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Final

from streambot.core.pack import Pack, Rule

_NOT_SAID: Final = frozenset({"id", "where"})
"""Fields that are no part of what a rule does: its name, and the line on which it happens to stand."""


@dataclass(frozen=True, slots=True)
class PackDiff:
    """Rules by id. ``changed`` has for each the fields that differ: (before, after), JSON-ready."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: Mapping[str, Mapping[str, tuple[Any, Any]]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.added or self.removed or self.changed)

    def summary(self) -> dict[str, Any]:
        """JSON for the log: which rules, and which of their fields."""
        changed = {rule: sorted(what) for rule, what in self.changed.items()}
        return {"added": list(self.added), "removed": list(self.removed), "changed": changed}


def compare(before: Pack, after: Pack) -> PackDiff:
    """What has to be said to somebody who knows ``before``."""
    old = {rule.id: rule_fields(rule) for rule in before.rules}
    new = {rule.id: rule_fields(rule) for rule in after.rules}
    return PackDiff(
        added=tuple(rule for rule in new if rule not in old),
        removed=tuple(rule for rule in old if rule not in new),
        changed={rule: what for rule in new if rule in old and (what := _changes(old[rule], new[rule]))},
    )


def rule_fields(rule: Rule) -> dict[str, Any]:
    """Everything a rule says that is not its default, JSON-ready, in the order of the fields."""
    said = {}
    for each in fields(Rule):
        value = getattr(rule, each.name)
        if each.name not in _NOT_SAID and value not in (each.default, (), frozenset(), {}):
            said[each.name] = _plain(value)
    return said


def fingerprint(pack: Pack) -> str:
    """A SHA-256 (hex) of what the pack's rules say, in their order; version, comments and lines have no part in it."""
    said = [[rule.id, rule_fields(rule)] for rule in pack.rules]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    names = dict.fromkeys((*before, *after))
    return {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}


def _plain(value: Any) -> Any:
    match value:
        case frozenset():
            return sorted(map(str, value))
        case tuple():
            return [_plain(item) for item in value]
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case date():
            return value.isoformat()
        case str():
            return str(value)
    return value
