"""A question as it was asked: its wording, what that says, and which item it means where it names none."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from streambot.core.canonical import canonical
from streambot.core.items import item_number
from streambot.core.labels import Intent
from streambot.core.slots import Kind, Slot, Slots, slots

OF_AN_ITEM: Final = frozenset(
    {Intent.PRICE, Intent.STOCK, Intent.SIZE_FIT, Intent.PRODUCT, Intent.AUTHENTICITY, Intent.PROMO}
)
"""What is asked of an item: of the one on air by who names none."""
_COUNTED: Final = frozenset({Intent.PRICE, Intent.STOCK})
"""Where a bare number may well be an item's: "5 price?"."""
_READ: Final = 4096
"""Wordings whose slots are remembered."""


class Asking(NamedTuple):
    """One question as it was asked, in its canonical wording.

    ``embedding`` has length 1 and the same dimensions always, or is empty where the model gives none. ``meant`` is the
    number of the item that it is about without naming it; the same words about another item are another wording.
    """

    wording: str
    intent: Intent
    slots: Slots
    embedding: Sequence[float] = ()
    meant: str = ""

    @classmethod
    def of(cls, text: str, intent: Intent, embedding: Sequence[float] = (), *, on_air: str = "") -> Asking:
        """A comment's text, read; ``on_air`` is the number of the item on air, "" if none is."""
        key, said, meant = _read(canonical(text), intent, on_air)
        return cls(key, intent, said, embedding, meant)

    @property
    def plain(self) -> str:
        """The wording alone, whatever item it means."""
        return self.wording.partition("\0")[0]

    @property
    def item(self) -> str:
        """The number of the item that it names first or means, "" if there is none."""
        return self.meant or item_number(self.wording)


_slots = lru_cache(_READ)(slots)


@lru_cache(_READ)
def _read(wording: str, intent: Intent, on_air: str) -> tuple[str, Slots, str]:
    """The wording as it is remembered, its slots, and the item that it means without naming it."""
    said = _slots(wording)
    if not on_air or intent not in OF_AN_ITEM:
        return wording, said, ""
    counts = any(kind is Kind.NUMBER for kind, _ in said)
    if counts and (intent in _COUNTED or item_number(wording)):
        return wording, said, ""
    return f"{wording}\0{on_air}", said | {Slot(Kind.NUMBER, on_air)}, on_air
