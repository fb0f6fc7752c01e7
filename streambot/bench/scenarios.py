"""Every scenario by name; its module is imported when it is run."""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from streambot.bench.figures import Figure
from streambot.bench.lab import Lab

SCENARIOS: Final = {
    "model": "the bare model, by runtime, threads and batch",
    "pipeline": "the whole house against the bare model, and what our own code takes",
    "latency": "arrival to decision at 50, 200 and 500 a second",
    "burst": "2,000 a second: lost, rules, time to drain",
    "rooms": "1, 10 and 100 rooms at the same total rate",
    "rules": "views and rules alone: 1,000 terms, 100 patterns, five languages, 10,000 hostile texts",
    "hotlist": "the hot list alone: 50,000 questions in an hour",
    "log": "the moderation log alone",
    "listeners": "500 screens on one room",
    "start": "process start to first decision",
    "memory": "peak memory of a house with its pages",
    "huggingface": "the Hugging Face pipeline on the same encoder (extra [torch])",
    "answers": "an hour of the demo: which questions are answered, how soon, and how well",
    "soak": "ten minutes at 200 a second: memory, event loop; only when named",
}
"""Name → what is measured, in the order in which they run."""
ONLY_WHEN_NAMED: Final = frozenset({"soak", "answers"})


def find(name: str) -> Callable[[Lab], Awaitable[Sequence[Figure]]]:
    """The scenario of that name, a key of ``SCENARIOS``."""
    run: Callable[[Lab], Awaitable[Sequence[Figure]]] = importlib.import_module(f"streambot.bench.{name}").run
    return run
