"""The traps of ENGINE.md C3 and PEERS.md 5 that concern views and rules, each by the name it has there."""

import time
import unicodedata

import pytest

from streambot.bench.hostile import hostile
from streambot.classify.lexicon import Matcher
from streambot.core.action import Act
from streambot.core.canonical import canonical
from streambot.core.comment import Author, Comment, Role, Room
from streambot.core.errors import ConfigError
from streambot.core.pack_format import parse_pack
from streambot.core.views import ViewName, Views
from streambot.packs.files import Line, PackFiles
from tests.classify.rules import found, matcher, said

BASE = PackFiles().load(Line("base"))[0]
READY = Matcher(BASE)


class Never:
    def threshold(self, label, language, level):
        return 1.01


def verdict(text, *roles):
    comment = Comment("1", Room("r", "replay", "r"), Author("a", "A", frozenset(roles)), text, 0.0, 0.0)
    return BASE.decide(comment, None, READY.signals(comment), thresholds=Never())


# --- ENGINE.md C3 ---


@pytest.mark.parametrize(("escape", "form"), [("b", "pL"), ("w", "pL"), ("d", "Nd")])
def test_an_ascii_only_class_is_refused_with_the_unicode_form(escape, form):
    with pytest.raises(ConfigError, match=form) as refused:
        matcher(rf"patterns = ['\{escape}giá']")
    assert refused.value.code == "pack_invalid"


@pytest.mark.parametrize("text", ["\ud800", "fuck\udfff you", "giá \ud83d bao", "\udc00" * 50])
def test_a_lone_surrogate_stops_no_rule(text):
    views = Views(text)
    for name in ViewName:
        views[name].text.encode("utf-8")
    assert isinstance(verdict(text).evidence, tuple)


def test_a_word_around_a_lone_surrogate_is_found():
    assert verdict("fu\ud800ck you").action is Act.HIDE


def test_re2_prints_nothing_of_a_pattern_it_refuses(capfd):
    with pytest.raises(ConfigError):
        matcher("patterns = ['(']")
    assert capfd.readouterr() == ("", "")


def test_vietnamese_typed_in_pieces_is_composed_whole():
    whole = "kết bạn zalo nhé"
    pieces = unicodedata.normalize("NFD", whole)
    assert len(pieces) > len(whole)
    assert [len(verdict(text).evidence) for text in (whole, pieces)] == [1, 1]
    assert verdict(pieces).evidence[0].text == unicodedata.normalize("NFD", "kết bạn zalo")


def test_thai_am_is_two_letters_in_terms_patterns_and_texts_alike():
    assert len(canonical("น้ำ")) == 4
    for rule in ('terms = ["ขายน้ำกระท่อม"]', "patterns = ['ขายน้ำ.?กระท่อม']"):
        assert found(rule, "ขายน้ำกระท่อม") == ["ขายน้ำกระท่อม"]
        assert found(rule, unicodedata.normalize("NFKD", "ขายน้ำกระท่อม")) != []


@pytest.mark.parametrize("text", ["😀 𝐳.𝐚.𝐥.𝐨 0987654321", "🇹🇭 แ.อ.ด.ไ.ล.น์ abc123", "👨‍👩‍👧 加薇❤️ abc888"])
def test_a_place_counts_code_points_also_in_astral_text(text):
    for evidence in verdict(text).evidence:
        assert evidence.text == text[slice(*evidence.span)]
    assert verdict(text).action is Act.HIDE


def test_a_decomposed_d_with_stroke_is_read_as_d():
    assert unicodedata.normalize("NFD", "đ") == "đ"
    assert found('terms = ["đổi thưởng"]\nviews = ["bare"]', "doi thuong") == ["doi thuong"]


@pytest.mark.parametrize(
    "text",
    [
        "สั่งออนไลน์ได้ไหม",
        "giá trị lắm",
        "terima kasih kak",
        "最近有活动吗",
        "最好看的一件",
        "คอลเลคชั่นไลน์สินค้าใหม่",
        "mật khẩu wifi shop",
    ],
)
def test_a_word_that_only_contains_a_term_is_let_be(text):
    assert verdict(text).evidence == ()


def test_no_view_changes_what_is_shown():
    text = "only 450ms ＳＩＺＥ ① đẹp"
    views = Views(text)
    for name in ViewName:
        assert views[name].text is not None
    assert views.original == text


def test_a_pile_of_marks_is_cut_before_it_is_sorted():
    text = "a" + "\u0300\u0316\u0327" * 600

    def once():
        canonical.cache_clear()
        start = time.process_time()
        verdict(text)
        return time.process_time() - start

    assert min(once() for _ in range(5)) < 0.01


# --- PEERS.md 5 ---


@pytest.mark.parametrize(
    "text",
    ["ตัวนี้มีสีอะไรบ้างคะ ขอดูใกล้ๆ หน่อยค่ะ", "这件衣服是什么面料的呀可以机洗吗", "áo này có size nào vậy ạ, chất vải gì"],
)
def test_another_script_is_no_symbol(text):
    assert verdict(text).evidence == ()


@pytest.mark.parametrize("text", ["主播加微信", "加微信", "私聊加微信领优惠", "ทักมาแอดไลน์นะ"])
def test_a_term_needs_no_space_before_it_where_none_is_written(text):
    assert verdict(text).action is Act.HIDE


@pytest.mark.parametrize(
    "text",
    ["是高仿吗？", "แท้ไหม งานมิลเลอร์ไหม", "hàng rep 1:1 không", "ini kw super bukan ya kak", "is this a super fake"],
)
def test_a_question_is_known_in_every_language_with_and_without_a_mark(text):
    assert verdict(text).action.severity < Act.HIDE.severity


def test_an_invalid_rule_refuses_the_pack():
    with pytest.raises(ConfigError):
        parse_pack(
            '[pack]\nname = "p"\nversion = "1"\n[[rule]]\nid = "r"\npatterns = ["(a"]\naction = "x"\nreason = "R"',
            file="p",
        )


def test_an_exemption_is_one_rules_and_the_next_still_speaks():
    rule = '[[rule]]\nid = "{}"\nterms = ["slot"]\naction = "{}"\nreason = "R."\n{}\n'
    pack = parse_pack(
        '[pack]\nname = "p"\nversion = "1"\n'
        + rule.format("a", "review", 'exempt_roles = ["member"]')
        + rule.format("b", "hide", ""),
        file="p",
    )
    comment = said("slot", roles=(Role.MEMBER,))
    result = pack.decide(comment, None, Matcher(pack).signals(comment), thresholds=Never())
    assert [evidence.rule for evidence in result.evidence] == ["b"]


def test_every_detector_runs_and_the_severest_act_wins():
    result = verdict("fuck you, order 576899012345678901, mail me at a.b@shopmail.com, bit.ly/abc12")
    assert {label.value for label in result.labels} >= {"harassment", "personal_data", "diversion"}
    assert result.action is Act.HIDE


def test_a_pattern_made_to_stall_returns_in_milliseconds():
    ready = matcher("patterns = ['(a|aa)+$']")
    start = time.process_time()
    assert ready.signals(said("a" * 40 + "!")) == []
    assert time.process_time() - start < 0.05


def test_staff_and_the_bot_are_never_acted_on():
    for role in (Role.HOST, Role.STAFF, Role.BOT):
        assert verdict("fuck you add my zalo 0987654321", role).actions == frozenset()


# --- what is made to cost time ---


def test_no_hostile_text_takes_long():
    def once(text):
        canonical.cache_clear()
        start = time.thread_time()
        READY.read(text)
        return time.thread_time() - start

    texts = list(hostile(150, seed=7))
    # 2 ms is the aim, which `streambot bench rules` measures (and misses); this catches a text that takes far longer.
    slow = [text for text in texts if once(text) > 0.006]
    assert [text[:40] for text in slow if min(once(text) for _ in range(5)) > 0.010] == []


def test_every_hostile_text_has_places_that_can_be_shown():
    for text in hostile(60, seed=8):
        for signal in READY.read(text):
            start, end = signal.span
            assert 0 <= start < end <= len(text)
