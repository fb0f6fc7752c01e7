"""Sets how far each branch is believed, on held-back rows: stacking (Wolpert 1992), which calibrates as it mixes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from streambot.core.labels import Label
from streambot.training.batches import targets
from streambot.training.calibrate import platt
from streambot.training.corpus import Row
from streambot.training.model import Network
from streambot.training.scoring import Read


def fit_mix(network: Network, scores: Read, rows: Sequence[Row]) -> None:
    """Fill ``network.mix`` from what both branches say of held-back ``rows``.

    Public rows together weigh as much as ours at most: on air comments are like ours.
    """
    own = np.array([row.is_own for row in rows])
    for index in range(len(Label)):
        weights = np.array([row.weights[index] for row in rows])
        public = weights[~own].sum()
        if own.any() and public > own.sum():
            weights = np.where(own, weights, weights * own.sum() / public)
        present = np.array([row.targets[index] for row in rows])
        said = np.stack([scores.deep.labels[:, index].numpy(), scores.wide.labels[:, index].numpy()], axis=1)
        scales, bias = platt(said.astype(np.float64), present, weights)
        network.mix.labels[:, index] = torch.from_numpy(scales)
        network.mix.label_bias[index] = bias
    wanted = targets(rows)
    known = torch.from_numpy(wanted.intent_weights * own)
    network.mix.intents.copy_(
        _shares(scores.deep.intents, scores.wide.intents, torch.from_numpy(wanted.intents), known)
    )
    languages = torch.from_numpy(wanted.languages)
    spoken = functional.one_hot(languages.clamp(min=0), scores.deep.languages.shape[1]).float()
    network.mix.languages.copy_(
        _shares(scores.deep.languages, scores.wide.languages, spoken, (languages >= 0).float() * torch.from_numpy(own))
    )


def _shares(deep: Tensor, wide: Tensor, allowed: Tensor, weights: Tensor) -> Tensor:
    """The two scales [2, 1] that make the mixed softmax most probable (temperature scaling, Guo et al. 2017)."""
    shares = torch.full((2, 1), 0.5, requires_grad=True)
    optimiser = torch.optim.LBFGS([shares], max_iter=50, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        every = functional.log_softmax(shares[0] * deep + shares[1] * wide, dim=1)
        missed = -every.masked_fill(allowed == 0, -1e4).logsumexp(1)
        loss: Tensor = (missed * weights).sum() / weights.sum().clamp(min=1.0) + 1e-3 * (shares - 0.5).square().sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    return shares.detach().clamp(min=0.0)
