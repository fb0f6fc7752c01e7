from __future__ import annotations

import pytest

from streambot.core.pack import Speaker
from streambot.core.pack_format import parse_pack
from streambot.core.script import OVERLAP, findings
from streambot.core.verdict import Signal

RULES = """
[pack]
name = "p"
version = "1"
[[rule]]
id = "best"
label = "misleading_claim"
scope = ["script", "reply"]
terms = ["best"]
action = "review"
source_id = "law.1"
source_date = 2021-04-29
checked_on = 2026-11-23
reason = { en = "A superlative.", th = "คำว่าที่สุด" }
suggestion = { en = "Popular.", th = "ขายดี" }
[[rule]]
id = "number"
label = "diversion"
scope = ["script"]
detectors = ["phone"]
action = "review"
reason = "A number."
"""
PACK = parse_pack(RULES, file="p.toml")


def hearing(word: str, name: str = "best", source: str = "lexicon"):
    """Finds a word wherever it stands."""

    def read(text: str) -> list[Signal]:
        places = [at for at in range(len(text)) if text.startswith(word, at)]
        return [Signal(name, 1.0, source, (at, at + len(word))) for at in places]

    return read


def found(text, read, speaker=Speaker.SCRIPT, language="en"):
    return findings(text, PACK, speaker, read, language=language)


def test_a_finding_says_where_why_by_what_source_and_what_to_say_instead():
    (finding,) = found("the best cup", hearing("best"))
    assert (finding.label, finding.rule, finding.span) == ("misleading_claim", "best", (4, 8))
    assert (finding.why, finding.suggestion, finding.source) == ("A superlative.", "Popular.", "law.1")
    assert str(finding.source_date) == "2021-04-29"


def test_it_speaks_the_readers_language_and_english_where_a_rule_does_not():
    assert found("best", hearing("best"), language="th")[0].why == "คำว่าที่สุด"
    assert found("best", hearing("best"), language="vi")[0].why == "A superlative."
    assert found("1", hearing("1", "phone", "detector"), language="th")[0].why == "A number."


def test_a_rule_is_heard_for_its_own_speaker_only():
    read = hearing("1", "phone", "detector")
    assert [finding.rule for finding in found("1", read, Speaker.SCRIPT)] == ["number"]
    assert found("1", read, Speaker.REPLY) == []


def test_findings_stand_in_the_order_of_their_places():
    assert [finding.span for finding in found("best best", hearing("best"))] == [(0, 4), (5, 9)]


def test_what_lies_inside_a_finding_of_the_same_rule_is_not_said_twice():
    read = lambda text: [*hearing("best cup")(text), *hearing("best")(text)]  # noqa: E731 - both at once
    assert [finding.span for finding in found("the best cup", read)] == [(4, 12)]


def test_a_long_line_is_read_to_its_end_and_every_place_counts_once():
    length = 5000
    for at in range(0, length, 97):
        text = "x" * at + "best" + "x" * (length - at)
        assert [finding.span for finding in found(text, hearing("best"))] == [(at, at + 4)]


def excusing(word: str, excuse: str):
    """Finds a word, unless the text holds the excuse."""
    return lambda text: [] if excuse in text else hearing(word)(text)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("it is not so. the best cup", (18, 22)),
        ("it is not so? the best cup", (18, 22)),
        ("it is not so。the best cup", (17, 21)),
        ("not นะคะ the best cup", (13, 17)),
        ("not so; the best cup", (12, 16)),
    ],
)
def test_an_excuse_covers_its_own_sentence_only(text, span):
    assert [finding.span for finding in found(text, excusing("best", "not"))] == [span]


@pytest.mark.parametrize("text", ["it is not so, the best cup", "not 1.5 of the best cups", "not the best. A cup."])
def test_within_a_sentence_an_excuse_holds(text):
    assert found(text, excusing("best", "not")) == []


def test_what_runs_from_one_sentence_into_the_next_is_found():
    assert [finding.span for finding in found("he said best. cup", hearing("best. cup"))] == [(8, 17)]


def test_a_detector_without_a_place_speaks_of_its_sentence():
    read = lambda text: [Signal("phone", 1.0, "detector")] if "5" in text else []  # noqa: E731 - no span
    assert [finding.span for finding in found("hello. call 5", read)] == [(0, 13)]


def test_no_slice_is_longer_than_what_is_read_at_once_and_neighbours_overlap():
    seen: list[int] = []

    def read(text: str) -> list[Signal]:
        seen.append(len(text))
        return []

    found("x" * 7000, read)
    assert max(seen) <= 2000
    assert sum(seen) == 7000 + OVERLAP * (len(seen) - 1)


def test_a_line_of_ligatures_that_cannot_be_read_whole_is_a_finding():
    (finding,) = found("\ufdfa" * 400, hearing("best"))
    assert (finding.label, finding.rule, finding.span) == (None, "too_long", (0, 400))


def test_a_long_line_of_plain_words_is_read_whole():
    for word in ("good ", "ใช้ดี ", "ทำน้ำซ้ำ "):
        assert found(word * 1500, hearing("best")) == [], word
