"""Numbers that belong to one person: national ids and cards, told by their check digits, and accounts by their bank.

Formats: POLICIES.md 1.6 (th, cn check digits; id, vn layout; us groups), ISO/IEC 7812-1 (Luhn). An 11th of all numbers
of the right length passes a check by chance, so the first digits, the grouping or a word beside must agree too; one
that is called an id needs only its layout, for a mistyped one shows as much. A number that is called an order's, a
parcel's or a product's is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from streambot.classify.phones import may_begin
from streambot.core.verdict import Span
from streambot.core.views import ViewName, Views, canonical

_CANDIDATE: Final = re.compile(r"(?<![0-9.,])[0-9](?:[^\w\s,:;/]{0,2} ?[0-9]){7,18}x?(?![0-9])")
_GROUPED: Final = re.compile(r"[^0-9x]+")
_MANY_DIGITS: Final = re.compile(r"[0-9](?:[^0-9]{0,3}[0-9]){7}")
_LOOK_BACK: Final = 40
_REMEMBERED: Final = 4
"""Texts whose numbers are kept: three detectors ask for the same ones one after the other."""

_DATE: Final = r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_CHINESE: Final = re.compile(rf"[1-8][0-9]{{5}}{_DATE}[0-9]{{3}}[0-9x]")
# Place, day of birth (40 more for women), month, year, number.
_INDONESIAN: Final = re.compile(
    r"[1-9][0-9]{5}(?:0[1-9]|[1256][0-9]|[37][01]|4[1-9])(?:0[1-9]|1[0-2])[0-9]{2}(?!0000)[0-9]{4}"
)
_INDONESIAN_PLACES: Final = frozenset(
    {*range(11, 22), *range(31, 37), 51, 52, 53, *range(61, 66), *range(71, 77), 81, 82, *range(91, 98)}
)
# Province, century and gender, year, number.
_VIETNAMESE: Final = re.compile(r"0[0-9]{2}[0-3][0-9]{8}")
_MOST_VIETNAMESE_PLACE: Final = 96
_THAI: Final = re.compile(r"[1-8][0-9]{12}")
_THAI_GROUPS: Final = [1, 4, 5, 2, 1]
_AMERICAN: Final = re.compile(
    r"[0-8](?<![0-9-].)[0-9]{2}(?<!000|666)-(?!00)[0-9]{2}-(?!0000)[0-9]{4}(?![0-9-])", re.DOTALL
)
_CALLED_ID: Final = re.compile(
    r"(?:身份证|บัตรประชาชน|เลขบัตร|ปชช|cccd|cmnd|căn cước|can cuoc|chứng minh|nik|ktp|ssn|social security)[^0-9]{0,16}$"
)
_CARD: Final = re.compile(r"(?:4[0-9]{15}|5[1-5][0-9]{14}|2[2-7][0-9]{14}|3[47][0-9]{13}|6[0-9]{15}|62[0-9]{14,17})")
_CALLED_ACCOUNT: Final = re.compile(
    r"(?:(?<![a-z])(?:stk|so tai khoan|số tài khoản|vcb|tcb|mb ?bank|bidv|vietcombank|techcombank|acb|agribank|vpbank"
    r"|sacombank|norek|no ?rek|rek|rekening|bca|bri|bni|mandiri|bsi|scb|kbank|ktb|bbl|ttb|promptpay|acct|account|iban)"
    rf"(?![a-z])|{canonical('เลขบัญชี')}|{canonical('เลขที่บัญชี')}|กสิกร|{canonical('ไทยพาณิชย์')}|กรุงไทย|พร้อมเพย์"
    r"|银行卡|卡号|工行|建行|农行|招行|[工建农商招][商设业]?银行)[^0-9\n?]{0,24}$"
)
_PRICE_AFTER: Final = re.compile(r"\s?(?:đ|vnd|vnđ|baht|บาท|rp|usd|元|块|k(?![a-z]))")
_FEWEST_IN_ACCOUNT: Final = 9


def find_national_ids(views: Views) -> Iterator[Span]:
    """Places of national ids in the canonical text."""
    view = views[ViewName.DIGITS]
    for match, number, before in _candidates(view.text):
        called = _CALLED_ID.search(before) is not None
        if may_begin(before) and _is_national_id(number, match.group(), called=called):
            yield view.canonical_span(*match.span())
    for match in _AMERICAN.finditer(view.text):
        yield view.canonical_span(*match.span())


def find_cards(views: Views) -> Iterator[Span]:
    """Places of payment cards' numbers in the canonical text."""
    view = views[ViewName.DIGITS]
    for match, number, before in _candidates(view.text):
        if may_begin(before) and _CARD.fullmatch(number) and _passes_luhn(number):
            yield view.canonical_span(*match.span())


def find_accounts(views: Views) -> Iterator[Span]:
    """Places of account numbers, each with its bank's or an account's name before it, in the canonical text."""
    view = views[ViewName.DIGITS]
    for match, number, before in _candidates(view.text):
        if len(number) < _FEWEST_IN_ACCOUNT or _PRICE_AFTER.match(view.text, match.end()):
            continue
        if _CALLED_ACCOUNT.search(before):
            yield view.canonical_span(*match.span())


@lru_cache(_REMEMBERED)
def _candidates(text: str) -> Sequence[tuple[re.Match[str], str, str]]:
    """Each number with its place, its digits, and what stands before it."""
    if not _MANY_DIGITS.search(text):
        return ()
    return [
        (match, _GROUPED.sub("", match.group()), text[max(0, match.start() - _LOOK_BACK) : match.start()])
        for match in _CANDIDATE.finditer(text)
    ]


def _is_national_id(number: str, written: str, *, called: bool) -> bool:
    return any(check(number, written, called) for check in _CHECKS)


def _is_chinese(number: str, _written: str, called: bool) -> bool:  # noqa: FBT001
    if not _CHINESE.fullmatch(number):
        return False
    if called:
        return True
    # GB 11643: (1 - 2 * first 17 read in base 13) mod 11, ten written as X.
    return number[-1] == "0123456789x"[(1 - 2 * int(number[:17], 13)) % 11]


def _is_thai(number: str, written: str, called: bool) -> bool:  # noqa: FBT001
    if not _THAI.fullmatch(number):
        return False
    if called:
        return True
    total = sum((2 - at) * int(digit) for at, digit in enumerate(number[:12]))
    if int(number[-1]) != (1 - total) % 11 % 10:
        return False
    grouped = [len(group) for group in _GROUPED.split(written)] == _THAI_GROUPS
    return grouped or (written == number and not _is_barcode(number))


def _is_indonesian(number: str, _written: str, called: bool) -> bool:  # noqa: FBT001
    if not _INDONESIAN.fullmatch(number):
        return False
    return called or (int(number[:2]) in _INDONESIAN_PLACES and not (_CARD.fullmatch(number) and _passes_luhn(number)))


def _is_vietnamese(number: str, written: str, called: bool) -> bool:  # noqa: FBT001
    if not _VIETNAMESE.fullmatch(number):
        return False
    return called or (
        written == number and 0 < int(number[:3]) <= _MOST_VIETNAMESE_PLACE and not number.startswith("08")
    )


_CHECKS: Final[tuple[Callable[[str, str, bool], bool], ...]] = (_is_chinese, _is_thai, _is_indonesian, _is_vietnamese)


def _is_barcode(number: str) -> bool:
    """Whether the last of 13 digits is a product code's check digit (GS1, EAN-13)."""
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(number[:12]))
    return (10 - total % 10) % 10 == int(number[12])


def _passes_luhn(number: str) -> bool:
    doubled = (int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
