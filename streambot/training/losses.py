"""What is minimised: one loss for each of the four tasks, each blind to what a row does not know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from streambot.core.labels import LANGUAGES, Label
from streambot.training.batches import Targets
from streambot.training.corpus import Row
from streambot.training.groups import same_group

TEMPERATURE: Final = 0.1
SMOOTHED: Final = 0.05
"""Share of an intent's wanted probability that is spread over the others (Szegedy et al. 2016)."""
_MAX_POSITIVE_WEIGHT: Final = 8.0


def positive_weights(rows: Sequence[Row]) -> Tensor:
    """Per label, how much more a present label counts: √(absent/present) of our own lines, 1 to 8."""
    own = [row for row in rows if row.is_own] or rows
    present = np.array([sum(row.targets[index] for row in own) for index in range(len(Label))], dtype=np.float64)
    ratio = np.sqrt((len(own) - present) / np.maximum(present, 1.0))
    return torch.from_numpy(np.clip(ratio, 1.0, _MAX_POSITIVE_WEIGHT).astype(np.float32))


def label_losses(logits: Tensor, wanted: Targets, positive_weights: Tensor | None = None) -> Tensor:
    """Binary cross-entropy [rows, labels], weighted by how far the sources are believed; 0 where they are silent."""
    losses = functional.binary_cross_entropy_with_logits(
        logits, torch.from_numpy(wanted.labels), pos_weight=positive_weights, reduction="none"
    )
    return losses * torch.from_numpy(wanted.label_weights)


def label_loss(logits: Tensor, wanted: Targets, positive_weights: Tensor) -> Tensor:
    """Summed over labels, mean over rows that know anything: rows of ours count 13 times a row that knows one."""
    losses = label_losses(logits, wanted, positive_weights)
    return losses.sum() / max(1, int((wanted.label_weights.sum(1) > 0).sum()))


def intent_loss(logits: Tensor, wanted: Targets) -> Tensor:
    """Minus the log of the probability of all allowed intents together, smoothed a little over the rest."""
    allowed = torch.from_numpy(wanted.intents)
    weights = torch.from_numpy(wanted.intent_weights)
    every = functional.log_softmax(logits, dim=-1)
    probability = every.masked_fill(allowed == 0, -1e4).logsumexp(-1)
    smoothed = (1.0 - SMOOTHED) * probability + SMOOTHED * every.mean(-1)
    return -(smoothed * weights).sum() / weights.sum().clamp(min=1.0)


def language_loss(logits: Tensor, wanted: Targets, weights: Tensor) -> Tensor:
    """Cross-entropy over the rows whose language is known, each weighted by its language."""
    languages = torch.from_numpy(wanted.languages)
    known = (languages >= 0).sum().clamp(min=1)
    return functional.cross_entropy(logits, languages, weight=weights, ignore_index=-1, reduction="sum") / known


def language_weights(rows: Sequence[Row]) -> Tensor:
    """Per language √(most/own rows), 1 to 8: else the few Malay lines would all be Indonesian."""
    counts = np.array([max(1, sum(row.language == language for row in rows)) for language in LANGUAGES])
    return torch.from_numpy(np.clip(np.sqrt(counts.max() / counts), 1.0, 8.0).astype(np.float32))


def embedding_loss(embedding: Tensor, groups: Sequence[str]) -> Tensor:
    """Supervised contrastive loss (Khosla et al. 2020): lines of one group together, away from all others.

    ``embedding`` [lines, dimensions] is normalised; near misses among the others make it hard.
    """
    if not groups:
        return embedding.sum() * 0.0
    itself = torch.eye(len(groups), dtype=torch.bool)
    same = torch.tensor(same_group(groups)) & ~itself
    similar = (embedding @ embedding.T / TEMPERATURE).masked_fill(itself, -1e4)
    wanted = same / same.sum(1, keepdim=True).clamp(min=1)
    return -(wanted * functional.log_softmax(similar, dim=1)).sum(1).mean()


def taught_loss(embedding: Tensor, places: Sequence[Tensor | None]) -> Tensor:
    """Mean distance (1 - cosine) of the lines whose place the teacher knows, 0 where it knows none."""
    known = [index for index, place in enumerate(places) if place is not None]
    if not known:
        return embedding.sum() * 0.0
    wanted = torch.stack([place for place in places if place is not None])
    return (1.0 - (embedding[known] * wanted).sum(1)).mean()
