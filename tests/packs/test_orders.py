"""What people ask of the rules: another pack here or everywhere, a step back, a pack that only watches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from streambot.core.command import Answer, PackOrder, Reply
from streambot.testing import FakeClock
from tests.packs.shelf import NORTH, SOUTH, Shop, pack, rule, shop

ONE = pack("1", rule("spam", "buynow"))
TWO = pack("2", rule("spam", "buynow", "review"), rule("bet", "slotgame"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "th.toml").write_text(ONE, encoding="utf-8")
    return tmp_path


async def order(here: Shop, version: str, room: str = "", **fields: Any) -> Reply:
    return await here.desk.activate(PackOrder(version, "nok", room, **fields))


def beside(here: Shop, text: str) -> str:
    """The path of a file of the pack th outside the folder that is followed."""
    path = here.folder.parent / "th.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


async def two_versions(here: Shop) -> None:
    """th@1 was in force in both rooms, th@2 is."""
    await here.open(NORTH)
    await here.open(SOUTH)
    here.write(TWO)
    await here.force.reload()


async def ids(here: Shop) -> list[str]:
    return [(await here.open(room)).pack.id for room in (NORTH, SOUTH)]


async def test_a_room_goes_back_and_forth_with_one_word_and_needs_no_file(folder: Path) -> None:
    async with shop(folder) as here:
        await two_versions(here)
        (here.folder / "th.toml").unlink()
        reply = await order(here, "previous", "north", reason="too many reviews")
        assert (reply.answer, reply.message) == (Answer.ACCEPTED, "th@1 is in force in north.")
        assert await ids(here) == ["th@1", "th@2"]
        assert await here.act("slotgame") == "allow"
        row = here.settings()[-1]
        assert (row["actor"], row["reason"], json.loads(row["data"])["removed"]) == (
            "nok",
            "th@2 → th@1: too many reviews",
            ["bet"],
        )
        await order(here, "previous", "north")
        assert await ids(here) == ["th@2", "th@2"]
        assert await here.act("slotgame") == "hide"


async def test_everybody_goes_back_together(folder: Path) -> None:
    async with shop(folder) as here:
        await two_versions(here)
        await order(here, "previous")
        assert await ids(here) == ["th@1", "th@1"]


async def test_what_was_given_to_all_and_taken_back_is_not_given_to_who_opens_later(folder: Path) -> None:
    async with shop(folder) as here:
        await here.open(NORTH)
        await order(here, "", file=beside(here, TWO))
        assert (await order(here, "previous")).message == "th@1 is in force in all, north."
        assert (await here.open(SOUTH)).pack.id == "th@1"


async def test_a_step_back_in_one_room_is_no_matter_of_all(folder: Path) -> None:
    async with shop(folder) as here:
        await here.open(NORTH)
        await order(here, "", file=beside(here, TWO))
        await order(here, "previous", "north")
        assert (await here.open(SOUTH)).pack.id == "th@2"


async def test_an_order_for_a_room_that_is_not_open_says_so(folder: Path) -> None:
    async with shop(folder) as here:
        await here.open(NORTH)
        reply = await order(here, "th@1", "south")
        assert reply.message == "th@1 is in force in south (not open now: from its opening on)."


async def test_following_the_files_again_does_not_sound_like_no_rules(folder: Path) -> None:
    async with shop(folder) as here:
        assert (await order(here, "file")).message == "what the file says is in force in all."


async def test_who_has_no_past_stays_where_the_others_go_back(folder: Path) -> None:
    async with shop(folder) as here:
        await here.open(NORTH)
        here.write(TWO)
        await here.force.reload()
        await here.open(SOUTH)
        assert (await order(here, "previous")).message == "th@1 is in force in north."
        assert await ids(here) == ["th@1", "th@2"]


async def test_a_room_without_a_past_has_nothing_to_go_back_to(folder: Path) -> None:
    async with shop(folder) as here:
        await here.open()
        for version in ("previous", "9", "th@9", "none"):
            reply = await order(here, version, "north")
            assert reply.answer is Answer.INVALID, version
        for version in ("9", "previous"):
            assert (await order(here, version)).answer is Answer.INVALID
        assert here.settings() == []


async def test_what_a_person_chose_stays_over_a_changed_file_and_a_restart_until_the_file_is_followed(
    folder: Path,
) -> None:
    async with shop(folder) as here:
        await two_versions(here)
        await order(here, "th@1", "north")
        here.write(pack("3", rule("x", "thirdword")))
        await here.force.reload()
        assert await ids(here) == ["th@1", "th@3"]
        assert "th@3 is there; this room stays with th@1, chosen by nok." in here.notices()
    async with shop(folder) as here:
        assert await ids(here) == ["th@1", "th@3"]
        [north, south] = (await here.desk.overview())["rooms"]
        assert (north["pinned"], north["by"], north["before"]) == (True, "nok", "th@2")
        assert (south["pinned"], south["by"]) == (False, "file")
        count = len(here.settings())
        assert (await order(here, "file", "north")).answer is Answer.ACCEPTED
        assert await ids(here) == ["th@3", "th@3"]
        assert len(here.settings()) == count + 1
    async with shop(folder) as here:
        assert await ids(here) == ["th@3", "th@3"]
        assert (await here.desk.overview())["rooms"][0]["pinned"] is False


async def test_a_version_for_all_holds_also_where_no_room_is_open_yet(folder: Path) -> None:
    async with shop(folder) as here:
        await here.say("hello", NORTH)
        here.write(TWO)
        await here.force.reload()
        reply = await order(here, "1")
        assert reply.message == "th@1 is in force in all, north."
        assert await ids(here) == ["th@1", "th@1"]


async def test_the_same_again_is_nothing(folder: Path) -> None:
    async with shop(folder) as here:
        await two_versions(here)
        await order(here, "1", "north")
        assert (await order(here, "th@1", "north")).answer is Answer.NOOP
        assert (await order(here, "file", "south")).answer is Answer.NOOP


async def test_a_pack_that_nobody_had_is_tried_on_one_room(folder: Path) -> None:
    canary = pack("2-rc", rule("new", "canaryword"))
    async with shop(folder) as here:
        await here.open(NORTH)
        await here.open(SOUTH)
        reply = await order(here, "", "north", file=beside(here, canary))
        assert reply.answer is Answer.ACCEPTED
        assert await ids(here) == ["th@2-rc", "th@1"]
        for wrong in ("[[", pack("3", inherits="root")):
            assert (await order(here, "", "north", file=beside(here, wrong))).answer is Answer.INVALID
    async with shop(folder) as here:
        assert await here.act("canaryword") == "hide"


async def test_a_shadow_acts_on_nothing_and_counts_what_it_would_change(folder: Path) -> None:
    clock = FakeClock()
    async with shop(folder, clock=clock) as here:
        await two_versions(here)
        await order(here, "th@1", "north")
        assert (await order(here, "th@2", "north", shadow=True)).answer is Answer.ACCEPTED
        told = [await here.act(text) for text in ("buynow", "slotgame", "slotgame", "hello")]
        assert told == ["hide", "allow", "allow", "allow"]
        event = await here.say("slotgame")
        assert (event.pack, event.data["shadow"]) == ("th@1", {"pack": "th@2", "act": "hide", "rules": ["bet"]})
        assert (await here.say("hello", SOUTH)).data.get("shadow") is None
        status = (await here.open()).status().shadow
        assert status is not None
        assert (status.pack, status.seen, status.changed) == ("th@2", 5, {"allow→hide": 3, "hide→review": 1})
    async with shop(folder, clock=clock) as here:
        # Over a restart it goes on as the log has it.
        assert (await here.open()).status().shadow == status
        await here.say("slotgame")
        shadow = (await here.desk.overview())["rooms"][0]["shadow"]
        assert (shadow["seen"], shadow["changed"]["allow→hide"]) == (6, 4)
        assert (await order(here, "th@2", "north")).answer is Answer.ACCEPTED
        assert (await here.open()).shadow is None
    async with shop(folder, clock=clock) as here:
        assert (await here.open()).shadow is None


async def test_a_shadow_is_taken_away(folder: Path) -> None:
    async with shop(folder) as here:
        await two_versions(here)
        await order(here, "th@1", shadow=True)
        assert (await here.open(SOUTH)).shadow is not None
        await order(here, "none", shadow=True)
        assert [(await here.open(room)).shadow for room in (NORTH, SOUTH)] == [None, None]
        assert (await order(here, "none", "north", shadow=True)).answer is Answer.NOOP


class BrokenMatcher:
    """A matcher of a pack that nobody should rely on."""

    def signals(self, comment: object, before: object = ()) -> list[Any]:
        raise ZeroDivisionError


async def test_a_shadow_that_fails_changes_no_decision(folder: Path) -> None:
    async with shop(folder) as here:
        await two_versions(here)
        await order(here, "th@1", "north", shadow=True)
        state = await here.open()
        assert state.shadow is not None
        state.shadow.matcher = BrokenMatcher()
        event = await here.say("slotgame")
        assert (event.act, event.data["shadow"]) == ("hide", {})
        assert state.shadow.status().seen == 0


async def test_what_was_decided_beside_another_shadow_is_not_counted(folder: Path) -> None:
    async with shop(folder) as here:
        await two_versions(here)
        await order(here, "th@1", "north", shadow=True)
        decided = await here.say("slotgame")
        await order(here, "", "north", shadow=True, file=beside(here, pack("3", rule("x", "thirdword"))))
        state = await here.open()
        state.decided(decided, 0.0)  # it was on its way to the disk
        assert state.shadow is not None
        assert state.shadow.status().seen == 0


async def test_an_order_for_a_room_that_is_not_open_holds_from_its_opening(folder: Path) -> None:
    async with shop(folder) as here:
        await here.say("hello", SOUTH)
        here.write(TWO)
        await here.force.reload()
        assert (await order(here, "1", "north")).answer is Answer.ACCEPTED
        assert await ids(here) == ["th@1", "th@2"]
