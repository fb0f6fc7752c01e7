"""The circuit breaker: never more than its limit in any window."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streambot.core.quota import Quota


def test_a_full_window_refuses_and_opens_again_as_it_moves() -> None:
    quota = Quota(2, seconds=60)
    assert [quota.spend(at) for at in (0, 10, 20, 59.9)] == [True, True, False, False]
    assert [quota.spend(at) for at in (60, 61, 70)] == [True, False, True]


def test_what_was_refused_costs_nothing() -> None:
    quota = Quota(1, seconds=60)
    assert quota.spend(0)
    assert not any(quota.spend(at) for at in range(1, 60))
    assert quota.spend(60)


def test_a_limit_of_nothing_lets_nothing_pass() -> None:
    assert not Quota(0).spend(0)


@given(st.lists(st.floats(0, 300), max_size=80), st.integers(1, 5))
def test_no_window_ever_holds_more_than_the_limit(times: list[float], limit: int) -> None:
    quota = Quota(limit, seconds=60)
    spent = [at for at in sorted(times) if quota.spend(at)]
    for start in spent:
        assert sum(start <= at < start + 60 for at in spent) <= limit


def test_what_was_spent_before_a_restart_counts() -> None:
    quota = Quota(3, spent=[100.0, 130.0])
    assert [quota.spend(140.0), quota.spend(141.0)] == [True, False]
    assert quota.spend(160.0)


def test_a_clock_that_was_set_back_does_not_close_it_for_as_long() -> None:
    quota = Quota(2, seconds=60)
    assert [quota.spend(at) for at in (4000, 4001)] == [True, True]
    assert not quota.spend(400)
    assert [quota.spend(at) for at in (459.9, 460, 461)] == [False, True, True]


def test_what_was_asked_for_long_ago_moves_nothing_that_was_asked_for_later() -> None:
    quota = Quota(2, seconds=60)
    assert quota.spend(4000, now=4000)
    assert quota.spend(100, now=4001)
    assert [quota.spend(at, now=at) for at in (4002, 4003)] == [False, False]


def test_it_says_when_there_is_room_again_and_what_is_given_back_makes_room_at_once() -> None:
    quota = Quota(2, seconds=60)
    assert quota.ready_at(5) == 5
    assert [quota.spend(at) for at in (10, 30)] == [True, True]
    assert quota.ready_at(40) == 70
    assert not quota.spend(69.9)
    quota.refund()
    assert quota.ready_at(40) <= 40
    assert quota.spend(40)
    assert quota.ready_at(-1000) == -940, "a clock that was set back closes it for no longer than its window"
    assert Quota(0).ready_at(5) == 65
