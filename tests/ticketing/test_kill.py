"""kill -9 in the middle of complaints: every one that was decided has its ticket, and no ticket is opened twice."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = 2
COMMENTS = 450
LINES = (
    "my parcel never arrived and nobody answers, I want my refund",
    "love this color",
    "the zip broke after one day, very disappointed",
)
_COMPLAINTS = """
SELECT count(*) FROM events WHERE kind = 'decision' AND intent IN ('complaint', 'question.order_status')
  AND json_extract(data, '$.intent_score') >= 0.5
"""


def a_capture(path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for number in range(COMMENTS):
            author = {"id": f"viewer-{number % 41}", "name": "v", "roles": []}
            text = f"{LINES[number % len(LINES)]} {number}"
            record = {
                "id": f"c{number}",
                "room": "shop",
                "author": author,
                "text": text,
                "sent_at": 1_790_000_000 + number,
            }
            file.write(json.dumps(record) + "\n")


def counted(db: Path, query: str) -> int:
    """What another process counts in the log."""
    try:
        with sqlite3.connect(f"{db.as_uri()}?mode=ro", uri=True) as reader:
            return int(reader.execute(query).fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def start(capture: Path, db: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "streambot", "replay", str(capture), "--mode", "auto", "--db", str(db), "--json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ)


@pytest.mark.timeout(240)
def test_no_complaint_is_decided_without_its_ticket(tmp_path: Path) -> None:
    capture, db = tmp_path / "capture.jsonl", tmp_path / "log.db"
    a_capture(capture)
    dice = random.Random(6)
    for _ in range(KILLS):
        before = counted(db, "SELECT count(*) FROM events WHERE kind = 'decision'")
        process = start(capture, db)
        goal = before + dice.randrange(20, 150)
        while process.poll() is None and counted(db, "SELECT count(*) FROM events WHERE kind = 'decision'") < goal:
            pass
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert counted(db, _COMPLAINTS) == counted(db, "SELECT count(*) FROM events WHERE kind = 'ticket'") > 0
    process = start(capture, db)
    _, err = process.communicate()
    assert process.returncode == 0, err
    assert counted(db, "SELECT count(*) FROM events WHERE kind = 'decision'") == COMMENTS
    steps = counted(db, "SELECT count(*) FROM events WHERE kind = 'ticket'")
    assert counted(db, _COMPLAINTS) == steps == counted(db, "SELECT count(*) FROM ticket_steps")
    opened = "SELECT count(*) FROM events WHERE kind = 'ticket' AND json_extract(data, '$.step') = 'open'"
    assert counted(db, opened) == counted(db, "SELECT count(DISTINCT ticket) FROM ticket_steps") <= 41
