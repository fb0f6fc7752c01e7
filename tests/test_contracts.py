"""Item 4 of "it is done when" (issue 2): a slip of the operator's is exit 2 or 3 and one sentence on what to do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from streambot.cli import COMMANDS
from streambot.resources import model_folder
from streambot.store import lock
from tests.cli.conftest import Ran, Streambot, streambot
from tests.cli.processes import DATA, PATIENCE, STREAMBOT, environment, run

__all__ = ["streambot"]

CAPTURE = str(DATA / "broadcast.jsonl")
CALLS = {
    "check": ("check", "hello"),
    "replay": ("replay", CAPTURE),
    "export": ("export",),
    "token": ("token", "--role", "host"),
    "demo": ("demo", "--no-open", "--port", "0", "--duration", "0"),
}
WRITERS = ("replay", "token", "demo")


def is_one_sentence(ran: Ran, *codes: int) -> None:
    assert ran.code in codes, ran
    assert ran.out == ""
    assert ran.err.startswith("error: ")
    assert ran.err.count("\n") == 1
    assert "bug" not in ran.err


@pytest.mark.parametrize("command", CALLS)
@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[defaults]\nmodee = 'auto'\n", "Did you mean defaults.mode?"),
        ("[classifier]\nqueue = 'many'\n", "classifier.queue"),
        ("[[[", "not TOML"),
        (None, "no configuration file"),
    ],
    ids=["unknown key", "wrong type", "no TOML", "missing"],
)
def test_a_wrong_configuration_is_named(
    streambot: Streambot, tmp_path: Path, command: str, written: str | None, said: str
) -> None:
    if written is not None:
        (tmp_path / "own.toml").write_text(written)
    ran = streambot(*CALLS[command], "--config", "own.toml")
    is_one_sentence(ran, 2)
    assert said in ran.err


@pytest.mark.parametrize("command", CALLS)
def test_with_json_the_error_is_data_on_stdout(streambot: Streambot, command: str) -> None:
    ran = streambot(CALLS[command][0], "--json", *CALLS[command][1:], "--config", "none.toml")
    assert (ran.code, ran.err) == (2, "")
    assert list(ran.json) == ["ok", "error"]
    assert list(ran.json["error"]) == ["code", "message", "next"]
    assert ran.json["error"]["code"] == "config_missing"


@pytest.mark.parametrize("command", WRITERS)
@pytest.mark.parametrize("place", ["file/log.db", "/proc/none/log.db", "/proc/log.db", "."])
def test_a_place_that_takes_no_database_is_named(
    streambot: Streambot, tmp_path: Path, command: str, place: str
) -> None:
    (tmp_path / "file").touch()
    is_one_sentence(streambot(*CALLS[command], "--db", place), 2, 3)


@pytest.mark.parametrize("command", [*WRITERS, "export"])
def test_a_file_that_is_no_database_is_named(streambot: Streambot, tmp_path: Path, command: str) -> None:
    (tmp_path / "notes.db").write_text("nothing like a database " * 100)
    ran = streambot(*CALLS[command], "--db", "notes.db")
    is_one_sentence(ran, 3)
    assert "not a streambot database" in ran.err
    assert (tmp_path / "notes.db").read_text().startswith("nothing like")


@pytest.mark.parametrize("command", WRITERS)
def test_a_second_process_on_the_database_is_refused(streambot: Streambot, tmp_path: Path, command: str) -> None:
    with lock.hold(tmp_path / "log.db"):
        ran = streambot(*CALLS[command], "--db", "log.db")
    is_one_sentence(ran, 2, 3)
    assert f"process {os.getpid()}" in ran.err


@pytest.mark.parametrize("command", ["check", "replay", "demo"])
def test_a_model_whose_hash_does_not_match_is_refused(
    streambot: Streambot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    shutil.copytree(model_folder("live-mini"), tmp_path / "model")
    with (tmp_path / "model" / "model.onnx").open("r+b") as file:
        file.seek(1000)
        byte = file.read(1)
        file.seek(1000)
        file.write(bytes([byte[0] ^ 1]))
    monkeypatch.setenv("STREAMBOT_CLASSIFIER__MODEL", str(tmp_path / "model"))
    ran = streambot(*CALLS[command])
    is_one_sentence(ran, 2)
    assert "SHA-256" in ran.err


def test_a_model_that_is_not_there_is_asked_back(streambot: Streambot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAMBOT_CLASSIFIER__MODEL", "live-mimi")
    ran = streambot("check", "hello")
    is_one_sentence(ran, 2)
    assert "live-mini" in ran.err


@pytest.mark.parametrize("command", WRITERS)
def test_a_folder_without_write_permission_is_named(tmp_path: Path, command: str) -> None:
    (tmp_path / "sealed").mkdir(mode=0o555)
    mortal: tuple[str, ...] = ()
    if os.geteuid() == 0:
        # Root passes every mode by these two capabilities; without them it is stopped like anybody.
        mortal = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
        if shutil.which("setpriv") is None or subprocess.run([*mortal, "true"], check=False).returncode:
            pytest.skip("root cannot lay down its powers here (no setpriv)")
    ran = subprocess.run(
        [*mortal, *STREAMBOT, *CALLS[command], "--db", "sealed/log.db"],
        capture_output=True,
        cwd=tmp_path,
        env=environment(tmp_path),
        timeout=PATIENCE,
        check=False,
    )
    is_one_sentence(Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode()), 2, 3)
    assert b"Permission denied" in ran.stderr


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 200 kB; it takes an empty log and little more."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0 or _mount("-t", "tmpfs", "-o", "size=200k", "tmpfs", str(place)):
        pytest.skip("a file system may not be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def _mount(*arguments: str) -> int:
    if shutil.which("mount") is None:
        return 127
    return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode


def test_a_full_disk_is_named_and_what_was_decided_stays(tiny_disk: Path, tmp_path: Path) -> None:
    lines = [json.dumps({"text": f"how much is lamp {n}?"}) for n in range(600)]
    (tmp_path / "long.jsonl").write_text("\n".join(lines))
    ran = run(tmp_path, "replay", "long.jsonl", "--db", str(tiny_disk / "log.db"))
    is_one_sentence(Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode()), 2, 3)
    assert "is full" in ran.stderr.decode() or "No space" in ran.stderr.decode()


def test_a_full_stdout_is_told(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [*STREAMBOT, "check", "hello"],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=environment(tmp_path),
            timeout=PATIENCE,
            check=False,
        )
    assert (ran.returncode, ran.stderr.count(b"\n")) == (3, 1)
    assert b"No space left" in ran.stderr


@pytest.mark.parametrize(("typed", "meant"), [("chek", "check"), ("replya", "replay"), ("exprot", "export")])
def test_a_mistyped_command_is_told_the_right_one(streambot: Streambot, typed: str, meant: str) -> None:
    ran = streambot(typed)
    is_one_sentence(ran, 2)
    assert f"Did you mean '{meant}'?" in ran.err


@pytest.mark.parametrize(
    ("command", "typed", "meant"),
    [
        ("check", "--sit", "--site"),
        ("replay", "--sped", "--speed"),
        ("export", "--wher", "--where"),
        ("token", "--rol", "--role"),
        ("demo", "--durration", "--duration"),
    ],
)
def test_a_mistyped_option_is_told_the_right_one(streambot: Streambot, command: str, typed: str, meant: str) -> None:
    ran = streambot(command, typed, "x")
    is_one_sentence(ran, 2)
    assert meant in ran.err


@pytest.mark.parametrize("command", CALLS)
def test_help_has_an_example_that_names_the_command(streambot: Streambot, command: str) -> None:
    ran = streambot(command, "--help")
    assert (ran.code, ran.err) == (0, "")
    words = " ".join(ran.out.replace("│", " ").split())
    assert f"streambot {command}" in words.partition("Example: ")[2]


DEFAULTS = {
    "check": ["[default: base]", "[default: jsonl]"],
    "replay": ["[default: max]", "[default: observe]"],
    "export": ["[default: jsonl]"],
    "demo": ["[default: auto]", "[default: 1]"],
}


@pytest.mark.parametrize("command", DEFAULTS)
def test_help_tells_the_contracts_defaults(streambot: Streambot, command: str) -> None:
    words = " ".join(streambot(command, "--help").out.replace("│", " ").split())
    assert [default for default in DEFAULTS[command] if default not in words] == []


def test_nothing_is_coloured_where_nobody_sees_colours(tmp_path: Path) -> None:
    for arguments in (("--help",), ("check", "--help"), ("chek",), ("--no-color", "check", "--format", "table", "hi")):
        ran = run(tmp_path, *arguments, env={"NO_COLOR": "1", "FORCE_COLOR": ""})
        assert b"\x1b" not in ran.stdout + ran.stderr


def test_every_command_of_the_contract_is_there() -> None:
    assert {*CALLS, "train", "eval", "doctor", "config"} <= set(COMMANDS)
