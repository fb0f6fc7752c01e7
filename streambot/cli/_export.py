"""What `train` and `export-model` share: from a checkpoint to a model folder, and what it can do."""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from streambot.cli._base import progress
from streambot.core.errors import ConfigError

if TYPE_CHECKING:
    from streambot.training.corpus import Row, Split
    from streambot.training.export import Precision
    from streambot.training.labelmap import LabelMap

_NEEDS = ("torch", "safetensors", "onnx", "sentencepiece")


def require_torch() -> None:
    """Raise ConfigError where what training needs is not installed."""
    missing = [name for name in _NEEDS if importlib.util.find_spec(name) is None]
    if missing:
        raise ConfigError(
            f"Training needs {' and '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not installed.",
            code="no_torch",
            fix="Install it with: pip install torch==2.13.0 'streambot[torch]'.",
        )


def export_and_measure(
    scratch: Path,
    out: Path,
    splits: Mapping[Split, Sequence[Row]],
    label_map: LabelMap | None,
    *,
    version: str,
    provenance: Mapping[str, Any],
    precision: Precision = "int8",
) -> dict[str, Any]:
    """Write the model folder and score it on the rows that neither training nor thresholds saw; the report.

    ``provenance`` is what the manifest says beside what is known here. Raises ConfigError.
    """
    from streambot.classify.onnx import OnnxRuntime
    from streambot.training.checkpoint import load_state
    from streambot.training.corpus import Split
    from streambot.training.evaluate import evaluate, judge_rows
    from streambot.training.export import export, write_manifest

    now = datetime.now(UTC)
    begun = load_state(scratch)
    known: dict[str, Any] = {
        "trained_at": now.isoformat(timespec="seconds"),
        **provenance,
        "encoder": f"{begun['shape']['layers']} layers of {begun['shape']['width']}, {begun['origin']}",
        "data": _data(splits.values()),
    }
    exported = export(
        scratch,
        out,
        splits[Split.VALID],
        version=version or now.strftime("%Y.%m.%d"),
        provenance=known,
        open_judge=lambda folder: OnnxRuntime(folder).judge,
        precision=precision,
    )
    runtime = OnnxRuntime(out)
    test = splits[Split.TEST]
    with progress("measuring", len(test)) as advance:
        judged = judge_rows(test, runtime.judge, runtime.manifest.threshold, advance=advance)
    counts = {name: rules.counts for name, rules in label_map.sources.items()} if label_map else {}
    report = evaluate(judged, counts)
    write_manifest(out, exported, {**known, "metrics": _summary(report)})
    return {"model": runtime.name, "folder": str(out), **exported.measured, "test": report}


def _summary(report: Mapping[str, Any]) -> dict[str, Any]:
    """The few figures of a report that belong in a manifest."""
    own = report.get("own", {})
    figures: dict[str, Any] = {name: own[name] for name in ("rows", "label_macro_f1", "intent_macro_f1") if name in own}
    for name in (
        "false_hide",
        "false_review",
        "violations_hidden",
        "violations_held",
        "intent_accuracy",
        "language_accuracy",
    ):
        if name in own:
            figures[name] = {part: own[name][part] for part in ("rate", "low", "high", "of")}
    sources = {name: entry["macro_f1"] for name, entry in report.get("sources", {}).items() if "macro_f1" in entry}
    return figures | ({"sources_macro_f1": sources} if sources else {})


def _data(splits: Sequence[Sequence[Row]] | Any) -> list[str]:
    from streambot.training.corpus import LICENCES

    rows = Counter(row.source for split in splits for row in split)
    return [
        f"{name}: {count} rows, {LICENCES.get(name, 'licence not recorded')}" for name, count in sorted(rows.items())
    ]
