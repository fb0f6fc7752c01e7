"""How many comments the rules on air have found: counted from the log's evidence, so that a restart forgets none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from streambot.packs.air import AirRule
from streambot.store.packs import PackShelf


class Found:
    """Counts on as the log grows: what was counted is not read again."""

    def __init__(self, shelf: PackShelf) -> None:
        self._shelf = shelf
        self._counts: Counter[str] = Counter()
        self._upto: int | None = None

    async def of(self, rules: Collection[AirRule]) -> Mapping[str, int]:
        """By id of these rules, how many comments each has found since it was added. Raises StorageError."""
        if not rules:
            return {}
        since = self._upto
        if since is None:
            since = await self._shelf.place(min(rules, key=lambda rule: rule.at).event)
        newest = await self._shelf.newest()
        more = await self._shelf.found([rule.rule.id for rule in rules], since, newest)
        self._counts.update(more)
        self._upto = newest
        return {rule.rule.id: self._counts[rule.rule.id] for rule in rules}
