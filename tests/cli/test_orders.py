"""``streambot orders check`` and ``streambot export --ticket``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Streambot
from tests.cli.processes import run

ORDERS = """\
order,platform,user,placed_at,status
A-1,replay,v-mimi,2026-11-01T10:00Z,{status}
"""
NIGHT = [
    ("c1", "v-mimi", "I ordered two weeks ago and my parcel never arrived, very disappointed"),
    ("c2", "v-bo", "love this color"),
    ("c3", "v-mimi", "still nothing, my parcel never arrived and nobody answers"),
]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log of a broadcast in which somebody complained, with its configuration beside it."""
    folder = tmp_path_factory.mktemp("orders")
    (folder / "orders.csv").write_text(ORDERS.format(status="shipped"), encoding="utf-8")
    (folder / "streambot.toml").write_text('[defaults.tickets]\norders = "orders.csv"\n', encoding="utf-8")
    with (folder / "night.jsonl").open("w", encoding="utf-8") as file:
        for number, (key, author, text) in enumerate(NIGHT):
            who = {"id": author, "name": "Mimi Rose" if author == "v-mimi" else "Bo", "roles": []}
            record = {"id": key, "room": "lamp-shop", "author": who, "text": text, "sent_at": 1_790_000_000 + number}
            file.write(json.dumps(record) + "\n")
    ran = run(folder, "replay", "night.jsonl", "--config", "streambot.toml", "--db", "log.db")
    assert ran.returncode == 0, ran.stderr
    return folder


def of_the_night(streambot: Streambot, night: Path, *flags: str) -> dict[str, Any]:
    config, db = str(night / "streambot.toml"), str(night / "log.db")
    listed = streambot("export", "--db", db, "--where", "kind=ticket")
    opened = json.loads(listed.out.splitlines()[0])["id"]
    ran = streambot("export", "--db", db, "--config", config, "--ticket", opened, *flags)
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


def test_a_ticket_is_exported_with_its_orders_and_without_names(streambot: Streambot, night: Path) -> None:
    document = of_the_night(streambot, night)
    kinds = [each["record"]["kind"] for each in document["records"]]
    assert [kind for kind in kinds if kind != "reply"] == ["comment", "ticket", "comment", "ticket", "order"]
    assert document["ticket"]["complaints"] == 2
    text = json.dumps(document)
    assert "v-mimi" not in text
    assert "Mimi Rose" not in text
    assert of_the_night(streambot, night, "--names")["ticket"]["author_name"] == "Mimi Rose"


def test_what_cannot_be_exported_is_told(streambot: Streambot, night: Path) -> None:
    db = str(night / "log.db")
    assert streambot("export", "--db", db, "--ticket", "nothing").code == 4
    assert streambot("export", "--db", db, "--ticket", "x", "--where", "room=a").code == 2
    assert streambot("export", "--db", db, "--ticket", "x", "--format", "csv").code == 2
    assert streambot("export", "--db", db, "--names").code == 2


def test_orders_are_checked_with_file_row_and_reason(streambot: Streambot, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(ORDERS.format(status="shipped"), encoding="utf-8")
    bad.write_text(ORDERS.format(status="shiped"), encoding="utf-8")
    ran = streambot("orders", "check", str(good))
    assert (ran.code, ran.out) == (0, f"{good}: 1 orders of 1 buyers\n")
    ran = streambot("orders", "check", str(good), str(bad))
    assert ran.code == 6
    assert ran.out.splitlines()[1] == f'{bad}: row 2, status: "shiped" is no status; did you mean shipped?'
    ran = streambot("orders", "check", str(good), str(bad), "--json")
    assert [json.loads(line) for line in ran.out.splitlines()] == [
        {"file": str(good), "ok": True, "orders": 1, "buyers": 1},
        {"file": str(bad), "ok": False, "more": 0, "errors": [
            {"row": 2, "column": "status", "reason": '"shiped" is no status; did you mean shipped?'}]},
    ]  # fmt: skip
