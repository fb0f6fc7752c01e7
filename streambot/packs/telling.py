"""How packs and rules are told: sentences of the log, and the JSON of the page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from streambot.packs.air import AirRule


def told(what: str, reason: str) -> str:
    """What an event changed, with the reason if there is one: a person reads it in the log."""
    return f"{what}: {reason}" if reason else what


def iso(at: float | None) -> str | None:
    """Unix seconds as ISO 8601 UTC to the second; None stays None."""
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def rule_json(rule: AirRule, found: int) -> dict[str, Any]:
    """A rule on air as the page has it, with how many comments it has found."""
    table = rule.table
    return {
        "event": rule.event, "id": rule.rule.id, "room": rule.room, "by": rule.author, "at": iso(rule.at),
        "expires_at": iso(rule.expires_at), "terms": table.get("terms", []), "patterns": table.get("patterns", []),
        "label": table.get("label", ""), "action": table["action"], "reason": table["reason"]["en"],
        "found": found,
    }  # fmt: skip
