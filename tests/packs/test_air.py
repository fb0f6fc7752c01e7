"""Rules that people add on air: tried first, in force at once, gone by themselves, and never a ban on "hello"."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from streambot.core.command import Answer, PackOrder, Reply, RuleForm, RulePreview
from streambot.core.comment import Role
from streambot.testing import FakeClock
from tests.packs.shelf import NORTH, SOUTH, Shop, pack, rule, shop


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "th.toml").write_text(pack("1", rule("spam", "buynow")), encoding="utf-8")
    return tmp_path


FORM = RuleForm(room="north", actor="nok", action="hide", minutes=60, terms=("cheaplink",), label="spam")


async def preview(here: Shop, form: RuleForm) -> RulePreview:
    found = await here.desk.preview(form)
    assert isinstance(found, RulePreview), found
    return found


async def add(here: Shop, form: RuleForm = FORM, **changes: Any) -> Reply:
    form = replace(form, **changes)
    return await here.desk.add(replace(form, confirm=(await preview(here, form)).confirm))


async def test_a_rule_is_in_force_at_once_in_its_room_and_logged(folder: Path) -> None:
    async with shop(folder) as here:
        await here.open(SOUTH)
        assert await here.act("a cheaplink") == "allow"
        reply = await add(here)
        assert reply.answer is Answer.ACCEPTED
        event = await here.say("a c.h.e.a.p.l.i.n.k")
        assert (event.act, event.pack, event.reason) == ("hide", "th@1", "A rule that nok added on air.")
        assert await here.act("a cheaplink", SOUTH) == "allow"
        [row] = here.settings("rule")
        assert (row["id"], row["room"], row["actor"]) == (reply.event, "north", "nok")
        assert row["reason"] == "cheaplink → hide for 60 min"
        [shown] = (await here.desk.overview())["rules"]
        assert (shown["terms"], shown["action"], shown["by"], shown["room"]) == (["cheaplink"], "hide", "nok", "north")
        assert (await here.open()).status().air_rules == 1


async def found(here: Shop) -> dict[str, int]:
    """By the first word of each rule on air, how many comments it has found."""
    return {rule["terms"][0]: rule["found"] for rule in (await here.desk.overview())["rules"]}


async def test_a_rule_says_how_many_comments_it_has_found_also_after_a_restart(folder: Path) -> None:
    clock = FakeClock()
    async with shop(folder, clock=clock) as here:
        await here.open(SOUTH)
        await here.say("a cheaplink before it was added")
        await add(here)
        assert await found(here) == {"cheaplink": 0}
        await here.say("cheaplink, and cheaplink again")
        await here.say("hello")
        assert await found(here) == {"cheaplink": 1}
        await add(here, room="all", terms=("slotgame",), action="review")
        for room in (NORTH, SOUTH):
            await here.say("cheaplink slotgame", room)
        assert await found(here) == {"cheaplink": 2, "slotgame": 2}
    async with shop(folder, clock=clock) as here:
        assert await found(here) == {"cheaplink": 2, "slotgame": 2}
        await here.say("cheaplink")
        assert await found(here) == {"cheaplink": 3, "slotgame": 2}


async def test_a_rule_for_all_is_everywhere_also_in_rooms_that_open_later(folder: Path) -> None:
    async with shop(folder) as here:
        await here.open(NORTH)
        await add(here, room="all")
        assert await here.act("cheaplink", NORTH) == "hide"
        assert await here.act("cheaplink", SOUTH) == "hide"


async def test_a_rule_survives_a_restart_and_a_changed_pack_and_ends_by_itself(folder: Path) -> None:
    clock = FakeClock()
    async with shop(folder, clock=clock) as here:
        await here.open()
        await add(here)
    async with shop(folder, clock=clock) as here:
        assert await here.act("cheaplink") == "hide"
        assert await here.force.tick() == clock() + 3600
        here.write(pack("2", rule("spam", "buynow")))
        await here.force.reload()
        assert (await here.say("cheaplink")).pack == "th@2"
        clock.advance(3599.9)
        assert await here.act("cheaplink") == "hide"
        clock.advance(0.2)
        # On the second, even before the clock's task has cleared it away.
        assert await here.act("cheaplink") == "allow"
        assert await here.force.tick() is None
        assert (await here.open()).status().air_rules == 0
        assert here.notices("rule_ended") == ["A rule that nok added on air has ended."]
    async with shop(folder, clock=clock) as here:
        assert await here.act("cheaplink") == "allow"


async def test_a_rule_is_taken_back_by_an_event_that_names_it(folder: Path) -> None:
    async with shop(folder) as here:
        await here.open()
        added = (await add(here)).event
        reply = await here.desk.withdraw(added, "mai", "wrong word")
        assert await here.act("cheaplink") == "allow"
        row = here.settings("rule")[-1]
        assert (row["id"], row["kind"], row["reverses"], row["actor"]) == (reply.event, "undo", added, "mai")
        assert (await here.desk.withdraw(added, "mai")).answer is Answer.NOT_FOUND
    async with shop(folder) as here:
        assert await here.act("cheaplink") == "allow"


async def test_the_same_rule_twice_is_one(folder: Path) -> None:
    async with shop(folder) as here:
        await here.open()
        first = await add(here)
        second = await add(here, actor="mai", minutes=30)
        assert (second.answer, second.event) == (Answer.NOOP, first.event)


async def test_a_preview_says_what_the_log_would_have_lost(folder: Path) -> None:
    async with shop(folder) as here:
        for number in range(97):
            await here.say(f"question number {number}")
        for name in ("hello a", "hello b", "hello c"):
            await here.say(name)
        await here.say("hello buynow")
        await here.say("hello from the host", roles=[Role.HOST])
        await here.say("hello from the south", SOUTH)
        found = await preview(here, replace(FORM, terms=("hello",)))
        assert (found.of, found.hits, found.changed, found.broad) == (102, 4, 3, True)
        assert found.examples == (
            ("hello c", "allow"),
            ("hello b", "allow"),
            ("hello a", "allow"),
            ("hello buynow", "hide"),
        )
        everywhere = await preview(here, replace(FORM, room="all", terms=("hello",)))
        assert (everywhere.of, everywhere.changed) == (103, 4)
        rare = await preview(here, replace(FORM, terms=("number 7",)))
        assert (rare.hits, rare.broad) == (1, False)
        assert here.settings("rule") == []


async def test_what_was_not_previewed_is_not_added(folder: Path) -> None:
    async with shop(folder) as here:
        await here.open()
        confirm = (await preview(here, FORM)).confirm
        for other in (
            FORM,
            replace(FORM, confirm=confirm, terms=("hello",)),
            replace(FORM, confirm=confirm, room="all"),
            replace(FORM, confirm=confirm, minutes=90),
        ):
            assert (await here.desk.add(other)).answer is Answer.INVALID
        assert here.settings("rule") == []
        assert (await here.desk.add(replace(FORM, confirm=confirm))).answer is Answer.ACCEPTED


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"terms": ()}, "one term or pattern"),
        ({"terms": ("a",) * 51}, "at most 50"),
        ({"terms": ("\u200b",)}, "nothing that can be seen"),
        ({"terms": (), "patterns": (r"\bgo\b",)}, r"[^\pL\pM\pN]"),
        ({"terms": (), "patterns": ("(a",)}, "missing )"),
        ({"terms": (), "patterns": ("a*",)}, "matches the empty text"),
        ({"label": "rudeness"}, "label"),
        ({"action": "ban"}, "bans nobody"),
        ({"action": "allow"}, "action"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 60 * 24 * 7 + 1}, "belongs in a pack"),
    ],
)
async def test_a_rule_on_air_is_checked_like_one_in_a_file(folder: Path, changes: dict[str, Any], says: str) -> None:
    async with shop(folder) as here:
        await here.open()
        form = replace(FORM, **changes)
        for reply in (await here.desk.preview(form), await here.desk.add(form)):
            assert isinstance(reply, Reply)
            assert reply.answer is Answer.INVALID
            assert says in reply.message


async def test_a_rule_for_a_room_that_is_not_there_is_not_found(folder: Path) -> None:
    async with shop(folder) as here:
        reply = await here.desk.preview(FORM)
        assert isinstance(reply, Reply)
        assert reply.answer is Answer.NOT_FOUND
        assert (await here.desk.add(FORM)).answer is Answer.NOT_FOUND


async def test_a_pattern_and_a_mute_do_what_they_say(folder: Path) -> None:
    async with shop(folder) as here:
        await here.open()
        await add(here, terms=(), patterns=(r"code\p{Nd}{4}",), action="mute", reason="A code raid.")
        event = await here.say("send code4711 now")
        assert (event.act, event.reason) == ("mute", "A code raid.")
        assert await here.act("send code471 now") == "allow"


async def test_a_shadow_is_compared_with_the_rules_on_air_on_both_sides(folder: Path) -> None:
    async with shop(folder) as here:
        await here.open(NORTH)
        (folder / "th.toml").write_text(pack("2", rule("a", "xyz")), encoding="utf-8")
        await here.desk.activate(PackOrder("", "nok", "north", shadow=True, file=str(folder / "th.toml")))
        await add(here)
        event = await here.say("cheaplink")
        assert (event.act, event.data["shadow"]["act"]) == ("hide", "hide")


async def test_a_replay_hears_of_no_rule_on_air(folder: Path) -> None:
    async with shop(folder) as here:
        await here.open(NORTH)
        await add(here)
    async with shop(folder, live=False) as here:
        assert await here.act("cheaplink") == "allow"
