"""Height and weight in the notations of live chats."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streambot.core.body import Body, read_body


@pytest.mark.parametrize(
    "text",
    [
        "160/50", "160-50", "160 50", "50/160", "1.60/50", "1,60m 50kg", "1m6 50kg", "1m60 50 kg", "160cm 50kg",
        "50kg 160cm", "160cm/50kg", "160cm50kg", "I'm 160cm and 50 kg", "im 160 cm 50 kilos, which size?",
        "height 160 weight 50", "weight 50kg height 160", "h160 w50", "h: 160, w: 50", "160 tall, 50 kg",
        "身高160体重100斤", "身高160 体重50公斤", "160高100斤", "高160重50", "1米6 100斤", "一米六 一百斤",
        "160 100斤穿什么码", "3号 160 100斤", "我160cm，50kg，穿多大",
        "身高一米六，体重五十公斤", "160，100斤", "160，50公斤",
        "สูง 160 หนัก 50", "สูง160หนัก50", "ส่วนสูง 160 น้ำหนัก 50 กก.", "สูง 160 ค่ะ หนัก 50 ค่ะ", "นน 50 สูง 160",
        "160 ซม 50 กิโล ใส่ไซส์ไหน", "สูง ๑๖๐ หนัก ๕๐", "หนัก 50 โล สูง 160",
        "cao 1m6 nặng 50", "cao 1m60 nang 50", "m6 50kg", "cao m6 nặng 50 ký", "50 cân cao 1m6",
        "1m6 cân nặng 50", "160 cân nặng 50",
        "áo số 3 cao 1m6 50kg mặc size gì ạ", "1m6 50kí mặc sz gì shop",
        "tb 160 bb 50", "tb160 bb50", "TB: 160, BB: 50", "tinggi 160 berat 50", "tinggi badan 160cm berat badan 50kg",
        "mido 1.60 peso 50", "taas 160 timbang 50", "１６０／５０",
    ],
)  # fmt: skip
def test_160_cm_and_50_kg_are_read_from_every_notation(text: str) -> None:
    assert read_body(text) == Body(160.0, 50.0)


@pytest.mark.parametrize(
    ("text", "height", "weight"),
    [
        ("5'3\" 110lb", 160.0, 49.9),
        ("5’3” 110 lbs", 160.0, 49.9),
        ("5'3 110", 160.0, 49.9),
        ("5 ft 3 in, 110 pounds", 160.0, 49.9),
        ("5 feet 110lbs", 152.4, 49.9),
        ("5'3 50", 160.0, 50.0),
        ("6'1 190", 185.4, 86.18),
        ("9 stone 5ft5", 165.1, 57.15),
        ("5'6 9st 4lb", 167.6, 58.97),
        ("cao 1m58 nặng 48", 158.0, 48.0),
        ("一米六五 一百二十斤", 165.0, 60.0),
        ("身高一米六八体重一百三十斤", 168.0, 65.0),
        ("160 九十五斤", 160.0, 47.5),
        ("165 一百零五斤", 165.0, 52.5),
        ("160cm 50-52kg", 160.0, 52.0),
        ("163.5 cm 54.5 kg", 163.5, 54.5),
        ("1 m 65 cm 55 kg", 165.0, 55.0),
        ("kid is 100cm 16kg", 100.0, 16.0),
    ],
)
def test_other_bodies_are_read_too(text: str, height: float, weight: float) -> None:
    assert read_body(text) == Body(height, weight)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("I'm 165cm, which size", Body(height=165.0)),
        ("cao 1m6 mặc size gì", Body(height=160.0)),
        ("50kg, is L ok?", Body(weight=50.0)),
        ("160cm waist 70", Body(height=160.0)),
        ("do you have size 38", Body()),
        ("160/84A 有吗", Body()),
        ("delivery in 2-3 days?", Body()),
        ("order 16050123456", Body()),
        ("300/50", Body()),
        ("which size", Body()),
        ("", Body()),
    ],
)
def test_what_is_not_said_is_not_known(text: str, body: Body) -> None:
    assert read_body(text) == body


@pytest.mark.parametrize(
    "text",
    [
        "me 160/50, my mum 155/60",
        "cao 1m6 nặng 50kg, chồng 1m7 65kg",
        "身高160体重50公斤还是55公斤",
        "160cm 500kg",
        "160cm 150",
        "体重100",
    ],
)
def test_what_could_mean_two_things_is_unclear(text: str) -> None:
    assert read_body(text).unclear


def test_a_bare_weight_in_chinese_is_in_the_unit_that_makes_a_likely_body() -> None:
    assert read_body("160/100", "zh") == Body(160.0, 50.0)
    assert read_body("165/90", "zh") == Body(165.0, 45.0)
    assert read_body("160/50", "zh") == Body(160.0, 50.0)
    assert read_body("175/80", "zh") == Body(175.0, 80.0)
    assert read_body("160/80", "zh") == Body(160.0, unclear=True)
    assert read_body("160/80", "en") == Body(160.0, 80.0)


@given(st.text(alphabet="0123456789.,/'\"- cmkglbst斤百十一二米高重สูงหนัก cao nặng", max_size=60))
def test_no_text_breaks_the_reading_or_gives_an_impossible_body(text: str) -> None:
    body = read_body(text)
    assert body.height is None or 50 <= body.height <= 230
    assert body.weight is None or 3 <= body.weight <= 200


@given(st.integers(140, 200), st.integers(40, 99))
def test_a_pair_is_read_the_same_in_either_order(height: int, weight: int) -> None:
    assert read_body(f"{height}cm {weight}kg") == read_body(f"{weight}kg {height}cm") == Body(height, weight)
