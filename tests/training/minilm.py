"""A random file of all-MiniLM-L6-v2's make, a few numbers wide."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file

WIDTH = 8


def write_minilm(folder: Path, words: Sequence[str], *, layers: int) -> Path:
    """``model.safetensors`` of ``layers`` layers, and ``vocab.txt`` beside it."""
    made = torch.Generator().manual_seed(1)

    def of(*size: int) -> torch.Tensor:
        return torch.randn(*size, generator=made)

    tensors = {
        "embeddings.word_embeddings.weight": of(len(words), WIDTH),
        "embeddings.position_embeddings.weight": of(12, WIDTH),
        "embeddings.token_type_embeddings.weight": of(2, WIDTH),
        "embeddings.LayerNorm.weight": of(WIDTH),
        "embeddings.LayerNorm.bias": of(WIDTH),
    }
    for layer in range(layers):
        at = f"encoder.layer.{layer}."
        inner = 2 * WIDTH
        sizes = {"attention.output.dense": (WIDTH, WIDTH), "intermediate.dense": (inner, WIDTH)}
        sizes |= {"output.dense": (WIDTH, inner)}
        sizes |= {f"attention.self.{name}": (WIDTH, WIDTH) for name in ("query", "key", "value")}
        for name, size in sizes.items():
            tensors |= {f"{at}{name}.weight": of(*size), f"{at}{name}.bias": of(size[0])}
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            tensors |= {f"{at}{name}.weight": of(WIDTH), f"{at}{name}.bias": of(WIDTH)}
    path = folder / "model.safetensors"
    save_file(tensors, path)
    (folder / "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    return path
