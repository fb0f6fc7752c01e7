"""What the broadcast is about at the moment: the item that the host shows, and what is going on with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from streambot.core.answers import Scenario

ITEM: Final = "item"
SCENARIO: Final = "scenario"
"""The keys of the settings that say so, in the log."""


@dataclass(frozen=True, slots=True)
class OnAir:
    """``item`` is a number on air, "" for none; ``since`` is when its scenario began, ``by`` who set the item."""

    item: str = ""
    scenario: Scenario = Scenario.REGULAR
    since: float = 0.0
    by: str = ""
    at: float = 0.0

    def changed(self, data: Mapping[str, Any], by: str, at: float) -> OnAir:
        """As it is after a setting with these data (``key``, ``value``); another item begins as a regular one."""
        match data.get("key"), data.get("value"):
            case (key, str(value)) if key == ITEM:
                return OnAir(value, by=by, at=at)
            case (key, str(value)) if key == SCENARIO and value in set(Scenario):
                return replace(self, scenario=Scenario(value), since=at)
        return self
