"""Canned answers while on air: what is valid takes effect, what is not leaves the old ones in force."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from streambot.answers.watch import InForce
from streambot.core.answers import Answer, Asked, Gap, Tone
from streambot.core.errors import ConfigError
from streambot.core.labels import Intent
from streambot.kept_files import News, watched
from streambot.watching import BETWEEN_LOOKS, LOOKS

ASKED = Asked(Intent.PRICE, "us", "en", Tone.CASUAL)


def file_of(line: str) -> str:
    return (
        '[answers]\nsite = "us"\nlanguages = ["en"]\n[[answer]]\nintent = "question.price"\n'
        f'say.en.casual = ["{line}"]\nsay.en.formal = ["The price is {{price}}."]\n'
    )


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


class Told:
    """What was told, and a moment to wait for the next."""

    def __init__(self) -> None:
        self.news: list[tuple[News, str]] = []
        self.came = asyncio.Event()

    def __call__(self, news: News, why: str) -> None:
        self.news.append((news, why))
        self.came.set()

    async def next(self) -> News:
        async with asyncio.timeout(30):
            await self.came.wait()
        self.came.clear()
        return self.news[-1][0]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "us.toml"
    file.write_text(file_of("It is {price}"), encoding="utf-8")
    return file


def said(in_force: InForce) -> str:
    answer = in_force.answers.answer(ASKED, {"price": "$9"}, key=0)
    assert isinstance(answer, Answer)
    return answer.text


async def test_a_changed_file_takes_effect(path: Path) -> None:
    told = Told()
    in_force = InForce([path], told)
    assert said(in_force) == "It is $9"
    assert await in_force.reload() is News.NOTHING
    write(path, file_of("{price} now"))
    assert await in_force.reload() is News.CHANGED
    assert said(in_force) == "$9 now"
    assert told.news == [(News.CHANGED, "")]


@pytest.mark.parametrize(
    "change",
    [
        lambda path: write(path, file_of("{prise}")),
        lambda path: write(path, "["),
        lambda path: write(path, ""),
        Path.unlink,
    ],
    ids=["variable", "syntax", "empty", "gone"],
)
async def test_what_is_not_valid_is_told_once_and_the_old_stays_in_force(
    path: Path, change: Callable[[Path], None]
) -> None:
    told = Told()
    in_force = InForce([path], told)
    change(path)
    assert await in_force.reload() is News.REFUSED
    assert await in_force.reload() is News.NOTHING
    assert said(in_force) == "It is $9"
    assert "us.toml" in in_force.refused
    assert told.news == [(News.REFUSED, in_force.refused)]
    write(path, file_of("It is {price}"))
    assert await in_force.reload() is News.MENDED
    assert (in_force.refused, said(in_force)) == ("", "It is $9")
    assert told.news[1:] == [(News.MENDED, "")]


async def test_a_refused_file_may_be_mended_into_another(path: Path) -> None:
    in_force = InForce([path], Told())
    write(path, "[")
    await in_force.reload()
    write(path, file_of("{price}!"))
    assert await in_force.reload() is News.CHANGED
    assert (in_force.refused, said(in_force)) == ("", "$9!")


def test_what_is_not_valid_at_the_start_is_an_error(path: Path) -> None:
    write(path, file_of("{prise}"))
    with pytest.raises(ConfigError, match="prise"):
        InForce([path], Told())


async def test_a_file_that_is_being_written_is_waited_for(path: Path) -> None:
    in_force = InForce([path], Told())
    slept: list[float] = []
    parts = iter(["a", "ab", None])

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        part = next(parts)
        if part is not None:
            write(path, part)

    await in_force.settled(sleep)
    assert slept == [BETWEEN_LOOKS] * 3

    async def endless(seconds: float) -> None:
        slept.append(seconds)
        write(path, "x" * len(slept))

    slept.clear()
    await in_force.settled(endless)
    assert len(slept) == LOOKS


async def test_the_watch_sees_files_change_go_and_come_back(path: Path) -> None:
    told = Told()
    in_force = InForce([path], told)
    steps: list[tuple[Callable[[], object], News, str]] = [
        (lambda: write(path, file_of("{price}!")), News.CHANGED, "$9!"),
        (lambda: write(path, "["), News.REFUSED, "$9!"),
        (lambda: write(path, file_of("{price}!")), News.MENDED, "$9!"),
        (path.unlink, News.REFUSED, "$9!"),
        (lambda: write(path, file_of("{price}?")), News.CHANGED, "$9?"),
    ]
    async with watched(in_force, sleep=asyncio.sleep):
        for change, news, text in steps:
            await asyncio.to_thread(change)
            while await told.next() is not news:
                pass
            assert said(in_force) == text


async def test_a_room_without_files_has_nothing_to_watch() -> None:
    in_force = InForce([], Told())
    async with watched(in_force, sleep=asyncio.sleep):
        assert isinstance(in_force.answers.answer(ASKED, {"price": "$9"}, key=0), Gap)
