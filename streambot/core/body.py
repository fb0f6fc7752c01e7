"""Height and weight as viewers write them: "160/50", "1m6 50kg", "身高160体重100斤", "5'3 110lb", "tb 160 bb 50".

A number counts if a word or a unit says what it is, or if it stands right beside one that counts; of two bare numbers
side by side the one that can be a height is it. What could mean two things is not guessed: a wrong size is worse than
none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise
from typing import Final

from streambot.core.canonical import canonical

KG_PER_POUND: Final = 0.45359237
CM_PER_INCH: Final = 2.54
"""Both exactly (international yard and pound agreement, 1959)."""
KG_PER_JIN: Final = 0.5
"""斤, the pound of mainland China's markets."""

_HEIGHT: Final = (50.0, 230.0)
_WEIGHT: Final = (3.0, 200.0)
_BARE_HEIGHT: Final = (120.0, 220.0)
_BARE_WEIGHT: Final = (25.0, 200.0)
"""What a number can be: with a word or a unit, and without."""
_LEAN, _STOUT = 15.0, 32.0
"""Body mass index (kg/m²) between which a bare weight's unit is believed; with none or two it is unclear."""
_LIGHT_ENOUGH: Final = 100.0
"""A bare weight without a height: above this it may be pounds as well as kilograms."""


@dataclass(frozen=True, slots=True)
class Body:
    """What a viewer says of a body: centimetres and kilograms, None for what is not said.

    ``unclear`` if what was said could mean two things: two bodies, or a weight that fits no unit or two.
    """

    height: float | None = None
    weight: float | None = None
    unclear: bool = False


class _Kind(Enum):
    HEIGHT = auto()
    WEIGHT = auto()
    BARE_WEIGHT = auto()
    """It is a weight, in whichever unit."""
    NUMBER = auto()
    TALL = auto()
    HEAVY = auto()
    OTHER = auto()


@dataclass(slots=True)
class _Token:
    kind: _Kind
    value: float = 0.0
    in_feet: bool = False


def _any(words: str) -> str:
    """One of the words, which stand between slashes; a Latin one ends where no letter follows."""
    forms = sorted(map(canonical, words.split("/")), key=len, reverse=True)
    latin = re.compile(r"[^\u0e00-\u0fff\u2e80-\U0001ffff]*[^\W\d_]")
    return "|".join(re.escape(form) + (r"(?![^\W\d_])" if latin.fullmatch(form) else "") for form in forms)


_CM: Final = _any("cm/cms/centimeters/senti/ซม/ซ.ม/เซน/เซนติเมตร/厘米/公分")
_METRE: Final = _any("m/mt/mts/mét/met/meter/meters/metre/metres/metro/metros/米/เมตร")
_KG: Final = _any("kg/kgs/kilo/kilos/kilogram/ký/kí/ky/cân/กก/ก.ก/กิโล/กิโลกรัม/โล/公斤/千克/kí lô/ký lô")
_LB: Final = _any("lb/lbs/pound/pounds/ปอนด์/磅")
_JIN: Final = _any("斤/市斤/jin")
_TALL: Final = _any("height/tall/h/cao/สูง/ส่วนสูง/tb/tinggi/tingginya/身高/高/mido/estatura/altura/taas/tangkad")
_HEAVY: Final = _any(
    "weight/weigh/wt/w/nặng/nang/cân nặng/can nang/หนัก/น้ำหนัก/นน/น.น/bb/berat/beratnya/体重/體重/重/peso/timbang"
)
_BETWEEN: Final = _any("badan/is/are/and/about/around/là/la/và/khoảng/dan/sekitar/y/กับ/และ/ประมาณ/是/大概/左右/和")
_FOOT: Final = rf"(?:['’′`]|{_any('ft/feet/foot/ฟุต/英尺')})\.?"
_INCH: Final = rf"(?:\"|”|''|’’|′′|{_any('in/inch/inches/นิ้ว/英寸')})"
_N: Final = r"\d{1,3}(?:[.,]\d{1,2})?(?![.,]?\d)"

_TOKEN: Final = re.compile(
    rf"(?P<m>[12])\s*(?:{_METRE})(?P<m_rest>\d{{1,2}})(?!\d)\s*(?:{_CM})?"
    rf"|(?P<metres>[12](?:[.,]\d{{1,2}})?)\s*(?:{_METRE})(?:\s*(?P<m_cm>\d{{2}})\s*(?:{_CM}))?"
    rf"|(?<![^\W_])m(?P<m_short>[4-9]\d?)(?![^\W_])"
    rf"|(?P<feet>[3-7])\s*{_FOOT}(?:\s*(?P<inches>\d{{1,2}}(?:\.5)?)(?![\d.])\s*{_INCH}?)?"
    rf"|(?P<stone>[5-9]|[12]\d)\s*(?:stones?(?![a-z])|st(?=\s*\d))"
    rf"\s*(?:(?P<stone_lb>\d{{1,2}})(?!\d|\s*{_FOOT})\s*(?:{_LB})?)?"
    rf"|(?P<number>{_N})(?:\s*(?:-|~|–|to|đến|ถึง|到|至)\s*(?P<upto>{_N})(?=\s*(?:{_CM}|{_KG}|{_LB}|{_JIN})))?"
    rf"(?:\s*(?:(?P<cm>{_CM})|(?P<kg>{_KG})(?!\s*n[ặa]ng)|(?P<lb>{_LB})|(?P<jin>{_JIN})))?(?P<stuck>[a-z]*)"
    rf"|(?P<tall>{_TALL})|(?P<heavy>{_HEAVY})"
    rf"|(?P<gap>[\s/,&+|;:=~、()-]|{_BETWEEN})"
    # A word of a script that puts spaces between words, else one character; so no word begins in the middle of another.
    r"|[a-z\u00df-\u024f\u1e00-\u1eff\d.,_]+|."
)
# Canonical text has a Chinese comma as a plain one; "160,50" is no height of 160.5 cm.
_PAIR_COMMA: Final = re.compile(r"(?<![\d.,])(\d{3}(?=,\d\d)|\d\d(?=,\d{3})),(?=\d{2,3}(?!\d))")
_HAN_METRES: Final = re.compile("([12一二])米([零一二三四五六七八九]{1,2})")
_HAN_NUMBER: Final = re.compile("(?:([一二两])百)?零?(?:([一二三四五六七八九])?(十)?([一二三四五六七八九])?)")
_HAN_DIGIT: Final = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2}


def read_body(text: str, language: str = "") -> Body:
    """The height and the weight that a comment gives. ``language`` is the comment's, where it is known.

    In Chinese a bare weight may be in jin, beside a height in feet it may be in pounds: its unit is the one that makes
    a likely body. Elsewhere it is in kilograms. Of a range the higher end counts.
    """
    said = _in_digits(canonical(text))
    chinese = language == "zh" or (not language and re.search("[\u4e00-\u9fff]", said) is not None)
    tokens = list(_tokens(said))
    feet = any(token.in_feet for token in tokens)
    _name_numbers(tokens)
    _fill_in([token for token in tokens if token.kind not in (_Kind.TALL, _Kind.HEAVY)])
    heights = {token.value for token in tokens if token.kind is _Kind.HEIGHT}
    weights = {token.value for token in tokens if token.kind is _Kind.WEIGHT}
    bare = {token.value for token in tokens if token.kind is _Kind.BARE_WEIGHT}
    if len(heights) > 1 or len(weights) + len(bare) > 1:
        return Body(unclear=True)
    height = next(iter(heights), None)
    weight = next(iter(weights), None)
    if bare:
        weight = _weight_of(bare.pop(), height, feet=feet, chinese=chinese)
        if weight is None:
            return Body(height, unclear=True)
    unlikely = (height is not None and not _is_in(height, _HEIGHT)) or (
        weight is not None and not _is_in(weight, _WEIGHT)
    )
    return Body(unclear=True) if unlikely else Body(height, weight)


def _is_in(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _in_digits(text: str) -> str:
    """The text with Thai and other digits, and Chinese numbers where they measure something, as 0 to 9."""
    text = _PAIR_COMMA.sub(r"\1 ", text)
    if text.isascii():
        return text
    text = "".join(str(unicodedata.decimal(char, char)) for char in text)
    text = _HAN_METRES.sub(lambda m: f"{_HAN_DIGIT.get(m[1], m[1])}米{''.join(str(_HAN_DIGIT[d]) for d in m[2])}", text)
    return _HAN_NUMBER.sub(_han_number, text)


def _han_number(match: re.Match[str]) -> str:
    """A Chinese number with a ten or a hundred in it; any other stays as it is, it may be part of a word."""
    hundreds, tens, ten, ones = match.groups()
    if not (hundreds or (tens and ten)):
        return match[0]
    value = 100 * _HAN_DIGIT[hundreds or "零"]
    if ten:
        value += 10 * _HAN_DIGIT[tens or "一"] + _HAN_DIGIT[ones or "零"]
    elif tens:
        # 一百二 is 120, 一百零二 is 102.
        value += _HAN_DIGIT[tens] * (1 if "零" in match[0] else 10)
    return str(value)


def _tokens(text: str) -> Iterator[_Token]:
    """What the text says, without what may stand between two numbers of one body."""
    for match in _TOKEN.finditer(text):
        part = match.groupdict()
        if part["gap"]:
            continue
        if part["tall"] or part["heavy"]:
            yield _Token(_Kind.TALL if part["tall"] else _Kind.HEAVY)
        elif part["number"]:
            yield _measured(part)
        elif (height := _composed(part)) is not None:
            yield _Token(_Kind.HEIGHT, height, in_feet=part["feet"] is not None)
        elif part["stone"]:
            pounds = 14 * float(part["stone"]) + float(part["stone_lb"] or 0)
            yield _Token(_Kind.WEIGHT, round(pounds * KG_PER_POUND, 2))
        else:
            yield _Token(_Kind.OTHER)


def _composed(part: dict[str, str | None]) -> float | None:
    """A height of two numbers, or of metres, in centimetres."""
    if part["m"]:
        rest = part["m_rest"] or ""
        return 100 * float(part["m"]) + float(rest.ljust(2, "0"))
    if part["metres"]:
        return round(100 * float(part["metres"].replace(",", ".")), 1) + float(part["m_cm"] or 0)
    if part["m_short"]:
        return 100 + float(part["m_short"].ljust(2, "0"))
    if part["feet"]:
        return round((12 * float(part["feet"]) + float(part["inches"] or 0)) * CM_PER_INCH, 1)
    return None


def _measured(part: dict[str, str | None]) -> _Token:
    """A number with its unit, if it has one; letters that stick to it make it something else.

    "5pcs" are pieces, and "160/84a" is a garment size of China by height and girth (GB/T 1335).
    """
    value = float((part["upto"] or part["number"] or "").replace(",", "."))
    if part["stuck"]:
        return _Token(_Kind.OTHER)
    if part["cm"]:
        return _Token(_Kind.HEIGHT, value)
    for unit, kilograms in (("kg", 1.0), ("lb", KG_PER_POUND), ("jin", KG_PER_JIN)):
        if part[unit]:
            return _Token(_Kind.WEIGHT, round(value * kilograms, 2))
    return _Token(_Kind.NUMBER, value)


def _name_numbers(tokens: Sequence[_Token]) -> None:
    """Let "tall" and "heavy" say what the number after them is, or, if there is none, the one before."""
    for place, token in enumerate(tokens):
        beside = (*tokens[place + 1 : place + 2], *tokens[max(0, place - 1) : place])
        if token.kind is _Kind.TALL and not any(other.kind is _Kind.HEIGHT for other in beside):
            named = next((other for other in beside if other.kind is _Kind.NUMBER and _as_height(other.value)), None)
            if named is not None:
                named.kind, named.value = _Kind.HEIGHT, _as_height(named.value) or named.value
        elif token.kind is _Kind.HEAVY and not any(other.kind is _Kind.WEIGHT for other in beside):
            numbers = (other for other in beside if other.kind is _Kind.NUMBER and _is_in(other.value, _WEIGHT))
            named = next(numbers, None)
            if named is not None:
                named.kind = _Kind.BARE_WEIGHT


def _fill_in(tokens: Sequence[_Token]) -> None:
    """Let a bare number beside a height be the weight, beside a weight the height, of two the height and the weight."""
    kinds = {token.kind for token in tokens}
    has_height, has_weight = _Kind.HEIGHT in kinds, not kinds.isdisjoint({_Kind.WEIGHT, _Kind.BARE_WEIGHT})
    for one, other in pairwise(tokens):
        for here, beside in ((one, other), (other, one)):
            if here.kind is not _Kind.NUMBER:
                continue
            height = _as_height(here.value)
            if has_height and not has_weight and beside.kind is _Kind.HEIGHT and _is_in(here.value, _BARE_WEIGHT):
                here.kind = _Kind.BARE_WEIGHT
            elif has_weight and not has_height and beside.kind in (_Kind.WEIGHT, _Kind.BARE_WEIGHT) and height:
                here.kind, here.value = _Kind.HEIGHT, height
            elif (
                not (has_height or has_weight)
                and beside.kind is _Kind.NUMBER
                and height
                and _is_in(beside.value, _BARE_WEIGHT)
            ):
                here.kind, here.value, beside.kind = _Kind.HEIGHT, height, _Kind.BARE_WEIGHT


def _as_height(value: float) -> float | None:
    """A bare number as a height in centimetres: 158, or 1.58 for metres."""
    if _is_in(value, _BARE_HEIGHT):
        return value
    return round(100 * value, 1) if _is_in(100 * value, _BARE_HEIGHT) and value != int(value) else None


def _weight_of(value: float, height: float | None, *, feet: bool, chinese: bool) -> float | None:
    """Kilograms of a bare weight; None if its unit is not clear."""
    if height is None:
        return value if not chinese and _is_in(value, (_WEIGHT[0], _LIGHT_ENOUGH)) else None
    units = [1.0, *([KG_PER_POUND] if feet else []), *([KG_PER_JIN] if chinese else [])]
    likely = [value * unit for unit in units if _LEAN <= value * unit / (height / 100) ** 2 <= _STOUT]
    return round(likely[0], 2) if len(likely) == 1 else None
