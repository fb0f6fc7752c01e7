"""Phone numbers of the five sites, however their digits are written or pulled apart.

Numbering plans: POLICIES.md 1.6 (th, vn, id from libphonenumber; cn, us general knowledge).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from streambot.core.verdict import Span
from streambot.core.views import ViewName, Views, canonical

_NATIONAL: Final = re.compile(
    r"0(?:14|6[1-6]|[89][0-9])[0-9]{7}|66(?:6[1-6]|[89][0-9])[0-9]{7}"  # th
    r"|0(?:3[0-9]|5[25689]|7[06-9]|8[1-9]|9[0-9])[0-9]{7}|84(?:3[0-9]|5[25689]|7[06-9]|8[1-9]|9[0-9])[0-9]{7}"  # vn
    r"|08[1-35-9][0-9]{7,10}|628[1-35-9][0-9]{7,10}"  # id
    r"|(?:86)?1[3-9][0-9]{9}"  # cn
)
_NORTH_AMERICAN: Final = re.compile(r"1?[2-9][0-9]{2}[2-9][0-9]{6}")
_INTERNATIONAL: Final = re.compile(r"[1-9][0-9]{8,14}")
_CANDIDATE: Final = re.compile(r"[+(]?[0-9](?:(?:[^\w+]|_){0,3}[0-9]){7,}")
_MAY_BE_CANDIDATE: Final = re.compile("[0-9](?:[^0-9]{0,3}[0-9]){7}")
_GROUP: Final = re.compile("[0-9]+")
_BEFORE: Final = re.compile(r"[a-z]+$")
_CALLED: Final = frozenset(
    {"zalo", "line", "wa", "whatsapp", "telegram", "tele", "viber", "vx", "wx", "wechat"}
    | {"sdt", "tel", "call", "phone", "dt", "hp", "hotline", "no", "o"}
)
_ORDER_BEFORE: Final = re.compile(
    rf"(?:order|invoice|tracking|sku|ref|item|kode|รหัส|货号|款号|đơn|don hang|mã|ออเดอร์|{canonical('คำสั่งซื้อ')}|พัสดุ"
    r"|resi|pesanan|单号|订单|编号)"
    r"[^0-9]{0,12}$"
)
_PRICE_AFTER: Final = re.compile(r"\s?(?:đ|vnd|vnđ|baht|บาท|rp|usd|元|块|k(?![a-z]))")
# A licence of the Thai FDA: sort, kind, number.
_LICENCE: Final = re.compile(r"[0-9]{2}-[0-9]-([0-9]{10})")
_CAPACITIES: Final = frozenset({"64", "128", "256", "512", "1024"})
"""Gigabytes that a telephone or a card is sold with."""
_LOOK_BACK: Final = 40
_FEWEST, _MOST = 9, 15
_FEW_GROUPS: Final = 5
_LEAST_IN_GROUP: Final = 3
_STRAYS: Final = 2
MOST_PHONES: Final = 5
"""Places found in one text; one more says nothing more."""
_REMEMBERED: Final = 4
"""Texts whose numbers are kept: two detectors ask for the same ones one after the other."""
_MOST_TRIES: Final = 80
"""Ways to read one row of digits: who writes a longer one hides a number in it."""


def find_phones(views: Views) -> Iterator[Span]:
    """Places of phone numbers in the canonical text."""
    view = views[ViewName.DIGITS]
    for place in _phones_in(view.text):
        yield view.canonical_span(*place)


@lru_cache(_REMEMBERED)
def _phones_in(text: str) -> Sequence[Span]:
    """Places of the first few phone numbers in a text whose digits are all 0 to 9."""
    places: list[Span] = []
    if not _MAY_BE_CANDIDATE.search(text):
        return places
    for candidate in _CANDIDATE.finditer(text):
        licence = _LICENCE.fullmatch(candidate.group())
        if licence is not None and not _NATIONAL.fullmatch(licence.group(1)):
            continue
        found = _first_number(text, list(_GROUP.finditer(text, *candidate.span())))
        if found is not None:
            places.append(found)
            if len(places) == MOST_PHONES:
                break
    return places


def _first_number(text: str, groups: list[re.Match[str]]) -> Span | None:
    for tried, (first, last) in enumerate(_choices([len(group.group()) for group in groups])):
        if tried == _MOST_TRIES:
            return (groups[0].start(), groups[-1].end())
        chosen = groups[first : last + 1]
        start, end = chosen[0].start(), chosen[-1].end()
        before = text[max(0, start - _LOOK_BACK) : start]
        if _is_number(text, chosen) and may_begin(before) and not _PRICE_AFTER.match(text, end):
            return (start, end)
    return None


def _choices(sizes: list[int]) -> Iterator[tuple[int, int]]:
    """Which groups of digits together may be one number: grouped as numbers are, or pulled apart one by one."""
    for first, size in enumerate(sizes):
        digits = size
        last = first
        while True:
            if _FEWEST <= digits <= _MOST:
                yield first, last
            last += 1
            if last == len(sizes) or last - first == _FEW_GROUPS or sizes[last] < _LEAST_IN_GROUP:
                break
            digits += sizes[last]
    # What is pulled apart is pulled apart from its first digit to its last, give or take a stray one.
    if len(sizes) > _FEW_GROUPS and max(sizes) < _LEAST_IN_GROUP:
        for first in range(_STRAYS):
            for last in range(len(sizes) - 1, max(first, len(sizes) - 1 - _STRAYS), -1):
                if _FEWEST <= sum(sizes[first : last + 1]) <= _MOST:
                    yield first, last


def may_begin(before: str) -> bool:
    """Parcel and product numbers begin with letters or are called by their name; phone numbers do not."""
    letters = _BEFORE.search(before)
    if letters is not None and letters.group() not in _CALLED:
        return False
    return _ORDER_BEFORE.search(before) is None


def _is_number(text: str, groups: list[re.Match[str]]) -> bool:
    number = "".join(group.group() for group in groups)
    if _is_list([group.group() for group in groups]):
        return False
    plus = text[max(0, groups[0].start() - 2) : groups[0].start()].strip(" (").endswith("+")
    if plus:
        return _INTERNATIONAL.fullmatch(number) is not None
    if _NATIONAL.fullmatch(number):
        # "555" is laughter in Thai, however long.
        return len(set(number[2:])) > 1 or number[-1] != "5"
    between = {text[left.end() : right.start()] for left, right in pairwise(groups)}
    american = [len(group.group()) for group in groups][-3:] == [3, 3, 4] and between <= {"-", ".", ") ", ")"}
    return american and _NORTH_AMERICAN.fullmatch(number) is not None


def _is_list(groups: list[str]) -> bool:
    """Whether these are product numbers one after the other, "081 082 083", or sizes of a memory, "128 256"."""
    if sum(group in _CAPACITIES for group in groups) > 1:
        return True
    steps = {int(right) - int(left) for left, right in pairwise(groups)}
    return len(groups) > 2 and len(set(map(len, groups))) == 1 and steps == {1}
