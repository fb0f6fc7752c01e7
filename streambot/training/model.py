"""The network: a transformer encoder beside a linear reading of hashed character n-grams, their scores added.

Wide and deep (Cheng et al. 2016): n-grams are hard to beat on the words they have met, the encoder reads what they
have not. Each learns by itself; ``Mix`` holds how far each is believed, which calibration sets.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from streambot.core.grams import SLOTS
from streambot.core.labels import LANGUAGES, Intent, Label

OUTPUTS = (len(Label), len(Intent), len(LANGUAGES))
"""Columns of the three scores, in the order in which the wide branch keeps them side by side."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a network: those of MiniLM-L6 but for its layers, so that its weights fit.

    ``grams`` is how many hashed n-grams are kept (65,535 at most: they are numbered in 16 bits), ``hidden`` the width
    of the two heads' own layer, ``embedding`` the dimensions of the embedding. ``feature_dropout`` falls on what the
    heads see: a few thousand lines are soon known by heart. ``body`` is the config.json of
    somebody else's encoder, which then stands in place of ours (see ``foreign.Body``).
    """

    vocabulary: int = 24_000
    layers: int = 4
    width: int = 384
    heads: int = 12
    inner: int = 1536
    tokens: int = 64
    grams: int = 65_535
    hidden: int = 256
    embedding: int = 128
    dropout: float = 0.1
    feature_dropout: float = 0.3
    body: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For the checkpoint's description."""
        return asdict(self)


class Scores(NamedTuple):
    """Raw scores of a batch: logits before sigmoid and softmax."""

    labels: Tensor
    intents: Tensor
    languages: Tensor


class Layer(nn.Module):
    """Self-attention and a feed-forward block, a LayerNorm behind each (Devlin et al. 2019)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.query_key_value = nn.Linear(shape.width, 3 * shape.width)
        self.attended = nn.Linear(shape.width, shape.width)
        self.attention_norm = nn.LayerNorm(shape.width, eps=1e-12)
        self.widen = nn.Linear(shape.width, shape.inner)
        self.narrow = nn.Linear(shape.inner, shape.width)
        self.forward_norm = nn.LayerNorm(shape.width, eps=1e-12)
        self.dropout = shape.dropout

    def forward(self, hidden: Tensor, bias: Tensor) -> Tensor:
        """``hidden`` [batch, tokens, width]; ``bias`` [batch, 1, 1, tokens], very negative on padding."""
        batch, tokens, width = hidden.shape
        parts = (batch, tokens, 3, self.heads, width // self.heads)
        query, key, value = self.query_key_value(hidden).view(parts).permute(2, 0, 3, 1, 4).unbind(0)
        # Written out: on short texts the fused kernel's backward took half of a step on a CPU.
        similar = query @ key.transpose(-1, -2) * (width // self.heads) ** -0.5
        mixed = functional.softmax(similar.float() + bias, dim=-1).to(value.dtype) @ value
        mixed = self.attended(mixed.transpose(1, 2).reshape(batch, tokens, width))
        share = self.dropout if self.training else 0.0
        hidden = self.attention_norm(hidden + _dropped(mixed, share))
        inner = self.narrow(functional.gelu(self.widen(hidden)))
        return self.forward_norm(hidden + _dropped(inner, share))


class Deep(nn.Module):
    """Token ids in; scores and the embedding out."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        if not shape.body:
            self.tokens = nn.Embedding(shape.vocabulary, shape.width)
            self.positions = nn.Embedding(shape.tokens, shape.width)
            self.first_norm = nn.LayerNorm(shape.width, eps=1e-12)
            self.layers = nn.ModuleList([Layer(shape) for _ in range(shape.layers)])
            self.guess = nn.Sequential(nn.Linear(shape.width, shape.width), nn.GELU(), nn.LayerNorm(shape.width))
            self.guess_bias = nn.Parameter(torch.zeros(shape.vocabulary))
        features = 2 * shape.width
        labels, intents, languages = OUTPUTS
        self.label_hidden = nn.Linear(features, shape.hidden)
        self.label_head = nn.Linear(shape.hidden, labels)
        self.intent_hidden = nn.Linear(features, shape.hidden)
        self.intent_head = nn.Linear(shape.hidden, intents)
        self.language_head = nn.Linear(features, languages)
        self.embedding_head = nn.Linear(shape.width, shape.embedding)
        for module in self.modules():
            if isinstance(module, nn.Embedding | nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02 if isinstance(module, nn.Embedding) else 0.04)
        if shape.body:
            # transformers takes seconds to import.
            from streambot.training.foreign import Body  # noqa: PLC0415

            self.body = Body(shape.body)

    def encode(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Hidden states [batch, tokens, width]."""
        if self.shape.body:
            hidden: Tensor = self.body(input_ids, attention_mask)
            return hidden
        places = torch.arange(input_ids.shape[1], device=input_ids.device)
        share = self.shape.dropout if self.training else 0.0
        hidden = _dropped(self.first_norm(self.tokens(input_ids) + self.positions(places)), share)
        bias = (1.0 - attention_mask[:, None, None, :].to(hidden.dtype)) * -1e4
        for layer in self.layers:
            hidden = layer(hidden, bias)
        return hidden

    def fill_in(self, input_ids: Tensor, attention_mask: Tensor, places: Tensor) -> Tensor:
        """Logits over the vocabulary at the flat ``places`` of the batch: the masked-language task."""
        hidden = self.encode(input_ids, attention_mask).flatten(0, 1)[places]
        return functional.linear(self.guess(hidden), self.tokens.weight, self.guess_bias)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Scores, Tensor]:
        """Scores and the normalised embedding; ``input_ids`` and ``attention_mask`` are int64 [batch, tokens]."""
        hidden = self.encode(input_ids, attention_mask)
        mask = attention_mask[:, :, None].to(hidden.dtype)
        mean = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1.0)
        highest = (hidden + (1.0 - mask) * -1e4).amax(1)
        features = functional.dropout(torch.cat([mean, highest], dim=-1), self.shape.feature_dropout, self.training)
        scores = Scores(
            labels=self.label_head(functional.gelu(self.label_hidden(features))),
            intents=self.intent_head(functional.gelu(self.intent_hidden(features))),
            languages=self.language_head(features),
        )
        return scores, functional.normalize(self.embedding_head(mean).float(), dim=-1)


class Wide(nn.Module):
    """Slots of ``core.grams`` in, scores out: a weighted sum over the kept grams, as TF-IDF with a linear model does.

    ``numbers`` maps a slot to its kept gram (0: not kept), ``rarity`` is each one's inverse document frequency.
    """

    numbers: Tensor
    rarity: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.register_buffer("numbers", torch.zeros(SLOTS, dtype=torch.int32))
        self.register_buffer("rarity", torch.zeros(shape.grams + 1, 1))
        self.weights = nn.Embedding(shape.grams + 1, sum(OUTPUTS))
        self.bias = nn.Parameter(torch.zeros(sum(OUTPUTS)))
        nn.init.zeros_(self.weights.weight)

    def forward(self, slots: Tensor) -> Scores:
        """Scores of a batch; ``slots`` is int32 [batch, grams], 0 where there is none."""
        kept = self.numbers[slots]
        rarity = self.rarity[kept]
        length = rarity.square().sum(1).sqrt().clamp(min=1e-6)
        scores = (self.weights(kept) * rarity).sum(1) / length + self.bias
        return Scores(*scores.split(OUTPUTS, dim=1))


class Mix(nn.Module):
    """How far each branch is believed, per label and for the two others as a whole, and each label's bias."""

    def __init__(self) -> None:
        super().__init__()
        labels, _, _ = OUTPUTS
        self.register_buffer("labels", torch.full((2, labels), 0.5))
        self.register_buffer("label_bias", torch.zeros(labels))
        self.register_buffer("intents", torch.full((2, 1), 0.5))
        self.register_buffer("languages", torch.full((2, 1), 0.5))

    def forward(self, deep: Scores, wide: Scores) -> Scores:
        """The scores of both branches added."""
        return Scores(
            labels=self.labels[0] * deep.labels + self.labels[1] * wide.labels + self.label_bias,
            intents=self.intents[0] * deep.intents + self.intents[1] * wide.intents,
            languages=self.languages[0] * deep.languages + self.languages[1] * wide.languages,
        )


class Network(nn.Module):
    """Both branches and their mixture: four outputs of one pass."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.deep = Deep(shape)
        self.wide = Wide(shape)
        self.mix = Mix()

    def forward(self, input_ids: Tensor, attention_mask: Tensor, grams: Tensor) -> tuple[Scores, Tensor]:
        """Scores and the normalised embedding [batch, embedding]."""
        deep, embedding = self.deep(input_ids, attention_mask)
        return self.mix(deep, self.wide(grams)), embedding


def _dropped(hidden: Tensor, share: float) -> Tensor:
    """Dropout with one mask for all tokens of a row (Gal & Ghahramani 2016): one each took a sixth of a step."""
    if share == 0.0:
        return hidden
    batch, _, width = hidden.shape
    kept = torch.rand(batch, 1, width, device=hidden.device) >= share
    return hidden * kept / (1.0 - share)
