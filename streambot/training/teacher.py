"""The English sentence encoder as a teacher: where our embedding should place an English line, and its translations.

A line in another language should lie where its English wording lies (Reimers & Gurevych 2020). Where nobody wrote that
wording down, the glosses of its pieces stand for it: word for word, and still nearer to what is meant than nothing. The
base compares sentences well in English; its places are turned into our dimensions by their principal components.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from streambot.core.views import canonical
from streambot.training import base
from streambot.training.corpus import Row
from streambot.training.glossary import glossed
from streambot.training.groups import Groups
from streambot.training.model import Deep, Shape

_LAYERS: Final = 6
_TOKENS: Final = 64
_AT_ONCE: Final = 128
_LANGUAGE: Final = "en"
_FLATTENED: Final = 0.3
"""How far the principal components are made alike: the first of them hold the tone of a line, not what it asks."""
_KNOWN: Final = 0.6
"""Share of a line's pieces that must have a gloss for the glosses to stand for it."""


def places(
    weights: Path,
    rows: Sequence[Row],
    groups: Groups,
    *,
    dimensions: int,
    translate: Callable[[str], str] = lambda _: "",
) -> dict[str, Tensor]:
    """Where texts should lie: normalised [dimensions] by text.

    English texts of ``rows`` and ``groups`` lie where the teacher puts them, the other lines of a group amid its
    English ones, and other lines of ours where ``translate`` (a text to English, "" if it cannot) puts them. Raises
    ConfigError (see ``base.read_weights``).
    """
    said = {row.text: row.text for row in rows if row.language == _LANGUAGE}
    said |= {row.text: row.text for lines in groups.values() for row in lines if row.language == _LANGUAGE}
    said |= {
        row.text: words for row in rows if row.is_own and row.language != _LANGUAGE and (words := translate(row.text))
    }
    if not said:
        return {}
    raw = _encode(weights, list(said.values()))
    centred = raw - raw.mean(0)
    _, spread, axes = torch.pca_lowrank(centred, q=min(dimensions, *centred.shape), center=False, niter=4)
    turned = functional.pad(centred @ axes / spread.clamp(min=1e-6) ** _FLATTENED, (0, dimensions - axes.shape[1]))
    found = dict(zip(said, functional.normalize(turned, dim=1), strict=True))
    for lines in groups.values():
        _place_group(found, lines)
    return found


def word_for_word(tokenizer: Tokenizer, glossary: Mapping[str, str]) -> Callable[[str], str]:
    """A translation of texts by the glosses of their pieces, in their order; "" where too few have one."""

    def translate(text: str) -> str:
        pieces = [
            piece.strip("▁") and piece for piece in tokenizer.encode(canonical(text), add_special_tokens=False).tokens
        ]
        pieces = [piece for piece in pieces if piece and any(char.isalpha() for char in piece)]
        found = [glossed(piece, glossary) for piece in pieces]
        known = [gloss for gloss in found if gloss]
        return " ".join(known) if pieces and len(known) >= _KNOWN * len(pieces) else ""

    return translate


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
