from __future__ import annotations

import pytest

from streambot.core.labels import Intent, Label
from streambot.core.verdict import Judgement
from streambot.training.corpus import OWN, Row
from streambot.training.evaluate import (
    binary_macro_f1,
    bootstrap,
    calibration_error,
    evaluate,
    figure,
    judge_rows,
    wilson,
)


class ByWord:
    """A classifier that goes by words: "bad" is a scam for sure, "odd" perhaps; all is an English price question."""

    def __call__(self, texts):
        return [self._judgement(text) for text in texts]

    def _judgement(self, text):
        score = 0.95 if "bad" in text else 0.6 if "odd" in text else 0.1
        labels = dict.fromkeys(Label, 0.0) | {Label.SCAM: score}
        return Judgement(labels, Intent.PRICE, 0.9, "en", 0.9)


def threshold(_label, _language, level):
    return {"hide": 0.9, "review": 0.5}[level]


def a_row(text, *labels, source=OWN, language="en", note="", intent=Intent.PRICE):
    holds = tuple(label in labels for label in Label)
    return Row(text, language, source, holds, (1.0,) * len(Label), frozenset({intent}), 1.0, note)


def a_report(rows, counts=None):
    return evaluate(judge_rows(rows, ByWord(), threshold), counts or {})


def test_a_label_holds_from_review_up_and_hides_from_hide_up():
    own = a_report([a_row("bad", Label.SCAM), a_row("odd", Label.SCAM), a_row("fine"), a_row("so odd")])["own"]
    assert own["labels"]["scam"] == pytest.approx(
        {
            "precision": 2 / 3,
            "recall": 1.0,
            "f1": 0.8,
            "hidden": 0.5,
            "auc": 0.875,
            "calibration_error": 0.0875,
            "lines": 2,
        },
        abs=1e-3,
    )
    assert own["false_hide"]["rate"] == 0.0
    assert own["false_review"]["rate"] == 0.5
    assert (own["violations_hidden"]["rate"], own["violations_held"]["rate"]) == (0.5, 1.0)


def test_a_label_in_the_shadow_of_a_stronger_one_does_not_hold():
    def judge(texts):
        labels = dict.fromkeys(Label, 0.0) | {Label.SCAM: 0.95, Label.SPAM: 0.45, Label.HATE: 0.6}
        return [Judgement(labels, Intent.PRICE, 0.9, "en", 0.9) for _ in texts]

    (item,) = judge_rows(
        [a_row("x", Label.SCAM)], judge, lambda _label, _language, level: 0.9 if level == "hide" else 0.4
    )
    assert item.held == {Label.SCAM, Label.HATE}
    assert item.hidden == {Label.SCAM}


def test_a_benign_line_that_is_hidden_is_counted_and_hard_negatives_apart():
    own = a_report([a_row("bad", note="hard-negative"), a_row("fine"), a_row("fine too"), a_row("ok")])["own"]
    assert own["false_hide"]["rate"] == 0.0
    assert own["hard_negatives_hidden"]["rate"] == 1.0


def test_what_is_only_to_be_reviewed_does_not_count_as_not_hidden():
    rows = [a_row("odd", Label.MISLEADING_CLAIM), a_row("bad", Label.SCAM), a_row("odd", Label.SCAM)]
    own = a_report(rows)["own"]
    assert (own["violations_hidden"]["hits"], own["violations_hidden"]["of"]) == (1, 2)
    assert own["violations_held"]["of"] == 3


def test_language_is_scored_on_lines_of_three_words():
    own = a_report(
        [a_row("so many nice words", language="en"), a_row("ok", language="th"), a_row("a b c", language="vi")]
    )
    assert own["own"]["language_accuracy"] == wilson(1, 2)


def test_a_source_is_scored_by_the_labels_that_count_for_it():
    rows = [a_row("bad", Label.SPAM, source="sms"), a_row("fine", source="sms"), a_row("bad", source="sms")]
    report = a_report(rows, {"sms": frozenset({Label.SPAM, Label.SCAM})})
    assert report["sources"]["sms"]["macro_f1"] == pytest.approx(2 / 3, abs=1e-3)
    narrow = a_report(rows, {"sms": frozenset({Label.SPAM})})
    assert narrow["sources"]["sms"]["macro_f1"] == pytest.approx((0 + 4 / 5) / 2, abs=1e-3)


def test_a_figure_is_found_by_its_short_or_dotted_name():
    report = a_report([a_row("bad", Label.SCAM), a_row("fine", intent=Intent.PRAISE)])
    assert figure(report, "f1") == 1.0
    assert figure(report, "intent") == 0.5
    assert figure(report, "own.labels.scam.recall") == 1.0
    with pytest.raises(KeyError):
        figure(report, "own.nonsense")


def test_macro_f1_is_the_mean_of_both_sides():
    assert binary_macro_f1([True, True, False, False], [True, False, False, False]) == pytest.approx((2 / 3 + 0.8) / 2)
    assert binary_macro_f1([True, False], [True, False]) == 1.0


def test_an_interval_narrows_with_more_lines_and_is_whole_without_any():
    assert wilson(0, 0)["high"] == 1.0
    assert wilson(0, 300)["high"] == pytest.approx(0.0126, abs=2e-4)
    assert wilson(50, 100)["low"] == pytest.approx(0.4038, abs=2e-4)
    assert wilson(500, 1000)["low"] > wilson(50, 100)["low"]


def test_progress_hears_every_row_once():
    done = []
    judge_rows([a_row("x")] * 600, ByWord(), threshold, advance=done.append)
    assert sum(done) == 600


def test_probabilities_that_come_true_as_often_as_they_say_have_no_calibration_error():
    assert calibration_error([(0.75, True), (0.75, True), (0.75, True), (0.75, False)]) == pytest.approx(0.0)
    assert calibration_error([(0.9, False), (0.1, True)]) == pytest.approx(0.9)
    assert calibration_error([(1.0, True)]) == 0.0
    assert calibration_error([]) == 0.0


def test_the_interval_of_macro_f1_holds_the_figure_and_narrows_with_more_rows():
    said = [True, True, False, False, True, False] * 5
    true = [True, False, False, True, True, False] * 5
    low, high = bootstrap(said, true)
    assert low < binary_macro_f1(said, true) < high
    closer = bootstrap(said * 20, true * 20)
    assert closer[1] - closer[0] < (high - low) / 2
    assert bootstrap(said, true) == (low, high)
    assert bootstrap([True, False], [True, False])[1] == 1.0
