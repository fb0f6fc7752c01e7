"""What a comment says beside its intent, the same in five languages, and only where it is said."""

from __future__ import annotations

from itertools import combinations

import pytest

from streambot.core.slots import Kind, Slot, clash, firm, slots

SAME = {
    "a colour": [
        "black still available?",
        "黑色还有吗",
        "สีดำยังมีไหม",
        "màu đen còn không",
        "con mau den khong",
        "hitam ready kak",
    ],
    "a size": ["XL left?", "XL码还有没有", "เอ็กแอลหมดรึยัง", "còn xl ko", "加大号有吗"],
    "a letter": ["M left?", "M码还有吗", "ไซส์ M เหลือไหม", "เอ็มหมดยัง", "còn size m ko", "ukuran m ready", "con M khong"],
    "two letters": ["S or M?", "s还是m啊", "bingung S apa M", "nên chọn s hay m", "S กับ M"],
    "a place": ["to hanoi", "发河内", "ส่งฮานอย", "ship ra Hà Nội", "ke hanoi", "hn"],
    "a weekday": ["by friday", "周五之前", "ทันวันศุกร์ไหม", "thứ sáu giao", "thứ 6 giao", "t6 giao", "jumat sampai"],
    "a holiday": ["before eid", "开斋节前", "ก่อนรายอ", "kịp lễ eid", "sebelum lebaran"],
    "an item": ["#3?", "3号", "ตัวที่สาม", "mã ba", "nomor tiga", "the third one"],
    "a weight": ["45kg", "90斤", "สี่สิบห้าโล", "bốn lăm ký", "bb empat lima", "99 lbs"],
}


@pytest.mark.parametrize("what", SAME)
def test_the_same_is_said_in_every_language(what: str) -> None:
    first, *others = [firm(slots(text)) for text in SAME[what]]
    assert first
    assert [other for other in others if other != first] == []


def test_different_things_are_never_said_alike() -> None:
    said = [firm(slots(texts[0])) for texts in SAME.values()]
    assert len(set(said)) == len(said)


@pytest.mark.parametrize(
    "text",
    [
        "is there a black friday sale",
        "红包什么时候发",
        "ordered it yet?",
        "มะม่วงหวานไหม",
        "แชมพูมีไหม",
        "có alcohol không",
        "what do I do",
        "80 ký mặc size mấy",
        "it's mine",
        "giá món thứ ba",
        "how much",
        "",
    ],
)
def test_what_only_looks_like_a_colour_a_size_or_a_day_is_none(text: str) -> None:
    kinds = {slot.kind for slot in slots(text)}
    assert kinds.isdisjoint({Kind.COLOUR, Kind.SIZE, Kind.DAY, Kind.PLACE})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("how long to hanoi", "ship sài gòn bao lâu"),
        ("price of #3", "5号多少钱"),
        ("any red left", "hitam masih ada"),
        ("when will it arrive", "ค่าส่งเท่าไหร่"),
        ("运费多少", "几天到"),
        ("phí ship bao nhiêu", "giao hàng bao lâu"),
        ("still available?", "when do you restock"),
        ("còn hàng không", "khi nào về hàng"),
        ("does it ship today", "พรุ่งนี้ส่งไหม"),
        ("price of #3", "price of #4"),
    ],
)
def test_two_who_say_something_else_of_one_thing_clash(one: str, other: str) -> None:
    assert clash(slots(one), slots(other))
    assert clash(slots(other), slots(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("how much", "black how much"),
        ("how much is shipping", "运费今天多少"),
        ("S or M?", "is m ok"),
        ("price", "price"),
    ],
)
def test_who_says_less_does_not_clash(one: str, other: str) -> None:
    assert not clash(slots(one), slots(other))


def test_what_is_said_in_passing_parts_nobody() -> None:
    said = slots("is shipping free today")
    assert Slot(Kind.WHEN, "today") in said
    assert Slot(Kind.WHEN, "today") not in firm(said)


def test_every_word_has_one_meaning_among_those_of_its_kind() -> None:
    from streambot.core.slots import _WORDS

    twice = [
        (word, one, other)
        for (word, one), (again, other) in combinations(sorted(_WORDS), 2)
        if word == again and one.kind is other.kind and one != other
    ]
    assert twice == []
