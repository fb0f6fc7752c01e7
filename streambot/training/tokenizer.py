"""The vocabulary: unigram pieces, a share for each language, with bytes behind them so that no emoji is unknown.

There is no normaliser inside: ``canonical`` is the one reading of a text, for rules, training and inference, and a
second one here would strip Thai or Vietnamese marks.
"""

from __future__ import annotations

import io
import os
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, Final, NamedTuple

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

from sentencepiece import SentencePieceProcessor, SentencePieceTrainer
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from streambot.training.corpus import Row

# In capitals, which canonical text never has: a viewer who types one gets letters, not an end mark.
PAD, UNK, START, END, MASK = "<PAD>", "<UNK>", "<S>", "</S>", "<MASK>"
SPECIAL: Final = (PAD, UNK, START, END, MASK)
_BYTES: Final = tuple(f"<0x{byte:02X}>" for byte in range(256))
_CHARACTERS_A_LANGUAGE: Final = 2_000_000
"""Text per language the pieces are counted on."""
_SHARES: Final[Mapping[str, float]] = {"zh": 0.26, "en": 0.24, "th": 0.19, "id": 0.15, "vi": 0.12}
"""Each language's share of the pieces, about as many words as it takes; by text alone Vietnamese got a tenth of it."""
_OTHER_SHARE: Final = 0.015
_LONGEST: Final[Mapping[str, int]] = {"zh": 4, "th": 9}
"""Characters of a piece where nobody writes spaces: a longer one is a phrase that some advert repeats."""
_LONGEST_WORD: Final = 14


def train_tokenizer(rows: Sequence[Row], texts: Sequence[str], *, size: int, seed: int) -> Tokenizer:
    """A unigram tokenizer of at most ``size`` pieces, from the canonical ``texts`` of ``rows``."""
    pools = _pools(rows, texts, random.Random(seed))
    pieces = _merged(
        {language: _pieces(pool, size, _LONGEST.get(language, _LONGEST_WORD)) for language, pool in pools.items()},
        size - len(SPECIAL) - len(_BYTES),
    )
    lowest = pieces[-1][1]
    model = models.Unigram(
        [*((token, 0.0) for token in SPECIAL), *pieces, *((byte, lowest - 10.0) for byte in _BYTES)],
        unk_id=SPECIAL.index(UNK),
        byte_fallback=True,
    )
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = _split()
    tokenizer.add_special_tokens([*SPECIAL])
    ids = {token: tokenizer.token_to_id(token) for token in (START, END)}
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{START} $A {END}", special_tokens=list(ids.items())
    )
    return tokenizer


def _split() -> Any:
    """Words, marks and digits apart: what stands between two marks is a word in any script."""
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Metaspace(),
            pre_tokenizers.Punctuation(),
            pre_tokenizers.Digits(individual_digits=True),
        ]
    )


def _pieces(texts: Sequence[str], size: int, longest: int) -> list[tuple[str, float]]:
    """The pieces of one language with their log probabilities, likeliest first.

    By SentencePiece: the trainer of ``tokenizers`` never offers a word that no longer word begins with, which in
    Vietnamese is most of them.
    """
    written = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_writer=written,
        model_type="unigram",
        vocab_size=size,
        hard_vocab_limit=False,
        normalization_rule_name="identity",
        split_digits=True,
        max_sentencepiece_length=longest,
        character_coverage=1.0,
        minloglevel=2,
    )
    trained = SentencePieceProcessor(model_proto=written.getvalue())
    ordinary = (number for number in range(trained.get_piece_size()) if not trained.is_control(number))
    # It sums in no fixed order: the last digits of a score, and with them the order, differ from run to run.
    pieces = [(trained.id_to_piece(n), round(trained.get_score(n), 6)) for n in ordinary if not trained.is_unknown(n)]
    return sorted(pieces, key=lambda entry: (-entry[1], entry[0]))


def _merged(languages: Mapping[str, Sequence[tuple[str, float]]], size: int) -> list[tuple[str, float]]:
    """The likeliest pieces of every language by its share, at their highest score, until there are ``size``."""
    shares = {language: _SHARES.get(language, _OTHER_SHARE) for language in languages}
    chosen: dict[str, float] = {}
    taken = dict.fromkeys(languages, 0)
    while len(chosen) < size:
        open_ones = [language for language in sorted(languages) if taken[language] < len(languages[language])]
        if not open_ones:
            break
        # Whose turn it is: the language that is furthest below its share.
        language = min(open_ones, key=lambda name: taken[name] / shares[name])
        piece, score = languages[language][taken[language]]
        taken[language] += 1
        chosen[piece] = max(score, chosen.get(piece, score))
    return sorted(chosen.items(), key=lambda entry: (-entry[1], entry[0]))


class Marks(NamedTuple):
    """Ids that stand for no text: padding, the mask (-1 where there is none), and all of them."""

    pad: int
    mask: int
    special: frozenset[int]


def marks(tokenizer: Tokenizer) -> Marks:
    """Those of a tokenizer, ours or somebody else's."""
    added = {number: token for number, token in tokenizer.get_added_tokens_decoder().items() if token.special}
    names = {token.content.strip("<>[]").casefold(): number for number, token in added.items()}
    return Marks(names.get("pad", 0), names.get("mask", -1), frozenset(added))


def load_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer of an earlier run."""
    return Tokenizer.from_file(str(path))


def _pools(rows: Sequence[Row], texts: Sequence[str], rng: random.Random) -> dict[str, list[str]]:
    """The texts of each language up to the same number of characters; our own lines count four times."""
    by_language: defaultdict[str, list[str]] = defaultdict(list)
    for row, text in zip(rows, texts, strict=True):
        by_language[row.language] += [text] * (4 if row.is_own else 1)
    pools = {}
    for language in sorted(by_language):
        pool = by_language[language]
        rng.shuffle(pool)
        ends = accumulate(len(text) for text in pool)
        pools[language] = [text for text, end in zip(pool, ends, strict=True) if end <= _CHARACTERS_A_LANGUAGE]
    return pools
