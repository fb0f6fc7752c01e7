"""``streambot train``: from labelled lines to a model folder."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streambot.cli._base import out_json, say
from streambot.cli._export import export_and_measure, require_torch
from streambot.core.errors import ConfigError

if TYPE_CHECKING:
    from streambot.training.train import Progress

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
        str,
        typer.Option(
            help="What the encoder starts from: model.safetensors of all-MiniLM-L6-v2 (vocab.txt beside it), the "
            "scratch folder of an earlier run, or any encoder of the Hugging Face kind, by folder or by name with "
            "--revision. Without it, from nothing."
        ),
    ] = "",
    revision: Annotated[str, typer.Option(help="The commit of a --base on the hub.")] = "",
    teacher: Annotated[
        Path | None,
        typer.Option(help="model.safetensors of all-MiniLM-L6-v2: the embedding begins where it places English lines."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint in the scratch folder.")] = False,
    seed: Annotated[int, typer.Option(help="The same seed and data give the same batches and noise.")] = 7,
    epochs: Annotated[float, typer.Option(min=0.001, help="Passes over the public rows, both parts together.")] = 5.0,
    minutes: Annotated[float, typer.Option(min=0.01, help="Time limit of the passes.")] = 28.0,
    masked_share: Annotated[
        float,
        typer.Option(min=0.0, max=1.0, help="Share of the run that only guesses masked tokens; 1: a base for later."),
    ] = 0.0,
    vocabulary: Annotated[int, typer.Option(min=600, help="Pieces of the tokenizer, at most.")] = 24_000,
    layers: Annotated[int, typer.Option(min=1, help="Layers of the encoder.")] = 4,
    width: Annotated[int, typer.Option(min=16, help="Width of the encoder, a multiple of 32.")] = 384,
    own_share: Annotated[
        float, typer.Option(min=0.1, max=0.95, help="Share of own lines among the rows of an epoch.")
    ] = 0.75,
    learning_rate: Annotated[
        float, typer.Option(min=1e-6, max=0.1, help="Highest step of the body; 5e-5 suits an encoder of others.")
    ] = 3e-4,
    threads: Annotated[int, typer.Option(min=1, help="CPU threads.")] = 2,
    version: Annotated[str, typer.Option(help="The model's version; without it the day's date.")] = "",
) -> None:
    """Train a classifier: tokenizer, network, calibration, thresholds, int8 ONNX, manifest.

    Loss and time left go to stderr; what was measured on rows that neither training nor thresholds saw goes to stdout
    as JSON. An interrupted run goes on with --resume.

    Example: streambot train --data ../shared/data/train --out models/live-mini
    """
    require_torch()
    # Beside a busy process, threads that spin at a barrier wait for one that is not running: measured at a third.
    # Where nothing else runs, OMP_WAIT_POLICY=ACTIVE is a little faster.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Imported here: two seconds that --help need not spend.
    from streambot.training.corpus import Split, load
    from streambot.training.glossary import FOLDER as GLOSSARY
    from streambot.training.glossary import read_glossary
    from streambot.training.groups import FOLDER, read_groups, split_groups
    from streambot.training.model import Shape
    from streambot.training.recipe import Recipe
    from streambot.training.train import train as run

    label_map = find_label_map(data, "train") if data is not None else None
    splits = load(data, corpus, label_map, whole=masked_share >= 1.0)
    rows = splits[Split.TRAIN]
    groups = split_groups(read_groups(corpus / FOLDER))[Split.TRAIN]
    glossary = read_glossary(corpus / GLOSSARY)
    held, measured = len(splits[Split.VALID]), len(splits[Split.TEST])
    say(f"{len(rows)} rows to learn from, {held} to set thresholds, {measured} to measure")
    recipe = Recipe(
        shape=Shape(vocabulary=vocabulary, layers=layers, width=width, heads=max(1, width // 32), inner=4 * width),
        base=base,
        revision=revision,
        teacher=teacher,
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
        run(rows, groups, scratch, recipe, glossary=glossary, clock=time.monotonic, report=report, resume=resume)
    if masked_share >= 1.0:
        say(f"{scratch} is a base: train on with --base {scratch}")
        return
    command = " ".join(["streambot", "train", *sys.argv[2:]])
    made_of: dict[str, Any] = {"command": command, "seed": seed}
    out_json(export_and_measure(scratch, out, splits, label_map, version=version, provenance=made_of))


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
