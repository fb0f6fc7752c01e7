"""The command line as real processes, away from the checkout and from this machine's settings."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT / "tests" / "data"
STREAMBOT = (sys.executable, "-m", "streambot")
PATIENCE = 60.0
"""Seconds that a busy machine may need for what takes two."""


def environment(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's variables without streambot's own, with an empty home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STREAMBOT_")}
    folders = {"XDG_CONFIG_HOME": str(home / "config"), "XDG_DATA_HOME": str(home / "data")}
    return {**kept, **folders, "PYTHONPATH": str(ROOT), **(extra or {})}


def run(
    folder: Path, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end."""
    return subprocess.run(
        [*STREAMBOT, *arguments],
        input=stdin,
        capture_output=True,
        cwd=folder,
        env=environment(folder, env),
        timeout=PATIENCE,
        check=False,
    )


def start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a command with pipes on all sides."""
    return subprocess.Popen(
        [*STREAMBOT, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=environment(folder),
        # A shell starts what it runs in the background deaf to Ctrl-C, and all that this starts after it.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - takes no lock
    )


def lines(data: bytes) -> list[Any]:
    r"""The JSON of every line; only ``\n`` ends one."""
    assert not data or data.endswith(b"\n")
    return [json.loads(line) for line in data.split(b"\n")[:-1]]


def events(folder: Path, db: Path | str, *where: str) -> list[dict[str, Any]]:
    """What ``streambot export`` says, as another process beside whatever runs."""
    ran = run(folder, "export", "--db", str(db), *(part for filter_ in where for part in ("--where", filter_)))
    assert ran.returncode == 0, ran.stderr
    return lines(ran.stdout)


def decisions(db: Path) -> list[dict[str, Any]]:
    """The decisions on the disk in the order they were made, read directly; none while there is no log yet."""
    sql = """
        SELECT c.comment AS comment, c.room AS room, c.text AS text, e.act AS act, o.result AS outcome, o.state AS state
        FROM events AS e JOIN comments AS c ON c.key = e.comment LEFT JOIN outbox AS o ON o.event = e.id
        WHERE e.kind = 'decision' ORDER BY e.seq
    """
    try:
        with closing(sqlite3.connect(f"{db.as_uri()}?mode=ro", uri=True)) as log:
            log.row_factory = sqlite3.Row
            return [dict(row) for row in log.execute(sql)]
    except sqlite3.OperationalError:
        return []
