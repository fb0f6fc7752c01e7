"""Event ids: unique, in the order they were made, UUIDs of version 7."""

from __future__ import annotations

import random
import uuid

from streambot.ids import EventIds
from streambot.testing import FakeClock


def maker(clock: FakeClock, seed: int = 1) -> EventIds:
    return EventIds(clock, random.Random(seed).getrandbits)


def test_ten_thousand_of_one_millisecond_are_unique_and_in_order() -> None:
    ids = maker(FakeClock())
    made = [ids() for _ in range(10_000)]
    assert made == sorted(set(made))


def test_an_id_is_a_uuid_of_version_seven_with_its_time() -> None:
    clock = FakeClock(1_795_000_000.123)
    made = uuid.UUID(maker(clock)())
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == 1_795_000_000_123


def test_a_clock_that_steps_back_does_not_bring_back_an_older_id() -> None:
    clock = FakeClock()
    ids = maker(clock)
    made = []
    for step in (0.0, -3600.0, 0.001, 7200.0, -1.0):
        clock.now += step
        made += [ids() for _ in range(100)]
    assert made == sorted(set(made))


def test_two_processes_of_the_same_moment_make_different_ids() -> None:
    clock = FakeClock()
    one, other = maker(clock, 1), maker(clock, 2)
    assert {one() for _ in range(1000)}.isdisjoint(other() for _ in range(1000))
