"""Why a rule spoke, for a page of the log: stored in English, told in the reader's language where it still holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from streambot.console.words import Words
from streambot.ports import Live


class Retold:
    """The reasons of the rules in force, in one language.

    A rule that is gone, or says something else by now, is no translation of what was logged: that stays as it is.
    """

    def __init__(self, live: Live, words: Words) -> None:
        self._live = live
        self._words = words
        self._by_room: dict[str, Mapping[tuple[str, str], str]] = {}

    def why(self, room: str, rule: str, stored: str) -> str:
        """The reason of a rule that spoke in a room."""
        if not stored or self._words.language == "en":
            return stored
        if self._words.known(f"rule.{rule}"):
            return self._words(f"rule.{rule}")
        here = self._known(room).get((rule, stored))
        # A room that is closed had rules that another one may have still.
        others = (self._known(status.room.name).get((rule, stored)) for status in self._live.rooms())
        return here or next(filter(None, others), stored)

    def evidence(self, row: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The evidence of a row of the log, each with its reason retold."""
        return [
            {**each, "reason": self.why(row["room"], str(each.get("rule") or ""), str(each.get("reason") or ""))}
            for each in row.get("evidence") or ()
        ]

    def reason(self, row: Mapping[str, Any]) -> str:
        """The reason of a row: the one of its evidence that it repeats, or what a person or streambot wrote."""
        stored = str(row.get("reason") or "")
        for each in row.get("evidence") or ():
            if each.get("reason") == stored:
                return self.why(row["room"], str(each.get("rule") or ""), stored)
        return stored

    def _known(self, room: str) -> Mapping[tuple[str, str], str]:
        if room not in self._by_room:
            then, now = self._live.reasons(room, "en"), self._live.reasons(room, self._words.language)
            self._by_room[room] = {(rule, said["why"]): now[rule]["why"] for rule, said in then.items() if rule in now}
        return self._by_room[room]
