"""``streambot train``: from labelled lines to a model folder."""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streambot.cli._base import out_json, progress, say
from streambot.core.errors import ConfigError

if TYPE_CHECKING:
    from streambot.training.corpus import Row
    from streambot.training.train import Progress

_NEEDS = ("torch", "safetensors", "onnx")
_QUIET_SECONDS = 30.0


def train(
    *,
    out: Annotated[Path, typer.Option(help="The model folder to write; its name is the model's name.")] = Path(
        "models/live-mini"
    ),
    corpus: Annotated[Path, typer.Option(help="The folder of our own lines, *.jsonl.")] = Path("models/corpus"),
    data: Annotated[
        Path | None, typer.Option(help="The folder of public sources, with label_map.json in it or beside it.")
    ] = None,
    scratch: Annotated[Path | None, typer.Option(help="Where checkpoints go; without it, OUT.scratch.")] = None,
    base: Annotated[
        Path | None,
        typer.Option(
            help="What the encoder starts from: model.safetensors of all-MiniLM-L6-v2 (vocab.txt beside it), or the "
            "scratch folder of an earlier run. Without it, from nothing."
        ),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint in the scratch folder.")] = False,
    seed: Annotated[int, typer.Option(help="The same seed and data give the same batches and noise.")] = 7,
    epochs: Annotated[float, typer.Option(min=0.001, help="Passes over the public rows, both parts together.")] = 5.0,
    minutes: Annotated[float, typer.Option(min=0.01, help="Time limit of the passes.")] = 28.0,
    masked_share: Annotated[
        float,
        typer.Option(min=0.0, max=1.0, help="Share of the run that only guesses masked tokens; 1: a base for later."),
    ] = 0.0,
    vocabulary: Annotated[int, typer.Option(min=600, help="Pieces of the tokenizer, at most.")] = 20_000,
    layers: Annotated[int, typer.Option(min=1, help="Layers of the encoder.")] = 4,
    width: Annotated[int, typer.Option(min=16, help="Width of the encoder, a multiple of 32.")] = 384,
    own_share: Annotated[
        float, typer.Option(min=0.1, max=0.95, help="Share of own lines among the rows of an epoch.")
    ] = 0.75,
    learning_rate: Annotated[float, typer.Option(min=1e-6, max=0.1, help="Highest step of the body.")] = 3e-4,
    threads: Annotated[int, typer.Option(min=1, help="CPU threads.")] = 2,
    version: Annotated[str, typer.Option(help="The model's version; without it the day's date.")] = "",
) -> None:
    """Train a classifier: tokenizer, network, calibration, thresholds, int8 ONNX, manifest.

    Loss and time left go to stderr; what was measured on rows that neither training nor thresholds saw goes to stdout
    as JSON. An interrupted run goes on with --resume.

    Example: streambot train --data ../shared/data/train --out models/live-mini
    """
    missing = [name for name in _NEEDS if importlib.util.find_spec(name) is None]
    if missing:
        raise ConfigError(
            f"Training needs {' and '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not installed.",
            code="no_torch",
            fix="Install it with: pip install torch==2.13.0 'streambot[torch]'.",
        )
    # Beside a busy process, threads that spin at a barrier wait for one that is not running: measured at a third.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Imported here: two seconds that --help need not spend.
    from streambot.classify.onnx import OnnxRuntime
    from streambot.training.checkpoint import load_state
    from streambot.training.corpus import Split, load
    from streambot.training.evaluate import evaluate, judge_rows
    from streambot.training.export import export, write_manifest
    from streambot.training.groups import FOLDER, read_groups, split_groups
    from streambot.training.model import Shape
    from streambot.training.train import Recipe
    from streambot.training.train import train as run

    label_map = find_label_map(data, "train") if data is not None else None
    splits = load(data, corpus, label_map)
    rows = splits[Split.TRAIN]
    test = splits[Split.TEST]
    groups = split_groups(read_groups(corpus / FOLDER))[Split.TRAIN]
    say(f"{len(rows)} rows to learn from, {len(splits[Split.VALID])} to set thresholds, {len(test)} to measure")
    recipe = Recipe(
        shape=Shape(vocabulary=vocabulary, layers=layers, width=width, heads=max(1, width // 32), inner=4 * width),
        base=base,
        seed=seed,
        epochs=epochs,
        minutes=minutes,
        masked_share=masked_share,
        own_share=own_share,
        learning_rate=learning_rate,
        threads=threads,
    )
    scratch = scratch or out.with_name(f"{out.name}.scratch")
    with _reporter() as report:
        run(rows, groups, scratch, recipe, clock=time.monotonic, report=report, resume=resume)
    if masked_share >= 1.0:
        say(f"{scratch} is a base: train on with --base {scratch}")
        return
    now = datetime.now(UTC)
    begun = load_state(scratch)
    provenance: dict[str, Any] = {
        "trained_at": now.isoformat(timespec="seconds"),
        "command": " ".join(["streambot", "train", *sys.argv[2:]]),
        "seed": seed,
        "encoder": f"{begun['shape']['layers']} layers of {begun['shape']['width']}, {begun['origin']}",
        "data": _data(splits.values()),
    }
    exported = export(
        scratch,
        out,
        splits[Split.VALID],
        version=version or now.strftime("%Y.%m.%d"),
        provenance=provenance,
        open_judge=lambda folder: OnnxRuntime(folder).judge,
    )
    runtime = OnnxRuntime(out)
    with progress("measuring", len(test)) as advance:
        judged = judge_rows(test, runtime.judge, runtime.manifest.threshold, advance=advance)
    counts = {name: rules.counts for name, rules in label_map.sources.items()} if label_map else {}
    report_ = evaluate(judged, counts)
    write_manifest(out, exported, {**provenance, "metrics": summary(report_)})
    out_json({"model": runtime.name, "folder": str(out), **exported.measured, "test": report_})


def find_label_map(data: Path, part: str) -> Any:
    """The label map of a folder or file of sources: in it, or beside it. Raises ConfigError."""
    from streambot.training.labelmap import load_label_map

    folder = data if data.is_dir() else data.parent
    path = next((place for place in (folder / _MAP, folder.parent / _MAP) if place.is_file()), None)
    if path is None:
        raise ConfigError(
            f"There is no {_MAP} in {folder} or beside it.",
            code="no_label_map",
            fix="Give the folder of sources as it was published, or write a label map for it.",
        )
    return load_label_map(path, "dev" if part == "dev" else "train")


_MAP = "label_map.json"


def summary(report: Mapping[str, Any]) -> dict[str, Any]:
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


@contextmanager
def _reporter() -> Iterator[Callable[[Progress], None]]:
    """Loss and time left: a bar on a terminal, elsewhere a line every half minute."""
    if not sys.stderr.isatty():
        last = [-_QUIET_SECONDS]

        def tell(state: Progress) -> None:
            if time.monotonic() - last[0] >= _QUIET_SECONDS:
                last[0] = time.monotonic()
                say(
                    f"step {state.step}  {state.done:.0%}  {state.task}  loss {state.loss:.3f}  "
                    f"{state.seconds_left / 60:.1f} min left"
                )

        yield tell
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:.0f} %  loss {task.fields[loss]:.3f}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("tokenizer", total=1.0, loss=0.0)
        yield lambda state: bar.update(task, completed=state.done, description=state.task, loss=state.loss)
