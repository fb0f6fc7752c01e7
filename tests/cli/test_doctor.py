"""``streambot doctor``: each thing that can be wrong is found and comes with a fix."""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from streambot.classify import choice
from streambot.cli import _checks
from streambot.cli._checks import Status, check_model, lock_holder
from streambot.resources import model_folder
from streambot.settings import Settings
from streambot.store import lock
from tests.cli.conftest import Ran, Streambot


@pytest.fixture(autouse=True)
def _any_port(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STREAMBOT_CONSOLE__PORT", "0")
    monkeypatch.setenv("STREAMBOT_STORAGE__DB", str(tmp_path / "log.db"))


def finding(ran: Ran, name: str, status: str | None = None) -> dict[str, Any]:
    """The first finding of that name, and of that status if one is given."""
    found: list[dict[str, Any]] = [check for check in ran.json["checks"] if check["name"] == name]
    return next(check for check in found if status in {None, check["status"]})


def test_a_sound_installation_passes(streambot: Streambot) -> None:
    ran = streambot("doctor", "--json")
    assert ran.code == 0
    assert ran.json["ok"] is True
    assert {"python", "sqlite", "config", "model", "packs", "storage", "lock", "port", "privacy"} == {
        check["name"] for check in ran.json["checks"]
    }
    assert "ms a comment" in finding(ran, "model")["message"]
    assert "base" in finding(ran, "packs")["message"]
    assert "no telemetry" in finding(ran, "privacy")["message"]


def test_for_people_every_line_has_a_mark_and_the_last_one_counts(streambot: Streambot) -> None:
    ran = streambot("doctor")
    *lines, last = ran.out.splitlines()
    assert all(line.startswith(("✓ ", "! ", "✗ ", "  fix: ")) for line in lines)
    assert last.startswith("no problems, ")


def test_it_changes_nothing(streambot: Streambot, tmp_path: Path) -> None:
    streambot("doctor")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("version", "status"), [((3, 40, 1), "warning"), ((3, 51, 3), "ok")])
def test_an_old_sqlite_is_a_warning(
    streambot: Streambot, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int], status: str
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    ran = streambot("doctor", "--json")
    assert ran.code == 0
    assert finding(ran, "sqlite")["status"] == status


def test_a_wrong_key_is_one_problem_and_the_rest_is_still_checked(streambot: Streambot, tmp_path: Path) -> None:
    (tmp_path / "streambot.toml").write_text("[console]\nprot = 1\n")
    ran = streambot("doctor", "--json")
    assert ran.code == 1
    assert finding(ran, "config")["fix"] == "Did you mean console.port?"
    assert finding(ran, "model")["status"] == "ok"


def test_a_changed_model_file_is_a_problem(
    streambot: Streambot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(model_folder("live-mini"), folder)
    (folder / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes() + b" ")
    monkeypatch.setenv("STREAMBOT_CLASSIFIER__MODEL", str(folder))
    ran = streambot("doctor", "--json")
    assert ran.code == 1
    assert "tokenizer.json" in finding(ran, "model", "problem")["message"]


def test_a_model_slower_than_the_deadline_is_a_warning() -> None:
    seconds = itertools.count()
    [slow] = check_model(Settings(), clock=lambda: float(next(seconds)))
    assert (slow.status, bool(slow.fix)) == (Status.WARNING, True)


def test_it_says_what_runs_the_model_and_why_and_measures_nothing_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "find_spec", lambda _name: None)
    [alone] = check_model(Settings())
    assert "/onnxruntime (the only runtime installed)" in alone.message
    monkeypatch.setattr(choice, "installed", lambda: ("onnxruntime", "openvino"))
    monkeypatch.setattr(choice, "version", lambda _name: "1")
    monkeypatch.setattr(choice, "fastest", None)
    [unknown] = check_model(Settings())
    assert "/onnxruntime (not measured yet: the next start of `streambot run` measures for a second)" in unknown.message


def test_a_broken_pack_of_a_room_is_a_problem(streambot: Streambot, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("[pack\n")
    (tmp_path / "streambot.toml").write_text("[rooms.a]\npack = 'own.toml'\n")
    ran = streambot("doctor", "--json")
    assert ran.code == 1
    assert "own.toml" in finding(ran, "packs", "problem")["message"]
    assert "base" in finding(ran, "packs", "ok")["message"]


def test_a_folder_that_cannot_be_written_is_a_problem(
    streambot: Streambot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # /proc takes no new file, not even from root.
    monkeypatch.setenv("STREAMBOT_STORAGE__DB", "/proc/log.db")
    ran = streambot("doctor", "--json")
    assert ran.code == 1
    assert "/proc cannot be written" in finding(ran, "storage", "problem")["message"]


def test_a_file_that_is_no_database_is_a_problem(streambot: Streambot, tmp_path: Path) -> None:
    (tmp_path / "log.db").write_bytes(b"not a database at all" * 100)
    ran = streambot("doctor", "--json")
    assert ran.code == 1
    assert finding(ran, "storage", "problem")["fix"]


@pytest.mark.parametrize(("free", "status"), [(10 << 20, "problem"), (500 << 20, "warning"), (5 << 30, "ok")])
def test_little_free_space_is_told(
    streambot: Streambot, monkeypatch: pytest.MonkeyPatch, free: int, status: str
) -> None:
    monkeypatch.setattr(_checks.shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(1, 1, free))  # type: ignore[attr-defined]
    assert finding(streambot("doctor", "--json"), "storage")["status"] == status


def test_a_busy_port_is_a_problem(streambot: Streambot, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        monkeypatch.setenv("STREAMBOT_CONSOLE__PORT", str(busy.getsockname()[1]))
        ran = streambot("doctor", "--json")
    assert ran.code == 1
    assert "Address already in use" in finding(ran, "port", "problem")["message"]


def test_the_process_that_decides_is_named_and_its_port_is_no_problem(
    streambot: Streambot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lock.hold(tmp_path / "log.db"), socket.create_server(("127.0.0.1", 0)) as busy:
        monkeypatch.setenv("STREAMBOT_CONSOLE__PORT", str(busy.getsockname()[1]))
        ran = streambot("doctor", "--json")
        assert finding(ran, "lock")["message"] == f"process {os.getpid()} decides on this database now"
        assert finding(ran, "port")["status"] == "ok"
        assert ran.code == 0
    assert lock_holder(tmp_path / "log.db") is None


@pytest.mark.parametrize(
    ("room", "status", "said"),
    [
        ("a", "ok", "pack th, mode auto"),
        ("aa", "warning", "not configured"),
        ("tiktok:@x", "problem", "which this version cannot read"),
        ("a/b", "problem", "cannot be a room's name"),
    ],
)
def test_a_room_is_looked_at_on_request(
    streambot: Streambot, tmp_path: Path, room: str, status: str, said: str
) -> None:
    (tmp_path / "streambot.toml").write_text("[rooms.a]\nsite = 'th'\nmode = 'auto'\n")
    ran = streambot("doctor", "--json", "--room", room)
    assert said in finding(ran, "room", status)["message"]


def test_an_unknown_flag_is_refused(streambot: Streambot) -> None:
    assert streambot("doctor", "--fixx").code == 2
