"""The model as a second ear: what it may say of a script, and when it holds its tongue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import pytest

from streambot.core.ear import TOGETHER, SecondEar
from streambot.core.labels import Intent, Label
from streambot.core.pack import Speaker
from streambot.core.pack_format import parse_pack
from streambot.core.script import Finding
from streambot.core.verdict import Judgement

PACK = parse_pack(
    """
[pack]
name = "p"
version = "1"
[[rule]]
id = "cure"
label = "misleading_claim"
scope = ["script"]
terms = ["cures"]
unless_patterns = ['he said']
action = "review"
reason = "A cure."
suggestion = { en = "Describe it.", th = "อธิบาย" }
[[rule]]
id = "bet"
label = "gambling"
scope = ["script"]
terms = ["bets"]
action = "review"
reason = "A bet."
[[rule]]
id = "spam"
label = "spam"
terms = ["follow me"]
action = "review"
reason = "For viewers only."
""",
    file="p.toml",
)
CLAIM, BET = Label.MISLEADING_CLAIM, Label.GAMBLING


class Halfway:
    """Review from 0.4, hide from 0.8: sure from 0.7."""

    def threshold(self, label: Label, language: str, level: Literal["hide", "review"]) -> float:
        return 0.8 if level == "hide" else 0.4


def judging(scores: Mapping[Label, float], intent: Intent = Intent.CHITCHAT, plain: float | None = None):
    """Scores every text alike, but those without a mark in them by ``plain``."""

    def judge(texts: Sequence[str]) -> list[Judgement]:
        return [
            Judgement(
                {label: plain if plain is not None and "." not in text else score for label, score in scores.items()},
                intent, 1.0, "en", 1.0,
            )
            for text in texts
        ]  # fmt: skip

    return judge


def hear(line: str, scores: Mapping[Label, float], *, language: str = "en", found: Sequence[Finding] = (), **how):
    ear = SecondEar(
        PACK, Speaker.SCRIPT, Halfway(), lambda label, text: "he said" in text,
        name="tiny@1", language=language, why=lambda label: f"The model: {label}.", instead="Leave it out.",
    )  # fmt: skip
    [heard] = ear.hear([line], [found], judging(scores, **how))
    return heard


def test_what_no_rule_spoke_of_is_a_finding_of_the_model():
    [finding] = hear("  it mends you.", {CLAIM: 0.9})
    assert (finding.label, finding.rule, finding.span) == (CLAIM, "model:misleading_claim", (2, 15))
    assert (finding.why, finding.source, finding.suggestion) == (
        "The model: misleading_claim.", "tiny@1", "Describe it."
    )  # fmt: skip
    assert hear("it mends you.", {CLAIM: 0.9}, language="th")[0].suggestion == "อธิบาย"


def test_where_no_rule_has_a_wording_there_is_a_general_one():
    assert hear("it mends you.", {BET: 0.9})[0].suggestion == "Leave it out."


@pytest.mark.parametrize(("score", "heard"), [(0.69, 0), (0.71, 1)])
def test_more_is_asked_than_a_look(score, heard):
    assert len(hear("it mends you.", {CLAIM: score})) == heard


def test_both_readings_must_be_sure():
    assert hear("it mends you.", {CLAIM: 0.9}, plain=0.5) == []


def test_the_strongest_label_is_named():
    assert [finding.label for finding in hear("it mends you.", {CLAIM: 0.75, BET: 0.95})] == [BET]


def test_a_label_that_the_shops_rules_do_not_know_is_not_its_matter():
    assert hear("it mends you.", {Label.SPAM: 0.99, Label.VIOLENCE: 0.99}) == []


def test_a_question_a_warning_and_what_the_rules_excuse_are_let_be():
    assert hear("it mends you.", {CLAIM: 0.9}, intent=Intent("question.product")) == []
    for said in ("does it mend you?", "don't trust who says it mends you.", "he said it mends you."):
        assert hear(said, {CLAIM: 0.9}) == [], said


@pytest.mark.parametrize(
    ("label", "line"),
    [
        (CLAIM, "these drops don't replace any medicine."),
        (CLAIM, "这是普通食品，不能代替药物。"),
        (CLAIM, "คนท้องถามคุณหมอก่อนนะคะ"),
        (CLAIM, "thực phẩm này không phải là thuốc."),
        (CLAIM, "ini bukan pengganti obat."),
    ],
)
def test_what_the_law_wants_said_is_let_be(label, line):
    assert hear(line, {label: 0.95}) == []
    assert hear(line, {BET: 0.95}), "it takes back nothing about bets"


def test_what_a_rule_found_is_not_said_twice():
    known = Finding(CLAIM, "cure", (3, 8), "", "", "")
    assert hear("it cures you.", {CLAIM: 0.9}, found=[known]) == []


def test_a_long_line_is_heard_in_parts_and_the_rest_of_what_rules_found_too():
    line = "It does this and that, as you can see here. " * 12
    spans = [finding.span for finding in hear(line, {CLAIM: 0.9})]
    assert len(spans) == 3
    assert all(end - start <= TOGETHER and line[start:end].startswith("It does") for start, end in spans)
    known = Finding(CLAIM, "cure", (3, 8), "", "", "")
    assert [finding.span for finding in hear(line, {CLAIM: 0.9}, found=[known])] == spans[1:]


def test_an_empty_line_is_not_asked_about():
    assert hear("   ", {CLAIM: 0.9}) == []
