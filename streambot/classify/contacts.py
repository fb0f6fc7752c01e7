"""Ids on other platforms and the asking to come there: a messenger's name with an id, or with a call to use it.

The name alone is what an honest viewer writes ("shop có zalo không?", "能用微信支付吗"), and so is a question without
an id. Names are found in every disguise (terms.py); what stands beside them decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Final

from streambot.classify.phones import find_phones
from streambot.classify.terms import TermIndex, covered
from streambot.core.verdict import Span
from streambot.core.views import ViewName, Views, canonical


class _Name(Enum):
    SURE = "the phrase itself is the call"
    NAME = "a messenger's name: an id or a call beside it makes it a contact"
    WEAK = "also a common word: an id must follow, or a call stand right before"


_SURE: Final = (
    "加微信 加微 加薇 加威 加徽 加v 加vx 加wx ➕v ➕薇 ➕微 +v +vx +薇 +微 加扣扣 加qq 加q群 v我 微信下单 主页有微 扫码进群 扫码加群"
    " 私信下单 站外联系 看个性签名 แอดไลน์ แอดไลน ทักไลน์ ทักไลน ไอดีไลน์ แอดline ทักline แอดเฟส ทักเฟส แอดไอจี"
).split()
_SURE_PHRASES: Final = (
    "add my whatsapp", "add me on whatsapp", "whatsapp me", "text me on whatsapp", "dm me on ig", "dm me to order",
    "dm me for cheaper", "dm me cheaper", "cheaper on my page", "cheaper in my dm", "join my telegram", "link in my bio", "link in bio",
    "kết bạn zalo", "ket ban zalo", "add zalo", "ib zalo", "nhắn zalo", "nhắn qua zalo", "liên hệ zalo", "lien he zalo",
    "vào nhóm zalo", "chat wa", "hubungi wa", "order via wa", "japri wa", "wa admin", "wa aja", "link di bio",
)  # fmt: skip
_NAMES: Final = (
    "zalo", "za lo", "whatsapp", "whats app", "wasap", "telegram", "wechat", "we chat", "weixin", "viber", "kakaotalk",
    "微信", "薇信", "徽信", "维信", "v信", "微❤", "薇❤", "vx", "wx", "绿泡泡", "扣扣", "qq群", "q群", "instagram",
    "ไลน์", "ไลน", "เทเลแกรม", "วอทส์แอป", "ไอจี",
)  # fmt: skip
_WEAK: Final = ("line", "wa", "tele", "ig", "fb", "威信", "卫星", "qq", "เฟส", "dm")
_INNOCENT: Final = tuple(
    map(
        canonical,
        (
            "ออนไลน์", "ออนไลน", "ไลน์สินค้า", "คอลไลน์", "ไลน์ผลิต", "อายไลน์", "ไลน์เนอร์", "ไลเนอร์", "ไลน์การผลิต", "เดดไลน์", "สไลน์",
            "微信支付", "微信付款", "微信红包", "v我50", "加v领", "加微波", "加微量", "加微量元素", "加威风", "卫星电视",
            "sản phẩm line", "ทักเฟสติวัล",
        ),
    )
)  # fmt: skip

_EVERYWHERE: Final = (ViewName.CANONICAL, ViewName.COMPACT, ViewName.LEET)
_INDEX: Final = TermIndex(
    [(term, _EVERYWHERE, _Name.SURE) for term in (*_SURE, *_SURE_PHRASES)]
    + [(term, _EVERYWHERE, _Name.NAME) for term in _NAMES]
    + [(term, _EVERYWHERE, _Name.WEAK) for term in _WEAK]
)

_ID: Final = re.compile(
    r"[^\w@+]{0,4}(?:(?:id|ไอดี|số|so|sđt|sdt|no|nomor|number|me|at|is|号码|号|:|是)[^\w@+]{0,3})*"
    r"(?:@[a-z0-9][\w.-]{2,}|(?=[\w.-]*[0-9])[a-z0-9][a-z0-9._-]{4,}|(?<=id:)[a-z0-9._-]{4,}|(?<=id )[a-z0-9._-]{5,})"
)
_MAIL: Final = re.compile(r"[a-z0-9._%+-]{2,64}@[a-z0-9-]{2,63}(?:\.[a-z]{2,10}){1,2}(?![a-z0-9])")
_CALL: Final = re.compile(
    r"(?:add|dm|msg|text|message|contact|chat|find|reach|hit|order|buy|cheaper|join|inbox|ping|call)(?![a-z])"
    r"|kết bạn|ket ban|nhắn|liên hệ|lien he|ib(?![a-z])|nhóm kín|vào nhóm|vao nhom|rẻ hơn|gọi"
    r"|hubungi|japri|lewat|via|gabung|grup|pesan di|lebih murah"
    r"|แอด|ทัก|เพิ่มเพื่อน|ติดต่อ|เข้ากลุ่ม|ถูกกว่า|โอนตรง|ไอดี"
    r"|加|➕|\+|联系|搜|扫|进群|找我|私我|私聊"
)
_CALL_RIGHT_BEFORE: Final = re.compile(
    r"(?:(?:add|dm|text|msg|message|contact|chat|find|ping)(?: me| us)?(?: on| in| via| my| our)?"
    r"|(?:my|via|lewat|hubungi|japri|nomor|order|kontak|follow my|check my|ke)|แอด|ทัก|ไอดี|ติดต่อ|加|➕|\+|联系) ?$"
)
_QUESTION: Final = re.compile(
    r"\?|ไหม|มั้ย|มัย|รึเปล่า|หรือเปล่า|ยังไง|(?:^|\s)(?:không|khong|ko|hok|hông|chưa)(?:$|\s)|吗|嘛|么|有没有|能不能|可不可以"
    r"|(?:^|\s)(?:apa|apakah|bisa|gak|ga|nggak|kah|boleh)(?:$|\s)|(?:^|\s)(?:do|does|is|are|can|could|what|how)\s"
)
_CLAUSE_END: Final = re.compile(r"[?!.;。\n]")
_NEAR: Final = 24


def find_contacts(views: Views) -> Iterator[Span]:
    """Places in the canonical text where a viewer is led to another platform."""
    text = views.canonical.text
    hits = [(kind, place) for kind, place in _INDEX.find(views) if not covered(text, place, _INNOCENT)]
    if hits:
        numbered = any(True for _ in find_phones(views))
        for kind, place in hits:
            if numbered or _leads_away(text, kind, place):
                yield place
    if "@" in text:
        yield from (match.span() for match in _MAIL.finditer(text))


def _leads_away(text: str, kind: _Name, place: Span) -> bool:
    start, end = place
    if _ID.match(text, end):
        return True
    if _QUESTION.search(_clause(text, start, end)):
        return False
    if kind is _Name.SURE:
        return True
    before = text[max(0, start - _NEAR) : start]
    if kind is _Name.WEAK:
        return _CALL_RIGHT_BEFORE.search(before) is not None
    return _CALL.search(before) is not None or _CALL.search(text[end : end + _NEAR]) is not None


def _clause(text: str, start: int, end: int) -> str:
    """The clause around a place, with the mark that ends it."""
    begins = max((match.end() for match in _CLAUSE_END.finditer(text, 0, start)), default=0)
    ends = _CLAUSE_END.search(text, end)
    return text[begins : ends.end() if ends else len(text)]
