"""Chinese terms by their sound: for rules that ask for it, and only where a whole term sounds so."""

import pytest

from tests.classify.rules import found

ASKED = 'views = ["canonical", "skeleton", "compact", "pinyin"]\nterms = ["{}"]'


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("加微信", "加威信"),
        ("加微信", "佳薇芯"),
        ("加微信", "加wei信"),
        ("加微信", "jia微信"),
        ("加微信", "jia wei xin"),
        ("加微信", "j-i-a-w-e-i-x-i-n"),
        ("高仿", "g a o f a n g"),
        ("加微信", "JiaWeiXin"),
        ("加微信", "ｊｉａ·ｗｅｉ·ｘｉｎ"),
        ("加微信", "加薇❤️"),
        ("加微信", "加 威 信"),
        ("加微信", "加維信"),
        ("刷单兼职", "唰单兼职"),
        ("qq群", "qq裙"),
        ("高仿", "高房"),
    ],
)
def test_a_term_is_found_by_its_sound(term, text):
    assert found(ASKED.format(term), text) == [text.removesuffix("\ufe0f")]


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("加微信", "加微"),
        ("加微信", "家,威信"),
        ("加微信", "jia wei xing"),
        ("加微信", "ajia weixin"),
        ("加微信", "jia weixing"),
        ("西安", "先"),
        ("高仿", "搞方"),
        ("高仿", "gaofang"[:6]),
        ("加v", "家v"),
        ("加微信", "เจียเหว่ยซิน"),
    ],
)
def test_what_only_begins_to_sound_like_it_is_let_be(term, text):
    assert found(ASKED.format(term), text) == []


def test_a_rule_that_does_not_ask_hears_only_what_is_too_long_to_sound_like_another():
    assert found('terms = ["加微信"]', "佳薇芯") == ["佳薇芯"]
    assert found('terms = ["高仿"]', "高房") == []
    assert found('terms = ["加微信"]\nviews = ["canonical"]', "佳薇芯") == []


def test_a_term_typed_in_pinyin_needs_fewer_letters_amid_chinese():
    assert found(ASKED.format("大妈"), "da ma hao") == []
    assert found(ASKED.format("傻瓜"), "主播你这个shagua") == ["shagua"]


def test_many_terms_that_sound_alike_do_not_use_up_the_doubts_of_one():
    alike = ASKED.replace('["{}"]', '["加微x", "加薇x", "加威x", "加维x", "加唯x", "加魏x", "加微信"]')
    assert found(alike, "jiaweixin更便宜") == ["jiaweixin"]


@pytest.mark.parametrize("typed", ["亻言", "亻 言", "亻.言", "亻🌸言"])
def test_a_character_is_read_from_its_halves_whatever_parts_them(typed):
    assert found('terms = ["加微信"]', f"加微{typed}") == [f"加微{typed}"]


def test_two_characters_that_also_stand_for_themselves_are_parted_by_a_space():
    assert found('terms = ["给我转账"]', "给我车 专账") == []
    assert found('terms = ["给我转账"]', "给我车专账") == ["给我车专账"]
