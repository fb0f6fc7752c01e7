"""What a catalog has to say to one question: the variables of a canned answer, or why nothing is said.

Precision before reach: what is asked about something that no column holds gets no answer from another one. A price or
a stock that is too old is not repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from streambot.core import saying
from streambot.core.answers import Scenario
from streambot.core.beside import asks_for_sizes, is_elsewhere, names_a_part, plainly
from streambot.core.body import read_body
from streambot.core.canonical import canonical
from streambot.core.catalog import Catalog, Item, Shipping
from streambot.core.fact_words import COLOURS, HOME, LABELLED, MADE_OF
from streambot.core.items import item_numbers
from streambot.core.labels import Intent
from streambot.core.sizing import advise
from streambot.core.slots import Kind, Slots, slots


class Why(StrEnum):
    """Why a question has no facts."""

    NO_CATALOG = "no_catalog"
    NO_ITEM = "no_item"
    """No item is named and none is on air."""
    UNKNOWN_ITEM = "unknown_item"
    SEVERAL_ITEMS = "several_items"
    STALE = "stale"
    NOT_HELD = "not_held"
    """It is about something that no column of a catalog holds."""
    ELSEWHERE = "elsewhere"
    """It is about a place to which the catalog does not say that anything is sent."""
    NO_SIZE = "no_size"


@dataclass(frozen=True, slots=True)
class Facts:
    """The variables of ``answers.VARIABLES`` that are known, in the language of the answer.

    ``about`` is the aspect that is asked, ``scenario`` one that the facts themselves call for (sold out). With ``why``
    nothing is said, whatever is known. ``item`` is the item's number, 0 where the question is about none. ``intent`` is
    what is asked by its plain words, where the model read it otherwise.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    about: str = ""
    scenario: Scenario | None = None
    item: int = 0
    why: Why | None = None
    intent: Intent | None = None


NO_FACTS_NEEDED: Final = frozenset({Intent.PAYMENT, Intent.HOW_TO_BUY, Intent.ORDER_STATUS, Intent.COMPLAINT})
"""Answered from the shop's own wordings alone."""
OF_ANY_ITEM: Final = frozenset({Intent.SHIPPING, Intent.RETURNS})
"""Where all items agree the answer needs no item."""


def facts(
    text: str,
    intent: Intent,
    *,
    catalog: Catalog | None,
    on_air: str,
    site: str,
    language: str,
    now: float,
    fresh: float,
) -> Facts:
    """What is known for a question in these words; ``on_air`` is the number of the current item, "" for none.

    ``fresh`` is how many seconds a price or a stock may be repeated.
    """
    text = canonical(text)
    read, intent = intent, plainly(text, intent)
    if is_elsewhere(intent, text):
        return Facts(why=Why.NOT_HELD)
    if intent in NO_FACTS_NEEDED:
        return Facts()
    if catalog is None:
        return Facts(why=Why.NO_CATALOG)
    item, why = _item(text, catalog, on_air)
    if item is None and why is Why.NO_ITEM and intent in OF_ANY_ITEM:
        item = _any_item(catalog, intent, site, language)
        why = None if item else why
    if item is None:
        return Facts(why=why)
    found = _KNOWN.get(intent, _nothing)(_Asked(text, slots(text), item, site, language, now, fresh))
    values = {name: value for name, value in found.values.items() if value}
    if language in item.names and found.item:
        values |= {"item": item.name(language), "number": str(item.number)}
    return Facts(values, found.about, found.scenario, found.item, found.why, None if intent is read else intent)


@dataclass(frozen=True, slots=True)
class _Asked:
    text: str
    slots: Slots
    item: Item
    site: str
    language: str
    now: float
    fresh: float

    def said(self, kind: Kind) -> set[str]:
        return {value for of_kind, value in self.slots if of_kind is kind}

    def held(self, values: Mapping[str, str], about: str = "", scenario: Scenario | None = None) -> Facts:
        return Facts(values, about, scenario, self.item.number)

    def none(self, why: Why) -> Facts:
        return Facts(item=self.item.number, why=why)


def _item(text: str, catalog: Catalog, on_air: str) -> tuple[Item | None, Why | None]:
    """The item that a text is about: by its number, by its name, else the one on air."""
    numbers = item_numbers(text)
    if len(numbers) > 1:
        return None, Why.SEVERAL_ITEMS
    if numbers:
        item = catalog.item(numbers[0])
        return item, None if item else Why.UNKNOWN_ITEM
    named = catalog.all_named(text)
    if len(named) > 1:
        return None, Why.SEVERAL_ITEMS
    item = named[0] if named else catalog.item(on_air)
    return item, None if item else Why.NO_ITEM


def _any_item(catalog: Catalog, intent: Intent, site: str, language: str) -> Item | None:
    """An item that speaks for all, if they all agree on what is asked."""
    if not catalog.items:
        return None
    told = (
        [item.shipping.get(site) for item in catalog.items]
        if intent is Intent.SHIPPING
        else [(item.return_days, item.returns.get(language)) for item in catalog.items]
    )
    return catalog.items[0] if all(each == told[0] for each in told) else None


def _nothing(asked: _Asked) -> Facts:
    return asked.none(Why.NOT_HELD)


def _price(asked: _Asked) -> Facts:
    price = asked.item.prices.get(asked.site)
    if price is not None and price.is_stale(asked.now, asked.fresh):
        return asked.none(Why.STALE)
    values = {"price": saying.money(price.value, asked.language), **_offered(asked)} if price else {}
    return asked.held(values, scenario=_sold_out(asked))


def _sold_out(asked: _Asked) -> Scenario | None:
    stock = asked.item.stock
    fresh = stock is not None and not stock.is_stale(asked.now, asked.fresh)
    return Scenario.SOLD_OUT if fresh and stock is not None and stock.value.total == 0 else None


def _stock(asked: _Asked) -> Facts:
    stock = asked.item.stock
    if asked.said(Kind.STOCK) == {"restock"}:
        return asked.none(Why.NOT_HELD)
    if stock is None:
        return asked.held({})
    if stock.is_stale(asked.now, asked.fresh):
        return asked.none(Why.STALE)
    sizes = [*dict.fromkeys(_sizes_named(asked))]
    colours = asked.said(Kind.COLOUR) or asked.item.colours_in(asked.text)
    colour = asked.item.colour(asked.text)
    # A size or a colour that the item has not is none that it has left.
    other = asked.said(Kind.SIZE) or asked.said(Kind.NUMBER) - {str(asked.item.number)} or names_a_part(asked.text)
    if len(sizes) > 1 or (colours and colour < 0) or (other and not sizes and colour < 0):
        return asked.none(Why.NOT_HELD)
    left = stock.value.left(sizes[0] if sizes else "", colour)
    if left is None:
        return asked.none(Why.NOT_HELD)
    if left == 0:
        # That one size is gone does not mean that the item is.
        return asked.held({}, scenario=Scenario.SOLD_OUT) if stock.value.total == 0 else asked.none(Why.NO_SIZE)
    if not sizes and colour < 0:
        return asked.held({"stock": str(left)})
    part = [*sizes, *(asked.item.colours.get(asked.language, ())[colour:][:1] if colour >= 0 else ())]
    # A colour that has no name in the asker's language cannot be told from the others.
    if len(part) < len(sizes) + (colour >= 0):
        return asked.none(Why.NOT_HELD)
    return asked.held({"part": " / ".join(part), "left": str(left)}, about="part")


def _sizes_named(asked: _Asked) -> Iterator[str]:
    """The item's sizes that the text names, by letters or by numbers."""
    said = asked.said(Kind.SIZE) | (asked.said(Kind.NUMBER) - {str(asked.item.number)})
    said |= {name for found in LABELLED.findall(asked.text) for name in found if name}
    for name in said:
        # Labels count the letters or write them.
        size = asked.item.size(name) or asked.item.size(name.replace("2x", "xx").replace("3x", "xxx"))
        if size is not None:
            yield size.name


def _size(asked: _Asked) -> Facts:
    item = asked.item
    body = read_body(asked.text, asked.language)
    if len(item.sizes) == 1 and not body.unclear:
        return asked.held({"size_for": item.sizes[0].name, "sizes": item.sizes[0].name})
    if body.height is None and body.weight is None and not body.unclear:
        if not asks_for_sizes(asked.text):
            return asked.none(Why.NOT_HELD)
        values = {"sizes": saying.listed([size.name for size in item.sizes], asked.language)}
        return asked.held(values, about="chart")
    advice = advise(item.sizes, body)
    return asked.held({"size_for": advice.size}) if advice.size else asked.none(Why.NO_SIZE)


def _shipping(asked: _Asked) -> Facts:
    ways = asked.item.shipping.get(asked.site, ())
    if not ways:
        return asked.held({})
    way = ways[0]
    region, place = _region(asked, way)
    if not region and asked.said(Kind.PLACE) - HOME.get(asked.site, frozenset()):
        return asked.none(Why.ELSEWHERE)
    values = {"place": place}
    days = way.regions[region] if region else way.elsewhere
    if days is not None:
        values["ship_days"] = saying.span(days)
    price = asked.item.prices.get(asked.site)
    if way.fee is not None and price is not None:
        currency = price.value.currency
        values["ship_cost"] = saying.fee(way.fee, currency, asked.language)
        if way.fee and way.free_over:
            values["free_over"] = saying.fee(way.free_over, currency, asked.language)
    asks = asked.said(Kind.ASKED)
    return asked.held(values, about=asks.pop() if len(asks) == 1 else "")


def _region(asked: _Asked, way: Shipping) -> tuple[str, str]:
    """The region that a question names and the name to say of it, both as the shop writes them; "" for none.

    Of two regions the one that takes longer: an answer must not promise too much.
    """
    said = asked.said(Kind.PLACE)
    found = []
    for region, days in way.regions.items():
        names = region.split("/")
        literal = [name for name in names if canonical(name) in asked.text]
        if named := literal or [name for name in names if _place(name) & said]:
            found.append((days.high, region, named[0]))
    _, region, name = max(found, default=(0.0, "", ""))
    return region, name


def _place(name: str) -> set[str]:
    """What place a name is, in the words of ``slot_words``: the shop writes Sài Gòn, the viewer hcm."""
    return {value for kind, value in slots(name) if kind is Kind.PLACE}


def _returns(asked: _Asked) -> Facts:
    days = asked.item.return_days
    return asked.held({"return_days": str(days) if days else "", "returns": asked.item.returns.get(asked.language, "")})


def _product(asked: _Asked) -> Facts:
    """Colours and what it is made of; a catalog cannot say how long a battery lasts."""
    item, language = asked.item, asked.language
    colours = COLOURS.search(asked.text) is not None
    made_of = MADE_OF.search(asked.text) is not None
    if not colours and not made_of:
        return asked.none(Why.NOT_HELD)
    values = {
        "colours": saying.listed(item.colours.get(language, ()), language),
        "material": item.materials.get(language, ""),
    }
    return asked.held(values, about="" if colours and made_of else "colours" if colours else "material")


def _authenticity(asked: _Asked) -> Facts:
    return asked.held({"authenticity": asked.item.authenticity.get(asked.language, "")})


def _promo(asked: _Asked) -> Facts:
    if asked.item.promo_is_over(asked.now):
        return asked.none(Why.STALE)
    return asked.held({"promo": asked.item.promos.get(asked.language, ""), **_offered(asked)})


def _offered(asked: _Asked) -> Mapping[str, str]:
    """The gift that comes with an item, and until what time of day, while it does."""
    item = asked.item
    if item.promo_is_over(asked.now):
        return {}
    ends = saying.time_of_day(item.promo_until, asked.site, asked.now)
    return {"gift": item.gifts.get(asked.language, ""), "ends": ends}


_KNOWN: Final[Mapping[Intent, Callable[[_Asked], Facts]]] = {
    Intent.PRICE: _price,
    Intent.STOCK: _stock,
    Intent.SIZE_FIT: _size,
    Intent.SHIPPING: _shipping,
    Intent.RETURNS: _returns,
    Intent.PRODUCT: _product,
    Intent.AUTHENTICITY: _authenticity,
    Intent.PROMO: _promo,
}
