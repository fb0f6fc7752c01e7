"""Which rows make a batch and what they should answer: pure functions of the seed, so a resumed run repeats itself."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from streambot.core.labels import LANGUAGES, Intent, Label
from streambot.training.corpus import Row
from streambot.training.noise import disguise

DISGUISED: Final = {True: 0.25, False: 0.35}
"""How often a benign (True) and a violating line is disguised: the benign too, or a disguise alone would be guilt."""
PREFIXED: Final = 0.16
"""How often a violation of ours stands amid benign lines: friendly words first, the violation behind."""
_POOL: Final = 40
"""Batches whose rows are sorted by length together, to pad little and still mix."""

_LABELS: Final = tuple(Label)
_INTENTS: Final = tuple(Intent)


@dataclass(frozen=True, slots=True)
class Targets:
    """What a batch should answer; arrays of [rows, …] in the order of Label, Intent and LANGUAGES.

    ``intents`` marks every intent a row may have, ``languages`` is an index or -1 where it is unknown.
    """

    labels: NDArray[np.float32]
    label_weights: NDArray[np.float32]
    intents: NDArray[np.float32]
    intent_weights: NDArray[np.float32]
    languages: NDArray[np.int64]


def epoch_order(
    rows: Sequence[Row], lengths: Sequence[int], *, batch: int, own_share: float, seed: int, epoch: int
) -> list[list[int]]:
    """One epoch's batches of row numbers: every public row once, ours repeated until they are ``own_share`` of all.

    ``lengths`` are the rows' tokens: a batch holds rows of like length.
    """
    rng = random.Random(f"order:{seed}:{epoch}")
    own = [index for index, row in enumerate(rows) if row.is_own]
    public = [index for index, row in enumerate(rows) if not row.is_own]
    order = list(public)
    if own:
        wanted = max(len(own), round(len(public) * own_share / (1.0 - own_share)))
        while wanted > 0:
            rng.shuffle(own)
            order += own[:wanted]
            wanted -= len(own)
    rng.shuffle(order)
    batches: list[list[int]] = []
    for start in range(0, len(order), batch * _POOL):
        pool = sorted(order[start : start + batch * _POOL], key=lambda index: lengths[index])
        batches += [pool[first : first + batch] for first in range(0, len(pool), batch)]
    rng.shuffle(batches)
    return batches


def noisy(row: Row, rng: random.Random) -> str:
    """The row's text as somebody else might have typed it."""
    return disguise(row.text, rng, strength=DISGUISED[row.is_benign])


def padded(text: str, benign: Sequence[Row], rng: random.Random) -> str:
    """The text behind one or two benign lines, and before another now and then."""
    before = [rng.choice(benign).text for _ in range(rng.choice((1, 1, 2)))]
    after = [rng.choice(benign).text] if rng.random() < 0.25 else []
    return rng.choice((" ", " ", ", ", "! ", "。", " 😊 ")).join([*before, text, *after])


def targets(rows: Sequence[Row]) -> Targets:
    """The arrays to learn from."""
    return Targets(
        labels=np.array([row.targets for row in rows], dtype=np.float32).reshape(len(rows), len(_LABELS)),
        label_weights=np.array([row.weights for row in rows], dtype=np.float32).reshape(len(rows), len(_LABELS)),
        intents=np.array([[intent in row.intents for intent in _INTENTS] for row in rows], dtype=np.float32),
        intent_weights=np.array([row.intent_weight if row.intents else 0.0 for row in rows], dtype=np.float32),
        languages=np.array([LANGUAGES.index(row.language) if row.language else -1 for row in rows], dtype=np.int64),
    )
