"""One question as askings are held against it: what its wordings say beside what their embeddings do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from streambot.core.asked import Asking
from streambot.core.labels import Intent
from streambot.core.slots import Slots, clash

STRANGER: Final = 0.05
"""Added where the intents differ: near misses do, but the classifier is not always right."""
AGREED: Final = 0.15
"""Taken off where both name the same number, size, colour, place or day: little is left in which they could differ."""
MEANT: Final = 0.2
"""Taken off besides where one names the item and the other means the one on air: naming it is half of such a text."""
ONE_PRICE: Final = 0.55
"""Taken off where both ask the price of the same item, named or meant: an item has one."""

Said = tuple[Intent, set[Slots], Slots, set[bool]]
"""The intent, the firm slots of all wordings, their other slots, and whether each means its item without naming it."""

_RANK: Final = {intent: rank for rank, intent in enumerate(Intent)}


class Cluster:
    """What an asking is held against; ``row`` is the place of its centre."""

    __slots__ = ("firm", "intent", "intents", "loose", "meant", "name", "row")

    def __init__(self, name: str, row: int, own: Slots) -> None:
        self.name = name
        self.row = row
        self.firm = {own}
        self.loose: Slots = frozenset()
        self.intents: Counter[Intent] = Counter()
        self.intent = Intent.OTHER
        """What most of its wordings were taken for; of equals the first in the taxonomy, not the first that came."""
        self.meant: set[bool] = set()
        """Whether its askings name their item (False), mean it (True), or some this and some that."""

    @property
    def said(self) -> Said:
        """What its wordings say between them, as another cluster compares it."""
        return self.intent, self.firm, self.loose, self.meant

    def learn(self, loose: Slots, intents: Mapping[Intent, int], meant: Iterable[bool]) -> None:
        """Take in what one more wording says, or all of another cluster."""
        self.loose |= loose
        for intent, wordings in intents.items():
            self.intents[intent] += wordings
        if len(self.intents) == 1:
            (self.intent,) = self.intents
        else:
            self.intent = min(self.intents, key=lambda intent: (-self.intents[intent], _RANK[intent]))
        self.meant.update(meant)

    def distance(self, said: Said) -> float | None:
        """What the words add to the cosine that is asked for; None if they cannot be of the same question."""
        intent, own, loose, meant = said
        shared = self.firm & own
        if not shared or clash(self.loose, loose):
            return None
        nearer = 0.0
        if any(shared):
            nearer = AGREED if len(self.meant | meant) == 1 else AGREED + MEANT
            if self.intent is intent is Intent.PRICE:
                nearer = ONE_PRICE
        return (0.0 if self.intent is intent else STRANGER) - nearer


def what_is_said(asking: Asking, own: Slots) -> Said:
    """What an asking says beside its firm slots, as clusters compare it."""
    return asking.intent, {own}, asking.slots - own, {bool(asking.meant)}
