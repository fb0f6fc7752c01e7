"""Any line at all: a capture makes a Comment or a CommentError of it, ``streambot check`` a Comment."""

from __future__ import annotations

import json

from hypothesis import example, given
from hypothesis import strategies as st

from streambot.core.comment import MAX_ID, MAX_TEXT, Comment
from streambot.core.errors import CommentError
from streambot.platforms.records import parse_check_line, parse_record

NOW = 1_800_000_000.0
SENT = 1_790_000_000.0

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**18, max_value=10**400)
    | st.floats()
    | st.text(st.characters())
    | st.text(st.characters(categories=("Cs", "Cc")))
    | st.sampled_from(["host", "2099-01-01T00:00:00Z", "2020-01-01T00:00:00+23:59"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
AUTHORS = JSON | st.fixed_dictionaries({}, optional={"id": JSON, "name": JSON, "roles": JSON})
RECORDS = st.fixed_dictionaries(
    {"text": JSON | st.text(min_size=1)},
    optional={"id": JSON, "room": JSON, "platform": JSON, "author": AUTHORS, "sent_at": JSON, "lang": JSON},
)
LINES = (
    st.binary(max_size=60)
    | st.text(st.characters(), max_size=60)
    | JSON.map(json.dumps)
    | RECORDS.map(json.dumps)
    | RECORDS.map(lambda record: json.dumps(record, ensure_ascii=False))
)


def assert_fit(comment: Comment) -> None:
    texts = (comment.id, comment.text, comment.author.id, comment.author.name, comment.room.id, comment.room.platform)
    for text in texts:
        text.encode()
        assert "\0" not in text
    assert 1 <= len(comment.id) <= MAX_ID
    assert 1 <= len(comment.author.id) <= MAX_ID
    assert len(comment.text) <= MAX_TEXT
    assert 0 < comment.sent_at <= NOW + 86_400


def outcome(line: bytes | str, previous: float | None) -> Comment | str:
    try:
        return parse_record(line, room="evening", number=1, previous=previous, now=NOW)
    except CommentError as error:
        return error.code


@given(line=LINES, previous=st.none() | st.just(SENT))
@example(line='{"text":"\\ud800"}', previous=None)
def test_any_line_is_a_comment_or_a_comment_error(line, previous):
    result = outcome(line, previous)
    if isinstance(result, str):
        assert result.startswith(("bad_", "no_", "not_", "too_"))
    else:
        assert_fit(result)
    assert outcome(line, previous) == result


@given(line=LINES)
def test_any_line_of_check_is_a_comment(line):
    assert_fit(parse_check_line(line, number=1, now=NOW))


def check(line, number=1) -> Comment:
    return parse_check_line(line, number=number, now=NOW)


def test_a_line_that_is_no_record_is_the_text():
    for line in (
        "how much?",
        '{"text":5}',
        '["text"]',
        '{"text":"a"',
        "12",
        '{"text":NaN}',
        "  a  ",
        "",
        "[" * 200_000,
    ):
        comment = check(line)
        assert comment.text == line[:MAX_TEXT]
        assert not comment.traceable


def test_a_text_line_loses_its_line_end_and_nothing_else():
    assert check(b"a\xe2\x80\xa8b\x0b\x85\n").text == "a\u2028b\x0b\ufffd"
    assert check(b"a\r\n").text == "a"


def test_a_record_of_check_may_name_language_and_author_in_short():
    comment = check('{"text":"giá?","lang":"vi","author":"u1","sent_at":1790000000,"id":"x","room":"r"}')
    assert (comment.language_hint, comment.author.id, comment.id, comment.room.id) == ("vi", "u1", "x", "r")
    assert comment.traceable
    assert check('{"text":"a","author":{"id":"u1","name":"N"}}').author.name == "N"
    assert check('{"text":""}').text == ""


def test_a_field_of_the_wrong_type_costs_check_that_field_only():
    comment = check('{"text":"a","id":[],"author":5,"sent_at":"soon","room":{},"platform":true,"lang":7}')
    assert comment.text == "a"
    assert comment.language_hint is None
    assert set(comment.notes) == {f"{name}_ignored" for name in ("id", "author", "sent_at", "room", "platform")}
