"""The English sentence encoder as a teacher: where our embedding should place an English line, and its translations.

A line in another language should lie where its English wording lies (Reimers & Gurevych 2020). The base compares
sentences well in English; its places are turned into our dimensions by their principal components.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from streambot.training import base
from streambot.training.corpus import Row
from streambot.training.groups import Groups
from streambot.training.model import Deep, Shape

_LAYERS: Final = 6
_TOKENS: Final = 64
_AT_ONCE: Final = 128
_LANGUAGE: Final = "en"


def places(weights: Path, rows: Sequence[Row], groups: Groups, *, dimensions: int) -> dict[str, Tensor]:
    """Where texts should lie: normalised [dimensions] by text.

    English texts of ``rows`` and ``groups`` lie where the teacher puts them, the other lines of a group amid its
    English ones. Raises ConfigError (see ``base.read_weights``).
    """
    english = [row.text for row in rows if row.language == _LANGUAGE]
    english += [row.text for lines in groups.values() for row in lines if row.language == _LANGUAGE]
    english = list(dict.fromkeys(english))
    if not english:
        return {}
    raw = _encode(weights, english)
    centred = raw - raw.mean(0)
    _, _, axes = torch.pca_lowrank(centred, q=min(dimensions, *centred.shape), center=False, niter=4)
    turned = functional.pad(centred @ axes, (0, dimensions - axes.shape[1]))
    found = dict(zip(english, functional.normalize(turned, dim=1), strict=True))
    for lines in groups.values():
        _place_group(found, lines)
    return found


def _place_group(found: dict[str, Tensor], lines: Sequence[Row]) -> None:
    """All lines of a group amid its English ones."""
    known = [found[row.text] for row in lines if row.language == _LANGUAGE]
    if known:
        middle = functional.normalize(torch.stack(known).mean(0), dim=0)
        found.update({row.text: middle for row in lines if row.language != _LANGUAGE})


def _encode(weights: Path, texts: Sequence[str]) -> Tensor:
    """The teacher's own embeddings [texts, width]: the mean over tokens, normalised, as its publisher does it."""
    old: Mapping[str, Tensor] = base.read_weights(weights)
    table = old["embeddings.word_embeddings.weight"]
    layers = min(_LAYERS, len({name.split(".")[2] for name in old if name.startswith("encoder.layer.")}))
    inner = old["encoder.layer.0.intermediate.dense.bias"].shape[0]
    tokens = min(_TOKENS, old["embeddings.position_embeddings.weight"].shape[0])
    heads = max(1, table.shape[1] // 32)
    shape = Shape(len(table), layers, table.shape[1], heads, inner, tokens, grams=1, hidden=1)
    deep = Deep(shape).eval()
    deep.tokens.weight.data.copy_(table)
    base.copy_body(deep, old)
    tokenizer = base.old_vocabulary(weights)
    tokenizer.enable_truncation(tokens)
    encoded = [item.ids for item in tokenizer.encode_batch(list(texts))]
    order = sorted(range(len(encoded)), key=lambda index: len(encoded[index]))
    result = torch.empty(len(texts), shape.width)
    with torch.inference_mode():
        for start in range(0, len(order), _AT_ONCE):
            chosen = order[start : start + _AT_ONCE]
            longest = len(encoded[chosen[-1]])
            ids = torch.tensor([encoded[index] + [0] * (longest - len(encoded[index])) for index in chosen])
            mask = torch.tensor([[1] * len(encoded[index]) + [0] * (longest - len(encoded[index])) for index in chosen])
            hidden = deep.encode(ids, mask) * mask[:, :, None]
            result[chosen] = functional.normalize(hidden.sum(1) / mask.sum(1, keepdim=True), dim=1)
    return result
