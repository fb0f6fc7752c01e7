"""JSON pointers, conditions, and an operator's JSON as the record of a capture."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streambot.core.errors import ConfigError
from streambot.platforms.fields import compile_fields
from streambot.platforms.markup import plain_text
from streambot.platforms.pointer import Condition, Pointer

# The document and the pointers of RFC 6901 §5.
RFC = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, 'k"l': 6, " ": 7, "m~n": 8}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", RFC), ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/c%d", 2), ("/e^f", 3),
        ("/g|h", 4), ("/i\\j", 5), ('/k"l', 6), ("/ ", 7), ("/m~0n", 8),
    ],
)  # fmt: skip
def test_pointers_find_what_the_rfc_says(text, value):
    assert Pointer.parse(text).find(RFC) == value


@pytest.mark.parametrize(
    "text",
    [
        "/foo/2",
        "/foo/-",
        "/foo/01",
        "/foo/-1",
        "/foo/٣",
        pytest.param("/foo/" + "9" * 5000, id="a huge index"),
        "/x",
        "/a~1b/c",
    ],
)
def test_what_is_not_there_is_none(text):
    assert Pointer.parse(text).find(RFC) is None


def test_an_escaped_tilde_is_not_unescaped_twice():
    assert Pointer.parse("/~01").find({"~1": "right", "/": "wrong"}) == "right"


@pytest.mark.parametrize("text", ["foo", "/~", "/~2", "/a~", 5, None])
def test_what_is_no_pointer_is_refused(text):
    with pytest.raises(ValueError, match="JSON pointer"):
        Pointer.parse(text)


@given(
    document=st.recursive(st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)),
    path=st.lists(st.text(max_size=3), max_size=4),
)
def test_any_pointer_can_be_looked_up_in_any_document(document, path):
    text = "".join("/" + token.replace("~", "~0").replace("/", "~1") for token in path)
    assert Pointer.parse(text).tokens == tuple(path)
    Pointer.parse(text).find(document)


@pytest.mark.parametrize(
    ("stated", "document", "holds"),
    [
        ("/mod", {"mod": True}, True),
        ("/mod", {"mod": False}, False),
        ("/mod", {}, False),
        ("/mod", {"mod": ""}, False),
        ({"/event": "chat"}, {"event": "chat"}, True),
        ({"/event": "chat"}, {"event": "gift"}, False),
        ({"/event": ["chat", "question"]}, {"event": "question"}, True),
        ({"/role": 4}, {"role": 4.0}, True),
        ({"/role": 1}, {"role": True}, False),
        ({"/mod": True}, {"mod": 1}, False),
        ({"/badges": "moderator"}, {"badges": ["vip", "moderator"]}, True),
        ({"/event": "chat"}, {"event": {"chat": 1}}, False),
    ],
)
def test_a_condition_asks_for_a_yes_or_for_a_value(stated, document, holds):
    (condition,) = Condition.parse_all(stated)
    assert condition.holds(document) is holds


def record(stated: dict, frame: object) -> object:
    (only,) = compile_fields(stated, where="fields").records(frame)
    return only


def test_every_field_of_a_record_can_be_mapped():
    assert record(
        {
            "text": "/content/text",
            "id": "/id",
            "author": {"id": "/user/id", "name": ["/user/nick", "/user/login"]},
            "roles": {"staff": "/user/mod", "host": {"/user/role": 4}, "member": ["/sub", "/user/sub"]},
            "sent_at": "/at",
        },
        {
            "content": {"text": "hi"},
            "id": 7,
            "user": {"id": "u", "login": "n", "role": 4, "sub": 1},
            "at": 1_795_000_000,
        },
    ) == {
        "text": "hi",
        "id": 7,
        "author": {"id": "u", "name": "n", "roles": ["host", "member"]},
        "sent_at": 1_795_000_000,
    }


@pytest.mark.parametrize(
    ("unit", "value", "seconds"),
    [
        ("s", 1_795_000_000, 1_795_000_000),
        ("s", "1795000000", 1_795_000_000),
        ("ms", 1_795_000_000_500, 1_795_000_000.5),
        ("ms", "1795000000500", 1_795_000_000.5),
        ("ms", "2026-11-18T11:06:40Z", "2026-11-18T11:06:40Z"),
        ("ms", True, True),
        pytest.param("ms", 10**400, 10**400, id="a huge integer"),
        ("ms", float("inf"), float("inf")),
        ("ms", None, None),
        ("s", "٣", "٣"),
    ],
)
def test_a_number_is_a_time_in_the_stated_unit_also_in_quotes(unit, value, seconds):
    assert record({"text": "/t", "sent_at": "/at", "time_unit": unit}, {"t": "a", "at": value})["sent_at"] == seconds


def test_one_frame_may_hold_several_comments_and_other_things():
    fields = compile_fields(
        {"comments": "/messages", "only_when": {"/type": "chat"}, "unless": ["/private"], "text": "/text"},
        where="fields",
    )
    frame = {
        "messages": [
            {"type": "chat", "text": "a"},
            {"type": "gift", "text": "b"},
            {"type": "chat", "text": "c", "private": True},
            "junk",
            {"type": "chat"},
        ]
    }
    records = list(fields.records(frame))
    assert [one if isinstance(one, str) else one["text"] for one in records] == ["a", "junk", None]
    assert list(fields.records({"other": 1})) == []


def test_a_frame_that_is_a_list_holds_several_comments():
    assert [one["text"] for one in compile_fields({"text": "/t"}, where="f").records([{"t": "a"}, {"t": "b"}])] == [
        "a",
        "b",
    ]


def test_html_is_read_as_text_except_where_it_is_plain():
    fields = {"text": "/t", "html": True, "plain_when": "/plain"}
    assert record(fields, {"t": "a &lt;3 <b>b</b>"})["text"] == "a <3 b"
    assert record(fields, {"t": "a <3 b", "plain": True})["text"] == "a <3 b"
    assert record(fields, {"t": 5})["text"] == 5


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("giá bao nhiêu?", "giá bao nhiêu?"),
        ('hi <img src="https://x/1.png" alt="😂"><img src=y>!', "hi 😂!"),
        ("one<br>two<br/>three", "one two three"),
        ("<script>alert(1)</script>x<style>all of it", "alert(1)xall of it"),
        ("&amp;lt;b&amp;gt; &#39;q&#39; &nope;", "&lt;b&gt; 'q' &nope;"),
        ("1 < 2 <", "1 < 2 <"),
        ("<a href='javascript:x'>link</a></p></script>", "link"),
        ("<!-- note -->a", "a"),
    ],
)
def test_what_a_viewer_sees_is_left_of_markup(markup, text):
    assert plain_text(markup).strip() == text


@given(st.text(st.sampled_from("<>/!-&;#\"'= abimgscrptylex123"), max_size=300))
def test_no_markup_is_too_broken(markup):
    plain_text(markup)


def test_endless_markup_is_cut():
    assert "x" not in plain_text("<b>" * 1_000_000 + "x")


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ({}, "fields.text: Field required"),
        ({"text": "comment"}, "fields.text: 'comment' is no JSON pointer: it begins with a slash, as in /comment"),
        ({"text": []}, "fields.text: an empty list"),
        ({"text": "/t", "txt": "/t"}, "fields.txt: .*Did you mean text"),
        ({"text": "/t", "author": {"nam": "/n"}}, "fields.author.nam"),
        ({"text": "/t", "time_unit": "us"}, "fields.time_unit"),
        ({"text": "/t", "only_when": {"event": "chat"}}, "fields.only_when: 'event' is no JSON pointer"),
        ({"text": "/t", "unless": 5}, "fields.unless"),
        ({"text": "/t", "roles": {"hots": "/h"}}, "fields.roles.hots: .*Did you mean host"),
        ({"text": "/t", "html": "yes"}, "fields.html"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_at_the_start(stated, told):
    with pytest.raises(ConfigError, match=told) as caught:
        compile_fields(stated, where="fields")
    assert caught.value.code == "fields_invalid"
