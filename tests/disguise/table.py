"""The suite's report: for each language a table of disguise × label, what it costs honest buyers, the worst cells."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from streambot.core.action import Act
from tests.disguise.judged import PLAIN, Cost, Judged
from tests.disguise.ways import LANGUAGES, plain

Key = TypeVar("Key", bound=Hashable)
TWO = "two at once"
STOPPING = (Act.HIDE, Act.MUTE, Act.BAN)
ASKING = (Act.REVIEW, Act.WARN)
SHORT = {
    "harassment": "haras", "hate": "hate", "sexual": "sexua", "violence": "viole", "minors": "minor", "spam": "spam",
    "scam": "scam", "gambling": "gambl", "diversion": "diver", "counterfeit": "count", "prohibited_goods": "goods",
    "misleading_claim": "claim", "personal_data": "perso",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Share:
    """How many of some cases got at least the act asked for, and how many at least a person's eye."""

    caught: int
    seen: int
    total: int

    @property
    def percent(self) -> float:
        return 100 * self.caught / self.total if self.total else 100.0

    def __str__(self) -> str:
        return f"{self.percent:5.1f} of {self.total:<5}" if self.total else "    – of 0    "


def share(judged: Iterable[Judged]) -> Share:
    some = list(judged)
    return Share(sum(j.caught for j in some), sum(j.act.severity >= Act.REVIEW.severity for j in some), len(some))


def shares(judged: Iterable[Judged], key: Callable[[Judged], Key]) -> dict[Key, Share]:
    groups: dict[Key, list[Judged]] = defaultdict(list)
    for one in judged:
        groups[key(one)].append(one)
    return {name: share(some) for name, some in groups.items()}


def way(judged: Judged) -> str:
    """The row of a case."""
    return TWO if "+" in judged.case.disguise else judged.case.disguise


def disguised(judged: Iterable[Judged]) -> list[Judged]:
    """Without the plain texts."""
    return [j for j in judged if j.case.disguise != PLAIN]


def lines(judged: Sequence[Judged], costs: Sequence[Cost], *, worst: int = 8) -> Iterator[str]:
    """The whole report. A cell is the percentage that got the act asked for; ``known`` is what a rule catches plain,
    ``seen`` counts a review too."""
    for language in LANGUAGES:
        some = [j for j in judged if j.case.violation.language == language]
        yield (
            f"\n{language:<16}"
            + "".join(f"{short:>6}" for short in SHORT.values())
            + "   known          other           seen"
        )
        rows = sorted({way(j) for j in some}, key=lambda name: (name != PLAIN, name == TWO, name))
        for row in rows:
            yield _row(row, [j for j in some if way(j) == row])
        yield _row("all disguised", disguised(some))
    yield from _clean(costs)
    caught = {j.case.violation for j in judged if j.case.disguise == PLAIN and j.caught}
    hidden = [j for j in disguised(judged) if way(j) != TWO and not j.caught and j.case.violation in caught]
    yield "\nthe worst disguises of what a rule catches plain"
    yield from _worst([j for j in hidden if j.known], most=worst)
    yield "\nthe worst disguises of what only the model catches plain"
    yield from _worst([j for j in hidden if not j.known], most=worst)
    yield "\nplain texts that do not get the act their label asks for"
    yield from _worst(
        [j for j in judged if j.case.disguise == PLAIN and not j.caught], most=len(LANGUAGES) * len(SHORT)
    )


def _clean(costs: Sequence[Cost]) -> Iterator[str]:
    yield "\nclean: points that the rules add"
    for language in (*LANGUAGES, "all"):
        of = [cost for cost in costs if language in (cost.language, "all")]
        hides, reviews = gained(of)
        model = sum(cost.alone.severity >= Act.REVIEW.severity for cost in of)
        yield f"  {language:<4} {len(of):5} lines: hides {hides:.2f}, reviews {reviews:.2f} (model alone {model})"
    for cost in costs:
        if cost.gained(*STOPPING, *ASKING):
            yield f"    {cost.act} by {', '.join(cost.rules)}: {cost.text}"


def gained(costs: Sequence[Cost]) -> tuple[float, float]:
    """Percentage points of hides (or worse) and of reviews that the rules add to the model's own."""
    hides = sum(cost.gained(*STOPPING) for cost in costs)
    reviews = sum(cost.gained(*ASKING) for cost in costs)
    return 100 * hides / len(costs), 100 * reviews / len(costs)


def _row(name: str, judged: Sequence[Judged]) -> str:
    by_label = shares(judged, lambda j: j.case.violation.label)
    cells = "".join(f"{by_label[label].percent:6.0f}" if label in by_label else "     –" for label in SHORT)
    both = share(judged)
    seen = 100 * both.seen / both.total if both.total else 100.0
    return (
        f"{name:<16}{cells}  {share(j for j in judged if j.known)}{share(j for j in judged if not j.known)}{seen:6.1f}"
    )


def _worst(missed: Sequence[Judged], *, most: int) -> Iterator[str]:
    """Where most cases got away: language, disguise and label, with up to three different lines of them."""
    cells: dict[tuple[str, str, str], list[Judged]] = defaultdict(list)
    for one in missed:
        cells[one.case.violation.language, way(one), one.case.violation.label].append(one)
    for (language, row, label), some in sorted(cells.items(), key=lambda item: -len(item[1]))[:most]:
        yield f"  {language} · {row} · {label}: {len(some)} got away"
        for one in list({j.case.violation: j for j in some}.values())[:3]:
            was = "" if row == PLAIN else f"{plain(one.case.violation.marked)} → "
            yield f"      {one.act}: {was}{_printed(one.case.text)}"


def _printed(text: str, most: int = 120) -> str:
    """What a terminal would not show, spelt out; of long texts the end, where padding puts the violation."""
    text = f"(+{len(text) - most}) …{text[-most:]}" if len(text) > most else text
    shown = text.replace("\n", " ⏎ ")
    return "".join(f"\\u{ord(c):04x}" if unicodedata.category(c) == "Cf" else c for c in shown)
