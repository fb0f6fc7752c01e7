"""The whole house against the bare model: the log at FULL, one console open, same texts, threads and batch."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from streambot.app import House
from streambot.bench.figures import Figure, at_least, at_most, median
from streambot.bench.lab import Lab, audience
from streambot.bench.model import THREADS, pace
from streambot.bench.traffic import AtOnce, a_room, again, distinct
from streambot.classify.batcher import SLICE
from streambot.classify.onnx import OnnxRuntime
from streambot.core.comment import Comment
from streambot.resources import model_folder


async def run(lab: Lab) -> Sequence[Figure]:
    """For each number of threads the two rates and their ratio; then the processor time that our own code takes."""
    comments = distinct(int(lab.pick(3000, 256)), seed=lab.seed)
    figures: list[Figure] = []
    for threads in THREADS:
        figures += await _against_the_model(lab, comments, threads)
    return [*figures, await _our_own(lab, comments)]


async def _against_the_model(lab: Lab, comments: Sequence[Comment], threads: int) -> list[Figure]:
    folder = model_folder(lab.settings.classifier.model)
    model = await asyncio.to_thread(OnnxRuntime, folder, threads=threads)
    texts = [comment.text for comment in comments]
    bare, whole = [], []
    # Nothing is remembered: each round's comments are all judged by the model.
    async with lab.house(live=False, threads=threads, cache=0) as running, audience(running, a_room(), 1):
        await _played(running, again(comments[:SLICE], 0))
        for number in range(1, int(lab.pick(5, 1)) + 1):
            bare.append(await asyncio.to_thread(pace, model, texts, SLICE, seconds=lab.pick(2.0, 0.1)))
            whole.append(len(comments) / await _played(running, again(comments, number)))
    named = f"{threads} thread{'s' * (threads > 1)}"
    ratios = [100 * house / alone for house, alone in zip(whole, bare, strict=True)]
    return [
        Figure(f"{named}: bare model", median(bare), "/s"),
        Figure(f"{named}: whole house", median(whole), "/s", at_least(600) if threads == 1 else None),
        Figure(f"{named}: ratio", median(ratios), "%", at_least(60)),
    ]


async def _our_own(lab: Lab, comments: Sequence[Comment]) -> Figure:
    """Processor time a comment when the model has nothing to do, because it remembers every text.

    The rules do not: they remember fewer texts than there are (``lexicon.REMEMBERED``), and these come in turn.
    """
    costs = []
    async with lab.house(live=False, cache=len(comments)) as running, audience(running, a_room(), 1):
        await _played(running, again(comments, 0))
        for number in range(1, int(lab.pick(5, 1)) + 1):
            before = time.process_time()
            await _played(running, again(comments, number))
            costs.append((time.process_time() - before) / len(comments))
    return Figure("our own code", median(costs) * 1e6, "µs a comment", at_most(350))


async def _played(running: House, comments: Sequence[Comment]) -> float:
    """Decide these comments as fast as they are taken; the seconds until the last is committed."""
    began = time.perf_counter()
    await running.pipeline.run(AtOnce(comments, sleep=asyncio.sleep))
    return time.perf_counter() - began
