"""The bare model: how many texts a second, by threads and batch."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import cycle
from typing import Final

from streambot.bench.figures import Figure, at_least, median
from streambot.bench.lab import Lab
from streambot.bench.traffic import distinct, slices
from streambot.classify.batcher import SLICE, TAKEN
from streambot.classify.onnx import OnnxRuntime
from streambot.resources import model_folder

THREADS: Final = (1, 2)
BATCHES: Final = (1, 8, SLICE)


async def run(lab: Lab) -> Sequence[Figure]:
    """Texts a second for each number of threads and each batch, the rounds of all of them interleaved."""
    folder = model_folder(lab.settings.classifier.model)
    texts = [comment.text for comment in distinct(int(lab.pick(2048, 192)), seed=lab.seed)]
    models = {threads: OnnxRuntime(folder, threads=threads) for threads in THREADS}
    rates: dict[tuple[int, int], list[float]] = {(threads, size): [] for threads in THREADS for size in BATCHES}
    for _ in range(int(lab.pick(5, 2))):
        for (threads, size), measured in rates.items():
            measured.append(pace(models[threads], texts, size, seconds=lab.pick(1.0, 0.1)))
    return [
        Figure(
            f"{threads} thread{'s' * (threads > 1)}, batch {size}",
            median(measured),
            "/s",
            # ENGINE.md A, targets: the small classifier in batches on one core.
            at_least(700) if (threads, size) == (1, SLICE) else None,
        )
        for (threads, size), measured in rates.items()
    ]


def pace(model: OnnxRuntime, texts: Sequence[str], size: int, *, seconds: float) -> float:
    """Texts a second over at least so many seconds."""
    parts = list(slices(texts, size, max(TAKEN, size)))
    model.judge(parts[0])
    done = 0
    began = time.perf_counter()
    for part in cycle(parts):
        model.judge(part)
        done += len(part)
        spent = time.perf_counter() - began
        if spent >= seconds and done >= SLICE:
            break
    return done / spent
