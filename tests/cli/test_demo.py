"""``streambot demo`` as a process: how it starts, what others may do beside it, how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.cli.conftest import Streambot
from tests.cli.processes import PATIENCE, decisions, events, run, start

QUIET = ("--no-open", "--port", "0")


@contextmanager
def demo(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, Any]]]:
    """A demo that serves, with what it said about itself."""
    with start(folder, "demo", *QUIET, "--json", *arguments) as running:
        assert running.stdout
        said = running.stdout.readline()
        try:
            assert said, running.communicate()
            yield running, json.loads(said)
        finally:
            if running.poll() is None:
                running.kill()


def decided(folder: Path) -> list[dict[str, Any]]:
    """A decision that asked for two operations stands here twice."""
    return decisions(folder / "demo.db")


def comments(rows: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(row["comment"] for row in rows))


def test_it_shows_its_pages_moderates_and_ends_by_itself(tmp_path: Path) -> None:
    ran = run(tmp_path, "demo", *QUIET, "--duration", "1", "--rate", "30", "--db", "demo.db")
    assert ran.returncode == 0, ran.stderr
    pages = dict(line.split() for line in ran.stdout.decode().splitlines())
    paths = [url.partition("1:")[2].partition("/")[2] for url in pages.values()]
    assert paths == ["live/demo", "host/demo", "tickets", "log"]
    found = decided(tmp_path)
    assert found
    assert {row["room"] for row in found} == {"demo"}
    assert f"{len(comments(found))} comments decided".encode() in ran.stderr


def test_a_duration_of_nothing_ends_at_once(tmp_path: Path) -> None:
    ran = run(tmp_path, "demo", *QUIET, "--duration", "0", "--json")
    assert (ran.returncode, list(json.loads(ran.stdout))) == (0, ["ok", "room", "db", "urls"])


def test_others_read_and_ask_beside_it_but_nobody_decides_twice(tmp_path: Path) -> None:
    with demo(tmp_path, "--db", "demo.db", "--rate", "100") as (running, said):
        with urlopen(said["urls"]["log"].replace("/log", "/-/health")) as answer:
            assert answer.status == 200
        assert events(tmp_path, "demo.db") is not None
        token = run(tmp_path, "token", "--role", "host", "--db", "demo.db")
        assert (token.returncode, token.stdout.startswith(b"sb_")) == (0, True)
        assert said["urls"]["host"].replace("demo", "ROOM").encode() in token.stderr
        second = run(tmp_path, "demo", *QUIET, "--db", "demo.db")
        assert (second.returncode, second.stdout, second.stderr.count(b"\n")) == (2, b"", 1)
        assert f"process {running.pid}".encode() in second.stderr
        running.send_signal(signal.SIGTERM)
        assert running.wait(PATIENCE) == 0
        assert running.stderr
        told = running.stderr.read()
    count = int(told.splitlines()[-1].split()[0])
    assert count == len(comments(decided(tmp_path)))
    assert not (tmp_path / "demo.db.door").exists()


def test_after_kill_9_the_next_demo_goes_on_and_decides_anew(tmp_path: Path) -> None:
    with demo(tmp_path, "--db", "demo.db", "--rate", "100") as (running, _):
        while not decided(tmp_path):
            os.sched_yield()
            assert running.poll() is None
        running.kill()
        running.wait()
    before = decided(tmp_path)
    token = run(tmp_path, "token", "--role", "ops", "-q", "--db", "demo.db")
    assert token.returncode == 0, "the door that the dead one left leads nowhere and is not tried"
    with demo(tmp_path, "--db", "demo.db", "--rate", "100") as (running, _):
        while len(decided(tmp_path)) <= len(before):
            os.sched_yield()
            assert running.poll() is None
        running.send_signal(signal.SIGINT)
        assert running.wait(PATIENCE) == 0
    after = decided(tmp_path)
    assert len(comments(after)) > len(comments(before))
    with sqlite3.connect(tmp_path / "demo.db") as log:
        twice = "SELECT count(*) - count(DISTINCT comment) FROM events WHERE kind = 'decision'"
        assert log.execute(twice).fetchone() == (0,)
    asked = [row for row in after if row["act"] in ("hide", "mute", "ban")]
    assert {row["outcome"] for row in asked} <= {"simulated"}


def test_a_second_demo_on_the_same_database_decides_the_same_broadcast_anew(tmp_path: Path) -> None:
    said: list[list[str]] = []
    for _ in range(2):
        before = len(comments(decided(tmp_path)))
        ran = run(tmp_path, "demo", *QUIET, "--duration", "0.5", "--rate", "60", "--seed", "7", "--db", "demo.db")
        assert ran.returncode == 0, ran.stderr
        texts = {row["comment"]: row["text"] for row in decided(tmp_path)}
        said.append(list(texts.values())[before:])
    both = min(map(len, said))
    assert both > 5
    assert said[0][:both] == said[1][:both]


def test_in_assist_nothing_is_done_without_a_person(tmp_path: Path) -> None:
    ran = run(tmp_path, "demo", *QUIET, "--duration", "1", "--rate", "300", "--mode", "assist", "--db", "demo.db")
    assert ran.returncode == 0, ran.stderr
    asked = [row for row in decided(tmp_path) if row["act"] in ("hide", "mute", "ban")]
    assert asked
    assert {(row["state"], row["outcome"]) for row in asked} == {("proposed", None)}


def test_a_busy_port_is_one_sentence(streambot: Streambot) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = streambot("demo", "--no-open", "--port", str(taken.getsockname()[1]), "--duration", "1")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "--port" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--port", "70000"),
        ("--rate", "0"),
        ("--rate", "nan"),
        ("--duration", "-1"),
        ("--duration", "nan"),
        ("--mode", "atuo"),
        ("--seed", "x"),
        ("--prot", "1"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(streambot: Streambot, arguments: tuple[str, str]) -> None:
    ran = streambot("demo", "--no-open", *arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


def test_a_second_ctrl_c_quits_at_once_without_a_word(tmp_path: Path) -> None:
    with demo(tmp_path, "--rate", "300") as (running, _):
        assert running.stderr
        running.send_signal(signal.SIGINT)
        while b"quits at once" not in (line := running.stderr.readline()):
            assert line, "it ended before it was asked twice"
        running.send_signal(signal.SIGINT)
        assert (running.wait(PATIENCE), running.stderr.read()) == (130, b"")
