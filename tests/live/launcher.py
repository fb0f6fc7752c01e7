"""``streambot`` that kills itself with SIGKILL when it passes a named point for the N-th time.

``KILL_AT=before-send:2`` names point and N. Points are before and after: the ``commit`` of decisions that ask for
actions, the ``send`` of one action, the reading of its ``answer`` (before it the platform has done its part), and the
``settle`` that writes down what came of it.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from streambot.__main__ import main
from streambot.platforms.webhook import WebhookActuator
from streambot.scribe import Scribe
from streambot.store.outbox import Outbox

POINTS: dict[str, tuple[type, str]] = {
    "commit": (Scribe, "write"),
    "send": (WebhookActuator, "apply"),
    "answer": (WebhookActuator, "_outcome"),
    "settle": (Outbox, "settle"),
}


def arm(stated: str) -> None:
    """Put the trap where ``stated`` says."""
    point, _, count = stated.partition(":")
    side, _, name = point.partition("-")
    kind, method = POINTS[name]
    whole: Callable[..., Awaitable[Any]] = getattr(kind, method)
    left = int(count)

    def passing() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    @functools.wraps(whole)
    async def trapped(*args: Any) -> Any:
        counts = name != "commit" or bool(args[2:] and args[2])
        if side == "before" and counts:
            passing()
        answer = await whole(*args)
        if side == "after" and counts:
            passing()
        return answer

    setattr(kind, method, trapped)


if __name__ == "__main__":
    if stated := os.environ.get("KILL_AT", ""):
        arm(stated)
    sys.argv[0] = "streambot"
    main()
