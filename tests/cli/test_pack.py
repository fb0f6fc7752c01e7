"""``streambot pack``: alone under the lock, and through the door of a process that is running."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from streambot.store import lock
from tests.cli.conftest import Streambot
from tests.packs.shelf import pack, rule

ONE = pack("1", rule("spam", "buynow"), name="mine")
TWO = pack("2", rule("spam", "buynow", "review"), rule("bet", "slotgame"), name="mine")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder whose configured room ``north`` follows packs/mine.toml."""
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "mine.toml").write_text(ONE, encoding="utf-8")
    (tmp_path / "streambot.toml").write_text(
        '[storage]\ndb = "log.db"\n[packs]\nfolder = "packs"\n[rooms.north]\npack = "packs/mine.toml"\n',
        encoding="utf-8",
    )
    return tmp_path


def events(shop: Path, key: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(shop / "log.db") as log:
        rows = log.execute("SELECT room, kind, actor, reason, data, reverses FROM events ORDER BY seq").fetchall()
    return [row for row in rows if json.loads(row[4]).get("key") == key]


def test_check_reads_all_packs_or_the_named_one(streambot: Streambot, shop: Path) -> None:
    ran = streambot("pack", "check")
    assert ran.code == 0
    assert "mine@1: 1 rules, valid" in ran.out
    assert "base@" in ran.out
    (shop / "packs" / "mine.toml").write_text(ONE + rule("x", "y", "smash"), encoding="utf-8")
    ran = streambot("pack", "check", "packs/mine.toml")
    assert (ran.code, ran.out.startswith("mine.toml:12: rule 'x': action")) == (6, True)
    ran = streambot("pack", "check", "mine", "base", "--json")
    assert ran.code == 6
    assert [json.loads(line)["ok"] for line in ran.out.splitlines()] == [False, True]


def test_check_and_export_read_a_pack_with_parts(streambot: Streambot, shop: Path) -> None:
    (shop / "packs" / "mine").mkdir()
    (shop / "packs" / "mine" / "bets.toml").write_text(rule("bet", "slotgame"), encoding="utf-8")
    (shop / "packs" / "mine.toml").write_text(ONE.replace("\n\n", '\ninclude = ["bets"]\n\n', 1), encoding="utf-8")
    assert streambot("pack", "check", "mine").out == "mine@1: 2 rules, valid\n"
    assert streambot("pack", "export", "mine").out.split() == ["slotgame", "buynow"]
    (shop / "packs" / "mine" / "bets.toml").write_text("\n" + rule("x", "y", "smash"), encoding="utf-8")
    ran = streambot("pack", "check", "packs/mine.toml")
    assert (ran.code, ran.out.startswith("mine/bets.toml:2: rule 'x': action")) == (6, True)


def test_a_pack_that_is_not_there_is_told_with_the_nearest(streambot: Streambot, shop: Path) -> None:
    ran = streambot("pack", "check", "mien")
    assert (ran.code, "Did you mean mine?" in ran.err) == (2, True)
    assert streambot("pack", "check", "packs/none.toml").code == 6


def test_a_packs_folder_that_is_not_there_is_named(streambot: Streambot, shop: Path) -> None:
    (shop / "streambot.toml").write_text('[packs]\nfolder = "rules"\n', encoding="utf-8")
    ran = streambot("pack", "check")
    assert (ran.code, "packs.folder" in ran.err) == (2, True)


def test_diff_says_rules_and_fields(streambot: Streambot, shop: Path) -> None:
    (shop / "two").mkdir()
    (shop / "two" / "mine.toml").write_text(TWO, encoding="utf-8")
    ran = streambot("pack", "diff", "mine", "two/mine.toml")
    assert ran.code == 0
    assert ran.out.splitlines() == ["mine@1 → mine@2", "+ bet  (hide; spam)", "~ spam", "    acts: +review -hide"]
    said = streambot("pack", "diff", "two/mine.toml", "mine", "--json").json
    assert (said["removed"], said["changed"]["spam"]["acts"]) == (["bet"], [["review"], ["hide"]])
    assert "the same rules" in streambot("pack", "diff", "mine", "packs/mine.toml").out
    assert streambot("pack", "diff", "mine").code == 2


def test_diff_on_a_capture_counts_and_lists_the_verdicts_that_change(streambot: Streambot, shop: Path) -> None:
    (shop / "two").mkdir()
    (shop / "two" / "mine.toml").write_text(TWO, encoding="utf-8")
    lines = [{"text": text} for text in ("buynow", "slotgame tonight", "hello", "buynow")]
    (shop / "capture.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    said = streambot("pack", "diff", "mine", "two/mine.toml", "--on", "capture.jsonl", "--json").json
    assert said["verdicts"]["seen"] == 4
    assert said["verdicts"]["changed"] == {"hide→review": 2, "allow→hide": 1}
    [bet] = [each for each in said["verdicts"]["examples"] if each["text"] == "slotgame tonight"]
    assert (bet["before"], bet["after"], bet["rules"]) == ("allow", "hide", ["bet"])
    text = streambot("pack", "diff", "mine", "two/mine.toml", "--on", "capture.jsonl").out
    assert "4 comments, 3 verdicts change" in text
    assert "allow→hide: slotgame tonight [bet]" in text
    assert streambot("pack", "diff", "mine", "two/mine.toml", "--on", "none.jsonl").code == 2


def test_test_tries_the_cases_beside_a_pack(streambot: Streambot, shop: Path) -> None:
    cases = shop / "packs" / "mine.test.toml"
    cases.write_text('[[case]]\ntext = "buynow"\nact = "hide"\n', encoding="utf-8")
    ran = streambot("pack", "test", "mine")
    assert (ran.code, ran.out, ran.err) == (0, "", "1 cases, 0 not kept.\n")
    cases.write_text('[[case]]\ntext = "buynow"\nact = "allow"\n', encoding="utf-8")
    ran = streambot("pack", "test", "mine")
    assert (ran.code, ran.out) == (6, "mine.test.toml:1: hide, not allow: buynow [spam]\n")
    assert streambot("pack", "test", "mine", "--json").json["rules"] == ["spam"]
    assert streambot("pack", "test", "base").code in (0, 2)
    # Cases are no pack.
    assert "mine.test" not in streambot("pack", "check").out


def test_export_writes_words_to_stdout_and_what_was_left_out_to_stderr(streambot: Streambot, shop: Path) -> None:
    ran = streambot("pack", "export", "mine")
    assert (ran.code, ran.out, "1 words of mine@1" in ran.err) == (0, "buynow\n", True)
    assert streambot("pack", "export", "mine", "--format", "csv").out.splitlines()[1] == '"buynow","spam","spam","hide"'
    assert streambot("pack", "export", "mine", "--format", "json").json["keyword"] == "buynow"
    assert streambot("pack", "export", "mine", "--language", "thai").code == 2


def test_a_pack_is_activated_and_taken_back_without_a_running_process(streambot: Streambot, shop: Path) -> None:
    (shop / "two").mkdir()
    (shop / "two" / "mine.toml").write_text(TWO, encoding="utf-8")
    ran = streambot("pack", "activate", "two/mine.toml", "--room", "north", "--reason", "canary")
    assert (ran.code, ran.out) == (0, "mine@2 is in force in north (not open now: from its opening on).\n")
    assert [json.loads(line)["id"] for line in streambot("pack", "list", "--json").out.splitlines()] == ["mine@2"]
    streambot("pack", "activate", "mine@2", "--shadow")
    ran = streambot("pack", "activate", "file")
    assert ran.code == 0
    rows = events(shop, "pack")
    assert (rows[0][0], rows[0][3], json.loads(rows[0][4])["value"]) == ("north", "mine: mine@2: canary", "mine@2")
    assert [json.loads(row[4])["pinned"] for row in rows if row[0] == "all"] == [False, False]
    assert [row[0] for row in events(shop, "shadow")] == ["all"]
    ran = streambot("pack", "activate", "mine@9", "--json")
    assert (ran.code, ran.json["ok"], "mine@9" in ran.json["error"]["message"]) == (2, False, True)
    assert streambot("pack", "activate", "mine@2", "--room", "a/b").code == 2


def test_a_running_process_is_asked_through_its_door(streambot: Streambot, shop: Path, door: list[Any]) -> None:
    ran = streambot("pack", "activate", "packs/mine.toml", "--room", "north", "--shadow")
    assert (ran.code, ran.out) == (0, "it is so.\n")
    [(path, key, body)] = door
    assert (path, key) == ("/-/door/packs", "Bearer key")
    assert (body["do"], body["shadow"], body["file"]) == ("activate", True, str(shop / "packs" / "mine.toml"))


@pytest.fixture
def door(shop: Path) -> Iterator[list[Any]]:
    """A process that holds the log and writes down what it is asked."""
    heard: list[Any] = []
    ready = threading.Event()
    stop: list[Any] = []

    async def answer(request: web.Request) -> web.Response:
        heard.append((request.path, request.headers["Authorization"], await request.json()))
        return web.json_response({"ok": True, "answer": "accepted", "event": "e1", "message": "it is so."})

    async def serve() -> None:
        app = web.Application()
        app.router.add_post("/-/door/packs", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        done = asyncio.Event()
        stop.extend([asyncio.get_running_loop(), done])
        host, port = runner.addresses[0][:2]
        with lock.hold(shop / "log.db"), lock.open_door(shop / "log.db", lock.Door(f"http://{host}:{port}", "key")):
            ready.set()
            await done.wait()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait(10)
    yield heard
    stop[0].call_soon_threadsafe(stop[1].set)
    thread.join(10)


def test_rules_on_air_are_shown_and_adopted(streambot: Streambot, shop: Path) -> None:
    assert streambot("pack", "activate", "packs/mine.toml", "--room", "north").code == 0  # makes the log
    table = {"id": "air.01", "terms": ["cheaplink"], "action": "hide", "reason": {"en": "A raid."}}
    with sqlite3.connect(shop / "log.db") as log:
        log.execute("INSERT INTO rooms VALUES ('north', 'fake', 'north')")
        log.execute(
            "INSERT INTO events (id, at, room, kind, actor, data) VALUES ('e1', 1.0, 'north', 'setting', 'nok', ?)",
            (json.dumps({"key": "rule", "value": table, "expires_at": 4e9}),),
        )
        evidence = json.dumps({"evidence": [{"rule": "air.01"}, {"rule": "air.01"}]})
        log.executemany(
            "INSERT INTO events (id, at, room, kind, actor, act, data) VALUES (?, 2.0, 'north', ?, 'bot', 'hide', ?)",
            [("e2", "decision", evidence), ("e3", "rejudgement", evidence), ("e4", "decision", '{"evidence": []}')],
        )
    said = streambot("pack", "diff", "--json").json
    assert [(rule["rule"], rule["terms"], rule["by"]) for rule in said["air"]] == [("air.01", ["cheaplink"], "nok")]
    assert [(rule["at"], rule["found"]) for rule in said["air"]] == [("1970-01-01T00:00:01Z", 1)]
    told = streambot("pack", "diff", "--room", "north").out
    assert "air.01: cheaplink → hide, by nok until" in told
    assert "1 found since 1970-01-01" in told
    assert streambot("pack", "adopt", "air.99", "--into", "packs/mine.toml").code == 2
    # Into a file that the room does not follow: it has to stay on air too.
    aside = streambot("pack", "adopt", "--into", "packs/other.toml", "--inherits", "mine", "--json")
    assert (aside.code, aside.json["rules"], aside.json["ended_on_air"]) == (0, ["air.01"], [])
    assert "stay on air too" in aside.err
    assert "2 rules, valid" in streambot("pack", "check", "other").out
    ran = streambot("pack", "adopt", "--into", "packs/mine.toml")
    assert (ran.code, ran.out, ran.err) == (0, "1 rules: air.01\n", "")
    [undo] = [row for row in events(shop, "rule") if row[1] == "undo"]
    assert (undo[5], undo[3]) == ("e1", "no longer air.01: now in mine.toml")
    assert streambot("pack", "adopt", "--into", "packs/mine.toml").out == "No rule is on air.\n"


@pytest.mark.parametrize("how", [(), ("--shadow",)], ids=["in force", "in shadow"])
def test_a_room_that_nobody_knows_is_an_error_with_the_nearest(
    streambot: Streambot, shop: Path, how: tuple[str, ...]
) -> None:
    assert streambot("pack", "activate", "packs/mine.toml", "--room", "north").code == 0  # makes the log
    ran = streambot("pack", "diff", "--room", "nroth", *how)
    assert (ran.code, ran.out, "Did you mean north?" in ran.err) == (2, "", True)
    ran = streambot("pack", "diff", "--room", "elsewhere", *how)
    assert (ran.code, "There are north." in ran.err) == (2, True)
    # Configured, and not yet in the log.
    assert streambot("pack", "diff", "--room", "north", *how).code == 0


def test_without_a_log_there_is_nothing_to_list(streambot: Streambot, shop: Path) -> None:
    assert streambot("pack", "list").code == 2
    assert streambot("pack", "diff", "--shadow").code == 2
