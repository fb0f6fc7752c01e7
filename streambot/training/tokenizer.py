"""The vocabulary: unigram pieces over five scripts, with bytes behind them so that no emoji is unknown.

There is no normaliser inside: ``canonical`` is the one reading of a text, for rules, training and inference, and a
second one here would strip Thai or Vietnamese marks.
"""

from __future__ import annotations

import json
import os
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers

from streambot.training.corpus import Row

# In capitals, which canonical text never has: a viewer who types one gets letters, not an end mark.
PAD, UNK, START, END, MASK = "<PAD>", "<UNK>", "<S>", "</S>", "<MASK>"
SPECIAL: Final = (PAD, UNK, START, END, MASK)
_BYTES: Final = tuple(f"<0x{byte:02X}>" for byte in range(256))
_CHARACTERS_A_LANGUAGE: Final = 450_000
"""Text per language the vocabulary is counted on: English has most rows and would otherwise take most pieces."""


def train_tokenizer(rows: Sequence[Row], texts: Sequence[str], *, size: int, seed: int) -> Tokenizer:
    """A unigram tokenizer of at most ``size`` pieces, from the canonical ``texts`` of ``rows``."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(), pre_tokenizers.Digits(individual_digits=True)]
    )
    trainer = trainers.UnigramTrainer(
        vocab_size=size - len(_BYTES),
        special_tokens=list(SPECIAL),
        unk_token=UNK,
        max_piece_length=10,
        show_progress=False,
    )
    tokenizer.train_from_iterator(_balanced(rows, texts, random.Random(seed)), trainer)
    document = json.loads(tokenizer.to_str())
    model = document["model"]
    # The library sums in no fixed order: the last digits of a score, and with them the order, differ from run to run.
    pieces = [(piece, round(score, 6)) for piece, score in model["vocab"][len(SPECIAL) :]]
    pieces.sort(key=lambda entry: (-entry[1], entry[0]))
    lowest = pieces[-1][1]
    model["vocab"] = [*model["vocab"][: len(SPECIAL)], *pieces, *((byte, lowest - 10.0) for byte in _BYTES)]
    model["byte_fallback"] = True
    tokenizer = Tokenizer.from_str(json.dumps(document))
    ids = {token: tokenizer.token_to_id(token) for token in (START, END)}
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{START} $A {END}", special_tokens=list(ids.items())
    )
    return tokenizer


def load_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer of an earlier run."""
    return Tokenizer.from_file(str(path))


def _balanced(rows: Sequence[Row], texts: Sequence[str], rng: random.Random) -> Iterator[str]:
    """Texts language by language up to the same number of characters; our own lines count four times."""
    by_language: defaultdict[str, list[str]] = defaultdict(list)
    for row, text in zip(rows, texts, strict=True):
        by_language[row.language] += [text] * (4 if row.is_own else 1)
    for language in sorted(by_language):
        pool = by_language[language]
        rng.shuffle(pool)
        characters = 0
        for text in pool:
            if characters > _CHARACTERS_A_LANGUAGE:
                break
            characters += len(text)
            yield text
