"""Mean directions in one table."""

from __future__ import annotations

import numpy as np
import pytest

from streambot.core.centres import Centres, Vectors

EAST, NORTH, NOTHING = (np.array(values, dtype=np.float32) for values in ((1, 0), (0, 1), ()))


def cosines(centres: Centres, vector: Vectors = EAST, rows: int = 9) -> list[float]:
    return [round(float(cosine), 4) for cosine in centres.cosines(vector, rows)]


def test_a_centre_is_the_mean_direction_of_all_that_was_drawn_to_it() -> None:
    centres = Centres()
    centres.draw(0, EAST)
    centres.draw(0, NORTH)
    centres.draw(1, NORTH)
    assert cosines(centres, rows=2) == [pytest.approx(0.7071, abs=1e-4), 0.0]
    centres.add(1, 0)
    assert centres[1] == pytest.approx([0.4472, 0.8944], abs=1e-4)
    assert np.linalg.norm(centres[0]) == pytest.approx(1.0)


def test_what_nothing_was_drawn_to_is_nowhere() -> None:
    centres = Centres()
    centres.draw(0, NOTHING)
    assert len(centres) == 0
    assert cosines(centres) == []
    assert list(centres[0]) == []
    centres.draw(2, EAST)
    assert cosines(centres)[:3] == [0.0, 0.0, 1.0]
    assert cosines(centres, NOTHING) == []
    assert list(centres[99]) == [0.0, 0.0]
    centres.add(0, 99)
    assert list(centres[0]) == [0.0, 0.0]


@pytest.mark.parametrize(
    ("row", "last", "left"), [(0, 2, [0.0, 0.7071]), (2, 2, [1.0, 0.7071]), (1, 99, [1.0, 0.0, 0.0])]
)
def test_the_last_row_takes_the_place_of_one_that_is_dropped(row: int, last: int, left: list[float]) -> None:
    centres = Centres()
    centres.draw(0, EAST)
    centres.draw(1, EAST + NORTH)
    centres.draw(2, NORTH)
    centres.drop(row, last=last)
    assert [pytest.approx(cosine, abs=1e-4) for cosine in left] == cosines(centres)[: len(left)]
    if last == 2:
        centres.draw(2, EAST)
        assert cosines(centres)[2] == 1.0
