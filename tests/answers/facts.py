"""What a catalog could know of one item, as it is said in each language."""

from __future__ import annotations

from typing import Final

PRICES: Final = {"us": "$24.90", "th": "฿199", "vn": "189.000đ", "id": "Rp129.000", "cn": "¥99"}

_SAID: Final = {
    "en": {
        "user": "Mint",
        "item": "the linen shirt",
        "sizes": "S, M, L and XL",
        "colours": "beige, navy and white",
        "material": "linen with cotton, not see-through",
        "ship_cost": "free",
        "promo": "Take two and the second is 10% off.",
        "gift": "a cotton tote bag",
        "returns": "Unworn and with its tag it can be sent back.",
        "authenticity": "Our own label, sewn by our workshop.",
        "place": "Boston",
        "free_over": "$60",
    },
    "zh": {
        "user": "小米",
        "item": "亚麻衬衫",
        "sizes": "S、M、L、XL",
        "colours": "米色、藏青、白色",
        "material": "亚麻棉混纺，不透",
        "ship_cost": "0元",
        "promo": "本场直播买两件，第二件九折。",
        "gift": "棉布袋一个",
        "returns": "未穿着、吊牌完好可退。",
        "authenticity": "自家品牌，自家工坊缝制。",
        "place": "上海",
        "free_over": "99元",
    },
    "th": {
        "user": "มิ้นท์",
        "item": "เสื้อเชิ้ตลินิน",
        "sizes": "S M L XL",
        "colours": "เบจ กรม ขาว",
        "material": "ผ้าลินินผสมคอตตอน ไม่บาง",
        "ship_cost": "ฟรี",
        "promo": "ซื้อสองชิ้น ชิ้นที่สองลด 10%",
        "gift": "ถุงผ้า 1 ใบ",
        "returns": "ยังไม่ใส่และป้ายอยู่ครบคืนได้",
        "authenticity": "แบรนด์ของร้านเอง ตัดเย็บที่โรงงานของเรา",
        "place": "กรุงเทพ",
        "free_over": "฿990",
    },
    "vi": {
        "user": "Mint",
        "item": "áo sơ mi linen",
        "sizes": "S, M, L, XL",
        "colours": "be, xanh navy, trắng",
        "material": "đũi pha cotton, không xuyên thấu",
        "ship_cost": "miễn phí",
        "promo": "Mua hai món, món thứ hai giảm 10%.",
        "gift": "một túi vải",
        "returns": "Chưa mặc, còn tem mác thì đổi trả được.",
        "authenticity": "Hàng nhãn riêng của shop, xưởng nhà may.",
        "place": "Hà Nội",
        "free_over": "499.000đ",
    },
    "id": {
        "user": "Mint",
        "item": "kemeja linen",
        "sizes": "S, M, L, XL",
        "colours": "krem, navy, putih",
        "material": "linen campur katun, tidak menerawang",
        "ship_cost": "gratis",
        "promo": "Ambil dua, yang kedua diskon 10%.",
        "gift": "satu tas kain",
        "returns": "Belum dipakai dan label masih ada bisa dikembalikan.",
        "authenticity": "Merek kami sendiri, dijahit di konveksi kami.",
        "place": "Jakarta",
        "free_over": "Rp250.000",
    },
}


def facts(site: str, language: str) -> dict[str, str]:
    """A value for every variable there is."""
    numbers = {"number": "3", "stock": "12", "size_for": "M", "ship_days": "2-3", "ends": "21:30", "return_days": "7"}
    return {**_SAID[language], **numbers, "part": "M", "left": "4", "price": PRICES[site]}
