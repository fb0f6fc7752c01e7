"""Chat history that a source brings at connecting: judged like anything else, and left to people."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from streambot.core.command import Verb
from streambot.core.errors import ClassifierError
from streambot.late import LATE_TO_HIDE
from streambot.testing import NOON, FakeClassifier, a_comment
from tests.houses import SmallHouse, hateful, small_house, turns


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


def acts(house: SmallHouse, kind: str = "decision") -> list[str]:
    return [row[0] for row in house.sql("SELECT act FROM events WHERE kind = ? ORDER BY seq", kind)]


async def test_what_breaks_a_rule_goes_to_a_person_who_can_still_hide_it(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(
            a_comment("hello", backlog=True),
            a_comment("look", backlog=True),
            a_comment("bet", id="old", author="old", backlog=True),
        )
        assert acts(house) == ["allow", "review", "review"]
        assert house.rows() == []
        assert (await house.room()).history.strikes("old") == 0
        await house.order(Verb.HIDE, "old")
        await house.send()
        assert [action.comment for action in house.actuator.applied] == ["old"]


async def test_a_model_that_comes_late_hides_none_of_it_either(db: Path) -> None:
    classifier = FakeClassifier({"vile": hateful()})
    classifier.error = ClassifierError("down")
    async with small_house(db, classifier=classifier) as house:
        await house.play(a_comment("vile", author="old", backlog=True))
        classifier.error = None
        while not acts(house, "rejudgement"):
            house.clock.advance(1)
            await turns()
            await asyncio.sleep(0.001)
        assert house.clock() - NOON < LATE_TO_HIDE, "it is not its age"
        assert (acts(house), acts(house, "rejudgement")) == (["allow"], ["review"])
        assert house.rows() == []
        assert (await house.room()).history.strikes("old") == 0
