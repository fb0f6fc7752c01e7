"""Texts as hashed character 1- to 4-grams, for the model's wide branch: one function for training and inference.

The hashing trick (Weinberger et al. 2009): a gram is its slot, no table of strings is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

LONGEST: Final = 4
"""Characters of the longest gram: fifth ones gained nothing on held-back lines."""
SLOTS: Final = 1 << 20
"""Slots that grams are hashed to; slot 0 stands for no gram."""
READ: Final = 640
"""Characters read of one window of text: 64 pieces of 10."""

_FACTOR: Final = np.uint32(0x9E3779B1)
"""2^32 over the golden ratio (Knuth, multiplicative hashing)."""


def hashed_grams(texts: Sequence[str]) -> NDArray[np.int32]:
    """Slots [texts, grams] of all 1- to 4-grams of each text, filled up with 0; a blank marks the text's two ends."""
    padded = [f" {text[:READ]} " for text in texts]
    longest = max(map(len, padded), default=0)
    codes = np.zeros((len(padded), longest), dtype=np.uint32)
    for row, text in enumerate(padded):
        codes[row, : len(text)] = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    slots = []
    rolling = np.zeros_like(codes)
    for length in range(1, min(LONGEST, longest) + 1):
        last = codes[:, length - 1 :]
        rolling = (rolling[:, : last.shape[1]] ^ last) * _FACTOR
        rolling ^= rolling >> np.uint32(15)
        # The high bits are the well-mixed ones; 1 to SLOTS - 1, since 0 is taken.
        slot = rolling >> np.uint32(12)
        slots.append(np.where(last > 0, np.maximum(slot, 1), 0))
    return np.concatenate(slots, axis=1).astype(np.int32) if slots else np.zeros((len(padded), 0), dtype=np.int32)
