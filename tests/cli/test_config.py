"""``streambot config``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Streambot


def test_show_prints_every_value_and_on_request_its_origin(streambot: Streambot, tmp_path: Path) -> None:
    (tmp_path / "streambot.toml").write_text('[console]\nport = 9\n[rooms."a\\"b"]\nmode = "auto"\n')
    plain = streambot("config", "show")
    lines = {line.split()[0]: line for line in plain.out.splitlines()}
    assert lines["console.port"].split()[1:] == ["9"]
    assert lines["defaults.pack"].split()[1:] == ["not", "set"]
    assert lines["classifier.model"].split()[1:] == ['"live-mini"']
    assert "#" not in plain.out
    told = streambot("config", "show", "--origin").out
    assert f"9  # {tmp_path}/streambot.toml" in told
    assert "# the room's name" in told


def test_show_as_data(streambot: Streambot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAMBOT_CONSOLE__PORT", "7")
    shown = streambot("config", "show", "--json").json
    assert shown["console.port"] == {"value": 7, "origin": "STREAMBOT_CONSOLE__PORT"}
    assert shown["console.allowed_hosts"] == {"value": [], "origin": "default"}


def test_a_wrong_key_ends_with_two_and_the_right_one(streambot: Streambot, tmp_path: Path) -> None:
    (tmp_path / "streambot.toml").write_text("[console]\nprot = 9\n")
    ran = streambot("config", "show")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"error: unknown key console.prot in {tmp_path}/streambot.toml. Did you mean console.port?\n"


def test_path_names_the_files_that_are_read(streambot: Streambot, tmp_path: Path) -> None:
    nothing = streambot("config", "path")
    assert (nothing.code, nothing.out) == (0, "")
    assert "streambot config init" in nothing.err
    (tmp_path / "streambot.toml").write_text("")
    assert streambot("config", "path").out == f"{tmp_path}/streambot.toml\n"


def test_init_writes_a_file_that_is_valid_and_says_what_is_next(streambot: Streambot, tmp_path: Path) -> None:
    ran = streambot("config", "init")
    assert (ran.code, ran.out) == (0, "streambot.toml\n")
    assert "streambot doctor" in ran.err
    assert streambot("config", "show").code == 0


def test_init_never_writes_over_a_file_unasked(streambot: Streambot, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[log]\n")
    ran = streambot("config", "init", "mine.toml")
    assert ran.code == 2
    assert "--force" in ran.err
    assert (tmp_path / "mine.toml").read_text() == "[log]\n"
    assert streambot("config", "init", "mine.toml", "--force").code == 0
    assert "[console]" in (tmp_path / "mine.toml").read_text()


def test_init_where_nothing_can_be_written_is_told(streambot: Streambot) -> None:
    ran = streambot("config", "init", "no/such/folder/streambot.toml")
    assert ran.code == 2
    assert "No such file or directory" in ran.err
