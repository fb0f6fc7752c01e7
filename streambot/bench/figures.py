"""What a scenario found, and how it is read."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from streambot.core.errors import StreambotError


class Sense(StrEnum):
    """Which side of its aim a figure should be on."""

    LEAST = "≥"
    MOST = "≤"


@dataclass(frozen=True, slots=True)
class Aim:
    """What a figure should reach (the issue of the bench; ENGINE.md "so for streambot")."""

    sense: Sense
    value: float

    def met(self, value: float) -> bool:
        """Whether a measured value reaches it."""
        return value >= self.value if self.sense is Sense.LEAST else value <= self.value


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement: a name unique in its scenario, a value, its unit, and what it should be if that is stated."""

    name: str
    value: float
    unit: str
    aim: Aim | None = None

    @property
    def met(self) -> bool | None:
        """Whether the aim is met; None without one."""
        return None if self.aim is None else self.aim.met(self.value)


class Skipped(StreambotError):  # noqa: N818 - nothing went wrong: the machine has not what it takes
    """A scenario that cannot be measured here; the message says why in one line."""


def at_least(value: float) -> Aim:
    """An aim that is a floor."""
    return Aim(Sense.LEAST, value)


def at_most(value: float) -> Aim:
    """An aim that is a ceiling."""
    return Aim(Sense.MOST, value)


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which ``part`` (0 to 1) of the values lie, the nearest one that was measured; NaN of none."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def median(values: Sequence[float]) -> float:
    """The middle of an odd number of rounds, the mean of the two middle ones of an even number."""
    return float(statistics.median(values))
