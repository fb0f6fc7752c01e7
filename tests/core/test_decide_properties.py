"""Whatever pack, comment and signals: a verdict comes, always the same one, and more evidence is never milder."""

from __future__ import annotations

import copy
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from streambot.core.action import Act
from streambot.core.comment import Author, Comment, Role, Room
from streambot.core.labels import Intent, Label
from streambot.core.pack import DETECTORS, HISTORY_SIGNALS, Pack, Rule, Speaker
from streambot.core.verdict import Judgement, Signal, Verdict

ACTS = [Act.REVIEW, Act.WARN, Act.HIDE, Act.MUTE, Act.BAN]
IDS = [f"r{n}" for n in range(6)]
SOURCES = ["lexicon", "pattern", "detector", "history", "nobody"]
SCORES = st.floats(0, 1)


class Steps:
    """From which scores a label counts: review from 0.5, the rule's own acts from 0.9."""

    def threshold(self, label: Label, language: str, level: str) -> float:
        return 0.5 if level == "review" else 0.9


@st.composite
def rules(draw: st.DrawFn, name: str, *, caps: bool) -> Rule:
    acts = frozenset(draw(st.lists(st.sampled_from(ACTS), min_size=1, max_size=3)))
    label = draw(st.sampled_from([None, *Label]))
    model = draw(st.booleans()) and label is not None
    return Rule(
        f"model.{label}" if model else name,
        "tests:1",
        label,
        acts,
        {"en": "Why."},
        scope=frozenset(draw(st.lists(st.sampled_from(list(Speaker)), min_size=1))),
        terms=() if model else ("word",),
        detectors=frozenset() if model else frozenset(draw(st.lists(st.sampled_from(sorted(DETECTORS)), max_size=2))),
        signals=frozenset()
        if model
        else frozenset(draw(st.lists(st.sampled_from(sorted(HISTORY_SIGNALS)), max_size=1))),
        at_least=draw(st.sampled_from([0.0, 0.3])),
        model=label if model else None,
        hide=draw(st.sampled_from([None, 0.2])),
        mute_seconds=60 if Act.MUTE in acts else None,
        strikes=draw(st.integers(0, 3)),
        exempt_roles=frozenset(draw(st.lists(st.sampled_from(list(Role)), max_size=2))),
        escalate=draw(st.booleans()),
        caps_model=caps and draw(st.booleans()),
        expires_at=draw(st.sampled_from([None, None, 50.0])),
    )


def packs(*, caps: bool) -> st.SearchStrategy[Pack]:
    some = st.tuples(*(rules(name, caps=caps) for name in IDS))
    # Of one id the pack has one rule.
    return some.map(lambda found: Pack("p", "1", tuple({rule.id: rule for rule in found}.values())))


comments = st.builds(
    lambda text, roles, at, notes: Comment(
        "1", Room("r", "fake", "r"), Author("a", "A", frozenset(roles)), text, at, at, notes=tuple(notes)
    ),
    st.text(min_size=1, max_size=40),
    st.lists(st.sampled_from(list(Role)), max_size=3),
    st.sampled_from([0.0, 100.0]),
    st.lists(st.sampled_from(["text_cut", "time_past"]), max_size=1),
)
signals = st.lists(
    st.builds(
        Signal,
        st.sampled_from([*IDS, *sorted(DETECTORS), *sorted(HISTORY_SIGNALS), "unknown"]),
        SCORES,
        st.sampled_from(SOURCES),
        st.sampled_from([None, (0, 1)]),
    ),
    max_size=8,
)
judgements = st.builds(
    lambda scores, intent, language: Judgement(
        dict.fromkeys(Label, 0.0) | scores, intent, 0.9, language, 0.9, model="m@1"
    ),
    st.dictionaries(st.sampled_from(list(Label)), SCORES, max_size=5),
    st.sampled_from(list(Intent)),
    st.sampled_from(["en", "th", "other"]),
)


def decide(pack: Pack, comment: Comment, judgement: Judgement | None, found: list[Signal]) -> Verdict:
    return pack.decide(comment, judgement, found, thresholds=Steps())


@settings(max_examples=100, deadline=None)
@given(packs(caps=True), comments, st.none() | judgements, signals)
def test_a_verdict_always_comes_and_always_the_same(
    pack: Pack, comment: Comment, judgement: Judgement | None, found: list[Signal]
) -> None:
    given_before = copy.deepcopy((judgement, found))
    verdict = decide(pack, comment, judgement, found)
    assert decide(pack, comment, judgement, found) == verdict
    assert (judgement, found) == given_before
    assert Act.ALLOW not in verdict.actions
    assert (verdict.mute_seconds is not None) == (Act.MUTE in verdict.actions)
    assert all(0 <= start <= end <= len(comment.text) for start, end in (e.span for e in verdict.evidence))
    if comment.author.exempt:
        assert (verdict.action, verdict.strikes, verdict.escalate) == (Act.ALLOW, 0, False)


@settings(max_examples=100, deadline=None)
@given(packs(caps=False), comments, st.none() | judgements, signals, signals)
def test_more_that_was_found_is_never_milder(
    pack: Pack, comment: Comment, judgement: Judgement | None, found: list[Signal], more: list[Signal]
) -> None:
    less = decide(pack, comment, judgement, found)
    full = decide(pack, comment, judgement, [*found, *more])
    assert full.action.severity >= less.action.severity
    assert full.strikes >= less.strikes
    assert set(full.labels) >= set(less.labels)


@settings(max_examples=100, deadline=None)
@given(packs(caps=True), comments, judgements, signals, st.sampled_from(list(Label)), SCORES)
def test_a_higher_score_of_the_model_is_never_milder(
    pack: Pack, comment: Comment, judgement: Judgement, found: list[Signal], label: Label, score: float
) -> None:
    # With the intent fixed: a complaint is spared of what only the model says.
    higher = replace(judgement, labels={**judgement.labels, label: max(judgement.labels[label], score)})
    none = decide(pack, comment, None, found)
    less = decide(pack, comment, judgement, found)
    full = decide(pack, comment, higher, found)
    assert full.action.severity >= less.action.severity >= none.action.severity


@settings(max_examples=100, deadline=None)
@given(packs(caps=True), comments, st.none() | judgements, signals)
def test_whom_a_rule_exempts_only_that_rule_lets_be(
    pack: Pack, comment: Comment, judgement: Judgement | None, found: list[Signal]
) -> None:
    roles = comment.author.roles
    without = replace(pack, rules=tuple(rule for rule in pack.rules if rule.exempt_roles.isdisjoint(roles)))
    assert decide(pack, comment, judgement, found) == decide(without, comment, judgement, found)


@settings(max_examples=100, deadline=None)
@given(packs(caps=True), comments, st.none() | judgements, signals)
def test_a_rule_that_has_ended_is_as_if_it_were_not_there(
    pack: Pack, comment: Comment, judgement: Judgement | None, found: list[Signal]
) -> None:
    standing = [
        rule for rule in pack.rules
        if rule.model is not None or rule.expires_at is None or comment.received_at < rule.expires_at
    ]  # fmt: skip
    without = replace(pack, rules=tuple(standing))
    assert decide(pack, comment, judgement, found) == decide(without, comment, judgement, found)
