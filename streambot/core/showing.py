"""What can be said of the item on air without being asked: the variables of a prompt, as the catalog has them now."""

from __future__ import annotations

from streambot.core import saying
from streambot.core.catalog import Item


def shown(item: Item | None, *, site: str, language: str, now: float, fresh: float) -> dict[str, str]:
    """The known ones of ``prompts.SAYABLE``, in this language; what is too old to be repeated is none.

    ``fresh`` is how many seconds a price or a stock may be repeated.
    """
    if item is None:
        return {}
    said: dict[str, str] = {"number": str(item.number)}
    if language in item.names:
        said["item"] = item.name(language)
    price, stock = item.prices.get(site), item.stock
    if price is not None and not price.is_stale(now, fresh):
        said["price"] = saying.money(price.value, language)
    if stock is not None and stock.value.total and not stock.is_stale(now, fresh):
        said["stock"] = str(stock.value.total)
    said["sizes"] = saying.listed([size.name for size in item.sizes], language)
    said["colours"] = saying.listed(item.colours.get(language, ()), language)
    said["material"] = item.materials.get(language, "")
    said["return_days"] = str(item.return_days or "")
    said["returns"] = item.returns.get(language, "")
    said["authenticity"] = item.authenticity.get(language, "")
    if not item.promo_is_over(now):
        said["promo"] = item.promos.get(language, "")
        said["gift"] = item.gifts.get(language, "")
        said["ends"] = saying.time_of_day(item.promo_until, site, now)
    for way in item.shipping.get(site, ())[:1]:
        if way.elsewhere is not None:
            said["ship_days"] = saying.span(way.elsewhere)
        if way.fee is not None and price is not None:
            said["ship_cost"] = saying.fee(way.fee, price.value.currency, language)
            if way.fee and way.free_over:
                said["free_over"] = saying.fee(way.free_over, price.value.currency, language)
    return {name: value for name, value in said.items() if value}
