"""A catalog from its CSV file, or everything that is wrong with the file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from streambot.catalog import cells, table
from streambot.catalog.header import known_columns, under_names
from streambot.catalog.problems import Problems
from streambot.catalog.row import Row
from streambot.core.catalog import (
    LARGEST_NUMBER,
    SITE_CURRENCY,
    SITE_LANGUAGE,
    Catalog,
    Fact,
    Item,
    Money,
    Shipping,
    Size,
)
from streambot.core.labels import LANGUAGES
from streambot.core.told import Told

T = TypeVar("T")

MOST_ITEMS: Final = LARGEST_NUMBER
"""Of one room: as many as there are numbers. A basket on air has some hundred."""
TONGUES: Final = tuple(language for language in LANGUAGES if language != "other")
BY_LANGUAGE: Final = ("name", "colours", "material", "returns", "promo", "gift", "authenticity")
BY_SITE: Final = ("price", "currency", "shipping")
PLAIN: Final = ("number", "sku", "stock", "sizes", "return_days", "promo_until", "updated_at", "price_at", "stock_at")
COLUMNS: Final = frozenset(
    {
        *PLAIN,
        *(f"{column}.{language}" for column in BY_LANGUAGE for language in TONGUES),
        *(f"{column}.{site}" for column in BY_SITE for site in SITE_LANGUAGE),
    }
)
"""Every column that a file can have; all but ``number`` and one ``name.LANGUAGE`` may be missing."""

_MOST_COLUMNS: Final = 2 * len(COLUMNS)
"""A header wider than this is no header."""


def read_catalog(path: Path, *, at: float | None = None, languages: Collection[str] = ()) -> Catalog:
    """The catalog of a file.

    ``at`` is the time (Unix seconds) of facts whose row has none; without it, when the file was last written: then an
    export says what is so. Every item needs a name in ``languages``, in the language of each site it has prices for,
    and in every other language in which the file names anything. Raises CatalogError with all that is wrong.
    """
    data, written = table.read_bytes(path)
    return parse_catalog(data, str(path), at=written if at is None else at, languages=languages)


def parse_catalog(data: bytes, name: str, *, at: float, languages: Collection[str] = ()) -> Catalog:
    """The same from the content of a file called ``name``."""
    problems = Problems(name)
    rows = table.rows(data, COLUMNS, problems)
    first, names = next(rows, (0, []))
    problems.check()
    header = [column.casefold() for column in names]
    _check_header(first, header, languages, problems)
    problems.check()
    items = list(_items(rows, header, at, problems))
    problems.check()
    if not items:
        problems.add(0, "", Told("no_items", "has no items"))
        problems.check()
    return Catalog(items)


def _items(
    rows: Iterator[tuple[int, list[str]]], header: Sequence[str], at: float, problems: Problems
) -> Iterator[Item]:
    seen = _Seen(problems)
    for count, (number, row) in enumerate(rows, 1):
        if count > MOST_ITEMS:
            problems.add(
                number, "", Told("items_many", "more than {n} items; leave out what is not on air", n=MOST_ITEMS)
            )
            return
        if not under_names(number, row, header, problems):
            continue
        item = _Row(number, dict(zip(header, row, strict=False)), problems).item(at)
        if item is not None:
            seen.add(number, item)
            yield item


def _check_header(row: int, header: Sequence[str], languages: Collection[str], problems: Problems) -> None:
    if not known_columns(row, header, COLUMNS, _MOST_COLUMNS, problems):
        return
    if "number" not in header:
        problems.add(row, "number", Told("column_number", "this column is missing: an item's number on air"))
    sites = [site for site in SITE_LANGUAGE if f"price.{site}" in header]
    wanted = {
        **dict.fromkeys(languages, Told("column_of_room", "this column is missing, and the room needs it")),
        **{
            SITE_LANGUAGE[site]: Told("column_of", "this column is missing, and {by} needs it", by=f"price.{site}")
            for site in sites
        },
    }
    for language, reason in wanted.items():
        if f"name.{language}" not in header:
            problems.add(row, f"name.{language}", reason)
    if not wanted and not any(column.startswith("name.") for column in header):
        problems.add(row, "name.en", Told("column_name", "this column is missing: items need a name in some language"))


class _Seen:
    """The numbers and skus that rows above had."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._rows: dict[tuple[str, str], int] = {}

    def add(self, row: int, item: Item) -> None:
        for column, value in (("number", str(item.number)), ("sku", item.sku.casefold())):
            before = self._rows.setdefault((column, value), row) if value else row
            if before != row:
                self._problems.add(
                    row, column, Told("row_before", "{cell} is in row {row} already", cell=value, row=str(before))
                )


class _Row(Row):
    """What a row says of an item."""

    def item(self, at: float) -> Item | None:
        """The item of this row; None if its number or names are not to be read."""
        number = self._required("number", cells.item_number)
        names = {
            language: found
            for language in TONGUES
            if f"name.{language}" in self._cells
            and (found := self._required(f"name.{language}", cells.listed)) is not None
        }
        updated = self._read("updated_at", cells.moment, at)
        sizes: tuple[Size, ...] = self._read("sizes", cells.sizes, ())
        colours = self._by_language("colours", cells.listed)
        places = self._places(colours)
        stock = self._read("stock", partial(cells.stock, sizes=sizes, colours=places), None)
        stock_at = self._read("stock_at", cells.moment, updated)
        prices = self._prices(self._read("price_at", cells.moment, updated))
        item = partial(
            Item,
            sku=self._read("sku", cells.text, ""),
            prices=prices,
            stock=None if stock is None else Fact(stock, stock_at),
            sizes=sizes,
            colours=colours,
            materials=self._by_language("material", cells.text),
            shipping=self._shipping(prices),
            return_days=self._read("return_days", cells.whole, None),
            returns=self._by_language("returns", cells.text),
            promos=self._by_language("promo", cells.text),
            gifts=self._by_language("gift", cells.text),
            promo_until=self._read("promo_until", cells.moment, None),
            authenticity=self._by_language("authenticity", cells.text),
        )
        return None if number is None or not names else item(number=number, names=names)

    def _by_language(self, column: str, parse: Callable[[str], T]) -> dict[str, T]:
        found = {language: self._read(f"{column}.{language}", parse, None) for language in TONGUES}
        return {language: value for language, value in found.items() if value is not None}

    def _places(self, colours: Mapping[str, Sequence[str]]) -> dict[str, int]:
        """Colours in all languages with their places, which are the same in each."""
        counts = {language: len(names) for language, names in colours.items()}
        if len(set(counts.values())) > 1:
            told = ", ".join(f"{count} in {language}" for language, count in counts.items())
            self._problems.add(
                self._number,
                "colours",
                Told("colours", "every language needs the same colours in one order: {told}", told=told),
            )
            return {}
        return {name.casefold(): place for names in colours.values() for place, name in enumerate(names)}

    def _prices(self, at: float) -> dict[str, Fact[Money]]:
        found = {}
        for site in SITE_LANGUAGE:
            own = SITE_CURRENCY.get(site, "")
            stated = self._read(f"currency.{site}", cells.currency, "")
            if own and stated and stated != own:
                self._problems.add(
                    self._number,
                    f"currency.{site}",
                    Told(
                        "currency_site",
                        "{currency}, but site {site} sells in {own}",
                        currency=stated,
                        site=site,
                        own=own,
                    ),
                )
                continue
            price = self._read(f"price.{site}", partial(cells.money, stated=stated or own), None)
            if price is not None and (stated or own) in ("", price.currency):
                found[site] = Fact(price, at)
            elif price is not None:
                reason = (
                    Told(
                        "currency_site",
                        "{currency}, but site {site} sells in {own}",
                        currency=price.currency,
                        site=site,
                        own=own,
                    )
                    if own
                    else Told(
                        "currency_column",
                        "{currency}, but {column} is {own}",
                        currency=price.currency,
                        column=f"currency.{site}",
                        own=stated,
                    )
                )
                self._problems.add(self._number, f"price.{site}", reason)
        return found

    def _shipping(self, prices: Mapping[str, Fact[Money]]) -> dict[str, tuple[Shipping, ...]]:
        found = {}
        for site in SITE_LANGUAGE:
            unit = SITE_CURRENCY.get(site) or (prices[site].value.currency if site in prices else "")
            options = self._read(f"shipping.{site}", partial(cells.shipping, unit=unit), None)
            if options:
                found[site] = options
        return found
