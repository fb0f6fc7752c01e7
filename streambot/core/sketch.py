"""A small fingerprint by which nearly equal texts are recognised: the lowest hashes of their five-letter pieces.

Broder, "On the resemblance and containment of documents" (1997): the share of common values estimates the share of
common pieces. The hash is CRC-32, so a replay finds what the live run found.
"""

from __future__ import annotations

from typing import Final
from zlib import crc32

SKETCH: Final = 8
_PIECE: Final = 5


def sketch(text: str) -> frozenset[int]:
    """At most eight values; equal texts have equal ones, and an added name or emoji changes few."""
    pieces = {text[at : at + _PIECE] for at in range(max(1, len(text) - _PIECE + 1))}
    return frozenset(sorted(crc32(piece.encode("utf-8", "surrogatepass")) for piece in pieces)[:SKETCH])
