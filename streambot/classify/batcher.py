"""Many callers, one model: whoever waits while the model is busy goes into its next batch.

There is no timer: a comment that comes alone is judged alone and at once, and a busy model is what makes batches.
Every waiter hears an answer, an error or a cancellation.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from streambot.classify.cache import JudgementCache
from streambot.core.comment import Comment
from streambot.core.errors import ClassifierError, Overloaded
from streambot.core.verdict import Judgement

TAKEN = 256
"""Texts looked at together, so that those of like length can share a slice."""
SLICE = 64
"""Texts judged in one run of the model; each slice is padded to its own longest."""


class Runtime(Protocol):
    """A loaded model: synchronous, called on a thread of its own."""

    @property
    def name(self) -> str:
        """Model, version and runtime, as written in the log."""
        ...

    def judge(self, texts: Sequence[str]) -> list[Judgement]:
        """Judge texts, in their order. Raises ClassifierError."""
        ...


class Batcher:
    """A Classifier over a runtime. ``waiting`` callers at most; more are refused with Overloaded."""

    def __init__(self, runtime: Runtime, *, cache: JudgementCache, waiting: int) -> None:
        self._runtime = runtime
        self._cache = cache
        self._limit = waiting
        self._queue: deque[tuple[str, asyncio.Future[Judgement]]] = deque()
        self._wake = asyncio.Event()
        self._taken: list[asyncio.Future[Judgement]] = []
        self._stopped = False
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model")

    @property
    def name(self) -> str:
        """The runtime's name."""
        return self._runtime.name

    @property
    def waiting(self) -> int:
        """Callers whose text the model has not taken up."""
        return len(self._queue)

    async def classify(self, comment: Comment) -> Judgement:
        """Judge one comment. Raises ClassifierError if the model failed on its batch, Overloaded if too many wait."""
        cached = self._cache.get(comment.text)
        if cached is not None:
            return cached
        if self._stopped:
            raise _stopped()
        if len(self._queue) >= self._limit:
            raise Overloaded(f"{len(self._queue)} comments wait for the model.", code="model_behind")
        future: asyncio.Future[Judgement] = asyncio.get_running_loop().create_future()
        self._queue.append((comment.text, future))
        self._wake.set()
        return await future

    async def run(self) -> None:
        """Judge what comes until cancelled; then every waiter is told."""
        try:
            while True:
                while not self._queue:
                    self._wake.clear()
                    await self._wake.wait()
                await self._judge_waiting()
        finally:
            self._stopped = True
            self._fail([*self._taken, *(future for _, future in self._queue)], _stopped())
            self._queue.clear()
            self._thread.shutdown(wait=False, cancel_futures=True)

    async def _judge_waiting(self) -> None:
        waiters: dict[str, list[asyncio.Future[Judgement]]] = {}
        while self._queue and len(waiters) < TAKEN:
            text, future = self._queue.popleft()
            if not future.done():
                waiters.setdefault(text, []).append(future)
        self._taken = [future for futures in waiters.values() for future in futures]
        texts = sorted(waiters, key=len)
        for start in range(0, len(texts), SLICE):
            part = texts[start : start + SLICE]
            await self._judge_slice(part, [waiters[text] for text in part])

    async def _judge_slice(self, texts: Sequence[str], waiters: Sequence[list[asyncio.Future[Judgement]]]) -> None:
        try:
            judgements = await asyncio.get_running_loop().run_in_executor(self._thread, self._runtime.judge, texts)
            judged = list(zip(texts, judgements, waiters, strict=True))
        except Exception as error:  # noqa: BLE001 - a batch: its waiters hear whatever was thrown, the next one runs
            failure = error if isinstance(error, ClassifierError) else ClassifierError(
                f"the model failed: {type(error).__name__}: {error}.", code="model_failed"
            )  # fmt: skip
            self._fail([future for futures in waiters for future in futures], failure)
            return
        for text, judgement, futures in judged:
            self._cache.put(text, judgement)
            for future in futures:
                if not future.done():
                    future.set_result(judgement)

    @staticmethod
    def _fail(waiters: Iterable[asyncio.Future[Judgement]], failure: ClassifierError) -> None:
        for future in waiters:
            if not future.done():
                future.set_exception(failure)


def _stopped() -> ClassifierError:
    return ClassifierError("the model was stopped.", code="model_stopped")
