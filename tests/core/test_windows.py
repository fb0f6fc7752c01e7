"""Windows leave nothing out, and of what is too long the end is read."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streambot.core.windows import DOUBT, MOST, WIDTH, doubted, narrow, spread

tokens = st.integers(1, 3000)


@given(tokens, st.integers(2, 64), st.data(), st.integers(1, 40))
def test_every_window_lies_in_the_text_and_the_last_one_reads_its_end(count, width, data, most):
    overlap = data.draw(st.integers(0, width - 1))
    found = list(spread(count, width, overlap, most))
    assert len(found) <= most
    assert found[-1][1] == count
    assert all(0 <= start < end <= count and end - start <= width for start, end in found)


@given(tokens, st.integers(2, 64), st.data())
def test_with_enough_windows_neighbours_share_so_many_tokens_and_nothing_is_left_out(count, width, data):
    overlap = data.draw(st.integers(0, width - 1))
    found = list(spread(count, width, overlap, 3000))
    assert found[0][0] == 0
    assert all(end - start == overlap for (_, end), (start, _) in pairwise(found))


def test_a_text_that_is_one_narrow_window_is_not_read_twice():
    assert list(narrow(WIDTH)) == []
    assert list(narrow(WIDTH + 1)) == [(0, WIDTH), (18, WIDTH + 1)]


def test_of_an_endless_text_so_many_windows_are_read_and_its_end():
    found = list(narrow(5000))
    assert len(found) == MOST
    assert found[-1] == (5000 - WIDTH, 5000)


def test_doubt_lowers_the_logit_and_leaves_order_and_ends():
    scores = np.array([0.0, 0.01, 0.5, 0.9, 1.0], dtype=np.float32)
    less = doubted(scores)
    assert (less[0], less[-1]) == (0.0, 1.0)
    assert list(less) == sorted(less)
    logit = np.log(scores[1:-1] / (1 - scores[1:-1])) - np.log(less[1:-1] / (1 - less[1:-1]))
    assert logit == pytest.approx([DOUBT] * 3, abs=1e-4)
