"""What a room's people are told about its rules: in English, with what a screen needs to say it in another language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

Notice = Mapping[str, Any]
"""``level`` and ``code``; ``text``, the sentence; ``say`` and ``values``, its name in the catalogues and what goes into
it; ``topic``, where it is a trouble that stands until an info of the same topic.
"""

FILES: Final = "packs"
"""The topic of notices about files that are wrong and right again."""


def mended(pack: str) -> Notice:
    """The file of a pack can be read again."""
    return _notice("pack", "pack_mended", f"{pack}: the file is valid again.", {"pack": pack}, topic=FILES)


def refused(why: str, pack: str) -> Notice:
    """The newest text of a pack is wrong, and ``pack`` stays."""
    text = f"{why} {pack} stays in force."
    return _notice("pack_refused", "pack_refused", text, {"why": why, "pack": pack}, level="error", topic=FILES)


def waits(pack: str, at: float) -> Notice:
    """A pack is read and in force from ``at`` (Unix seconds)."""
    when = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    return _notice(
        "pack", "pack_waits", f"{pack} is read, in force from {when}.", {"pack": pack, "at": when}, topic=FILES
    )


def stays(new: str, pack: str, by: str) -> Notice:
    """The file has another pack than the one that a person chose."""
    text = f"{new} is there; this room stays with {pack}, chosen by {by}."
    return _notice("pack", "pack_stays", text, {"new": new, "pack": pack, "by": by}, topic=FILES)


def changed(data: Mapping[str, Any], by: str, *, topic: str) -> Notice:
    """Another pack is in force; ``data`` is the event's."""
    counts = {what: len(data[what]) for what in ("added", "removed", "changed")}
    told = ", ".join(f"{n} {what}" for what, n in counts.items())
    text = f"Rules: {data['before']} → {data['value']} ({told}), by {by}."
    values = {"before": data["before"], "pack": data["value"], "by": by, **counts}
    return _notice("pack", "pack_changed", text, values, topic=topic)


def rule_added(by: str, words: str, act: str) -> Notice:
    """A person put a rule in force."""
    text = f"{by} added a rule: {words} → {act}."
    return _notice("rule", "rule_added", text, {"by": by, "words": words, "act": act})


def rule_taken_back(by: str, rule: str) -> Notice:
    """A person took a rule back."""
    return _notice("rule", "rule_taken_back", f"{by} took back the rule {rule}.", {"by": by, "rule": rule})


def rule_ended(by: str) -> Notice:
    """A rule's time is over."""
    return _notice("rule_ended", "rule_ended", f"A rule that {by} added on air has ended.", {"by": by})


def _notice(
    code: str, say: str, text: str, values: Mapping[str, str | int], *, level: str = "info", topic: str = ""
) -> Notice:
    return {"level": level, "code": code, "topic": topic, "text": text, "say": say, "values": dict(values)}
