"""The number by which a comment names an item, in figures and in words."""

from __future__ import annotations

import pytest

from streambot.core.items import item_number, item_numbers


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("how much is #3", "3"),
        ("item 12 price?", "12"),
        ("no. 7 please", "7"),
        ("number 5?", "5"),
        ("CF3", "3"),
        ("3号链接多少钱", "3"),
        ("3號", "3"),
        ("第3个", "3"),
        ("链接 3 有货吗", "3"),
        ("ตัวที่ 4 เท่าไหร่คะ", "4"),
        ("ขอราคาเบอร์ 8", "8"),
        ("ตะกร้าที่ 2 มีไซส์ไหม", "2"),
        ("ตัวที่๓", "3"),
        ("mã 12 giá bao nhiêu", "12"),
        ("ma 12 bao nhieu", "12"),
        ("số 5 còn không", "5"),
        ("etalase 3 berapa kak", "3"),
        ("nomor 10 ready?", "10"),
        ("keranjang no 2", "2"),
        ("#03", "3"),
        ("how much?", ""),
        ("also 2 for me", ""),
        ("sama 3 lagi", ""),
        ("I want 3", ""),
        ("69000 dong?", ""),
        ("#20241111", ""),
        ("item three?", "3"),
        ("no. four please", "4"),
        ("the second one, how much", "2"),
        ("三号多少钱", "3"),
        ("十二号还有吗", "12"),
        ("第三个链接", "3"),
        ("ตัวที่สาม เท่าไหร่", "3"),
        ("เบอร์ห้าหมดยัง", "5"),
        ("รายการที่สิบสองมีไหม", "12"),
        ("áo số 3 còn không", "3"),
        ("mã số năm giá sao ạ", "5"),
        ("so ba con k", "3"),
        ("giá món thứ ba", "3"),
        ("số mười hai nhiêu", "12"),
        ("nomor dua belas berapa", "12"),
        ("no tiga dong kak", "3"),
        ("yang ketiga ready?", "3"),
        ("yg ke-4 masih ada", "4"),
        ("no one answers me", ""),
        ("mau 2 dong kak", ""),
        ("is the second one half off", ""),
        ("第二件半价吗", ""),
        ("cái thứ hai giảm nửa giá phải không", ""),
        ("11月5号发货吗", ""),
        ("用五号电池吗", ""),
        ("换大一号", ""),
        ("穿几号", ""),
        ("số năm bảo hành", ""),
    ],
)
def test_the_item_a_viewer_names_is_found_in_five_languages(text: str, item: str) -> None:
    assert item_number(text) == item


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("no 3 vs no 5, which is better", ("3", "5")),
        ("三号和五号差价在哪", ("3", "5")),
        ("#5, I mean #5", ("5",)),
        ("how much", ()),
    ],
)
def test_all_that_are_named_are_found_each_once(text: str, items: tuple[str, ...]) -> None:
    assert item_numbers(text) == items
    assert item_number(text) == "".join(items[:1])
