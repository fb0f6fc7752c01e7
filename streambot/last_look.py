"""The last look at a text, right before it leaves: what held when it was written may not hold when it is sent.

It may have waited for a person, for the room's pace or for a platform that was away, while the rules, the prices or the
stock changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from streambot.answerer import GATED, known, scenario_of
from streambot.core.action import Action, Operation
from streambot.core.comment import Room
from streambot.core.errors import CommentError, ConfigError
from streambot.core.event import BOT
from streambot.core.labels import Intent
from streambot.core.showing import shown
from streambot.room import RoomState
from streambot.rooms import Rooms
from streambot.store.queries import LogReader


class LastLook:
    """Measures a post by its room as it is now; a room that is not open yet, after a restart, is opened for it."""

    def __init__(self, rooms: Rooms, log: LogReader) -> None:
        self._rooms = rooms
        self._log = log

    async def why_not(self, action: Action) -> str:
        """Why a post must not leave any more, a code and the reason in English; "" if it may. Raises StorageError.

        What it answers is then as good as never answered, and what it prompts as never said.
        """
        if action.operation is not Operation.POST or action.simulated or not action.text:
            return ""
        try:
            state = await self._rooms.open(Room(action.room, action.platform, action.room_id))
        except (CommentError, ConfigError) as error:
            return f"{error.code}: {error.message}"
        row = next((row for row in await self._log.chain(action.id) if row["id"] == action.id), None)
        data: Mapping[str, Any] = row["data"] if row is not None else {}
        comment = (row["text"] if row is not None else "") or ""
        why = self._refused(state, action.text, data) or _outdated(state, data, comment)
        if why:
            state.answering.withdrawn(action.id)
            if "prompt" in data:
                state.prompting.unsaid(data["prompt"])
            elif action.actor == BOT:
                state.answering.gaps[GATED] += 1
        return why

    def _refused(self, state: RoomState, text: str, data: Mapping[str, Any]) -> str:
        """What the outbound gate says now."""
        catalog = state.knowledge.catalog if state.knowledge is not None else None
        item = catalog.item(data.get("item") or state.on_air.item) if catalog is not None else None
        refused = self._rooms.refusals(state, text, item, language="en")
        return " ".join(f"{each.rule}: {each.why}" for each in refused)


def _outdated(state: RoomState, data: Mapping[str, Any], comment: str) -> str:
    """What a text states that the catalog does not say any more; what a person wrote is theirs."""
    if data.get("edited") or "facts" not in data:
        return ""
    settings, now = state.settings, state.clock()
    if "prompt" in data:
        catalog = state.knowledge.catalog if state.knowledge is not None else None
        values: Mapping[str, str] = shown(
            catalog.item(data["item"]) if catalog is not None else None,
            site=settings.site,
            language=data["language"],
            now=now,
            fresh=settings.answers.fresh_for_s,
        )
    else:
        found = known(state, comment, Intent(data["intent"]), data["language"], now, item=data["item"])
        if found.why is not None:
            return f"{found.why}: the catalog has no answer to it any more"
        if (scenario := scenario_of(state, found)) != data["scenario"]:
            return f"scenario: it was written for {data['scenario']}, and it is {scenario} now"
        values = found.values
    for name, value in data["facts"].items():
        if name != "user" and values.get(name, "").strip() != value:
            return f"outdated: it says {value!r} for the {name}, which the catalog does not say any more"
    return ""
