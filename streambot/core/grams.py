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
_FOLD: Final = np.uint32(15)
_HIGH: Final = np.uint32(12)
"""Bits below the 20 of a slot: the high ones are the well-mixed ones."""


def hashed_grams(texts: Sequence[str]) -> NDArray[np.int32]:
    """Slots [texts, grams] of all 1- to 4-grams of each text, filled up with 0; a blank marks the text's two ends."""
    padded = [f" {text[:READ]} " for text in texts]
    longest = max(map(len, padded), default=0)
    filled = "".join([text.ljust(longest, "\0") for text in padded])
    codes = np.frombuffer(filled.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).reshape(len(padded), longest)
    # By length: so many grams of one character, one less of two …
    widths = range(longest, max(longest - LONGEST, 0), -1)
    slots = np.empty((len(padded), sum(widths)), dtype=np.uint32)
    rolling = np.zeros_like(codes)
    start = 0
    for width in widths:
        made = slots[:, start : start + width]
        np.bitwise_xor(rolling[:, :width], codes[:, longest - width :], out=made)
        made *= _FACTOR
        made ^= made >> _FOLD
        rolling = made
        start += width
    slots >>= _HIGH
    # 1 to SLOTS - 1, since 0 is taken.
    np.maximum(slots, 1, out=slots)
    if not codes.all():
        slots[np.concatenate([codes[:, longest - width :] for width in widths], axis=1) == 0] = 0
    return slots.view(np.int32)
