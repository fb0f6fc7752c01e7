"""``streambot replay`` against its contract (issue 2): every line is received, nothing is lost, nothing stops it."""

from __future__ import annotations

import gzip
import json
import os
import signal
import sqlite3
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from streambot.cli.replay import replayed, room_name
from streambot.core.command import Mode
from streambot.core.labels import Label
from streambot.settings import RoomSettings, load_settings
from tests.cli.conftest import Ran, Streambot
from tests.cli.processes import DATA, PATIENCE, events, run, start

SUMMARY = ["received", "decided", "duplicates", "rejected", "hidden", "review", "answered", "actions", "degraded"]
SUMMARY += ["lost", "seconds", "comments_per_s", "latency_ms"]
BROADCAST = str(DATA / "broadcast.jsonl")
SENT = 1_780_000_000

GOOD = [
    b'{"text":"hello there"}',
    b'{"text":"null everywhere","id":null,"room":null,"author":null,"sent_at":null}',
    b'{"text":"nul \\u0000 and \\ud800"}',
    b'{"text":"x\xe2\x80\xa8y\xc2\x85z"}',
    b'{"text":"' + b"c" * 1_000_000 + b'"}',
    ('{"text":"a' + "\u0301" * 10_000 + '"}').encode(),
    b'{"text":"from the future","id":"f","sent_at":"2099-01-01T00:00:00Z"}',
    b'{"text":"before time","id":"n","sent_at":-5}',
    b'{"text":"elsewhere","room":"other"}',
    b'{"text":"another platform","room":"other","platform":"tiktok"}',
    b'{"text":"a room nobody would name so","room":"a/b\\n"}',
]
REPEATED = [b'{"text":"twice","id":"t"}', b'{"text":"twice","id":"t"}']
BAD = [
    b"{broken",
    b'{"text":"cut in the mid',
    b"\xff\xfe",
    b"[1]",
    b"{}",
    b'{"text":""}',
    b'{"text":5}',
    b'{"text":"a","id":true}',
    b'{"text":"a","author":"u"}',
    b'{"text":"a","author":{"roles":"host"}}',
    b'{"text":"a","sent_at":"yesterday"}',
    b'{"text":"a","sent_at":NaN}',
    b'{"a":' * 100_000,
]
BLANK = [b"", b"   "]


def summary(ran: Ran) -> dict[str, Any]:
    """The last line of stdout, of a run that ended well."""
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out.rstrip("\n").rpartition("\n")[2])
    assert found["received"] == found["decided"] + found["duplicates"] + found["rejected"]
    assert (found["lost"], found["degraded"]) == (0, 0)
    return found


def test_hostile_lines_are_counted_told_once_and_stop_nothing(streambot: Streambot, tmp_path: Path) -> None:
    lines = [*GOOD, *REPEATED, *BLANK, *BAD, b"", b'{"text":"last, without a line feed"}']
    (tmp_path / "hostile.jsonl").write_bytes(b"\n".join(lines))
    ran = streambot("replay", "hostile.jsonl", "--db", "log.db")
    found = summary(ran)
    assert list(found) == SUMMARY
    assert list(found["latency_ms"]) == ["p50", "p99"]
    assert (found["received"], found["rejected"], found["duplicates"]) == (len(lines) - 3, len(BAD), 1)
    reasons = [line for line in ran.err.splitlines() if line.startswith("warning: ")]
    assert len(reasons) == len(set(reasons))
    assert sum("is rejected" in reason for reason in reasons) == 10
    assert sum("the one before it was taken" in reason for reason in reasons) == 2
    assert sum("the text is too long" in reason for reason in reasons) == 1
    assert any(f"line {len(GOOD) + len(REPEATED) + len(BLANK) + 1} is rejected" in reason for reason in reasons)

    again = summary(streambot("replay", "hostile.jsonl", "--db", "log.db", "--json"))
    assert (again["decided"], again["duplicates"], again["rejected"]) == (
        0,
        found["decided"] + found["duplicates"],
        len(BAD),
    )


def test_rooms_ids_and_times_are_what_the_contract_says(streambot: Streambot, tmp_path: Path) -> None:
    assert summary(streambot("replay", BROADCAST, "--db", "log.db"))["duplicates"] == 1
    with sqlite3.connect(tmp_path / "log.db") as log:
        rows = {
            row[1]: row for row in log.execute("SELECT room, comment, author, platform, sent_at, text FROM comments")
        }
    assert Counter(row[0] for row in rows.values()) == {"lamp-shop": 9, "rug-shop": 2, "broadcast": 1}
    assert {row[3] for row in rows.values()} == {"replay"}
    assert rows["b03"][4] == rows["b02"][4] + 4
    assert rows["b04"][4] == SENT + 10
    (nameless,) = (row for row in rows.values() if row[0] == "broadcast")
    assert nameless[1] == nameless[2]
    assert nameless[4] == SENT + 33


def test_a_pipe_a_plain_file_and_a_gzipped_one_are_the_same(streambot: Streambot, tmp_path: Path) -> None:
    content = Path(BROADCAST).read_bytes()
    (tmp_path / "capture.jsonl.gz").write_bytes(gzip.compress(content))
    (tmp_path / "capture.jsonl").write_bytes(content)
    for file in ("capture.jsonl", "capture.jsonl.gz"):
        assert summary(streambot("replay", file, "--db", "log.db"))["decided"] == (12 if file.endswith("l") else 0)
    ran = run(tmp_path, "replay", "-", "--db", "pipe.db", "--json", stdin=gzip.compress(content))
    assert (ran.returncode, json.loads(ran.stdout)["decided"]) == (0, 12)
    assert {event["room"] for event in events(tmp_path, "pipe.db")} == {"lamp-shop", "rug-shop", "stdin"}


def test_a_named_pipe_is_a_capture(streambot: Streambot, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    writer = threading.Thread(target=(tmp_path / "pipe.jsonl").write_bytes, args=(Path(BROADCAST).read_bytes(),))
    writer.start()
    assert summary(streambot("replay", "pipe.jsonl"))["decided"] == 12
    writer.join()


@pytest.mark.parametrize(
    ("file", "room"),
    [
        ("-", "stdin"),
        ("/a/night.jsonl", "night"),
        ("night.jsonl.gz", "night"),
        ("a.b.jsonl", "a.b"),
        ("night", "night"),
    ],
)
def test_a_records_room_is_the_files_name(file: str, room: str) -> None:
    assert room_name(file) == room


@pytest.mark.parametrize(
    ("mode", "actions"),
    [("observe", {"simulated"}), ("assist", {"proposed"}), ("auto", {"simulated"})],
)
def test_each_mode_has_its_outcomes(streambot: Streambot, mode: str, actions: set[str]) -> None:
    found = summary(streambot("replay", BROADCAST, "--mode", mode))
    assert set(found["actions"]) == actions
    assert found["hidden"] >= 2


def test_the_verdicts_are_those_of_the_first_run(streambot: Streambot) -> None:
    def decisions(db: str) -> list[dict[str, Any]]:
        summary(streambot("replay", BROADCAST, "--db", db))
        shown = streambot("export", "--db", db, "--where", "kind=decision").out.splitlines()
        return [{k: v for k, v in json.loads(line).items() if k not in ("id", "at")} for line in shown]

    assert decisions("one.db") == decisions("two.db") != []


def test_a_score_does_not_depend_on_what_else_was_in_the_batch(streambot: Streambot, tmp_path: Path) -> None:
    texts = [f"how much is lamp number {n} " + "please " * (n % 7) for n in range(30)]
    (tmp_path / "together.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    streambot("replay", "together.jsonl", "--db", "together.db")
    with sqlite3.connect(tmp_path / "together.db") as log:
        logged = log.execute("SELECT c.text, e.data FROM events e JOIN comments c ON c.key = e.comment")
        together = {text: json.loads(data)["scores"] for text, data in logged}
    for text in texts[:3]:
        assert streambot("check", text).json["scores"] == together[text]


def test_speed_follows_the_records_times(streambot: Streambot, tmp_path: Path) -> None:
    records = [{"text": f"line {n}", "sent_at": SENT + n * 20} for n in range(4)]
    (tmp_path / "slow.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    found = summary(streambot("replay", "slow.jsonl", "--speed", "200"))
    assert found["decided"] == 4
    assert found["seconds"] >= 0.3


@pytest.mark.parametrize("speed", ["0", "-1", "fast", "nan", "inf", ""])
def test_a_speed_that_is_none_is_a_usage_error(streambot: Streambot, speed: str) -> None:
    ran = streambot("replay", BROADCAST, "--speed", speed)
    assert (ran.code, ran.out) == (2, "")
    assert "--speed" in ran.err


CONFIG = """
[defaults]
{defaults}
[rooms.lamp-shop]
{room}
"""


@pytest.mark.parametrize(
    ("defaults", "room", "actuators"),
    [
        ("", 'site = "us"', {"simulated"}),
        ("", 'actuator = "manual"', {"manual", "simulated"}),
        ('actuator = "manual"', "", {"manual"}),
    ],
)
def test_actions_are_simulated_unless_the_configuration_names_an_actuator(
    streambot: Streambot, tmp_path: Path, defaults: str, room: str, actuators: set[str]
) -> None:
    (tmp_path / "own.toml").write_text(CONFIG.format(defaults=defaults, room=room))
    found = summary(streambot("replay", BROADCAST, "--config", "own.toml", "--mode", "auto"))
    assert set(found["actions"]) == actuators


def test_a_configured_room_has_its_own_pack(streambot: Streambot, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(CONFIG.format(defaults="", room='site = "us"'))
    streambot("replay", BROADCAST, "--config", "own.toml", "--db", "log.db")
    packs = {(event["room"], event["pack"].partition("@")[0]) for event in events(tmp_path, "log.db", "kind=decision")}
    assert packs == {("lamp-shop", "us"), ("rug-shop", "base"), ("broadcast", "base")}


def test_without_config_a_project_file_cannot_make_a_replay_act(streambot: Streambot, tmp_path: Path) -> None:
    (tmp_path / "streambot.toml").write_text('[defaults]\nactuator = "manual"\n')
    assert set(summary(streambot("replay", BROADCAST, "--mode", "auto"))["actions"]) == {"simulated"}
    assert load_settings(environ=os.environ, cwd=tmp_path).defaults.actuator == "manual"


def test_a_labels_own_mode_never_goes_further_than_the_flag() -> None:
    room = RoomSettings(label_modes={Label.SPAM: Mode.AUTO, Label.SCAM: Mode.OBSERVE})
    assert replayed(room, Mode.OBSERVE, configured=True).label_modes == {}
    assert replayed(room, Mode.ASSIST, configured=True).label_modes == {Label.SCAM: Mode.OBSERVE}


def test_a_short_queue_for_live_rooms_sheds_nothing_here(streambot: Streambot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAMBOT_CLASSIFIER__QUEUE", "1")
    assert summary(streambot("replay", BROADCAST))["decided"] == 12


def test_damage_in_the_middle_is_told_and_what_came_before_is_kept(streambot: Streambot, tmp_path: Path) -> None:
    content = "".join(json.dumps({"text": f"{n} {os.urandom(30).hex()}"}) + "\n" for n in range(300)).encode()
    (tmp_path / "torn.jsonl.gz").write_bytes(gzip.compress(content)[:9000])
    ran = streambot("replay", "torn.jsonl.gz", "--db", "log.db")
    assert ran.code == 2
    assert "damaged" in ran.err
    assert ran.out == ""
    assert len(events(tmp_path, "log.db", "kind=decision")) > 50


@pytest.mark.parametrize("file", ["none.jsonl", "."])
def test_what_is_no_file_is_told_in_one_sentence(streambot: Streambot, file: str) -> None:
    ran = streambot("replay", file)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "Check the path" in ran.err


def test_ctrl_c_ends_a_replay_that_waits_for_a_pipe_and_keeps_what_it_has(tmp_path: Path) -> None:
    with start(tmp_path, "replay", "-", "--db", "log.db") as replaying:
        assert replaying.stdin
        replaying.stdin.write(b'{"text":"hello"}\n')
        replaying.stdin.flush()
        while replaying.poll() is None and not _decided(tmp_path / "log.db"):
            os.sched_yield()
        replaying.send_signal(signal.SIGINT)
        assert replaying.wait(PATIENCE) == 130
    assert _decided(tmp_path / "log.db") == 1


def _decided(db: Path) -> int:
    try:
        with sqlite3.connect(f"{db.as_uri()}?mode=ro", uri=True) as log:
            return int(log.execute("SELECT count(*) FROM events WHERE kind = 'decision'").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
