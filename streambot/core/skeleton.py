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
# Not in Unicode's list: drawn like a small capital.
_LATIN_OF["п"] = "n"
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
    "昭灬": "照", "害刂": "割", "月宛": "腕", "口卑": "啤", "讠仑": "论", "木娄": "楼", "月夫": "肤", "女昌": "娼",
    "女昏": "婚", "马蚤": "骚", "口欠": "吹", "口昌": "唱", "口贲": "喷", "口勿": "吻", "口拍": "啪", "木佥": "检",
    "木寸": "村", "木羊": "样", "木奉": "棒", "火尧": "烧", "火然": "燃", "贝占": "贴", "贝有": "贿", "钅建": "键",
    "钅占": "钻", "钅竟": "镜", "钅同": "铜", "纟召": "绍", "纟卖": "续", "纟邦": "绑", "纟田": "细", "讠司": "词",
    "讠午": "许", "讠斥": "诉", "讠平": "评", "讠羊": "详", "讠旬": "询", "讠秀": "诱", "讠荒": "谎", "讠炎": "谈",
    "讠卖": "读", "讠周": "调", "讠方": "访", "讠义": "议", "讠吴": "误", "忄董": "懂", "忄京": "惊", "忄昔": "惜",
    "忄乙": "忆", "忄每": "悔", "忄灰": "恢", "忄参": "惨", "忄令": "怜", "礻乚": "礼", "礻土": "社", "礻兄": "祝",
    "衤君": "裙", "衤寸": "衬", "衤由": "袖", "艹古": "苦", "艹央": "英", "艹平": "苹", "艹何": "荷", "艹洛": "落",
    "艹监": "蓝", "艹者": "著", "艹连": "莲", "艹右": "若", "宀头": "实", "宀元": "完", "宀吕": "宫", "宀谷": "容",
    "宀佰": "宿", "阝人": "队", "阝付": "附", "阝东": "陈", "阝余": "除", "阝示": "际", "良阝": "郎", "者阝": "都",
    "关阝": "郑", "佥刂": "剑", "戈刂": "划", "歹刂": "列", "居刂": "剧", "肖刂": "削", "冈刂": "刚", "贝刂": "则",
    "仓刂": "创", "册刂": "删", "乘刂": "剩", "朵刂": "剁", "半刂": "判", "舌攵": "敌", "至攵": "致", "歹朱": "殊",
    "歹直": "殖", "冫令": "冷", "冫东": "冻", "冫隹": "准", "冫京": "凉", "冫欠": "次", "冫夬": "决", "冫中": "冲",
    "扌斗": "抖", "扌卜": "扑", "扌末": "抹", "扌圭": "挂", "扌兆": "挑", "扌旨": "指", "扌寺": "持", "扌佥": "捡",
    "扌受": "授", "扌非": "排", "扌苗": "描", "扌屋": "握", "扌莫": "摸", "扌童": "撞", "扌番": "播", "扌户": "护",
    "扌比": "批", "扌支": "技", "扌丑": "扭", "扌夫": "扶", "扌氐": "抵", "扌旦": "担", "扌斥": "拆", "扌句": "拘",
    "扌用": "拥", "扌兰": "拦", "扌宁": "拧", "氵十": "汁", "氵工": "江", "氵也": "池", "氵气": "汽", "氵少": "沙",
    "氵可": "河", "氵目": "泪", "氵永": "泳", "氵羊": "洋", "氵度": "渡", "氵显": "湿", "氵留": "溜", "亻仑": "伦",
    "亻为": "伪", "亻专": "传", "亻申": "伸", "亻以": "似", "亻圭": "佳", "亻吏": "使", "亻衣": "依", "亻谷": "俗",
    "亻呆": "保", "亻到": "倒", "亻俞": "偷", "亻亭": "停", "亻建": "健", "亻象": "像", "亻弗": "佛", "亻半": "伴",
    "亻九": "仇", "亻又": "仅", "亻子": "仔", "亻扁": "偏", "亻则": "侧", "亻崔": "催", "亻白": "伯", "乂木": "杀",
    "乂朩": "杀",
}  # fmt: skip
_NO_CHARACTER: Final = frozenset("亻氵扌讠钅饣纟忄犭礻衤艹宀阝刂攵歹冫彡灬戋匕厶殳隹咅喿叚夬艮佥")
"""Halves that hardly stand alone: not even a space parts them from the other one."""
_SIGN: Final = r"[^\w\s,!?;:。、/]?"


def _beside(first: str) -> str:
    """A half with those that stand behind it: one branch for all of them, so that few are tried at a place."""
    seconds = "".join(halves[1] for halves in _HALVES if halves[0] == first)
    if first == "力":
        return f"力{_SIGN}口(?={_SIGN}[微薇威徽vwq我扣群亻])"
    alone = "".join(second for second in seconds if not _NO_CHARACTER.isdisjoint(first + second))
    return f"{first}(?:{_SIGN}[{seconds}]{f'| [{alone}]' if alone else ''})"


_HALF: Final = re.compile("|".join(map(_beside, dict.fromkeys(halves[0] for halves in _HALVES))) + "|เเ")


# A Thai consonant with its vowel drawn out: "เงิงิงิน".
_STUTTER: Final = re.compile("([ก-ฮ][ั-ฺ็-๎]+)\\1{2,}")


def _whole(halves: re.Match[str]) -> str:
    found = halves.group()
    return _HALVES.get(found[0] + found[-1], "แ").ljust(len(found), FILLER)


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
    if _HALF.search(text):
        text = _HALF.sub(_whole, text)
    return _STUTTER.sub(_once, text) if _STUTTER.search(text) else text


def _once(stutter: re.Match[str]) -> str:
    return stutter[1].ljust(len(stutter.group()), FILLER)


def _latin_word(match: re.Match[str]) -> str:
    word = match.group()
    if word.isascii() or not _MAY_BE_LATIN.search(word):
        return word
    latin = word.translate(_LATIN)
    if _LATIN_LETTER.search(word):
        return latin
    letters = [char for char in latin if char.isalpha()]
    return latin if len(letters) >= _WHOLE_WORD and "".join(letters).isascii() else word
