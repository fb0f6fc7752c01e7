"""``streambot export`` against its contract (issue 2)."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from streambot.cli.export import ALIASES, TIMES, WORDS
from tests.cli.conftest import Streambot
from tests.cli.processes import DATA, run

KEYS = ["id", "at", "kind", "room", "comment", "author", "text", "act", "labels", "intent", "evidence", "actor"]
KEYS += ["reason", "reverses", "outcome", "pack", "model"]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log of one small broadcast."""
    folder = tmp_path_factory.mktemp("export")
    capture = (DATA / "broadcast.jsonl").read_bytes() + b'{"id":"=1+1","text":"=cmd()\\r\\nnext, \\"quoted\\""}\n'
    (folder / "night.jsonl").write_bytes(capture)
    ran = run(folder, "replay", "night.jsonl", "--mode", "auto", "--db", "log.db")
    assert ran.returncode == 0, ran.stderr
    return folder / "log.db"


def rows(streambot: Streambot, log: Path, *where: str) -> list[dict[str, Any]]:
    ran = streambot("export", "--db", str(log), *(part for one in where for part in ("--where", one)))
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in ran.out.split("\n")[:-1]]


def test_every_event_is_one_line_with_the_contracts_fields_in_order(streambot: Streambot, log: Path) -> None:
    found = rows(streambot, log)
    assert all(list(row) == KEYS for row in found)
    assert {row["kind"] for row in found} == {"decision", "broadcast", "ticket"}
    hidden = next(row for row in found if row["comment"] == "b07")
    assert (hidden["act"], hidden["outcome"], hidden["actor"], hidden["reverses"]) == ("hide", "simulated", "bot", None)
    assert hidden["at"].endswith("Z")
    assert list(hidden["intent"]) == ["name", "score"]
    asked = next(row for row in found if row["comment"] == "b02")
    assert (asked["act"], asked["outcome"]) == ("allow", None)


def test_csv_holds_the_same_events_and_no_formula(streambot: Streambot, log: Path) -> None:
    ran = streambot("export", "--db", str(log), "--format", "csv")
    assert ran.out.startswith("\ufeff")
    table = list(csv.reader(io.StringIO(ran.out.removeprefix("\ufeff"), newline="")))
    assert table[0] == KEYS
    assert len(table) == len(rows(streambot, log)) + 1
    assert not any(cell.startswith(("=", "+", "@")) for line in table for cell in line)
    assert any('next, "quoted"' in cell for line in table for cell in line)
    plain = streambot("export", "--db", str(log), "--format", "csv", "--no-bom")
    assert plain.out == ran.out.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("where", "comments"),
    [
        (["room=rug-shop", "kind=decision"], {"b10", "b11"}),
        (["comment=b03"], {"b03"}),
        (["author=v1"], {"b02"}),
        (["text=half price"], {"b07"}),
        (["q=half price"], {"b07"}),
        (["text=%"], set()),
        (["act=hide", "text=LINE"], {"b07"}),
        (["label=diversion", "author=v6", "room=lamp-shop"], {"b07"}),
        (["outcome=simulated", "author=v7"], {"b08"}),
        (["actor=people"], set()),
        (["actor=bot", "comment=b02"], {"b02"}),
        (["kind=decision", "room=lamp-shop", "t0=1780000021", "t1=1780000024"], {"b08"}),
        (["kind=decision", "t0=2026-05-28T20:27:01Z", "t1=2026-05-28T20:27:04"], {"b08"}),
    ],
)
def test_filters_all_hold(streambot: Streambot, log: Path, where: list[str], comments: set[str]) -> None:
    assert {row["comment"] for row in rows(streambot, log, *where)} == comments


def test_language_intent_and_broadcast_are_filters(streambot: Streambot, log: Path) -> None:
    found = rows(streambot, log, "kind=decision")
    intent = found[0]["intent"]["name"]
    assert {row["intent"]["name"] for row in rows(streambot, log, f"intent={intent}")} == {intent}
    broadcast = rows(streambot, log, "kind=broadcast", "room=rug-shop")[0]["id"]
    assert {row["room"] for row in rows(streambot, log, f"broadcast={broadcast}")} == {"rug-shop"}
    assert rows(streambot, log, "lang=xx") == []


def test_help_names_every_filter(streambot: Streambot) -> None:
    words = streambot("export", "--help").out
    assert [key for key in (*WORDS, *TIMES) if key not in words and key != "broadcast"] == []
    assert set(ALIASES.values()) <= set(WORDS)


@pytest.mark.parametrize(
    ("where", "hint"),
    [
        ("lable=scam", "Did you mean label"),
        ("lang", "no filter"),
        ("label", "no filter"),
        ("=x", "Choose from"),
        ("act=hidee", "Did you mean hide?"),
        ("label=scm", "Did you mean scam?"),
        ("kind=desision", "Did you mean decision?"),
        ("outcome=simulate", "Did you mean simulated?"),
        ("intent=question.prise", "Did you mean question.price?"),
        ("room=", "nothing after ="),
        ("t0=tomorrow", "is no time"),
        ("t1=nan", "is no time"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_a_usage_error(streambot: Streambot, log: Path, where: str, hint: str) -> None:
    ran = streambot("export", "--db", str(log), "--where", where)
    assert (ran.code, ran.out) == (2, "")
    assert hint in ran.err


def test_one_filter_given_twice_is_refused_instead_of_half_heard(streambot: Streambot, log: Path) -> None:
    ran = streambot("export", "--db", str(log), "--where", "label=scam", "--where", "label=spam")
    assert (ran.code, ran.out) == (2, "")


def test_no_match_is_no_error_and_says_so(streambot: Streambot, log: Path) -> None:
    ran = streambot("export", "--db", str(log), "--where", "room=nowhere")
    assert (ran.code, ran.out) == (0, "")
    assert "No event" in ran.err


@pytest.mark.parametrize("name", ["none.db", "."])
def test_without_a_database_it_says_what_to_do(streambot: Streambot, name: str) -> None:
    ran = streambot("export", "--db", name)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "--db" in ran.err


def test_a_file_that_is_no_database_ends_the_process(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("nothing like a database " * 100)
    ran = run(tmp_path, "export", "--db", "notes.db")
    assert (ran.returncode, ran.stdout) == (3, b"")
    assert b"not a streambot database" in ran.stderr
