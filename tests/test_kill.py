"""kill -9 in the middle of a replay, again and again: nothing is lost, nothing is decided twice."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

KILLS = 10
COMMENTS = 3000
LINES = (
    "how much is the blue one?",
    "add me on LINE @cheap99 half price there",
    "you are so stupid, shut up host",
    "ship to Chiang Mai how many days",
    "love this color",
    "加微信 vx88991 便宜一半",
    "slot gacor maxwin hari ini link di bio",
)


def a_capture(path: Path) -> None:
    """A capture in which many comments are to be hidden, none like another."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(COMMENTS):
            record = {
                "id": f"c{number}",
                "room": f"room-{number % 3}",
                "author": {"id": f"viewer-{number % 97}", "name": "v", "roles": []},
                "text": f"{LINES[number % len(LINES)]} {number}",
                "sent_at": 1_780_000_000 + number * 0.5,
            }
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def decided(db: Path) -> int:
    """Decisions on the disk, as another process sees them."""
    try:
        with sqlite3.connect(f"{db.as_uri()}?mode=ro", uri=True) as reader:
            return int(reader.execute("SELECT count(*) FROM events WHERE kind = 'decision'").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def start(capture: Path, db: Path) -> subprocess.Popen[str]:
    """A replay that acts, as a process of its own."""
    command = [sys.executable, "-m", "streambot", "replay", str(capture), "--mode", "auto", "--db", str(db), "--json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ)


@pytest.mark.timeout(300)
def test_after_ten_kills_every_comment_has_one_decision_and_every_decision_its_outbox_rows(tmp_path: Path) -> None:
    """The replay is killed at ten random moments, then runs to its end."""
    capture, db = tmp_path / "capture.jsonl", tmp_path / "log.db"
    a_capture(capture)
    moments = random.Random(20261123)
    for kill in range(KILLS):
        running = start(capture, db)
        # Somewhere in this run's share of the file, so that each kill finds it at work.
        until = COMMENTS * kill // KILLS + moments.randrange(1, COMMENTS // KILLS)
        while decided(db) < until and running.poll() is None:
            pass
        assert running.poll() is None, running.communicate()
        running.send_signal(signal.SIGKILL)
        running.communicate()

    out, err = start(capture, db).communicate()

    summary = json.loads(out.splitlines()[-1])
    assert summary["lost"] == 0, err
    assert summary["received"] == summary["decided"] + summary["duplicates"] == COMMENTS
    with sqlite3.connect(db) as log:
        decisions = Counter(row[0] for row in log.execute("SELECT comment FROM events WHERE kind = 'decision'"))
        assert len(decisions) == COMMENTS
        assert set(decisions.values()) == {1}
        asked = {
            (event, act)
            for event, data in log.execute("SELECT id, data FROM events WHERE kind = 'decision'")
            for act in json.loads(data)["actions"]
            if act in ("hide", "mute", "ban")
        }
        rows = list(log.execute("SELECT event, operation, state FROM outbox"))
        assert len(asked) > COMMENTS // 10
        assert {(event, operation) for event, operation, _ in rows} == asked
        assert {state for *_, state in rows} == {"settled"}
