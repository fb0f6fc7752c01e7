"""The outbound gate: nothing leaves for the chat that the rules for replies forbid, or that the catalog belies.

Canned, typed and timed texts alike pass it, and pass it again when they are sent: a price may have changed since.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from streambot.core import saying
from streambot.core.answers import LONGEST
from streambot.core.canonical import canonical
from streambot.core.catalog import Catalog, Item
from streambot.core.items import item_numbers
from streambot.core.pack import Pack, Speaker
from streambot.core.script import findings
from streambot.core.verdict import Signal, Span

PRICE_RULE: Final = "catalog.price"
LENGTH_RULE: Final = "reply.length"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text is not sent: the rule, in people's words, and what to say instead ("" if nothing is known).

    ``span`` is the place in the text.
    """

    rule: str
    why: str
    instead: str
    span: Span


_AMOUNT: Final = r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_CURRENCIES: Final = (
    ("USD", rf"(?:us\$|\$|usd ?)({_AMOUNT})|({_AMOUNT}) ?(?:usd|dollars?|bucks)(?![^\W\d_])"),
    ("THB", rf"฿ ?({_AMOUNT})|({_AMOUNT}) ?(?:บาท|baht(?![^\W\d_])|thb(?![^\W\d_])|บ\.)"),
    ("IDR", rf"(?<![^\W\d_])(?:rp\.? ?|idr ?)({_AMOUNT})|({_AMOUNT}) ?(?:rupiah|rb|ribu|jt|juta)(?![^\W\d_])"),
    ("VND", rf"({_AMOUNT}) ?(?:đ|₫|đồng|vnd|vnđ|k|nghìn|ngàn|triệu)(?![^\W\d_])"),
    ("CNY", rf"[¥￥] ?({_AMOUNT})|({_AMOUNT}) ?(?:元|块钱|块|rmb|cny|人民币)"),
)
_SAID: Final = tuple((currency, re.compile(form)) for currency, form in _CURRENCIES)
_THOUSANDS: Final = re.compile(r"(?:k|nghìn|ngàn|rb|ribu)$")
_MILLIONS: Final = re.compile(r"(?:triệu|jt|juta)$")

_WHY_PRICE: Final = {
    "en": "The catalog has another price: {}.",
    "zh": "与商品目录的价格不符：{}。",
    "th": "ราคาไม่ตรงกับแคตตาล็อก: {}",
    "vi": "Giá khác với danh mục: {}.",
    "id": "Harganya berbeda dari katalog: {}.",
}
_WHY_LONG: Final = {
    "en": "A platform takes {} characters at most.",
    "zh": "平台最多接受{}个字符。",
    "th": "แพลตฟอร์มรับได้ไม่เกิน {} ตัวอักษร",
    "vi": "Nền tảng chỉ nhận tối đa {} ký tự.",
    "id": "Platform menerima paling banyak {} karakter.",
}


def refusals(
    text: str,
    *,
    pack: Pack,
    read: Callable[[str], Sequence[Signal]],
    catalog: Catalog | None,
    item: Item | None,
    site: str,
    language: str,
    longest: int = LONGEST,
) -> list[Refusal]:
    """Why a text must not be posted, in the ``language`` of whoever reads it; empty if it may.

    ``read`` measures a text by the room's rules; ``item`` is the one that the text is about when it names none.
    """
    found = [
        Refusal(each.rule, each.why, each.suggestion, each.span)
        for each in findings(text, pack, Speaker.REPLY, read, language=language)
    ]
    if len(text) > longest:
        found.append(Refusal(LENGTH_RULE, _in(_WHY_LONG, language).format(longest), "", (longest, len(text))))
    if catalog is not None:
        found += _wrong_prices(text, catalog, item, site, language)
    return found


def _wrong_prices(text: str, catalog: Catalog, item: Item | None, site: str, language: str) -> Iterator[Refusal]:
    """Amounts of money that the catalog does not know: neither as the item's price nor as what shipping costs."""
    about = _about(text, catalog, item)
    known = {amount for each in about for amount in _amounts(each, site)}
    if not known:
        return
    lowered = text.lower()
    for currency, form in _SAID:
        for match in form.finditer(lowered):
            said = _value(match)
            if (currency, said) not in known and any(of == currency for of, _ in known):
                prices = {each.prices[site].value: None for each in about if site in each.prices}
                right = ", ".join(saying.money(price, language) for price in prices)
                instead = right if len(prices) == 1 else ""
                yield Refusal(PRICE_RULE, _in(_WHY_PRICE, language).format(right), instead, match.span())


def _about(text: str, catalog: Catalog, item: Item | None) -> Sequence[Item]:
    """The items that a text speaks of: those it names, else the one meant, else any."""
    numbered = [found for number in item_numbers(text) if (found := catalog.item(number)) is not None]
    named = {each.number: each for each in (*numbered, *catalog.all_named(canonical(text)))}
    return [*named.values()] or ([item] if item is not None else catalog.items)


def _amounts(item: Item, site: str) -> Iterator[tuple[str, Decimal]]:
    price = item.prices.get(site)
    if price is None:
        return
    currency = price.value.currency
    yield currency, price.value.amount
    for way in item.shipping.get(site, ()):
        yield from ((currency, amount) for amount in (way.fee, way.free_over) if amount is not None)
    # A promo says in words what it takes off, a gift what it is worth.
    for said in (*item.promos.values(), *item.gifts.values()):
        yield from stated(said)


def stated(text: str) -> Iterable[tuple[str, Decimal]]:
    """The amounts of money that a text states, by currency (ISO 4217)."""
    lowered = text.lower()
    return [(currency, _value(match)) for currency, form in _SAID for match in form.finditer(lowered)]


def _value(match: re.Match[str]) -> Decimal:
    written = next(group for group in match.groups() if group is not None)
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", written):
        written = re.sub("[.,]", "", written)
    elif "," in written and "." in written:
        written = written.replace(",", "")
    value = Decimal(written.replace(",", "."))
    if _THOUSANDS.search(match[0]):
        value *= 1000
    elif _MILLIONS.search(match[0]):
        value *= 1_000_000
    return value


def _in(words: dict[str, str], language: str) -> str:
    return words.get(language, words["en"])
