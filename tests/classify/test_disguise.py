"""Terms behind every disguise of LABELS.md, two at once, and the honest words beside them."""

import pytest

from tests.classify.rules import found

ASS = 'terms = ["asshole"]'
CASINO = 'terms = ["casino bonus"]'
LINE = 'terms = ["แอดไลน์"]'
FAKE = 'terms = ["高仿"]'
JOB = 'terms = ["贷款秒批"]'
HU = 'terms = ["nổ hũ"]\nviews = ["canonical", "compact", "bare", "leet", "single"]'
EASY = 'terms = ["việc nhẹ lương cao"]'


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (ASS, "a$$hole"),
        (ASS, "@sshole"),
        (ASS, "a.s.s.h.o.l.e"),
        (ASS, "a s s h o l e"),
        (ASS, "a_s_s_h_o_l_e"),
        (ASS, "ass*hole"),
        (ASS, "assh🌸ole"),
        (ASS, "аsshоle"),
        (ASS, "ásshólè"),
        (ASS, "asshooooole"),
        (ASS, "a.s.s.h.o.o.o.l.e"),
        (ASS, "🅰🆂🆂🅷🅾🅻🅴"),
        (ASS, "a̶s̶s̶h̶o̶l̶e̶"),
        (ASS, "a\u200bss\u00adho\u2060le"),
        (ASS, "a\ufe0fsshole"),
        (ASS, "\U000e0061asshole"),
        (ASS, "assho\u0336le"),
        (ASS, "\u202eelohssa\u202c"),
        (ASS, "ǝʃoɥssɐ".replace("ʃ", "l")),
        (ASS, "asshoIe"),
        (ASS, "assho1e"),
        (ASS, "a$.$.h0.l.e"),
        (ASS, "ａ𝐬ⓢhоlе"),
        (CASINO, "c@sin0 b0nus"),
        (CASINO, "c.a.s.i.n.o b.o.n.u.s"),
        (CASINO, "casino🎰bonus"),
        (CASINO, "CASINOBONUS"),
        (CASINO, "cas.ino bonus"),
        (CASINO, "саsіnо ｂｏｎｕｓ"),
        (LINE, "แอ็ดไลน์"),
        (LINE, "แอ๊ดไล้น์"),
        (LINE, "แอดไลน"),
        (LINE, "เเอดไลน์"),
        (LINE, "แอดไลนนนน์"),
        (LINE, "แ.อ.ด.ไ.ล.น์"),
        (LINE, "แอด ไลน์"),
        (LINE, "แอ ด ไ ลน์"),
        (LINE, "แอด💬ไลน์"),
        (LINE, "แอ๊ดดดด ไล้น"),
        (FAKE, "高*仿"),
        (FAKE, "高🔥仿"),
        (FAKE, "高.仿"),
        (FAKE, "高亻方"),
        (JOB, "貸款秒批"),
        (JOB, "贷 款 秒 批"),
        (JOB, "贷-款-秒-批"),
        (JOB, "貸.款.秒.批"),
        (HU, "no hu"),
        (HU, "n.o h.u"),
        (HU, "n0 hu"),
        (EASY, "viec nhe luong cao"),
        (EASY, "v.i.ệ.c n.h.ẹ l.ư.ơ.n.g c.a.o"),
        (EASY, "VIEC NHE LUONG CAO"),
    ],
)
def test_a_term_is_found_behind_its_disguise(rule, text):
    assert found(rule, text) != []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ('terms = ["slot"]', "class lottery"),
        ('terms = ["slot"]', "size s lot of love"),
        ('terms = ["slot"]', "size s.lot of"),
        ('terms = ["ass"]', "A55 case"),
        ('terms = ["ass"]', "as size"),
        ('terms = ["hip"]', "s h i p"),
        ('terms = ["zalo"]', "pizza lover"),
        ('terms = ["zalo"]', "za, lo gì"),
        ('terms = ["zalo"]', "3 chiếc za lô"),
        ('terms = ["slot"]', "sloot"),
        ('terms = ["wigl"]', "WIGI"),
        ('terms = ["đồ ngu"]', "đồ ngủ satin"),
        ('terms = ["đồ ngu"]', "do ngu"),
        ('terms = ["bán súng"]', "bận sung"),
        ('terms = ["casino"]', "ca. sino"),
        ('terms = ["casino"]', "ca/sino"),
        ('terms = ["slot online"]', "slot, online"),
        ('terms = ["fake loại 1"]', "fake loại 7"),
        ('terms = ["rep 11"]', "rep 1111"),
        ('terms = ["ควย"]', "ค่วย"),
        (FAKE, "鞋子高 仿佛"),
        (FAKE, "身高,仿佛"),
        (FAKE, "价高。仿佛"),
        (LINE, "ออนไลน์"),
        (HU, "nó hú"),
        (HU, "nổ húc"),
        ('terms = ["+v"]', "v"),
        ('terms = ["+微信"]', "微信支付"),
        ('terms = ["asshole"]\nviews = ["canonical"]', "a$$hole"),
        ('terms = ["asshole"]\nviews = ["compact"]', "a$$hole"),
        ('terms = ["asshole"]\nviews = ["leet"]', "a.s.s.h.o.l.e"),
        ('terms = ["asshole"]\nviews = ["leet"]', "asshooole"),
    ],
)
def test_an_honest_word_is_no_disguise(rule, text):
    assert found(rule, text) == []


def test_the_place_is_what_the_viewer_typed_and_no_more():
    assert found('terms = ["zalo"]', "ok z🌸a🌸l🌸o 0 1") == ["z🌸a🌸l🌸o"]
    assert found('terms = ["slot"]', "is s.l.o.t today") == ["s.l.o.t"]
    assert found(LINE, "ทักมา แอ๊ดไล้น์ นะ") == ["แอ๊ดไล้น์"]
    assert found(ASS, "you \u202eelohssa\u202c!") == ["elohssa"]


def test_who_hides_a_word_among_near_misses_is_found_all_the_same():
    assert found('terms = ["slot"]', "s lot " * 20 + "s.l.o.t") != []


def test_a_violation_behind_two_thousand_friendly_letters_less_one_word_is_found():
    friendly = "so pretty, love it. " * 99
    assert found(ASS, friendly + "a.s.s.h.o.l.e") == ["a.s.s.h.o.l.e"]


def test_a_term_in_traditional_characters_finds_the_simplified_and_the_other_way_round():
    assert found('terms = ["貸款秒批"]', "贷款秒批") == ["贷款秒批"]
    assert found('terms = ["贷款秒批"]', "貸款秒批") == ["貸款秒批"]


def test_a_pattern_written_in_simplified_characters_finds_the_traditional():
    assert found("patterns = ['包治百病']", "這個包治百病啊") == ["包治百病"]
    assert found("patterns = ['治愈糖尿病']", "治癒糖尿病") == ["治癒糖尿病"]


def test_a_pattern_that_asks_for_one_reading_finds_it_also_where_nothing_is_disguised():
    assert found("patterns = ['no hu']\nviews = ['bare']", "no hu") == ["no hu"]
    assert found("patterns = ['no hu']\nviews = ['bare']", "nổ hũ") == ["nổ hũ"]
