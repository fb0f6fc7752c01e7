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
