"""The part of a pack that a platform's own word filter can be trusted with: plain words that have no good reading.

A filter knows no questions and no warnings, so a rule that looks at them stays here, and so does a word that is part
of one that its rule excuses; patterns, signals and the model do too.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import Final, Literal

from streambot.core.action import Act
from streambot.core.canonical import canonical
from streambot.core.labels import Label
from streambot.core.pack import Pack, Rule, Speaker

Match = Literal["word", "substring"]
"""How the platform's filter looks for a word: as a whole one, or anywhere inside another."""

_SHORTEST: Final = 3
_SHORTEST_UNSPACED: Final = 2
_THAI: Final = "THAI"
_HAN: Final = "CJK UNIFIED"
_VIETNAMESE: Final = frozenset("ăâđêôơưĂÂĐÊÔƠƯ")
_TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word for a filter, with the rule it comes from."""

    text: str
    rule: str
    label: Label | None
    act: Act


def keywords(
    pack: Pack, *, match: Match = "word", language: str | None = None, limit: int, longest: int
) -> tuple[list[Keyword], Counter[str]]:
    """At most ``limit`` words of at most ``longest`` characters, the severest rules' first; what was left out, by why.

    ``language`` takes the words that its script can write: th, zh, vi, or Latin letters for any other.
    """
    left: Counter[str] = Counter()
    found: dict[str, Keyword] = {}
    for rule in sorted(pack.rules, key=lambda rule: -max(act.severity for act in rule.acts)):
        excuses = tuple(map(canonical, rule.except_terms))
        for term in rule.terms:
            word = term.strip("*").strip()
            why = _unfit_rule(rule) or _unfit_word(term, word, match, language, longest)
            if not why and any(canonical(word) in excuse for excuse in excuses):
                why = "stands in a word that is excused"
            if why:
                left[why] += 1
            elif word.casefold() not in found:
                act = max(rule.acts, key=lambda act: act.severity)
                found[word.casefold()] = Keyword(word, rule.id, rule.label, act)
    kept = list(found.values())
    left["over the limit"] += max(0, len(kept) - limit)
    return kept[:limit], +left


def _unfit_rule(rule: Rule) -> str:
    if max(act.severity for act in rule.acts) < Act.HIDE.severity:
        return "only for review"
    if Speaker.COMMENT not in rule.scope:
        return "not about comments"
    if rule.unless_patterns or rule.unless_question or rule.unless_warning or rule.exempt_roles:
        return "depends on who says it and how"
    return ""


def _unfit_word(term: str, word: str, match: Match, language: str | None, longest: int) -> str:
    unspaced = _is(word, _THAI) or _is(word, _HAN)
    open_ends = term.startswith("*") and term.endswith("*")
    if language is not None and not _is_written_in(word, language):
        return "another language"
    if sum(unicodedata.category(char)[0] in "LN" for char in word) < (_SHORTEST_UNSPACED if unspaced else _SHORTEST):
        return "too short"
    if match == "substring" and not unspaced and not open_ends:
        return "stands inside other words"
    return "too long" if len(word) > longest else ""


def _is(word: str, script: str) -> bool:
    return any(unicodedata.name(char, "").startswith(script) for char in word)


def _is_written_in(word: str, language: str) -> bool:
    if language in ("th", "zh"):
        return _is(word, _THAI if language == "th" else _HAN)
    if _is(word, _THAI) or _is(word, _HAN):
        return False
    marked = bool(_VIETNAMESE.intersection(word) or _TONES.intersection(unicodedata.normalize("NFD", word)))
    # What is written without marks may be any language of the Latin alphabet, Vietnamese without tones too.
    return language == "vi" or not marked
