"""What is known of an item, how old it is, and which item a comment names."""

from __future__ import annotations

from decimal import Decimal

import pytest

from streambot.core.catalog import FRESH_FOR, Catalog, Fact, Item, Money, Range, Shipping, Size, Stock, missing
from streambot.core.labels import Intent

NOW = 1_790_000_000.0


def an_item(number: int = 1, *english: str, **parts: object) -> Item:
    return Item(number, {"en": english or (f"thing {number}",)}, **parts)  # type: ignore[arg-type]


def a_full_item() -> Item:
    return an_item(
        3,
        "linen shirt",
        prices={"th": Fact(Money(Decimal(890), "THB"), NOW)},
        stock=Fact(Stock(12), NOW),
        sizes=(Size("M", {"height": Range(150, 160)}), Size("L", {"height": Range(160, 170)})),
        colours={"en": ("beige", "black")},
        materials={"en": "linen"},
        shipping={"th": (Shipping("standard", elsewhere=Range(2, 4)),)},
        return_days=7,
        promos={"en": "two for one and a half"},
        gifts={"en": "a tote bag"},
        promo_until=NOW + 60,
        authenticity={"en": "our own label"},
    )


def test_a_fact_is_stale_once_it_is_older_than_the_limit_and_not_before() -> None:
    fact = Fact(5, at=NOW)
    assert not fact.is_stale(NOW + FRESH_FOR)
    assert fact.is_stale(NOW + FRESH_FOR + 1)
    assert fact.is_stale(NOW + 31, fresh_for=30)


def test_a_fact_of_the_far_future_is_stale_since_it_would_never_age() -> None:
    assert Fact(5, at=NOW + 10 * FRESH_FOR).is_stale(NOW)
    assert not Fact(5, at=NOW + 2).is_stale(NOW)


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity"])
def test_no_price_is_0_or_less_or_no_number(amount: str) -> None:
    with pytest.raises(ValueError):
        Money(Decimal(amount), "THB")


def test_no_price_is_in_a_currency_that_no_site_has() -> None:
    with pytest.raises(ValueError, match="XAU"):
        Money(Decimal(1), "XAU")


def test_a_range_that_goes_down_is_none() -> None:
    with pytest.raises(ValueError):
        Range(5, 2)
    assert 2 in Range(2, 5)
    assert 5.1 not in Range(2, 5)


def test_a_number_twice_is_no_catalog() -> None:
    with pytest.raises(ValueError):
        Catalog([an_item(1), an_item(1)])


def test_an_item_is_found_by_its_number_as_text_or_int() -> None:
    catalog = Catalog([an_item(3), an_item(12)])
    found = catalog.item(12)
    assert found is not None
    assert found.number == 12
    assert catalog.item("12") is found
    assert catalog.item("012") is found
    for wrong in ("", "4", "x", "-3", "³", "12345678901234567890"):
        assert catalog.item(wrong) is None, wrong


NAMES = Catalog([
    Item(1, {"en": ("linen shirt",), "zh": ("亚麻衬衫",), "th": ("เสื้อเชิ้ตลินิน",), "vi": ("áo sơ mi đũi",)}, "LS-0001"),
    Item(2, {"en": ("shirt dress",), "zh": ("连衣裙",), "vi": ("áo len",)}),
    Item(3, {"en": ("rain jacket", "raincoat"), "th": ("เสื้อกันฝน",), "id": ("jaket hujan",)}),
    Item(4, {"en": ("shirt",)}),
    Item(5, {"en": ("scarf",)}),
    Item(6, {"en": ("scarf",)}),
])  # fmt: skip


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("how much is the LINEN  shirt?", 1),
        ("are the linen shirts warm", 1),
        ("亚麻衬衫多少钱", 1),
        ("เสื้อเชิ้ตลินินราคาเท่าไหร่คะ", 1),
        ("áo sơ mi đũi giá bao nhiêu", 1),
        ("ao so mi dui gia bn", 1),
        ("do you have LS-0001", 1),
        ("raincoat price", 3),
        ("jaket hujan berapa kak", 3),
        ("this shirt?", 4),
        # A name inside a longer one does not count.
        ("how much is the shirt dress", 2),
        # Two things are named, or a name is of two things.
        ("linen shirt or rain jacket?", None),
        ("how much is the scarf", None),
        # Names inside other words, and none at all.
        ("is it a tshirt", None),
        ("shirtless", None),
        ("how much", None),
        ("", None),
    ],
)
def test_a_comment_names_one_item_or_none(text: str, number: int | None) -> None:
    found = NAMES.named(text)
    assert (found.number if found else None) == number


def test_a_name_is_said_in_the_language_or_else_in_english() -> None:
    item = NAMES.item(3)
    assert item is not None
    assert [item.name(language) for language in ("id", "vi", "en")] == ["jaket hujan", "rain jacket", "rain jacket"]


def test_languages_and_sites_are_those_that_anything_has() -> None:
    assert NAMES.languages == ("en", "zh", "th", "vi", "id")
    assert Catalog([a_full_item(), an_item(4)]).sites == ("th",)


def test_a_full_item_leaves_no_question_of_its_own_open() -> None:
    assert list(missing(a_full_item(), "en", "th", NOW)) == []


def test_an_empty_item_leaves_every_question_open() -> None:
    found = list(missing(an_item(9), "en", "th", NOW))
    assert {gap.intent for gap in found} == {
        Intent.PRICE, Intent.STOCK, Intent.SIZE_FIT, Intent.SHIPPING, Intent.RETURNS, Intent.PRODUCT,
        Intent.AUTHENTICITY, Intent.PROMO,
    }  # fmt: skip
    assert {gap.column for gap in found} >= {"price.th", "stock", "material.en", "colours.en"}
    assert not any(gap.stale for gap in found)


def test_what_is_known_in_one_language_and_site_is_open_in_another() -> None:
    found = {gap.column for gap in missing(a_full_item(), "zh", "us", NOW)}
    assert found == {"price.us", "shipping.us", "material.zh", "colours.zh", "authenticity.zh", "promo.zh", "gift.zh"}


def test_old_prices_and_stock_and_a_promo_that_ended_are_stale() -> None:
    found = {gap.column: gap.stale for gap in missing(a_full_item(), "en", "th", NOW + 100, fresh_for=99)}
    assert found == {"price.th": True, "stock": True, "promo.en": True, "gift.en": True}


def test_an_item_that_comes_without_a_gift_lacks_none() -> None:
    assert not any(gap.column.startswith("gift") for gap in missing(an_item(9), "en", "th", NOW))


def test_one_size_needs_no_measures_but_several_do() -> None:
    one = an_item(1, sizes=(Size("one size"),))
    two = an_item(2, sizes=(Size("S", {"height": Range(1, 2)}), Size("M")))
    assert "sizes" not in {gap.column for gap in missing(one, "en", "th", NOW)}
    assert "sizes" in {gap.column for gap in missing(two, "en", "th", NOW)}


def test_stock_is_told_apart_as_far_as_the_shop_does() -> None:
    stock = Stock(6, {("S", 0): 1, ("S", 1): 2, ("M", 0): 3})
    assert stock.left() == 6
    assert stock.left("S") == 3
    assert stock.left(colour=0) == 4
    assert stock.left("M", 0) == 3
    assert stock.left("M", 1) is None
    assert Stock(6, {("S", -1): 6}).left("S", 1) is None
    assert Stock(0).left() == 0


def test_a_colour_has_one_place_in_all_languages() -> None:
    item = an_item(
        1,
        colours={
            "en": ("black", "off black", "white"),
            "zh": ("黑色", "灰黑", "白色"),
            "vi": ("đen", "đen xám", "trắng"),
        },
    )
    assert [
        item.colour(text) for text in ("is the black one left", "黑色还有吗", "off black?", "đen xám còn không")
    ] == [0, 0, 1, 1]
    assert item.colour("black or white?") == -1
    assert item.colour("any left?") == -1


def test_a_size_is_found_whatever_its_case() -> None:
    item = an_item(1, sizes=(Size("XL"), Size("One size")))
    assert item.size("xl") == Size("XL")
    assert item.size("one SIZE") == Size("One size")
    assert item.size("L") is None


def test_days_go_by_the_region_that_is_named() -> None:
    standard = Shipping("standard", {"Bangkok/กรุงเทพ/กทม": Range(1, 2), "Phuket": Range(4, 6)}, elsewhere=Range(2, 4))
    assert standard.days("ส่งกรุงเทพกี่วัน") == Range(1, 2)
    assert standard.days("how long to bangkok?") == Range(1, 2)
    assert standard.days("how long") == Range(2, 4)
    assert standard.days("bangkok and phuket?") == Range(4, 6)
    assert Shipping("pickup", {"Bangkok": Range(1, 1)}).days("Phuket?") is None
