from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from streambot.core.labels import Label
from streambot.training.budget import MIN_LINES, NEVER
from streambot.training.calibrate import (
    HARD,
    HIDE_BUDGET,
    HIDE_FLOOR,
    REVIEW_BUDGET,
    choose_thresholds,
    platt,
)
from streambot.training.corpus import OWN, Row
from streambot.training.labelmap import ASSUMED

SCAM = list(Label).index(Label.SCAM)


def a_row(label=None, language="en", source=OWN):
    return Row("text", language, source, tuple(name == label for name in Label), (1.0,) * len(Label))


def scored(rows, scam):
    scores = np.full((len(rows), len(Label)), 0.01)
    scores[:, SCAM] = scam
    return choose_thresholds(rows, scores)


def test_platt_scaling_finds_the_scale_and_bias_that_made_the_labels():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, 20_000)
    present = rng.random(20_000) < 1 / (1 + np.exp(-(2.0 * logits - 1.0)))
    scales, bias = platt(logits[:, None], present, np.ones(20_000))
    assert (scales[0], bias) == (pytest.approx(2.0, abs=0.1), pytest.approx(-1.0, abs=0.1))


def test_of_two_branches_the_one_that_knows_is_believed_and_the_one_that_errs_is_not():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (20_000, 3))
    present = rng.random(20_000) < 1 / (1 + np.exp(-(1.5 * logits[:, 0] - 0.7 * logits[:, 2])))
    scales, _ = platt(logits, present, np.ones(20_000))
    assert scales[0] == pytest.approx(1.5, abs=0.1)
    assert scales[1] == pytest.approx(0.0, abs=0.05)
    assert scales[2] == 0.0


def test_logits_that_are_far_out_and_rarely_positive_do_not_throw_the_calibration_off():
    rng = np.random.default_rng(0)
    logits = np.concatenate([rng.normal(-14, 3, 5000), rng.normal(-4, 4, 25)])
    present = np.arange(5025) >= 5000
    scales, bias = platt(logits[:, None], present, np.ones(5025))
    guess = 1 / (1 + np.exp(-(scales[0] * logits + bias)))
    assert guess.mean() == pytest.approx(25 / 5025, rel=0.3)
    assert (guess[:5000] > 0.5).mean() < 0.002


def test_rows_without_weight_do_not_calibrate():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, 2000)
    present = logits > 0
    present[1000:] = ~present[1000:]
    weights = np.ones(2000)
    weights[1000:] = 0.0
    of_all = platt(logits[:, None], present, weights)
    assert of_all == platt(logits[:1000, None], present[:1000], np.ones(1000))


def test_without_both_classes_nothing_is_changed():
    scales, bias = platt(np.array([[1.0, 4.0], [2.0, 5.0]]), np.array([True, True]), np.ones(2))
    assert (scales.tolist(), bias) == ([0.5, 0.5], 0.0)


def test_benign_lines_stay_within_the_budgets_and_violations_above_are_found():
    rows = [a_row() for _ in range(400)] + [a_row(Label.SCAM) for _ in range(20)]
    scores = np.concatenate([np.linspace(0.0, 0.7, 400), np.full(20, 0.95)])
    chosen = scored(rows, scores)[Label.SCAM]
    assert (scores[:400] >= chosen.hide["default"]).mean() <= HIDE_BUDGET
    assert (scores[:400] >= chosen.review["default"]).mean() <= REVIEW_BUDGET
    assert HIDE_FLOOR <= chosen.hide["default"] <= 0.95
    assert chosen.review["default"] < chosen.hide["default"]


def test_the_budget_is_for_all_labels_together():
    rows = [a_row() for _ in range(1000)]
    scores = np.random.default_rng(1).random((1000, len(Label)))
    chosen = choose_thresholds(rows, scores)
    review = np.array([chosen[label].review["default"] for label in Label])
    assert (scores >= review).any(axis=1).mean() <= REVIEW_BUDGET


@pytest.mark.parametrize(
    ("violating", "benign", "reason"),
    [
        ([0.95] * 3, [0.1] * 100, "only 3"),
        ([0.3] * 20, [0.1] * 100, "finds 0 of 20"),
    ],
)
def test_a_label_that_does_not_warrant_it_never_hides(violating, benign, reason):
    rows = [a_row(Label.SCAM) for _ in violating] + [a_row() for _ in benign]
    chosen = scored(rows, np.array(violating + benign))[Label.SCAM]
    assert chosen.hide == {"default": NEVER}
    assert chosen.reason.startswith(reason)


def test_a_label_that_is_often_wrong_on_other_violations_stands_above_them():
    rows = [a_row(Label.SCAM)] * 20 + [a_row(Label.SPAM)] * 20 + [a_row()] * 100
    chosen = scored(rows, np.array([0.95] * 20 + [0.9] * 20 + [0.1] * 100))[Label.SCAM]
    assert 0.9 < chosen.hide["default"] <= 0.95


def test_hard_negatives_have_a_budget_of_their_own():
    hard = replace(a_row(), note=HARD)
    rows = [a_row()] * 400 + [hard] * 100 + [a_row(Label.SCAM)] * 200
    scores = np.concatenate([np.full(400, 0.1), np.full(97, 0.2), np.full(3, 0.7), np.full(200, 0.95)])
    chosen = scored(rows, scores)[Label.SCAM]
    assert chosen.hide["default"] > 0.7
    assert chosen.review["default"] < 0.7


def test_a_language_with_enough_lines_has_thresholds_of_its_own():
    rows = [a_row(language="en")] * 300 + [a_row(language="th")] * MIN_LINES + [a_row(language="ms")] * 5
    rows += [a_row(Label.SCAM)] * 600
    benign = np.concatenate([np.full(300, 0.1), np.full(MIN_LINES - 1, 0.1), [0.8], np.full(5, 0.1)])
    chosen = scored(rows, np.concatenate([benign, np.full(300, 0.75), np.full(300, 0.95)]))[Label.SCAM]
    assert set(chosen.hide) == {"default", "en", "th"}
    assert chosen.hide["en"] < 0.8 < chosen.hide["th"]


def test_the_budget_is_spent_on_the_label_that_finds_more_for_it():
    rows = [a_row() for _ in range(600)]
    rows += [a_row(Label.SCAM) for _ in range(40)] + [a_row(Label.SPAM) for _ in range(40)]
    scores = np.full((len(rows), len(Label)), 0.01)
    spam = list(Label).index(Label.SPAM)
    # The budget is for two benign lines: two stand in the way of thirty scams, two others in that of ten of the spam.
    scores[600:610, SCAM], scores[610:640, SCAM], scores[:2, SCAM] = 0.95, 0.7, 0.8
    scores[640:670, spam], scores[670:, spam], scores[2:4, spam] = 0.95, 0.7, 0.8
    chosen = choose_thresholds(rows, scores)
    assert chosen[Label.SCAM].hide["default"] < 0.7
    assert chosen[Label.SPAM].hide["default"] > 0.8


def test_public_rows_do_not_set_thresholds():
    rows = [a_row()] * 100 + [a_row(Label.SCAM)] * 20 + [a_row(source="elsewhere")] * 500
    chosen = scored(rows, np.concatenate([np.full(100, 0.1), np.full(20, 0.95), np.full(500, 0.99)]))[Label.SCAM]
    assert chosen.review["default"] < 0.95


def test_a_label_stands_above_what_it_is_often_wrong_on_in_a_public_source():
    rows = [a_row()] * 100 + [a_row(Label.SCAM)] * 20 + [a_row(source="elsewhere")] * 100
    few = np.concatenate([np.full(100, 0.1), np.full(20, 0.95), np.full(98, 0.1), np.full(2, 0.9)])
    assert scored(rows, few)[Label.SCAM].hide["en"] < 0.9
    many = np.concatenate([np.full(100, 0.1), np.full(20, 0.95), np.full(80, 0.1), np.full(20, 0.9)])
    assert scored(rows, many)[Label.SCAM].hide["en"] > 0.9


@pytest.mark.parametrize("weight", [0.0, ASSUMED])
def test_what_a_quiet_source_scores_is_not_hidden(weight):
    quiet = [Row("text", "en", "reviews", (False,) * len(Label), (weight,) * len(Label)) for _ in range(MIN_LINES * 4)]
    rows = [a_row() for _ in range(200)] + [a_row(Label.SCAM) for _ in range(40)] + quiet
    scores = np.concatenate([np.full(97 * len(quiet) // 100, 0.02), np.full(len(quiet) - 97 * len(quiet) // 100, 0.9)])
    scam = np.concatenate([np.full(200, 0.02), np.full(40, 0.97), scores])
    assert scored(rows, scam)[Label.SCAM].hide["default"] > 0.9


def test_a_label_goes_to_review_only_from_where_it_is_often_enough_right():
    rows = [a_row() for _ in range(400)] + [a_row(Label.SCAM) for _ in range(10)]
    scam = np.concatenate([np.full(380, 0.02), np.full(20, 0.5), np.full(5, 0.5), np.full(5, 0.8)])
    assert 0.5 < scored(rows, scam)[Label.SCAM].review["default"] <= 0.8
