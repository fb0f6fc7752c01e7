"""What rules say to people, in the language of whoever reads."""

from __future__ import annotations

from collections.abc import Mapping

from streambot.core.pack import Pack


def in_language(lines: Mapping[str, str], language: str) -> str:
    """A rule's reason or suggestion in this language, in English if it has none, "" if it is empty."""
    return lines.get(language) or lines.get("en", "")


def explained(pack: Pack, language: str) -> dict[str, dict[str, str]]:
    """By rule id: ``why`` it speaks and, where it says so, ``instead``, the wording that complies."""
    return {
        rule.id: {
            "why": in_language(rule.reason, language),
            **({"instead": in_language(rule.suggestion, language)} if rule.suggestion else {}),
        }
        for rule in pack.rules
    }
