"""The bare model: how many texts a second, by runtime, threads and batch; and whether ``auto`` takes the faster."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import cycle, product
from typing import Final

from streambot.bench.figures import Figure, at_least, median
from streambot.bench.lab import Lab
from streambot.bench.traffic import distinct, slices
from streambot.classify.batcher import SLICE, TAKEN, Runtime
from streambot.classify.choice import Name, choose, installed, open_runtime
from streambot.resources import model_folder

THREADS: Final = (1, 2)
BATCHES: Final = (1, 8, SLICE)


async def run(lab: Lab) -> Sequence[Figure]:
    """Texts a second for each runtime, number of threads and batch, the rounds of all of them interleaved."""
    folder = model_folder(lab.settings.classifier.model)
    texts = [comment.text for comment in distinct(int(lab.pick(2048, 192)), seed=lab.seed)]
    names = installed()
    models = {(name, threads): open_runtime(folder, name, threads=threads) for name, threads in product(names, THREADS)}
    rates: dict[tuple[Name, int, int], list[float]] = {
        (name, threads, size): [] for name, threads, size in product(names, THREADS, BATCHES)
    }
    for _ in range(int(lab.pick(5, 2))):
        for (name, threads, size), measured in rates.items():
            measured.append(pace(models[name, threads], texts, size, seconds=lab.pick(1.0, 0.1)))
    medians = {key: median(measured) for key, measured in rates.items()}
    figures = [
        Figure(
            # The first is the default, whose figures are compared from one version to the next.
            f"{'' if name == names[0] else f'{name}, '}{threads} thread{'s' * (threads > 1)}, batch {size}",
            rate,
            "/s",
            # ENGINE.md A, targets: the small classifier in batches on one core.
            at_least(700) if (name, threads, size) == (names[0], 1, SLICE) else None,
        )
        for (name, threads, size), rate in medians.items()
    ]
    if len(names) > 1:
        chosen = choose(folder, threads=1, memory=None).runtime
        best = max(medians[name, 1, SLICE] for name in names)
        share = 100 * medians[chosen, 1, SLICE] / best
        # Two that are alike may change places from one second to the next.
        figures.append(Figure(f"auto ({chosen}) against the fastest, batch {SLICE}", share, "%", at_least(90)))
    return figures


def pace(model: Runtime, texts: Sequence[str], size: int, *, seconds: float) -> float:
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
