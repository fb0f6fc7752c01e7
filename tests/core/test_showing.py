"""What may be said of the item on air without being asked: what the catalog knows now, and nothing older."""

from __future__ import annotations

from dataclasses import replace

import pytest

from streambot.catalog.files import read_catalog
from streambot.core.catalog import Catalog
from streambot.core.prompts import SAYABLE
from streambot.core.showing import shown
from streambot.resources import resource


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return read_catalog(resource("config/catalog/demo.csv"), at=1000.0)


def test_everything_that_is_known_can_be_said_in_the_language_of_the_prompt(catalog: Catalog) -> None:
    facts = shown(catalog.item(1), site="th", language="th", now=1000.0, fresh=60.0)
    assert facts.keys() <= SAYABLE
    assert (facts["item"], facts["price"], facts["stock"]) == ("เสื้อเชิ้ตลินิน", "890 บาท", "97")
    assert (facts["ship_cost"], facts["free_over"], facts["ship_days"]) == ("38 บาท", "990 บาท", "2-4")


def test_the_gift_is_said_until_the_offer_ends_and_until_when_by_the_sites_clock(catalog: Catalog) -> None:
    item = catalog.item(1)
    assert item is not None
    ending = replace(item, promo_until=1000.0 + 1800)
    facts = shown(ending, site="th", language="th", now=1000.0, fresh=60.0)
    assert (facts["gift"], facts["ends"]) == ("ถุงผ้าใบเล็ก 1 ใบ", "07:46")
    assert not {"gift", "ends", "promo"} & shown(ending, site="th", language="th", now=2801.0, fresh=60.0).keys()


def test_a_price_or_a_stock_that_is_too_old_is_not_said(catalog: Catalog) -> None:
    facts = shown(catalog.item(1), site="us", language="en", now=1061.0, fresh=60.0)
    assert not {"price", "stock"} & facts.keys()
    assert facts["item"] == "linen shirt"


def test_without_an_item_nothing_is_known() -> None:
    assert shown(None, site="us", language="en", now=0.0, fresh=60.0) == {}
