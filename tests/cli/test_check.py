"""``streambot check`` against its contract (issue 2): whatever is piped in, one answer a line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from streambot.cli import check as command
from streambot.core.action import Act
from streambot.core.comment import MAX_TEXT
from streambot.core.errors import ClassifierError
from streambot.core.labels import Intent, Label
from streambot.core.verdict import shaded_below
from tests.cli.conftest import Streambot
from tests.cli.processes import PATIENCE, environment, lines, run, start

KEYS = ["id", "text", "lang", "action", "labels", "scores", "intent", "evidence", "degraded", "pack", "model"]
SEPARATORS = "\u2028\u2029\x85\x0b\x0c\x1c\x1d\x1e\r"
SENT = 1_780_000_000


def record(text: str = "ok", **fields: Any) -> bytes:
    return json.dumps({"text": text, **fields}).encode()


INPUT: dict[str, bytes] = {
    "separators": f"one{SEPARATORS}line".encode(),
    "empty": b"",
    "blank": b"   ",
    "not utf-8": b"\xff\xfe\x80 hello",
    "surrogate bytes": b"\xed\xa0\x80",
    "surrogate escape": b'{"text":"a \\ud800 b"}',
    "nul": b"a \x00 b",
    "nul escape": b'{"text":"a \\u0000 b"}',
    "marks": ("a" + "\u0301" * 10_000).encode(),
    "megabyte": b"b" * 1_000_000,
    "megabyte record": record("c" * 1_000_000),
    "deep object": b'{"a":' * 100_000,
    "deep array": b"[" * 200_000,
    "deep field": b'{"text":"a","x":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "long number": b'{"text":"a","id":' + b"9" * 5000 + b"}",
    "not a number": b'{"text":"ok","sent_at":NaN}',
    "no text": b'{"id":"x"}',
    "number for text": b'{"text":5}',
    "null for text": b'{"text":null}',
    "array": b"[1]",
    "string": b'"text"',
    "empty text": b'{"text":""}',
    "carriage return": b"windows\r",
    "record": record(id="r-1", lang="th", author="u", room="x", sent_at=SENT),
    "number for id": record(id=5),
    "emoji": "😀👩‍👩‍👧 add me on LINE @shop77".encode(),
    "astral": "𝐋𝐈𝐍𝐄 @shop77 add".encode(),
    "thai": "ราคาถูกกว่า แอดไลน์ @shop77".encode(),
    "decomposed": unicodedata.normalize("NFD", "rẻ hơn nhé, gọi 0912345678 cho mình").encode(),
    **{f"wrong id {value}": record(id=value) for value in (True, [], {}, None)},
    **{f"wrong author {value}": record(author=value) for value in (5, [], {"id": []})},
    **{f"wrong field {name}": record(**{name: {}}) for name in ("lang", "room", "platform", "sent_at")},
    **{
        f"time {value}": record(author="u", sent_at=value)
        for value in ("2099-01-01T00:00:00Z", -5, 0, "yesterday", True, 1e300, "2026-01-01T00:00:00", None)
    },
    **{f"known {n}": record(f"hello number {n}", author="eager", room="flood", sent_at=SENT + n / 2) for n in range(9)},
    **{f"timeless {n}": record(f"hello number {n}", author="eager", room="calm") for n in range(9)},
    "last": b"the last line has no line feed",
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one process answers to all of INPUT."""
    ran = run(tmp_path_factory.mktemp("check"), "check", "-", stdin=b"\n".join(INPUT.values()))
    assert (ran.returncode, ran.stderr) == (0, b"")
    found = lines(ran.stdout)
    assert len(found) == len(INPUT)
    return dict(zip(INPUT, found, strict=True))


def test_every_answer_has_the_contracts_fields_in_their_order(answers: dict[str, Any]) -> None:
    for answer in answers.values():
        assert list(answer) == KEYS
        assert list(answer["scores"]) == list(Label)
        assert list(answer["intent"]) == ["name", "score"]
        assert answer["intent"]["name"] in set(Intent)
        assert answer["action"] in set(Act)
        assert all(list(evidence) == ["rule", "source", "span", "text"] for evidence in answer["evidence"])
        assert answer["degraded"] is False
        assert answer["pack"].startswith("base@")
        assert answer["model"]


def test_answers_come_in_the_order_of_the_lines(answers: dict[str, Any]) -> None:
    assert [answers[f"known {n}"]["text"] for n in range(9)] == [f"hello number {n}" for n in range(9)]
    assert answers["last"]["text"] == INPUT["last"].decode()


def test_spans_count_code_points_of_the_text(answers: dict[str, Any]) -> None:
    for answer in answers.values():
        for evidence in answer["evidence"]:
            start_, end = evidence["span"]
            assert answer["text"][start_:end] == evidence["text"]


@pytest.mark.parametrize(
    ("name", "found"), [("emoji", "LINE"), ("astral", "𝐋𝐈𝐍𝐄"), ("thai", "แอดไลน์"), ("decomposed", "0912345678")]
)
def test_evidence_points_at_the_words_whatever_stands_before_them(
    answers: dict[str, Any], name: str, found: str
) -> None:
    answer = answers[name]
    where = answer["text"].index(found)
    spans = [evidence["span"] for evidence in answer["evidence"] if evidence["source"] != "model"]
    assert any(span[0] <= where and where + len(found) <= span[1] < len(answer["text"]) + 1 for span in spans)
    assert answer["action"] == "hide"


@pytest.mark.parametrize("name", ["emoji", "astral", "thai", "decomposed"])
def test_text_comes_back_as_it_was_written(answers: dict[str, Any], name: str) -> None:
    assert answers[name]["text"] == INPUT[name].decode()


def test_only_a_line_feed_ends_a_line(answers: dict[str, Any]) -> None:
    text = answers["separators"]["text"]
    assert len(text) == len("one") + len(SEPARATORS) + len("line")
    assert (text[:3], text[-4:]) == ("one", "line")


def test_an_empty_line_has_an_answer_too(answers: dict[str, Any]) -> None:
    assert [(answers[name]["text"], answers[name]["action"]) for name in ("empty", "blank", "empty text")] == [
        ("", "allow"),
        ("   ", "allow"),
        ("", "allow"),
    ]


@pytest.mark.parametrize("name", ["nul", "nul escape", "surrogate escape"])
def test_what_nothing_can_hold_is_replaced_one_for_one(answers: dict[str, Any], name: str) -> None:
    assert answers[name]["text"] == "a \ufffd b"


def test_bytes_that_are_not_utf_8_become_replacement_characters(answers: dict[str, Any]) -> None:
    assert answers["not utf-8"]["text"] == "\ufffd\ufffd\ufffd hello"
    assert set(answers["surrogate bytes"]["text"]) == {"\ufffd"}


@pytest.mark.parametrize("name", ["marks", "megabyte", "megabyte record", "deep object", "deep array", "deep field"])
def test_what_is_too_long_to_read_goes_to_a_person(answers: dict[str, Any], name: str) -> None:
    answer = answers[name]
    assert len(answer["text"]) == MAX_TEXT
    assert Act(answer["action"]).severity >= Act.REVIEW.severity
    assert "too_long" in [evidence["rule"] for evidence in answer["evidence"]]


@pytest.mark.parametrize("name", ["not a number", "no text", "number for text", "null for text", "array", "string"])
def test_what_is_no_record_is_text(answers: dict[str, Any], name: str) -> None:
    assert answers[name]["text"] == INPUT[name].decode()


def test_a_record_keeps_its_id_and_language(answers: dict[str, Any]) -> None:
    assert (answers["record"]["id"], answers["record"]["text"], answers["record"]["lang"]) == ("r-1", "ok", "th")
    assert answers["number for id"]["id"] == "5"


def test_a_carriage_return_before_the_line_feed_belongs_to_the_line_end(answers: dict[str, Any]) -> None:
    assert answers["carriage return"]["text"] == "windows"


@pytest.mark.parametrize("name", [name for name in INPUT if name.startswith(("wrong", "time"))])
def test_a_field_of_the_wrong_type_does_not_cost_the_comment_its_verdict(answers: dict[str, Any], name: str) -> None:
    if not name.startswith("timeless"):
        assert answers[name]["text"] == "ok"
    assert answers[name]["id"]


def test_ids_are_never_the_same_twice(answers: dict[str, Any]) -> None:
    assert len({answer["id"] for answer in answers.values()}) == len(answers)


def test_only_records_that_say_who_and_when_have_a_past(answers: dict[str, Any]) -> None:
    def of_history(name: str) -> list[str]:
        return [evidence["rule"] for evidence in answers[name]["evidence"] if evidence["source"] == "history"]

    assert of_history("known 0") == []
    assert of_history("known 8") != []
    assert not any(of_history(f"timeless {n}") for n in range(9))


def test_a_label_holds_when_a_rule_asserts_it(answers: dict[str, Any]) -> None:
    assert "diversion" in answers["emoji"]["labels"]
    assert "personal_data" in answers["decomposed"]["labels"]


def test_a_label_holds_from_the_models_review_threshold(answers: dict[str, Any]) -> None:
    from streambot.classify.manifest import load_manifest
    from streambot.resources import model_folder

    manifest = load_manifest(model_folder("live-mini"))
    for name, answer in answers.items():
        if name == "record":
            continue  # its lang is the record's, not the model's
        for label in Label:
            least = max(manifest.threshold(label, answer["lang"], "review"), shaded_below(answer["scores"].values()))
            if answer["scores"][label] > least + 0.0001:
                assert label in answer["labels"], name


def test_arguments_are_lines_too(streambot: Streambot) -> None:
    ran = streambot("check", "--site", "us", "hello", '{"text":"hi","id":"i"}', "-")
    assert (ran.code, ran.err) == (0, "")
    found = lines(ran.out.encode())
    assert [answer["text"] for answer in found] == ["hello", "hi", "-"]
    assert found[1]["id"] == "i"
    assert {answer["pack"].partition("@")[0] for answer in found} == {"us"}


def test_an_argument_that_is_not_utf_8_is_judged_like_a_line(streambot: Streambot) -> None:
    (answer,) = lines(streambot("check", os.fsdecode(b"\xff hi")).out.encode())
    assert answer["text"] == "\ufffd hi"


def test_a_table_is_for_people_and_cannot_move_their_cursor(streambot: Streambot) -> None:
    ran = streambot("check", "--format", "table", "add me on LINE @shop77 \x1b[2J\u202e\x9b", "how much")
    assert ran.code == 0
    assert ran.out.startswith("hide    diversion")
    assert [line for line in ran.out.splitlines() if not line.startswith(" ")] == [
        ran.out.splitlines()[0],
        ran.out.splitlines()[-1],
    ]
    assert not set(ran.out) & {"\x1b", "\u202e", "\x9b"}


def test_a_table_gives_each_reason_with_its_rule_in_the_sites_language(streambot: Streambot) -> None:
    ran = streambot("check", "--format", "table", "--site", "th", "add me on LINE @shop77")
    assert "        ชวนผู้ชมไปติดต่อบนแพลตฟอร์มอื่น «LINE» [diversion.contact]" in ran.out.splitlines()


def test_json_has_the_reasons_where_a_language_is_asked_for(streambot: Streambot) -> None:
    lines_ = ("add me on LINE @shop77", '{"text":"it cures acne","author":{"id":"h","roles":["host"]}}', "x " * 1200)
    viewers, own, long = lines(streambot("check", "--lang", "zh", *lines_).out.encode())
    assert (viewers["evidence"][0]["rule"], viewers["evidence"][0]["why"]) == (
        "diversion.contact",
        "引导观众到站外联系方式。",
    )
    assert "suggestion" not in viewers["evidence"][0]
    assert (own["action"], own["evidence"][0]["rule"]) == ("allow", "shop.claim.cure")
    assert "使用感受因人而异" in own["evidence"][0]["suggestion"]
    assert [entry["why"] for entry in long["evidence"] if entry["rule"] == "too_long"] == [
        "超出单条评论的可读长度，其余部分请人工查看。"
    ]


def test_without_input_on_a_terminal_it_says_what_it_wants(
    streambot: Streambot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    ran = streambot("check")
    assert (ran.code, ran.out) == (2, "")
    assert "stdin" in ran.err


def test_a_model_that_fails_leaves_the_rules_and_says_so_once(
    streambot: Streambot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(self: object, comment: object) -> None:
        raise ClassifierError("the model failed.", code="model_failed")

    monkeypatch.setattr("streambot.classify.batcher.Batcher.classify", fails)
    ran = streambot("check", "add me on LINE @shop77", "hello")
    found = lines(ran.out.encode())
    assert (ran.code, ran.err.count("\n")) == (0, 1)
    assert [(answer["action"], answer["degraded"]) for answer in found] == [("hide", True), ("allow", True)]
    assert found[1]["intent"] == {"name": None, "score": 0.0}


def test_a_short_queue_for_live_rooms_sheds_nothing_here(streambot: Streambot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAMBOT_CLASSIFIER__QUEUE", "1")
    ran = streambot("check", *(f"line {n}" for n in range(40)))
    assert (ran.code, ran.err) == (0, "")
    assert [answer["degraded"] for answer in lines(ran.out.encode())] == [False] * 40


def test_the_pasts_of_many_rooms_do_not_pile_up() -> None:
    from streambot.platforms.records import parse_check_line

    past = command._Past()
    for n in range(command.ROOMS * 2):
        assert past.of(parse_check_line(record(author="u", sent_at=SENT, room=f"r{n}"), number=n, now=SENT))
    assert len(past._rooms) == command.ROOMS
    assert past.of(parse_check_line(record(room="r0"), number=0, now=SENT)) is None


def test_a_line_is_answered_before_the_next_one_comes_and_ctrl_c_ends_it_while_it_waits(tmp_path: Path) -> None:
    with start(tmp_path, "check", "-") as asked:
        assert asked.stdin
        assert asked.stdout
        for text in ("first", "second"):
            asked.stdin.write(f"{text}\n".encode())
            asked.stdin.flush()
            assert json.loads(asked.stdout.readline())["text"] == text
        asked.send_signal(signal.SIGINT)
        assert asked.wait(PATIENCE) == 130
        assert asked.stderr
        assert asked.stderr.read() == b""


def test_memory_does_not_grow_with_the_input(tmp_path: Path) -> None:
    def resident() -> int:
        status = Path(f"/proc/{asked.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0])

    with start(tmp_path, "check", "-") as asked:
        assert asked.stdin
        assert asked.stdout
        sizes = []
        for _ in range(4):
            # As many as the pipes hold are under way at once; each is answered before the next round.
            for _ in range(50):
                asked.stdin.write(b"how much is the blue one?\n" * 50)
                asked.stdin.flush()
                for _ in range(50):
                    asked.stdout.readline()
            sizes.append(resident())
        asked.stdin.close()
        assert asked.wait(PATIENCE) == 0
    assert sizes[-1] - sizes[0] < 8 * 1024


def test_whoever_stops_reading_is_not_talked_to(tmp_path: Path) -> None:
    script = f"yes hello | '{sys.executable}' -m streambot check - | head -n 1 > first; echo ${{PIPESTATUS[@]}}"
    ran = subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        cwd=tmp_path,
        env=environment(tmp_path),
        timeout=PATIENCE,
        check=False,
    )
    assert (ran.stdout.split(), ran.stderr) == ([b"141", b"141", b"0"], b"")
    assert json.loads((tmp_path / "first").read_bytes())["text"] == "hello"
