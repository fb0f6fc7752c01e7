"""A run that was interrupted goes on where it was: weights, optimiser and step, in safetensors and JSON (no pickle)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import load_file, save_file

from streambot.core.errors import ConfigError
from streambot.training.model import Network, Shape

STATE: Final = "state.json"
WEIGHTS: Final = "weights.safetensors"
OPTIMISER: Final = "optimiser.safetensors"
TOKENIZER: Final = "tokenizer.json"


def save(folder: Path, network: Network, optimiser: torch.optim.Optimizer | None, state: Mapping[str, Any]) -> None:
    """Write a checkpoint; ``state`` last, so that a half-written one is not taken for whole."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / STATE).unlink(missing_ok=True)
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, folder / WEIGHTS)
    if optimiser is not None:
        moments = {
            f"{index}.{name}": value.contiguous()
            for index, entry in optimiser.state_dict()["state"].items()
            for name, value in entry.items()
        }
        save_file(moments, folder / OPTIMISER)
    text = json.dumps({"shape": network.shape.as_dict(), **state}, indent=1)
    (folder / STATE).write_text(text, encoding="utf-8")


def load_state(folder: Path) -> dict[str, Any]:
    """What the checkpoint says about itself. Raises ConfigError if there is none."""
    try:
        state = json.loads((folder / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"There is no checkpoint to go on from in {folder}: {error}.",
            code="no_checkpoint",
            fix="Start without --resume.",
        ) from error
    if not isinstance(state, dict):
        raise ConfigError(f"{folder / STATE} is damaged.", code="no_checkpoint", fix="Start without --resume.")
    return state


def load_network(folder: Path) -> Network:
    """The network of a checkpoint, in evaluation mode. Raises ConfigError."""
    network = Network(Shape(**load_state(folder)["shape"]))
    network.load_state_dict(load_file(folder / WEIGHTS))
    network.eval()
    return network


def restore_optimiser(folder: Path, optimiser: torch.optim.Optimizer) -> None:
    """Put a checkpoint's moments back into an optimiser over the same parameters."""
    moments: dict[int, dict[str, torch.Tensor]] = {}
    for name, value in load_file(folder / OPTIMISER).items():
        index, field = name.split(".", 1)
        moments.setdefault(int(index), {})[field] = value
    optimiser.load_state_dict({"state": moments, "param_groups": optimiser.state_dict()["param_groups"]})
