"""``streambot questions`` against its contract (issue 6): every question of a capture, counted once."""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streambot.classify.choice import open_model
from streambot.cli.questions import Question, clustered
from streambot.core.comment import Comment, Role
from streambot.core.labels import LANGUAGES, Intent
from streambot.core.verdict import Judgement
from streambot.resources import model_folder
from streambot.testing import a_comment
from tests.cli.conftest import Streambot
from tests.cli.processes import lines, run

KEYS = ["cluster", "question", "intent", "item", "count", "askers", "languages"]


def record(text: str, identity: object = None, author: str | None = None, **fields: Any) -> str:
    given_ = {"id": identity, "text": text, "author": {"id": author} if author else None, **fields}
    return json.dumps({name: value for name, value in given_.items() if value is not None}, ensure_ascii=False)


@pytest.fixture
def asked(streambot: Streambot, tmp_path: Path) -> Any:
    """What the command says of a capture of these lines."""

    def call(*written: str) -> list[dict[str, Any]]:
        capture = tmp_path / "capture.jsonl"
        capture.write_text("".join(f"{line}\n" for line in written), encoding="utf-8")
        ran = streambot("questions", str(capture), "--members", "--json")
        assert (ran.code, ran.err) == (0, "")
        return lines(ran.out.encode())

    return call


def test_every_question_is_one_line_with_the_contracts_fields_in_their_order(asked: Any) -> None:
    found = asked(record("how much is #3?", 1), record("3号多少钱", 2), record("is it cotton?", 3))
    assert found
    for question in found:
        assert list(question) == [*KEYS, "members"]
        assert question["intent"] in set(Intent)
        assert question["intent"].startswith("question.")
        assert question["count"] == len(question["members"]) >= question["askers"] >= 1
        assert set(question["languages"]) <= set(LANGUAGES)
    assert sorted(member for question in found for member in question["members"]) == ["1", "2", "3"]


def test_members_are_there_where_they_are_asked_for(streambot: Streambot, tmp_path: Path) -> None:
    (tmp_path / "capture").write_text(record("how much is #3?", "a"), encoding="utf-8")
    (question,) = lines(streambot("questions", "capture").out.encode())
    assert list(question) == KEYS
    assert question["item"] == "3"
    assert question["question"] == "how much is #3?"


def test_the_price_of_one_item_is_not_the_price_of_another(asked: Any) -> None:
    prices = {
        number: [f"how much is #{number}?", f"{number}号多少钱", f"mã {number} giá bao nhiêu"] for number in (3, 5)
    }
    found = asked(*(record(text, f"{number}-{n}") for number, texts in prices.items() for n, text in enumerate(texts)))
    for question in found:
        assert {member[0] for member in question["members"]} == {question["item"]}
    assert {question["item"] for question in found} == {"3", "5"}


def test_comments_are_counted_and_so_are_the_people_who_ask(asked: Any) -> None:
    (question,) = asked(
        record("how much is #3?", 1, "ann"),
        record("HOW MUCH is #3?", 2, "ann"),
        record("how much is #3?", 3, "ben"),
        record("how much is #3?", 4),
    )
    assert (question["count"], question["askers"], question["members"]) == (4, 3, ["1", "2", "3", "4"])
    assert question["question"] == "how much is #3?"


def test_a_comment_that_is_delivered_twice_is_counted_once(asked: Any) -> None:
    (question,) = asked(*[record("how much is #3?", 7, "ann")] * 3)
    assert (question["count"], question["members"]) == (1, ["7"])


def test_what_most_people_ask_comes_first(asked: Any) -> None:
    once, often = record("is it cotton?", 1, "ann"), [record("how much is #3?", f"p{n}", f"u{n}") for n in range(3)]
    assert [question["askers"] for question in asked(once, *often)] == [3, 1]


def test_the_shop_and_chatter_ask_nothing(asked: Any) -> None:
    host = {"id": "h", "roles": ["host"]}
    own = json.dumps({"id": 1, "text": "how much is #3?", "author": host})
    assert asked(own, record("so pretty 😍😍", 2), record("1", 3)) == []


def test_the_language_of_a_record_is_believed(asked: Any) -> None:
    (question,) = asked(record("how much is #3?", 1, lang="tl"), record("how much is #3?", 2, lang="tl"))
    assert question["languages"] == ["tl"]


def test_a_line_that_is_no_record_is_text(streambot: Streambot, tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_bytes(b"how much is #3?\r\nhow much is #3?\n\n  \n")
    (question,) = lines(streambot("questions", "lines.txt", "--members").out.encode())
    assert (question["count"], len(set(question["members"]))) == (2, 2)


def test_a_broken_record_is_told_once_and_costs_only_itself(streambot: Streambot, tmp_path: Path) -> None:
    broken = ['{"id":1,"te', '{"id":2}', '{"id":3,"te', '{"text":5}']
    good = [record("how much is #3?", 4), '{"id":5,"text":"how much is #3?","sent_at":"yesterday"}']
    (tmp_path / "capture").write_text("\n".join([*broken, *good]), encoding="utf-8")
    ran = streambot("questions", "capture", "--members")
    assert ran.code == 0
    assert [question["members"] for question in lines(ran.out.encode())] == [["4", "5"]]
    assert [line.partition(":")[2].split()[1] for line in ran.err.splitlines()] == ["1", "2", "4"]


def test_nothing_asked_is_no_line(streambot: Streambot, tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    ran = streambot("questions", "empty")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_a_file_that_is_not_there_is_a_usage_error(streambot: Streambot) -> None:
    ran = streambot("questions", "nowhere.jsonl", "--json")
    assert ran.code == 2
    assert ran.json["error"]["code"] == "input_missing"


def test_it_reads_a_pipe_and_what_is_gzipped(tmp_path: Path) -> None:
    capture = gzip.compress(f"{record('how much is #3?', 1)}\n".encode())
    ran = run(tmp_path, "questions", "-", "--members", stdin=capture)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert [question["members"] for question in lines(ran.stdout)] == [["1"]]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_it_is_a_table_that_cannot_move_the_cursor(
    streambot: Streambot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "capture").write_text(record("how much is #3?\x1b[2J", "id\x1b"), encoding="utf-8")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    streambot("questions", "capture", "--members")
    told = terminal.getvalue()
    assert told.split()[:5] == ["1", "question.price", "#3", "en", "how"]
    assert "\x1b" not in told
    assert told.count("\n") == 2


@cache
def _judge() -> Any:
    return open_model(model_folder("live-mini"), runtime="onnxruntime").model.judge


@cache
def _judged(texts: tuple[str, ...]) -> list[Judgement]:
    judged: list[Judgement] = _judge()(texts)
    return judged


def judge(texts: Any) -> list[Judgement]:
    """The shipped model; a small input that comes again is not judged again."""
    return _judged(tuple(texts))


TEXTS = [
    "how much is #3?", "HOW MUCH IS #3?", "3号多少钱", "เบอร์ 3 เท่าไหร่", "how much is #5?", "5号多少钱", "black left?",
    "สีดำยังมีไหม", "how long to hanoi?", "hà nội mấy ngày", "is it cotton?", "纯棉的吗", "so pretty", "1", "ready kak?",
]  # fmt: skip
comments = st.lists(
    st.builds(
        a_comment,
        st.sampled_from(TEXTS),
        id=st.integers(1, 30).map(str),
        author=st.sampled_from("abcde"),
        roles=st.sampled_from([(), (), (), (Role.HOST,)]),
    ),
    max_size=30,
    unique_by=lambda comment: comment.id,
)


def summary(question: Question) -> tuple[Any, ...]:
    return (question.cluster, question.text, question.intent, question.item, len(question.ids), len(question.askers))


@settings(max_examples=40, deadline=None)
@given(comments, st.randoms(use_true_random=False))
def test_the_order_of_simultaneous_askings_changes_nothing(given_: list[Comment], dice: Any) -> None:
    shuffled = dice.sample(given_, len(given_))
    one, other = clustered(given_, judge), clustered(shuffled, judge)
    assert [summary(question) for question in one] == [summary(question) for question in other]
    assert [sorted(question.ids) for question in one] == [sorted(question.ids) for question in other]
    assert [question.languages for question in one] == [question.languages for question in other]


@settings(max_examples=40, deadline=None)
@given(comments)
def test_nothing_is_counted_twice(given_: list[Comment]) -> None:
    found = clustered([*given_, *given_], judge)
    counted = Counter(member for question in found for member in question.ids)
    assert set(counted.values()) <= {1}
    assert counted.keys() <= {comment.id for comment in given_ if not comment.author.exempt}
    assert len({question.cluster for question in found}) == len(found)
    assert all(len(question.askers) <= len(question.ids) for question in found)
