"""Which item of the shelf a comment names by its number: "number 3", "3号链接", "ตัวที่สาม", "áo số 3", "etalase 3"."""

from __future__ import annotations

import re
from typing import Final

from streambot.core.canonical import canonical
from streambot.core.number_words import EN, ID, ORDINALS, TH, VI, ZH, may_count, number_in

_DIGITS: Final = r"\d{1,3}(?!\d|[.,]\d)"
# A Latin word begins where no letter stands before it: "also 2" names no item. Thai and Chinese write no spaces.
_START: Final = r"(?<![^\W\d_])"
# "The second one is half off" speaks of a second piece, not of item 2.
_NO_PIECE: Final = (
    r"(?![\W_]*(?:is |are |got |co |còn |con |dapat )?(?:half|50|free|giảm|giam|nửa|nua|tính|tinh|tặng|tang|setengah"
    r"|separuh|diskon|gratis|半|免|打|送|ลด|ฟรี|ครึ่ง))"
)
_THAI_MARKS: Final = "ตัวที่|อันที่|แบบที่|รายการ|เบอร์|รหัส|หมายเลข|ข้อ|ตะกร้า|ลิงก์|ลิ้งค์|ลิงค์|ลิ้ง|ไอเทม"
_LATIN_MARKS: Final = (
    r"no\.?|number|item|link|n[uú]mero|nomor|nomer|nombor|etalase|keranjang|kode|sku|lot|cf|sp|số|so|mã|ma|mẫu|món"
    r"|giỏ|gio"
)
_HAN_COUNTED: Final = "个|個|款|号|號|链|双|條|条|套|样|支|只|瓶|盒|顶|把|张|台|件"

_FORMS: Final = (
    rf"(?:#|{_START}(?:{_LATIN_MARKS})) ?(?:thứ |thu |số |so |ke-)?({_DIGITS})",
    rf"(?:#|{_START}(?:no\.|number|item|link)) ?({EN})",
    rf"{_START}(?:no\.?|nomor|nomer|nombor|item|etalase|keranjang|kode|link) ({ID})",
    # "Số năm bảo hành" is how many years of warranty.
    rf"{_START}(?:số|so|mã|ma|mẫu|link|sp)(?: thứ| thu| số| so)? ({VI})(?! (?:bảo|bao) h[àa]nh| (?:sử|su) d)",
    rf"{_START}(?:món|mẫu|mã|link|sản phẩm|sp|cái) (?:thứ|thu) ({VI}|{_DIGITS}){_NO_PIECE}",
    rf"{_START}(?:yang|yg|item|produk|barang|etalase|link) ?ke[- ]?({_DIGITS}|{ID}){_NO_PIECE}",
    rf"{_START}({'|'.join(ORDINALS)}) (?:one|item|link|product){_NO_PIECE}",
    rf"(?:{_THAI_MARKS}) ?(?:ที่ ?)?({_DIGITS}|{TH})",
    rf"(?:链接|連結|编号|編號) ?({_DIGITS}|{ZH})",
    rf"第 ?({_DIGITS}|{ZH}) ?(?:{_HAN_COUNTED}){_NO_PIECE}",
    # The 3rd of a month, one size up (大一号), an AA cell (五号电池) and underground line 3 are none.
    rf"(?<![\d月.大小])({_DIGITS}|(?<![一二三四五六七八九十百])(?:{ZH})) ?(?:号|號|番)(?!电池|線|线|楼|仓|店)",
)
_NAMED: Final = re.compile("|".join(_FORMS))


def item_numbers(text: str) -> tuple[str, ...]:
    """The numbers of all items that a comment names, in their order, each once, without leading zeros."""
    text = canonical(text)
    return tuple(dict.fromkeys(str(_value(found)) for found in _NAMED.finditer(text))) if may_count(text) else ()


def item_number(text: str) -> str:
    """The number of the item that a comment names first, "" if it names none."""
    text = canonical(text)
    found = _NAMED.search(text) if may_count(text) else None
    return str(_value(found)) if found else ""


def _value(found: re.Match[str]) -> int:
    written = next(group for group in found.groups() if group is not None)
    return int(written) if written.isdecimal() else ORDINALS.get(written) or number_in(written)
