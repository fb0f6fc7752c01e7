"""Which size an item's measures advise for a body, or why they advise none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from streambot.core.body import Body
from streambot.core.catalog import Range, Size

ASKED_FOR: Final = ("height", "weight")
"""The measures that comments give; others are for people to compare."""


class NoSize(StrEnum):
    """Why there is no advice."""

    NO_MEASURES = "no_measures"
    """The item's sizes do not say whom they fit, or not all of them do."""
    UNCLEAR = "unclear"
    """What the viewer said could mean two things."""
    NO_HEIGHT = "no_height"
    NO_WEIGHT = "no_weight"
    """The sizes go by it, the viewer did not say it."""
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    """The body is outside of all sizes."""
    BETWEEN = "between"
    """The height asks for one size, the weight for another, or the body falls between two."""


@dataclass(frozen=True, slots=True)
class Advice:
    """A size by its name, or the reason why there is none."""

    size: str = ""
    reason: NoSize | None = None


def advise(sizes: Sequence[Size], body: Body) -> Advice:
    """The size into whose measures a body falls; where sizes overlap the one in whose middle it is nearest.

    Among equals the later one in the item's list, which goes from small to large: too wide can be worn.
    """
    used = [name for name in ASKED_FOR if any(name in size.measures for size in sizes)]
    if not used or any(name not in size.measures for size in sizes for name in used):
        return Advice(reason=NoSize.NO_MEASURES)
    if body.unclear:
        return Advice(reason=NoSize.UNCLEAR)
    given: dict[str, float] = {}
    for name, value, missing in (
        ("height", body.height, NoSize.NO_HEIGHT),
        ("weight", body.weight, NoSize.NO_WEIGHT),
    ):
        if name in used:
            if value is None:
                return Advice(reason=missing)
            given[name] = value
    fitting = [size for size in sizes if all(value in size.measures[name] for name, value in given.items())]
    if not fitting:
        return Advice(reason=_why_none(sizes, given))
    far = [sum(_off_centre(size.measures[name], value) for name, value in given.items()) for size in fitting]
    best = min(far)
    return Advice(next(size.name for size, off in zip(reversed(fitting), reversed(far), strict=True) if off == best))


def _off_centre(measure: Range, value: float) -> float:
    """How far a value inside a measure is from its middle: 0 there, 1 at either end."""
    half = (measure.high - measure.low) / 2
    return abs(value - measure.low - half) / half if half else 0.0


def _why_none(sizes: Sequence[Size], given: dict[str, float]) -> NoSize:
    for name, value in given.items():
        if value < min(size.measures[name].low for size in sizes):
            return NoSize.TOO_SMALL
        if value > max(size.measures[name].high for size in sizes):
            return NoSize.TOO_LARGE
    return NoSize.BETWEEN
