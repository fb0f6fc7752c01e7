"""Many callers, one model: each hears an answer, an error or an end."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from streambot.classify.batcher import SLICE, TAKEN, Batcher
from streambot.classify.cache import JudgementCache
from streambot.core.errors import ClassifierError, Overloaded
from streambot.core.verdict import Judgement
from streambot.testing import a_comment, a_judgement
from tests.houses import turns, until


class Model:
    """A model on a thread: notes its batches, and waits at a gate while that is closed."""

    name = "model@1"

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.broken: Any = None

    def judge(self, texts: Sequence[str]) -> list[Judgement]:
        self.batches.append(list(texts))
        assert self.gate.wait(10)
        if isinstance(self.broken, Exception):
            raise self.broken
        if self.broken is not None:
            return self.broken(texts)  # type: ignore[no-any-return]
        return [a_judgement(language=text) for text in texts]


@contextlib.asynccontextmanager
async def running(model: Model, *, waiting: int = 5000, cache: int = 0) -> AsyncIterator[Batcher]:
    batcher = Batcher(model, cache=JudgementCache(cache), waiting=waiting)
    task = asyncio.ensure_future(batcher.run())
    try:
        yield batcher
    finally:
        model.gate.set()
        task.cancel()
        await asyncio.wait([task])


def ask(batcher: Batcher, *texts: str) -> list[asyncio.Task[Judgement]]:
    return [asyncio.ensure_future(batcher.classify(a_comment(text))) for text in texts]


async def test_who_comes_alone_is_judged_at_once() -> None:
    async with running(model := Model()) as batcher:
        assert (await batcher.classify(a_comment("hello"))).language == "hello"
        assert model.batches == [["hello"]]
        assert batcher.name == "model@1"


async def test_who_comes_while_the_model_is_busy_shares_its_next_batch() -> None:
    async with running(model := Model()) as batcher:
        model.gate.clear()
        first = ask(batcher, "first")
        await until(lambda: model.batches)
        others = ask(batcher, "longest of all", "mid one", "x")
        await turns()
        assert batcher.waiting == 3
        model.gate.set()
        judged = await asyncio.gather(*first, *others)
        assert [judgement.language for judgement in judged] == ["first", "longest of all", "mid one", "x"]
        assert model.batches == [["first"], ["x", "mid one", "longest of all"]]


async def test_no_batch_is_longer_than_a_slice_and_texts_of_like_length_share_one() -> None:
    async with running(model := Model()) as batcher:
        texts = [str(number) * (1 + number % 7) for number in range(TAKEN + 50)]
        judged = await asyncio.gather(*ask(batcher, *texts))
        assert [judgement.language for judgement in judged] == texts
        assert max(map(len, model.batches)) == SLICE
        for batch in model.batches:
            assert batch == sorted(batch, key=len)


async def test_one_text_of_many_callers_is_judged_once() -> None:
    async with running(model := Model()) as batcher:
        await asyncio.gather(*ask(batcher, *["1"] * 40, "2"))
        assert model.batches == [["1", "2"]]


async def test_a_text_that_is_remembered_does_not_wait_for_the_model() -> None:
    async with running(model := Model(), cache=10) as batcher:
        await batcher.classify(a_comment("1"))
        model.gate.clear()
        busy = ask(batcher, "busy")
        assert (await batcher.classify(a_comment("1"))).language == "1"
        model.gate.set()
        await asyncio.gather(*busy)
        assert model.batches == [["1"], ["busy"]]


async def test_when_too_many_wait_the_next_is_refused_at_once() -> None:
    async with running(model := Model(), waiting=2) as batcher:
        model.gate.clear()
        taken = ask(batcher, "taken")
        await until(lambda: model.batches)
        waiting = ask(batcher, "one", "two")
        await turns()
        with pytest.raises(Overloaded) as raised:
            await batcher.classify(a_comment("three"))
        assert raised.value.code == "model_behind"
        model.gate.set()
        await asyncio.gather(*taken, *waiting)


@pytest.mark.parametrize(
    "broken",
    [RuntimeError("out of memory"), ClassifierError("no", code="model_failed"), lambda texts: [], lambda texts: None],
    ids=["bug", "told", "too few answers", "no answers"],
)
async def test_a_batch_that_fails_tells_its_callers_and_the_next_one_runs(broken: Any) -> None:
    async with running(model := Model(), cache=10) as batcher:
        model.broken = broken
        answers = await asyncio.gather(*ask(batcher, "a", "bb"), return_exceptions=True)
        assert [type(answer) for answer in answers] == [ClassifierError, ClassifierError]
        assert {answer.code for answer in answers if isinstance(answer, ClassifierError)} == {"model_failed"}
        model.broken = None
        assert (await batcher.classify(a_comment("a"))).language == "a"


async def test_a_caller_who_left_is_not_judged_and_harms_nobody() -> None:
    async with running(model := Model()) as batcher:
        model.gate.clear()
        (inside,) = ask(batcher, "inside")
        await until(lambda: model.batches)
        left, stays = ask(batcher, "left", "stays")
        await turns()
        for task in (inside, left):
            task.cancel()
        model.gate.set()
        assert (await stays).language == "stays"
        assert model.batches == [["inside"], ["stays"]]


async def test_at_the_end_everyone_hears_of_it_whether_taken_up_or_not() -> None:
    async with running(model := Model()) as batcher:
        model.gate.clear()
        everyone = ask(batcher, *(str(number) for number in range(TAKEN + 100)))
        await until(lambda: model.batches)
        await turns()
    answers = await asyncio.wait_for(asyncio.gather(*everyone, return_exceptions=True), 5)
    assert {answer.code for answer in answers if isinstance(answer, ClassifierError)} == {"model_stopped"}
    assert len(answers) == TAKEN + 100
    with pytest.raises(ClassifierError):
        await asyncio.wait_for(batcher.classify(a_comment("too late")), 5)


class Ticking:
    """A clock that moves when the model works: so many seconds a text."""

    def __init__(self, model: Model, seconds: float) -> None:
        self._model = model
        self._seconds = seconds

    def __call__(self) -> float:
        return sum(map(len, self._model.batches)) * self._seconds


@contextlib.asynccontextmanager
async def hurried(model: Model, *, patience: float | None, cache: int = 0) -> AsyncIterator[Batcher]:
    """A batcher that has learnt from a slice of ten that a text takes 10 ms."""
    clock = Ticking(model, 0.01)
    batcher = Batcher(model, cache=JudgementCache(cache), waiting=5000, patience=patience, clock=clock)
    task = asyncio.ensure_future(batcher.run())
    try:
        await asyncio.gather(*ask(batcher, *(f"before {number}" for number in range(10))))
        yield batcher
    finally:
        model.gate.set()
        task.cancel()
        await asyncio.wait([task])


async def answers_of(tasks: list[asyncio.Task[Judgement]]) -> list[str]:
    """``judged``, or the code of the error, of each."""
    done = await asyncio.gather(*tasks, return_exceptions=True)
    return [answer.code if isinstance(answer, ClassifierError) else "judged" for answer in done]


async def test_who_would_wait_too_long_is_refused_at_once() -> None:
    async with hurried(model := Model(), patience=0.105) as batcher:
        assert batcher.pace == pytest.approx(100)
        model.gate.clear()
        taken = ask(batcher, "taken")
        await until(lambda: len(model.batches) == 2)
        asked = ask(batcher, *(f"text {number}" for number in range(15)))
        await turns()
        # Ten ahead, the one in the model's hands among them, are 100 ms; eleven would be 110.
        assert (batcher.waiting, batcher.shed) == (10, 5)
        assert [task.done() for task in asked] == [False] * 10 + [True] * 5
        model.gate.set()
        assert await answers_of(taken + asked) == ["judged"] * 11 + ["model_behind"] * 5
        assert (await batcher.classify(a_comment("text 14"))).language == "text 14"


async def test_nobody_is_refused_for_the_wait_where_nobody_is_on_air() -> None:
    async with hurried(model := Model(), patience=None) as batcher:
        model.gate.clear()
        asked = ask(batcher, *(f"text {number}" for number in range(600)))
        await turns()
        model.gate.set()
        assert await answers_of(asked) == ["judged"] * 600
        assert batcher.shed == 0


async def test_what_is_remembered_or_waited_for_already_is_never_refused() -> None:
    async with hurried(model := Model(), patience=0.0, cache=100) as batcher:
        model.gate.clear()
        waiting = ask(batcher, "raid")
        await until(lambda: len(model.batches) == 2)
        refused = ask(batcher, "another")
        known = ask(batcher, "before 3")
        assert await answers_of(refused + known) == ["model_behind", "judged"]
        model.gate.set()
        await asyncio.gather(*waiting)
    async with hurried(model := Model(), patience=0.015) as batcher:
        model.gate.clear()
        first = ask(batcher, "busy")
        await until(lambda: len(model.batches) == 2)
        raid = ask(batcher, *["raid"] * 20)
        other = ask(batcher, "other")
        assert await answers_of(other) == ["model_behind"]
        model.gate.set()
        assert await answers_of(first + raid) == ["judged"] * 21


async def test_a_few_slow_texts_alone_say_nothing_of_a_queue() -> None:
    async with running(Model()) as batcher:
        for number in range(20):
            await batcher.classify(a_comment(f"alone {number}"))
        assert batcher.pace is None


async def test_a_slice_that_failed_says_nothing_of_the_pace() -> None:
    async with hurried(model := Model(), patience=1.0) as batcher:
        model.broken = RuntimeError("out of memory")
        batcher._clock = lambda: 0.0
        await answers_of(ask(batcher, *(f"text {number}" for number in range(20))))
        assert batcher.pace == pytest.approx(100)


async def test_it_is_idle_when_nothing_waits_and_nothing_is_judged() -> None:
    async with running(model := Model()) as batcher:
        assert batcher.idle
        model.gate.clear()
        asked = ask(batcher, "one")
        await turns()
        assert not batcher.idle
        await until(lambda: model.batches)
        assert not batcher.idle
        model.gate.set()
        await asyncio.gather(*asked)
        await until(lambda: batcher.idle)
