"""A tiny random checkpoint of the Hugging Face kind, as `save_pretrained` leaves it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest


def tiny_bert(folder: Path, lines: Sequence[str], labels: Sequence[str], *, vocabulary: int = 300) -> Path:
    """A random BERT that classifies into ``labels``; its tokenizer was trained on ``lines``."""
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    from tokenizers import BertWordPieceTokenizer, Tokenizer
    from tokenizers.processors import BertProcessing

    trained = BertWordPieceTokenizer(lowercase=True)
    trained.train_from_iterator(lines, vocab_size=vocabulary, show_progress=False)
    words = Tokenizer.from_str(trained.to_str())
    words.post_processor = BertProcessing(("[SEP]", words.token_to_id("[SEP]")), ("[CLS]", words.token_to_id("[CLS]")))
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=words,
        model_max_length=40,
        pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]",
    )  # fmt: skip
    torch.manual_seed(3)
    config = transformers.BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=48, id2label=dict(enumerate(labels)), label2id={n: i for i, n in enumerate(labels)},
        initializer_range=0.5,
    )  # fmt: skip
    tokenizer.save_pretrained(folder)
    transformers.BertForSequenceClassification(config).eval().save_pretrained(folder, safe_serialization=True)
    return folder
