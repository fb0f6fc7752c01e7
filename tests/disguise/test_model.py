"""The model alone, without any rule, still recognises violations whose letters are disguised (issue 4, acceptance 4).

The lines are those of tests/data/live_shopping, the ways those of this folder: training imports neither.
``pytest -s tests/disguise/test_model.py`` prints the table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest

from streambot.classify.onnx import OnnxRuntime
from streambot.resources import model_folder
from streambot.training.corpus import Row, own_file
from tests.disguise.ways import LANGUAGES, Disguise, disguise, disguises, pairs

LINES = Path(__file__).parent.parent / "data" / "live_shopping"
PLAIN = "plain"
TWO = "two at once"
PAIRS = 2
"""Pairs of ways drawn for each line."""
KEPT = 0.90
"""Of what is recognised in plain letters, the share that a disguise may leave at least (the issue's aim)."""

pytestmark = pytest.mark.timeout(600)


def drawn(row: Row, rng: Random) -> Iterable[tuple[str, tuple[Disguise, ...]]]:
    """The ways of a line, by name: each alone, and a few pairs."""
    for way in disguises(row.language):
        yield way.name, (way,)
    for pair in rng.sample(pairs(row.language), PAIRS):
        yield TWO, pair


@pytest.fixture(scope="module")
def kept() -> dict[str, tuple[int, int, int]]:
    """By way: lines that it changes, those of them recognised in plain letters, and in disguise."""
    rng = Random(5)
    rows = [row for language in LANGUAGES for row in own_file(LINES / f"{language}.jsonl") if not row.is_benign]
    model = OnnxRuntime(model_folder("live-mini"), threads=2)
    cases = [(PLAIN, row, row.text) for row in rows]
    for row in rows:
        for name, ways in drawn(row, rng):
            changed = disguise(row.text, ways, rng)
            if changed is not None:
                # One author's comments in a row are for the rules' memory; the model reads them as one.
                cases.append((name, row, changed.replace("\n", " ")))
    found: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    plain: dict[str, bool] = {}
    for start in range(0, len(cases), 512):
        part = cases[start : start + 512]
        for (name, row, _), judged in zip(part, model.judge([text for _, _, text in part]), strict=True):
            recognised = any(
                score >= model.manifest.threshold(label, judged.language, "review")
                for label, score in judged.labels.items()
            )
            if name == PLAIN:
                plain[row.text] = recognised
            found[name].append((plain[row.text], recognised))
    table = {
        name: (len(pairs_), sum(before for before, _ in pairs_), sum(after for _, after in pairs_))
        for name, pairs_ in found.items()
    }
    for name, (lines, before, after) in table.items():
        shares = f"plain {before / lines:6.1%}  disguised {after / lines:6.1%}  kept {after / before:6.1%}"
        print(f"{name:<16}{lines:>6} lines  {shares}")  # noqa: T201 - the table; pytest shows it on -s and on failure
    return table


def test_plain_violations_are_recognised(kept):
    lines, recognised, _ = kept[PLAIN]
    assert recognised / lines >= 0.92


def test_a_disguise_leaves_most_of_what_is_recognised(kept):
    short = {name: after / before for name, (_, before, after) in kept.items() if after / before < KEPT}
    assert short == {}
