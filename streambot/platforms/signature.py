"""Signed requests, both ways, by the recipe of PLATFORMS.md §11 (Twitch's, with separators).

``X-Signature: sha256=<hex of HMAC-SHA256(secret, id + "." + timestamp + "." + body)>`` with ``X-Signature-Id``, new for
every attempt, and ``X-Signature-Timestamp`` in Unix seconds. The body is signed as it is sent, byte for byte.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from streambot.core.errors import ConfigError
from streambot.ports import Clock

SIGNATURE: Final = "X-Signature"
SIGNATURE_ID: Final = "X-Signature-Id"
TIMESTAMP: Final = "X-Signature-Timestamp"

WINDOW: Final = 600.0
"""Seconds that a timestamp may lie before or after our clock."""
REMEMBERED: Final = 100_000
"""Request ids kept. Beyond it the oldest is forgotten early, and its replay brings comments that are known already."""
SHORTEST_SECRET: Final = 16
_ID: Final = re.compile(r"[\x21-\x7e]{1,200}")
_TIME: Final = re.compile(r"[0-9]{1,12}", re.ASCII)


def signature(secret: bytes, request_id: str, timestamp: str, body: bytes) -> str:
    """The value of ``X-Signature``."""
    signed = f"{request_id}.{timestamp}.".encode() + body
    return "sha256=" + hmac.new(secret, signed, hashlib.sha256).hexdigest()


def signed_headers(secret: bytes, request_id: str, now: float, body: bytes) -> dict[str, str]:
    """The three headers of a request that is sent at ``now`` (Unix seconds)."""
    timestamp = str(int(now))
    return {
        SIGNATURE_ID: request_id,
        TIMESTAMP: timestamp,
        SIGNATURE: signature(secret, request_id, timestamp, body),
    }


def signing_secret(text: str) -> bytes:
    """A secret that is worth signing with. Raises ConfigError, without showing it."""
    if len(text) < SHORTEST_SECRET:
        raise ConfigError(
            f"a signing secret needs at least {SHORTEST_SECRET} characters.",
            code="secret_short",
            fix="Make one with `openssl rand -hex 32`.",
        )
    return text.encode()


class Verifier:
    """Tells whether a request was signed with our secret, lately, and is seen for the first time."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock
        self._seen: OrderedDict[str, float] = OrderedDict()

    def allows(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether to believe it. Once only: the same request again is a replay."""
        request_id, timestamp = headers.get(SIGNATURE_ID, ""), headers.get(TIMESTAMP, "")
        if not _ID.fullmatch(request_id) or not _TIME.fullmatch(timestamp):
            return False
        right = signature(self._secret, request_id, timestamp, body)
        if not hmac.compare_digest(right.encode(), headers.get(SIGNATURE, "").encode(errors="surrogateescape")):
            return False
        now = self._clock()
        if abs(now - int(timestamp)) > WINDOW or request_id in self._seen:
            return False
        self._remember(request_id, now)
        return True

    def _remember(self, request_id: str, now: float) -> None:
        self._seen[request_id] = now
        # Twice the window: a timestamp may be as far ahead of us as it may be behind.
        while self._seen and (now - next(iter(self._seen.values())) > 2 * WINDOW or len(self._seen) > REMEMBERED):
            self._seen.popitem(last=False)
