"""What the shop is about to say, read before it is said: the rules that speak, why, and the wording that complies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from streambot.core.canonical import VISIBLE_LIMIT, is_cut
from streambot.core.labels import Label
from streambot.core.pack import SHOP, TOO_LONG, Pack, Rule, Speaker
from streambot.core.verdict import Signal, Span
from streambot.core.wording import in_language

OVERLAP: Final = 200
"""Code points that two slices of one line share, so that no phrase falls between them."""
SLICE: Final = VISIBLE_LIMIT // 2
"""Code points of a line read at once: Thai sara am is spelt out in two, and nothing may be cut off for it."""
LONGEST: Final = 20_000
"""Code points of one line; nobody reads more in one breath."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One place in a line that should not be said. ``why`` and ``suggestion`` are in the reader's language."""

    label: Label | None
    rule: str
    span: Span
    why: str
    source: str
    suggestion: str
    source_date: date | None = None
    checked_on: date | None = None


def findings(
    text: str, pack: Pack, speaker: Speaker, read: Callable[[str], Sequence[Signal]], *, language: str
) -> list[Finding]:
    """What a pack's rules for ``speaker`` (script or reply) find in one line, in the order of its places.

    ``read`` measures a text; a line longer than what is read at once is given to it in overlapping slices.
    """
    found: list[Finding] = []
    for start, part in _slices(text):
        if is_cut(part):
            found.append(_unread((start, start + len(part))))
        for signal in read(part):
            first, last = signal.span or (0, len(part))
            rules = [rule for rule in pack.asked_by(signal, SHOP) if speaker in rule.scope]
            found.extend(_finding(rule, (start + first, start + last), language) for rule in rules)
    return list(_widest(found))


def _widest(found: Sequence[Finding]) -> Iterator[Finding]:
    """In the order of their places, each rule's finding once where several say the same of one place."""
    reached: dict[str, int] = {}
    for finding in sorted(found, key=lambda finding: (finding.span[0], -finding.span[1])):
        if finding.span[1] > reached.get(finding.rule, -1):
            reached[finding.rule] = finding.span[1]
            yield finding


def _slices(text: str) -> Iterator[tuple[int, str]]:
    for start in range(0, max(len(text) - OVERLAP, 1), SLICE - OVERLAP):
        yield start, text[start : start + SLICE]


def _finding(rule: Rule, span: Span, language: str) -> Finding:
    return Finding(
        label=rule.label,
        rule=rule.id,
        span=span,
        why=in_language(rule.reason, language),
        source=rule.source_id,
        suggestion=in_language(rule.suggestion, language),
        source_date=rule.source_date,
        checked_on=rule.checked_on,
    )


def _unread(span: Span) -> Finding:
    return Finding(None, TOO_LONG, span, "It holds too many ligatures to be read whole.", "streambot", "Plain letters.")
