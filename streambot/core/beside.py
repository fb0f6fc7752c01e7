"""What a question says it is about, by its plain words, where the model's intent alone is too wide.

A shipping question may ask which courier brings it, a stock question when there will be more: no column of a catalog
holds that, and an answer from another column is a wrong one. In English, Chinese, Thai, Vietnamese and Indonesian.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from streambot.core.asking import is_asking
from streambot.core.fact_words import words
from streambot.core.labels import Intent

_ELSEWHERE: Final[Mapping[Intent, re.Pattern[str]]] = {
    # That something is dear is an opinion; which basket and how much for two are other numbers.
    Intent.PRICE: words(
        "etalase berapa|keranjang berapa|nomor berapa|kalo ambil|kalau ambil|expensive|overpriced|pricey|贵|แพง|đắt"
        "|mắc quá|mahal|kemahalan|mahal banget"
    ),
    Intent.STOCK: words(
        "when|will you get more|how soon|什么时候|何时|几时|还会上|会上吗|断码|เมื่อไหร่|เมื่อไร|มาอีกไหม|จะมาอีก"
        "|khi nào|bao giờ|chừng nào|khi nao|bao gio|kapan|go out|gone out|batch"
    ),
    Intent.SHIPPING: words(
        "courier|carrier|gui ben nao|ben nao|gui tu|ship tu|"
        "ship from|shipped from|sent from|local stock|warehouse|pre-order|preorder|tracking|customs"
        "|什么快递|哪家快递|哪个快递|快递公司|从哪|哪里发|哪儿发|哪发|发货地|预售|ขนส่งอะไร|ขนส่งไหน|ขนส่งเจ้าไหน|ส่งจาก"
        "|พรีออเดอร์|gửi bên nào|bên nào|bên vận chuyển|đơn vị vận chuyển|gửi từ|ship từ|hàng order|ekspedisi|kurir"
        "|kirim dari|dikirim dari|dari mana|instan|po|pre order"
    ),
    Intent.PRODUCT: words(
        "fade|fades|bleed|bleeds|true to colour|true to color|掉色|褪色|染色|色差|สีตก|สีซีด|ra màu|ra mau|phai màu|phai"
        "|bay màu|luntur|bao nhiêu|nhiêu"
    ),
    Intent.AUTHENTICITY: words(
        "button|buttons|zip|zipper|扣子|纽扣|拉链|กระดุม|ซิป|nút|cúc|khóa kéo|kancing|kancingnya|resleting"
    ),
    Intent.RETURNS: words(
        "warranty|guarantee|takes forever|too long|lâu quá|lau qua|太慢|ช้า|lama banget|cancel|ordered twice|保修"
        "|质保|拍重|拍错|取消|ประกัน|ยกเลิก|สั่งซ้ำ|bảo hành|hủy|huỷ|đặt trùng"
        "|garansi|batal|batalin|dobel"
    ),
    # Nor who has paid, how to.
    Intent.PAYMENT: words(
        "failed|fails|error|declined|stuck|失败|转圈|付不了|ไม่ผ่าน|จ่ายไม่ได้|lỗi|gagal|loading"
        "|paid|just paid|款了|付了|已付|付好|付完|จ่ายแล้ว|โอนแล้ว|ชำระแล้ว|thanh toán rồi|đã thanh toán|chuyển khoản rồi"
        "|đã chuyển khoản|trả tiền rồi|udah bayar|sudah bayar|dah bayar|udah tf|sudah transfer|udah transfer"
    ),
    # Who has put it in the basket needs not be told how.
    Intent.HOW_TO_BUY: words(
        "already|ordered|paid|bought|done|加购|下单了|拍了|已拍|付了|แล้ว|rồi|đã|udah|sudah|udh|masuk keranjang"
        "|拉链|zip|button|buttons"
    ),
    # Neither a compliment in the negative nor a dull show is about an order.
    Intent.COMPLAINT: words(
        "pernah kecewa|langganan|never disappointed|boring|没失望|不失望|无聊|ไม่เคยผิดหวัง|น่าเบื่อ"
        "|chưa bao giờ thất vọng|chán òm|chán quá"
        "|gak pernah kecewa|ga pernah kecewa|nggak pernah kecewa|tidak pernah kecewa|membosankan|bosan"
    ),
}
"""By intent, words of what its columns do not hold."""

_COUPON: Final = words(
    "voucher|vouchers|vouchernya|coupon|coupons|code|券|优惠码|โค้ด|คูปอง|โค๊ด|mã giảm|mã giảm giá|mã|ma giam|kode|kupon"
)
_USED: Final = words(
    "how|use|work|works|not working|why|怎么|如何|能用|不能用|ยังไง|ใช้ไม่ได้|ทำไม|sao|áp|xài|dùng|gimana|pakai|pake"
    "|dipakai"
    "|dipake|kenapa|gak bisa|apa"
)
"""How a coupon is come by, and why it does not work, is not in the offer."""

_BODY: Final = words(
    "waist|shoulder|shoulders|sleeve|sleeves|how long|how wide|length|inseam|measurements|elastic|lined|lining"
    "|stretch|stretchy|pocket|pockets|host wearing|you wearing|she wearing|he wearing|model wearing"
    "|腰围|胸围|臀围|肩宽|衣长|袖长|裤长|裙长|多长|多宽|太长|太短|主播穿|你穿的|身上穿|松紧|弹力|弹性|内衬|口袋"
    "|เอว|ไหล่|ยาว|กี่นิ้ว|แขน|พี่ใส่ไซ|แม่ค้าใส่|อยู่คะ|ยืด|ซับใน|กระเป๋า"
    "|dang mac|tới đâu|toi dau|vòng eo|vong eo|vòng ngực|vòng mông|vai|dài|rộng bao nhiêu|tới đâu|đang mặc"
    "|co giãn|co gian|thun|lót|túi"
    "|lingkar|panjang|panjangnya|lebar|bahu|ld|sebetis|kakaknya pake|kakak pake|kakak pakai|karet|melar|furing|busui"
)
"""What a list of sizes does not say: the garment's own measures, its make, and what the host has on."""
_SIZED: Final = words(
    "size|sizes|sizing|sized|fit|fits|fitting|wear|run small|runs small|run large|small|big|large|plus size|chart"
    "|between|true to size|码|尺寸|穿|偏大|偏小|大小|小个子|ไซ|ใส่|ทรง|อ้วน|ขนาด|เบอร์|cỡ|mặc|form|vừa|bầu|bigsize"
    "|rộng|chật"
    "|ukuran|ukurannya|pake|pakai|muat|kecil|besar|jumbo|sesek|size chart|tb|bb|kg|cm|นิ้ว|สูง|หนัก"
)
"""Without any of these nobody asks for sizes."""

_SIZE_WORD: Final = words(
    "size|sizes|码|ไซซ์|ไซส์|ไซ้|cỡ|ukuran|ukurannya|jumbo|bigsize|big size|plus size|free size|freesize|ฟรีไซ"
    "|all size|均码"
)
_HUED: Final = words(
    "color|colors|colour|colours|rust|sage|khaki|ivory|tan|camel|burgundy|maroon|teal|mint|olive|lilac|lavender|coral"
    "|mustard|turquoise|charcoal|nude|navy|颜色|色的|藏青|豆绿|砖红|卡其|驼色|酒红|墨绿|香槟|色|สี|màu|warna|warnanya"
    "|xanh than|xanh rêu|đỏ gạch|terracotta|mocca|mocha|milo|army|krem|dusty"
)
"""Words by which a stock question is about a size or a colour, whether the shop has it or not."""

_WHICH_COLOURS: Final = words(
    "what colours|what colors|what other colours|what other colors|which colours|which colors|other colours"
    "|other colors|any other colour|any other color|what colour|what color|什么颜色|哪些颜色|哪几个颜色|几个颜色"
    "|几种颜色"
    "|别的颜色|其他颜色|其它颜色|啥颜色|สีอะไรบ้าง|มีสีอะไร|มีกี่สี|สีไหนบ้าง|สีอื่น|màu nào|màu gì|mấy màu|mau nao|mau gi"
    "|warna apa|warna lain|warnanya apa|pilihan warna|warna apa aja"
)
_LIKED: Final = words("favourite|favorite|like most|最喜欢|ชอบ|thích|suka|fav|wear|sai|salah|wrong|ผิด|错")
_CATALOG: Final = frozenset(
    {
        Intent.PRICE,
        Intent.STOCK,
        Intent.PRODUCT,
        Intent.RETURNS,
        Intent.SIZE_FIT,
        Intent.PROMO,
        Intent.AUTHENTICITY,
        Intent.SHIPPING,
    }
)


_CHART: Final = words(
    "size chart|size guide|sizing chart|尺码表|ตารางไซซ์|ตารางไซส์|bảng size|bang size|tabel ukuran|size chartnya"
)
_HOW_MUCH: Final = re.compile(
    r"(?:mấy k|bao nhiêu|bao nhieu|bn|nhiêu|nhiêu tiền|bao nhiêu tiền|giá)"
    r"(?: (?:vậy|v|z|thế|shop|ạ|em|chị|ơi|nhỉ))*[ ?]*"
)
"""Nothing but how much: in Vietnamese that is asked of the price."""


def says(text: str) -> Intent | None:
    """What the words of a canonical question ask beyond doubt, None if that takes a model."""
    if _HOW_MUCH.fullmatch(text):
        return Intent.PRICE
    if _CHART.search(text):
        return Intent.SIZE_FIT
    if _WHICH_COLOURS.search(text) and not _LIKED.search(text):
        return Intent.PRODUCT
    return None


def is_elsewhere(intent: Intent, text: str) -> bool:
    """Whether a canonical question is about something that an answer to this intent does not hold."""
    found = _ELSEWHERE.get(intent)
    if found is not None and found.search(text):
        return True
    return intent is Intent.PROMO and bool(_COUPON.search(text) and _USED.search(text))


def asks_for_sizes(text: str) -> bool:
    """Whether a canonical size question without measures is answered by the list of sizes."""
    if _CHART.search(text):
        return True
    return is_asking(text) and _SIZED.search(text) is not None and _BODY.search(text) is None


def names_a_part(text: str) -> bool:
    """Whether a canonical stock question is about one size or colour."""
    return _SIZE_WORD.search(text) is not None or _HUED.search(text) is not None


def plainly(text: str, intent: Intent) -> Intent:
    """What a canonical question asks: what its words say beyond doubt, whatever the model makes of it."""
    return (says(text) or intent) if intent in _CATALOG else intent
