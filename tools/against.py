"""Print how streambot compares with the word filters that people use today, on labelled live-shopping lines.

``python tools/against.py tests/data/live_shopping`` in an environment that has streambot and, to be compared with,
``better-profanity`` and ``alt-profanity-check`` (PyPI); neither is a dependency. One run, the same lines for all.
A tool that knows no labels is asked one question: is there anything wrong with this line?
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from streambot.classify.manifest import Level
from streambot.core.action import Act
from streambot.core.comment import Author, Comment, Room
from streambot.core.labels import Label
from streambot.core.verdict import Judgement
from streambot.judging import judging
from streambot.settings import load_settings
from streambot.training.evaluate import wilson

ABUSE = frozenset({Label.HARASSMENT, Label.HATE, Label.SEXUAL, Label.VIOLENCE})
"""What a profanity filter is made for; the other labels are a shop's own troubles."""
ROOM = Room("against", "replay", "against")
AUTHOR = Author("viewer", "viewer")


@dataclass(frozen=True, slots=True)
class Line:
    """A labelled line. ``kind`` is benign, hard_negative or violation."""

    text: str
    language: str
    labels: frozenset[Label]
    kind: str


@dataclass(frozen=True, slots=True)
class Flagged:
    """What one tool found: a yes or no for every line, in order."""

    name: str
    flags: Sequence[bool]


def main() -> None:
    """Read the lines, ask every tool, print the table (or JSON)."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, help="a folder of .jsonl with text, lang, labels, kind")
    parser.add_argument("--json", action="store_true", help="the figures as one line of JSON")
    given = parser.parse_args()
    lines = [line for file in sorted(given.data.glob("*.jsonl")) for line in read(file)]
    if not lines:
        sys.exit(f"There are no lines in {given.data}/*.jsonl.")
    texts = [line.text for line in lines]
    found = [*asyncio.run(streambot(lines)), *(Flagged(name, ask(texts)) for name, ask in others())]
    if given.json:
        print(json.dumps([figures(lines, each, language) for language in ("en", "all") for each in found]))
        return
    for language in ("en", "all"):
        print_table(language, [figures(lines, each, language) for each in found])


def read(file: Path) -> list[Line]:
    """The lines of one file."""
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]
    return [
        Line(each["text"], each["lang"], frozenset(Label(name) for name in each["labels"]), each["kind"])
        for each in records
    ]


async def streambot(lines: Sequence[Line]) -> list[Flagged]:
    """The model alone at both thresholds, and model and base pack together, each line as the first of a stranger."""
    settings = load_settings(None, environ={})
    async with judging(settings) as judge:
        pack, matcher = judge.packs.get("base", None)
        comments = [
            Comment(str(number), ROOM, AUTHOR, line.text, sent_at=0.0, received_at=0.0)
            for number, line in enumerate(lines)
        ]
        judged: list[Judgement] = []
        for start in range(0, len(comments), 256):
            judged += await asyncio.gather(*map(judge.classifier.classify, comments[start : start + 256]))

        def holds(judgement: Judgement, level: Level) -> bool:
            return any(
                score >= judge.manifest.threshold(label, judgement.language, level)
                for label, score in judgement.labels.items()
            )

        acts = [
            pack.decide(comment, judgement, matcher.signals(comment), thresholds=judge.manifest).action
            for comment, judgement in zip(comments, judged, strict=True)
        ]
        name = judge.classifier.name
    return [
        Flagged(f"{name}, to review or hidden", [holds(each, "review") for each in judged]),
        Flagged(f"{name}, hidden", [holds(each, "hide") for each in judged]),
        Flagged("streambot, rules and model, to review or more", [act.severity >= Act.REVIEW.severity for act in acts]),
        Flagged("streambot, rules and model, hidden", [act.severity >= Act.HIDE.severity for act in acts]),
    ]


def others() -> list[tuple[str, Callable[[Sequence[str]], list[bool]]]]:
    """What is installed of the tools to compare with, each with its defaults."""
    tools: list[tuple[str, Callable[[Sequence[str]], list[bool]]]] = []
    if find_spec("better_profanity"):
        from better_profanity import profanity  # noqa: PLC0415 - no dependency of ours

        profanity.load_censor_words()
        tools.append((
            f"better-profanity {version('better-profanity')}",
            lambda texts: [bool(profanity.contains_profanity(text)) for text in texts],
        ))  # fmt: skip
    if find_spec("profanity_check"):
        from profanity_check import predict  # noqa: PLC0415

        tools.append((
            f"alt-profanity-check {version('alt-profanity-check')}",
            lambda texts: [bool(each) for each in predict(list(texts))],
        ))  # fmt: skip
    return tools


def figures(lines: Sequence[Line], found: Flagged, language: str) -> dict[str, Any]:
    """Recall of all violations and of abuse alone, precision, F1, and how many harmless lines it strikes."""
    rows = [(line, flag) for line, flag in zip(lines, found.flags, strict=True) if language in ("all", line.language)]

    def share(wanted: Callable[[Line], bool]) -> dict[str, float | int]:
        flags = [flag for line, flag in rows if wanted(line)]
        return wilson(sum(flags), len(flags))

    flagged = sum(flag for _, flag in rows)
    hits = sum(flag and bool(line.labels) for line, flag in rows)
    of = sum(bool(line.labels) for line, _ in rows)
    return {
        "tool": found.name,
        "language": language,
        "lines": len(rows),
        "violations": share(lambda line: bool(line.labels)),
        "abuse": share(lambda line: bool(line.labels & ABUSE)),
        "precision": round(hits / flagged, 4) if flagged else None,
        "f1": round(2 * hits / (flagged + of), 4) if flagged + of else None,
        "benign": share(lambda line: not line.labels and line.kind != "hard_negative"),
        "hard_negatives": share(lambda line: not line.labels and line.kind == "hard_negative"),
    }


def print_table(language: str, rows: Sequence[dict[str, Any]]) -> None:
    """The figures as a table in Markdown, rates with their 95 % intervals."""
    print(f"\n{language}: {rows[0]['lines']} lines\n")
    print("| tool | violations found | of these abuse found | precision | F1 | benign struck | hard negatives struck |")
    print("|---|---|---|---|---|---|---|")
    for row in rows:
        rates = [
            f"{row[name]['rate']:.1%} ({row[name]['low']:.1%}–{row[name]['high']:.1%})"
            for name in ("violations", "abuse", "benign", "hard_negatives")
        ]
        precision = "–" if row["precision"] is None else f"{row['precision']:.2f}"
        f1 = "–" if row["f1"] is None else f"{row['f1']:.2f}"
        print(f"| {row['tool']} | {rates[0]} | {rates[1]} | {precision} | {f1} | {rates[2]} | {rates[3]} |")


if __name__ == "__main__":
    main()
