"""The numbers that a comment says, however they are written; body measures in centimetres and kilograms.

What is counted stays open on purpose: "42", "size 42" and "42码" are one number; "1m6 50kg", "160/50" and
"身高160体重100斤" the same two. Whether two comments ask the same of it, the rest of their words must say.
"""

from __future__ import annotations

import re
from typing import Final

from streambot.core.canonical import canonical
from streambot.core.number_words import EN, ID, TH, VI, ZH, may_count, number_in

_START: Final = r"(?<![^\W\d_])"
_HAN_DIGIT: Final = "一二三四五六七八九"
_LONGEST: Final = 6
"""Digits of the longest number that is one: more are an order's or a telephone's."""

# 1m65, 1m6, 1米65, 一米六五 and 1.65 m; 5'3" and 5 ft 3.
_METRES: Final = re.compile(r"(?<![\d.,])([12]) ?(?:m|米|เมตร) ?(\d{1,2})(?!\d)")
_HAN_METRES: Final = re.compile(rf"([一两])米([{_HAN_DIGIT}])([{_HAN_DIGIT}])?")
_DECIMAL_METRES: Final = re.compile(r"(?<![\d.,])([12])[.,](\d\d?) ?(?:m(?![^\W\d_])|米|เมตร)")
_FEET: Final = re.compile(r"(?<![\d.,])([4-7]) ?(?:'|’|′|ft\.?|feet|foot) ?(1[01]|\d)?(?!\d)")
_JIN: Final = re.compile(rf"(?<![\d.])(?:(\d{{1,3}})|({ZH})) ?市?斤")
_POUNDS: Final = re.compile(r"(?<![\d.])(\d{2,3}) ?(?:lbs?|pounds?)(?![^\W\d_])")

_THAI_UNIT: Final = "ชิ้น|ตัว|อัน|คู่|ขวด|กล่อง|ซอง|แพ็ค|โล|กิโล|กก|วัน|เดือน|ปี|ขวบ|คน|ใบ|ผืน|ชุด|เมตร|ฟุต|เซน|บาท|งวด|แถม|ที่นั่ง"
_HAN_UNIT: Final = "件个個双雙条條只套瓶包盒号號块塊天人支台张張米岁歲周样樣款码碼股口期个月寸把串颗颗粒袋片罐桶箱杯公"
_VIET_UNIT: Final = (
    "cái|cai|món|mon|bộ|bo|đôi|doi|chiếc|chiec|chai|hộp|hop|gói|goi|sản|san|sp|tháng|thang|tuổi|tuoi|kg|ký|ky|kí|cân"
    "|can|ngày|ngay|người|nguoi|tặng|tang|mét|met"
)
_WORDS: Final = re.compile(
    "|".join(
        (
            # "Ten" is also Vietnamese for "name", written without its marks.
            rf"{_START}(?!ten (?:shop|gi|la|chi|ban|em|minh|host|bai|sp|san|cua|nhac))({EN})",
            rf"{_START}({ID})",
            rf"{_START}({VI}) (?:{_VIET_UNIT})(?![^\W\d_])",
            rf"({TH}) ?(?:{_THAI_UNIT})",
            rf"((?:{TH})?(?:สิบ|ร้อย)(?:{TH}))",
            rf"(?<![{_HAN_DIGIT}十百])({ZH})[{_HAN_UNIT}]",
        )
    )
)
# A cheap look before the dear ones: something in figures with a unit, or a Chinese one.
_MAY_MEASURE: Final = re.compile(r"\d ?['’′mflp米เ]|\d[.,]\d|[米斤]")
# A size (2xl), a Vietnamese weekday (thứ 6, t6) and an Indonesian plural (lama2) count nothing.
_DIGITS: Final = re.compile(r"(?<![a-z]{3}(?=2))(?<!thứ )(?<!thu )(?<!\bt)(?<!\d)\d+(?:[.,]\d+)*(?! ?xl)")
_GROUPED: Final = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
# Thai types laughter as 555, Chinese praise as 666.
_LAUGHTER: Final = re.compile(r"(\d)\1\1+|233+")


def amounts(text: str) -> frozenset[str]:
    """The numbers in a text; 0 and 1 are left out, since who says "one" seldom counts, and so is typed laughter."""
    rest = canonical(text)
    found: set[float] = set()
    if not may_count(rest):
        return frozenset()
    if _MAY_MEASURE.search(rest):
        for form, value in _FORMS:
            found.update(value(match) for match in form.finditer(rest))
            rest = form.sub(" ", rest)
    for words in _WORDS.finditer(rest):
        found.add(float(number_in(next(filter(None, words.groups())))))
    found.update(_of_digits(written) for written in _DIGITS.findall(rest))
    return frozenset(f"{value:g}" for value in found if 1 < value < 10**_LONGEST)


def _of_digits(written: str) -> float:
    """The value of what stands in digits; 0 for what is no number."""
    if _GROUPED.fullmatch(written):
        written = re.sub("[.,]", "", written)
    written = written.replace(",", ".")
    if len(written) > _LONGEST or written.count(".") > 1 or _LAUGHTER.fullmatch(written):
        return 0.0
    return float(written)


def _centimetres(match: re.Match[str]) -> float:
    whole, part = match.groups()
    return 100.0 * int(whole) + int(part.ljust(2, "0"))


def _han_centimetres(match: re.Match[str]) -> float:
    whole, tens, ones = match.groups()
    return 100.0 * number_in(whole) + 10 * number_in(tens) + number_in(ones or "")


def _of_feet(match: re.Match[str]) -> float:
    feet, inches = match.groups()
    return float(round(30.48 * int(feet) + 2.54 * int(inches or 0)))


def _of_jin(match: re.Match[str]) -> float:
    digits, words = match.groups()
    return (int(digits) if digits else number_in(words)) / 2


def _of_pounds(match: re.Match[str]) -> float:
    return float(round(0.4536 * int(match[1])))


_FORMS: Final = (
    (_METRES, _centimetres),
    (_HAN_METRES, _han_centimetres),
    (_DECIMAL_METRES, _centimetres),
    (_FEET, _of_feet),
    (_JIN, _of_jin),
    (_POUNDS, _of_pounds),
)
