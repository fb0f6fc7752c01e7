"""Whether the shop takes something back by its own words: what the law wants said sounds much like what it forbids.

"It is no medicine and cures nothing" and "nobody's logo is on it, we designed it" are what a careful host says. A model
hears the disease and the brand; rules excuse these by patterns of their own.
"""

from __future__ import annotations

from typing import Any, Final

from streambot.core.asking import expression
from streambot.core.labels import Label

_NO_MEDICINE: Final = expression(
    r"(?:not|isn['’]t|never) (?:a |any |an )?(?:medicine|drug|substitute|replacement|medical)"
    r"|(?:not|n['’]t|never) (?:replace|treat|cure|prevent|diagnose|heal)"
    r"|(?:ask|consult|see|talk to|check with) (?:your |a |the )?(?:doctor|dermatologist|pharmacist|gp)"
    r"|不能(?:代替|替代|治疗|预防)|不是(?:药|药品|减肥)|(?:问|看|听|遵|咨询)(?:医生|医嘱|药师)|看皮肤科|去医院"
    r"|ไม่ใช่ยา|ไม่ได้(?:ใช้)?(?:แทน|รักษา)|ไม่สามารถรักษา|ไม่มีผลในการ|(?:ถาม|ปรึกษา|พบ)(?:คุณ)?(?:หมอ|แพทย์|เภสัช)"
    r"|không (?:phải (?:là )?thuốc|thay thế|có tác dụng (?:thay|chữa))"
    r"|(?:hỏi|khám)[^,.]{0,15}(?:bác sĩ|da liễu|dược sĩ)"
    r"|bukan (?:obat|pengganti)|(?:tidak|nggak|gak) (?:mengobati|menyembuhkan|menggantikan)"
    r"|(?:tanya|konsultasi)[^,.]{0,10}(?:dokter|apoteker)"
)
_OWN_MAKE: Final = expression(
    r"(?:our|my) own (?:brand|design|make|label)|(?:we|i) (?:designed|drew|sewed|made) (?:it|this|them) ourselves"
    r"|(?:no|without (?:a|any)) (?:brand|logo)s?(?: name)?(?: on it)?(?:$|\W)"
    r"|我们自己(?:的|设计|品牌|做)|自己的(?:设计|品牌|款)|没有任何(?:品牌|标|logo)|自主(?:品牌|设计)"
    r"|(?:ของ(?:ร้าน)?เรา|ออกแบบ|ตัดเย็บ)เอง|ไม่มี(?:โลโก้|ยี่ห้อ)ใคร"
    r"|(?:thương hiệu|mẫu|hàng) của (?:shop|tiệm|nhà|tụi)|tự (?:thiết kế|may)|không có logo (?:hãng )?nào"
    r"|(?:desain|merek|brand|buatan)(?: kami| kita)? sendiri|(?:nggak|gak|tidak) ada logo siapa|punya toko kami"
)
_TAKEN_BACK: Final = {
    Label.MISLEADING_CLAIM: _NO_MEDICINE,
    Label.PROHIBITED_GOODS: _NO_MEDICINE,
    Label.COUNTERFEIT: _OWN_MAKE,
}  # fmt: skip


def takes_back(label: Label, text: str) -> bool:
    """Whether a canonical sentence denies what ``label`` is about, in English, zh, th, vi or id."""
    form: Any = _TAKEN_BACK.get(label)
    return form is not None and form.search(text) is not None
