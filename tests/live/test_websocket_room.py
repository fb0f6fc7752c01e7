"""Five thousand comments from a program that is killed half way and sends its last two hundred again."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import subprocess
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cli.processes import run
from tests.live.running import Running, Screen, free_port, send

DEV = Path(__file__).parent.parent.parent.parent / "shared" / "data" / "dev"
COMMENTS, HALF, AGAIN = 5000, 2500, 200
OWN = ("how much is the blue one?", "ship to Chiang Mai?", "加微信 vx88991 便宜一半", "love it", "có màu đỏ không")


def texts() -> list[str]:
    """Real comments where they are, else lines of our own; all kinds of them in turn."""
    paths = sorted(DEV.glob("*.jsonl.gz"))
    if not paths:
        return [f"{OWN[number % len(OWN)]} {number}" for number in range(COMMENTS)]
    found: list[str] = []
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(gzip.open(path, "rt", encoding="utf-8")) for path in paths]
        while len(found) < COMMENTS:
            lines = [line for file in files if (line := file.readline())]
            assert lines, "there are fewer than five thousand real comments"
            found += [text for line in lines if (text := json.loads(line)["text"]).strip()]
    return found[:COMMENTS]


@pytest.fixture(scope="module")
def comments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("comments") / "comments.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number, text in enumerate(texts()):
            record = {"id": f"c{number}", "author": {"id": f"viewer-{number % 499}"}, "text": text}
            file.write(json.dumps(record) + "\n")
    return path


@contextlib.asynccontextmanager
async def running(folder: Path, source: str) -> AsyncIterator[tuple[Running, Screen]]:
    """streambot with the room ``shop`` and a screen that looks at it."""
    room = '[rooms.shop]\nmode = "observe"\nactuator = "simulated"'
    config = f"[console]\nport = 0\n{room}\n[rooms.shop.source]\n{source}\n"
    bot = Running(folder, config)
    watching: asyncio.Task[None] | None = None
    try:
        assert await bot.ready(), bot.err.read_text(encoding="utf-8")
        screen = Screen(bot.url, "shop")
        watching = asyncio.ensure_future(screen.watch())
        yield bot, screen
    finally:
        if watching is not None:
            watching.cancel()
            await asyncio.wait((watching,))
        bot.kill()


def next_line(sender: subprocess.Popen[bytes]) -> dict[str, int] | None:
    assert sender.stdout is not None
    line = sender.stdout.readline()
    return json.loads(line) if line else None


def gone(sender: subprocess.Popen[bytes]) -> None:
    sender.kill()
    sender.communicate()


@pytest.mark.timeout(180)
async def test_over_a_websocket_each_is_decided_once_and_the_gap_is_shown(comments: Path, tmp_path: Path) -> None:
    port = free_port()
    fields = 'fields = { text = "/text", id = "/id", author = { id = "/author/id" } }'
    sender = send("serve", str(port), str(comments), "0", str(HALF))
    try:
        assert next_line(sender) == {"next": 0}
        async with running(tmp_path, f'kind = "websocket"\nurl = "ws://127.0.0.1:{port}/"\n{fields}') as (bot, screen):
            await bot.until(lambda: bot.count() == HALF, "the first half is decided")
            gone(sender)
            await bot.until(lambda: "reconnecting" in screen.links, "the screen shows that the line is lost")
            sender = send("serve", str(port), str(comments), str(HALF - AGAIN), str(COMMENTS))
            await bot.until(lambda: bot.count() == COMMENTS, "the second half is decided")
            await bot.until(lambda: screen.counts["decided"] == COMMENTS, "the screen shows all of them")
            await bot.until(lambda: "gap" in screen.codes, "the screen shows the gap")
            assert screen.links[-1] == "live"
            assert screen.counts["duplicates"] == AGAIN
            assert screen.counts["received"] == COMMENTS + AGAIN
            assert bot.decisions() == Counter({f"c{number}": 1 for number in range(COMMENTS)})
            assert await bot.stop() == 0
            ((reason, data),) = bot.sql("SELECT reason, data FROM events WHERE kind = 'note'")
            since, until = json.loads(data)["gap"]
            assert since < until
            assert "could be read" in reason
            assert screen.codes.count("gap") == 1
    finally:
        gone(sender)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("way", ["post", "socket"])
async def test_brought_by_others_each_is_decided_once(comments: Path, tmp_path: Path, way: str) -> None:
    async with running(tmp_path, 'kind = "ingest"') as (bot, screen):
        made = await asyncio.to_thread(run, tmp_path, "token", "--role", "ops", "--quiet", "--db", "log.db")
        token = made.stdout.decode().strip()
        address = f"{bot.url}/api/v1/rooms/shop/comments" + ("/ws" if way == "socket" else "")
        sender = send(way, address, token, str(comments), "0", str(COMMENTS))
        try:
            done = 0
            while done < HALF:
                told = await asyncio.to_thread(next_line, sender)
                assert told is not None
                # What is said to be decided is on the disk, whatever happens next.
                assert bot.count() >= told["next"]
                done = told["next"]
        finally:
            gone(sender)
        sender = send(way, address, token, str(comments), str(done - AGAIN), str(COMMENTS))
        try:
            statuses: Counter[str] = Counter()
            while (told := await asyncio.to_thread(next_line, sender)) is not None:
                statuses.update({status: n for status, n in told.items() if status != "next"})
        finally:
            gone(sender)
        assert sender.returncode == 0
        assert set(statuses) == {"decided", "duplicate"}
        assert statuses["duplicate"] >= AGAIN
        assert statuses.total() == COMMENTS - done + AGAIN
        assert bot.decisions() == Counter({f"c{number}": 1 for number in range(COMMENTS)})
        shown = {"decided": COMMENTS, "duplicates": statuses["duplicate"]}
        await bot.until(lambda: shown.items() <= screen.counts.items(), "the screen shows all of them")
        assert await bot.stop() == 0
