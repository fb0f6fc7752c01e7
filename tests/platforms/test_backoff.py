"""How long is waited before trying again."""

from __future__ import annotations

import random

import pytest

from streambot.platforms.backoff import Backoff, retry_after

NOW = 1_795_000_000.0


class Slept(list):
    """A sleep that is over at once and remembered."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


async def test_ceilings_double_from_one_second_to_a_minute():
    slept = Slept()
    backoff = Backoff(sleep=slept, uniform=lambda _, high: high)
    for _ in range(9):
        await backoff.wait()
    assert slept == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_every_wait_is_drawn_from_the_upper_half_of_its_ceiling():
    slept = Slept()
    backoff = Backoff(sleep=slept, uniform=random.Random(7).uniform)
    for _ in range(200):
        await backoff.wait()
    assert all(30 <= seconds <= 60 for seconds in slept[6:])
    assert max(slept[6:]) - min(slept[6:]) > 20


async def test_a_reset_begins_with_short_waits_again():
    slept = Slept()
    backoff = Backoff(sleep=slept, uniform=lambda low, _: low)
    for _ in range(5):
        await backoff.wait()
    backoff.reset()
    await backoff.wait()
    assert slept == [0.5, 1, 2, 4, 8, 0.5]


async def test_a_platform_that_asks_for_more_gets_it_and_one_that_asks_for_less_does_not():
    slept = Slept()
    backoff = Backoff(sleep=slept, uniform=lambda _, high: high)
    await backoff.wait(at_least=30)
    await backoff.wait(at_least=0.1)
    assert slept == [30, 2]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        (" 0 ", 0),
        ("Wed, 18 Nov 2026 11:07:20 GMT", 1_794_999_000 - 1_795_000_000 + 1_040),
        ("Wed, 18 Nov 2026 11:00:00 GMT", 0),
        ("86400", 900),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 900),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("１０", None),
        ("1e3", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_never_longer_than_a_quarter_of_an_hour(header, seconds):
    assert retry_after(header, NOW) == seconds
