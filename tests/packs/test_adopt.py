from __future__ import annotations

from pathlib import Path

import pytest

from streambot.core.errors import ConfigError
from streambot.packs.adopt import adopted, save
from streambot.packs.air import AirRule, air_rule
from streambot.packs.files import PackFiles, line_of_file
from streambot.store.packs import Said
from streambot.testing import NOON
from tests.packs.shelf import pack, rule

TABLE = {
    "id": "air.0001", "label": "spam", "terms": ['cheap "wholesale"', "ลด\\ราคา"], "patterns": [r"code\p{Nd}{4}"],
    "action": "mute", "mute_seconds": 300, "reason": {"en": "A raid."},
}  # fmt: skip


def an_air_rule(author: str = "nok") -> AirRule:
    return air_rule(Said("e1", NOON, "north", author, None, {"value": TABLE, "expires_at": NOON + 60}))


def test_a_rule_on_air_says_the_same_in_a_file_and_the_rest_of_it_stays(tmp_path: Path) -> None:
    path = tmp_path / "th.toml"
    before = "# ours\n" + pack("1", rule("spam", "buynow"))
    path.write_text(before, encoding="utf-8")
    path.chmod(0o640)
    save(path, adopted(before, [an_air_rule("a\nb")]), PackFiles())
    text = path.read_text(encoding="utf-8")
    assert text.startswith(before.rstrip())
    assert path.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["th.toml"]
    found = PackFiles().release(line_of_file(path)).pack.rule("air.0001")
    on_air = an_air_rule().rule
    assert found is not None
    assert (found.terms, found.patterns, found.acts, found.reason, found.expires_at) == (
        on_air.terms, on_air.patterns, on_air.acts, on_air.reason, None
    )  # fmt: skip


def test_what_would_not_be_valid_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "th.toml"
    before = pack("1", rule("spam", "buynow"))
    path.write_text(before, encoding="utf-8")
    twice = adopted(before + rule("spam", "buynow"), [an_air_rule()])
    with pytest.raises(ConfigError, match="another rule of this file has the same id"):
        save(path, twice, PackFiles())
    assert path.read_text(encoding="utf-8") == before


def test_a_parent_is_found_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "root.toml").write_text(pack("1", rule("spam", "buynow"), name="root"), encoding="utf-8")
    path = tmp_path / "th.toml"
    save(path, adopted(pack("1", inherits="root"), [an_air_rule()]), PackFiles())
    assert len(PackFiles().release(line_of_file(path)).pack.rules) == 2


def test_what_a_file_has_already_is_not_written_twice(tmp_path: Path) -> None:
    once = adopted(pack("1", rule("spam", "buynow")), [an_air_rule()])
    assert adopted(once, [an_air_rule()]) == once
