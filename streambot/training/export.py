"""From a checkpoint to a model folder: the mixture and its calibration, ONNX, int8 or fp16, thresholds, manifest."""

from __future__ import annotations

import hashlib
import shutil
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader
from tokenizers import Tokenizer
from torch import Tensor, nn

from streambot.core.grams import hashed_grams
from streambot.core.labels import LANGUAGES, Intent, Label
from streambot.core.verdict import Judgement
from streambot.core.views import canonical
from streambot.core.windows import WIDTH
from streambot.training import checkpoint
from streambot.training.budget import NEVER
from streambot.training.calibrate import LabelThresholds, choose_thresholds
from streambot.training.corpus import Row
from streambot.training.halve import halve
from streambot.training.mix import fit_mix
from streambot.training.model import Network
from streambot.training.quantise import quantise
from streambot.training.scoring import inputs, read
from streambot.training.tokenizer import load_tokenizer
from streambot.training.toml import toml

OPSET: Final = 17
OVERLAP: Final = 16
MAX_WINDOWS: Final = 8
FULL: Final = "fp32"
"""Beside the checkpoint: the same model before int8, to measure what that costs."""
_FILES: Final = ("model.onnx", "tokenizer.json")
_MARKS: Final = 2
"""Tokens before and after a text's own: its start and its end."""

CALIBRATED: Final = 600
"""Validation texts whose activations set the int8 ranges."""

Judge = Callable[[Sequence[str]], list[Judgement]]
Precision = Literal["int8", "fp16"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the file keeps to fp32 on the same rows: greatest and mean score difference, share of same intents."""

    rows: int
    mean_difference: float
    max_difference: float
    same_intent: float

    def as_dict(self) -> dict[str, float | int]:
        """For the manifest."""
        return {
            "rows": self.rows,
            "mean_score_difference": round(self.mean_difference, 5),
            "max_score_difference": round(self.max_difference, 4),
            "same_intent": round(self.same_intent, 4),
        }


@dataclass(frozen=True, slots=True)
class Exported:
    """What a manifest says beyond provenance, and what was measured while exporting."""

    version: str
    max_tokens: int
    embedding: int
    thresholds: Mapping[Label, LabelThresholds]
    measured: Mapping[str, Any]


class Calibrated(nn.Module):
    """The network as it is shipped: probabilities instead of logits."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, grams: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Label probabilities, intent and language distributions, embedding."""
        scores, embedding = self.network(input_ids, attention_mask, grams)
        return (
            torch.sigmoid(scores.labels),
            torch.softmax(scores.intents, dim=-1),
            torch.softmax(scores.languages, dim=-1),
            embedding,
        )


def export(
    scratch: Path,
    folder: Path,
    valid: Sequence[Row],
    *,
    version: str,
    provenance: Mapping[str, Any],
    open_judge: Callable[[Path], Judge],
    precision: Precision = "int8",
) -> Exported:
    """Write the model folder for the checkpoint in ``scratch``.

    ``valid`` are held-back rows for calibration and thresholds. ``open_judge`` opens a model folder: thresholds are
    set on the scores of the very file that ships.
    """
    network = checkpoint.load_network(scratch)
    tokenizer = load_tokenizer(scratch / checkpoint.TOKENIZER)
    texts = [row.text for row in valid]
    scores = read(network, tokenizer, texts)
    fit_mix(network, scores, valid)
    # Made beside the checkpoint and copied when whole, so that a failed export leaves the old model as it was.
    made = scratch / "export" / folder.name
    made.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(made / "tokenizer.json"), pretty=False)
    full = scratch / FULL / folder.name
    full.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made / "tokenizer.json", full / "tokenizer.json")
    shape = network.shape
    _write_onnx(Calibrated(network).eval(), full / "model.onnx")
    if precision == "fp16":
        halve(full / "model.onnx", made / "model.onnx")
    else:
        quantise(full / "model.onnx", made / "model.onnx", _Calibration(tokenizer, texts, shape.tokens))
    undecided = {label: LabelThresholds({"default": NEVER}, {"default": NEVER}) for label in Label}
    write_manifest(made, Exported(version, shape.tokens, shape.embedding, undecided, {}), {})
    judgements = open_judge(made)(texts)
    probabilities = np.array([[judgement.labels[label] for label in Label] for judgement in judgements])
    thresholds = choose_thresholds(valid, probabilities)
    measured = {
        "agreement": _agreement(network, tokenizer, valid, judgements).as_dict(),
        "never_hides": {str(label): entry.reason for label, entry in thresholds.items() if entry.reason},
    }
    exported = Exported(version, shape.tokens, shape.embedding, thresholds, measured)
    write_manifest(made, exported, provenance)
    write_manifest(full, exported, provenance)
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*_FILES, "manifest.toml"):
        shutil.copyfile(made / name, folder / name)
    return exported


def write_manifest(folder: Path, exported: Exported, provenance: Mapping[str, Any]) -> None:
    """Write ``manifest.toml`` over the files that lie in ``folder``; what was measured joins the provenance."""
    document = {
        "format": 1,
        "name": folder.name,
        "version": exported.version,
        "max_tokens": exported.max_tokens,
        "overlap": OVERLAP,
        "max_windows": MAX_WINDOWS,
        "embedding": exported.embedding,
        "labels": [str(label) for label in Label],
        "intents": [str(intent) for intent in Intent],
        "languages": list(LANGUAGES),
        "files": {name: _file(folder / name) for name in _FILES},
        "thresholds": {
            str(label): {"hide": dict(entry.hide), "review": dict(entry.review)}
            for label, entry in exported.thresholds.items()
        },
        "provenance": {**provenance, **exported.measured},
    }
    (folder / "manifest.toml").write_text(toml(document), encoding="utf-8")


def _file(path: Path) -> dict[str, str | int]:
    content = path.read_bytes()
    return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def _write_onnx(module: nn.Module, path: Path) -> None:
    tokens = torch.ones((2, 16), dtype=torch.int64)
    grams = torch.ones((2, 50), dtype=torch.int32)
    axes = {0: "batch", 1: "tokens"}
    inputs_ = {"input_ids": axes, "attention_mask": axes, "grams": {0: "batch", 1: "grams"}}
    outputs = ["label_scores", "intent_scores", "language_scores", "embedding"]
    with warnings.catch_warnings():
        # The trace-based exporter is deprecated; the newer one needs onnxscript and cannot fix opset 17.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            (tokens, tokens, grams),
            str(path),
            input_names=list(inputs_),
            output_names=outputs,
            dynamic_axes=inputs_ | {name: {0: "batch"} for name in outputs},
            opset_version=OPSET,
            dynamo=False,
        )


class _Calibration(CalibrationDataReader):
    """Texts to measure the range of every activation on, one at a time: padding would widen what is measured."""

    def __init__(self, tokenizer: Tokenizer, texts: Sequence[str], tokens: int) -> None:
        chosen = sorted(texts, key=lambda text: hashlib.sha256(text.encode("utf-8", "replace")).digest())[:CALIBRATED]
        self._left = iter(list(zip(*inputs(tokenizer, chosen, tokens), strict=True)))

    def get_next(self) -> dict[str, NDArray[Any]] | None:
        ids, text = next(self._left, (None, ""))
        if ids is None:
            return None
        row = np.array([ids], dtype=np.int64)
        return {"input_ids": row, "attention_mask": np.ones_like(row), "grams": hashed_grams([text])}


def _agreement(
    network: Network, tokenizer: Tokenizer, valid: Sequence[Row], judgements: Sequence[Judgement]
) -> Agreement:
    """Compare on rows of one window, narrow ones counted, where both read the same tokens."""
    lengths = [len(item.ids) for item in tokenizer.encode_batch_fast([canonical(row.text) for row in valid])]
    chosen = [index for index, length in enumerate(lengths) if length <= min(network.shape.tokens, WIDTH + _MARKS)]
    mixed = read(network, tokenizer, [valid[index].text for index in chosen]).mixed
    full = torch.sigmoid(mixed.labels).numpy()
    small = np.array([[judgements[index].labels[label] for label in Label] for index in chosen])
    difference = np.abs(full - small)
    names = list(Intent)
    best = mixed.intents.argmax(1).tolist()
    same = [names[place] == judgements[index].intent for place, index in zip(best, chosen, strict=True)]
    return Agreement(len(chosen), float(difference.mean()), float(difference.max()), float(np.mean(same)))
