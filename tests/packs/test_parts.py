"""A pack whose rules stand in files of their own: what stands where, what is wrong where, and who watches them."""

from __future__ import annotations

from pathlib import Path

import pytest

from streambot.core.command import PackOrder
from streambot.core.errors import ConfigError
from streambot.core.pack import Pack
from streambot.core.pack_format import parse_pack
from streambot.packs.adopt import adopted, save
from streambot.packs.files import PackFiles, line_of_file
from streambot.packs.release import restored
from streambot.store.packs import Kept
from tests.packs.shelf import pack, rule, shop
from tests.packs.test_adopt import an_air_rule
from tests.packs.test_running import NORTH, on_air, until

SPAM = rule("spam", "buynow")
BET = rule("bet", "slotgame")


def whole(*parts: str, version: str = "1", rules: str = "", name: str = "th") -> str:
    """A pack file that includes others."""
    return pack(version, rules, name=name).replace("\n\n", f"\ninclude = {list(parts)}\n\n", 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """``packs/th.toml`` with a rule of its own and two parts."""
    (tmp_path / "packs" / "th").mkdir(parents=True)
    (tmp_path / "packs" / "th.toml").write_text(whole("spam", "bet", rules=rule("own", "ownword")), encoding="utf-8")
    (tmp_path / "packs" / "th" / "spam.toml").write_text(f"# Advertising.\n\n{SPAM}", encoding="utf-8")
    (tmp_path / "packs" / "th" / "bet.toml").write_text(BET, encoding="utf-8")
    return tmp_path


def read(folder: Path) -> Pack:
    return PackFiles(folder / "packs").release(line_of_file(folder / "packs" / "th.toml")).pack


def test_rules_stand_in_the_order_of_their_files_and_know_file_and_line(folder: Path) -> None:
    assert [(rule.id, rule.where) for rule in read(folder).rules] == [
        ("spam", "th/spam.toml:3"),
        ("bet", "th/bet.toml:1"),
        ("own", "th.toml:6"),
    ]


WRONG = {
    "a bad rule": (BET + rule("x", "y", "smash"), r"^th/bet\.toml:8: rule 'x': action"),
    "no TOML": (BET + "[[rule", r"^th/bet\.toml:8: it is not TOML"),
    "a pattern that RE2 refuses": (
        rule("x", "y", extra="patterns = ['(a']"),
        r"^th/bet\.toml:1: rule 'x': the pattern '\(a' is refused",
    ),
    "the id of another part": (
        rule("spam", "other"),
        r"^th/bet\.toml:1: rule 'spam': another rule \(th/spam\.toml:3\)",
    ),
    "a header": (pack("1", BET), r"^th/bet\.toml: it is included by th\.toml, where \[pack\] stands"),
    "an unknown key": ("rules = 1\n", r"^th/bet\.toml: rules: there is no such key"),
}


@pytest.mark.parametrize(("text", "says"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_in_a_part_is_told_with_its_file_and_line(folder: Path, text: str, says: str) -> None:
    (folder / "packs" / "th" / "bet.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=says):
        read(folder)


MISSING = {
    "a slip": (("spam", "bte"), r"^th\.toml:4: includes 'bte', but there is no th/bte\.toml beside th\.toml"),
    "the same twice": (("spam", "spam"), r"^th\.toml:4: includes 'spam' twice"),
    "a way out of the folder": (("../bet",), r"^th\.toml: pack\.include"),
}


@pytest.mark.parametrize(("parts", "says"), MISSING.values(), ids=MISSING)
def test_a_part_that_cannot_be_is_told_with_the_line_that_asks(folder: Path, parts: tuple[str, ...], says: str) -> None:
    (folder / "packs" / "th.toml").write_text(whole(*parts), encoding="utf-8")
    with pytest.raises(ConfigError, match=says):
        read(folder)


def test_a_text_alone_includes_nothing() -> None:
    with pytest.raises(ConfigError, match="none is beside it"):
        parse_pack(whole("spam"), file="th.toml")


def test_a_pack_is_read_again_from_what_the_log_kept(folder: Path) -> None:
    release = PackFiles(folder / "packs").release(line_of_file(folder / "packs" / "th.toml"))
    assert set(release.sources) == {"th", "th/spam", "th/bet"}
    kept: Kept = release.kept(0.0)
    (folder / "packs" / "th" / "bet.toml").unlink()
    assert restored(kept).pack.rules == release.pack.rules


def test_parts_are_no_packs_of_their_own(folder: Path) -> None:
    names = [line.name for line in PackFiles(folder / "packs").lines()]
    assert "th" in names
    assert not {"spam", "bet", "th/spam"} & set(names)


def test_a_part_is_not_taken_from_another_folder_than_its_packs(folder: Path) -> None:
    # The operator's folder has parts of `base`, and no base.toml: the shipped pack is not mixed with them.
    (folder / "packs" / "base").mkdir()
    (folder / "packs" / "base" / "probe.toml").write_text(SPAM, encoding="utf-8")
    files = PackFiles(folder / "packs")
    base = next(line for line in files.lines() if line.name == "base")
    assert files.release(base).pack.rule("probe") is not None


def test_a_rule_is_adopted_into_a_pack_that_has_parts(folder: Path) -> None:
    path = folder / "packs" / "th.toml"
    save(path, adopted(path.read_text(encoding="utf-8"), [an_air_rule()]), PackFiles())
    assert [rule.id for rule in read(folder).rules] == ["spam", "bet", "own", "air.0001"]


async def test_a_part_that_changes_is_in_force_and_a_broken_one_is_not(folder: Path) -> None:
    part = folder / "packs" / "th" / "bet.toml"
    async with shop(folder) as here:
        assert await here.act("slotgame") == "hide"
        part.write_text(rule("bet", "dicegame"), encoding="utf-8")
        await here.force.reload()
        assert (await here.act("slotgame"), await here.act("dicegame")) == ("allow", "hide")
        part.write_text("[[rule", encoding="utf-8")
        await here.force.reload()
        assert await here.act("dicegame") == "hide"
        [notice] = here.notices("pack_refused")
        assert notice.startswith("th/bet.toml:1: it is not TOML")
        part.unlink()
        await here.force.reload()
        assert "includes 'bet', but there is no th/bet.toml" in here.notices("pack_refused")[-1]
        part.write_text(BET, encoding="utf-8")
        await here.force.reload()
        assert await here.act("slotgame") == "hide"


async def test_an_older_version_is_activated_with_the_parts_that_it_had(folder: Path) -> None:
    async with shop(folder) as here:
        await here.say("slotgame")
        (folder / "packs" / "th" / "bet.toml").write_text(rule("bet", "dicegame"), encoding="utf-8")
        here.write(whole("spam", "bet", version="2"))
        await here.force.reload()
        assert (await here.say("slotgame")).act == "allow"
        await here.desk.activate(PackOrder("th@1", "mei"))
        event = await here.say("slotgame")
        assert (event.act, event.pack) == ("hide", "th@1")


async def test_the_folder_of_the_parts_is_watched(folder: Path) -> None:
    assert folder / "packs" / "th" in PackFiles(folder / "packs").folders([])
    async with on_air(folder) as (running, _):
        state = await running.rooms.open(NORTH)
        (folder / "packs" / "th" / "bet.toml").write_text(rule("bet", "dicegame"), encoding="utf-8")
        await until(lambda: state.pack.rules[1].terms == ("dicegame",))
