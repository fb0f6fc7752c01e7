"""The token bucket: how many at once, how many over time, and clocks that jump."""

from __future__ import annotations

import pytest

from streambot.core.bucket import TokenBucket

NOW = 1_795_000_000.0


def taken(bucket: TokenBucket, now: float, tries: int = 100) -> int:
    return sum(bucket.take(now) for _ in range(tries))


def test_a_burst_at_once_then_the_rate_over_time() -> None:
    bucket = TokenBucket(5, 10)
    assert taken(bucket, NOW) == 10
    assert taken(bucket, NOW + 1) == 5
    assert taken(bucket, NOW + 1.2) == 1
    assert taken(bucket, NOW + 1000) == 10


@pytest.mark.parametrize("rate", [0.1, 3.0, 7.0, 500.0])
def test_who_wakes_at_the_stated_time_is_let_through(rate: float) -> None:
    bucket, now = TokenBucket(rate, 2), NOW
    assert taken(bucket, now) == 2
    for _ in range(50):
        at = bucket.ready_at(now)
        assert at > now
        assert at - now <= 1 / rate
        now = at
        assert taken(bucket, now) == 1


def test_a_platform_that_asks_for_rest_gets_it() -> None:
    bucket = TokenBucket(5, 10)
    bucket.close(NOW, 30)
    assert (bucket.take(NOW + 29.9), bucket.ready_at(NOW)) == (False, NOW + 30)
    assert bucket.take(NOW + 30)


def test_a_clock_that_was_set_back_does_not_close_it_for_as_long() -> None:
    bucket = TokenBucket(5, 10)
    assert taken(bucket, NOW) == 10
    assert bucket.ready_at(NOW - 3600) <= NOW - 3600 + 0.2
    bucket.close(NOW - 3600, 40)
    assert bucket.ready_at(NOW - 7200) == NOW - 7200 + 40
