"""The words by which a comment names a colour, a size, a place or a day, in English, zh, th, vi and id.

Values of one kind → its words, parted by "|". Under "" stands what only looks like one of them; the longest counts.
Words that mean too much alone ("item" is black in Indonesian slang) stand with what makes them plain.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

COLOURS: Final[Mapping[str, str]] = {
    "black": "black|黑|สีดำ|ตัวดำ|đen|mau den|em den|con den|hitam|warna item|yg item|yang item",
    "white": "white|白色|白的|白款|ขาว|trắng|mau trang|con trang|putih|putihnya",
    "red": "red|红|红色|大红|แดง|đỏ|mau do|merah|merahnya",
    "pink": "pink|粉色|粉的|粉红|ชมพู|hồng|mau hong|merah muda|rosa",
    "blue": "blue|navy|蓝|สีน้ำเงิน|สีฟ้า|ตัวฟ้า|xanh dương|xanh biển|xanh duong|xanh bien|biru|birunya",
    "green": "green|绿|เขียว|xanh lá|xanh rêu|xanh la|xanh reu|hijau|ijo",
    "yellow": "yellow|黄色|黄的|สีเหลือง|màu vàng|mau vang|kuning",
    "beige": "beige|cream color|cream colour|米色|杏色|米白|สีเบจ|สีครีม|ครีมๆ|màu be|màu kem|mau be|mau kem|krem",
    "brown": "brown|棕色|棕的|咖色|咖啡色|สีน้ำตาล|màu nâu|nâu|mau nau|warna coklat|cokelat",
    "grey": "grey|gray|灰|สีเทา|xám|mau xam|màu ghi|abu abu|abu-abu|abu2",
    "purple": "purple|紫|สีม่วง|ม่วง|tím|mau tim|ungu",
    "orange": "orange color|orange colour|橙色|橘色|สีส้ม|màu cam|mau cam|oranye|oren|warna orange",
    "gold": "gold color|gold colour|金色|สีทอง|màu gold|warna gold|warna emas",
    "silver": "silver color|silver colour|银色|สีเงิน|màu bạc|mau bac|warna silver|warna perak",
    "": "black friday|white cast|white list|red envelope|blue tick|green tea|网红|红包|口红|红枣|红糖|黑五"
    "|黑头|黑眼圈|拉黑|黑科技|蓝牙|绿茶|泛白|发黑|灰多|白皮|黑皮|ไข่แดง|bawang merah|bawang putih"
    "|red packet|red packets|hoa hồng|hoa hong|lì xì đỏ|đậu đỏ|trà xanh|teh hijau|มะม่วง|แชมพู|ผิวขาว"
    "|หน้าขาว|tanggal merah|grey market|kulit putih|da trắng",
}

SIZES: Final[Mapping[str, str]] = {
    "xs": "xs|size xs",
    "s": "size s|sz s|s码|s号|小码|小号|ไซส์ s|ไซส์ เอส|เอส|ukuran s|saiz s|cỡ s|size small|small size"
    "|any small|small left|small still|small sold|small available",
    "m": "size m|sz m|m码|m号|中码|中号|ไซส์ m|ไซส์ เอ็ม|เอ็ม|ukuran m|saiz m|cỡ m|medium",
    "l": "size l|sz l|l码|l号|大号|ไซส์ l|ไซส์ แอล|แอล|ukuran l|saiz l|cỡ l|size large|large size"
    "|any large|large left|large still|large sold|large available",
    "xl": "xl|加大|加大号|加大码|เอ็กแอล|เอ็กซ์แอล|extra large|x large",
    "2xl": "2xl|xxl|双xl|สองเอ็กแอล|2 xl|xx large",
    "3xl": "3xl|3 xl",
    "4xl": "4xl|4 xl",
    "5xl": "5xl",
    # 大码 is mostly what large people wear, not the letter L.
    "plus": "大码",
    "": "แอลกอฮอล์|เอสเซน|เอสพีเอฟ|เอ็มวี|多大码|多大号|最小码|最大码",
}

PLACES: Final[Mapping[str, str]] = {
    "hanoi": "hanoi|ha noi|河内|ฮานอย|hà nội|hn",
    "saigon": "saigon|sai gon|ho chi minh|hcm|hcmc|tphcm|胡志明|西贡|โฮจิมินห์|ไซ่ง่อน|sài gòn|hồ chí minh|sg city",
    "danang": "danang|da nang|岘港|ดานัง|đà nẵng|đn",
    "haiphong": "haiphong|hai phong|海防|ไฮฟอง|hải phòng",
    "cantho": "cantho|can tho|芹苴|cần thơ",
    "hue": "huế|顺化",
    "bangkok": "bangkok|bkk|曼谷|กรุงเทพ|กทม",
    "chiang-mai": "chiang mai|chiangmai|清迈|เชียงใหม่|chiềng mai",
    "chiang-rai": "chiang rai|清莱|เชียงราย",
    "phuket": "phuket|普吉|ภูเก็ต",
    "pattaya": "pattaya|chonburi|芭提雅|พัทยา|ชลบุรี",
    "khon-kaen": "khon kaen|孔敬|ขอนแก่น",
    "korat": "korat|nakhon ratchasima|โคราช|นครราชสีมา",
    "hat-yai": "hat yai|songkhla|合艾|หาดใหญ่|สงขลา",
    "isan": "isan|isaan|udon|อีสาน|อุดร|อุบล",
    "jakarta": "jakarta|jkt|雅加达|จาการ์ตา",
    "surabaya": "surabaya|sby|泗水|สุราบายา",
    "bandung": "bandung|bdg|万隆|บันดุง",
    "medan": "medan|棉兰|เมดาน",
    "semarang": "semarang|三宝垄",
    "jogja": "jogja|yogyakarta|jogjakarta|日惹|ยอกยาการ์ตา",
    "makassar": "makassar|望加锡",
    "bali": "bali|denpasar|巴厘|บาหลี",
    "papua": "papua|jayapura|巴布亚|ปาปัว",
    "kalimantan": "kalimantan|pontianak|balikpapan|加里曼丹|กาลิมันตัน",
    "sulawesi": "sulawesi|manado|苏拉威西",
    "sumatra": "sumatra|sumatera|palembang|苏门答腊|สุมาตรา",
    "batam": "batam|巴淡",
    "singapore": "singapore|sgp|新加坡|坡县|สิงคโปร์|singapura|ship sing|sing bao|qua sing",
    "kuala-lumpur": "kuala lumpur|吉隆坡|กัวลาลัมเปอร์|to kl|ke kl|về kl|ve kl|sampai kl",
    "malaysia": "malaysia|sabah|sarawak|johor|penang|马来西亚|大马|มาเลเซีย|มาเล|mã lai|ma lai",
    "manila": "manila|马尼拉|มะนิลา",
    "cebu": "cebu|宿务|เซบู",
    "philippines": "philippines|pinas|菲律宾|ฟิลิปปินส์|filipina",
    "cambodia": "cambodia|phnom penh|柬埔寨|金边|กัมพูชา|เขมร|campuchia|kamboja",
    "laos": "laos|vientiane|老挝|万象|ประเทศลาว|สปป ลาว|เวียงจันทน์|nước lào|bên lào",
    "myanmar": "myanmar|burma|缅甸|พม่า|เมียนมา|miến điện",
    "beijing": "beijing|北京|帝都|ปักกิ่ง|เป่ยจิง|bắc kinh|bac kinh",
    "shanghai": "shanghai|上海|魔都|เซี่ยงไฮ้|thượng hải|thuong hai",
    "guangzhou": "guangzhou|广州|กวางโจว|quảng châu|quang chau",
    "shenzhen": "shenzhen|深圳|เซินเจิ้น|thâm quyến|tham quyen",
    "chengdu": "chengdu|成都|เฉิงตู|thành đô",
    "xinjiang": "xinjiang|新疆|ซินเจียง|tân cương|tan cuong",
    "tibet": "tibet|西藏|ทิเบต|tây tạng|tay tang",
    "inner-mongolia": "inner mongolia|内蒙|มองโกเลียใน|nội mông",
    "hainan": "hainan|海南|ไหหลำ|hải nam",
    "hong-kong": "hong kong|hongkong|香港|ฮ่องกง|hồng kông|hong kong",
    "taiwan": "taiwan|台湾|臺灣|ไต้หวัน|đài loan|dai loan",
    "japan": "japan|日本|ญี่ปุ่น|nhật bản|nhat ban|jepang",
    "korea": "korea|韩国|เกาหลี|hàn quốc|han quoc",
    "usa": "usa|to the us|united states|america|美国|อเมริกา|nước mỹ|sang mỹ|qua mỹ|amerika",
    "australia": "australia|澳洲|澳大利亚|ออสเตรเลีย|nước úc|sang úc",
    "uk": "united kingdom|england|london|英国|ประเทศอังกฤษ|nước anh",
    "europe": "europe|germany|france|欧洲|德国|法国|ยุโรป|châu âu|eropa",
    "abroad": "abroad|overseas|international|outside the country|国外|海外|境外|ต่างประเทศ|เมืองนอก"
    "|nước ngoài|nuoc ngoai|quốc tế|quoc te|nuoc khac|luar negeri|luar negri|luar negara|internasional"
    "|ibang bansa|extranjero",
    "": "korea style|japan style|hanhwa",
}

DAYS: Final[Mapping[str, str]] = {
    "monday": "monday|周一|星期一|礼拜一|วันจันทร์|thứ hai|thứ 2|thu 2|t2|senin",
    "tuesday": "tuesday|周二|星期二|礼拜二|วันอังคาร|thứ ba|thứ 3|thu 3|t3|selasa",
    "wednesday": "wednesday|周三|星期三|礼拜三|วันพุธ|thứ tư|thứ 4|thu 4|t4|rabu",
    "thursday": "thursday|周四|星期四|礼拜四|วันพฤหัส|thứ năm|thứ 5|thu 5|t5|kamis",
    "friday": "friday|周五|星期五|礼拜五|วันศุกร์|thứ sáu|thứ 6|thu 6|t6|jumat",
    "saturday": "saturday|saturdays|周六|星期六|礼拜六|วันเสาร์|เสาร์นี้|thứ bảy|thứ 7|thu 7|t7|sabtu|sabado",
    "sunday": "sunday|sundays|周日|周天|星期天|星期日|礼拜天|วันอาทิตย์|อาทิตย์นี้|chủ nhật|chu nhat"
    "|hari minggu|minggu ini|linggo|cn",
    "weekend": "weekend|周末|เสาร์อาทิตย์|สุดสัปดาห์|cuối tuần|cuoi tuan|akhir pekan",
    "christmas": "christmas|xmas|圣诞|คริสต์มาส|giáng sinh|giang sinh|noel|natal|navidad",
    "lunar-new-year": "lunar new year|chinese new year|cny|tet|春节|过年|年前|ตรุษจีน|tết|imlek",
    "eid": "eid|hari raya|开斋节|ฮารีรายอ|รายอ|lebaran|tháng chay|thang chay|sebelum raya",
    "songkran": "songkran|泼水节|宋干节|สงกรานต์|té nước|te nuoc",
    # The third item, the second one at half its price, a third party.
    "": "black friday|thứ hai giảm|thứ 2 giảm|bên thứ ba|món thứ hai|món thứ ba|món thứ tư|món thứ năm"
    "|món thứ sáu|món thứ bảy|món thứ 2|món thứ 3|món thứ 4|món thứ 5|món thứ 6|món thứ 7|mẫu thứ hai"
    "|mẫu thứ ba|mẫu thứ tư|mẫu thứ năm|mẫu thứ sáu|mẫu thứ bảy|mẫu thứ 2|mẫu thứ 3|mẫu thứ 4|mẫu thứ 5"
    "|mẫu thứ 6|mẫu thứ 7|cái thứ hai|cái thứ ba|cái thứ tư|cái thứ năm|cái thứ sáu|cái thứ bảy|cái thứ 2"
    "|cái thứ 3|cái thứ 4|cái thứ 5|cái thứ 6|cái thứ 7|mã thứ hai|mã thứ ba|mã thứ tư|mã thứ năm"
    "|mã thứ sáu|mã thứ bảy|mã thứ 2|mã thứ 3|mã thứ 4|mã thứ 5|mã thứ 6|mã thứ 7|link thứ hai"
    "|link thứ ba|link thứ tư|link thứ năm|link thứ sáu|link thứ bảy|link thứ 2|link thứ 3|link thứ 4"
    "|link thứ 5|link thứ 6|link thứ 7|sản phẩm thứ hai|sản phẩm thứ ba|sản phẩm thứ tư|sản phẩm thứ năm"
    "|sản phẩm thứ sáu|sản phẩm thứ bảy|sản phẩm thứ 2|sản phẩm thứ 3|sản phẩm thứ 4|sản phẩm thứ 5"
    "|sản phẩm thứ 6|sản phẩm thứ 7",
}
"""Days by name."""

WHEN: Final[Mapping[str, str]] = {
    "today": "today|tonight|this evening|rn today|今天|今日|今晚|当天|当日|วันนี้|คืนนี้|hôm nay|hom nay"
    "|trong ngày|trong ngay|tối nay|toi nay|hari ini|malam ini|malem ini|ngayon",
    "tomorrow": "tomorrow|tmr|tmrw|明天|明日|明儿|พรุ่งนี้|ngày mai|ngay mai|mai shop|besok|esok|bukas|mañana",
    "yesterday": "yesterday|昨天|昨晚|เมื่อวาน|hôm qua|hom qua|kemarin|kmrn",
}
"""Days as seen from today."""

ASKED: Final[Mapping[str, str]] = {
    "cost": "how much|price|cost|costs|fee|fees|postage|charge|多少钱|价格|价位|什么价|啥价|几块|多少米"
    "|运费|邮费|费用|怎么卖|ราคา|กี่บาท|ค่าส่ง|ค่าจัดส่ง|giá|tiền|phí|cước|bao nhieu tien|phi ship"
    "|tien ship|gia bao|nhieu tien|harga|harganya|hrg|ongkir|ongkirnya|ongkos|ongkosnya|biaya|magkano",
    "time": "when|how long|how many days|what day|what time|days to|几天|几日|多久|什么时候|啥时候|几点"
    "|哪天|多长时间|什么时间|กี่วัน|เมื่อไหร่|เมื่อไร|ตอนไหน|วันไหน|กี่โมง|นานไหม|นานมั้ย|นานแค่ไหน"
    "|ใช้เวลา|bao lâu|mấy ngày|mấy hôm|khi nào|bao giờ|lúc nào|chừng nào|mấy giờ|bao lau|may ngay|may hom"
    "|khi nao|bao gio|may gio|kapan|berapa lama|berapa hari|jam berapa|brp lama|brp hari|jam brp"
    "|ilang araw|kailan",
}
"""What is asked of shipping, above all."""

STOCK: Final[Mapping[str, str]] = {
    "restock": "restock|restocked|restocking|back in stock|come back|be back|补货|补库存|再上|还会有货|加货"
    "|เติมของ|เข้าอีก|ของเข้า|มาเติม|ลงเพิ่ม|có lại|có hàng lại|về thêm|về hàng|về lại|co lai|co hang lai"
    "|ve them|ve hang|ve lai|restok|direstock|stok lagi|ready lagi|ada lagi kapan|kapan ada lagi",
    "left": "left|still available|in stock|sold out|available|还有货|有货|现货|还剩|还有吗|卖完|เหลือ|ยังมี"
    "|มีของ|หมดยัง|หมดหรือยัง|หมดรึยัง|còn|con hang|con k|het chua|hết chưa|hết hàng|masih ada|masih"
    "|ready|tersisa|habis|stoknya",
}
"""Whether it is there, or when it is there again."""
