"""``streambot catalog check``: what is wrong, and what cannot be answered yet."""

from __future__ import annotations

import json
import os
from pathlib import Path

from streambot.resources import resource
from tests.cli.conftest import Streambot

BAD = "number,name.en,price.us\n1,shirt,-5\n1,,12\n"


def write(folder: Path, name: str, text: str, *, age: float = 0) -> None:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    written = file.stat().st_mtime - age
    os.utime(file, (written, written))


def test_wrong_files_are_told_with_row_column_and_reason(streambot: Streambot, tmp_path: Path) -> None:
    write(tmp_path, "bad.csv", BAD)
    ran = streambot("catalog", "check", "bad.csv", "none.csv")
    assert ran.code == 6
    assert ran.out.splitlines() == [
        'bad.csv: row 2, price.us: "-5" is negative',
        "bad.csv: row 3, name.en: is empty",
        "none.csv: cannot be read (No such file or directory)",
    ]


def test_wrong_files_are_told_in_json(streambot: Streambot, tmp_path: Path) -> None:
    write(tmp_path, "bad.csv", BAD)
    ran = streambot("catalog", "check", "bad.csv", "--json")
    assert ran.code == 6
    assert ran.json == {
        "file": "bad.csv",
        "ok": False,
        "errors": [
            {"row": 2, "column": "price.us", "reason": '"-5" is negative'},
            {"row": 3, "column": "name.en", "reason": "is empty"},
        ],
        "more": 0,
    }


def test_of_a_thousand_errors_a_hundred_are_told(streambot: Streambot, tmp_path: Path) -> None:
    write(tmp_path, "bad.csv", "number,name.en,price.us\n" + "".join(f"{n},thing,-1\n" for n in range(1, 1001)))
    lines = streambot("catalog", "check", "bad.csv").out.splitlines()
    assert len(lines) == 101
    assert lines[-1] == "bad.csv: and 900 more"


def test_open_questions_are_told_by_item_language_and_intent(streambot: Streambot, tmp_path: Path) -> None:
    write(
        tmp_path,
        "th.csv",
        "number,name.en,name.th,price.th,stock,sizes,shipping.th,return_days,material.en,colours.en,colours.th,"
        "authenticity.en,authenticity.th,promo.en,promo.th\n"
        "1,shirt,เสื้อ,890,3,one size,other=2-4,7,cotton,red,แดง,our own,ของร้าน,none,ไม่มี\n"
        "2,hat,หมวก,,3,one size,other=2-4,7,cotton,red,แดง,our own,ของร้าน,none,ไม่มี\n",
    )
    ran = streambot("catalog", "check", "th.csv")
    assert ran.code == 6
    assert ran.out.splitlines() == [
        "th.csv: 2 items in en th for th, 2 with questions that have no answer yet",
        "  1 shirt: question.product (th): material.th is missing",
        "  2 hat: question.price: price.th is missing",
        "  2 hat: question.product (th): material.th is missing",
    ]
    said = streambot("catalog", "check", "th.csv", "--json").json
    assert (said["ok"], said["items"], said["languages"], said["sites"]) == (True, 2, ["en", "th"], ["th"])
    assert said["gaps"][1] == {
        "item": 2, "intent": "question.price", "languages": ["en", "th"], "column": "price.th", "why": "missing"
    }  # fmt: skip
    english = streambot("catalog", "check", "th.csv", "--lang", "en", "--site", "th", "--json").json
    assert [row["column"] for row in english["gaps"]] == ["price.th"]


def test_what_is_open_at_several_sites_is_told_once(streambot: Streambot, tmp_path: Path) -> None:
    write(tmp_path, "us.csv", "number,name.en,name.th\n1,shirt,เสื้อ\n")
    rows = streambot("catalog", "check", "us.csv", "--site", "us", "--site", "th", "--json").json["gaps"]
    assert [row["languages"] for row in rows if row["column"] == "stock"] == [["en", "th"]]
    assert [row["column"] for row in rows if row["intent"] == "question.price"] == ["price.us", "price.th"]


def test_prices_that_are_too_old_to_repeat_are_stale(streambot: Streambot, tmp_path: Path) -> None:
    write(tmp_path, "us.csv", "number,name.en,price.us,stock\n1,shirt,5,2\n", age=3600)
    rows = streambot("catalog", "check", "us.csv", "--fresh-for", "60", "--json").json["gaps"]
    assert [row["column"] for row in rows if row["why"] == "stale"] == ["price.us", "stock"]
    rows = streambot("catalog", "check", "us.csv", "--json").json["gaps"]
    assert not [row for row in rows if row["why"] == "stale"]


def test_a_catalog_that_answers_everything_ends_with_0(streambot: Streambot, tmp_path: Path) -> None:
    write(tmp_path, "demo.csv", resource("config/catalog/demo.csv").read_text(encoding="utf-8"))
    ran = streambot("catalog", "check", "demo.csv")
    assert (ran.code, "every question has an answer" in ran.out) == (0, True)
    write(tmp_path, "bad.csv", BAD)
    ran = streambot("catalog", "check", "demo.csv", "bad.csv", "--json")
    assert (ran.code, [json.loads(line)["ok"] for line in ran.out.splitlines()]) == (6, [True, False])


def test_languages_that_there_are_not_are_usage_errors(streambot: Streambot, tmp_path: Path) -> None:
    write(tmp_path, "us.csv", "number,name.en\n1,shirt\n")
    ran = streambot("catalog", "check", "us.csv", "--lang", "xx")
    assert (ran.code, "none of en, zh" in ran.err) == (2, True)
    assert streambot("catalog", "check").code == 2
    ran = streambot("catalog", "check", "us.csv", "--lang", "vi")
    assert (ran.code, "name.vi" in ran.out) == (6, True)
