import time
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from streambot.core.canonical import canonical
from streambot.core.loose import loose, pieces, serving
from streambot.core.pinyin import spell, spelt_places
from streambot.core.skeleton import FILLER, skeleton
from streambot.core.views import OVERLAP, SLICE, ViewName, Views

_HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.characters(min_codepoint=0x370, max_codepoint=0x52F),
        st.characters(min_codepoint=0xE00, max_codepoint=0xE5F),
        st.characters(min_codepoint=0x1F100, max_codepoint=0x1F1FF),
        st.sampled_from("al1i@$!+|0o9 .💬❤เ亻言力口微信đẻ\u0336\u202e\ufe0f"),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("саsinо", "casino"),
        ("раypal", "paypal"),
        ("ｃаѕｉｎｏ", "casino"),
        ("fυck", "fuck"),
        ("с а s i n o", "c a s i n o"),
        ("🅰🅳🅳", "add"),
        ("🅐🅓🅓", "add"),
        ("ʟɪɴᴇ", "line"),
        ("🇱🇮🇳🇪", "line"),
        ("𝓵𝓲𝓷𝓮", "line"),
        ("Ⓛⓘⓝⓔ", "line"),
        ("l⭕ng", "long"),
        ("加薇信購買", "加薇信购买"),
        ("微亻言", "微信" + FILLER),
        ("เเอด", "แ" + FILLER + "อด"),
    ],
)
def test_a_letter_is_what_it_is_drawn_like(typed, read):
    assert skeleton(canonical(typed)) == read


@pytest.mark.parametrize(
    "honest",
    ["привет всем", "сок рот нос", "Ελλάδα", "สวัสดีค่ะ", "给力口红好看", "café", "giá bao nhiêu", "แอดline"],
)
def test_a_word_of_another_script_stays_what_it_is(honest):
    assert skeleton(canonical(honest)) == canonical(honest)


def test_a_long_word_that_could_be_latin_throughout_is_read_so():
    assert skeleton("сахаро") == "caxapo"
    assert skeleton("сорос") == "copoc"
    assert skeleton("рот") == "рот"


@settings(max_examples=400)
@given(_HOSTILE)
@example("亻言เเ🇱🇮 а ab")
def test_every_reading_has_a_place_for_each_of_its_letters(text):
    read = skeleton(canonical(text))
    assert len(read) == len(canonical(text))
    served = serving(read)
    assert len(served) == len(read)
    places = pieces(served)
    assert len(places) == len(loose(served))
    assert all(start < end for start, end in places)
    assert all(before[1] <= after[0] for before, after in pairwise(places))
    assert len(spelt_places(read)) == len(spell(read))


@settings(max_examples=200)
@given(_HOSTILE)
def test_a_skeleton_of_a_skeleton_is_the_same_but_for_what_became_latin(text):
    once = skeleton(canonical(text))
    assert len(skeleton(once)) == len(once)
    if once.isascii():
        assert skeleton(once) == once


@settings(max_examples=200)
@given(_HOSTILE)
def test_every_place_in_every_view_is_a_place_of_the_original(text):
    views = Views(text)
    for name in ViewName:
        view = views[name]
        for at in range(len(view.text)):
            start, end = view.original_span(at, at + 1)
            assert 0 <= start < end <= len(text)


@pytest.mark.parametrize("glue", ["", " ", "ก", "好"])
def test_slices_overlap_and_miss_nothing(glue):
    text = canonical(glue.join(f"w{number}" for number in range(600)))[:2000]
    slices = Views(text).slices
    assert len(slices) > 1
    assert slices[0].offset == 0
    assert slices[-1].offset + len(slices[-1].text) == len(text)
    for part in slices:
        assert len(part.text) <= SLICE
        assert part.text == text[part.offset : part.offset + len(part.text)]
        assert part.original_span(0, 1) == (part.offset, part.offset + 1)
    for one, other in pairwise(slices):
        assert OVERLAP // 2 < one.offset + len(one.text) - other.offset <= OVERLAP


def test_a_short_text_is_one_slice_and_the_same_object():
    views = Views("hello")
    assert list(views.slices) == [views]


def test_a_place_of_a_slice_is_a_place_of_what_was_typed():
    text = "ＨＥＬＬＯ  " * 100 + "z.a.l.o"
    part = Views(text).slices[-1]
    at = part.text.index("z.a.l.o")
    assert text[slice(*part.original_span(at, at + 7))] == "z.a.l.o"


@pytest.mark.parametrize(
    ("typed", "view", "read"),
    [
        ("แอ๊ดไลน์", ViewName.THAI, "แอดไลน"),
        ("加威信", ViewName.PINYIN, "jiaweixin"),
        ("jia wei-xin", ViewName.PINYIN, "jiaweixin"),
        ("加薇❤", ViewName.PINYIN, "jiaweixin"),
        ("有優惠嗎", ViewName.SKELETON, "有优惠吗"),
    ],
)
def test_each_new_view_reads_its_disguise(typed, view, read):
    assert Views(typed)[view].text == read


def test_a_thai_comment_is_not_spelt_in_pinyin():
    assert Views("ราคาเท่าไหร่คะ").spelt == ""


def test_the_readings_of_an_everyday_comment_cost_little():
    def once():
        canonical.cache_clear()
        start = time.process_time()
        views = Views("แม่ค้าคะ ตัวนี้ราคาเท่าไหร่ มีไซส์ M ไหม")
        assert views.loose
        assert views.spelt == ""
        return time.process_time() - start

    assert min(once() for _ in range(20)) < 0.0005


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("\u202eenil\u202c id", "line id"),
        ("add \u202eenil ym", "add my line"),
        ("a\u202ecb\u202cd\u202efe", "abcdef"),
        ("\u202a\u2067line\u2069\u202c", "line"),
    ],
)
def test_a_text_is_read_in_the_order_in_which_it_is_shown(typed, read):
    assert canonical(typed) == read


def test_a_place_in_a_text_shown_from_its_end_is_where_it_was_typed():
    text = "ok \u202eolaz\u202c now"
    views = Views(text)
    at = views.text.index("zalo")
    assert text[slice(*views.original_span(at, at + 4))] == "olaz"


@pytest.mark.parametrize(("typed", "read"), [("⒦⒤⒧⒧", "kill"), ("🄐🄑", "ab"), ("⑴⑵ ⒜", "12 a")])
def test_a_letter_in_brackets_is_that_letter(typed, read):
    assert canonical(typed) == read


def test_a_vowel_drawn_out_with_its_consonant_is_one():
    text = canonical("เงิงิงิงิน")
    assert skeleton(text).replace(FILLER, "") == "เงิน"
    assert len(skeleton(text)) == len(text)
    assert skeleton("นานา") == "นานา"
