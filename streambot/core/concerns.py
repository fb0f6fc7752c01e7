"""What a complaint or a question about an order is about, as far as it says how urgent it is.

A person works on the ticket and reads the comment; these words only decide what they read first. A word that is missing
here costs a place in a list, so the words are few and plain.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final
from unicodedata import normalize

from streambot.core.labels import Intent, Label


class Concern(StrEnum):
    """Why somebody writes, the most urgent first."""

    SAFETY = "safety"
    """Somebody was or could be hurt by the goods."""
    AUTHORITIES = "authorities"
    """A chargeback, a lawyer, the police, a consumer office or the platform is threatened or called."""
    FRAUD = "fraud"
    """The goods are said to be fake, or the shop to cheat."""
    NEVER_CAME = "never_came"
    COMPLAINT = "complaint"
    """Anything else that is wrong: broken, another colour, no reply."""
    LATE = "late"
    QUESTION = "question"
    """Where an order is."""

    @property
    def weight(self) -> int:
        """How urgent it is, 0 for a question to 6 for safety."""
        return _WEIGHTS[self]


_WEIGHTS: Final = {concern: len(Concern) - 1 - place for place, concern in enumerate(Concern)}

# Between word boundaries, for languages that put blanks between words; an entry is a regular expression.
_SPACED: Final[Mapping[Concern, tuple[str, ...]]] = {
    Concern.SAFETY: (
        r"allerg\w*", r"rash(?:es)?", r"burn(?:t|ed|s|ing)?", r"injur\w+", r"hospital", r"hurt(?:s|ing)?", r"bleed\w*",
        r"explod\w+", r"caught fire", r"on fire", r"smoke|smoking", r"electric shock", r"shocked me", r"choke[ds]?",
        r"poison\w*", r"mou?ld(?:y)?", r"expired", r"chemical smell", r"doctor",
        r"dị ứng", r"nổi mẩn", r"mẩn đỏ", r"ngứa", r"bỏng", r"bị cháy|cháy nổ|phát nổ", r"giật điện", r"ngộ độc",
        r"bệnh viện", r"hết hạn", r"mốc", r"bị thương",
        r"alergi", r"gatal", r"ruam", r"iritasi", r"luka", r"terbakar", r"meledak", r"kesetrum", r"keracunan",
        r"rumah sakit", r"kadaluarsa|kedaluwarsa|kadaluwarsa", r"berjamur", r"melepuh",
    ),
    Concern.AUTHORITIES: (
        r"charge ?back", r"dispute", r"police", r"lawyer", r"attorney", r"sue", r"suing", r"court", r"legal action",
        r"small claims", r"consumer (?:protection|council|affairs)", r"trading standards", r"ftc", r"bbb",
        r"report(?:ed|ing)? (?:you|this shop|your shop|this seller|to)",
        r"công an", r"kiện", r"luật sư", r"tòa án", r"toà án", r"quản lý thị trường", r"báo cáo shop", r"tố cáo",
        r"bảo vệ người tiêu dùng", r"khiếu nại lên",
        r"polisi", r"lapor(?:kan|in)?", r"dilaporkan", r"somasi", r"pengacara", r"tuntut", r"ylki", r"bpom", r"bpkn",
        r"ajukan banding", r"jalur hukum",
    ),
    Concern.FRAUD: (
        r"fake", r"counterfeit", r"scam(?:med|mer|mers|s)?", r"fraud\w*", r"rip ?off", r"cheat(?:ed|ing|s)?",
        r"stole|stolen", r"knock ?off", r"not (?:authentic|genuine|real)",
        r"hàng giả", r"hàng nhái", r"lừa đảo", r"lừa", r"ăn cướp",
        r"palsu", r"tipu", r"menipu", r"penipu(?:an)?", r"ketipu|tertipu", r"kw",
    ),
    Concern.NEVER_CAME: (
        r"never (?:came|arrived|got|received|showed)",
        r"still not (?:here|arrived|come)",
        r"(?:not|hasn'?t|haven'?t|didn'?t) (?:\w+ )?(?:arrived?|come|came|received?|get|got|gotten|shown)",
        r"still (?:nothing|waiting|no (?:package|parcel|order|delivery))", r"where(?:'s| is) my (?:money|refund)",
        r"lost (?:package|parcel|in the mail)", r"never shipped", r"no (?:package|parcel)",
        r"chưa (?:nhận|thấy|có|tới|đến|được)", r"không nhận được", r"ko nhận được", r"thất lạc", r"mất hàng",
        r"mất đơn",
        r"(?:belum|blm|gak|ga|tidak|tdk|nggak|ngga) (?:\w+ )?(?:sampai|sampe|nyampe|datang|dateng|(?:di)?terima|tiba)",
        r"paket(?:nya)? hilang",
    ),
    Concern.LATE: (
        r"late", r"delay\w*", r"slow", r"too long", r"taking (?:so|too|for)\w* ?\w*", r"overdue",
        r"chậm", r"lâu", r"trễ", r"giao muộn", r"mấy ngày rồi", r"chưa giao", r"chưa gửi",
        r"lama", r"telat", r"terlambat", r"lambat", r"molor", r"(?:belum|blm) dikirim",
    ),
}  # fmt: skip
# Found anywhere, for scripts that put no blanks between words.
_UNSPACED: Final[Mapping[Concern, tuple[str, ...]]] = {
    Concern.SAFETY: (
        "过敏", "起疹", "红疹", "烫伤", "烧伤", "受伤", "着火", "起火", "冒烟", "爆炸", "漏电", "触电", "中毒", "医院",
        "过期", "发霉", "烂脸", "流血",
        "แพ้", "ผื่น", "คันหน้า", "คันมาก", "ไหม้", "ระเบิด", "ไฟดูด", "ไฟช็อต", "บาดเจ็บ", "โรงพยาบาล",
        "หมดอายุ", "ขึ้นรา", "แสบหน้า",
    ),
    Concern.AUTHORITIES: (
        r"(?<!\d)12315(?!\d)", "投诉", "举报", "工商", "消协", "消费者协会", "市场监管", "报警", "警察", "律师", "起诉",
        "法院", "仲裁", "曝光", "媒体", "拒付",
        "สคบ", "แจ้งความ", "ตำรวจ", "ฟ้อง", "ทนาย", "ร้องเรียน", "ดำเนินคดี", "รีพอร์ตร้าน", "กดรายงานร้าน",
    ),
    Concern.FRAUD: (
        "假货", "假的", "骗子", "骗人", "诈骗", "被骗", "山寨", "冒牌", "不是正品",
        "ของปลอม", "โกง", "หลอกลวง", "มิจฉาชีพ", "ไม่แท้", "ของก๊อป",
    ),
    Concern.NEVER_CAME: (
        "没收到", "没有收到", "还没到", "一直没到", "没到货", "丢件", "收不到", "未收到",
        "ไม่ได้รับ", "ยังไม่ได้ของ", "ไม่ได้ของ", "ยังไม่มา", "ของไม่มา", "ของหาย", "พัสดุหาย",
        "ยังไม่ถึง", "ไม่เห็นของ",
    ),
    Concern.LATE: (
        "太慢", "好慢", "这么慢", "很慢", "好久", "多久了", "几天了", "延迟", "迟迟", "没发货", "不发货", "还没发",
        "ช้า", "นานมาก", "นานแล้ว", "หลายวัน", "รอนาน", "ล่าช้า", "ไม่ส่งของ", "ยังไม่ส่ง",
    ),
}  # fmt: skip
_FOUND: Final = {
    concern: re.compile("|".join((*_UNSPACED[concern], rf"(?<!\w)(?:{'|'.join(_SPACED[concern])})(?!\w)")))
    for concern in _SPACED
}
_BY_LABEL: Final = {Label.COUNTERFEIT: Concern.FRAUD, Label.SCAM: Concern.FRAUD}


def concern_of(intent: Intent, text: str, labels: Collection[Label] = ()) -> Concern:
    """The most urgent thing that a complaint or a question about an order is about; ``labels`` are the comment's."""
    folded = normalize("NFC", text).casefold().replace("\u2019", "'")
    found = [concern for concern, words in _FOUND.items() if words.search(folded)]
    plain = Concern.QUESTION
    if intent is Intent.COMPLAINT:
        plain = Concern.LATE if found == [Concern.LATE] else Concern.COMPLAINT
        found += [_BY_LABEL[label] for label in labels if label in _BY_LABEL]
    return max((plain, *found), key=lambda concern: concern.weight)
