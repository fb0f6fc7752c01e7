"""The words in which viewers ask the shop: a question made of them alone is about what is on air.

"How much is it" and "how much for the second one" are; "how much is gold today" says a thing that the shop has not
named. Not the words of goods or people: those come from the catalog. English, Vietnamese (without marks, as it
is typed
in a hurry) and Indonesian; Thai by its strings and Chinese by its characters, which are written without spaces.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from streambot.core.canonical import canonical
from streambot.core.slot_words import ASKED, COLOURS, DAYS, PLACES, SIZES, STOCK, WHEN

_EN: Final = """
a an the this that these those it its is are was be been i im me my mine you your u ur we our us do does did done can
could will would should may have has had got get getting take takes taking go going gonna come comes came make
made need
needs want wants tell say said see show please pls plz thanks thank thx ty hi hello hey sis admin shop seller how what
whats when where wheres which who much many long soon more any some all both each one ones two three four five first
last next only just still again already now today tonight tomorrow here there yet left over under up out in on
at to of
for from with without by as or and if but so not no yes dont doesnt cant wont isnt don doesn won isn s t m ll re ve
price prices pricing cost costs total dollars dollar bucks usd hm amount pay paying paid payment pays size sizes
sizing
fit fits fitting small medium large big bigger smaller tall wear true run runs chart between plus cm kg lb lbs height
weight ft inch inches stock available availability sold gone restock piece pieces pcs ship ships shipping shipped
deliver delivers delivery arrive arrives postage fee fees free days day weeks week express standard charge
charges return
returns returned refund refunds exchange send sent back money discount discounts voucher vouchers coupon coupons code
codes promo promos promotion promotions deal deals offer offers sale flash bundle gift off percent colour
colours color
colors material fabric machine wash washable cotton linen see through thick thin real fake authentic genuine original
legit official certificate replica brand scam card cards cod cash installment installments instalments wallet wallets
transfer accept use order orders ordering buy buying purchase link click basket cart checkout add bag tap yellow
number
item product items sorry missed different other another same like look ok okay lol haha xx btw then also too
know choose
pick option app match works work matching tag receipt gets anything about something options s m l xl xs xxl
"""
_VI: Final = """
cho chị em anh mình bạn shop ad admin e a c mn ơi ạ nha nhé nè vậy v ha hả hở không ko k hok hong hông chưa rồi
r còn có
được đc dc cái mẫu mã món sản phẩm sp hàng này kia đó giá bao nhiêu nhiu bn bnh tiền mấy nghìn ngàn hỏi xin xem
coi nói
lại hồi nãy lúc nghe kịp là ra sao thế nào gì đâu màu chất liệu vải dày mỏng giặt máy size sz cỡ form rộng chật ôm vừa
mặc cao nặng ký kg cm cân bảng lấy chọn tư vấn hợp hết sẵn kho ship phí freeship miễn giao gửi tới đến về ngày
lâu nhận
tỉnh toàn quốc vận chuyển đổi trả hoàn lỗi trong giảm sale voucher khuyến mãi ưu đãi quà tặng bớt mua combo flash deal
thật giả fake real auth chính hãng tem mác uy tín thanh toán cod khoản thẻ góp momo đặt link bấm nút giỏ chốt đơn cách
làm lần đầu ở trên với và hay thì mà để của một hai ba chiếc bộ hôm nay bây giờ live vô vào đây thêm nữa khác
loại nhỉ ta
à dạ cảm giúp dùm giùm đi luôn tất cả tổng cộng quét tiền sách hộp nhiều ít nữa cần muốn bên cũng chỉ chỗ số
hàng hết vu
xuyên thấu đổi nhanh pha bị sợ lừa đầy đủ cháy hồi sau khi đang lên xài được bầu sđt hồi nhận thanh
"""
_ID: Final = """
kak kakak kk kaka min admin sis gan shop toko ya yah dong donk deh sih nih kah nya ini itu yang yg di ke dari dr
sama dan
atau apa apakah berapa brp berapaan harga harganya hrg price spill ada adakah masih ready redi stok stock stoknya sisa
tinggal habis abis kosong ukuran ukurannya size muat pake pakai cocok besar kecil gede jumbo tinggi badan berat
bb tb cm kg
kilo buat untuk utk warna warnanya bahan bahannya katun kain tebal tebel tipis nerawang menerawang cuci mesin
bisa boleh
gak ga nggak gk tidak tdk g enggak kalo kalau klo gimana gmn bagaimana cara caranya order ordernya pesan pesen beli
belinya belanja link klik keranjang etalase nomor no nomer kuning checkout co bayar bayarnya cod transfer tf paylater
kartu cicil ongkir ongkirnya gratis kirim dikirim pengiriman sampai sampe nyampe hari lama retur return tukar tuker
balikin refund diskon promo promonya voucher vouchernya potongan bonus hadiah flash sale dapat dapet ori original asli
aslinya kw palsu real resmi label sekarang skrg tadi lagi ulang ketinggalan tau mau pengen minta tanya nanya
saya aku dulu
baru pertama kali satu dua tiga semua total jadi per pcs aja saja lain juga lewat langsung belum blm udah sudah kapan
mana dimana kasih tolong bantu info masuk chart ld biasa ambil kalo ama sm pas gratisnya berlaku ribu rb an
nyampai yaa
linennya tiruan ketipu beneran kan merek mereknya takut hrganya daftar pilihan aja apanya disini sini
"""
_TH: Final = (
    "ราคา|เท่าไหร่|เท่าไร|เท่าไร่|กี่|บาท|ค่ะ|คะ|ค่า|ครับ|คับ|จ้า|จ้ะ|จ๊ะ|นะ|น้า|น่ะ|หน่อย|ขอ|ตัว|นี้|อัน|เบอร์"
    "|ชิ้น|ไหน|ไหม|มั้ย|มั๊ย|ปะ|ป่าว|รึ"
    "|หรือ|เหรอ|ยัง|เปล่า|แล้ว|มี|ของ|เหลือ|หมด|พร้อม|ส่ง|สต็อก|สต๊อก|ไซซ์|ไซส์|ไซ้|ไซ|ใส่|ได้|สูง|หนัก|กิโล|ซม"
    "|อก|เอว|ตาราง|แนะนำ|ขนาด|ค่าส่ง"
    "|ฟรี|วัน|ถึง|จัด|ต่าง|จังหวัด|คืน|เปลี่ยน|สินค้า|ลด|โปร|โค้ด|คูปอง|แถม|เซล|แฟลช|ซื้อ|อะไร|บ้าง|สี|ผ้า|วัสดุ"
    "|เนื้อ|ซัก|เครื่อง|บาง|หนา|แท้|ปลอม"
    "|ก๊อป|ร้าน|ทางการ|จริง|จ่าย|ปลายทาง|โอน|บัตร|เครดิต|ผ่อน|ชำระ|เงิน|เก็บ|ยังไง|ยังงัย|อย่างไร|สั่ง|กด|ตรง"
    "|ลิงก์|ลิ้ง|ลิงค์|ตะกร้า|พิกัด|เลือก|อยู่|ที่"
    "|ไป|มา|ให้|ก็|กับ|และ|แบบ|รุ่น|ถ้า|เอา|อยาก|จะ|ต้อง|ทำ|เมื่อกี้|ฟัง|ทัน|รอบ|อีก|ครั้ง|แรก|พี่|แม่ค้า|แอด|ดู"
    "|ใหม่|ปกติ|สนใจ|ใช่|เป็น|ใน|จาก|ใช้|ตอน"
    "|นาน|แค่|เดียว|ทั้ง|รวม|ถาม|คน|เท่า|ไร|ทาง|แต่|ไม่|อ่ะ|อะ|เลย|นี่|นั้น|หา|บอก|แจ้ง|โปรโมชั่น|ส่วนลด|ป้าย"
    "|แท็ก|ใบเสร็จ|กลัว|โดน|โกง|เชื่อ|ง่าย|ตำหนิ|ผิด"
    "|ไง|วิธี|สอบถาม|ลูกค้า|เธอ|ๆ|อื่น|เพิ่ม|คู่|โล|จ้า|งับ|ฮะ|จัง|หน่อยย|ปล|พร้อมเพย์|ออก|ใคร"
)
_ZH: Final = (
    "我你您的这那个件款号链接多少钱价格什么怎么样卖几元块米到手一两二三四五六七八九十有没吗呢啊呀嘛吧了么还再货现库存剩完断缺码大小尺寸穿身高体重斤公偏选拍买下单购"
    "物车黄点哪里在发快递运费包邮天久送寄能可以会不退换理由优惠券活动满减打折赠便宜秒杀今本场颜色面料材质厚薄透洗机棉麻是真假正品保官方店吊牌检仿付款支信用卡分期"
    "花呗操作第次刚才听清说遍请问主播宝亲客服帮看介绍想要和跟都就也给出来去时间概左右收为啥最低只套双条张持领表均推荐适合够报底把拉齐全开得打进样长短宽紧"
    "搞怎哦哈喽呐咯～嗯呗亚起上口播做算咨询答回复里边平常特价着贵购入无理由另外别其它他加又带规格"
)


def folded(word: str) -> str:
    """A Latin word without its marks: most Vietnamese is typed without some of them."""
    bare = "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))
    return bare.replace("đ", "d")


_SLOTS: Final = " ".join(
    words.replace("|", " ")
    for table in (ASKED, COLOURS, DAYS, PLACES, SIZES, STOCK, WHEN)
    for value, words in table.items()
    if value
)
_LATIN: Final = re.compile(r"[a-z\u00c0-\u024f\u1e00-\u1eff]+")
_THAI: Final = re.compile("[\u0e01-\u0e2e\u0e40-\u0e46]")
_HAN: Final = re.compile("[\u3400-\u9fff]")
_WRITTEN: Final = [canonical(word) for words in (_EN, _VI, _ID, _SLOTS) for word in words.split()]
_KNOWN: Final = frozenset(folded(part) for word in _WRITTEN for part in _LATIN.findall(word))
_THAI_WORDS: Final = sorted(
    {canonical(word) for word in _TH.split("|")} | {word for word in _WRITTEN if _THAI.search(word)},
    key=len,
    reverse=True,
)
_HAN_KNOWN: Final = frozenset(canonical(_ZH)) | {char for word in _WRITTEN for char in _HAN.findall(word)}
_DRAWN_OUT: Final = re.compile(r"(.)\1+")
_LONG: Final = 5
"""Letters of a word that is still itself with one of them wrong."""
_REST: Final = 1
"""Thai letters that may be left over: a word that is drawn out, or cut short."""


def _without_one(word: str) -> set[str]:
    return {word[:at] + word[at + 1 :] for at in range(len(word))}


_NEARLY: Final = frozenset(short for word in _KNOWN if len(word) >= _LONG for short in _without_one(word))


def is_plain(text: str, named: str = "") -> bool:
    """Whether a canonical question has no other words than these and those of ``named`` (what is sold, canonical)."""
    words = set(map(folded, _LATIN.findall(text)))
    unknown = words - _KNOWN - set(map(folded, _LATIN.findall(named)))
    if any(not _is_typo(word) for word in unknown):
        return False
    if any(char not in _HAN_KNOWN and char not in named for char in _HAN.findall(text)):
        return False
    if not _THAI.search(text):
        return True
    for word in (*sorted(named.split(), key=len, reverse=True), *_THAI_WORDS):
        if _THAI.search(word):
            text = text.replace(word, " ")
    return len(_THAI.findall(text)) <= _REST


def _is_typo(word: str) -> bool:
    """Whether a word is a known one with a letter wrong, missing, doubled or out of place, or one that is laughed."""
    if _DRAWN_OUT.sub(r"\1", word) in _KNOWN:
        return True
    if re.fullmatch(r"(?:ha|he|hi|wk|5)+h?|(.)\1+", word):
        return True
    if len(word) < _LONG:
        return False
    shorter = _without_one(word)
    return word in _NEARLY or bool(shorter & _KNOWN) or bool(shorter & _NEARLY)
