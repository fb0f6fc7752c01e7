"""An order that does not flicker: what stands above another stays there until the other is clearly hotter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

CLEARLY: Final = 1.25
"""How many times as hot as what stands above it something must be to pass it."""


def ranked(before: Sequence[str], best_first: Sequence[str], heat: Mapping[str, float]) -> list[str]:
    """The names of ``best_first`` (hottest first, ties settled) in the order in which they are to be shown.

    ``before`` is the order that was shown last. What is new enters where its heat puts it; of the others only who is
    clearly hotter than one above moves, to above all of those.
    """
    order = [name for name in before if name in heat]
    held = set(order)
    for name in best_first:
        if name in held:
            at = order.index(name)
            above = next((place for place in range(at) if heat[name] > CLEARLY * heat[order[place]]), at)
            order.insert(above, order.pop(at))
        else:
            place = next((place for place, other in enumerate(order) if heat[other] < heat[name]), len(order))
            order.insert(place, name)
    return order
