"""How a room is doing, as screens and probes show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from streambot.core.action import Capability, Operation
from streambot.core.command import Mode
from streambot.core.comment import Room


class Link(StrEnum):
    """The state of a room's source."""

    CONNECTING = "connecting"
    LIVE = "live"
    RECONNECTING = "reconnecting"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Counts:
    """received = decided + duplicates + rejected + those in flight, always; the console shows it."""

    received: int = 0
    decided: int = 0
    duplicates: int = 0
    rejected: int = 0
    hidden: int = 0
    review: int = 0
    degraded: int = 0


@dataclass(frozen=True, slots=True)
class Lag:
    """Seconds from arrival to the committed decision over the last minute."""

    p50: float = 0.0
    p99: float = 0.0


@dataclass(frozen=True, slots=True)
class ShadowStatus:
    """A pack beside the one in force: how many decisions it saw, and those it would change as "allow→hide": n."""

    pack: str
    seen: int
    changed: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RoomStatus:
    """One room now. ``rules_only_since`` is when the model was last heard to fail, None while it answers.

    ``pack`` is the id of the rule pack in force, ``air_rules`` counts the rules that were added to it on air. ``item``
    is the number of the item on air, ``gaps`` counts questions that had no answer, by the reason.
    """

    room: Room
    mode: Mode
    site: str
    link: Link = Link.CONNECTING
    link_detail: str = ""
    broadcast: str | None = None
    started_at: float | None = None
    last_comment_at: float | None = None
    counts: Counts = field(default_factory=Counts)
    lag: Lag = field(default_factory=Lag)
    rules_only_since: float | None = None
    undo_ms: int = 0
    host_language: str = "en"
    capabilities: Mapping[Operation, Capability] = field(default_factory=dict)
    pack: str = ""
    air_rules: int = 0
    shadow: ShadowStatus | None = None
    item: str = ""
    item_name: str = ""
    scenario: str = ""
    gaps: Mapping[str, int] = field(default_factory=dict)
