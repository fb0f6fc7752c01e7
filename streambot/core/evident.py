"""Whether the words of a question agree with the intent that the model read: then an answer may go out by itself.

"How many days till your holiday" is read as shipping, "do you have kids" as stock. What the words do not bear out is
offered to a person. In English, Chinese, Thai, Vietnamese and Indonesian.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from streambot.core.answers import PRIVATE
from streambot.core.canonical import canonical
from streambot.core.fact_words import words
from streambot.core.labels import Intent
from streambot.core.plain_words import is_plain

LONGEST: Final = 120
"""Code points of a question; who writes more tells a story."""

_BORNE_OUT: Final[Mapping[Intent, re.Pattern[str]]] = {
    Intent.PRICE: words(
        "price|prices|priced|how much|cost|costs|hm|pricing|much|多少|价|钱|怎么卖|咋卖|几块|几米|เท่าไหร่|เท่าไร"
        "|เท่าไร่|ราคา"
        "|บาท|กี่"
        "|bao nhiêu|bao nhieu|nhiêu|nhieu|giá|gia|bn|bnh|tiền|tien|mấy k|may k|nghìn|berapa|berapaan|harga"
        "|harganya|hrg"
        "|brp|price|ribu|magkano"
    ),
    Intent.STOCK: words(
        "left|stock|available|availability|have|any|sold|gone|restock|in stock|still there|还有|有货|没货|库存"
        "|现货|还剩|剩|卖完"
        "|抢完|卖光|没了|断货|缺货|有码|码|有吗|มี|เหลือ|หมด|พร้อมส่ง|ของ|còn|con|hết|het|cháy hàng|sẵn|có|co|ada"
        "|ready|redi"
        "|habis|abis"
        "|sisa|stok|stock|stoknya|kosong|masih"
    ),
    Intent.SIZE_FIT: words(
        "size|sizes|sizing|fit|fits|wear|small|large|big|tall|cm|kg|lb|lbs|chart|码|尺|穿|公斤|斤|高|体重|偏大"
        "|偏小|个子|ไซ|ใส่"
        "|สูง|หนัก"
        "|กิโล|ทรง|อก|เอว|size|cỡ|mặc|mac|form|vừa|ký|cao|nặng|ngực|ukuran|muat|pake|pakai|bb|tb|jumbo|kecil"
        "|besar|ld|sesek"
    ),
    Intent.SHIPPING: words(
        "ship|ships|shipping|shipped|deliver|delivery|delivered|arrive|arrives|postage|get it|receive|fee|寄|发货"
        "|快递"
        "|运费|邮|发到|能发"
        "|几天到|多久到|到货|送|能到|发|几天能到|ส่ง|ถึง|ขนส่ง|ได้ของ|ship|freeship|giao|gửi|gui|phí|vận chuyển|tới"
        "|nhận|kirim"
        "|dikirim"
        "|ongkir|ongkirnya|sampe|sampai|antar|pengiriman|nyampe"
    ),
    Intent.RETURNS: words(
        "return|returns|refund|refunds|exchange|send back|send it back|swap|doesn't fit|退|换|无理由|คืน|เปลี่ยน|đổi"
        "|doi|trả|hoàn"
        "|retur|diretur|return|tukar|tuker|refund|balikin|kembalikan"
    ),
    Intent.PROMO: words(
        "discount|discounts|voucher|vouchers|coupon|coupons|promo|promos|promotion|deal|deals|offer|offers|sale"
        "|code|gift|bundle|cheaper"
        "|优惠|券|活动|满减|打折|折扣|几折|秒杀|赠|便宜|ลด|โปร|โค้ด|คูปอง|แถม|เซล|giảm|giam|sale|voucher|mã|khuyến"
        "|quà|bớt|ưu đãi"
        "|diskon|promonya|potongan|bonus|flash|kupon|vouchernya"
    ),
    Intent.PRODUCT: words(
        "colour|colours|color|colors|material|fabric|made of|cotton|linen|see through|see-through|wash|washable"
        "|thick|thin|what is it made"
        "|颜色|面料|材质|料|棉|麻|透|洗|厚|薄|成分|สี|ผ้า|วัสดุ|เนื้อ|ซัก|บาง|หนา|màu|mau|chất|chat|vải|vai|giặt|giat"
        "|dày|mỏng|mong"
        "|warna|warnanya|bahan|bahannya|kain|nerawang|menerawang|tebal|tebel|tipis|cuci"
    ),
    Intent.AUTHENTICITY: words(
        "real|fake|authentic|authenticity|genuine|original|legit|official|certificate|scam|replica|brand|正品|真|假"
        "|高仿|保真|官方|吊牌"
        "|质检|แท้|ปลอม|ก๊อป|โกง|ทางการ|ป้าย|ใบเสร็จ|thật|that|fake|auth|chính hãng|chinh hang|giả|tem|uy tín|lừa"
        "|hóa đơn|đũi"
        "|ori|asli|aslinya|kw|palsu|tiruan|resmi|real|ketipu|label"
    ),
    Intent.PAYMENT: words(
        "pay|payment|card|cards|cod|cash|instalment|installments|wallet|wallets|transfer|付|支付|信用卡|分期|花呗"
        "|货到|จ่าย"
        "|โอน|บัตรเครดิต"
        "|ปลายทาง|ผ่อน|ชำระ|พร้อมเพย์|เก็บเงิน|thanh toán|thanh toan|trả tiền|tra tien|cod|chuyển khoản"
        "|chuyen khoan|trả góp|quẹt|momo"
        "|bayar|bayarnya|paylater|cicil|kredit|gopay|ovo|tf|pembayaran"
    ),
    Intent.HOW_TO_BUY: words(
        "order|buy|link|click|basket|cart|checkout|purchase|add|bag|拍|买|链接|下单|购物车|小黄车|怎么选|สั่ง|ซื้อ|กด"
        "|ลิงก์|ลิ้ง"
        "|ลิงค์|ตะกร้า"
        "|พิกัด|mua|đặt|dat|link|bấm|bam|giỏ|chọn|order|ordernya|pesen|pesan|beli|keranjang|linknya|klik|checkout"
        "|etalase|pilih|co"
    ),
    Intent.ORDER_STATUS: words(
        "order|orders|ordered|parcel|package|tracking|shipped|ship|sent|delivered|batch|订单|快递|发货|物流|单号"
        "|收到|发了|到了|拍的|预售"
        "|พัสดุ|ออเดอร์|สั่ง|ส่ง|ของ|เลข|đơn|hàng|gửi|giao|đặt|mã vận|pesanan|pesananku|paket|paketku|resi"
        "|dikirim|kirim|order|nyampe|pesen"
    ),
    Intent.COMPLAINT: words(
        "still not|not here|not arrived|haven't received|never arrived|late|broken|broke|defect|defective|wrong"
        "|missing|torn|stain|refund"
        "|loose|shrank|delayed|damaged|instead of|quality|disappointed|nobody answers|different from|not happy"
        "|没收到|还没到|还没发|坏|破"
        "|发错|少发|退款|不发货|没人回|色差|起球|掉色|质量|失望|线头|ยังไม่ได้|ไม่ได้ของ|ไม่ถึง|ช้า|พัง|ขาด|ผิด|ตำหนิ"
        "|ไม่ตรงปก|เสีย"
        "|คืนเงิน|ไม่ตอบ"
        "|ผิดหวัง|chưa nhận|chưa tới|chưa thấy|lâu|hư|rách|lỗi|sai|thiếu|trễ|không trả lời|hoàn tiền|thất vọng"
        "|kém|belum sampai|belum nyampe"
        "|belum datang|lama|rusak|robek|salah|cacat|kurang|refund|gak dibales|telat|kecewa|beda"
    ),
}
"""By intent, words of which its questions have one."""

_ANOTHER: Final = words(
    # People and beasts.
    "your boyfriend|your girlfriend|your husband|your wife|your sister|your brother|my ex|your ex|have kids"
    "|have children|a boyfriend"
    "|a girlfriend|your mom|your kid|your baby|cat|dog|grandma|your boss|the host"
    "|new host|have a pet"
    "|男朋友|女朋友|老公|老婆|孩子了|有孩子|前任|你妈|阿姨身体|猫|狗|主播呢|老板在|แฟน|มีลูก|แมว|หมา|สามี|ภรรยา|แม่ค้าสวย"
    "|người yêu|bồ|có con|chồng|vợ|con mèo|con chó|sếp|pacar|mantan|suami|istri|punya anak|kucing|anjing|kucingnya"
    # Hair, nails, ink.
    "|nails|your hair|your tattoo|piercing|piercings|美甲|纹身|头发|เล็บ|รอยสัก|ผมจริง|móng|làm móng|xăm|tóc|kuku|tato"
    "|rambutnya"
    # Where one lives, works and goes.
    "|rent|salary|earn|hiring|commute|traffic|airport|train|bus|petrol|gas|your car|old car|trip|holiday|holidays"
    "|vacation|weekend|concert"
    "|ticket|tickets|match|movie|wedding|flight|房租|工资|油价|上班|下班|堵车|公交|机场|火车|回家|放假|演唱会"
    "|门票|电影|婚礼|旅游|修车|车修"
    "|ค่าเช่า|เงินเดือน|น้ำมันขึ้น|รถติด|รถเมล์|สนามบิน|รถซ่อม|กลับบ้าน|คอนเสิร์ต|บัตรคอน|งานแต่ง|หยุดยาว|วันหยุด"
    "|เลิกงาน"
    "|tiền nhà|lương|xăng|kẹt xe|xe buýt|sân bay|sửa xe|xe sửa|về quê|concert|vé|đám cưới|nghỉ lễ|đi làm|tan ca"
    "|kosan|sewa|gaji|digaji|bensin|macet|bandara|mobilnya|mudik|konser|tiket|nikahan|liburan|ke kantor"
    "|pulang kerja|lowongan|jadi host"
    # What is for nobody to sell.
    "|love|happiness|life|soul|爱情|快乐|幸福|人生|ความสุข|ความรัก|hạnh phúc|tình yêu|cuộc đời|bahagia|cinta|hidup"
    # The show itself.
    "|nickname|badge|followers|your mic|your camera|filter|wifi|the score|the team|plant|tree|昵称|粉丝团|徽章"
    "|麦克风|滤镜"
    "|几比几|那棵树"
    "|หนาว|ชื่อในแอป|คนติดตาม|ฟิลเตอร์|ไมค์|พัดลม|ต้นไม้|nick|follow|huy hiệu|mic|filter|cây|tanaman|follower"
    "|followernya|ganti nama|lagunya"
)
"""Things that people talk of beside what is sold."""

_REALLY: Final = words(
    "really|seriously|for real|真的假的|真的吗|真的呀|真假的|จริงดิ|จริงเหรอ|จริงหรอ|จริงอะ|thiệt hả|thật hả|thiệt luôn"
    "|thật luôn|nói thiệt|nói thật"
    "|serius|beneran|masa sih"
)
_SHORT: Final = 14


def bears_out(intent: Intent, text: str) -> bool:
    """Whether a canonical text has a word of those that comments of this intent have."""
    found = _BORNE_OUT.get(intent)
    return found is not None and found.search(text) is not None


def is_evident(intent: Intent, text: str, sold: str = "") -> bool:
    """Whether the words of a comment ask what its intent says; ``sold`` are the names of what is sold.

    A shop may sell cat beds: what stands in a name is no other thing.
    """
    if len(text) > LONGEST or text.lstrip().startswith("@"):
        # A story, or said to another viewer.
        return False
    text, names = canonical(text), canonical(sold)
    if not bears_out(intent, text):
        return False
    if intent is Intent.AUTHENTICITY and len(text) <= _SHORT and _REALLY.search(text):
        return False
    if intent not in PRIVATE and not is_plain(text, names):
        return False
    return all(other[0] in names for other in _ANOTHER.finditer(text))
