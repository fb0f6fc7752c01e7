"""A record of a live connection becomes a comment of a known room."""

from __future__ import annotations

import pytest

from streambot.core.comment import Comment, Role, Room
from streambot.core.errors import CommentError
from streambot.platforms.intake import BACKLOG, comment_of, read_json

ROOM = Room("th-beauty", "tiktok", "@shop_th")
NOW = 1_795_000_000.0


def take(now: float = NOW, **record) -> Comment:
    return comment_of({"text": "how much?", **record}, room=ROOM, now=now)


def test_a_full_record_is_taken_as_it_is_but_for_the_room():
    comment = take(
        id="7617107657484225293",
        room="elsewhere",
        platform="other",
        author={"id": "u1", "name": "Mint", "roles": ["staff"]},
        sent_at=NOW - 5,
    )
    assert comment.room is ROOM
    assert comment.key == ("tiktok", "@shop_th", "7617107657484225293")
    assert (comment.author.id, comment.author.name, comment.author.roles) == ("u1", "Mint", {Role.STAFF})
    assert (comment.sent_at, comment.received_at) == (NOW - 5, NOW)
    assert comment.traceable
    assert not comment.id_synthetic


def test_an_id_of_nineteen_digits_keeps_every_digit():
    assert take(id=7617107657484225293).id == "7617107657484225293"


def test_without_a_time_the_author_is_traceable_by_our_own():
    comment = take(id="c", author={"id": "u1"})
    assert comment.sent_at == NOW
    assert comment.traceable


@pytest.mark.parametrize("author", [None, {}, {"name": "Mint"}, {"id": None}, {"id": ""}])
def test_an_author_without_an_id_cannot_be_traced(author):
    comment = take(id="c", author=author)
    assert not comment.traceable
    assert comment.author.id == comment.id == "c"


def test_an_author_whose_id_is_also_the_comments_is_known():
    assert take(id="7", author={"id": "7"}).traceable


def test_a_made_id_is_the_same_for_the_same_comment_sent_again_later():
    said = {"author": {"id": "u1"}, "sent_at": NOW - 30.25}
    first, again = take(**said), take(now=NOW + 400, **said)
    assert first.id == again.id
    assert first.id_synthetic
    assert again.id_synthetic


@pytest.mark.parametrize(
    "other",
    [{"text": "how much??"}, {"author": {"id": "u2"}}, {"author": {"id": "u1", "name": "N"}}, {"sent_at": NOW - 30}],
)
def test_a_made_id_tells_text_author_and_time_apart(other):
    said = {"author": {"id": "u1"}, "sent_at": NOW - 30.25}
    assert take(**said).id != take(**{**said, **other}).id


def test_a_made_id_tells_rooms_apart():
    elsewhere = comment_of({"text": "how much?"}, room=Room("th-beauty", "twitch", "@shop_th"), now=NOW)
    assert take().id != elsewhere.id


def test_without_a_time_the_same_words_are_one_comment_within_a_second_only():
    said = {"author": {"id": "u1"}}
    assert take(now=NOW, **said).id == take(now=NOW + 0.9, **said).id
    assert take(now=NOW, **said).id != take(now=NOW + 1.1, **said).id


def test_a_time_that_was_refused_does_not_make_an_id_of_its_own():
    said = {"author": {"id": "u1"}}
    clamped = take(sent_at=NOW + 1e8, **said)
    assert clamped.notes == ("time_future",)
    assert clamped.id == take(**said).id


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ([], "not_object"),
        ("text", "not_object"),
        (None, "not_object"),
        ({}, "no_text"),
        ({"text": 5}, "bad_text"),
        ({"text": "a", "id": []}, "bad_id"),
        ({"text": "a", "author": "Mint"}, "bad_author"),
        ({"text": "a", "author": {"roles": "host"}}, "bad_roles"),
        ({"text": "a", "sent_at": "soon"}, "bad_time"),
        ({"text": "a", "sent_at": float("inf")}, "bad_time"),
        ({"text": "a", "sent_at": float("nan")}, "bad_time"),
        ({"text": "a", "id": float("nan")}, "bad_id"),
        ({"text": "a", "backlog": "no"}, "bad_backlog"),
    ],
)
def test_what_is_no_comment_is_told_by_its_code(record, code):
    with pytest.raises(CommentError) as caught:
        comment_of(record, room=ROOM, now=NOW)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("age", "said", "backlog"),
    [(BACKLOG + 1, None, True), (BACKLOG - 1, None, False), (BACKLOG + 1, False, True), (0, True, True)],
)
def test_what_was_written_before_we_joined_is_backlog(age, said, backlog):
    comment = comment_of({"text": "a", "sent_at": NOW - age, "backlog": said}, room=ROOM, now=NOW + 500, joined=NOW)
    assert comment.backlog is backlog


def test_what_is_brought_late_is_no_backlog_unless_it_says_so():
    assert not take(sent_at=NOW - 9000).backlog
    assert take(sent_at=NOW - 9000, backlog=True).backlog


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff", "bad_utf8"),
        (b"{", "bad_json"),
        (b"", "bad_json"),
        (b"[" * 200_000, "too_deep"),
        (b"1" * 5000, "bad_json"),
    ],
)
def test_what_is_no_json_is_told_by_its_code(data, code):
    with pytest.raises(CommentError) as caught:
        read_json(data)
    assert caught.value.code == code
