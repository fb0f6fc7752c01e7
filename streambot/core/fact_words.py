"""The words by which a question asks for one column of a catalog, and the places that lie in a site's country."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from streambot.core.canonical import canonical


def words(listed: str) -> re.Pattern[str]:
    """Any of the words, which stand between bars; a Latin one is whole ("thin" is not in "anything")."""
    forms = sorted(map(canonical, listed.split("|")), key=len, reverse=True)
    latin = [re.escape(form) for form in forms if form[0] < "\u0e00" or "\u1e00" <= form[0] < "\u2000"]
    others = [re.escape(form) for form in forms if not (form[0] < "\u0e00" or "\u1e00" <= form[0] < "\u2000")]
    return re.compile("|".join([rf"(?<![^\W\d_])(?:{'|'.join(latin)})(?![^\W\d_])", *others]))


HOME: Final[Mapping[str, frozenset[str]]] = {
    "us": frozenset({"usa"}),
    "vn": frozenset({"hanoi", "saigon", "danang", "haiphong", "cantho", "hue"}),
    "th": frozenset(
        {"bangkok", "chiang-mai", "chiang-rai", "phuket", "pattaya", "khon-kaen", "korat", "hat-yai", "isan"}
    ),
    "id": frozenset(
        {"jakarta", "surabaya", "bandung", "medan", "semarang", "jogja", "makassar", "bali", "papua", "kalimantan",
         "sulawesi", "sumatra", "batam"}
    ),
    "cn": frozenset(
        {"beijing", "shanghai", "guangzhou", "shenzhen", "chengdu", "xinjiang", "tibet", "inner-mongolia", "hainan"}
    ),
}  # fmt: skip
"""The places of ``slot_words.PLACES`` that lie in a site's country."""

COLOURS: Final = words("color|colors|colour|colours|颜色|色|สี|màu|mau gi|mau nao|may mau|warna|warnanya|kulay")
MADE_OF: Final = words(
    "material|fabric|made of|cotton|linen|see through|see-through|wash|washable|stretch|stretchy|thick|thin"
    "|材质|面料|什么料|料子|成分|棉|亚麻|透|洗|弹力|弹性|有弹|厚|薄|ผ้า|วัสดุ|เนื้อ|ซัก|บาง|หนา|ยืด"
    "|chất liệu|chat lieu|vải|vai gi|chất gì|chat gi|giặt|giat may|dày|mỏng|co giãn|co gian"
    "|bahan|bahannya|kain|kainnya|katun|menerawang|nerawang|tebal|tipis|dicuci|melar"
)
"""Words by which a question is about colours, or about what a thing is made of and how it is treated."""

LABELLED: Final = re.compile(
    r"(?:size|sz|ไซ[ซส]์|ไซต์|ukuran|cỡ) ?([a-z0-9]{1,4})(?![^\W_])|(?<![^\W_])([a-z0-9]{1,4}) ?码"
)
"""The name of a size beside the word for it."""
