"""Which pack is in force where: by file, by time, over restarts; and that nothing wrong ever takes effect."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from streambot.core.errors import ConfigError, StorageError
from streambot.packs.watch import Watch
from streambot.testing import NOON, FakeClock
from tests.packs.shelf import NORTH, SOUTH, pack, rule, shop

ONE = pack("1", rule("spam", "buynow"))
TWO = pack("2", rule("spam", "buynow", "review"), rule("bet", "slotgame"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "th.toml").write_text(ONE, encoding="utf-8")
    return tmp_path


def data(row: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(row["data"])
    return found


async def test_a_room_follows_the_operators_file_before_the_shipped_one(folder: Path) -> None:
    async with shop(folder) as here:
        event = await here.say("buynow please")
        assert (event.act, event.pack) == ("hide", "th@1")
        assert here.settings() == []


async def test_a_valid_change_is_in_force_in_all_rooms_and_logged(folder: Path) -> None:
    async with shop(folder) as here:
        await here.open(NORTH)
        await here.open(SOUTH)
        here.write(TWO)
        await here.force.reload()
        for room in (NORTH, SOUTH):
            event = await here.say("buynow slotgame", room)
            assert (event.act, event.pack) == ("hide", "th@2")
        rows = here.settings()
        assert [(row["room"], row["actor"], row["pack"], row["at"]) for row in rows] == [
            ("north", "file", "th@2", NOON),
            ("south", "file", "th@2", NOON),
        ]
        said = data(rows[0])
        assert (said["before"], said["value"], said["pinned"]) == ("th@1", "th@2", False)
        assert (said["added"], said["removed"], said["changed"]) == (["bet"], [], {"spam": ["acts"]})
        assert here.notices() == ["Rules: th@1 → th@2 (1 added, 0 removed, 1 changed), by file."] * 2


async def test_reading_again_what_did_not_change_says_nothing(folder: Path) -> None:
    async with shop(folder) as here:
        await here.open()
        here.write("# a remark\n" + ONE)
        await here.force.reload()
        await here.force.reload()
        assert (here.settings(), here.feed.notices) == ([], [])


BROKEN = {
    "half a file": (ONE[:60], "th.toml:7: it is not TOML"),
    "no TOML": (ONE + "\n[[rule", "th.toml:13: it is not TOML"),
    "a bad rule": (ONE + rule("x", "y", "smash"), "th.toml:12: rule 'x': action: 'smash' is not one of 'allow'"),
    "a pattern that RE2 refuses": (
        ONE + rule("x", "y", extra="patterns = ['(a']"),
        "th.toml:12: rule 'x': the pattern '(a' is refused",
    ),
    "an unknown parent": (pack("2", rule("a", "b"), inherits="bsae"), "th.toml:4: inherits 'bsae'"),
    "a circle": (pack("2", rule("a", "b"), inherits="th"), "th.toml:4: packs inherit in a circle: th → th"),
    "another name": (pack("2", rule("a", "b"), name="ht"), "the pack calls itself 'ht'"),
}


@pytest.mark.parametrize(("text", "says"), BROKEN.values(), ids=BROKEN)
async def test_what_is_wrong_is_refused_and_the_old_stays_in_force(folder: Path, text: str, says: str) -> None:
    async with shop(folder) as here:
        await here.open()
        here.write(text)
        await here.force.reload()
        await here.force.reload()
        event = await here.say("buynow")
        assert (event.act, event.pack) == ("hide", "th@1")
        [notice] = here.notices("pack_refused")
        assert says in notice
        assert notice.endswith("th@1 stays in force.")
        notes = [event for event in here.feed.events if event.kind == "note"]
        assert [(note.room, note.actor, note.reason) for note in notes] == [("north", "file", notice)]
        [room] = (await here.desk.overview())["rooms"]
        assert says in room["refused"]["message"]
        here.write(TWO)
        await here.force.reload()
        assert (await here.say("slotgame")).pack == "th@2"
        assert (await here.desk.overview())["rooms"][0]["refused"] is None
        # The trouble stands on the page until the same topic says that it is over.
        assert [(n["level"], n["topic"]) for _, n in here.feed.notices] == [("error", "packs"), ("info", "packs")]


async def test_a_file_that_disappears_leaves_its_rules_in_force(folder: Path) -> None:
    async with shop(folder) as here:
        await here.open()
        (here.folder / "th.toml").unlink()
        await here.force.reload()
        assert await here.act("buynow") == "hide"
        [notice] = here.notices("pack_refused")
        assert "th.toml is gone" in notice
        here.write(ONE)
        await here.force.reload()
        assert here.notices() == ["th: the file is valid again."]
        assert here.settings() == []


async def test_a_broken_parent_leaves_the_child_in_force(folder: Path) -> None:
    async with shop(folder) as here:
        here.write(pack("1", rule("root", "oldword"), name="root"), "root")
        here.write(pack("1", inherits="root"))
        await here.open()
        here.write(pack("1", rule("root", "newword"), name="root"), "root")
        await here.force.reload()
        assert await here.act("newword") == "hide"
        here.write("[[", "root")
        await here.force.reload()
        assert await here.act("newword") == "hide"
        assert "root.toml:1" in here.notices("pack_refused")[0]


async def test_a_file_of_ones_own_takes_the_place_of_a_shipped_parent_at_once(folder: Path) -> None:
    async with shop(folder) as here:
        here.write(pack("1", rule("spam", "buynow"), inherits="us"))
        await here.open()
        here.write(pack("own", rule("root", "ownword"), name="us"), "us")
        await here.force.reload()
        assert await here.act("ownword") == "hide"


async def test_a_file_that_is_no_text_is_not_said_to_be_gone(folder: Path) -> None:
    async with shop(folder) as here:
        await here.open()
        (here.folder / "th.toml").write_bytes(ONE.encode() + b"\xff")
        await here.force.reload()
        [notice] = here.notices("pack_refused")
        assert "th.toml cannot be read" in notice
        assert "gone" not in notice


async def test_a_parent_that_is_no_longer_asked_for_may_go_together_with_the_word_that_asked(folder: Path) -> None:
    async with shop(folder) as here:
        here.write(pack("1", rule("root", "oldword"), name="root"), "root")
        here.write(pack("1", inherits="root"))
        await here.open()
        here.write(TWO)
        (here.folder / "root.toml").unlink()
        await here.force.reload()
        assert here.notices("pack_refused") == []
        assert (await here.say("slotgame")).pack == "th@2"


async def test_a_file_may_begin_with_the_mark_of_some_editors(folder: Path) -> None:
    (folder / "packs" / "th.toml").write_text(ONE, encoding="utf-8-sig")
    async with shop(folder) as here:
        assert await here.act("buynow") == "hide"


async def test_one_id_never_stands_for_two_contents(folder: Path) -> None:
    async with shop(folder) as here:
        await here.open()
        here.write(pack("1", rule("spam", "buynow", "review")))
        await here.force.reload()
        changed = (await here.say("buynow")).pack
        assert changed.startswith("th@1+")
        here.write(ONE)
        await here.force.reload()
        assert (await here.say("buynow")).pack == "th@1"
    (folder / "packs" / "th.toml").write_text(pack("1", rule("spam", "buynow", "review")), encoding="utf-8")
    async with shop(folder) as here:
        assert (await here.say("buynow")).pack == changed


async def test_a_pack_waits_for_its_time_also_over_a_restart(folder: Path) -> None:
    clock = FakeClock()
    later = pack("2", rule("bet", "slotgame"), since=NOON + 3600)
    async with shop(folder, clock=clock) as here:
        await here.open()
        here.write(later)
        await here.force.reload()
        assert await here.force.tick() == NOON + 3600
        assert await here.act("slotgame") == "allow"
        assert (await here.desk.overview())["rooms"][0]["waiting"] == {"pack": "th@2", "from": "2026-11-18T12:06:40Z"}
    clock.advance(1800)
    async with shop(folder, clock=clock) as here:
        assert (await here.say("buynow")).pack == "th@1"
        clock.advance(1799)
        await here.force.tick()
        assert await here.act("slotgame") == "allow"
        clock.advance(1)
        assert await here.force.tick() is None
        assert (await here.say("slotgame")).pack == "th@2"
        [row] = here.settings()
        assert (row["actor"], row["reason"]) == ("bot", "th@1 → th@2: its time has come")


async def test_without_an_earlier_version_a_pack_is_in_force_before_its_time(folder: Path) -> None:
    # Rules that come too early are better than none.
    (folder / "packs" / "th.toml").write_text(pack("2", rule("a", "slotgame"), since=NOON + 60), encoding="utf-8")
    async with shop(folder) as here:
        assert (await here.say("slotgame")).pack == "th@2"


async def test_a_change_while_nobody_ran_is_logged_at_the_opening(folder: Path) -> None:
    async with shop(folder) as here:
        await here.say("hello")
    (folder / "packs" / "th.toml").write_text(TWO, encoding="utf-8")
    async with shop(folder) as here:
        await here.open()
        [row] = here.settings()
        assert (row["actor"], data(row)["before"], data(row)["value"]) == ("file", "th@1", "th@2")
        assert data(row)["added"] == ["bet"]
    async with shop(folder) as here:
        await here.open()
        assert len(here.settings()) == 1


async def test_a_file_that_is_broken_at_the_start_leaves_the_kept_pack_in_force(folder: Path) -> None:
    async with shop(folder) as here:
        await here.say("hello")
    (folder / "packs" / "th.toml").write_text("[[", encoding="utf-8")
    async with shop(folder) as here:
        assert (await here.say("buynow")).pack == "th@1"
        assert "th.toml:1" in (await here.desk.overview())["rooms"][0]["refused"]["message"]
        here.write(TWO)
        await here.force.reload()
        assert (await here.say("slotgame")).pack == "th@2"


async def test_a_replay_is_not_begun_with_a_broken_file(folder: Path) -> None:
    async with shop(folder) as here:
        await here.say("hello")
    (folder / "packs" / "th.toml").write_text("[[", encoding="utf-8")
    async with shop(folder, live=False) as here:
        with pytest.raises(ConfigError, match=r"th\.toml:1"):
            await here.open()


class FullStore:
    """A log that a test can fill up."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.full = True

    async def commit(self, *args: Any) -> Any:
        if self.full:
            raise StorageError("the disk is full.", code="disk_full")
        return await self.store.commit(*args)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


async def test_a_change_that_cannot_be_logged_does_not_take_effect_until_it_can(folder: Path) -> None:
    async with shop(folder) as here:
        await here.open(NORTH)
        await here.open(SOUTH)
        full = FullStore(here.store)
        here.force.store = full  # type: ignore[assignment]
        here.write(TWO)
        with pytest.raises(StorageError):
            await here.force.reload()
        assert (await here.say("slotgame")).pack == "th@1"
        full.full = False
        await here.force.reload()
        assert (await here.say("slotgame")).pack == "th@2"
        assert (await here.say("slotgame", SOUTH)).pack == "th@2"
        assert len(here.settings()) == 2


async def test_the_watch_sees_a_file_change(folder: Path) -> None:
    async with shop(folder) as here:
        state = await here.open()
        watching = asyncio.create_task(Watch(here.force, sleep=asyncio.sleep).run())
        try:
            for version in ("2", "3", "4"):
                here.write(pack(version, rule("spam", "buynow")))
                async with asyncio.timeout(20):
                    while state.pack.version != version:  # noqa: ASYNC110 - it waits for the file system
                        await asyncio.sleep(0.01)
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
