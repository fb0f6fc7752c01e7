"""Numbers that belong to a person, beside all the numbers of a shop that do not. All are made up."""

import pytest

from streambot.classify.numbers import find_accounts, find_cards, find_national_ids
from streambot.core.views import Views


def places(find, text):
    return [text[slice(*span)] for span in find(Views(text))]


@pytest.mark.parametrize(
    "number",
    [
        "11010519491231002X",
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "1-1234-56789-12-0",
        "1123456789120",
        "๑๑๒๓๔๕๖๗๘๙๑๒๐",
        "3171234507900001",
        "3171 2345 0790 0001",
        "079304018256",
        "123-45-6789",
    ],
)
def test_a_national_id_is_found(number):
    assert places(find_national_ids, f"my id {number} ok") == [number]


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",
        "110105199913310020",
        "1-1234-56789-12-3",
        "barcode 8850123456789",
        "8851959132012",
        "order 1123456789120",
        "คำสั่งซื้อ 1123456789120",
        "订单号 11010519491231002X",
        "resi 3171234507900001",
        "3171239913900001",
        "0812345678",
        "081234567890",
        "579304018256789012",
        "000-12-3456",
        "2026-11-23",
        "10,000,000,000,000",
        "S 38 M 40 L 42 XL 44",
        "1 2 3 4 5 6 7 8 9",
    ],
)
def test_a_number_of_the_shop_is_no_national_id(text):
    assert places(find_national_ids, text) == []


@pytest.mark.parametrize(
    "number", ["4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "378282246310005"]
)
def test_a_card_number_is_found(number):
    assert places(find_cards, f"card {number}") == [number]


@pytest.mark.parametrize(
    "text",
    ["4111111111111112", "sku 4111111111111111", "order no 4111 1111 1111 1111", "1111111111111111", "price 4111 111"],
)
def test_a_number_without_a_cards_check_digit_or_called_otherwise_is_none(text):
    assert places(find_cards, text) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("stk 0123456789 vcb", "0123456789"),
        ("stk vcb 0123456789", "0123456789"),
        ("norek bca 1234567890", "1234567890"),
        ("เลขบัญชี 123-4-56789-0", "123-4-56789-0"),
        ("กสิกร 123-4-56789-0", "123-4-56789-0"),
        ("建设银行 6217000010001234567", "6217000010001234567"),
        ("account 000123456789", "000123456789"),
    ],
)
def test_an_account_number_is_found_beside_its_bank(text, number):
    assert places(find_accounts, text) == [number]


@pytest.mark.parametrize(
    "text",
    [
        "0123456789",
        "bca bisa?",
        "mandiri 150.000.000 rp",
        "rek 1500000000 rp",
        "กรุงไทย 10110",
        "vcb có giảm 50000 không",
        "stk? 0123456789",
    ],
)
def test_a_number_without_a_bank_or_with_a_price_is_no_account(text):
    assert places(find_accounts, text) == []
