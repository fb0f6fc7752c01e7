"""One process decides per database."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from streambot.core.errors import ConfigError, LockedError
from streambot.store.lock import Door, find_door, hold, open_door

HOLD = """
import sys
from pathlib import Path
from streambot.store.lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(db: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(db)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_process_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    first = holder(tmp_path / "log.db")
    with pytest.raises(LockedError, match=f"process {first.pid}") as raised, hold(tmp_path / "log.db"):
        pass
    assert raised.value.fix
    first.communicate("")


def test_a_lock_ends_with_its_process_however_it_ends(tmp_path: Path) -> None:
    first = holder(tmp_path / "log.db")
    first.kill()
    first.communicate()
    with hold(tmp_path / "log.db"):
        assert (tmp_path / "log.db.lock").read_text() == f"{os.getpid()}\n"


def test_a_link_to_the_database_is_the_same_database(tmp_path: Path) -> None:
    (tmp_path / "log.db").touch()
    (tmp_path / "link.db").symlink_to(tmp_path / "log.db")
    first = holder(tmp_path / "log.db")
    with pytest.raises(LockedError), hold(tmp_path / "link.db"):
        pass
    first.communicate("")


def test_another_database_in_the_folder_is_free(tmp_path: Path) -> None:
    with hold(tmp_path / "one.db"), hold(tmp_path / "two.db"):
        assert {path.name for path in tmp_path.iterdir()} == {"one.db.lock", "two.db.lock"}


@pytest.mark.parametrize("where", ["file/log.db", "/proc/log.db"])
def test_a_place_where_nothing_can_be_written_is_the_operators_matter(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError) as raised, hold(tmp_path / where):
        pass
    assert raised.value.code == "database_folder_unwritable"
    with pytest.raises(ConfigError), open_door(tmp_path / where, Door("http://127.0.0.1:1", "k")):
        pass


def test_a_door_is_for_this_user_and_while_it_is_open(tmp_path: Path) -> None:
    db = tmp_path / "log.db"
    with open_door(db, Door("http://127.0.0.1:8765", "secret")):
        assert find_door(db) == Door("http://127.0.0.1:8765", "secret")
        assert stat.S_IMODE((tmp_path / "log.db.door").stat().st_mode) == 0o600
    assert find_door(db) is None


def test_a_door_that_a_killed_process_left_is_replaced(tmp_path: Path) -> None:
    db = tmp_path / "log.db"
    (tmp_path / "log.db.door").write_text('{"url": "http://127.0.0.1:1", "key": "old"}')
    with open_door(db, Door("http://127.0.0.1:2", "new")):
        assert find_door(db) == Door("http://127.0.0.1:2", "new")


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"url": 1}', b'"x"'])
def test_a_broken_door_is_no_door(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "log.db.door").write_bytes(content)
    assert find_door(tmp_path / "log.db") is None
