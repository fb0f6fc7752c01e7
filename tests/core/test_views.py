import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from streambot.core import alignment
from streambot.core.alignment import align
from streambot.core.canonical import MARKS_PER_BASE, VISIBLE_LIMIT, is_cut
from streambot.core.joined import HIDDEN
from streambot.core.views import ViewName, Views, canonical

# Letters, marks, jamo, format characters and digits close together, where foldings interact.
_TROUBLE = st.text(
    st.one_of(
        st.characters(),
        st.characters(min_codepoint=0x300, max_codepoint=0x36F),
        st.characters(min_codepoint=0xE00, max_codepoint=0xE5F),
        st.characters(min_codepoint=0x1100, max_codepoint=0x11FF),
        st.characters(min_codepoint=0x2000, max_codepoint=0x206F),
        st.characters(min_codepoint=0xFF00, max_codepoint=0xFFEF),
        st.sampled_from("aAzl10 .đĐựſßİﬀ零壹１①𝐳\u0345\u20e3\ufe0f\u200b\ud800\x00"),
    ),
    max_size=60,
)


@given(_TROUBLE)
@example("a\u0345\u0345\u0300")
@example("\uac00\u11a8\u11a8")
@example("ก้ำ\u0e48\u0e48\u0e48")
def test_reading_a_reading_changes_nothing(text):
    assert canonical(canonical(text)) == canonical(text)


@settings(max_examples=300)
@given(_TROUBLE)
def test_every_place_in_every_view_is_something_the_viewer_typed(text):
    views = Views(text)
    for name in ViewName:
        view = views[name]
        for at in range(len(view.text)):
            start, end = view.original_span(at, at + 1)
            assert 0 <= start < end <= len(text)
            assert (
                canonical(text[start:end])
                or view.text[at] in {" ", HIDDEN}
                or unicodedata.category(view.text[at])[0] == "M"
            )


@settings(max_examples=300)
@given(_TROUBLE)
def test_the_alignment_spells_the_canonical_text(text):
    pieces = align(text)
    assert "".join(char for char, _, _ in pieces) == canonical(text)
    starts = [start for _, start, _ in pieces]
    assert starts == sorted(starts) or "\u202e" in text


def test_a_place_that_cannot_be_told_is_the_whole_comment(monkeypatch):
    monkeypatch.setattr(alignment, "_squeeze", lambda pieces: pieces)
    assert align("Ｓooooo") == [("s", 0, 6), ("o", 0, 6), ("o", 0, 6)]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("fu\u200bck", "fuck"),
        ("Ｆ\u00adＲＥＥ", "free"),
        ("𝐛𝐨𝐰𝐨𝟖𝟖", "bowo88"),
        ("①②③", "123"),
        ("soooooo", "soo"),
        ("1000", "1000"),
        ("零零零", "零零零"),
        ("  a \n\t b  ", "a b"),
        ("gia\u0301 bao nhie\u0302u", "giá bao nhiêu"),
        ("น้ำหอม", unicodedata.normalize("NFKC", "น้ำหอม")),
        ("a\x00b\ud800c", "abc"),
    ],
)
def test_canonical_reads_what_a_person_sees(typed, read):
    assert canonical(typed) == read


def test_vietnamese_typed_in_pieces_is_one_text():
    whole = "giá đó đẹp quá, ạ"
    assert canonical(unicodedata.normalize("NFD", whole)) == canonical(whole) == whole


def test_marks_beyond_three_are_decoration():
    assert len(canonical("x" + "\u0335" * 50)) == 1 + 2  # three kept, equal ones squeezed to two
    distinct = "\u0316\u0317\u0318\u0319\u031c"
    assert len(canonical("x" + distinct)) == 1 + MARKS_PER_BASE


@pytest.mark.parametrize(
    ("typed", "view", "read"),
    [
        ("z.a.l.o", ViewName.COMPACT, "zalo"),
        ("z🌸a🌸l🌸o", ViewName.COMPACT, "zalo"),
        ("แ.อ.ด.ไ.ล.น์", ViewName.COMPACT, "แอดไลน์"),
        ("Nổ hũ đây", ViewName.BARE, "no hu day"),
        ("g4c0r", ViewName.LEET, "gacor"),
        ("саsino", ViewName.LEET, "casino"),
        ("fuuuuck", ViewName.SINGLE, "fuck"),
        ("๐๘๑", ViewName.DIGITS, "081"),
        ("壹叁捌", ViewName.DIGITS, "138"),
        ("1️⃣2️⃣", ViewName.DIGITS, "12"),
        ("không chín tám", ViewName.DIGITS, "0 9 8"),
        ("nol delapan satu", ViewName.DIGITS, "0 8 1"),
        ("o9o1", ViewName.DIGITS, "0901"),
        ("order 7'2'8'1'9'3'0", ViewName.DIGITS, "order 7281930"),
        ("身.份.证 1_1_0_1_0_1", ViewName.DIGITS, "身份证 110101"),
        ("0987 5👍🏻55 014", ViewName.DIGITS, "0987 555 014"),
        ("size 36-37-38", ViewName.DIGITS, "size 36-37-38"),
        ("s m l 1 2", ViewName.DIGITS, "s m l 1 2"),
    ],
)
def test_each_view_reads_its_disguise(typed, view, read):
    assert Views(typed)[view].text == read


@pytest.mark.parametrize("plain", ["is this 450ms", "pizza lover", "giá trị", "không có", "今天多少钱", "hello"])
def test_a_view_that_changes_nothing_shares_the_text(plain):
    views = Views(plain)
    for name in (ViewName.COMPACT, ViewName.SINGLE):
        assert views[name].same
    assert views.text == plain


def test_a_place_of_astral_text_counts_code_points():
    text = "hi 𝐳😀𝐚😀𝐥😀𝐨!"
    view = Views(text)[ViewName.COMPACT]
    at = view.text.index("zalo")
    assert text[slice(*view.original_span(at, at + 4))] == "𝐳😀𝐚😀𝐥😀𝐨"


def test_a_letter_that_folding_makes_longer_shifts_no_place():
    text = "İ mẹ mày"
    assert text[slice(*Views(text).original_span(3, 9))] == "mẹ mày"


def test_a_number_word_is_marked_whole():
    text = "gọi không chín tám nhé"
    view = Views(text)[ViewName.DIGITS]
    at = view.text.index("0 9 8")
    assert text[slice(*view.original_span(at, at + 5))] == "không chín tám"


def test_a_long_text_is_cut_and_says_so():
    assert not is_cut("x" * VISIBLE_LIMIT)
    assert is_cut("x" * (VISIBLE_LIMIT + 1))
    assert is_cut("\ufdfa" * 200)
    assert is_cut("㌖" * 60 + "violation")
    assert not is_cut("สวย" * 200)


@pytest.mark.parametrize(
    "text",
    ["a" + "\u0300\u0316\u0327" * 3333, "x" * 1_000_000, "\ufdfa" * 2000, "z a l o " * 500, "😀" * 4000, "ก้ำ" * 1300],
    ids=["marks", "megabyte", "ligatures", "spaced", "emoji", "thai"],
)
def test_no_text_takes_long(text):
    def once():
        canonical.cache_clear()
        start = time.process_time()
        views = Views(text)
        for name in ViewName:
            assert views[name].text is not None
        return time.process_time() - start

    # 2 ms is the promise; the best of five on a busy machine, with room for a slow one.
    assert min(once() for _ in range(5)) < 0.006


@pytest.mark.parametrize("text", ["gọi không chín tám ba nhé 12", "โทรศูนย์แปดหนึ่ง 09", "0-8-1-2-3-4 nhé", "一二 ๓ 4"])
def test_every_sign_of_the_digits_view_stands_where_it_was_read(text):
    views = Views(text)
    view = views[ViewName.DIGITS]
    places = [view.canonical_span(at, at + 1) for at in range(len(view.text))]
    assert places == sorted(places)
    assert places[-1][1] == len(views.text)
    assert all(view.text[at] == views.text[slice(*place)] for at, place in enumerate(places) if view.text[at].isalpha())
    assert [view.at(start) for start, _ in places] == [places.index(place) for place in places]
