"""The network: a small pre-norm transformer beside a bag of hashed token pairs and triples, and four heads on both.

Wide and deep (Cheng et al. 2016): n-grams alone are strong on short comments, and their embeddings are learned in
minutes where the encoder needs hours. They are hashed inside the graph, so the file still takes token ids only.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from streambot.core.labels import LANGUAGES, Intent, Label

_FACTOR: Final = 40_503
"""Knuth's multiplicative hash constant for 16 bits; any odd factor that spreads ids does."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a network; ``grams`` is the number of hash buckets of token pairs and triples, ``bag`` their width.

    ``feature_dropout`` falls on what the heads see: a few thousand lines are soon known by heart.
    """

    vocabulary: int = 8_000
    layers: int = 2
    width: int = 256
    heads: int = 4
    inner: int = 1024
    tokens: int = 64
    grams: int = 65_536
    bag: int = 64
    embedding: int = 128
    dropout: float = 0.1
    feature_dropout: float = 0.3

    def as_dict(self) -> dict[str, Any]:
        """For the checkpoint's description."""
        return asdict(self)


class Scores(NamedTuple):
    """Raw outputs for a batch: logits before sigmoid and softmax, and the normalised embedding."""

    labels: Tensor
    intents: Tensor
    languages: Tensor
    embedding: Tensor


class Layer(nn.Module):
    """Self-attention and a feed-forward block, each behind its own LayerNorm."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.attention_norm = nn.LayerNorm(shape.width)
        self.query_key_value = nn.Linear(shape.width, 3 * shape.width)
        self.attended = nn.Linear(shape.width, shape.width)
        self.forward_norm = nn.LayerNorm(shape.width)
        self.widen = nn.Linear(shape.width, shape.inner)
        self.narrow = nn.Linear(shape.inner, shape.width)
        self.dropout = shape.dropout

    def forward(self, hidden: Tensor, bias: Tensor) -> Tensor:
        """``hidden`` [batch, tokens, width]; ``bias`` [batch, 1, 1, tokens], very negative on padding."""
        batch, tokens, width = hidden.shape
        parts = (batch, tokens, 3, self.heads, width // self.heads)
        query, key, value = (
            self.query_key_value(self.attention_norm(hidden)).view(parts).permute(2, 0, 3, 1, 4).unbind(0)
        )
        # In float32: the CPU's bfloat16 backward of attention takes three times as long.
        mixed = functional.scaled_dot_product_attention(query.float(), key.float(), value.float(), attn_mask=bias)
        mixed = self.attended(mixed.transpose(1, 2).reshape(batch, tokens, width))
        hidden = hidden + _dropped(mixed, self.dropout if self.training else 0.0)
        inner = self.narrow(functional.gelu(self.widen(self.forward_norm(hidden))))
        return hidden + _dropped(inner, self.dropout if self.training else 0.0)


class Network(nn.Module):
    """Token ids in, four outputs out of one pass."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.tokens = nn.Embedding(shape.vocabulary, shape.width)
        self.positions = nn.Embedding(shape.tokens, shape.width)
        self.grams = nn.Embedding(shape.grams, shape.bag)
        self.layers = nn.ModuleList([Layer(shape) for _ in range(shape.layers)])
        self.final_norm = nn.LayerNorm(shape.width)
        features = 2 * shape.width + shape.bag
        self.label_hidden = nn.Linear(features, shape.width)
        self.label_head = nn.Linear(shape.width, len(Label))
        self.intent_hidden = nn.Linear(features, shape.width)
        self.intent_head = nn.Linear(shape.width, len(Intent))
        self.language_head = nn.Linear(features, len(LANGUAGES))
        self.embedding_head = nn.Linear(shape.width + shape.bag, shape.embedding)
        self.guess = nn.Sequential(nn.Linear(shape.width, shape.width), nn.GELU(), nn.LayerNorm(shape.width))
        self.guess_bias = nn.Parameter(torch.zeros(shape.vocabulary))
        for module in self.modules():
            if isinstance(module, nn.Embedding | nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02 if isinstance(module, nn.Embedding) else 0.04)
        # Zero, so that a pair or triple never met in training says nothing instead of something random.
        nn.init.zeros_(self.grams.weight)

    def encode(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Hidden states [batch, tokens, width]."""
        places = torch.arange(input_ids.shape[1], device=input_ids.device)
        hidden = self.tokens(input_ids) + self.positions(places)
        hidden = _dropped(hidden, self.shape.dropout if self.training else 0.0)
        bias = (1.0 - attention_mask[:, None, None, :].to(hidden.dtype)) * -1e4
        for layer in self.layers:
            hidden = layer(hidden, bias)
        return self.final_norm(hidden)

    def fill_in(self, input_ids: Tensor, attention_mask: Tensor, places: Tensor) -> Tensor:
        """Logits over the vocabulary at the flat ``places`` of the batch: the masked-language task."""
        hidden = self.encode(input_ids, attention_mask).flatten(0, 1)[places]
        return functional.linear(self.guess(hidden), self.tokens.weight, self.guess_bias)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Scores:
        """Raw scores of a batch; ``input_ids`` and ``attention_mask`` are int64 [batch, tokens]."""
        hidden = self.encode(input_ids, attention_mask)
        mask = attention_mask[:, :, None].to(hidden.dtype)
        mean = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1.0)
        highest = (hidden + (1.0 - mask) * -1e4).amax(1)
        bag = self._bag(input_ids, attention_mask)
        features = torch.cat([mean, highest, bag], dim=-1)
        features = functional.dropout(features, self.shape.feature_dropout, self.training)
        return Scores(
            labels=self.label_head(functional.gelu(self.label_hidden(features))),
            intents=self.intent_head(functional.gelu(self.intent_hidden(features))),
            languages=self.language_head(features),
            embedding=functional.normalize(self.embedding_head(torch.cat([mean, bag], dim=-1)).float(), dim=-1),
        )

    def _bag(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """The hashed pairs' and triples' embeddings summed over √n, scaled up to the size of the other features."""
        pairs = input_ids[:, :-1] * _FACTOR + input_ids[:, 1:]
        triples = pairs[:, :-1] * _FACTOR + input_ids[:, 2:]
        hashed = torch.cat([pairs, triples], dim=1) % self.shape.grams
        mask = torch.cat([attention_mask[:, 1:], attention_mask[:, 2:]], dim=1)[:, :, None].to(self.grams.weight.dtype)
        total = (self.grams(hashed) * mask).sum(1)
        return total / mask.sum(1).clamp(min=1.0).sqrt() * 4.0


def _dropped(hidden: Tensor, share: float) -> Tensor:
    """Dropout with one mask for all tokens of a row (Gal & Ghahramani 2016): one each took a sixth of a step."""
    if share == 0.0:
        return hidden
    batch, _, width = hidden.shape
    kept = torch.rand(batch, 1, width, device=hidden.device) >= share
    return hidden * kept / (1.0 - share)
