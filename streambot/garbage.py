"""The garbage collector in a process that runs for hours: it need not look at what the start has made again and again.

CPython walks every object alive at each full collection. Models, packs, rules and pages are alive until the end, and
a comment leaves next to no cycles; left alone, the collector takes a sixth of the time that a comment costs.
"""

from __future__ import annotations

import gc
from typing import Final

_THRESHOLDS: Final = (20_000, 20, 50)
"""Allocations before the young are looked at, and how often the older follow (CPython: 700, 10, 10)."""


def settle_in() -> None:
    """Call once, when what lives as long as the process stands."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
