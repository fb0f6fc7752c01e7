"""How a question is put to a host in whose language nobody asked it: by intent, item, and what else it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from streambot.core.labels import Intent
from streambot.core.slots import Kind, Slots

_LINES: Final[Mapping[str, Mapping[tuple[Intent, str], str]]] = {
    "en": {
        (Intent.PRICE, ""): "Price?|Price of no. {}?",
        (Intent.STOCK, ""): "Still available?|Is no. {} still available?",
        (Intent.STOCK, "restock"): "When is it restocked?|When is no. {} restocked?",
        (Intent.SIZE_FIT, ""): "Which size?|Which size of no. {}?",
        (Intent.SHIPPING, ""): "Shipping?|Shipping of no. {}?",
        (Intent.SHIPPING, "time"): "How long does shipping take?|How long does shipping of no. {} take?",
        (Intent.SHIPPING, "cost"): "How much is shipping?|How much is shipping of no. {}?",
        (Intent.RETURNS, ""): "Can it be returned or exchanged?|Can no. {} be returned or exchanged?",
        (Intent.ORDER_STATUS, ""): "Where is my order?",
        (Intent.PRODUCT, ""): "About the product|About no. {}",
        (Intent.AUTHENTICITY, ""): "Is it genuine?|Is no. {} genuine?",
        (Intent.PROMO, ""): "Any offer?|Any offer on no. {}?",
        (Intent.PAYMENT, ""): "How to pay?",
        (Intent.HOW_TO_BUY, ""): "How to buy?|How to buy no. {}?",
    },
    "zh": {
        (Intent.PRICE, ""): "多少钱？|{}号多少钱？",
        (Intent.STOCK, ""): "还有货吗？|{}号还有货吗？",
        (Intent.STOCK, "restock"): "什么时候补货？|{}号什么时候补货？",
        (Intent.SIZE_FIT, ""): "穿什么码？|{}号穿什么码？",
        (Intent.SHIPPING, ""): "怎么发货？|{}号怎么发货？",
        (Intent.SHIPPING, "time"): "几天到？|{}号几天到？",
        (Intent.SHIPPING, "cost"): "运费多少？|{}号运费多少？",
        (Intent.RETURNS, ""): "可以退换吗？|{}号可以退换吗？",
        (Intent.ORDER_STATUS, ""): "我的订单到哪了？",
        (Intent.PRODUCT, ""): "问商品|问{}号",
        (Intent.AUTHENTICITY, ""): "是正品吗？|{}号是正品吗？",
        (Intent.PROMO, ""): "有优惠吗？|{}号有优惠吗？",
        (Intent.PAYMENT, ""): "怎么付款？",
        (Intent.HOW_TO_BUY, ""): "怎么下单？|{}号怎么下单？",
    },
    "th": {
        (Intent.PRICE, ""): "ราคาเท่าไหร่?|เบอร์ {} ราคาเท่าไหร่?",
        (Intent.STOCK, ""): "ยังมีของไหม?|เบอร์ {} ยังมีของไหม?",
        (Intent.STOCK, "restock"): "ของเข้าอีกเมื่อไหร่?|เบอร์ {} ของเข้าอีกเมื่อไหร่?",
        (Intent.SIZE_FIT, ""): "ใส่ไซส์ไหน?|เบอร์ {} ใส่ไซส์ไหน?",
        (Intent.SHIPPING, ""): "จัดส่งยังไง?|เบอร์ {} จัดส่งยังไง?",
        (Intent.SHIPPING, "time"): "ส่งกี่วันถึง?|เบอร์ {} ส่งกี่วันถึง?",
        (Intent.SHIPPING, "cost"): "ค่าส่งเท่าไหร่?|เบอร์ {} ค่าส่งเท่าไหร่?",
        (Intent.RETURNS, ""): "คืนหรือเปลี่ยนได้ไหม?|เบอร์ {} คืนหรือเปลี่ยนได้ไหม?",
        (Intent.ORDER_STATUS, ""): "ออเดอร์ถึงไหนแล้ว?",
        (Intent.PRODUCT, ""): "ถามเรื่องสินค้า|ถามเรื่องเบอร์ {}",
        (Intent.AUTHENTICITY, ""): "ของแท้ไหม?|เบอร์ {} ของแท้ไหม?",
        (Intent.PROMO, ""): "มีโปรไหม?|เบอร์ {} มีโปรไหม?",
        (Intent.PAYMENT, ""): "จ่ายเงินยังไง?",
        (Intent.HOW_TO_BUY, ""): "สั่งซื้อยังไง?|เบอร์ {} สั่งซื้อยังไง?",
    },
    "vi": {
        (Intent.PRICE, ""): "Giá bao nhiêu?|Số {} giá bao nhiêu?",
        (Intent.STOCK, ""): "Còn hàng không?|Số {} còn hàng không?",
        (Intent.STOCK, "restock"): "Khi nào có hàng lại?|Khi nào số {} có hàng lại?",
        (Intent.SIZE_FIT, ""): "Mặc size nào?|Số {} mặc size nào?",
        (Intent.SHIPPING, ""): "Giao hàng thế nào?|Số {} giao hàng thế nào?",
        (Intent.SHIPPING, "time"): "Giao hàng bao lâu?|Số {} giao bao lâu?",
        (Intent.SHIPPING, "cost"): "Phí ship bao nhiêu?|Phí ship số {} bao nhiêu?",
        (Intent.RETURNS, ""): "Có đổi trả được không?|Số {} có đổi trả được không?",
        (Intent.ORDER_STATUS, ""): "Đơn hàng đến đâu rồi?",
        (Intent.PRODUCT, ""): "Hỏi về sản phẩm|Hỏi về số {}",
        (Intent.AUTHENTICITY, ""): "Hàng thật không?|Số {} hàng thật không?",
        (Intent.PROMO, ""): "Có khuyến mãi không?|Số {} có khuyến mãi không?",
        (Intent.PAYMENT, ""): "Thanh toán thế nào?",
        (Intent.HOW_TO_BUY, ""): "Mua thế nào?|Mua số {} thế nào?",
    },
    "id": {
        (Intent.PRICE, ""): "Berapa harganya?|Nomor {} berapa harganya?",
        (Intent.STOCK, ""): "Masih ada?|Nomor {} masih ada?",
        (Intent.STOCK, "restock"): "Kapan restok?|Kapan nomor {} restok?",
        (Intent.SIZE_FIT, ""): "Pakai ukuran apa?|Nomor {} pakai ukuran apa?",
        (Intent.SHIPPING, ""): "Bagaimana pengirimannya?|Bagaimana pengiriman nomor {}?",
        (Intent.SHIPPING, "time"): "Berapa lama pengirimannya?|Berapa lama pengiriman nomor {}?",
        (Intent.SHIPPING, "cost"): "Berapa ongkirnya?|Berapa ongkir nomor {}?",
        (Intent.RETURNS, ""): "Bisa retur atau tukar?|Nomor {} bisa retur atau tukar?",
        (Intent.ORDER_STATUS, ""): "Pesanan saya sampai mana?",
        (Intent.PRODUCT, ""): "Tentang produknya|Tentang nomor {}",
        (Intent.AUTHENTICITY, ""): "Ini ori?|Nomor {} ori?",
        (Intent.PROMO, ""): "Ada promo?|Nomor {} ada promo?",
        (Intent.PAYMENT, ""): "Bagaimana cara bayar?",
        (Intent.HOW_TO_BUY, ""): "Bagaimana cara beli?|Bagaimana cara beli nomor {}?",
    },
}  # fmt: skip
"""By language, intent and, where it asks one of several things, which (a value of ``slot_words``): the line without an
item and, after the bar, with its number. What an intent leaves open has no line of its own."""
LEAVES_OPEN: Final = frozenset({Intent.PRODUCT})
"""Their line says what it is about, not what is asked: the asker's words must follow."""

_ORDER: Final = ("zh", "th", "vi", "id")
_WORDS: Final[Mapping[str, str]] = {
    "black": "黑色|ดำ|đen|hitam", "white": "白色|ขาว|trắng|putih", "red": "红色|แดง|đỏ|merah",
    "pink": "粉色|ชมพู|hồng|pink", "blue": "蓝色|น้ำเงิน|xanh dương|biru", "green": "绿色|เขียว|xanh lá|hijau",
    "yellow": "黄色|เหลือง|vàng|kuning", "beige": "米色|ครีม|be|krem", "brown": "棕色|น้ำตาล|nâu|cokelat",
    "grey": "灰色|เทา|xám|abu-abu", "purple": "紫色|ม่วง|tím|ungu", "orange": "橙色|ส้ม|cam|oranye",
    "gold": "金色|ทอง|vàng kim|emas", "silver": "银色|เงิน|bạc|perak",
    "monday": "周一|วันจันทร์|thứ hai|Senin", "tuesday": "周二|วันอังคาร|thứ ba|Selasa",
    "wednesday": "周三|วันพุธ|thứ tư|Rabu", "thursday": "周四|วันพฤหัส|thứ năm|Kamis",
    "friday": "周五|วันศุกร์|thứ sáu|Jumat", "saturday": "周六|วันเสาร์|thứ bảy|Sabtu",
    "sunday": "周日|วันอาทิตย์|chủ nhật|Minggu", "weekend": "周末|สุดสัปดาห์|cuối tuần|akhir pekan",
    "christmas": "圣诞节|คริสต์มาส|Giáng sinh|Natal", "lunar-new-year": "春节|ตรุษจีน|Tết|Imlek",
    "eid": "开斋节|วันรายอ|lễ Eid|Lebaran", "songkran": "泼水节|สงกรานต์|Songkran|Songkran",
}  # fmt: skip
"""Colours and days of ``slot_words`` in the languages of ``_ORDER``; English is the name itself."""
_TOLD: Final = (Kind.COLOUR, Kind.SIZE, Kind.NUMBER, Kind.PLACE, Kind.DAY)


def line(language: str, intent: Intent, item: str = "", said: Slots = frozenset()) -> str:
    """The question in this language, "" if there is no line for it: "Is no. 3 still available? (black, M)".

    ``said`` is what its askers name; the item's own number is not told twice.
    """
    lines = _LINES.get(language, {})
    asked = {value for kind, value in said if kind in (Kind.ASKED, Kind.STOCK)}
    aspect = next((value for value in sorted(asked) if len(asked) == 1 and (intent, value) in lines), "")
    whole, _, of_item = lines.get((intent, aspect), "").partition("|")
    if not whole:
        return ""
    told = of_item.format(item) if item and of_item else whole
    rest = ", ".join(_details(language, said, item))
    return f"{told} ({rest})" if rest else told


def _details(language: str, said: Slots, item: str) -> Iterable[str]:
    for kind in _TOLD:
        values = {value for of_kind, value in said if of_kind is kind}
        if kind is Kind.NUMBER:
            yield from sorted(values - {item}, key=float, reverse=True)
        elif kind is Kind.SIZE:
            yield from sorted(value.upper() for value in values)
        else:
            yield from (_word(language, value) for value in sorted(values))


def _word(language: str, value: str) -> str:
    words = _WORDS.get(value, "").split("|")
    if language in _ORDER and len(words) == len(_ORDER):
        return words[_ORDER.index(language)]
    # A town is read in any language, the more so on a screen that has its room.
    return value.replace("-", " ") if value in _WORDS else value.replace("-", " ").title()
