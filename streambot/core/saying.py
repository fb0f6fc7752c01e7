"""How a value is written inside a sentence: an amount of money, days, a list, as people of that language write it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from streambot.core.catalog import DECIMALS, Money, Range

_GROUP: Final[Mapping[str, str]] = {"VND": ".", "IDR": "."}
"""What parts thousands, where it is no comma."""
_FORMS: Final[Mapping[tuple[str, str], str]] = {
    ("USD", ""): "${}",
    ("THB", "th"): "{} บาท",
    ("THB", ""): "฿{}",
    ("VND", ""): "{}đ",
    ("IDR", ""): "Rp{}",
    ("CNY", "zh"): "{}元",
    ("CNY", ""): "¥{}",
}
"""By currency and language, "" for any other: what the country's shops write."""
_FREE: Final[Mapping[str, str]] = {
    "en": "free", "zh": "包邮", "th": "ฟรี", "vi": "miễn phí", "id": "gratis", "ms": "percuma", "tl": "libre",
    "es": "gratis",
}  # fmt: skip
_LIST: Final[Mapping[str, str]] = {"zh": "、"}
_CLOCK: Final[Mapping[str, int]] = {"th": 7, "vn": 7, "id": 7, "cn": 8}
"""Hours by which a site's buyers are ahead of UTC: Indonesian shops write Jakarta's time. Those of the other sites live
by several clocks."""
SOON: Final = 12 * 3600.0
"""Seconds within which a time of day says which day it is."""


def money(amount: Money, language: str) -> str:
    """A price with its currency: "$34.90", "1,290 บาท", "459.000đ", "Rp229.000", "229元"."""
    whole, _, part = f"{amount.amount:,.{DECIMALS[amount.currency]}f}".partition(".")
    number = whole.replace(",", _GROUP.get(amount.currency, ","))
    if part.strip("0"):
        number += f".{part}"
    form = _FORMS.get((amount.currency, language)) or _FORMS[amount.currency, ""]
    return form.format(number)


def fee(amount: Decimal, currency: str, language: str) -> str:
    """What something costs that may cost nothing."""
    return money(Money(amount, currency), language) if amount else _FREE.get(language, _FREE["en"])


def span(days: Range) -> str:
    """A number of days, or from which to which."""
    low, high = f"{days.low:g}", f"{days.high:g}"
    return low if low == high else f"{low}-{high}"


def time_of_day(at: float | None, site: str, now: float) -> str:
    """When something ends by the clock of a site's buyers, "21:30"; "" where that does not say when."""
    if at is None or not 0 <= at - now < SOON or site not in _CLOCK:
        return ""
    return f"{datetime.fromtimestamp(at, UTC) + timedelta(hours=_CLOCK[site]):%H:%M}"


def listed(names: Sequence[str], language: str, shown: Callable[[str], str] = str) -> str:
    """A list inside a sentence."""
    return _LIST.get(language, ", ").join(map(shown, names))
