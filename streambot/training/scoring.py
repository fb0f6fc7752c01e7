"""Runs a network over texts outside training: what each branch says of the first window of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from streambot.core.canonical import canonical
from streambot.core.grams import hashed_grams
from streambot.training.model import OUTPUTS, Network, Scores

_AT_ONCE = 128

Array = NDArray[np.float32]


class Read(NamedTuple):
    """What both branches and their mixture say; logits [texts, …]."""

    deep: Scores
    wide: Scores
    mixed: Scores


def window(ids: Sequence[int], limit: int) -> list[int]:
    """The first ``limit`` tokens with the end mark kept."""
    return list(ids) if len(ids) <= limit else [*ids[: limit - 1], ids[-1]]


def inputs(tokenizer: Tokenizer, texts: Sequence[str], limit: int) -> tuple[list[list[int]], list[str]]:
    """Token ids of each text's first window, and the characters that the wide branch reads."""
    read = [canonical(text) for text in texts]
    return [window(item.ids, limit) for item in tokenizer.encode_batch_fast(read)], read


def read(network: Network, tokenizer: Tokenizer, texts: Sequence[str]) -> Read:
    """The scores of every text, in order, in fp32."""
    ids, characters = inputs(tokenizer, texts, network.shape.tokens)
    results = [[torch.empty(len(texts), width) for width in OUTPUTS] for _ in Read._fields]
    order = sorted(range(len(ids)), key=lambda index: len(ids[index]))
    with torch.inference_mode():
        for start in range(0, len(order), _AT_ONCE):
            chosen = order[start : start + _AT_ONCE]
            longest = len(ids[chosen[-1]])
            padded = torch.tensor([ids[index] + [0] * (longest - len(ids[index])) for index in chosen])
            mask = torch.tensor([[1] * len(ids[index]) + [0] * (longest - len(ids[index])) for index in chosen])
            deep, _ = network.deep(padded, mask)
            wide = network.wide(torch.from_numpy(hashed_grams([characters[index] for index in chosen])))
            for parts, scores in zip(results, (deep, wide, network.mix(deep, wide)), strict=True):
                for part, score in zip(parts, scores, strict=True):
                    part[chosen] = score
    return Read(*(Scores(*parts) for parts in results))
