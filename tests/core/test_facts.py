"""What a catalog has to say to a question: right, fresh, about the right item, or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from streambot.catalog.files import read_catalog
from streambot.core.answers import Scenario
from streambot.core.catalog import Catalog
from streambot.core.facts import Facts, Why, facts
from streambot.core.hints import hint
from streambot.core.labels import Intent
from streambot.resources import resource

NOW = 1_700_000_000.0
FRESH = 6 * 3600.0

HEADER = (
    "number,name.en,name.th,price.us,price.th,stock,sizes,colours.en,material.en,shipping.us,shipping.th,return_days,"
    "returns.en,promo.en,promo_until,authenticity.en\n"
)
MEASURES = "S: height=150-158, weight=40-48 | M: height=158-165, weight=48-56 | L: height=165-175, weight=56-70"
SHIPPING = "standard: other=3-5, fee=4.90, free_over=50"
ROWS = (
    f'1,red dress,เดรสแดง,19.90,590,"S=3, M=0, L=2","{MEASURES}",red|black,"cotton, machine wash","{SHIPPING}",'
    '"standard: Bangkok/กทม=1-2, other=2-4, fee=0",7,Keep the tag.,Two for 35.,2023-11-15T00:00:00+00:00,Own label.\n'
    f'2,blue belt,เข็มขัด,5.00,150,0,one size,,,"{SHIPPING}",,7,Keep the tag.,,,\n'
)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    path = tmp_path_factory.mktemp("catalog") / "shop.csv"
    path.write_text(HEADER + ROWS, encoding="utf-8")
    return read_catalog(path, at=NOW)


def ask(catalog: Catalog | None, text: str, intent: Intent, **fields: Any) -> Facts:
    given: dict[str, Any] = {"on_air": "1", "site": "us", "language": "en", "now": NOW, "fresh": FRESH, **fields}
    return facts(text, intent, catalog=catalog, **given)


@pytest.mark.parametrize(
    ("text", "intent", "name", "value"),
    [
        ("how much", Intent.PRICE, "price", "$19.90"),
        ("price of number 2?", Intent.PRICE, "price", "$5"),
        ("how much is the blue belt", Intent.PRICE, "price", "$5"),
        ("how many left", Intent.STOCK, "stock", "5"),
        ("still have size L?", Intent.STOCK, "left", "2"),
        ("160cm 50kg which size", Intent.SIZE_FIT, "size_for", "M"),
        ("what sizes are there", Intent.SIZE_FIT, "sizes", "S, M, L"),
        ("how many days to ship", Intent.SHIPPING, "ship_days", "3-5"),
        ("shipping fee?", Intent.SHIPPING, "ship_cost", "$4.90"),
        ("shipping fee?", Intent.SHIPPING, "free_over", "$50"),
        ("can i return it", Intent.RETURNS, "return_days", "7"),
        ("what colours", Intent.PRODUCT, "colours", "red, black"),
        ("is it cotton", Intent.PRODUCT, "material", "cotton, machine wash"),
        ("any promo", Intent.PROMO, "promo", "Two for 35."),
        ("is it original", Intent.AUTHENTICITY, "authenticity", "Own label."),
    ],
)
def test_each_intent_reads_its_column(catalog: Catalog, text: str, intent: Intent, name: str, value: str) -> None:
    found = ask(catalog, text, intent)
    assert found.why is None
    assert found.values[name] == value


@pytest.mark.parametrize(
    ("text", "intent", "why"),
    [
        ("price of number 9?", Intent.PRICE, Why.UNKNOWN_ITEM),
        ("number 1 or number 2, which is cheaper", Intent.PRICE, Why.SEVERAL_ITEMS),
        ("red dress or blue belt?", Intent.PRICE, Why.SEVERAL_ITEMS),
        ("how long does the battery last", Intent.PRODUCT, Why.NOT_HELD),
        ("when will you restock", Intent.STOCK, Why.NOT_HELD),
        ("is size M still there", Intent.STOCK, Why.NO_SIZE),
        ("is size XXL still there", Intent.STOCK, Why.NOT_HELD),
        ("is the green one still there", Intent.STOCK, Why.NOT_HELD),
        ("190cm 120kg which size", Intent.SIZE_FIT, Why.NO_SIZE),
        ("how long to japan", Intent.SHIPPING, Why.ELSEWHERE),
        ("how are you", Intent.OTHER, Why.NOT_HELD),
    ],
)
def test_what_the_catalog_does_not_hold_is_not_answered(catalog: Catalog, text: str, intent: Intent, why: Why) -> None:
    assert ask(catalog, text, intent).why is why


def test_without_an_item_on_air_a_price_is_of_nothing_but_shipping_is_of_all(catalog: Catalog) -> None:
    assert ask(catalog, "how much", Intent.PRICE, on_air="").why is Why.NO_ITEM
    assert ask(catalog, "how many days to ship", Intent.SHIPPING, on_air="").values["ship_days"] == "3-5"
    assert ask(catalog, "กี่วันถึงคะ", Intent.SHIPPING, on_air="", site="th", language="th").why is Why.NO_ITEM


@pytest.mark.parametrize("intent", [Intent.PRICE, Intent.STOCK])
def test_a_price_or_a_stock_that_is_too_old_is_not_repeated(catalog: Catalog, intent: Intent) -> None:
    assert ask(catalog, "?", intent, now=NOW + FRESH - 1).why is None
    assert ask(catalog, "?", intent, now=NOW + FRESH + 1).why is Why.STALE


def test_a_promotion_that_is_over_is_not_repeated(catalog: Catalog) -> None:
    until = 1_700_006_400.0
    assert ask(catalog, "promo?", Intent.PROMO, now=until - 1).values["promo"] == "Two for 35."
    assert ask(catalog, "promo?", Intent.PROMO, now=until + 1).why is Why.STALE


def parts(tmp_path: Path, stock: str, colours: str = "red|black", local: str = "แดง|ดำ") -> Catalog:
    """One coat whose stock is told apart."""
    path = tmp_path / "parts.csv"
    header = "number,name.en,name.th,price.us,price.th,stock,sizes,colours.en,colours.th\n"
    path.write_text(f'{header}1,coat,โค้ท,9,300,"{stock}","{MEASURES}",{colours},{local}\n', encoding="utf-8")
    return read_catalog(path, at=NOW)


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("any M left", "en", {"part": "M", "left": "5"}),
        ("any black left", "en", {"part": "black", "left": "6"}),
        ("is M in black still in stock", "en", {"part": "M / black", "left": "4"}),
        ("black ยังมีไหม", "th", {"part": "ดำ", "left": "6"}),
        ("any left", "en", {"stock": "8"}),
    ],
)
def test_of_one_size_or_colour_its_own_stock_is_told_by_its_name(
    tmp_path: Path, text: str, language: str, said: dict[str, str]
) -> None:
    catalog = parts(tmp_path, "M/red=1, M/black=4, L/red=1, L/black=2")
    found = ask(catalog, text, Intent.STOCK, language=language)
    assert {name: found.values[name] for name in found.values if name not in ("item", "number")} == said
    assert found.about == ("" if "stock" in said else "part")


@pytest.mark.parametrize(
    "text",
    [
        "any black left",
        "is M in black still in stock",
        "red or black left?",
        "any S left",
        "大码还有吗",
        "有没有大码的",
    ],
)
def test_where_the_catalog_does_not_tell_it_apart_no_stock_is_told(tmp_path: Path, text: str) -> None:
    found = ask(parts(tmp_path, "M=5, L=3, S=0"), text, Intent.STOCK)
    assert found.why in (Why.NOT_HELD, Why.NO_SIZE)
    assert not {"stock", "left"} & found.values.keys()


def test_two_colours_that_only_the_shop_knows_are_not_the_whole_stock(tmp_path: Path) -> None:
    catalog = parts(tmp_path, "M=5", colours="smoke|ash", local="ควัน|เถ้า")
    assert ask(catalog, "smoke or ash still there?", Intent.STOCK).why is Why.NOT_HELD


def test_a_colour_without_a_name_in_the_askers_language_is_not_told(tmp_path: Path) -> None:
    catalog = parts(tmp_path, "M/red=1, M/black=4")
    assert ask(catalog, "any black left", Intent.STOCK, language="id").why is Why.NOT_HELD


GIVING = "number,name.en,name.th,price.us,price.th,promo.en,promo.th,gift.en,gift.th,promo_until"


def giving(tmp_path: Path, until: str) -> Catalog:
    path = tmp_path / "giving.csv"
    path.write_text(f"{GIVING}\n1,coat,โค้ท,9,300,Sale.,ลดราคา,a tote bag,ถุงผ้า,{until}\n", encoding="utf-8")
    return read_catalog(path, at=NOW)


@pytest.mark.parametrize("intent", [Intent.PRICE, Intent.PROMO])
def test_the_gift_and_the_end_of_the_offer_come_from_the_catalog(tmp_path: Path, intent: Intent) -> None:
    catalog = giving(tmp_path, "2023-11-15T06:30:00+07:00")
    found = ask(catalog, "?", intent, site="th", language="th")
    assert (found.values["gift"], found.values["ends"]) == ("ถุงผ้า", "06:30")
    over = ask(catalog, "?", intent, site="th", language="th", now=NOW + 5 * 3600)
    assert not {"gift", "ends"} & over.values.keys()


@pytest.mark.parametrize(
    ("until", "site"),
    [("2023-11-16T06:30:00+07:00", "th"), ("2023-11-15T06:30:00+07:00", "us"), ("", "th")],
    ids=["not on this day", "buyers who live by several clocks", "no end"],
)
def test_a_time_of_day_that_does_not_say_when_is_not_told(tmp_path: Path, until: str, site: str) -> None:
    found = ask(giving(tmp_path, until), "promo?", Intent.PROMO, site=site)
    assert found.values["gift"] == "a tote bag"
    assert "ends" not in found.values


def test_an_item_without_stock_calls_for_the_words_of_sold_out(catalog: Catalog) -> None:
    assert ask(catalog, "any left", Intent.STOCK, on_air="2").scenario is Scenario.SOLD_OUT
    assert ask(catalog, "how much", Intent.PRICE, on_air="2").scenario is Scenario.SOLD_OUT
    assert ask(catalog, "how much", Intent.PRICE).scenario is None


@pytest.mark.parametrize(
    ("text", "days", "place"),
    [("ส่งกทมกี่วันคะ", "1-2", "กทม"), ("ส่ง bkk กี่วัน", "1-2", "Bangkok"), ("ส่งเชียงใหม่กี่วัน", "2-4", None)],
)
def test_a_region_is_known_by_other_words_too(catalog: Catalog, text: str, days: str, place: str | None) -> None:
    found = ask(catalog, text, Intent.SHIPPING, site="th", language="th")
    assert found.values["ship_days"] == days
    assert found.values.get("place") == place
    assert found.values["ship_cost"] == "ฟรี"
    assert found.about == "time"


def test_words_that_only_contain_a_colour_or_a_cloth_ask_for_nothing(catalog: Catalog) -> None:
    assert ask(catalog, "anything new today", Intent.PRODUCT).why is Why.NOT_HELD
    assert ask(catalog, "麻烦问下保质期", Intent.PRODUCT, language="zh").why is Why.NOT_HELD


def test_payment_and_complaints_need_no_catalog() -> None:
    assert ask(None, "can i pay cod", Intent.PAYMENT).why is None
    assert ask(None, "how much", Intent.PRICE).why is Why.NO_CATALOG


def test_a_name_in_another_language_is_not_said(catalog: Catalog) -> None:
    assert ask(catalog, "how much", Intent.PRICE).values["item"] == "red dress"
    assert "item" not in ask(catalog, "berapa", Intent.PRICE, language="id").values


@pytest.mark.parametrize(
    ("text", "intent", "language", "shown"),
    [
        ("how much", Intent.PRICE, "en", "$19.90"),
        ("how many days, what fee", Intent.SHIPPING, "en", "3-5 days · $4.90"),
        ("how many days, what fee", Intent.SHIPPING, "zh", "3-5天 · $4.90"),
        ("price of number 9", Intent.PRICE, "en", ""),
    ],
)
def test_the_host_gets_the_facts_alone(catalog: Catalog, text: str, intent: Intent, language: str, shown: str) -> None:
    assert hint(ask(catalog, text, intent, language=language), intent, language) == shown


def test_the_demo_catalog_answers_every_question_kind_at_every_site() -> None:
    demo = read_catalog(resource("config/catalog/demo.csv"), at=NOW)
    asked = [Intent.PRICE, Intent.STOCK, Intent.SHIPPING, Intent.RETURNS, Intent.AUTHENTICITY, Intent.PROMO]
    for site, language in (("us", "en"), ("th", "th"), ("vn", "vi"), ("id", "id"), ("cn", "zh"), ("base", "en")):
        for intent in asked:
            found = ask(demo, "?", intent, on_air="3", site=site, language=language)
            assert found.why is None
            assert set(found.values) - {"item", "number"}, (site, intent)
