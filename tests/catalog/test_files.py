"""Whole files: as spreadsheets write them, and with everything that can be wrong with them."""

from __future__ import annotations

import csv
import io
import os
import time
import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streambot.catalog.files import COLUMNS, MOST_ITEMS, parse_catalog, read_catalog
from streambot.catalog.problems import MOST_PROBLEMS, CatalogError
from streambot.catalog.table import MOST_BYTES
from streambot.core.catalog import Catalog, Fact, Money, missing
from streambot.resources import resource

AT = 1_790_000_000.0
GOOD = (
    "number,sku,name.en,name.th,price.th,currency.th,stock,colours.en,colours.th\n"
    '1,LS-01,linen shirt|linen top,เสื้อเชิ้ตลินิน,"1,290",THB,12,black|white,สีดำ|สีขาว\n'
    "2,WT-02,wide leg trousers,กางเกงขาบาน,990,,white=2,white,สีขาว\n"
)


def parsed(text: str, **options: object) -> Catalog:
    return parse_catalog(text.encode(), "th.csv", at=AT, **options)  # type: ignore[arg-type]


def problems(text: str | bytes, **options: object) -> list[tuple[int, str, str]]:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(CatalogError) as caught:
        parse_catalog(data, "th.csv", at=AT, **options)  # type: ignore[arg-type]
    assert {problem.file for problem in caught.value.problems} == {"th.csv"}
    return [(problem.row, problem.column, problem.reason) for problem in caught.value.problems]


def test_a_good_file_is_a_catalog() -> None:
    catalog = parsed(GOOD)
    assert (len(catalog), catalog.languages, catalog.sites) == (2, ("en", "th"), ("th",))
    item = catalog.item(1)
    assert item is not None
    assert item.names["en"] == ("linen shirt", "linen top")
    assert item.prices == {"th": Fact(Money(Decimal(1290), "THB"), AT)}
    assert item.colour("สีขาว") == 1
    assert catalog.item(2).stock.value.left(colour=0) == 2  # type: ignore[union-attr]


def test_facts_have_the_time_of_their_row_or_else_of_the_file() -> None:
    catalog = parsed(
        "number,name.th,price.th,stock,updated_at,price_at,stock_at\n"
        "1,ก,10,5,,,\n"
        "2,ข,10,5,1790000100,,\n"
        "3,ค,10,5,1790000100,1790000200,1790000300\n"
    )
    times = [(item.prices["th"].at, item.stock.at if item.stock else 0) for item in catalog.items]
    assert times == [(AT, AT), (1790000100, 1790000100), (1790000200, 1790000300)]


def test_a_file_dates_its_facts_by_when_it_was_written_unless_told_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "th.csv"
    file.write_text(GOOD, encoding="utf-8")
    os.utime(file, (AT, AT))
    assert read_catalog(file).items[0].prices["th"].at == AT
    assert read_catalog(file, at=AT + 5).items[0].prices["th"].at == AT + 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_spreadsheets_write_is_read_alike(encoding: str, separator: str, end: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=end).writerows(csv.reader(io.StringIO(GOOD)))
    catalog = parse_catalog(out.getvalue().encode(encoding), "th.csv", at=AT)
    assert catalog.items == parsed(GOOD).items


def test_excels_separator_line_and_empty_lines_are_no_rows() -> None:
    text = "sep=;\r\nnumber;name.en\r\n;\r\n\r\n 1 ; a  b \r\n;;;\r\n2;c\r\n"
    assert [(item.number, item.name("en")) for item in parsed(text).items] == [(1, "a b"), (2, "c")]
    # Rows are counted as the spreadsheet shows them, empty ones too.
    assert problems(text.replace("2;c", "x;c"))[0][:2] == (6, "number")


def test_a_header_may_be_in_upper_case_and_columns_in_any_order() -> None:
    assert parsed("Name.EN,Number\nshirt,4\n").items[0].number == 4


def test_a_cell_may_have_line_breaks_and_quotes() -> None:
    catalog = parsed('number,name.en,returns.en\n1,shirt,"unworn,\nwith ""tag"""\n2,hat,\n')
    assert catalog.items[0].returns == {"en": 'unworn, with "tag"'}
    assert len(catalog) == 2


def test_what_prints_nothing_and_turns_text_round_is_taken_out() -> None:
    assert parsed("number,name.en\n1,shi\u200brt\u202e\n").items[0].name("en") == "shirt"


def test_everything_wrong_is_told_at_once_with_row_column_and_reason() -> None:
    text = (
        "number,sku,name.en,name.th,price.th,currency.th,stock\n"
        "1,A1,shirt,เสื้อ,-5,THB,3\n"
        "x,A2,skirt,กระโปรง,10,THB,3\n"
        "3,A3,hat,,10,THB,3\n"
        "4,A4,belt,เข็มขัด,10,USD,3\n"
        "5,A5,sock,ถุงเท้า,$10,,many\n"
        "3,a3,scarf,ผ้าพันคอ,10,,3\n"
    )
    assert problems(text) == [
        (2, "price.th", '"-5" is negative'),
        (3, "number", '"x" is no item number from 1 to 9999'),
        (4, "name.th", "is empty"),
        (5, "currency.th", "USD, but site th sells in THB"),
        (6, "stock", '"many" is no number of pieces, nor S=3, M=0 by size or colour'),
        (6, "price.th", "USD, but site th sells in THB"),
        (7, "number", "3 is in row 4 already"),
        (7, "sku", "a3 is in row 4 already"),
    ]


def test_what_is_wrong_before_the_place_where_a_file_breaks_off_is_told_too() -> None:
    found = problems('number,name.en\nx,shirt\n2,"hat\n3,belt\n')
    assert [(row, column) for row, column, _ in found] == [(2, "number"), (3, "")]


def test_an_unknown_column_names_the_nearest() -> None:
    found = problems("number,name.en,pirce.th,colors.en,zzzzzz\n1,shirt,2,black,3\n")
    assert found == [
        (1, "pirce.th", "unknown column; did you mean price.th?"),
        (1, "colors.en", "unknown column; did you mean colours.en?"),
        (1, "zzzzzz", "unknown column"),
    ]


def test_a_header_of_a_million_columns_is_refused_at_once() -> None:
    assert problems("a," * 1_000_000)[0][2].startswith("1,000,001 columns")


def test_needed_columns_are_asked_for() -> None:
    assert problems("sku\nA\n") == [
        (1, "number", "this column is missing: an item's number on air"),
        (1, "name.en", "this column is missing: items need a name in some language"),
    ]
    assert problems("number,number,name.en\n1,1,a\n") == [(1, "number", "this column stands there twice")]


def test_a_site_with_prices_needs_names_in_its_language() -> None:
    assert problems("number,name.en,price.vn\n1,shirt,100000\n") == [
        (1, "name.vi", "this column is missing, and price.vn needs it")
    ]


def test_a_room_needs_names_in_its_languages() -> None:
    assert problems(GOOD, languages=["zh"]) == [(1, "name.zh", "this column is missing, and the room needs it")]
    assert len(parsed(GOOD, languages=["th"])) == 2


def test_the_site_base_takes_any_currency_that_is_stated() -> None:
    text = 'number,name.en,price.base,currency.base,shipping.base\n1,shirt,{},{},"std: other=3-5, fee=4"\n'
    assert parsed(text.format("12.5", "usd")).items[0].prices["base"].value == Money(Decimal("12.5"), "USD")
    assert parsed(text.format("$12.5", "")).items[0].shipping["base"][0].fee == 4
    assert problems(text.format("12.5", "")) == [
        (2, "price.base", '"12.5" does not say in which currency'),
        (2, "shipping.base", "a fee is in the currency of the price, and there is no price"),
    ]
    assert problems(text.format("฿12", "USD"))[0] == (2, "price.base", "THB, but currency.base is USD")


def test_every_language_has_the_same_number_of_colours() -> None:
    found = problems("number,name.en,colours.en,colours.th\n1,shirt,black|white,สีดำ\n")
    assert found == [(2, "colours", "every language needs the same colours in one order: 2 in en, 1 in th")]


def test_a_cell_beyond_the_header_is_told() -> None:
    found = problems("number,name.en,\n1,shirt,black\n2,hat,,,x\n3,belt,,\n")
    assert [(row, column) for row, column, _ in found] == [(2, ""), (3, "")]


@pytest.mark.parametrize(
    ("data", "row", "word"),
    [
        (b"", 0, "empty"),
        (b"\xef\xbb\xbf\r\n;;\r\n", 0, "empty"),
        (b"number,name.en\n", 0, "no items"),
        (b"number,name.en\n1,caf\xe9\n", 2, "UTF-8"),
        (b"\xff\xfen\x00u\x00", 1, "unknown"),
        (b"\xff\xfen\x00u\x00m", 0, "UTF-16"),
        (b'number,name.en\n1,"shirt\n2,hat\n', 2, "not closed"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00", 0, "Excel workbook"),
    ],
)  # fmt: skip
def test_what_is_no_csv_is_told(data: bytes, row: int, word: str) -> None:
    found = problems(data)
    assert found[0][0] == row
    assert word in found[0][2]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(CatalogError, match="cannot be read"):
            read_catalog(path)


def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(MOST_BYTES * 50)
    tracemalloc.start()
    with pytest.raises(CatalogError, match="16 MiB"):
        read_catalog(tmp_path / "huge.csv")
    assert tracemalloc.get_traced_memory()[1] < 3 * MOST_BYTES
    tracemalloc.stop()


def test_a_hundred_thousand_rows_are_refused_in_bounded_time_and_memory() -> None:
    text = "number,name.en,price.us\n" + "".join(f"{n},thing {n},{n}.50\n" for n in range(1, 100_001))
    began = time.process_time()
    found = problems(text)
    assert time.process_time() - began < 10
    assert found == [(MOST_ITEMS + 2, "", "more than 9,999 items; leave out what is not on air")]


def test_a_wrong_column_in_every_row_is_told_a_hundred_times_and_counted() -> None:
    text = "number,name.en,price.us\n" + "".join(f"{n},thing,-1\n" for n in range(1, 501))
    with pytest.raises(CatalogError) as caught:
        parsed(text)
    assert (len(caught.value.problems), caught.value.more) == (MOST_PROBLEMS, 400)
    assert "and 495 more" in caught.value.message


@given(st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=6), st.permutations(sorted(COLUMNS)))
def test_no_table_breaks_the_reader(rows: list[list[str]], columns: list[str]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["number", "name.en", *columns[:4]], *rows])
    try:
        assert len(parse_catalog(out.getvalue().encode("utf-8", "replace"), "x", at=AT)) <= len(rows)
    except CatalogError as error:
        assert error.problems  # noqa: PT017 - either outcome is right


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    with pytest.raises(CatalogError):
        parse_catalog(data, "x", at=AT)


def test_the_demos_catalog_answers_everything_in_five_languages_at_every_site() -> None:
    catalog = read_catalog(resource("config/catalog/demo.csv"), at=AT, languages=("en", "zh", "th", "vi", "id"))
    assert len(catalog) == 12
    for item in catalog.items:
        for site in catalog.sites:
            for language in catalog.languages:
                assert list(missing(item, language, site, AT)) == []


def test_the_demos_catalog_knows_what_the_demo_sells() -> None:
    from streambot.platforms.demo.script import load_script

    catalog = read_catalog(resource("config/catalog/demo.csv"), at=AT)
    for language, tongue in load_script().tongues.items():
        for number, name in enumerate(tongue.slots["items"], 1):
            found = catalog.named(name)
            assert (found.number if found else None) == number, (language, name)
