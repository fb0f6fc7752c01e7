"""What the shop is about to say, read before it is said: the rules that speak, why, and the wording that complies.

A line may hold several sentences. What excuses a violation (a denial, a question, a quotation) excuses it in its own
sentence only: "it is no medicine. It cures acne" is one promise too many.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
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
_SENTENCE_END: Final = re.compile(
    r"[?!？！。;；\n]+[\"”』」)）]*|\.[\"”)]*(?=\s)|(?<=นะคะ) |(?<=ค่ะ) |(?<=คะ) |(?<=ครับ) |(?<=ค่า) ", re.ASCII
)
"""Thai ends a sentence with a polite word and a space, the others with a mark."""


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
        for signal in _said(part, read):
            first, last = signal.span or (0, len(part))
            rules = [rule for rule in pack.asked_by(signal, SHOP) if speaker in rule.scope]
            found.extend(_finding(rule, (start + first, start + last), language) for rule in rules)
    return list(_widest(found))


def sentences(text: str) -> list[Span]:
    """The places of a text's sentences, each with the mark that ends it."""
    ends = [end.end() for end in _SENTENCE_END.finditer(text)]
    places = pairwise(dict.fromkeys((0, *ends, len(text))))
    return [(start, end) for start, end in places if text[start:end].strip()]


def _said(text: str, read: Callable[[str], Sequence[Signal]]) -> Iterator[Signal]:
    """What is read in each sentence by itself, and what runs from one into the next."""
    places = sentences(text)
    for signal in read(text):
        start, end = signal.span or (0, len(text))
        if len(places) < 2 or not any(first <= start and end <= last for first, last in places):
            yield signal
    if len(places) < 2:
        return
    for first, last in places:
        for signal in read(text[first:last]):
            start, end = signal.span or (0, last - first)
            yield replace(signal, span=(first + start, first + end))


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
