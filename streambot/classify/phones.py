"""Phone numbers of the five sites, however their digits are written or pulled apart.

Numbering plans: POLICIES.md 1.6 (th, vn, id from libphonenumber; cn, us general knowledge).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from streambot.core.verdict import Span
from streambot.core.views import Views

_NATIONAL: Final = re.compile(
    r"0(?:14|6[1-6]|[89][0-9])[0-9]{7}|66(?:6[1-6]|[89][0-9])[0-9]{7}"  # th
    r"|0(?:3[0-9]|5[25689]|7[06-9]|8[1-9]|9[0-9])[0-9]{7}|84(?:3[0-9]|5[25689]|7[06-9]|8[1-9]|9[0-9])[0-9]{7}"  # vn
    r"|08[1-35-9][0-9]{7,10}|628[1-35-9][0-9]{7,10}"  # id
    r"|(?:86)?1[3-9][0-9]{9}"  # cn
)
_NORTH_AMERICAN: Final = re.compile(r"1?[2-9][0-9]{2}[2-9][0-9]{6}")
_INTERNATIONAL: Final = re.compile(r"[1-9][0-9]{8,14}")
_CANDIDATE: Final = re.compile(r"[+(]?[0-9](?:[^\w+]?[^\w+]?[^\w+]?[0-9]){7,17}")
_GROUP: Final = re.compile("[0-9]+")
_BEFORE: Final = re.compile(r"[a-z]+$")
_CALLED: Final = frozenset("zalo line wa whatsapp telegram tele viber vx wx wechat sdt tel call phone dt hp hotline no".split())
_ORDER_BEFORE: Final = re.compile(
    r"(?:order|invoice|tracking|sku|ref|đơn|don hang|mã|ออเดอร์|คําสั่งซื้อ|พัสดุ|resi|pesanan|单号|订单|编号)[^0-9]{0,12}$"
)
_PRICE_AFTER: Final = re.compile(r"\s?(?:đ|vnd|vnđ|baht|บาท|rp|usd|元|块|k(?![a-z]))")
_LONGEST_GROUPS: Final = 18
_FEW_GROUPS: Final = 4


def find_phones(views: Views) -> Iterator[Span]:
    """Places of phone numbers in the canonical text."""
    view = views.digits
    for candidate in _CANDIDATE.finditer(view.text):
        found = _first_number(view.text, candidate)
        if found is not None:
            yield view.canonical_span(*found)


def _first_number(text: str, candidate: re.Match[str]) -> Span | None:
    if _GROUP.match(text, candidate.end()):
        return None
    groups = list(_GROUP.finditer(text, candidate.start(), candidate.end()))[:_LONGEST_GROUPS]
    for first in range(len(groups)):
        before = text[: groups[first].start()]
        if not _may_begin(before):
            continue
        for last in range(len(groups) - 1, first - 1, -1):
            if _is_number(text, groups[first : last + 1]) and not _PRICE_AFTER.match(text, groups[last].end()):
                return (groups[first].start(), groups[last].end())
    return None


def _may_begin(before: str) -> bool:
    """Parcel and product numbers begin with letters or are called by their name; phone numbers do not."""
    letters = _BEFORE.search(before[-12:])
    if letters is not None and letters.group() not in _CALLED:
        return False
    return _ORDER_BEFORE.search(before[-40:]) is None


def _is_number(text: str, groups: list[re.Match[str]]) -> bool:
    number = "".join(group.group() for group in groups)
    if not _is_shaped([len(group.group()) for group in groups]):
        return False
    plus = text[max(0, groups[0].start() - 2) : groups[0].start()].strip(" (").endswith("+")
    if plus:
        return _INTERNATIONAL.fullmatch(number) is not None
    if _NATIONAL.fullmatch(number):
        # "555" is laughter in Thai, however long.
        return len(set(number[2:])) > 1 or number[-1] != "5"
    between = {text[left.end() : right.start()] for left, right in zip(groups, groups[1:], strict=False)}
    american = [len(group.group()) for group in groups][-3:] == [3, 3, 4] and between <= {"-", ".", ") ", ")", "-"}
    return american and _NORTH_AMERICAN.fullmatch(number) is not None


def _is_shaped(sizes: list[int]) -> bool:
    """Whether groups of digits are grouped as numbers are, or pulled apart one by one; dates and prices are neither."""
    if len(sizes) == 1:
        return True
    if len(sizes) <= _FEW_GROUPS and all(size >= 3 for size in sizes[1:]):
        return True
    return len(sizes) > _FEW_GROUPS and all(size <= 2 for size in sizes)
