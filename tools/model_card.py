"""Writes the tables of models/README.md from reports of ``streambot eval --json``, so that no figure is typed.

Usage: python tools/model_card.py OURS FULL [GROUPS] — the shipped int8 model and the same model before int8, each
evaluated on the same data (OURS with --baseline); GROUPS is a report on paraphrase groups. Prints Markdown.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_FIVE = ("en", "zh", "th", "vi", "id")
_SHARES = (
    ("violations hidden (default action hide)", "violations_hidden"),
    ("violations hidden or queued", "violations_held"),
    ("hard negatives hidden", "hard_negatives_hidden"),
    ("hard negatives queued", "hard_negatives_held"),
    ("benign hidden", "false_hide"),
    ("benign queued", "false_review"),
    ("intents right", "intent_accuracy"),
    ("language, three words or more", "language_accuracy"),
)
_MEANS = (
    ("labels, macro-F1 at review", "label_macro_f1"),
    ("labels, calibration error", "calibration_error"),
    ("intents, macro-F1", "intent_macro_f1"),
)


def main(arguments: Sequence[str]) -> int:
    """Print the tables of the reports that were named."""
    ours, full, *more = (json.loads(Path(name).read_text(encoding="utf-8")) for name in arguments)
    columns = {"ours fp32": full, "ours int8": ours, "n-grams": ours.get("baseline", {})}
    if "own" in ours:
        _print(_whole({name: report["own"] for name, report in columns.items() if "own" in report}))
        _print(_by_language(ours["own"]["languages"]))
        _print(_by_label(ours["own"]["labels"]))
    if "sources" in ours:
        _print(_sources({name: report["sources"] for name, report in columns.items() if "sources" in report}))
    for report in more:
        print(json.dumps(report["groups"], ensure_ascii=False))
    return 0


def _whole(columns: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    table = [["", *columns]]
    table += [[title, *(f"{own[name]:.3f}" for own in columns.values())] for title, name in _MEANS]
    table += [[title, *(_share(own[name]) for own in columns.values())] for title, name in _SHARES]
    return table


def _by_language(languages: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    spoken = [language for language in _FIVE if language in languages]
    table = [["", *spoken]]
    table += [[title, *(f"{languages[each][name]:.3f}" for each in spoken)] for title, name in _MEANS]
    table += [[title, *(f"{languages[each][name]['rate']:.1%}" for each in spoken)] for title, name in _SHARES]
    return table


def _by_label(labels: Mapping[str, Mapping[str, float]]) -> list[list[str]]:
    names = ("precision", "recall", "f1", "hidden", "auc", "calibration_error")
    table = [["label", *names, "lines"]]
    table += [
        [label, *(f"{entry[name]:.3f}" for name in names), str(entry["lines"])] for label, entry in labels.items()
    ]
    return table


def _sources(columns: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """macro-F1 at review with its 95 % interval, AUC, and harmless rows hidden; then the mean over what is scored."""
    table = [["source", "rows", *(f"{name}: {what}" for name in columns for what in ("macro-F1", "AUC", "hidden"))]]
    first = next(iter(columns.values()))
    for source, entry in first.items():
        if "macro_f1" not in entry:
            continue
        cells = [source, str(entry["rows"])]
        for report in columns.values():
            scored = report[source]
            low, high = scored["macro_f1_interval"]
            cells += [
                f"{scored['macro_f1']:.3f} ({low:.3f}–{high:.3f})",
                f"{scored['auc']:.3f}",
                f"{scored['false_hide']['rate']:.1%}",
            ]
        table.append(cells)
    mean = ["mean", ""]
    for report in columns.values():
        scored = [entry["macro_f1"] for entry in report.values() if "macro_f1" in entry]
        mean += [f"{sum(scored) / len(scored):.3f}", "", ""]
    return [*table, mean]


def _share(entry: Mapping[str, float]) -> str:
    return f"{entry['rate']:.1%} ({entry['low']:.1%}–{entry['high']:.1%})"


def _print(table: Sequence[Sequence[str]]) -> None:
    head, *rows = table
    print("|", " | ".join(head), "|")
    print("|" + "---|" * len(head))
    for row in rows:
        print("|", " | ".join(row), "|")
    print()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
