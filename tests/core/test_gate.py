"""What leaves for the chat: nothing that the rules for replies forbid or the catalog belies."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from streambot.answers.files import load_answers
from streambot.catalog.files import read_catalog
from streambot.classify.lexicon import Matchers
from streambot.core.answers import Tone
from streambot.core.catalog import Catalog
from streambot.core.gate import LENGTH_RULE, PRICE_RULE, Refusal, refusals, stated
from streambot.core.pack import Pack
from streambot.core.prompts import worded
from streambot.core.showing import shown
from streambot.packs.files import Line, PackFiles
from streambot.prompts.files import load_prompts
from streambot.resources import resource


class Outbound:
    """The gate of a room of one site, with the demo catalog."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.pack: Pack = PackFiles(None).load(Line(site))[0]
        self.matchers = Matchers(self.pack)
        self.catalog: Catalog = read_catalog(resource("config/catalog/demo.csv"), at=0.0)

    def __call__(self, text: str, item: int = 3, language: str = "en") -> Sequence[Refusal]:
        return refusals(
            text,
            pack=self.pack,
            read=self.matchers.read_reply,
            catalog=self.catalog,
            item=self.catalog.item(item),
            site=self.site,
            language=language,
        )


@pytest.fixture(scope="module")
def gates() -> dict[str, Outbound]:
    return {site: Outbound(site) for site in ("us", "th", "vn", "id", "cn")}


@pytest.mark.parametrize(
    ("site", "text"),
    [
        ("us", "It's $32.50 tonight, shipping $4.90"),
        ("us", "Number 4 is $45"),
        ("us", "In 2 days, size M, 100 % cotton"),
        ("th", "ตัวนี้ 950 บาท ค่าส่ง 38 บาท ครบ 990 บาทส่งฟรีค่ะ"),
        ("vn", "Dạ 750.000đ ạ, ship 30k nha"),
        ("id", "Rp429.000 kak, ongkir Rp15.000"),
        ("id", "429rb kak"),
        ("cn", "现在219元，包邮哦"),
    ],
)
def test_what_the_catalog_says_passes(gates: dict[str, Outbound], site: str, text: str) -> None:
    assert gates[site](text) == []


@pytest.mark.parametrize(
    ("site", "text", "right"),
    [
        ("us", "It's $29.50 tonight", "$32.50"),
        ("us", "Number 4 is $32.50", "$45"),
        ("th", "ตัวนี้ 890 บาทค่ะ", "950"),
        ("vn", "Dạ 700k ạ", "750.000đ"),
        ("id", "Rp399.000 kak", "Rp429.000"),
        ("cn", "现在199元", "¥219"),
    ],
)
def test_a_promised_price_that_differs_is_stopped_with_the_right_one(
    gates: dict[str, Outbound], site: str, text: str, right: str
) -> None:
    found = [each for each in gates[site](text) if each.rule == PRICE_RULE]
    assert len(found) == 1
    start, end = found[0].span
    assert any(char.isdigit() for char in text[start:end])
    assert right in found[0].instead


def test_the_reason_is_in_the_readers_language(gates: dict[str, Outbound]) -> None:
    assert "商品目录" in gates["cn"]("现在199元", language="zh")[0].why


@pytest.mark.parametrize(
    ("site", "text"),
    [
        ("us", "add me on whatsapp +1 415 555 0134, cheaper there"),
        ("cn", "加我微信 abc12345 便宜"),
        ("th", "แอดไลน์ @shop99 ถูกกว่านะคะ"),
        ("vn", "ib zalo 0912345678 nha"),
        ("id", "wa aja ke 081234567890 kak"),
        ("us", "this serum cures acne, 100% guaranteed"),
    ],
)
def test_diversion_and_claims_are_stopped_with_a_reason(gates: dict[str, Outbound], site: str, text: str) -> None:
    found = gates[site](text)
    assert found
    assert all(each.why for each in found)


def test_a_text_that_no_platform_takes_is_stopped(gates: dict[str, Outbound]) -> None:
    assert [each.rule for each in gates["us"]("a " * 101)] == [LENGTH_RULE]


def test_without_a_price_in_the_catalog_nothing_is_compared(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("number,name.en\n1,thing\n", encoding="utf-8")
    gate = Outbound("us")
    gate.catalog = read_catalog(path, at=0.0)
    assert gate("It's $29.50", item=1) == []


def test_what_a_gift_is_worth_is_no_wrong_price(tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    path.write_text("number,name.en,price.us,gift.en\n3,coat,40,a pouch worth $8\n", encoding="utf-8")
    us = Outbound("us")
    us.catalog = read_catalog(path)
    assert us("It's $40 and you get a pouch worth $8") == []
    assert [each.rule for each in us("It's $40 and you get a pouch worth $9")] == [PRICE_RULE]


def test_what_the_demo_prompts_passes_the_gate_of_its_room_whatever_is_on_air() -> None:
    base = Outbound("base")
    prompts = load_prompts(resource("config/prompts/demo.toml"))
    for item in base.catalog.items:
        for (prompt, language), tone in product(product(prompts.prompts, prompts.languages), Tone):
            facts = shown(item, site="base", language=language, now=0.0, fresh=60.0)
            for turn in range(2):
                said = worded(prompt, language, tone, facts, turn)
                assert said is not None, (prompt.name, language)
                assert base(said[0], item.number) == [], said[0]


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("$1,299.50", [("USD", "1299.50")]),
        ("20 dollars", [("USD", "20")]),
        ("1.290 บาท", [("THB", "1290")]),
        ("1tr2", []),
        ("rp 15.000", [("IDR", "15000")]),
        ("2,5jt", [("IDR", "2500000")]),
        ("99块钱", [("CNY", "99")]),
        ("4k video, 5kg", [("VND", "4000")]),
        ("size 38", []),
    ],
)
def test_amounts_are_read_with_their_currency(text: str, amounts: list[tuple[str, str]]) -> None:
    assert list(stated(text)) == [(currency, Decimal(value)) for currency, value in amounts]


def test_every_shipped_wording_without_facts_passes_its_sites_gate(gates: dict[str, Outbound]) -> None:
    said = [
        (gate, wording.filled({}))
        for site, gate in gates.items()
        for canned in load_answers([resource(f"config/answers/{site}.toml")])
        for wording in canned.wordings
        if not wording.facts
    ]
    assert len(said) > 300
    assert [(gate.site, text) for gate, text in said if gate(text)] == []
