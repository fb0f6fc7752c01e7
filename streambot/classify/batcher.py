"""Many callers, one model: whoever waits while the model is busy goes into its next batch.

There is no timer: a comment that comes alone is judged alone and at once, and a busy model is what makes batches.
Every waiter hears an answer, an error or a cancellation. Who would have to wait too long hears so at once, so that
rules decide now what the model could only judge too late; what is remembered costs nothing and is never refused.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
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
TELLING = 8
"""Texts in a slice from which its pace tells that of a queue: fewer cost more each (ENGINE.md A1)."""
NEWEST = 0.2
"""The weight of the newest slice in the moving average of the pace."""


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
    """A Classifier over a runtime. ``waiting`` callers at most; more are refused with Overloaded.

    ``patience``: seconds a caller may be expected to wait, by the pace of the slices so far; who would wait longer is
    refused at once. None where nobody is on air and everybody waits. ``clock`` is monotonic, in seconds.
    """

    def __init__(
        self,
        runtime: Runtime,
        *,
        cache: JudgementCache,
        waiting: int,
        patience: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._runtime = runtime
        self._cache = cache
        self._limit = waiting
        self._patience = patience
        self._clock = clock
        self._queue: dict[str, list[asyncio.Future[Judgement]]] = {}
        self._callers = 0
        self._wake = asyncio.Event()
        self._taken: list[asyncio.Future[Judgement]] = []
        self._unjudged = 0
        self._pace: float | None = None
        self._stopped = False
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model")
        self._shed = 0

    @property
    def name(self) -> str:
        """The runtime's name."""
        return self._runtime.name

    @property
    def waiting(self) -> int:
        """Callers whose text the model has not taken up."""
        return self._callers

    @property
    def shed(self) -> int:
        """Callers refused so far because too much was waiting."""
        return self._shed

    @property
    def idle(self) -> bool:
        """Whether the model has nothing to do."""
        return not self._queue and not self._unjudged

    @property
    def pace(self) -> float | None:
        """Texts a second, as far as slices of a telling size have shown."""
        return 1.0 / self._pace if self._pace else None

    def remembered(self, comment: Comment) -> Judgement | None:
        """The judgement of a comment whose text was judged lately; None means :meth:`classify`."""
        return self._cache.get(comment.text)

    async def classify(self, comment: Comment) -> Judgement:
        """Judge one comment. Raises ClassifierError if the model failed on its batch, Overloaded if too many wait."""
        text = comment.text
        cached = self._cache.get(text)
        if cached is not None:
            return cached
        if self._stopped:
            raise _stopped()
        self._admit(text)
        future: asyncio.Future[Judgement] = asyncio.get_running_loop().create_future()
        self._queue.setdefault(text, []).append(future)
        self._callers += 1
        self._wake.set()
        return await future

    def _admit(self, text: str) -> None:
        """Raises Overloaded if too many wait, or if what is ahead of a text that is not queued yet takes too long."""
        ahead = len(self._queue) + self._unjudged
        late = (
            self._patience is not None
            and self._pace is not None
            and text not in self._queue
            and ahead * self._pace > self._patience
        )
        if late or self._callers >= self._limit:
            self._shed += 1
            raise Overloaded(f"{self._callers} comments wait for the model.", code="model_behind")

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
            waiting = [future for futures in self._queue.values() for future in futures]
            self._fail([*self._taken, *waiting], _stopped())
            self._queue.clear()
            self._callers = self._unjudged = 0
            self._thread.shutdown(wait=False, cancel_futures=True)

    async def _judge_waiting(self) -> None:
        waiters: dict[str, list[asyncio.Future[Judgement]]] = {}
        while self._queue and len(waiters) < TAKEN:
            text = next(iter(self._queue))
            futures = self._queue.pop(text)
            self._callers -= len(futures)
            if here := [future for future in futures if not future.done()]:
                waiters[text] = here
        self._taken = [future for futures in waiters.values() for future in futures]
        texts = sorted(waiters, key=len)
        self._unjudged = len(texts)
        loop, began = asyncio.get_running_loop(), self._clock()
        # Handed over at once, so that the model goes from one to the next also while the event loop is busy.
        slices = [texts[start : start + SLICE] for start in range(0, len(texts), SLICE)]
        running = [loop.run_in_executor(self._thread, self._runtime.judge, part) for part in slices]
        for part, judging in zip(slices, running, strict=True):
            judged = await self._tell(part, judging, [waiters[text] for text in part])
            self._unjudged -= len(part)
            began, before = self._clock(), began
            if judged and len(part) >= TELLING:
                pace = (began - before) / len(part)
                self._pace = pace if self._pace is None else self._pace + NEWEST * (pace - self._pace)

    async def _tell(
        self,
        texts: Sequence[str],
        judging: asyncio.Future[list[Judgement]],
        waiters: Sequence[list[asyncio.Future[Judgement]]],
    ) -> bool:
        """Tell who waits what the model says of a slice; whether it said anything."""
        try:
            judgements = await judging
            judged = list(zip(texts, judgements, waiters, strict=True))
        except Exception as error:  # noqa: BLE001 - a batch: its waiters hear whatever was thrown, the next one runs
            failure = error if isinstance(error, ClassifierError) else ClassifierError(
                f"the model failed: {type(error).__name__}: {error}.", code="model_failed"
            )  # fmt: skip
            self._fail([future for futures in waiters for future in futures], failure)
            return False
        for text, judgement, futures in judged:
            self._cache.put(text, judgement)
            for future in futures:
                if not future.done():
                    future.set_result(judgement)
        return True

    @staticmethod
    def _fail(waiters: Iterable[asyncio.Future[Judgement]], failure: ClassifierError) -> None:
        for future in waiters:
            if not future.done():
                future.set_exception(failure)


def _stopped() -> ClassifierError:
    return ClassifierError("the model was stopped.", code="model_stopped")
