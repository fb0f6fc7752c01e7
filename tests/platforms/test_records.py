"""One line of a capture: a Comment or a CommentError, whatever is in it."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from streambot.core.comment import MAX_ID, MAX_NAME, MAX_TEXT, Comment, Role
from streambot.core.errors import CommentError
from streambot.platforms.records import parse_record

NOW = 1_800_000_000.0
SENT = 1_790_000_000.0


def parse(line, *, number=1, previous=None) -> Comment:
    return parse_record(line, room="th-beauty", number=number, previous=previous, now=NOW)


def parse_fields(**fields) -> Comment:
    return parse(json.dumps({"text": "hello", **fields}))


def test_a_full_record_is_taken_as_it_is():
    comment = parse(
        b'{"id":"c1","room":"@shop","platform":"tiktok","author":{"id":"u1","name":"Bunda","roles":["host","member"]},'
        b'"text":"halo kak\\n\\t\\ud83d\\ude00","sent_at":1790000000.25}'
    )
    assert (comment.id, comment.text, comment.sent_at, comment.received_at) == (
        "c1",
        "halo kak\n\t😀",
        SENT + 0.25,
        NOW,
    )
    assert comment.key == ("tiktok", "@shop", "c1")
    assert comment.room.name == "@shop"
    assert (comment.author.id, comment.author.name) == ("u1", "Bunda")
    assert comment.author.roles == {Role.HOST, Role.MEMBER}
    assert comment.traceable
    assert not comment.id_synthetic
    assert comment.notes == ()


def test_everything_but_the_text_may_be_missing():
    comment = parse('{"text":"ราคาเท่าไหร่"}', number=7, previous=SENT)
    expected = sha256("th-beauty\x007\0ราคาเท่าไหร่".encode()).hexdigest()
    assert comment.id == comment.author.id == expected
    assert comment.key == ("replay", "th-beauty", expected)
    assert comment.sent_at == SENT
    assert comment.id_synthetic
    assert not comment.traceable


def test_null_is_missing():
    record = {"id": None, "room": None, "platform": None, "author": None, "text": "a", "sent_at": None}
    assert parse(json.dumps(record)) == parse('{"text":"a"}')
    record["author"] = {"id": None, "name": None, "roles": None}
    assert parse(json.dumps(record)) == parse('{"text":"a"}')


def test_the_first_record_without_a_time_gets_ours():
    assert parse('{"text":"a"}').sent_at == NOW


def test_the_same_text_on_another_line_is_another_comment():
    assert parse('{"text":"a"}', number=1).id != parse('{"text":"a"}', number=2).id


@pytest.mark.parametrize(
    ("fields", "traceable"),
    [
        ({"author": {"id": "u"}, "sent_at": SENT}, True),
        ({"author": {"id": "u"}}, False),
        ({"sent_at": SENT}, False),
        ({"author": {"name": "Bunda"}, "sent_at": SENT}, False),
        ({"author": {"id": ""}, "sent_at": SENT}, False),
    ],
)
def test_history_speaks_only_when_author_and_time_were_given(fields, traceable):
    assert parse_fields(**fields).traceable is traceable


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (1_790_000_000, SENT),
        ("2026-09-21T14:13:20Z", SENT),
        ("2026-09-21t14:13:20z", SENT),
        ("2026-09-21 21:13:20+07:00", SENT),
        ("2026-09-21T08:43:20.5-05:30", SENT + 0.5),
        ("2026-09-21T14:13:20.123456789Z", SENT + 0.123456),
        ("2016-12-31T23:59:60Z", 1_483_228_799.0),
    ],
)
def test_times_are_unix_seconds_or_rfc_3339(written, seconds):
    comment = parse_fields(sent_at=written)
    assert comment.sent_at == seconds
    assert comment.notes == ()


@pytest.mark.parametrize(
    ("written", "note"),
    [
        ("2099-01-01T00:00:00Z", "time_future"),
        (NOW + 86_401, "time_future"),
        (1_790_000_000_000, "time_future"),
        (-5, "time_past"),
        (0, "time_past"),
        ("1999-12-31T23:59:59Z", "time_past"),
        ("0001-01-01T00:00:00+14:00", "time_past"),
    ],
)
def test_a_time_out_of_bounds_becomes_the_previous_one(written, note):
    line = json.dumps({"text": "a", "author": {"id": "u"}, "sent_at": written})
    assert (parse(line, previous=SENT).sent_at, parse(line).sent_at) == (SENT, NOW)
    assert parse(line).notes == (note,)
    assert parse(line).traceable


def test_a_clock_that_runs_ahead_by_a_time_zone_is_believed():
    assert parse_fields(sent_at=NOW + 50_000).sent_at == NOW + 50_000


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"", "bad_json"),
        (b"plain words", "bad_json"),
        (b'{"text":"a"', "bad_json"),
        (b'{"text":"a"} {"text":"b"}', "bad_json"),
        (b'{"text":NaN}', "bad_json"),
        (b'{"text":"a","sent_at":NaN}', "bad_json"),
        (b'{"text":"a","x":-Infinity}', "bad_json"),
        (b'{"text":"a","id":' + b"9" * 5000 + b"}", "bad_json"),
        (b'{"text":"a\x00b"}', "bad_json"),
        (b'{"text":"\xff\xfe"}', "bad_utf8"),
        (b'{"text":"\xed\xa0\x80"}', "bad_utf8"),
        (b'{"text":"a","x":' + b"[" * 200_000 + b"]" * 200_000 + b"}", "too_deep"),
        (b'{"a":' * 200_000, "too_deep"),
        (b"[]", "not_object"),
        (b'"text"', "not_object"),
        (b"null", "not_object"),
        (b"12", "not_object"),
        (b"{}", "no_text"),
        (b'{"text":null}', "no_text"),
        (b'{"text":""}', "no_text"),
        (b'{"text":5}', "bad_text"),
        (b'{"text":["a"]}', "bad_text"),
        (b'{"text":false}', "bad_text"),
        (b'{"text":"a","id":true}', "bad_id"),
        (b'{"text":"a","id":{}}', "bad_id"),
        (b'{"text":"a","id":1e309}', "bad_id"),
        (b'{"text":"a","room":["x"]}', "bad_room"),
        (b'{"text":"a","platform":false}', "bad_platform"),
        (b'{"text":"a","author":"u1"}', "bad_author"),
        (b'{"text":"a","author":7}', "bad_author"),
        (b'{"text":"a","author":{"id":[]}}', "bad_author"),
        (b'{"text":"a","author":{"name":5}}', "bad_author"),
        (b'{"text":"a","author":{"roles":"host"}}', "bad_roles"),
        (b'{"text":"a","author":{"roles":0}}', "bad_roles"),
        (b'{"text":"a","author":{"roles":[1]}}', "bad_roles"),
        (b'{"text":"a","author":{"roles":[["host"]]}}', "bad_roles"),
        (b'{"text":"a","sent_at":true}', "bad_time"),
        (b'{"text":"a","sent_at":1e309}', "bad_time"),
        (b'{"text":"a","sent_at":-1e309}', "bad_time"),
        (b'{"text":"a","sent_at":1' + b"0" * 400 + b"}", "bad_time"),
        (b'{"text":"a","sent_at":"1790000000"}', "bad_time"),
        (b'{"text":"a","sent_at":"2026-09-21T14:13:20"}', "bad_time"),
        (b'{"text":"a","sent_at":"2026-02-30T00:00:00Z"}', "bad_time"),
        (b'{"text":"a","sent_at":"2026-09-21T14:13:20+99:00"}', "bad_time"),
        ('{"text":"a","sent_at":"٢٠٢٦-09-21T14:13:20Z"}'.encode(), "bad_time"),
        (b'{"text":"a","sent_at":{}}', "bad_time"),
    ],
)
def test_a_malformed_record_is_rejected_with_its_reason(line, code):
    with pytest.raises(CommentError) as caught:
        parse(line)
    assert caught.value.code == code
    assert caught.value.message


def test_what_no_store_can_hold_is_replaced_one_for_one():
    comment = parse(r'{"text":"a\u0000b\ud800c\u001b[31m\r\n\td\udfff"}')
    assert comment.text == "a\ufffdb\ufffdc\x1b[31m\r\n\td\ufffd"
    assert comment.notes == ("text_cleaned",)


def test_a_megabyte_of_text_is_cut():
    comment = parse(json.dumps({"text": "ก" * 1_000_000}))
    assert comment.text == "ก" * MAX_TEXT
    assert comment.notes == ("text_cut",)


def test_texts_that_differ_only_behind_the_cut_are_two_comments():
    one, two = (parse(json.dumps({"text": "a" * MAX_TEXT + end})) for end in "xy")
    assert one.text == two.text
    assert one.id != two.id


def test_ten_thousand_combining_marks_are_a_text_like_any():
    assert parse(json.dumps({"text": "e" + "\u0301" * 10_000})).text == "e" + "\u0301" * (MAX_TEXT - 1)


def test_numbers_are_ids_and_keep_all_their_digits():
    comment = parse('{"text":"a","id":7617107657484225293,"room":12.0,"platform":3,"author":{"id":0.5}}')
    assert (comment.id, comment.room.id, comment.room.platform) == ("7617107657484225293", "12", "3")
    assert comment.author.id == "0.5"


@pytest.mark.parametrize("unfit", ["x" * (MAX_ID + 1), "a\ud800", "a\0", "a\nb"])
def test_ids_that_cannot_be_stored_are_hashed_and_stay_different(unfit):
    comment = parse_fields(id=unfit, room=unfit, platform=unfit, author={"id": unfit})
    assert len(comment.id) == len(comment.author.id) == len(comment.room.platform) == 64
    assert set(comment.notes) == {"id_hashed", "room_hashed", "platform_hashed", "author_hashed"}
    assert not comment.id_synthetic
    assert parse_fields(id=unfit + "!").id != comment.id


def test_two_ids_that_differ_in_a_lone_surrogate_stay_two():
    assert parse_fields(id="\ud800").id != parse_fields(id="\ud801").id


def test_an_unknown_role_is_dropped_and_noted():
    comment = parse_fields(author={"id": "u", "roles": ["viewer", "emperor"]})
    assert comment.author.roles == {Role.VIEWER}
    assert comment.notes == ("role_unknown",)


def test_a_long_name_is_cut_and_a_name_with_controls_cleaned():
    comment = parse_fields(author={"name": "\0\n" + "x" * 300})
    assert comment.author.name == "\ufffd\ufffd" + "x" * (MAX_NAME - 2)
    assert comment.notes == ("name_cut",)


def test_a_byte_order_mark_is_no_part_of_the_first_line():
    assert parse(b'\xef\xbb\xbf{"text":"a"}').text == "a"
    with pytest.raises(CommentError):
        parse(b'\xef\xbb\xbf{"text":"a"}', number=2)
