"""The letters, words and characters that the ways of :mod:`tests.disguise.transforms` draw from."""

from __future__ import annotations

import string

LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits


def _run(letters: str, first: int) -> dict[str, str]:
    return {letter: chr(first + i) for i, letter in enumerate(letters)}


def _both(first: int) -> dict[str, str]:
    """Upper-case forms for letters of either case: blocks that have no others."""
    return _run(UPPER, first) | _run(LOWER, first)


_CIRCLED_DIGITS = {"0": "⓪"} | _run("123456789", 0x2460)
_DARK_DIGITS = {"0": "⓿"} | _run("123456789", 0x2776)

CIRCLED: list[dict[str, str]] = [
    _run(LOWER, 0x24D0) | _run(UPPER, 0x24B6) | _CIRCLED_DIGITS,
    _both(0x24B6) | _CIRCLED_DIGITS,
    _run(LOWER, 0x249C) | _run("123456789", 0x2474),
    _both(0x1F150) | _DARK_DIGITS,
    _both(0x1F130),
    _both(0x1F170) | _DARK_DIGITS,
]
"""Circled, bracketed, dark circled, squared, dark squared."""

MATHEMATICAL: list[dict[str, str]] = [
    _run(UPPER, capital) | _run(LOWER, capital + 26) | _run(DIGITS, digit)
    for capital, digit in (
        (0x1D400, 0x1D7CE),  # bold
        (0x1D5D4, 0x1D7EC),  # sans-serif bold
        (0x1D670, 0x1D7F6),  # monospace
        (0x1D4D0, 0x1D7CE),  # script bold
        (0x1D56C, 0x1D7D8),  # fraktur bold
        (0x1D63C, 0x1D7EC),  # sans-serif bold italic
    )
]

# Single characters of confusables.txt that a phone's keyboard or a web generator offers. Chats also use these, which it
# lists under another letter or not at all: Cyrillic к м п т ӏ І Ԛ, Greek κ τ Ι, Latin ƅ, Kangxi ⼀.
CONFUSABLE: dict[str, str] = {
    "a": "аɑα", "b": "Ьƅ", "c": "сᴄ", "d": "ԁ", "e": "еҽ", "f": "ẝ", "g": "ɡց", "h": "һհ", "i": "іıι", "j": "јϳ",
    "k": "кκ", "l": "ӏǀ", "m": "м", "n": "ոп", "o": "оοօ", "p": "рρ", "q": "ԛ", "r": "гᴦ", "s": "ѕƽ", "t": "тτ",
    "u": "υս", "v": "νѵᴠ", "w": "ԝѡᴡ", "x": "х", "y": "уγү", "z": "ᴢ",
    "A": "АΑ", "B": "ВΒ", "C": "С", "E": "ЕΕ", "H": "НΗ", "I": "ІΙ", "J": "Ј", "K": "КΚ", "L": "Ꮮ", "M": "МΜ",
    "N": "Ν", "O": "ОΟ", "P": "РΡ", "Q": "Ԛ", "S": "Ѕ", "T": "ТΤ", "V": "Ѵ", "W": "Ԝ", "X": "ХΧ", "Y": "ҮΥ", "Z": "Ζ",
    "人": "⼈", "水": "⽔", "火": "⽕", "虫": "⾍", "白": "⽩", "比": "⽐", "小": "⼩", "大": "⼤", "一": "⼀",
    "二": "⼆", "牙": "⽛", "生": "⽣", "子": "⼦", "行": "⾏", "心": "⼼", "自": "⾃", "衣": "⾐", "西": "⻄",
    "门": "⻔", "龙": "⻰",
}  # fmt: skip

LEET: dict[str, str] = {
    "a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7", "b": "8", "g": "9", "l": "1",
    "A": "4@", "E": "3", "I": "1!", "O": "0", "S": "5$", "T": "7", "B": "8", "G": "6",
}  # fmt: skip

EMOJI = ("❤️", "🔥", "✨", "💖", "😂", "👍🏻", "🌸", "⭐", "💕", "👉")

DIGIT_WORDS: dict[str, list[tuple[str, ...]]] = {
    "en": [
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
        ("oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    ],
    "zh": [tuple("零一二三四五六七八九"), tuple("零壹贰叁肆伍陆柒捌玖"), tuple("〇幺二三四五六七八九")],
    "th": [("ศูนย์", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า")],
    "vi": [
        ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"),
        ("khong", "mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin"),
    ],
    "id": [
        ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"),
        ("kosong", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "lapan", "sembilan"),
    ],
}

# How young people type Vietnamese: letters swapped for those that sound or look alike.
TEENCODE: list[tuple[str, str]] = [
    (r"\bkhông\b", "hok"), (r"\bph", "f"), (r"\bqu", "w"), (r"\bgi", "j"), (r"\bd(?=[aăâeêioôơuưy])", "z"),
    (r"\bc(?=[aăâoôơuưáàảãạắằấầóòốồớờúù])", "k"), (r"ch\b", "ck"), (r"ng\b", "g"), (r"nh\b", "nk"), (r"i\b", "j"),
    (r"\bb(?=[aou])", "p"), (r"\bv(?=[aouú])", "z"),
]  # fmt: skip

HOMOPHONES: dict[str, str] = {
    "傻": "煞沙", "逼": "比币碧", "妈": "马码", "死": "四丝", "贱": "件见", "人": "仁", "滚": "辊", "废": "肺费",
    "物": "务雾", "黑": "嘿", "垃": "拉辣", "圾": "鸡机", "性": "姓杏", "恋": "链", "教": "叫", "蛀": "住", "残": "蚕",
    "疾": "急", "胸": "凶兄", "摸": "摩", "约": "曰", "炮": "泡跑", "裸": "罗", "照": "罩", "睡": "税", "杀": "沙煞",
    "砍": "坎", "捅": "桶", "打": "答", "断": "段", "腿": "褪", "烧": "捎", "跳": "挑", "楼": "喽", "割": "哥",
    "腕": "万", "岁": "碎", "电": "店", "烟": "咽研", "未": "位", "成": "城", "年": "黏", "白": "百", "酒": "九久",
    "啤": "皮", "互": "护户", "关": "官观", "粉": "份", "代": "袋", "写": "些", "论": "轮", "文": "闻", "涨": "长",
    "刷": "唰", "赞": "攒", "奖": "蒋", "领": "岭", "取": "曲", "单": "丹", "兼": "间", "职": "直", "客": "课",
    "服": "福扶", "验": "艳", "证": "正", "码": "马玛", "银": "淫寅", "行": "航", "卡": "咔", "币": "必", "澳": "奥",
    "赌": "堵睹", "场": "厂", "博": "搏脖", "彩": "采菜", "百": "白", "家": "加", "乐": "勒", "时": "十", "注": "住",
    "鑫": "新", "娱": "鱼", "提": "题", "现": "线", "龙": "隆", "虎": "唬", "押": "压", "加": "家佳嘉", "微": "薇威维",
    "信": "芯杏鑫", "淘": "桃陶", "宝": "保饱", "店": "惦", "支": "只吱", "付": "付富", "群": "裙", "高": "糕",
    "仿": "访纺", "一": "壹", "货": "祸获", "原": "源", "复": "付富", "刻": "课克", "驴": "吕", "牌": "排", "鉴": "见",
    "定": "订", "麻": "马嘛", "冰": "兵", "毒": "独读", "枪": "抢", "处": "楚", "方": "芳", "药": "要耀", "安": "按",
    "眠": "棉", "象": "像向", "牙": "芽", "弹": "蛋", "包": "饱", "治": "制智", "根": "跟", "糖": "唐", "病": "并",
    "最": "醉", "保": "堡", "肿": "种", "瘤": "流", "消": "肖", "失": "师",
}  # fmt: skip

PINYIN: dict[str, str] = {
    "傻": "sha", "逼": "bi", "妈": "ma", "死": "si", "贱": "jian", "人": "ren", "滚": "gun", "门": "men", "夹": "jia",
    "癞": "lai", "蛤": "ha", "蟆": "ma", "泔": "gan", "水": "shui", "废": "fei", "物": "wu", "黑": "hei", "垃": "la",
    "圾": "ji", "同": "tong", "性": "xing", "恋": "lian", "恶": "e", "心": "xin", "教": "jiao", "外": "wai",
    "地": "di", "蛀": "zhu", "虫": "chong", "残": "can", "疾": "ji", "活": "huo", "胸": "xiong", "摸": "mo",
    "约": "yue", "炮": "pao", "裸": "luo", "照": "zhao", "衣": "yi", "服": "fu", "拉": "la", "睡": "shui",
    "晚": "wan", "杀": "sha", "砍": "kan", "好": "hao", "捅": "tong", "打": "da", "断": "duan", "腿": "tui",
    "火": "huo", "烧": "shao", "自": "zi", "跳": "tiao", "楼": "lou", "割": "ge", "腕": "wan", "岁": "sui",
    "电": "dian", "子": "zi", "烟": "yan", "未": "wei", "成": "cheng", "年": "nian", "白": "bai", "酒": "jiu",
    "初": "chu", "二": "er", "小": "xiao", "学": "xue", "生": "sheng", "啤": "pi", "互": "hu", "关": "guan",
    "直": "zhi", "播": "bo", "间": "jian", "注": "zhu", "粉": "fen", "代": "dai", "写": "xie", "论": "lun",
    "文": "wen", "涨": "zhang", "刷": "shua", "赞": "zan", "中": "zhong", "奖": "jiang", "领": "ling", "取": "qu",
    "单": "dan", "兼": "jian", "职": "zhi", "客": "ke", "验": "yan", "证": "zheng", "码": "ma", "银": "yin",
    "行": "hang", "卡": "ka", "六": "liu", "位": "wei", "数": "shu", "老": "lao", "师": "shi", "币": "bi", "澳": "ao",
    "赌": "du", "场": "chang", "博": "bo", "彩": "cai", "百": "bai", "家": "jia", "乐": "le", "时": "shi",
    "下": "xia", "鑫": "xin", "蛙": "wa", "娱": "yu", "提": "ti", "现": "xian", "龙": "long", "虎": "hu", "押": "ya",
    "加": "jia", "微": "wei", "信": "xin", "淘": "tao", "宝": "bao", "店": "dian", "支": "zhi", "付": "fu",
    "丝": "si", "群": "qun", "高": "gao", "仿": "fang", "一": "yi", "比": "bi", "货": "huo", "原": "yuan", "复": "fu",
    "刻": "ke", "模": "mu", "样": "yang", "超": "chao", "驴": "lv", "牌": "pai", "鉴": "jian", "定": "ding",
    "大": "da", "麻": "ma", "冰": "bing", "毒": "du", "枪": "qiang", "处": "chu", "方": "fang", "药": "yao",
    "安": "an", "眠": "mian", "象": "xiang", "牙": "ya", "弹": "dan", "包": "bao", "治": "zhi", "根": "gen",
    "糖": "tang", "尿": "niao", "病": "bing", "第": "di", "最": "zui", "保": "bao", "肿": "zhong", "瘤": "liu",
    "消": "xiao", "失": "shi", "夜": "ye", "头": "tou", "发": "fa",
}  # fmt: skip

PARTS: dict[str, str] = {
    "妈": "女马", "贱": "贝戋", "信": "亻言", "加": "力口", "赌": "贝者", "博": "十尃", "枪": "木仓", "好": "女子",
    "死": "歹匕", "滚": "氵衮", "烟": "火因", "药": "艹约", "仿": "亻方", "证": "讠正", "码": "石马", "裸": "衤果",
    "胸": "月匈", "弹": "弓单", "粉": "米分", "砍": "石欠", "群": "君羊", "场": "土昜", "炮": "火包", "姓": "女生",
    "性": "忄生", "彩": "采彡", "酒": "氵酉", "注": "氵主", "刷": "尸巾刂", "割": "害刂", "腕": "月宛", "验": "马佥",
    "银": "钅艮", "领": "令页", "职": "耳只", "服": "月殳", "娱": "女吴", "押": "扌甲", "淘": "氵匋", "店": "广占",
    "付": "亻寸", "货": "化贝", "刻": "亥刂", "驴": "马户", "牌": "片卑", "冰": "冫水", "肿": "月中", "消": "氵肖",
    "治": "氵台", "根": "木艮", "糖": "米唐", "跳": "足兆", "楼": "木娄", "杀": "乂朩", "捅": "扌甬", "约": "纟勺",
    "捡": "扌佥", "代": "亻弋", "论": "讠仑", "鉴": "监金", "啤": "口卑", "烧": "火尧", "打": "扌丁", "腿": "月退",
    "摸": "扌莫", "睡": "目垂", "垃": "土立", "圾": "土及", "废": "广发", "物": "牜勿", "保": "亻呆", "位": "亻立",
    "现": "王见", "提": "扌是", "眠": "目民", "照": "昭灬", "岁": "山夕", "蛙": "虫圭",
}  # fmt: skip

SLANG: dict[str, list[str]] = {
    "加微信": ["加V", "➕薇", "+vx", "加威信", "嘉微", "＋V信"],
    "微信": ["VX", "wx", "威信", "薇信", "V信", "微❤", "绿泡泡", "卫星"],
    "QQ": ["扣扣", "企鹅号", "Q扣", "球球"],
    "支付宝": ["支付bao", "zfb", "吱付宝"],
    "淘宝": ["某宝", "桃宝", "tb"],
    "粉丝群": ["粉丝裙", "fs裙"],
    "加": ["➕", "+"],
    "直播间": ["直啵间", "zb间"],
    "傻逼": ["sb", "煞笔", "沙比"],
    "约炮": ["yp", "约pao"],
    "高仿": ["高f", "gf"],
    "赌场": ["du场", "d场"],
    "电子烟": ["电子yan", "dzy"],
}

FRIENDLY: dict[str, list[str]] = {
    "en": [
        "hello everyone, so happy to catch the live tonight",
        "the light in the studio looks lovely today",
        "I have been waiting for this collection all week long",
        "greetings from a rainy afternoon over here",
        "you always explain the fabric so well, thank you",
        "my sister and I are watching together with some tea",
        "that green one looks really pretty on you",
        "I hope the whole team is having a good day",
    ],
    "zh": [
        "主播晚上好呀，今天终于赶上直播了",
        "这个颜色真的太好看了，显得皮肤很白",
        "上次买的那条裙子我妈妈特别喜欢",
        "下雨天窝在家里看直播最舒服了",
        "谢谢主播讲得这么仔细，辛苦了",
        "我和室友一起在看，都说这件好看",
        "希望今天能抢到那个小包包",
        "背景音乐也很好听，心情都变好了",
    ],
    "th": [
        "สวัสดีค่ะ วันนี้มาทันไลฟ์แล้ว ดีใจมากเลย",
        "สีนี้สวยมากค่ะ ใส่แล้วดูผิวขาวขึ้นเยอะ",
        "ตัวที่ซื้อไปรอบก่อนแม่ชอบมากเลยค่ะ",
        "ฝนตกทั้งวัน นั่งดูไลฟ์อยู่บ้านสบายดี",
        "ขอบคุณที่อธิบายละเอียดนะคะ เข้าใจง่ายมาก",
        "ดูกับพี่สาวอยู่ค่ะ ชอบกันทั้งคู่เลย",
        "วันนี้แม่ค้าแต่งตัวน่ารักมากค่ะ",
        "ขอให้ทีมงานทุกคนมีความสุขมาก ๆ นะคะ",
    ],
    "vi": [
        "chào cả nhà, hôm nay mình vào kịp live rồi vui quá",
        "màu này lên da đẹp ghê luôn á chị",
        "cái váy lần trước mua mẹ mình thích lắm",
        "trời mưa ngồi nhà xem live là nhất",
        "cảm ơn chị giải thích kỹ, nghe dễ hiểu ghê",
        "mình với chị gái đang xem chung nè",
        "hôm nay chị mặc đồ xinh quá trời",
        "chúc cả team một buổi tối thật vui nha",
    ],
    "id": [
        "halo semuanya, senang banget akhirnya keburu nonton live",
        "warnanya cantik banget dipakai kakak",
        "rok yang kemarin aku beli disukai sama ibuku",
        "hujan dari pagi, enaknya nonton live di rumah",
        "makasih ya kak penjelasannya lengkap banget",
        "aku nonton bareng adik nih, dua-duanya suka",
        "hari ini kakak kelihatan segar sekali",
        "semoga semua tim sehat dan lancar rezekinya",
    ],
}
"""Padding that nobody would mind."""
