"""How figures are read."""

from __future__ import annotations

import math

import pytest

from streambot.bench.figures import Figure, at_least, at_most, median, percentile


@pytest.mark.parametrize(
    ("value", "aim", "met"),
    [(60.0, at_least(60), True), (59.9, at_least(60), False), (20.0, at_most(20), True), (20.1, at_most(20), False)],
)
def test_an_aim_is_met_from_its_value_on(value: float, aim: object, met: bool) -> None:
    assert Figure("x", value, "", aim).met is met


def test_a_figure_without_an_aim_is_neither_met_nor_missed() -> None:
    assert Figure("x", 1.0, "/s").met is None


def test_an_aim_is_not_met_by_what_could_not_be_measured() -> None:
    assert Figure("x", percentile([], 0.5), "ms", at_most(5)).met is False


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(number) for number in range(100, 0, -1)]
    assert [percentile(values, part) for part in (0.0, 0.5, 0.99, 1.0)] == [1.0, 51.0, 100.0, 100.0]
    assert math.isnan(percentile([], 0.5))


def test_the_median_is_not_moved_by_one_bad_round() -> None:
    assert median([10.0, 11.0, 900.0]) == 11.0
