"""What gives itself away by its structure: phone numbers, links, addresses, order numbers, ids on other platforms.

No word list can hold these. Product numbers, prices, sizes and the shop's own links have structures too: let them be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from streambot.classify.contacts import find_contacts
from streambot.classify.numbers import find_accounts, find_cards, find_national_ids
from streambot.classify.phones import find_phones
from streambot.core.asking import expression
from streambot.core.verdict import Signal, Span
from streambot.core.views import ViewName, Views, canonical

_SHORT_LINKS: Final = (
    r"bit\.ly|tinyurl\.com|t\.ly|s\.id|cutt\.ly|linktr\.ee|lynk\.id|beacons\.ai|taplink\.cc|stan\.store|wa\.me|t\.me"
    r"|line\.me|lin\.ee|zalo\.me|m\.me|fb\.me|ig\.me|fb\.com|shope\.ee|s\.shopee\.[a-z.]+|s\.lazada\.[a-z.]+|bom\.so"
    r"|amzn\.to|cash\.app|m\.tb\.cn|u\.jd\.com|xhslink\.com|bit\.do|rb\.gy|is\.gd|goo\.gl"
)
_SPACED_LINKS: Final = _SHORT_LINKS.replace(r"\.", r"\s?\.\s?")
_OWN_LINKS: Final = re.compile(
    r"(?:^|[/.])(?:tiktok\.com|tokopedia\.(?:com|link)|douyin\.com|jinritemai\.com|youtube\.com|youtu\.be|twitch\.tv)$"
)
_DOT: Final = (
    r"(?:\.|\s\.\s|\s?[(\[]\s?(?:\.|dot)\s?[)\]]\s?"
    r"|\sdot\s|\schấm\s|\scham\s|\stitik\s|\s?ดอท\s?|\s?点\s?)"
)
_NAMED: Final = r"com|net|org|info|biz|xyz|vn|co\.th|in\.th|co\.id|web\.id|my\.id|com\.[a-z]{2}|cn|cc|ee|gg"
# These ends of a domain are words too ("crop.top", "tell.me"): a path or a digit must tell them from one.
_WORDY: Final = r"top|vip|club|shop|store|live|fun|win|bet|link|site|online|app|me|io|co|id|us|to|pro|life|tv|ly"
_LINK: Final = re.compile(
    # With what any of them begins, so that all else is passed over quickly.
    rf"(?=[a-z0-9-])(?:(?:https?|hxxps?)\s?:\s?/\s?/\s?(?P<url>[^\s/]+)\S*"
    rf"|(?<![a-z0-9@.-])(?:www\s?\.\s?)?(?:"
    rf"(?P<short>{_SHORT_LINKS})(?:/\S*|(?![a-z0-9.]))"
    rf"|(?:{_SPACED_LINKS})\s?/\s?\S+"
    rf"|(?P<name>[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*{_DOT}(?:{_NAMED}))(?![a-z0-9])(?:/\S*)?"
    rf"|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:{_WORDY})/\S+"
    rf"|(?=[a-z-]*[0-9])[a-z0-9-]{{4,}}\.(?:{_WORDY})(?![a-z0-9])"
    rf"))"
)
_MAY_LINK: Final = expression(r": ?/ ?/|(?:\.|dot|chấm|cham|titik|ดอท|点)[\s)\]]{0,2}[a-z]{2}")

# Thai sara am is two code points in the canonical text, so words that hold it are folded here.
_ORDER: Final = re.compile(
    rf"(?:order(?: ?(?:id|no|number|#))?|đơn(?: hàng)?|mã đơn|ma don|{canonical('คำสั่งซื้อ')}|ออเดอร์|เลขพัสดุ"
    r"|pesanan|no ?resi|resi|invoice|订单号?|单号)[^0-9\n]{0,12}?"
    # Digits alone, or a day and letters with digits;
    r"(?P<id>[a-z]{0,4}[0-9]{8,24}(?![0-9a-z])|[0-9]{6}(?=[0-9]*[a-z])[0-9a-z]{8}(?![0-9a-z])"
    r"|[a-z]{0,4}[0-9]{8,24}(?![0-9]))"
)
# A house number and two levels of place, in the order in which each language writes them, and what all of them hold.
_ADDRESSES: Final = (
    (
        ("号", "栋", "弄", "室"),
        re.compile(
            r"[一-鿿]{2,8}(?:省|市|区|县)[一-鿿]{1,12}(?:路|街|镇|村|小区|大道)[一-鿿0-9]{0,10}?[0-9]{1,4}(?:号|栋|弄|室)"
        ),
    ),
    (
        ("phường", "quận", "xã", "huyện", "p.", "q."),
        re.compile(
            r"(?:số |so )?[0-9]{1,4}[a-z]?(?:/[0-9]{1,4})* (?:đường|ngõ|ngách|hẻm|phố|đ\.) ?[^\n]{2,40}?"
            r"(?:phường|quận|xã|huyện|p\.|q\.) ?[^\s,]+"
        ),
    ),
    (
        ("อ.", canonical("อำเภอ"), "เขต"),
        re.compile(
            rf"(?:บ้านเลขที่|เลขที่|[0-9]{{1,4}}/[0-9]{{1,4}}) ?[^\n]{{0,40}}?(?:ต\.|{canonical('ตำบล')}|แขวง)"
            rf"[^\n]{{1,30}}?(?:อ\.|{canonical('อำเภอ')}|เขต)"
        ),
    ),
    (
        ("rt", "rw", "kel", "kec"),
        re.compile(
            r"(?<![a-z])(?:jl|jln|jalan|gg|gang)\.? [a-z0-9 .]{2,40}?(?:no|nomor)\.? ?[0-9]{1,4}"
            r"[^\n]{0,40}?(?:rt|rw|kel|kec|kelurahan|kecamatan)\.? ?[a-z0-9]+"
        ),
    ),
    (
        ("st", "road", "rd", "ave", "lane", "ln", "drive", "dr", "boulevard", "blvd"),
        re.compile(
            r"(?<![0-9])[0-9]{1,5} [a-z]+(?: [a-z]+)? (?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd)"
            r"\.?,? [a-z ]{2,30},? ?[a-z]{0,2} ?[0-9]{5}"
        ),
    ),
)

_MAIL: Final = re.compile(r"(?<![a-z0-9._%+-])[a-z0-9._%+-]{2,}@[a-z0-9-]{2,63}(?:\.[a-z]{2,10}){1,2}(?![a-z0-9])")


def find_emails(views: Views) -> Iterator[Span]:
    """E-mail addresses; places in the canonical text."""
    text = views.skeleton
    if "@" in text:
        for match in _MAIL.finditer(text):
            yield match.span()


def find_links(views: Views) -> Iterator[Span]:
    """Addresses of the web that are not the live's own platform's; places in the canonical text."""
    text = views.skeleton
    if not _MAY_LINK.search(text):
        return
    for match in _LINK.finditer(text):
        host = match["url"] or match["name"] or ""
        # An own host spelt with another script's letters is somebody else's.
        genuine = views.text[slice(*match.span())] == match.group()
        if not (genuine and _OWN_LINKS.search(host)):
            yield match.span()


def find_order_ids(views: Views) -> Iterator[Span]:
    """Order and parcel numbers that are called so; places in the canonical text."""
    view = views[ViewName.DIGITS]
    if _MANY_DIGITS.search(view.text):
        for match in _ORDER.finditer(view.text):
            yield view.canonical_span(*match.span("id"))


def find_addresses(views: Views) -> Iterator[Span]:
    """Postal addresses down to the house; places in the canonical text."""
    view = views[ViewName.DIGITS]
    text = view.text
    if len(text) >= _SHORTEST_ADDRESS and _DIGIT.search(text):
        for held, address in _ADDRESSES:
            if any(word in text for word in held):
                for match in address.finditer(text):
                    yield view.canonical_span(*match.span())


CONTACT: Final = "contact_handle"
MOST_PLACES: Final = 5
"""Places reported of one structure in one comment."""
_SHORTEST_ADDRESS: Final = 10
_DIGIT: Final = re.compile("[0-9]")
_MANY_DIGITS: Final = re.compile("[0-9]{6}")
_FINDERS: Final[Mapping[str, Callable[[Views], Iterator[Span]]]] = {
    "phone": find_phones,
    "email": find_emails,
    "link": find_links,
    "order_id": find_order_ids,
    "address": find_addresses,
    "national_id": find_national_ids,
    "card_number": find_cards,
    "bank_account": find_accounts,
}


def detect(whole: Views, wanted: frozenset[str]) -> list[Signal]:
    """A signal for each place that one of the wanted detectors recognises, named for the detector.

    A number that comes with a messenger's name is that contact, not somebody's private number.
    """
    places, led_away = _contacts(whole) if CONTACT in wanted else ((), None)
    found: dict[str, Iterable[Span]] = {CONTACT: places}
    for name, find in _FINDERS.items():
        if name in wanted:
            places = (place for place in find(whole) if name != "phone" or not _is_inside(place, led_away))
            found[name] = dict.fromkeys(islice(places, MOST_PLACES))
    return [
        Signal(name, 1.0, "detector", whole.original_span(*place)) for name, places in found.items() for place in places
    ]


def _contacts(whole: Views) -> tuple[Iterable[Span], Span | None]:
    """The contacts of the first slice that has any, and that slice: it says enough of one too long to be honest."""
    for views in whole.slices:
        places = dict.fromkeys(
            (start + views.offset, end + views.offset) for start, end in islice(find_contacts(views), MOST_PLACES)
        )
        if places:
            return places, (views.offset, views.offset + len(views.text))
    return (), None


def _is_inside(place: Span, slice_: Span | None) -> bool:
    return slice_ is not None and slice_[0] <= place[0] and place[1] <= slice_[1]
