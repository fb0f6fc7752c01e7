"""``streambot token``: alone, and through the door of a process that is running."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

from streambot.store import lock
from tests.cli.conftest import Streambot


def roles(db: Path) -> dict[str, str]:
    with sqlite3.connect(db) as log:
        return dict(log.execute("SELECT hash, role FROM tokens"))


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


def test_a_token_is_shown_once_and_kept_as_a_hash(streambot: Streambot, db: Path) -> None:
    ran = streambot("token", "--role", "controller", "--db", str(db))
    token = ran.out.rstrip("\n")
    assert (ran.code, len(token) > 40, token.split()) == (0, True, [token])
    assert "/live/ROOM#k=TOKEN" in ran.err
    assert roles(db) == {hashed(token): "controller"}
    assert token.encode() not in db.read_bytes()


def test_quiet_is_quiet_and_json_is_json(streambot: Streambot, db: Path) -> None:
    quiet = streambot("token", "--role", "ops", "--quiet", "--db", str(db))
    assert (quiet.code, quiet.err) == (0, "")
    answer = streambot("token", "--role", "host", "--json", "--db", str(db)).json
    assert (answer["ok"], answer["role"]) == (True, "host")
    assert roles(db) == {hashed(quiet.out.rstrip("\n")): "ops", hashed(answer["token"]): "host"}


def test_without_db_it_goes_to_the_configured_log(streambot: Streambot, tmp_path: Path) -> None:
    (tmp_path / "streambot.toml").write_text('[storage]\ndb = "made/here.db"\n')
    token = streambot("token", "--role", "host", "-q").out.rstrip("\n")
    assert roles(tmp_path / "made" / "here.db") == {hashed(token): "host"}


@pytest.mark.parametrize("arguments", [[], ["--role", "hots"]])
def test_a_role_must_be_one(streambot: Streambot, arguments: list[str]) -> None:
    ran = streambot("token", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "controller" in ran.err


@pytest.mark.parametrize("place", ["file/log.db", "/proc/none/log.db", "/proc/log.db"])
def test_a_folder_that_takes_nothing_is_named(streambot: Streambot, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    ran = streambot("token", "--role", "host", "--db", place)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "--db" in ran.err


def test_a_process_that_has_no_door_is_named(streambot: Streambot, db: Path) -> None:
    with lock.hold(db):
        ran = streambot("token", "--role", "host", "--db", str(db))
    assert (ran.code, ran.out) == (2, "")
    assert "another streambot" in ran.err


@pytest.fixture
def held(db: Path) -> Iterator[Path]:
    with lock.hold(db):
        yield db


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"ok": True, "token": "sb_made"}, None),
        ({"ok": False, "error": "no such role"}, "no such role"),
        ([], "something else"),
        ("<html>", "something else"),
    ],
)
async def test_a_running_process_is_asked_and_whatever_it_answers_is_understood(
    held: Path, answer: object, said: str | None
) -> None:
    from streambot.cli.token import _make
    from streambot.core.errors import StorageError

    async def make(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer key"
        assert await request.json() == {"role": "host"}
        return web.json_response(answer)

    app = web.Application()
    app.router.add_post("/-/door/tokens", make)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        with lock.open_door(held, lock.Door(url, "key")):
            if said is None:
                assert await _make(held, "host") == ("sb_made", url)
            else:
                with pytest.raises(StorageError, match=said):
                    await _make(held, "host")
    finally:
        await runner.cleanup()


def test_a_door_that_nobody_opens_is_told(streambot: Streambot, held: Path) -> None:
    with lock.open_door(held, lock.Door("http://127.0.0.1:9", "key")):
        ran = streambot("token", "--role", "host", "--db", str(held), "--json")
    assert (ran.code, ran.err) == (3, "")
    assert json.loads(ran.out)["error"]["code"] == "door_closed"
