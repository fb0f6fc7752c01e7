"""Catalogs that change while they are in force."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from streambot.catalog.problems import CatalogError
from streambot.catalog.watch import Catalogs, watched

ONE = "number,name.en\n1,shirt\n"
TWO = "number,name.en\n1,shirt\n2,hat\n"
BAD = "number,name.en\n1,shirt\n1,hat\n"


class Clock:
    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


def write(file: Path, text: str, at: float = 0) -> None:
    file.write_text(text, encoding="utf-8")
    if at:
        os.utime(file, (at, at))


async def test_a_changed_file_comes_in_force_and_a_bad_one_leaves_the_old_one(tmp_path: Path) -> None:
    clock, told = Clock(), []
    file = tmp_path / "th.csv"
    write(file, ONE, 1000)
    catalogs = Catalogs(clock, changed=told.append)
    assert len(await catalogs.open(file)) == 1
    write(file, TWO, 2000)
    await catalogs.reload()
    assert (len(catalogs.get(file)), catalogs.refusal(file)) == (2, None)
    write(file, BAD, 3000)
    await catalogs.reload()
    await catalogs.reload()
    refusal = catalogs.refusal(file)
    assert len(catalogs.get(file)) == 2
    assert refusal is not None
    assert (refusal.problems[0].row, refusal.problems[0].column) == (3, "number")
    file.unlink()
    await catalogs.reload()
    assert len(catalogs.get(file)) == 2
    gone = catalogs.refusal(file)
    assert gone is not None
    assert "cannot be read" in gone.message
    write(file, ONE, 4000)
    await catalogs.reload()
    assert (len(catalogs.get(file)), catalogs.refusal(file)) == (1, None)
    assert told == [file] * 4


async def test_a_file_that_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    told: list[Path] = []
    file = tmp_path / "th.csv"
    write(file, ONE, 1000)
    catalogs = Catalogs(Clock(), changed=told.append)
    first = await catalogs.open(file)
    await catalogs.reload()
    assert catalogs.get(file) is first
    assert await catalogs.open(file) is first
    assert told == []


async def test_the_same_content_written_again_makes_its_facts_new(tmp_path: Path) -> None:
    file = tmp_path / "th.csv"
    write(file, "number,name.en,stock\n1,shirt,3\n", 1000)
    catalogs = Catalogs(Clock())
    await catalogs.open(file)
    os.utime(file, (2000, 2000))
    await catalogs.reload()
    stock = catalogs.get(file).items[0].stock
    assert stock is not None
    assert stock.at == 2000


async def test_a_catalog_that_came_with_streambot_is_as_fresh_as_its_reading(tmp_path: Path) -> None:
    file = tmp_path / "demo.csv"
    write(file, "number,name.en,stock\n1,shirt,3\n", 1000)
    clock = Clock()
    stock = (await Catalogs(clock, fresh=True).open(file)).items[0].stock
    assert stock is not None
    assert stock.at == clock.now


async def test_a_bad_file_is_an_error_at_the_start(tmp_path: Path) -> None:
    write(tmp_path / "th.csv", BAD)
    catalogs = Catalogs(Clock())
    with pytest.raises(CatalogError):
        await catalogs.open(tmp_path / "th.csv")
    with pytest.raises(KeyError):
        catalogs.get(tmp_path / "th.csv")


async def test_a_room_that_needs_another_language_has_the_file_checked_for_it(tmp_path: Path) -> None:
    file = tmp_path / "th.csv"
    write(file, ONE)
    catalogs = Catalogs(Clock())
    await catalogs.open(file, ["en"])
    with pytest.raises(CatalogError, match=r"name\.th"):
        await catalogs.open(file, ["th"])
    assert len(catalogs.get(file)) == 1


async def test_two_rooms_that_open_a_file_at_once_both_have_their_languages_checked_later(tmp_path: Path) -> None:
    file = tmp_path / "th.csv"
    write(file, "number,name.en,name.th\n1,shirt,เสื้อ\n", 1000)
    catalogs = Catalogs(Clock())
    await asyncio.gather(catalogs.open(file, ["en"]), catalogs.open(file, ["th"]))
    for kept in ("en", "th"):
        write(file, f"number,name.{kept}\n1,shirt\n", 2000 if kept == "en" else 3000)
        await catalogs.reload()
        assert catalogs.refusal(file) is not None


async def test_a_file_that_is_being_written_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "th.csv"
    write(file, ONE, 1000)
    catalogs = Catalogs(Clock())
    await catalogs.open(file)
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) < 3:
            write(file, TWO, 1000 + len(pauses))

    await catalogs.settled(sleep)
    assert len(pauses) == 3


async def until(true: Callable[[], bool]) -> None:
    """It waits for the file system."""
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110 - what it waits for sets no event
            await asyncio.sleep(0.01)


async def test_the_watch_sees_files_change_also_those_opened_later(tmp_path: Path) -> None:
    catalogs = Catalogs(Clock())
    (tmp_path / "later").mkdir()
    first, second = tmp_path / "th.csv", tmp_path / "later" / "us.csv"
    write(first, ONE)
    write(second, ONE)

    async def rewritten(file: Path) -> None:
        # The system may not watch yet when the file changes for the first time.
        writing = asyncio.create_task(keep_writing(file))
        await until(lambda: len(catalogs.get(file)) == 2)
        writing.cancel()

    async def keep_writing(file: Path) -> None:
        while True:
            await asyncio.to_thread(write, file, TWO)
            await asyncio.sleep(1)

    async with watched(catalogs, sleep=asyncio.sleep):
        await catalogs.open(first)
        await rewritten(first)
        await catalogs.open(second)
        await rewritten(second)
