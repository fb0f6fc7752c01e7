"""What the catalog says to a hot question, for the host to read off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streambot.core.facts import facts
from streambot.core.hints import hint
from streambot.core.labels import Intent

if TYPE_CHECKING:
    from streambot.room import RoomState

HELD: Final = 5.0
"""Seconds for which a hint is not worked out again: the list is looked at every second, by all rooms."""
MOST: Final = 128


class CatalogHints:
    """The hints of one room, as :data:`streambot.core.hot_question.Hint`."""

    def __init__(self, state: RoomState) -> None:
        self._state = state
        self._held: dict[tuple[Intent, str, str], tuple[float, str]] = {}

    def __call__(self, intent: Intent, item: str, text: str) -> str:
        """The facts that answer it, in the host's language; "" where there are none."""
        now = self._state.clock()
        at, told = self._held.get((intent, item, text), (0.0, ""))
        if not 0 <= now - at < HELD:
            told = self._told(intent, item, text, now)
            if len(self._held) >= MOST:
                self._held.clear()
            self._held[intent, item, text] = (now, told)
        return told

    def _told(self, intent: Intent, item: str, text: str, now: float) -> str:
        state, knowledge = self._state, self._state.knowledge
        if knowledge is None or knowledge.catalog is None:
            return ""
        language = state.settings.host_language
        found = facts(
            text,
            intent,
            catalog=knowledge.catalog,
            # The item that was on air when it was asked.
            on_air=item,
            site=state.settings.site,
            language=language,
            now=now,
            fresh=state.settings.answers.fresh_for_s,
        )
        return hint(found, intent, language)
