"""Ids on other platforms and the asking to come there: a messenger's name with an id, or with a call to use it.

The name alone is what an honest viewer writes ("shop có zalo không?", "能用微信支付吗"), and so is a question without
an id. Names are found in every disguise (terms.py); what stands beside them decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import chain, islice
from typing import Final

from ahocorasick_rs import AhoCorasick

from streambot.classify.phones import find_phones
from streambot.classify.terms import TermIndex
from streambot.core.asking import expression, is_asking, is_warning
from streambot.core.verdict import Span
from streambot.core.views import ViewName, Views, canonical


class _Name(Enum):
    SURE = "the phrase itself is the call"
    NAME = "a messenger's name: an id or a call beside it makes it a contact"
    WEAK = "also a common word: an id must follow, or a call stand right before"


# 微信 is written with any character that sounds or looks like it, and drawn with a heart or an x; what only sounds
# like it is found by its sound.
_WEIXIN: Final = tuple(first + second for first in "微薇威徽魏维唯v" for second in "信芯杏❤♥x")
_SURE: Final = (
    *(call + name for call in "加➕+" for name in (*_WEIXIN, *"微薇威徽v", "wx", "vx", "qq", "扣扣", "企鹅")),
    *("加赖", "加tg", "加纸飞机"),
    *("v我", "微信下单", "主页有微", "扫码进群", "扫码加群", "私信下单", "站外联系", "看个性签名"),
    *("แอดไลน์", "แอดไลน", "ทักไลน์", "ทักไลน", "ไอดีไลน์", "แอดline", "ทักline", "แอดเฟส", "ทักเฟส", "แอดไอจี"),
)
_SURE_PHRASES: Final = (
    "add my whatsapp", "add me on whatsapp", "whatsapp me", "text me on whatsapp", "dm me on ig", "dm me to order",
    "dm me for cheaper", "dm me cheaper", "cheaper on my page", "cheaper in my dm", "join my telegram",
    "link in my bio", "link in bio",
    "kết bạn zalo", "ket ban zalo", "kb zalo", "add zalo", "ib zalo", "nhắn zalo", "nhắn qua zalo", "liên hệ zalo",
    "lien he zalo",
    "vào nhóm zalo", "chat wa", "hubungi wa", "order via wa", "japri wa", "wa admin", "wa aja", "link di bio",
)  # fmt: skip
_NAMES: Final = (
    "zalo", "za lo", "whatsapp", "whats app", "wasap", "telegram", "wechat", "we chat", "weixin", "viber", "kakaotalk",
    *(name for name in _WEIXIN if name != "威信"), "vx", "wx", "绿泡泡", "扣扣", "qq群", "q群", "instagram",
    *(first + sign + last for first, last in ("vx", "wx", "qq") for sign in (".", " ", "-", "_", "*")),
    "绿色软件", "纸飞机", "飞机号", "电报群", "赖id",
    "ไลน์", "ไลน", "เทเลแกรม", "วอทส์แอป", "ไอจี",
)  # fmt: skip
_WEAK: Final = ("line", "wa", "tele", "tg", "ig", "fb", "威信", "卫星", "qq", "เฟส", "dm")
_EXCUSES: Final = AhoCorasick(
    [
        canonical(word)
        for word in (
            "ออนไลน์", "ออนไลน", "ไลน์สินค้า", "คอลไลน์", "ไลน์ผลิต", "อายไลน์", "ไลน์เนอร์", "ไลเนอร์", "ไลน์การผลิต", "เดดไลน์",
            "สไลน์", "ทักเฟสติวัล", "微信支付", "微信付款", "微信红包", "v我50", "加微波", "加微量", "加威风",
            "加qq糖", "加qq弹", "卫星电视", "维新", "唯心", "违心", "增加威信", "赖皮", "赖账",
            "zalo pay", "wechat pay", "line pay", "ไลน์แมน", "ไลน์เพย์", "line to", "line of", "line up", "line for",
            "line manager",
        )
    ]
)  # fmt: skip

# A collar's shape or an embroidered letter; "加v领券" is a coupon for coming over.
_LETTER_V: Final = re.compile(r"[加➕+]v(?:字|领(?![券取优红福礼资]))")

_EVERYWHERE: Final = tuple(view for view in ViewName if view not in {ViewName.BARE, ViewName.PINYIN})
_BY_SOUND: Final = (*_EVERYWHERE, ViewName.PINYIN)
_INDEX: Final = TermIndex(
    [(term, _BY_SOUND, _Name.SURE) for term in ("加微信", "加我微信", "加扣扣")]
    + [(term, _BY_SOUND, _Name.NAME) for term in ("微信", "扣扣群", "qq群", "纸飞机群")]
    + [(term, _EVERYWHERE, _Name.SURE) for term in (*_SURE, *_SURE_PHRASES)]
    + [(term, _EVERYWHERE, _Name.NAME) for term in _NAMES]
    + [(term, _EVERYWHERE, _Name.WEAK) for term in _WEAK]
)

_ID: Final = re.compile(
    r"[^\w@+]{0,4}(?:(?:id|ไอดี|số|so|sđt|sdt|no|nomor|number|me|at|is|号码|号|:|是)[^\w@+]{0,3})*"
    r"(?:@[a-z0-9][\w.-]{2,}|(?=[\w.-]*[0-9])[a-z0-9][a-z0-9._-]{4,})"
    r"|\s?(?:id|ไอดี|号码?)\s?[:=]?\s?[a-z0-9._-]{4,}"
)
# "shipping" and "pake" hold a call's letters: it begins where a Latin word does.
_CALL: Final = re.compile(
    r"(?<![a-z])(?:"
    r"(?:add|dm|msg|text|message|contact|chat|find|reach|hit|order|buy|cheaper|join|inbox|ping|call)(?![a-z])"
    r"|kết bạn|ket ban|nhắn|liên hệ|lien he|ib(?![a-z])|nhóm kín|vào nhóm|vao nhom|rẻ hơn|gọi"
    r"|hubungi|japri|lewat|via|gabung|grup|pesan di|lebih murah)"
    r"|แอด|ทัก|เพิ่มเพื่อน|ติดต่อ|เข้ากลุ่ม|ถูกกว่า|โอนตรง|ไอดี"
    r"|加|➕|\+|联系|搜|扫|进群|找我|私我|私聊"
)
_CALL_RIGHT_BEFORE: Final = re.compile(
    r"(?:(?<![a-z])(?:(?:add|dm|text|msg|message|contact|chat|find|ping)(?: me| us)?(?: on| in| via| my| our)?"
    r"|my|via|lewat|hubungi|japri|nomor|order|kontak|follow my|check my|ke)"
    r"|แอด|ทัก|ไอดี|ติดต่อ|加|➕|\+|联系) ?$"
)
# "anak2" is "children" in Indonesian, with its doubling written short.
_DOUBLED: Final = re.compile(
    r" (?:anak|orang|temen|teman|cewek|cowok|ibu|bapak|kakak|adik|barang|baju|foto|model|warna)2(?![\w.-])"
)
_NOT_SO: Final = re.compile(r"(?:^|\W)(?:gak|ga|nggak|bukan|not|don['’]?t|no|không|ko|đừng)(?: \S+){0,2} $")
_NOT_DONE: Final = re.compile(r"ไม่(?:เคย|อยาก|กล้า)?(?:แอด|ทัก)?$")
# Who was not answered there complains; an id or a number beside it would still be one.
_UNANSWERED: Final = expression(
    r"(?:ไม่|ยังไม่)(?:ได้|มีใคร|เห็น|มีคน)?(?:ตอบ|อ่าน)"
    r"|(?:^|\W)(?:không|ko|k|chưa|chả|chẳng|mãi)(?: (?:ai|thấy|được|có ai))*(?: (?:shop|nào))?"
    r" (?:trả lời|tra loi|rep|phản hồi)(?:$|\W)|(?:không|ko|k) được(?: (?:shop|ạ|ad|chị|anh|em|ơi|à))*\W*$"
    r"|(?:^|\W)(?:gak|ga|nggak|enggak|tidak|belum|blm|tdk|gk)(?: (?:di|pernah|ada yang) ?)? ?"
    r"(?:dibales|dibalas|dibls|bales|balas|dibaca|direspon|respon|aktif)(?:$|\W)"
    r"|(?:no|without an?) (?:reply|answer|response)|(?:didn['’]?t|did not|not|never|nobody|no one)(?: \S+)? "
    r"(?:repl(?:y|ie)|answer|respond)"
    r"|没(?:有)?(?:人)?(?:回|理)|不(?:回|理|通过)|未回"
)
_UNANSWERED_HERE: Final = expression(
    r"แชท|ในนี้|ตรงนี้|คอมเมน|私信|评论|这里|ở đây|tin nhắn|inbox|sini(?:$|\W)"
    r"|(?:^|\W)(?:ib|cmt|here|dms?|comments?)(?:$|\W)"
)
_CLAUSE_END: Final = re.compile(r"[?!.;。\n]")
_NEAR: Final = 24
_CLAUSE: Final = 120
_MOST_PLACES: Final = 8
_MANY_NAMES: Final = 8


def find_contacts(views: Views) -> Iterator[Span]:
    """Places in the canonical text where a viewer is led to another platform."""
    text = views.skeleton
    yield from _merged(list(islice(_leading(views, text), _MOST_PLACES)))


def _leading(views: Views, text: str) -> Iterator[Span]:
    hits = _INDEX.find(views)
    first = next(hits, None)
    if first is None:
        return
    innocent = [(start, end) for _, start, end in _EXCUSES.find_matches_as_indexes(text, overlapping=True)]
    innocent.extend(match.span() for match in _LETTER_V.finditer(text))
    outside = (hit for hit in chain([first], hits) if not _is_inside(hit[1], innocent))
    named = list(islice(outside, _MANY_NAMES + 1))
    if not named:
        return
    begin, end = views.offset, views.offset + len(views.text)
    numbered = any(begin <= first and last <= end for first, last in find_phones(views.whole))
    clauses = _Clauses(text)
    digits = views[ViewName.DIGITS]
    for kind, (start, end) in named[:_MANY_NAMES]:
        if numbered or _has_id(digits.text, kind, digits.at(end)) or _leads_away(text, kind, (start, end), clauses):
            yield start, end
    if len(named) > _MANY_NAMES:
        # Nobody asks about messengers so often in one breath.
        yield named[0][1]


class _Clauses:
    """Whether the clauses of a text ask or warn, each looked into once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._warns: bool | None = None
        self._asks: dict[Span, bool] = {}

    def asks(self, place: Span) -> bool:
        """Whether the clause of a place asks, or the text warns."""
        if self._warns is None:
            self._warns = is_warning(self._text)
        if self._warns:
            return True
        clause = _clause(self._text, *place)
        if clause not in self._asks:
            self._asks[clause] = is_asking(self._text[slice(*clause)])
        return self._asks[clause]


def _is_inside(place: Span, words: Sequence[Span]) -> bool:
    return any(start <= place[0] and place[1] <= end for start, end in words)


def _merged(places: list[Span]) -> list[Span]:
    """The same places with what overlaps made one."""
    merged: list[Span] = []
    for start, end in sorted(places):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _has_id(text: str, kind: _Name, end: int) -> bool:
    """Whether an id follows a messenger's name that ends there."""
    return _ID.match(text, end) is not None and not (kind is _Name.WEAK and _DOUBLED.match(text, end))


def _leads_away(text: str, kind: _Name, place: Span, clauses: _Clauses) -> bool:
    start, end = place
    before = text[max(0, start - _NEAR) : start]
    if not _is_called(text, kind, before, end) or _NOT_DONE.search(before):
        return False
    return not (clauses.asks(place) or _is_unanswered(text, start, end))


def _is_called(text: str, kind: _Name, before: str, end: int) -> bool:
    """Whether a messenger's name stands in a call to come there."""
    if kind is _Name.SURE:
        return True
    if _NOT_SO.search(before):
        return False
    if kind is _Name.WEAK:
        return _CALL_RIGHT_BEFORE.search(before) is not None
    return _CALL.search(before) is not None or _CALL.search(text[end : end + _NEAR]) is not None


def _is_unanswered(text: str, start: int, end: int) -> bool:
    """Whether the clause says that nobody answered there; "add me, I do not answer here" calls away."""
    said = text[start : min(_clause(text, start, end)[1], end + _CLAUSE)]
    return _UNANSWERED.search(said) is not None and not _UNANSWERED_HERE.search(said)


def _clause(text: str, start: int, end: int) -> Span:
    """The clause around a place, with the mark that ends it."""
    begins = max((match.end() for match in _CLAUSE_END.finditer(text, max(0, start - _CLAUSE), start)), default=0)
    ends = _CLAUSE_END.search(text, end)
    return (begins, ends.end() if ends else len(text))
