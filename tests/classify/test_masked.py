"""Patterns behind disguises, and the honest texts that their loosened form could take for them."""

import pytest
import re2

from streambot.classify.loosened import loosened
from tests.classify.rules import found

CHEAPER = "patterns = ['(?:^|[^\\p{Latin}0-9])cheaper (?:on|in) my page(?:$|[^\\p{Latin}0-9])']"
SCAM = "patterns = ['đóng (?:thêm )?phí lưu kho']"
FOLLOW = "patterns = ['关注我必回关']"
THREAT = "patterns = ['จะฆ่ามึงแน่']"
AGE = "patterns = ['我[0-9]{2}岁[^。!?]{0,6}买酒']"


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (CHEAPER, "c.h.e.a.p.e.r o.n m.y p.a.g.e"),
        (CHEAPER, "c h e a p e r o n m y p a g e"),
        (CHEAPER, "che*aper on m🌸y pa-ge"),
        (CHEAPER, "ch3@p3r 0n my p4g3"),
        (CHEAPER, "cheaaaaper onnnn my page"),
        (CHEAPER, "сһеарег оп my раgе".replace("п", "n")),
        (CHEAPER, "ch\u00e9\u00e4per \u00f2n m\u00fd page"),
        (CHEAPER, "c̶h̶e̶a̶p̶er on my page"),
        (CHEAPER, "сһеарег оп my раgе"),
        (CHEAPER, "c|h|e|a|p|e|r on my p|a|g|e"),
        (CHEAPER, "⒞⒣⒠⒜⒫⒠⒭ on my page"),
        (CHEAPER, "cheaperrrrr on my page"),
        ("patterns = ['trúng thưởng']", "trúg thưởg rồi"),
        ("patterns = ['kênh này']", "kênk này nè"),
        ("patterns = ['เงินกู้ด่วน']", "เงิงิงิงินกู้กู้กู้ด่วน"),
        ("patterns = ['(?:同性恋|x)[^。]{0,6}恶心']", "tongxinglian真恶xin"),
        (SCAM, "dong phi luu kho"),
        (SCAM, "đ.ó.n.g p.h.í l.ư.u k.h.o"),
        (SCAM, "đóng fí lưu kho"),
        (SCAM, "zog fi luu kho"),
        (FOLLOW, "关 注 我 必 回 关"),
        (FOLLOW, "关🔥注🔥我必🔥回关"),
        (FOLLOW, "观注我必回关"),
        (FOLLOW, "guan zhu wo bi hui guan 主播"),
        (FOLLOW, "關註我必回關"),
        (THREAT, "จ.ะ.ฆ่.า.มึ.ง.แ.น่"),
        (THREAT, "จะ ฆ่า มึง แน่"),
        (THREAT, "จ๊ะฆ้ามึงแน๋"),
        (AGE, "我一六岁 想买酒"),
    ],
)
def test_a_pattern_is_found_behind_a_disguise(rule, text):
    assert found(rule, text) != []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (CHEAPER, "it is cheaper, on my pager it was more"),
        (CHEAPER, "cheaper online, my page is slow"),
        ("patterns = ['đồ ngu']", "do ngu mau hong"),
        ("patterns = ['cần cỏ']", "we can count"),
        ("patterns = ['ควย']", "ค่วย"),
        ("patterns = ['s l o t']", "any slot left"),
        ("patterns = ['砍你']", "看你吃"),
        ("patterns = ['gay滚']", "stay gun"),
        (THREAT, "จะฝ่าไปแน่"),
        ("patterns = ['加上微']", "最佳赏味期七天"),
        ("patterns = ['นานา']", "นา"),
    ],
)
def test_what_only_reads_alike_is_let_be(rule, text):
    assert found(rule, text) == []


def test_the_place_is_what_the_viewer_typed():
    assert found(CHEAPER, "hi 🌸 c.h.e.a.p.e.r on my page 🌸 ok") == ["c.h.e.a.p.e.r on my page"]


@pytest.mark.parametrize("form", [{}, {"by_sound": True}, {"teencode": True}, {"far": True}, {"whole": True}])
def test_a_loosened_pattern_is_one_that_re2_takes(form):
    for pattern in (
        r"a\.b[^.?!]{0,24}(?:c|d)+ ?e{2,3}",
        r"(?:^|[^\p{Latin}0-9])đ[aá]['’]?\pL+",
        "[้๊]?ก(?:ส[่]ง|ร)",
        "微[信芯]?",
    ):
        assert re2.compile(loosened(pattern, **form))


def test_friendly_words_before_a_violation_do_not_excuse_it():
    rule = 'terms = ["cheap replicas"]\nunless_question = true'
    assert found(rule, "how are you all today? cheap replicas here") == ["cheap replicas"]
    assert found(rule, "are these cheap replicas?") == []
    assert found(rule, "cheap replicas? or real") == []


def test_a_warning_far_from_the_words_is_about_something_else():
    rule = 'terms = ["cheap replicas"]\nunless_warning = true'
    assert found(rule, "beware of fakes. " + "so pretty today " * 20 + "cheap replicas") == ["cheap replicas"]
    assert found(rule, "beware, cheap replicas everywhere") == []


def test_a_long_comment_is_searched_once_for_what_its_slices_ask_for():
    rule = "patterns = ['cheaper (?:on|in) my page']"
    padding = "such a pretty dress today " * 40
    assert found(rule, padding + "c.h.e.a.p.e.r on my page") == ["c.h.e.a.p.e.r on my page"]
