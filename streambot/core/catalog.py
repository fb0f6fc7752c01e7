"""What a shop sells on air, and how sure we are of it: items with facts that may be missing or too old to repeat.

Languages are those of labels.py, sites those of the rule packs. Times are Unix seconds; nothing here knows what time
it is, so whoever asks says it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from typing import Final, Generic, TypeVar

from streambot.core.canonical import canonical
from streambot.core.labels import Intent
from streambot.core.naming import Names

T = TypeVar("T")

SITE_CURRENCY: Final[Mapping[str, str]] = {"us": "USD", "th": "THB", "vn": "VND", "id": "IDR", "cn": "CNY"}
"""What a site's buyers pay in (ISO 4217). The site ``base`` has no country: there a price says its currency."""
SITE_LANGUAGE: Final[Mapping[str, str]] = {"base": "en", "us": "en", "th": "th", "vn": "vi", "id": "id", "cn": "zh"}
"""What most buyers of a site read."""
DECIMALS: Final[Mapping[str, int]] = {"USD": 2, "THB": 2, "VND": 0, "IDR": 0, "CNY": 2}
"""Digits after the point that a price is written with; nobody sells in fractions of a dong or a rupiah."""
FRESH_FOR: Final = 6 * 3600.0
"""Seconds for which a price or a stock may be repeated unless the operator says otherwise: an export lasts a show."""
LARGEST_NUMBER: Final = 9999
"""Of an item on air."""


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """Something that was so at a time."""

    value: T
    at: float

    def is_stale(self, now: float, fresh_for: float = FRESH_FOR) -> bool:
        """Whether it is too old to be repeated; a time as far ahead is a wrong clock's, and no better."""
        return abs(now - self.at) > fresh_for


@dataclass(frozen=True, slots=True)
class Money:
    """An amount above 0 in a currency (ISO 4217). Raises ValueError."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if self.currency not in DECIMALS:
            raise ValueError(f"{self.currency} is none of {', '.join(DECIMALS)}")
        if not (self.amount.is_finite() and self.amount > 0):
            raise ValueError("a price is above 0")


@dataclass(frozen=True, slots=True)
class Range:
    """From ``low`` to ``high``, both included: centimetres, kilograms or days. Raises ValueError."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high:
            raise ValueError("a range goes from a lower to a higher number")

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


MEASURES: Final = (
    "height",
    "weight",
    "bust",
    "waist",
    "hips",
    "shoulder",
    "sleeve",
    "inseam",
    "foot",
    "head",
    "length",
)
"""Of whom a size fits, in centimetres, ``weight`` in kilograms; ``length`` is the garment's."""


@dataclass(frozen=True, slots=True)
class Size:
    """A size by its name on the label, and whom it fits: ``measures`` by a name of MEASURES."""

    name: str
    measures: Mapping[str, Range] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stock:
    """Pieces left: altogether, and by (size, place of the colour in the item's lists) where the shop says so.

    A part that the shop does not tell apart is "" or -1.
    """

    total: int
    parts: Mapping[tuple[str, int], int] = field(default_factory=dict)

    def left(self, size: str = "", colour: int = -1) -> int | None:
        """Pieces of a size, of a colour, or of both; None if the shop does not tell them apart that far."""
        if not size and colour < 0:
            return self.total
        told = [
            count
            for (of_size, of_colour), count in self.parts.items()
            if (not size or of_size == size) and (colour < 0 or of_colour == colour)
        ]
        return sum(told) if told else None


@dataclass(frozen=True, slots=True)
class Shipping:
    """One way to send: days by region and the fee, None where it is not known.

    ``regions`` are names as the shop writes them, several for one region joined by "/"; ``elsewhere`` is the rest.
    ``fee`` is an amount in the site's currency, 0 for free; ``free_over`` is the order from which it costs nothing.
    """

    name: str
    regions: Mapping[str, Range] = field(default_factory=dict)
    elsewhere: Range | None = None
    fee: Decimal | None = None
    free_over: Decimal | None = None

    def days(self, text: str) -> Range | None:
        """Days to the region that a text names, else to everywhere else; None if neither is known."""
        named = Names((place, name) for place, names in enumerate(self.regions) for name in names.split("/")).in_text(
            text
        )
        # Of two regions the one that takes longer: an answer must not promise too much.
        return max(
            (days for place, days in enumerate(self.regions.values()) if place in named),
            key=lambda d: d.high,
            default=self.elsewhere,
        )


@dataclass(frozen=True, slots=True)
class Item:
    """One item on air. Mappings are by language or by site; what is not there is not known.

    ``names`` has for each language the name to say first, then others by which viewers may call it. The colours of
    all languages stand in one order. ``return_days`` is 0 where nothing is taken back. ``gifts`` come with
    it for nothing; ``promo_until`` ends the promo and the gift.
    """

    number: int
    names: Mapping[str, tuple[str, ...]]
    sku: str = ""
    prices: Mapping[str, Fact[Money]] = field(default_factory=dict)
    stock: Fact[Stock] | None = None
    sizes: tuple[Size, ...] = ()
    colours: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    materials: Mapping[str, str] = field(default_factory=dict)
    shipping: Mapping[str, tuple[Shipping, ...]] = field(default_factory=dict)
    return_days: int | None = None
    returns: Mapping[str, str] = field(default_factory=dict)
    promos: Mapping[str, str] = field(default_factory=dict)
    gifts: Mapping[str, str] = field(default_factory=dict)
    promo_until: float | None = None
    authenticity: Mapping[str, str] = field(default_factory=dict)

    def promo_is_over(self, now: float) -> bool:
        """Whether what was offered with it, a gift too, holds no longer at a time in Unix seconds."""
        return self.promo_until is not None and now > self.promo_until

    def name(self, language: str) -> str:
        """The name to say in a language; where there is none the English or the first one."""
        names = self.names.get(language) or self.names.get("en") or next(iter(self.names.values()))
        return names[0]

    def size(self, name: str) -> Size | None:
        """A size by its name, upper or lower case."""
        wanted = canonical(name)
        return next((size for size in self.sizes if canonical(size.name) == wanted), None)

    def colour(self, text: str) -> int:
        """The place of the colour that a text names, in any language; -1 if none or more than one."""
        found = self.colours_in(text)
        return found.pop() if len(found) == 1 else -1

    def colours_in(self, text: str) -> set[int]:
        """The places of the colours that a text names, in any language."""
        return Names((place, name) for names in self.colours.values() for place, name in enumerate(names)).in_text(text)


@dataclass(frozen=True, slots=True)
class Missing:
    """A question that cannot be answered: what it is about, in which language, and which column says too little.

    ``stale`` tells a fact that is too old from one that is missing.
    """

    item: int
    intent: Intent
    language: str
    column: str
    stale: bool = False


ANSWERED: Final = (
    Intent.PRICE, Intent.STOCK, Intent.SIZE_FIT, Intent.SHIPPING, Intent.RETURNS, Intent.PRODUCT, Intent.AUTHENTICITY,
    Intent.PROMO,
)  # fmt: skip
"""What a catalog can answer. Payment and how to buy are canned answers, the state of an order is no fact of an item."""


def missing(item: Item, language: str, site: str, now: float, fresh_for: float = FRESH_FOR) -> Iterator[Missing]:
    """What a viewer of a site may ask of an item in a language without the catalog having an answer."""
    price, stock = item.prices.get(site), item.stock
    promo_over = item.promo_is_over(now)
    # One size for all needs no measures: its name is the answer.
    sized = len(item.sizes) == 1 or (bool(item.sizes) and all(size.measures for size in item.sizes))
    known = (
        (Intent.PRICE, f"price.{site}", price is not None, price is not None and price.is_stale(now, fresh_for)),
        (Intent.STOCK, "stock", stock is not None, stock is not None and stock.is_stale(now, fresh_for)),
        (Intent.SIZE_FIT, "sizes", sized, False),
        (Intent.SHIPPING, f"shipping.{site}", bool(item.shipping.get(site)), False),
        (Intent.RETURNS, f"returns.{language}", item.return_days is not None or language in item.returns, False),
        (Intent.PRODUCT, f"material.{language}", language in item.materials, False),
        (Intent.PRODUCT, f"colours.{language}", language in item.colours, False),
        (Intent.AUTHENTICITY, f"authenticity.{language}", language in item.authenticity, False),
        (Intent.PROMO, f"promo.{language}", language in item.promos, promo_over),
        # Most items come without a gift.
        (Intent.PROMO, f"gift.{language}", not item.gifts or language in item.gifts, bool(item.gifts) and promo_over),
    )
    for intent, column, there, old in known:
        if not there or old:
            yield Missing(item.number, intent, language, column, stale=there)


class Catalog:
    """The items of a room by their numbers and names. Raises ValueError if a number stands twice."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items: tuple[Item, ...] = tuple(items)
        self._by_number = {item.number: item for item in self.items}
        if len(self._by_number) < len(self.items):
            raise ValueError("an item number stands twice")
        self._names = Names(
            (item.number, name) for item in self.items for name in (*chain(*item.names.values()), item.sku)
        )

    def __len__(self) -> int:
        return len(self.items)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which anything has a name."""
        return tuple(dict.fromkeys(language for item in self.items for language in item.names))

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites for which anything has a price."""
        return tuple(dict.fromkeys(site for item in self.items for site in item.prices))

    def item(self, number: int | str) -> Item | None:
        """The item of a number on air, as ``questions.item_number`` gives it; None if there is none."""
        if isinstance(number, str):
            number = int(number) if number.isascii() and number.isdecimal() and len(number) <= 4 else 0
        return self._by_number.get(number)

    def named(self, text: str) -> Item | None:
        """The one item whose name or sku stands in a text, in any language, with Vietnamese marks or without.

        None if there is none, or if it could be more than one: "linen shirt or rain jacket?" is about two.
        """
        found = self.all_named(text)
        return found[0] if len(found) == 1 else None

    def all_named(self, text: str) -> list[Item]:
        """Every item whose name or sku stands in a text, in the order of their numbers."""
        return [self._by_number[number] for number in sorted(self._names.in_text(text))]
