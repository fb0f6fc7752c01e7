"""The command line's manners: help, exit codes, errors in one sentence, data apart from talk."""

from __future__ import annotations

import gzip
import io
import json
import os
import resource
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

import streambot as package
from streambot.cli import COMMANDS, _base
from streambot.cli._base import ExitCode, NotFoundError, out_json, progress, read_lines, say
from streambot.core.errors import (
    AuthError,
    ClassifierError,
    ConfigError,
    LockedError,
    PlatformError,
    StorageError,
    StreambotError,
)
from tests.cli.conftest import Ran, Streambot

COMMAND = [sys.executable, "-m", "streambot"]


@pytest.fixture
def ends_with(streambot: Streambot, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Run a command that ends by raising what is given."""

    def call(error: BaseException, *arguments: str) -> Ran:
        def boom(*, json: bool = False) -> None:
            raise error

        module = types.ModuleType("streambot.cli.boom")
        module.boom = boom  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "streambot.cli.boom", module)
        monkeypatch.setitem(COMMANDS, "boom", ("boom", "boom", ""))
        before = [argument for argument in arguments if argument == "--debug"]
        return streambot(*before, "boom", *(argument for argument in arguments if argument not in before))

    return call


def test_called_bare_it_shows_three_examples_and_every_command(streambot: Streambot) -> None:
    ran = streambot()
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.count("\n  streambot ") == 3
    assert all(name in ran.out for name in COMMANDS)


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_lists_every_command_with_its_summary(streambot: Streambot, flag: str) -> None:
    ran = streambot(flag)
    assert ran.code == 0
    words = " ".join(ran.out.replace("│", " ").split())
    for name, (_, _, summary) in COMMANDS.items():
        assert name in words
        assert summary.split()[0] in words


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_command_has_its_own_help(streambot: Streambot, name: str, flag: str) -> None:
    ran = streambot(name, flag)
    assert ran.code == 0
    assert f"streambot {name}" in ran.out


def test_the_version_is_printed(streambot: Streambot) -> None:
    assert streambot("--version") == Ran(0, f"streambot {package.__version__}\n", "")


def test_a_mistyped_command_is_told_the_right_one(streambot: Streambot) -> None:
    ran = streambot("doctr")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: ")
    assert "Did you mean 'doctor'?" in ran.err


def test_a_mistyped_flag_is_a_usage_error(streambot: Streambot) -> None:
    ran = streambot("doctor", "--jsn")
    assert ran.code == 2
    assert "--json" in ran.err
    assert "streambot doctor --help" in ran.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("m.", fix="f."), 2),
        (LockedError("m.", fix="f."), 2),
        (StorageError("m.", fix="f."), 3),
        (PlatformError("m.", fix="f."), 3),
        (AuthError("m.", fix="f."), 3),
        (NotFoundError("m.", fix="f."), 4),
        (ClassifierError("m.", fix="f."), 1),
        (StreambotError("m.", fix="f."), 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_an_error_is_one_sentence_and_a_code(ends_with: Callable[..., Ran], error: Exception, code: int) -> None:
    assert ends_with(error) == Ran(code, "", "error: m. f.\n")


def test_with_json_an_error_is_data(ends_with: Callable[..., Ran]) -> None:
    ran = ends_with(ConfigError("m.", code="word", fix="f."), "--json")
    assert (ran.code, ran.err) == (2, "")
    assert ran.json == {"ok": False, "error": {"code": "word", "message": "m.", "next": "f."}}


def test_an_error_cannot_move_the_terminals_cursor(ends_with: Callable[..., Ran]) -> None:
    assert "\x1b" not in ends_with(ConfigError("\x1b[2J.")).err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (typer.Exit(ExitCode.FINDINGS), 6),
        (KeyboardInterrupt(), 130),
        (typer.Abort(), 1),
        (ExceptionGroup("tasks", [ValueError("x"), ExceptionGroup("inner", [StorageError("m.")])]), 3),
        (ExceptionGroup("tasks", [typer.Exit(ExitCode.FINDINGS)]), 6),
        (PermissionError(13, "Permission denied", "/data/x"), 3),
    ],
    ids=repr,
)
def test_every_other_end_has_its_code(ends_with: Callable[..., Ran], error: BaseException, code: int) -> None:
    assert ends_with(error).code == code


def test_a_bug_is_one_line_that_quotes_nothing(ends_with: Callable[..., Ran]) -> None:
    ran = ends_with(ZeroDivisionError("a viewer's words"))
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    assert "ZeroDivisionError" in ran.err
    assert "--debug" in ran.err
    assert "a viewer's words" not in ran.err


def test_debug_shows_the_traceback(ends_with: Callable[..., Ran]) -> None:
    ran = ends_with(ZeroDivisionError(), "--debug")
    assert ran.code == 1
    assert "Traceback" in ran.err


def test_a_pipe_closed_early_is_no_failure_to_talk_about() -> None:
    script = "from streambot.cli import COMMANDS, run; import sys, types; m = types.ModuleType('m')\n"
    script += "from streambot.cli._base import out_json\n"
    script += "def flood() -> None:\n    while True: out_json('x' * 1000)\n"
    script += "m.flood = flood; sys.modules['streambot.cli.flood'] = m; COMMANDS['flood'] = ('flood', 'flood', '')\n"
    script += "raise SystemExit(run(['flood']))"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == ExitCode.BROKEN_PIPE


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", [["--version"], ["config", "show", "--json"]], ids=" ".join)
def test_a_full_disk_behind_stdout_is_told(arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run([*COMMAND, *arguments], check=False, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (ran.returncode, ran.stderr) == (3, "error: reading or writing: No space left on device.\n")


def test_help_comes_quickly_and_loads_no_model_runtime() -> None:
    script = (
        "import sys; from streambot.cli import run; run(['--help']);"
        "slow = {'onnxruntime', 'tokenizers', 'torch', 'numpy', 'aiohttp', 'pydantic'} & sys.modules.keys();"
        "assert not slow, slow"
    )
    subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.DEVNULL)
    # Processor time: this machine does other things too.
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*COMMAND, "--help"], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


def test_json_survives_lone_surrogates_and_a_poor_locale() -> None:
    script = "from streambot.cli._base import out_json; out_json({'text': 'ไทย \\ud800 \\u2028 中'})"
    environ = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    line = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, env=environ).stdout
    assert "ไทย".encode() in line
    assert json.loads(line) == {"text": "ไทย \ud800 \u2028 中"}


def test_data_goes_to_stdout_and_talk_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    out_json({"a": 1})
    say("next:\x1b streambot doctor")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ('{"a": 1}\n', "next:\\u001b streambot doctor\n")


LINES = b'{"text":"a\xe2\x80\xa8b"}\n\r\n\nlast\x0b\x85'


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_only_a_line_feed_ends_a_line(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    # The name says nothing: gzip is known by its first bytes.
    file = tmp_path / "capture"
    file.write_bytes(pack(LINES))
    assert list(read_lines(file)) == [b'{"text":"a\xe2\x80\xa8b"}', b"\r", b"", b"last\x0b\x85"]


@pytest.mark.parametrize("content", [b"", b"x", b"\n"])
def test_a_short_file_is_read_too(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "short").write_bytes(content)
    assert list(read_lines(tmp_path / "short")) == content.splitlines()


def test_stdin_is_read_as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading) as stdin, os.fdopen(writing, "wb", buffering=0) as other_end:
        monkeypatch.setattr(sys, "stdin", stdin)
        lines = read_lines("-")
        other_end.write(b"first\nsec")
        assert next(lines) == b"first"
        other_end.write(b"ond\n")
        assert next(lines) == b"second"


def test_stdin_may_be_compressed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(gzip.compress(b"a\nb")))))
    assert list(read_lines("-")) == [b"a", b"b"]


def test_an_endless_line_is_cut_and_the_next_one_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_base, "MAX_LINE", 10)
    (tmp_path / "long").write_bytes(b"x" * 35 + b"\nnext\n" + b"y" * 9 + b"\n" + b"z" * 10)
    assert list(read_lines(tmp_path / "long")) == [b"x" * 10, b"next", b"y" * 9, b"z" * 10]


def test_a_missing_file_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.jsonl cannot be read"):
        list(read_lines(tmp_path / "none.jsonl"))


@pytest.mark.parametrize("damage", [lambda data: data[:-6], lambda data: data[:60] + b"\0" * 9 + data[69:]])
def test_damaged_compressed_data_is_told_after_what_could_be_read(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    content = b"".join(b"%d %s\n" % (n, os.urandom(9).hex().encode()) for n in range(500))
    (tmp_path / "damaged.gz").write_bytes(damage(gzip.compress(content)))
    with pytest.raises(ConfigError, match=r"damaged\.gz is damaged"):
        list(read_lines(tmp_path / "damaged.gz"))


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("seconds", "drawn"), [(1.9, False), (2.1, True)])
def test_progress_shows_only_what_takes_over_two_seconds(
    monkeypatch: pytest.MonkeyPatch, seconds: float, drawn: bool
) -> None:
    now = [0.0]
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress("Judging", total=10, clock=lambda: now[0]) as advance:
        now[0] = seconds
        advance(1)
    assert ("Judging" in terminal.getvalue()) is drawn


def test_off_a_terminal_no_progress_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Judging") as advance:
        advance(1)
    assert capsys.readouterr() == ("", "")
