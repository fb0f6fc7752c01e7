"""What a complaint is about, in the words that viewers use."""

from __future__ import annotations

import pytest

from streambot.core.concerns import Concern, concern_of
from streambot.core.labels import Intent, Label

SAID = {
    Concern.SAFETY: [
        "this cream gave me a rash all over",
        "the charger caught fire last night!!",
        "用了脸上过敏了",
        "ใส่แล้วผื่นขึ้นทั้งตัว",
        "xài xong bị dị ứng luôn shop",
        "kulitku jadi gatal setelah pakai ini",
    ],
    Concern.AUTHORITIES: [
        "refund me or I open a chargeback",
        "I will report you to trading standards",
        "再不处理我打12315了",
        "จะไปแจ้ง สคบ แล้วนะ",
        "không trả tiền là em báo công an",
        "aku lapor polisi ya kalau gini",
    ],
    Concern.FRAUD: ["these are fake", "收到的是假货", "โกงกันชัดๆ", "shop lừa đảo", "barangnya palsu"],
    Concern.NEVER_CAME: [
        "my parcel never arrived",
        "I haven\u2019t received it",
        "三个星期了没收到",
        "ยังไม่ได้ของเลยค่ะ",
        "em chưa nhận được hàng",
        "paketku belum sampai",
    ],
    Concern.COMPLAINT: ["the zip broke", "发错颜色了", "ได้ผิดสีค่ะ", "giao sai màu", "salah kirim ukuran"],
    Concern.LATE: ["so slow", "发货太慢", "ส่งช้ามาก", "giao chậm quá", "lama banget"],
}


@pytest.mark.parametrize(("concern", "text"), [(concern, text) for concern in SAID for text in SAID[concern]])
def test_a_complaint_is_read_in_five_languages(concern: Concern, text: str) -> None:
    assert concern_of(Intent.COMPLAINT, text) is concern


def test_the_most_urgent_thing_counts() -> None:
    assert concern_of(Intent.COMPLAINT, "late, broken, and it gave me a rash") is Concern.SAFETY
    weights = [concern.weight for concern in Concern]
    assert weights == sorted(weights, reverse=True)
    assert weights[-1] == 0


def test_a_question_about_an_order_is_only_that_until_it_says_more() -> None:
    assert concern_of(Intent.ORDER_STATUS, "where is my order") is Concern.QUESTION
    assert concern_of(Intent.ORDER_STATUS, "my order is late") is Concern.LATE
    assert concern_of(Intent.ORDER_STATUS, "my order never came") is Concern.NEVER_CAME


def test_a_label_speaks_for_a_complaint_only() -> None:
    assert concern_of(Intent.COMPLAINT, "hmm", [Label.COUNTERFEIT]) is Concern.FRAUD
    assert concern_of(Intent.ORDER_STATUS, "hmm", [Label.SCAM]) is Concern.QUESTION


@pytest.mark.parametrize("text", ["order 412315777 is wrong", "the burnishing is off", "so courtly of you"])
def test_part_of_a_word_or_number_is_not_the_word(text: str) -> None:
    assert concern_of(Intent.COMPLAINT, text) is Concern.COMPLAINT
