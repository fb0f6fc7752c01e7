"""``streambot run``: which rooms it takes, what it refuses to start with, what it records, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.cli.conftest import Streambot
from tests.cli.processes import lines, run
from tests.live.running import Running, free_port

INGEST = """
[console]
port = 0
[rooms.shop]
mode = "auto"
{room}
[rooms.shop.source]
kind = "ingest"
{source}
{more}
"""
WEBHOOK = """
[rooms.shop.tool]
url = "http://127.0.0.1:{port}/act"
secret_file = "tool.secret"
can = {{ hide = "api", mute = "api", ban = "api" }}
"""


def config(folder: Path, room: str = "", source: str = "", more: str = "") -> str:
    text = INGEST.format(room=room, source=source, more=more)
    (folder / "streambot.toml").write_text(text)
    return text


@pytest.mark.parametrize(
    ("rooms", "told"),
    [
        ([], "no room has a source"),
        (["shop"], "room shop has no source"),
        (["shpo"], "Did you mean shop?"),
    ],
)
def test_a_room_it_cannot_serve_is_named(streambot: Streambot, tmp_path: Path, rooms: list[str], told: str) -> None:
    (tmp_path / "streambot.toml").write_text('[rooms.shop]\nmode = "auto"\n')
    ran = streambot("run", *rooms, "--db", "log.db")
    assert ran.code != 0
    assert told in ran.err
    assert not (tmp_path / "log.db").exists()


@pytest.mark.parametrize(
    ("room", "source", "more", "told"),
    [
        ('actuator = "webhook"', "", WEBHOOK.format(port=1), "tool.secret cannot be read"),
        ("", 'secret_file = "short"', "", "a signing secret needs at least 16 characters"),
    ],
)
def test_a_secret_that_is_not_there_or_too_short_ends_the_start(
    streambot: Streambot, tmp_path: Path, room: str, source: str, more: str, told: str
) -> None:
    config(tmp_path, room, source, more)
    (tmp_path / "short").write_text("short")
    (tmp_path / "short").chmod(0o600)
    ran = streambot("run", "--db", "log.db", "--port", "0")
    assert ran.code != 0
    assert told in ran.err
    assert "Traceback" not in ran.err


async def bring(bot: Running, *texts: str) -> None:
    """Bring comments, with a token made beside the running process."""
    made = run(bot.folder, "token", "--role", "controller", "--quiet", "--db", "log.db")
    headers = {"Authorization": f"Bearer {made.stdout.decode().strip()}"}
    records = [{"id": f"c{n}", "author": {"id": f"u{n}"}, "text": text} for n, text in enumerate(texts)]
    async with (
        ClientSession(headers=headers) as session,
        session.post(f"{bot.url}/api/v1/rooms/shop/comments", json=records) as answer,
    ):
        assert answer.status == 202, await answer.text()


async def test_what_it_records_replays_to_the_same_comments(tmp_path: Path) -> None:
    room = 'platform = "tiktok"\nid = "@shop_th"'
    bot = Running(tmp_path, config(tmp_path, room), options=("--record", "tonight.jsonl"))
    try:
        assert await bot.ready()
        await bring(bot, "how much is it?", "加微信 vx88991 便宜一半")
        assert await bot.stop() == 0
    finally:
        bot.kill()
    into_the_same_log = run(tmp_path, "replay", "tonight.jsonl", "--db", "log.db", "--json")
    assert lines(into_the_same_log.stdout)[-1]["duplicates"] == 2, "they are the same comments of the same room"
    replayed = run(tmp_path, "replay", "tonight.jsonl", "--db", "again.db", "--json")
    summary = lines(replayed.stdout)[-1]
    assert (summary["received"], summary["lost"]) == (2, 0)
    recorded = [json.loads(line) for line in (tmp_path / "tonight.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [record["text"] for record in recorded] == ["how much is it?", "加微信 vx88991 便宜一半"]


async def test_told_to_stop_while_the_tool_is_down_it_ends_and_sends_the_rest_the_next_time(tmp_path: Path) -> None:
    (tmp_path / "tool.secret").write_text("a-secret-that-is-long-enough")
    (tmp_path / "tool.secret").chmod(0o600)
    text = config(tmp_path, 'actuator = "webhook"', "", WEBHOOK.format(port=free_port()))
    bot = Running(tmp_path, text)
    try:
        assert await bot.ready()
        await bring(bot, "add me on LINE @cheap99 half price there")
        assert await bot.stop() == 0
    finally:
        bot.kill()
    assert "the rest goes out at the next start" in bot.err.read_text(encoding="utf-8")
    assert bot.sql("SELECT DISTINCT state FROM outbox") == [("pending",)]
