"""Mean directions in one table."""

from __future__ import annotations

import math

import numpy as np
import pytest

from streambot.core.centres import APART, Centres, Vectors

EAST, NORTH, NOTHING = (np.array(values, dtype=np.float32) for values in ((1, 0), (0, 1), ()))
DIAGONAL: Vectors = (EAST + NORTH) / np.float32(math.sqrt(2))


def near(centres: Centres, vector: Vectors = EAST, rows: int = 9) -> list[float]:
    return [round(float(each), 4) for each in centres.nearness(vector, rows)]


def test_a_centre_is_the_mean_direction_of_all_that_was_drawn_to_it() -> None:
    centres = Centres()
    centres.draw(0, EAST)
    centres.draw(0, NORTH)
    centres.draw(1, NORTH)
    assert centres[0][0] == centres[0][1]
    assert near(centres, rows=2)[1] == 0.0
    centres.add(1, 0)
    assert centres[1][1] == pytest.approx(2 * centres[1][0])


def test_a_centre_is_the_shorter_the_farther_apart_lies_what_was_drawn_to_it() -> None:
    centres = Centres()
    for row, vector in enumerate((EAST, DIAGONAL, NORTH)):
        centres.draw(row, EAST)
        centres.draw(row, vector)
    centres.draw(3, NORTH)
    centres.add(3, 0)
    alike, near_by, apart, added = (float(np.linalg.norm(centres[row])) for row in range(4))
    assert alike == pytest.approx(1.0)
    # Half way between the directions: the length of the mean to the power that holds.
    assert near_by == pytest.approx(math.cos(math.pi / 8) ** APART)
    assert apart == pytest.approx(math.cos(math.pi / 4) ** APART)
    assert added == pytest.approx((math.sqrt(5) / 3) ** APART)


def test_what_nothing_was_drawn_to_is_nowhere() -> None:
    centres = Centres()
    centres.draw(0, NOTHING)
    assert len(centres) == 0
    assert near(centres) == []
    assert list(centres[0]) == []
    centres.draw(2, EAST)
    assert near(centres)[:3] == [0.0, 0.0, 1.0]
    assert near(centres, NOTHING) == []
    assert list(centres[99]) == [0.0, 0.0]
    for nowhere in (1, 99):
        centres.add(0, nowhere)
        assert list(centres[0]) == [0.0, 0.0]


@pytest.mark.parametrize(
    ("row", "last", "left"), [(0, 2, [0.0, 0.7071]), (2, 2, [1.0, 0.7071]), (1, 99, [1.0, 0.0, 0.0])]
)
def test_the_last_row_takes_the_place_of_one_that_is_dropped(row: int, last: int, left: list[float]) -> None:
    centres = Centres()
    centres.draw(0, EAST)
    centres.draw(1, DIAGONAL)
    centres.draw(2, NORTH)
    centres.drop(row, last=last)
    assert [pytest.approx(each, abs=1e-4) for each in left] == near(centres)[: len(left)]
    if last == 2:
        centres.draw(2, EAST)
        assert near(centres)[2] == 1.0
