"""One text with its letters as a reader takes them, character for character (UTS #39, section 4).

Letters of other scripts inside a Latin word as the Latin ones they are drawn like, framed letters as plain ones,
traditional Chinese characters as simplified, a character written as its two halves as the one it is ("亻言" as 信),
Thai เเ as แ. What fills a second place is ``FILLER``, so a place here is the same place in the canonical text.

A word that is Cyrillic or Greek throughout stays so, unless every letter of it could be Latin and it is long, or the
text around it is Latin and has no letter that only those scripts have.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from streambot.core.confusables import LOOK_ALIKE, STYLED
from streambot.core.traditional import SIMPLIFIED, TRADITIONAL

FILLER: Final = "\0"
"""Stands where two characters became one; the canonical text has none."""

# What serves for a letter between letters, and is nothing else.
_EMOJI_LETTERS: Final = {"o": "⭕", "x": "❌✖", "k": "ĸ"}


def _by_char(table: Mapping[str, str]) -> dict[str, str]:
    return {char: letter for letter, chars in table.items() for char in chars}


# Digits in black or white circles, which NFKC leaves as they are.
_CIRCLED: Final = {
    char: str(unicodedata.digit(char))
    for char in map(chr, (*range(0x24EB, 0x2500), *range(0x2776, 0x2794), 0x1F10B, 0x1F10C))
    if unicodedata.digit(char, None) is not None
}
_STYLED: Final = _by_char(STYLED) | _by_char(_EMOJI_LETTERS) | _CIRCLED
_PLAIN: Final = str.maketrans(_STYLED | dict(zip(TRADITIONAL, SIMPLIFIED, strict=True)))
_LATIN_OF: Final = {char: letter for char, letter in _by_char(LOOK_ALIKE).items() if char not in _STYLED}
# A letter with a mark is drawn like the Latin one with that mark, where there is one ("ӑ" as "ă"; UTS #39 takes NFD).
_LATIN_OF.update(
    {
        char: drawn
        for char in map(chr, range(0x370, 0x530))
        if len(parts := unicodedata.normalize("NFD", char)) > 1 and parts[0] in _LATIN_OF
        if len(drawn := unicodedata.normalize("NFC", _LATIN_OF[parts[0]] + parts[1:])) == 1
    }
)
_LATIN: Final = str.maketrans(_LATIN_OF)


def _char_class(chars: str) -> str:
    # Astral characters in a class make it slow for all: any of them is worth the closer look.
    return "".join(re.escape(char) for char in chars if char < "\U00010000") + "\U00010000-\U0001ffff"


_MAY_BE_PLAIN: Final = re.compile(f"[{_char_class(''.join(_STYLED) + TRADITIONAL)}]")
_MAY_BE_LATIN: Final = re.compile(f"[{_char_class(''.join(_LATIN_OF))}]")
# Single characters with spaces between are one word pulled apart.
_WORD: Final = re.compile(r"(?<!\S)\S(?: \S)+(?!\S)|\S+")
_LATIN_LETTER: Final = re.compile("[a-z\u00df-\u024f\u1e00-\u1eff]")
# Greek, Cyrillic, Armenian, Cherokee and other alphabets that lend their letters.
_NATIVE: Final = re.compile(f"[\u0370-\u058f\u13a0-\u13ff\u2c80-\u2cff](?<![{_char_class(''.join(_LATIN_OF))}])")
_WHOLE_WORD: Final = 5
"""Letters from which a word that could be Latin throughout is read so: shorter ones are real words ("рот", "сок")."""

# Two halves and their whole: what hardly ever stands side by side for its own sake ("给力口红" does).
_HALVES: Final = {
    "亻言": "信", "亻弋": "代", "亻方": "仿", "亻尔": "你", "亻也": "他", "力口": "加", "贝者": "赌",
    "十尃": "博", "氵主": "注", "石马": "码", "君羊": "群", "钅戋": "钱", "耳关": "联", "马扁": "骗",
    "亻叚": "假", "采彡": "彩", "西示": "票", "代贝": "贷", "禾厶": "私", "耳卯": "聊", "扌彐": "扫",
    "扌口": "扣", "歹戋": "残", "贝戋": "贱", "扌喿": "操", "女马": "妈", "亻直": "值", "目艮": "眼",
    "讠寸": "讨", "纟工": "红", "亻介": "价",
    "亻门": "们", "亻牛": "件", "亻氐": "低", "亻责": "债", "亻故": "做", "亻尤": "优", "亻更": "便", "亻咅": "倍",
    "亻寸": "付", "亻本": "体", "亻立": "位", "亻主": "住", "亻乍": "作", "亻用": "佣", "亻共": "供", "亻木": "休",
    "亻十": "什", "亻匕": "化", "亻火": "伙", "亻每": "侮", "亻夋": "傻", "亻旦": "但", "亻可": "何", "亻昔": "借",
    "扌殳": "投", "扌丁": "打", "扌戈": "找", "扌由": "抽", "扌仓": "抢", "扌斤": "折", "扌召": "招", "扌奂": "换",
    "扌白": "拍", "扌是": "提", "扌叟": "搜", "扌隹": "推", "扌妾": "接", "扌𠬝": "报", "扌立": "拉", "扌巴": "把",
    "扌爪": "抓", "扌甬": "捅", "扌甲": "押", "扌安": "按", "扌奏": "揍", "氵舌": "活", "氵每": "海", "氵先": "洗",
    "氵朝": "潮", "氵由": "油", "氵酉": "酒", "氵皮": "波", "氵衮": "滚", "氵殳": "没", "氵良": "浪", "氵去": "法",
    "氵台": "治", "氵匋": "淘", "氵又": "汉", "氵青": "清", "氵肖": "消", "冫咸": "减", "冫水": "冰", "氵包": "泡",
    "氵夜": "液", "氵㸒": "淫", "氵㒼": "满", "氵原": "源", "氵巨": "渠", "讠兑": "说", "讠舌": "话", "讠青": "请",
    "讠正": "证", "讠人": "认", "讠吾": "语", "讠乍": "诈", "讠十": "计", "讠丁": "订", "讠己": "记", "讠只": "识",
    "讠果": "课", "讠隹": "谁", "讠成": "诚", "讠射": "谢", "讠殳": "设", "讠亥": "该", "讠式": "试", "化贝": "货",
    "贝勾": "购", "贝长": "账", "贝咅": "赔", "次贝": "资", "贝兼": "赚", "贝曾": "赠", "贝才": "财", "贝反": "贩",
    "贝攵": "败", "纟屯": "纯", "纟合": "给", "纟色": "绝", "纟及": "级", "纟戋": "线", "纟吉": "结", "纟氏": "纸",
    "纟且": "组", "纟勺": "约", "纟冬": "终", "纟圣": "经", "纟录": "绿", "纟隹": "维", "纟敫": "缴", "纟扁": "编",
    "女支": "妓", "女表": "婊", "女吴": "娱", "女票": "嫖", "女干": "奸", "女夭": "妖", "女乃": "奶", "女未": "妹",
    "女且": "姐", "女又": "奴", "女良": "娘", "女也": "她", "女某": "媒", "火因": "烟", "火少": "炒", "火乍": "炸",
    "火暴": "爆", "火兰": "烂", "火包": "炮", "火丁": "灯", "木仓": "枪", "木艮": "根", "木其": "棋", "木反": "板",
    "木又": "权", "木莫": "模", "木示": "标", "木兆": "桃", "木几": "机", "木交": "校", "月匈": "胸", "月佥": "脸",
    "月兑": "脱", "月退": "腿", "月殳": "股", "月巴": "肥", "身寸": "射", "身尚": "躺", "歹匕": "死", "钅艮": "银",
    "钅肖": "销", "钅勺": "钓", "钅十": "针", "钅失": "铁", "钅昔": "错", "钅少": "钞", "钅连": "链", "交攵": "效",
    "丩攵": "收", "古攵": "故", "正攵": "政", "孝攵": "教", "另刂": "别", "禾刂": "利", "舌刂": "刮", "至刂": "到",
    "朿刂": "刺", "禾少": "秒", "禾急": "稳", "禾且": "租", "禾中": "种", "米分": "粉", "米青": "精", "米唐": "糖",
    "耳只": "职", "耳又": "取", "且力": "助", "云力": "动", "工力": "功", "车专": "转", "车欠": "软", "车俞": "输",
    "车圣": "轻", "礻申": "神", "礻且": "祖", "礻畐": "福", "礻见": "视", "艹化": "花", "艹早": "草", "艹甫": "莆",
    "艹采": "菜", "艹约": "药", "艹余": "茶", "艹汤": "荡", "艹微": "薇", "宀各": "客", "宀豕": "家", "宀玉": "宝",
    "宀㠯": "官", "宀女": "安", "宀子": "字", "又鸟": "鸡", "又隹": "难", "又欠": "欢", "又见": "观", "又寸": "对",
    "又力": "劝", "口又": "叹", "口及": "吸", "口乞": "吃", "口马": "吗", "口尼": "呢", "口曷": "喝", "由阝": "邮",
    "咅阝": "部", "又阝": "邓", "阝月": "阴", "阝日": "阳", "阝佥": "险", "阝完": "院", "阝咅": "陪", "阝有": "随",
    "犭句": "狗", "犭者": "猪", "犭苗": "猫", "犭虫": "独", "犭良": "狠", "犭㔾": "犯", "饣反": "饭", "饣官": "馆",
    "饣我": "饿", "马户": "驴", "马区": "驱", "甲鸟": "鸭", "丁页": "顶", "彦页": "颜", "予页": "预", "客页": "额",
    "川页": "顺", "彡页": "须", "目垂": "睡", "目登": "瞪", "石皮": "破", "石更": "硬", "石欠": "砍", "石角": "确",
    "衤果": "裸", "衤库": "裤", "衤皮": "被", "衤末": "袜", "衤卜": "补", "衤刀": "初", "足艮": "跟", "足兆": "跳",
    "足易": "踢", "足各": "路", "足危": "跪", "足包": "跑", "忄夬": "快", "忄白": "怕", "忄生": "性", "忄青": "情",
    "忄曼": "慢", "忄艮": "恨", "忄亡": "忙", "忄圣": "怪",
}  # fmt: skip
_HALF: Final = re.compile("|".join(_HALVES).replace("力口", "力口(?=[微薇威徽vwq我扣群])") + "|เเ")


def _whole(halves: re.Match[str]) -> str:
    return _HALVES.get(halves.group(), "แ") + FILLER


def skeleton(text: str) -> str:
    """The skeleton of a canonical text: as many characters, each what it is drawn like."""
    if text.isascii():
        return text
    if _MAY_BE_PLAIN.search(text):
        text = text.translate(_PLAIN)
    if _MAY_BE_LATIN.search(text):
        # Beside Latin words and no word of their own script, letters drawn like Latin ones are meant so.
        lent = _LATIN_LETTER.search(text) and not _NATIVE.search(text)
        text = text.translate(_LATIN) if lent else _WORD.sub(_latin_word, text)
    return _HALF.sub(_whole, text) if _HALF.search(text) else text


def _latin_word(match: re.Match[str]) -> str:
    word = match.group()
    if word.isascii() or not _MAY_BE_LATIN.search(word):
        return word
    latin = word.translate(_LATIN)
    if _LATIN_LETTER.search(word):
        return latin
    letters = [char for char in latin if char.isalpha()]
    return latin if len(letters) >= _WHOLE_WORD and "".join(letters).isascii() else word
