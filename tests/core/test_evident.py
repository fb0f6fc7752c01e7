"""What goes out by itself is borne out by the question's own words; what they say beside it is no column's."""

from __future__ import annotations

import pytest

from streambot.core.beside import asks_for_sizes, is_elsewhere, names_a_part, plainly
from streambot.core.canonical import canonical
from streambot.core.evident import LONGEST, is_evident
from streambot.core.labels import Intent
from streambot.core.plain_words import is_plain
from streambot.platforms.demo.script import load_script

SHIRT = "linen shirt 亚麻衬衫 เสื้อเชิ้ตลินิน áo sơ mi đũi kemeja linen black beige"


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        (Intent.PRICE, "how much is it"),
        (Intent.PRICE, "how much for the linnen shirt???"),
        (Intent.PRICE, "ราคาเท่าไหร่คะ"),
        (Intent.PRICE, "3号多少钱"),
        (Intent.PRICE, "gia bao nhieu vay shop"),
        (Intent.PRICE, "harganya berapa kakkk"),
        (Intent.STOCK, "size M masih ada kak?"),
        (Intent.SIZE_FIT, "em 1m6 50kg mặc size gì"),
        (Intent.SHIPPING, "ส่งเชียงใหม่กี่วัน"),
        (Intent.RETURNS, "不合适能退吗"),
        (Intent.COMPLAINT, "my parcel from last month is still not here and nobody answers"),
    ],
)
def test_a_plain_question_is_answered(intent: Intent, text: str) -> None:
    assert is_evident(intent, text, SHIRT)


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        (Intent.PRICE, "how much is a yacht these days"),
        (Intent.PRICE, "ทองคำราคาเท่าไหร่"),
        (Intent.PRICE, "鸡蛋多少钱一斤"),
        (Intent.PRICE, "giá xăng nhiêu rồi"),
        (Intent.PRICE, "tiket kereta berapa ya"),
        (Intent.SHIPPING, "how many days till your holiday"),
        (Intent.STOCK, "do you have kids"),
        (Intent.AUTHENTICITY, "真的假的"),
        (Intent.AUTHENTICITY, "จริงดิ"),
        (Intent.PRICE, "@mimi how much was it"),
        (Intent.PRICE, "how much is it " + "really " * LONGEST),
        (Intent.COMPLAINT, "this show is so dull today"),
    ],
)
def test_what_its_words_do_not_bear_out_goes_to_a_person(intent: Intent, text: str) -> None:
    assert not is_evident(intent, text, SHIRT)


def test_what_is_sold_is_no_other_thing() -> None:
    assert not is_evident(Intent.PRICE, "how much is the cat bed", SHIRT)
    assert is_evident(Intent.PRICE, "how much is the cat bed", "cat bed")


def test_a_letter_that_is_wrong_or_out_of_place_makes_no_other_word() -> None:
    assert is_plain("what is the shiping cost")
    assert is_plain("pirce pls")
    assert not is_plain("what is the sapphire cost")


def test_the_demos_catalog_questions_are_plain() -> None:
    script = load_script()
    slots = {"qty": "2", "size": "M", "cm": "160", "kg": "50", "city": "", "item": "1"}
    asked = {
        line: line.format(**slots, name=tongue.slots["items"][0], color=tongue.slots["color"][1])
        for language, tongue in script.tongues.items()
        for (of, line), ask in script.asks.items()
        if of == language and ask.must and ask.name != "private"
    }
    sold = canonical(" ".join(name for tongue in script.tongues.values() for name in tongue.slots["items"]))
    strange = [text for text in asked.values() if not is_plain(canonical(text), sold)]
    assert len(strange) <= len(asked) / 50, strange


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        (Intent.SHIPPING, "which courier do you use"),
        (Intent.SHIPPING, "从哪里发货"),
        (Intent.STOCK, "bao giờ về thêm"),
        (Intent.PRODUCT, "สีตกไหมคะ"),
        (Intent.PROMO, "vouchernya gak bisa dipake kenapa ya"),
        (Intent.RETURNS, "is there a warranty on the zip"),
        (Intent.PAYMENT, "支付失败怎么办"),
        (Intent.HOW_TO_BUY, "ใส่ตะกร้าแล้ว"),
        (Intent.PRICE, "价格偏贵了说实话"),
    ],
)
def test_what_no_column_holds_gets_no_answer_from_another_one(intent: Intent, text: str) -> None:
    assert is_elsewhere(intent, canonical(text))


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        (Intent.SHIPPING, "how long does shipping take"),
        (Intent.STOCK, "how many left"),
        (Intent.PROMO, "is there a voucher?"),
        (Intent.RETURNS, "can I return it if it doesn't fit"),
        (Intent.HOW_TO_BUY, "where is the link"),
    ],
)
def test_what_a_column_holds_is_not_elsewhere(intent: Intent, text: str) -> None:
    assert not is_elsewhere(intent, canonical(text))


def test_a_list_of_sizes_answers_who_asks_for_sizes() -> None:
    assert asks_for_sizes("size chart please")
    assert asks_for_sizes(canonical("ขอตารางไซซ์หน่อยค่ะ"))
    assert not asks_for_sizes("how wide are the shoulders on m")
    assert not asks_for_sizes(canonical("chị đang mặc size gì vậy"))


def test_a_stock_question_about_one_colour_or_size_says_so() -> None:
    assert names_a_part(canonical("สีกรมยังมีไหมคะ"))
    assert names_a_part("any free size left")
    assert not names_a_part("how many left")


def test_which_colours_there_are_is_plain_whatever_the_model_makes_of_it() -> None:
    assert plainly("what other colours are there", Intent.STOCK) is Intent.PRODUCT
    assert plainly(canonical("còn màu nào nữa"), Intent.STOCK) is Intent.PRODUCT
    assert plainly("what is your favourite colour", Intent.PRODUCT) is Intent.PRODUCT
    assert plainly("salah warna apa bisa retur", Intent.RETURNS) is Intent.RETURNS
    assert plainly("how many left", Intent.STOCK) is Intent.STOCK


@pytest.mark.parametrize(
    "text", ["付款了", "付款款了 😂", "just paid", "โอนแล้วค่ะ", "đã chuyển khoản nha", "udah bayar kak"]
)
def test_who_has_paid_does_not_ask_how_to(text: str) -> None:
    assert is_elsewhere(Intent.PAYMENT, canonical(text))
