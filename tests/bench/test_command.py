"""``streambot bench`` as a process."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.processes import run


def test_as_json_it_says_on_what_it_measured_and_what(tmp_path: Path) -> None:
    ran = run(tmp_path, "bench", "--quick", "--json", "log", "start", "log")
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert (told["ok"], told["quick"], told["seed"]) == (True, True, 1)
    assert told["machine"]["cores"] >= 1
    assert list(told["scenarios"]) == ["log", "start"]
    rows = {figure["name"]: figure for figure in told["scenarios"]["log"]["figures"]}["rows"]
    assert rows["value"] > 0
    assert rows["aim"] == "≥ 20000"
    assert rows["met"] is (rows["value"] >= 20000)
    assert told["scenarios"]["start"]["figures"][0]["value"] > 0


def test_for_people_it_is_a_table(tmp_path: Path) -> None:
    ran = run(tmp_path, "bench", "--quick", "log")
    assert ran.returncode == 0, ran.stderr
    assert "commit of 256: p99" in ran.stdout.decode()
    assert ran.stderr.decode().startswith("log: ")


def test_an_unknown_scenario_is_refused_before_anything_runs(tmp_path: Path) -> None:
    ran = run(tmp_path, "bench", "log", "bursts")
    assert ran.returncode == 2
    assert "did you mean burst?" in " ".join(ran.stderr.decode().replace("│", " ").split())
    assert not ran.stdout
