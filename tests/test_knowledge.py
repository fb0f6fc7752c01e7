"""What rooms answer from: found by name or path, shared between rooms, read again while on air."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from streambot.answers.files import load_answers
from streambot.core.answers import Asked, Tone
from streambot.core.errors import ConfigError
from streambot.core.labels import Intent
from streambot.knowledge import Library, answer_files, catalog_file
from streambot.resources import resource
from streambot.settings import RoomSettings
from streambot.testing import FakeClock, RecordingFeed
from tests.houses import until

CATALOG = "number,name.th,name.en,price.th,stock\n{number},เดรส,dress,{price},5\n"


def settings(**fields: object) -> RoomSettings:
    return RoomSettings.model_validate({"platform": "tiktok", "id": "x", "site": "th", **fields})


@pytest.fixture
def library() -> Library:
    return Library(RecordingFeed(), clock=FakeClock(1000.0), sleep=lambda _: asyncio.sleep(0))


def priced(folder: Path, price: int = 590) -> Path:
    path = folder / "th.csv"
    path.write_text(CATALOG.format(number=1, price=price), encoding="utf-8")
    return path


async def test_a_room_without_a_catalog_has_the_answers_of_its_site(library: Library) -> None:
    knowledge = await library.open(settings())
    assert knowledge.catalog is None
    asked = Asked(Intent.HOW_TO_BUY, "th", "th", Tone.CASUAL)
    assert knowledge.answers.find(asked) == load_answers([resource("config/answers/th.toml")]).find(asked)


def test_a_room_of_no_certain_site_has_the_answers_of_all() -> None:
    found = answer_files(settings(site="base"))
    assert {path.stem for path in found} == {"us", "th", "vn", "id", "cn"}


def test_a_bare_name_is_something_shipped_and_a_path_is_the_operators() -> None:
    assert catalog_file("demo") == (resource("config/catalog/demo.csv"), True)
    assert catalog_file("/shop/th.csv") == (Path("/shop/th.csv"), False)
    with pytest.raises(ConfigError, match="demoo"):
        catalog_file("demoo")


async def test_two_rooms_with_one_file_share_one_catalog(library: Library, tmp_path: Path) -> None:
    chosen = settings(catalog=str(priced(tmp_path)))
    one, other = await library.open(chosen, "one"), await library.open(chosen, "other")
    assert one.catalog is other.catalog is not None


async def test_a_wrong_catalog_is_refused_at_the_opening_with_its_row(library: Library, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="2"):
        await library.open(settings(catalog=str(priced(tmp_path, price=-5))))


@pytest.mark.parametrize("before", [True, False], ids=["opened before", "opened while watching"])
async def test_a_changed_catalog_is_in_force_and_a_broken_one_is_told(tmp_path: Path, *, before: bool) -> None:
    feed = RecordingFeed()
    library = Library(feed, clock=FakeClock(1000.0), sleep=lambda _: asyncio.sleep(0))
    path = priced(tmp_path)
    chosen = settings(catalog=str(path))
    if before:
        await library.open(chosen, "room")
    async with asyncio.timeout(20), library.watching():
        knowledge = await library.open(chosen, "room")
        priced(tmp_path, price=450)
        await told(feed, "catalog_read")
        assert knowledge.catalog is not None
        item = knowledge.catalog.item(1)
        assert item is not None
        assert item.prices["th"].value.amount == 450
        path.write_text("number,name.th\n1,\n1,\n", encoding="utf-8")
        await told(feed, "catalog_refused")
        assert knowledge.catalog.item(1) == item


async def test_changed_answers_are_in_force_in_a_room_that_opened_while_watching(tmp_path: Path) -> None:
    feed = RecordingFeed()
    library = Library(feed, clock=FakeClock(1000.0), sleep=lambda _: asyncio.sleep(0))
    path = tmp_path / "own.toml"
    shipped = resource("config/answers/th.toml").read_text(encoding="utf-8")
    path.write_text(shipped, encoding="utf-8")
    async with asyncio.timeout(20), library.watching():
        knowledge = await library.open(settings(answers={"files": [str(path)]}), "room")
        before = knowledge.answers
        path.write_text(shipped.replace("{price}", "!{price}"), encoding="utf-8")
        await told(feed, "answers_read")
        assert knowledge.answers is not before
        path.write_text("[answers]\nsite = 'mars'\n", encoding="utf-8")
        await told(feed, "answers_refused")


async def told(feed: RecordingFeed, code: str) -> None:
    await until(lambda: any(notice["code"] == code for _, notice in feed.notices))
