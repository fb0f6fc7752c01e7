"""What the packs that come with streambot find, and what they let be.

``lines/traps_*.txt`` are the trap tables of POLICIES.md and LABELS.md, one comment a line; ``lines/caught.tsv`` the
disguises and each label in its languages: labels, act, comment.
"""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streambot.classify.lexicon import MOST_HITS, Matcher
from streambot.core.action import Act
from streambot.core.comment import Author, Comment, Role, Room
from streambot.core.errors import ConfigError
from streambot.core.labels import Intent, Label
from streambot.core.pack import Speaker
from streambot.core.pack_format import load_pack, parse_pack
from streambot.core.verdict import Judgement

ROOM = Room("r", "replay", "r")
PACKS = Path(__file__).parents[2] / "config" / "packs"
LINES = Path(__file__).parent / "lines"
SITES = ("base", "us", "th", "vn", "id", "cn")


class Never:
    """Thresholds that no score reaches: what is decided here, the rules decided."""

    def threshold(self, label, language, level):
        return 1.01


def _load(site):
    pack = load_pack(site, lambda name: (PACKS / f"{name}.toml").read_text(encoding="utf-8"))
    return pack, Matcher(pack)


LOADED = {site: _load(site) for site in SITES}
TRAPS = [line for name in sorted(LINES.glob("traps_*.txt")) for line in name.read_text("utf-8").split("\n") if line]
CAUGHT = [line.split("\t") for line in (LINES / "caught.tsv").read_text("utf-8").split("\n") if line]


def said(text, *roles):
    return Comment("1", ROOM, Author("a", "A", frozenset(roles)), text, 0.0, 0.0)


def verdict(text, site="base", *roles, judgement=None):
    pack, matcher = LOADED[site]
    comment = said(text, *roles)
    return pack.decide(comment, judgement, matcher.signals(comment), thresholds=Never())


def found(rules, text, speaker=Speaker.COMMENT):
    pack = parse_pack('[pack]\nname = "p"\nversion = "1"\n' + rules, file="p.toml")
    return [text[slice(*signal.span)] for signal in Matcher(pack, {speaker}).signals(said(text))]


def rule(keys):
    return f'[[rule]]\nid = "r"\naction = "hide"\nreason = "R."\n{keys}\n'


@pytest.mark.parametrize("text", TRAPS)
def test_no_rule_of_any_site_touches_what_an_honest_viewer_writes(text):
    assert {site: verdict(text, site).evidence for site in SITES} == dict.fromkeys(SITES, ())


@pytest.mark.parametrize(("labels", "act", "text"), CAUGHT)
def test_a_violation_is_caught_however_it_is_written(labels, act, text):
    result = verdict(text)
    assert (sorted(result.labels), result.action) == (labels.split(), Act(act))
    for entry in result.evidence:
        assert entry.text == text[slice(*entry.span)] != ""


@pytest.mark.parametrize(
    ("site", "rule_id", "text"),
    [
        ("us", "us.diversion.payment", "zelle me and i ship today"),
        ("us", "us.diversion.payment", "$shopgirl22 on cash app"),
        ("th", "th.diversion.payment", "พร้อมเพย์ 0812345678 เลยค่ะ"),
        ("th", "th.diversion.payment", "โอนตรงถูกกว่านะ"),
        ("vn", "vn.diversion.payment", "stk 0123456789 vcb"),
        ("id", "id.diversion.payment", "norek BCA 1234567890"),
        ("cn", "cn.diversion.code", "¥Ab12Cd34Ef¥ 复制这段"),
        ("cn", "cn.diversion.payment", "微信转账给我"),
    ],
)
def test_each_site_knows_its_own_ways_around_the_checkout(site, rule_id, text):
    assert rule_id in [entry.rule for entry in verdict(text, site).evidence]
    assert rule_id not in [entry.rule for entry in verdict(text).evidence]


def test_script_rules_are_silent_for_viewers_and_heard_for_the_script():
    pack, _ = LOADED["cn"]
    assert verdict("这是国家级的", "cn").evidence == ()
    script = Matcher(pack, {Speaker.SCRIPT})
    assert "cn.script.absolute" in [signal.name for signal in script.signals(said("这是国家级的"))]
    assert script.signals(said("最佳赏味期 7 天")) == []


def test_the_probe_is_reviewed_and_does_no_harm():
    result = verdict("STREAMBOT-PROBE-7F3A9C2E51D84B06")
    assert (result.actions, result.labels, result.strikes) == ({Act.REVIEW}, {}, 0)


def test_the_host_may_say_what_a_viewer_may_not():
    result = verdict("add my zalo 0987654321", "vn", Role.HOST)
    assert result.action is Act.ALLOW
    assert Label.DIVERSION in result.labels


def test_a_phone_number_in_a_complaint_is_still_hidden_to_protect_it():
    judgement = Judgement(dict.fromkeys(Label, 0.0), Intent.COMPLAINT, 0.9, "vi", 0.9)
    result = verdict("shop lừa đảo, gọi tôi 0987654321", judgement=judgement)
    assert (result.action, set(result.labels), result.strikes) == (Act.HIDE, {Label.PERSONAL_DATA}, 0)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("hi fu\u200bck you!", ["fu\u200bck you"]),
        ("😀😀 ＦＵＣＫ ＹＯＵ", ["ＦＵＣＫ ＹＯＵ"]),
        ("ok z🌸a🌸l🌸o 0️⃣9️⃣8️⃣7️⃣6️⃣5️⃣4️⃣3️⃣2️⃣1️⃣", ["z🌸a🌸l🌸o"]),
        ("ok 0️⃣9️⃣8️⃣7️⃣6️⃣5️⃣4️⃣3️⃣2️⃣1️⃣", ["0️⃣9️⃣8️⃣7️⃣6️⃣5️⃣4️⃣3️⃣2️⃣1️⃣"]),
        ("fuuuuuck youuuu then", ["fuuuuuck youuuu"]),
    ],
)
def test_what_is_marked_is_what_the_viewer_typed(text, marked):
    assert [entry.text.rstrip("\ufe0f\u20e3") for entry in verdict(text).evidence] == [
        mark.rstrip("\ufe0f\u20e3") for mark in marked
    ]


def test_a_rule_speaks_five_times_of_one_comment_at_most():
    assert len(verdict("fuck you " * 40).evidence) == MOST_HITS


# --- the matcher ---


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("a slot here", ["slot"]),
        ("slots", []),
        ("aslot", []),
        ("slot88", ["slot"]),
        ("玩slot吧", ["slot"]),
        ("ś slotś", []),
        ("s.l.o.t", ["s.l.o.t"]),
        ("s l o t", ["s l o t"]),
        ("sl ot", []),
        ("class lottery", []),
        ("5lot", ["5lot"]),
        ("sl0t", ["sl0t"]),
        ("slооt", []),
        ("slоt", ["slоt"]),
        ("5107", []),
        ("slooooot", ["slooooot"]),
        ("sloot", []),
    ],
)
def test_a_term_is_found_as_a_word_or_as_a_disguise_of_one(text, hit):
    assert found(rule('terms = ["slot"]'), text) == hit


def test_a_model_number_is_no_drawn_word():
    assert found(rule('terms = ["ass"]'), "A55 case") == []
    assert found(rule('terms = ["ass"]'), "a5s") == ["a5s"]


def test_a_star_leaves_the_end_of_a_word_open():
    assert found(rule('terms = ["slot*"]'), "slots") == ["slot"]
    assert found(rule('terms = ["*slot"]'), "myslot slots") == ["slot"]


def test_a_thai_term_never_ends_inside_a_letter():
    assert found(rule('terms = ["หี"]'), "หีบ") == ["หี"]
    assert found(rule('terms = ["หี"]\nexcept_terms = ["หีบ"]'), "หีบ") == []
    assert found(rule('terms = ["แอด"]'), "แอด้") == []


def test_two_han_characters_count_apart_only_when_each_stands_alone():
    assert found(rule('terms = ["高仿"]'), "高 仿 鞋") == []
    assert found(rule('terms = ["高仿"]'), "要 高 仿") == []
    assert found(rule('terms = ["高仿"]'), "鞋子高 仿佛") == []
    assert found(rule('terms = ["高仿"]'), "高 仿") == ["高 仿"]
    assert found(rule('terms = ["高仿"]'), "这里卖高 仿,都来") == ["高 仿"]


def test_bare_terms_need_every_letter_to_be_theirs():
    keys = 'terms = ["nổ hũ"]\nviews = ["bare"]'
    assert found(rule(keys), "no hu") == ["no hu"]
    assert found(rule(keys), "nổ hu") == ["nổ hu"]
    assert found(rule(keys), "nó hú") == []


def test_an_excuse_covers_its_own_word_only():
    keys = 'terms = ["ไลน์"]\nexcept_terms = ["ออนไลน์"]'
    assert found(rule(keys), "ออนไลน์") == []
    assert found(rule(keys), "ออนไลน์ ไลน์") == ["ไลน์"]


def test_a_question_excuses_where_the_rule_says_so():
    keys = 'terms = ["replica"]\nunless_question = true'
    assert found(rule(keys), "is this a replica") == []
    assert found(rule(keys), "best replica") == ["replica"]


def test_a_warning_excuses_where_the_rule_says_so():
    keys = 'terms = ["replica"]\nunless_warning = true'
    assert found(rule(keys), "beware of this replica") == []
    assert found(rule('terms = ["replica"]'), "beware of this replica") == ["replica"]


def test_a_pattern_marks_its_first_group_and_never_the_space_beside():
    assert found(rule(r"patterns = ['(?:^|[^\pL])(slot) now']"), "a slot now") == ["slot"]
    assert found(rule(r"patterns = ['(?:^|[^\pL])slot(?:$|[^\pL])']"), "a slot now") == ["slot"]


def test_a_pattern_reads_thai_as_the_text_is_read():
    assert found(rule("patterns = ['น้ำ.หอม']"), "น้ำ หอม") == ["น้ำ หอม"]


def test_a_pattern_that_re2_refuses_is_told_with_its_place(capfd):
    for pattern, says in (("a(b", "missing"), ("(a)\\1", "invalid"), ("a*", "empty text"), ("(?=a)b", "invalid")):
        with pytest.raises(ConfigError, match=says) as caught:
            found(rule(f"patterns = ['{pattern}']"), "x")
        assert "p.toml:4: rule 'r'" in caught.value.message
    assert capfd.readouterr() == ("", "")


def test_a_pattern_made_to_stall_does_not():
    start = time.process_time()
    assert found(rule("patterns = ['(a|aa)+$']"), "a b" * 600 + "!") == []
    assert time.process_time() - start < 0.2


# --- hostile texts ---

HOSTILE = {
    "marks": "a" + "\u0300\u0316\u0327" * 1333,
    "ligatures": "\ufdfa" * 2000,
    "mentions": "加微信" * 1300,
    "spaced": "z a l o " * 500,
    "digits": "0 " * 2000,
    "insults": "fuck you " * 400,
    "domains": "a-b." * 1000,
    "words": "không một " * 400,
    "thai": "แอดไลน์ " * 400,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_comment_takes_long(name):
    def once():
        start = time.process_time()
        verdict(HOSTILE[name][:4000])
        return time.process_time() - start

    # 2 ms is the promise; the best of five on a busy machine, with room for a slow one.
    assert min(once() for _ in range(5)) < 0.015


_FRAGMENTS = st.lists(
    st.one_of(st.sampled_from([text for _, _, text in CAUGHT]), st.sampled_from(TRAPS), st.text(max_size=20)),
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(_FRAGMENTS, st.sampled_from(["", " ", "🌸", "\u200b", ". "]))
def test_any_text_has_a_verdict_whose_evidence_can_be_shown(parts, glue):
    text = glue.join(parts)[:4000]
    first = verdict(text)
    assert first == verdict(text)
    for entry in first.evidence:
        start, end = entry.span
        assert 0 <= start < end <= len(text)
        assert entry.text == text[start:end]


def test_a_text_that_comes_again_is_not_read_again_and_says_the_same():
    class Counting(Matcher):
        reads = 0

        def read(self, text):
            self.reads += 1
            return super().read(text)

    pack, _ = LOADED["base"]
    matcher = Counting(pack, remembered=8)
    first = matcher.signals(said("add me on LINE @cheap99"))
    kept = list(first)
    first.clear()
    assert kept == matcher.signals(said("add me on LINE @cheap99")) != []
    assert matcher.reads == 1
    forgetful = Counting(pack)
    for _ in range(2):
        forgetful.signals(said("add me on LINE @cheap99"))
    assert forgetful.reads == 2
