"""The shapes that travel to a browser. Ids are strings, times ISO 8601 UTC with milliseconds, spans code points."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from streambot.core.action import REVERSE, Capability, How, Operation
from streambot.core.hot_question import HotQuestion
from streambot.core.status import Counts, RoomStatus
from streambot.core.told import wired

PROTOCOL: Final = "streambot.v1"
VERSION: Final = 1


def iso(at: float) -> str:
    """Unix seconds as ``2026-11-14T13:12:33.120Z``."""
    # Rounded to whole milliseconds first: strftime would cut 0.1199999 down to .119.
    moment = datetime.fromtimestamp(round(at * 1000) / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_or_none(at: float | None) -> str | None:
    """As :func:`iso`; None stays None."""
    return None if at is None else iso(at)


def dumps(value: object) -> str:
    """Compact JSON; text stays as it is, because Thai or Chinese escaped would be twice the bytes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def reversible(operation: Operation, capability: Capability) -> bool:
    """Whether this platform can take the operation back."""
    return operation in REVERSE and capability.how is not How.NONE and capability.reversible


def counts(value: Counts) -> dict[str, int]:
    """The counters of a room."""
    return {
        "received": value.received,
        "decided": value.decided,
        "duplicates": value.duplicates,
        "rejected": value.rejected,
        "hidden": value.hidden,
        "review": value.review,
        "degraded": value.degraded,
    }


def room(status: RoomStatus, seq: int) -> dict[str, Any]:
    """A room with everything a page needs to draw its header; ``seq`` is the place in the room's feed."""
    return {
        "id": status.room.name,
        "platform": status.room.platform,
        "site": status.site,
        "mode": status.mode,
        "seq": seq,
        "t0": iso_or_none(status.started_at),
        "link": status.link,
        "link_detail": status.link_detail,
        "host_language": status.host_language,
        "pack": status.pack,
        "undo_ms": status.undo_ms,
        "caps": {operation: capability.how for operation, capability in status.capabilities.items()},
        "reversible": {
            operation: reversible(operation, capability)
            for operation, capability in status.capabilities.items()
            if operation in REVERSE
        },
        "rules_only_since": iso_or_none(status.rules_only_since),
        "n": counts(status.counts),
        "item": _item(status),
        "gaps": dict(status.gaps),
    }


def room_tick(status: RoomStatus, rate: float, queue: int) -> dict[str, Any]:
    """What changes every second. ``rate`` in comments a second, ``queue`` in comments that wait for a person."""
    return {
        "n": counts(status.counts),
        "lag_ms": {"p50": round(status.lag.p50 * 1000, 1), "p99": round(status.lag.p99 * 1000, 1)},
        "rate": round(rate, 1),
        "queue": queue,
        "link": status.link,
        "link_detail": status.link_detail,
        "rules_only_since": iso_or_none(status.rules_only_since),
        "item": _item(status),
        "gaps": dict(status.gaps),
    }


def _item(status: RoomStatus) -> dict[str, str]:
    """What is on air; the number is empty where nothing is."""
    return {"number": status.item, "name": status.item_name, "scenario": status.scenario}


def question(value: HotQuestion) -> dict[str, Any]:
    """One hot question; heat stays here, so that a question that merely cools is no news."""
    return {
        "id": value.id,
        "intent": value.intent,
        "text": value.text,
        "l": value.language,
        "n": value.askers,
        "item": value.item,
        "st": value.state,
        "first": iso(value.first_at),
        "last": iso(value.last_at),
        "answered_at": iso_or_none(value.answered_at),
        "hint": value.hint,
        "pinned": value.pinned,
        "pushed": value.pushed,
        "languages": dict(value.languages),
    }


def wordings(value: HotQuestion) -> list[dict[str, Any]]:
    """How a hot question is asked, for controllers: a host reads no words but those that were chosen for her."""
    return [{"text": each.text, "language": each.language, "askers": each.askers} for each in value.wordings]


def notice(room: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """One sentence for people, about a room or ("") about everything."""
    return {
        "t": "notice",
        "room": room,
        "level": str(value.get("level", "info")),
        "code": str(value.get("code", "")),
        "text": str(value.get("text", "")),
        "topic": str(value.get("topic", "")),
        # The sentence's name in the catalogues where one code has several, and what goes into it.
        **({"say": value["say"]} if "say" in value else {}),
        **({"values": {name: wired(each) for name, each in value["values"].items()}} if "values" in value else {}),
    }
