"""What the host can say to a question at a glance: the facts alone, without a sentence around them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from streambot.core.facts import Facts
from streambot.core.labels import Intent

_DAYS: Final[Mapping[str, str]] = {
    "en": "{} days", "zh": "{}天", "th": "{} วัน", "vi": "{} ngày", "id": "{} hari", "ms": "{} hari", "tl": "{} araw",
    "es": "{} días",
}  # fmt: skip
_SHOWN: Final[Mapping[Intent, tuple[str, ...]]] = {
    Intent.PRICE: ("price",),
    Intent.STOCK: ("stock", "part", "left"),
    Intent.SIZE_FIT: ("size_for", "sizes"),
    Intent.SHIPPING: ("place", "ship_days", "ship_cost"),
    Intent.RETURNS: ("return_days", "returns"),
    Intent.PRODUCT: ("colours", "material"),
    Intent.AUTHENTICITY: ("authenticity",),
    Intent.PROMO: ("promo", "gift"),
}
_COUNTED: Final = frozenset({"ship_days", "return_days"})


def hint(found: Facts, intent: Intent, language: str) -> str:
    """The facts that answer an intent, in one short line; "" where there is no answer."""
    if found.why is not None:
        return ""
    said = [(name, found.values[name]) for name in _SHOWN.get(intent, ()) if found.values.get(name)]
    form = _DAYS.get(language, _DAYS["en"])
    return " · ".join(form.format(value) if name in _COUNTED else value for name, value in said)
