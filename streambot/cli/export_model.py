"""``streambot export-model``: a model folder from a checkpoint, once more or in another precision."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from streambot.cli._base import out_json
from streambot.cli._export import export_and_measure, require_torch
from streambot.cli.train import find_label_map


def export_model(
    scratch: Annotated[Path, typer.Argument(help="The scratch folder that `streambot train` left.")],
    *,
    out: Annotated[Path, typer.Option(help="The model folder to write; its name is the model's name.")],
    precision: Annotated[
        Literal["int8", "fp16"],
        typer.Option(help="int8: small and fast on a CPU; fp16: closer to training, twice as large."),
    ] = "int8",
    corpus: Annotated[Path, typer.Option(help="The folder of our own lines, as it was trained with.")] = Path(
        "models/corpus"
    ),
    data: Annotated[Path | None, typer.Option(help="The folder of public sources, as it was trained with.")] = None,
    version: Annotated[str, typer.Option(help="The model's version; without it the day's date.")] = "",
) -> None:
    """Export a trained checkpoint: mixture, calibration and thresholds set anew on held-back rows, ONNX, manifest.

    What was measured on rows that neither training nor thresholds saw goes to stdout as JSON.

    Example: streambot export-model live-mini.scratch --out models/live-mini-fp16 --precision fp16
    """
    require_torch()
    # Imported here: two seconds that --help need not spend.
    from streambot.training.corpus import load

    label_map = find_label_map(data, "train") if data is not None else None
    splits = load(data, corpus, label_map)
    made_of = {"command": " ".join(["streambot", "export-model", *sys.argv[2:]])}
    out_json(
        export_and_measure(scratch, out, splits, label_map, version=version, provenance=made_of, precision=precision)
    )
