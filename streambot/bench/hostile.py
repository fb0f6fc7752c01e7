"""Texts made to cost time: every kind of repetition, mark and near miss, in all mixtures and lengths."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

from streambot.core.comment import MAX_TEXT

_BRICKS: Final = (
    "a\u0300\u0316\u0327", "\ufdfa", "㌖", "ก้ำ", "เเ", "加微信", "加薇芯", "jia wei xin ",
    "z a l o ", "z.a.l.o", "za lo", "s1ot ", "sl ot ", "fuck you ", "fu ck ",
    "not không một ", "ศูนย์หนึ่ง", "zero one ", "0 ", "08", "o9", "+84 ", "1-",
    "4111 ", "a-b.", "a.co.th", "http:/", "@a.", "x@", "เลขที่ ", "jl a no", "12 a st ",
    "số 1 đường ", "省一市", "line ", "@$", "$$", "!a|", "a!", "😀", "🅰", "🇱🇮", "аa", "а ",
    "ѕ", "ʎ", "\u202e", "\u200b", "\u0336", "❤", "wa ", "ทัก ไลน์", "แอ๊ด", "đ ", "ǎ",
    "order no", "stk ", "aaa", "aab", "iiil1", "\ud800", "\x00", "(", "?", "。", ".",
    " ", "\n", "w4", "亻言", "力口",
)  # fmt: skip
_MOST_BRICKS: Final = 4


def hostile(count: int, *, seed: int) -> Iterator[str]:
    """So many texts of up to 4,000 code points; the same seed gives the same."""
    dice = random.Random(seed)
    for _ in range(count):
        bricks = dice.choices(_BRICKS, k=dice.randint(1, _MOST_BRICKS))
        length = dice.choice((60, 200, 500, 1000, 2000, MAX_TEXT))
        if dice.random() < 0.5:
            yield ("".join(bricks) * length)[:length]
        else:
            yield "".join(dice.choices(bricks, k=length))[:length]
