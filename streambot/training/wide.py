"""Fits the wide branch: logistic regression on hashed character n-grams, all outputs at once, by L-BFGS.

It is the model that every small classifier must beat (character TF-IDF, Joachims 1998), fitted as scikit-learn would:
the same penalty, the same optimum. Our rows come once as written and once as others might have typed them.
"""

from __future__ import annotations

import random
import warnings
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from streambot.core.canonical import canonical
from streambot.core.grams import SLOTS, hashed_grams
from streambot.training.batches import Targets, noisy, targets
from streambot.training.corpus import Row
from streambot.training.losses import label_losses, language_weights
from streambot.training.model import OUTPUTS, Wide

LEAST_ROWS: Final = 2
"""A gram of fewer rows is not kept."""
INVERSE_PENALTY: Final = 30.0
"""scikit-learn's C; 4, 10 and 30 gave a mean average precision of 0.62, 0.63 and 0.64 on held-back lines."""
ROUNDS: Final = 150
OWN_SHARE: Final = 1.0
PUBLIC_SHARE: Final = 0.15
"""What a public row counts against one of ours, which are closer to what is read on air and come twice."""
_AT_ONCE: Final = 512


def fit(wide: Wide, rows: Sequence[Row], *, seed: int, rounds: int = ROUNDS) -> None:
    """Fill ``wide`` with what ``rows`` teach."""
    rng = random.Random(f"wide:{seed}")
    own = [row for row in rows if row.is_own]
    slots = [*_slots([row.text for row in rows]), *_slots([noisy(row, rng) for row in own])]
    shares = np.array([OWN_SHARE / 2.0 if row.is_own else PUBLIC_SHARE for row in [*rows, *own]], dtype=np.float32)
    _choose(wide, slots[: len(rows)], shares)
    features = _features(wide, slots)
    _solve(wide, features, targets([*rows, *own]), torch.from_numpy(shares), language_weights(rows), rounds)


def _slots(texts: Sequence[str]) -> list[NDArray[np.int32]]:
    """The grams of every text, without filling."""
    slots = []
    for start in range(0, len(texts), _AT_ONCE):
        part = hashed_grams([canonical(text) for text in texts[start : start + _AT_ONCE]])
        slots += [row[row > 0] for row in part]
    return slots


def _choose(wide: Wide, slots: Sequence[NDArray[np.int32]], shares: NDArray[np.float32]) -> None:
    """Keep the grams of most rows, ours before public ones, and note how rare each is (idf as in scikit-learn)."""
    rows_of = np.zeros(SLOTS, dtype=np.int64)
    weight = np.zeros(SLOTS)
    for row, share in zip(slots, shares[: len(slots)], strict=True):
        met = np.unique(row)
        rows_of[met] += 1
        weight[met] += share
    kept = np.argsort(-weight, kind="stable")[: len(wide.rarity) - 1]
    kept = kept[rows_of[kept] >= LEAST_ROWS]
    numbers = np.zeros(SLOTS, dtype=np.int32)
    numbers[kept] = np.arange(1, len(kept) + 1)
    wide.numbers.copy_(torch.from_numpy(numbers))
    wide.rarity.zero_()
    idf = np.log((1.0 + len(slots)) / (1.0 + rows_of[kept])) + 1.0
    wide.rarity[1 : len(kept) + 1, 0] = torch.from_numpy(idf.astype(np.float32))


def _features(wide: Wide, slots: Sequence[NDArray[np.int32]]) -> Tensor:
    """The rows' grams as a sparse matrix [rows, grams], each row of length 1."""
    numbers, rarity = wide.numbers.numpy(), wide.rarity.numpy()[:, 0]
    ends, columns, values = [0], [], []
    for row in slots:
        column, count = np.unique(numbers[row], return_counts=True)
        value = rarity[column] * count
        # A gram that occurs twice adds twice, but its square only once: the graph does not look for equals.
        length = np.sqrt((rarity[column] ** 2 * count).sum())
        columns.append(column)
        values.append(value / max(float(length), 1e-6))
        ends.append(ends[-1] + len(column))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sparse CSR tensor support is in beta")
        return torch.sparse_csr_tensor(
            torch.tensor(ends),
            torch.from_numpy(np.concatenate(columns).astype(np.int64)),
            torch.from_numpy(np.concatenate(values).astype(np.float32)),
            size=(len(slots), len(rarity)),
            check_invariants=False,
        )


def _solve(wide: Wide, features: Tensor, wanted: Targets, counts: Tensor, languages: Tensor, rounds: int) -> None:
    product = _product(features)
    weights = torch.zeros_like(wide.weights.weight, requires_grad=True)
    bias = torch.zeros(sum(OUTPUTS), requires_grad=True)
    intents, intent_weights = torch.from_numpy(wanted.intents), torch.from_numpy(wanted.intent_weights)
    known = torch.from_numpy(wanted.languages)

    def loss() -> Tensor:
        labels, intent, language = (product(weights) + bias).split(OUTPUTS, dim=1)
        missed = functional.log_softmax(intent, dim=1).masked_fill(intents == 0, -1e4).logsumexp(1)
        rows = (
            label_losses(labels, wanted).sum(1)
            - missed * intent_weights
            + functional.cross_entropy(language, known, weight=languages, ignore_index=-1, reduction="none")
        )
        return ((rows * counts).sum() + weights.square().sum() / (2.0 * INVERSE_PENALTY)) / counts.sum()

    optimiser = torch.optim.LBFGS(
        [weights, bias], max_iter=rounds, history_size=8, line_search_fn="strong_wolfe", tolerance_change=1e-8
    )

    def closure() -> Tensor:
        optimiser.zero_grad()
        value = loss()
        value.backward()
        return value

    optimiser.step(closure)
    with torch.no_grad():
        wide.weights.weight.copy_(weights)
        wide.bias.copy_(bias)


def _product(features: Tensor) -> Any:
    """``features @ weights`` with a gradient that multiplies by the transpose, made once."""
    turned = features.t().to_sparse_csr()

    class Product(torch.autograd.Function):
        @staticmethod
        def forward(_context: Any, weights: Tensor) -> Tensor:
            return features @ weights

        @staticmethod
        def backward(_context: Any, gradient: Tensor) -> Tensor:
            return turned @ gradient

    return Product.apply
