"""How people disguise words, each way a function (text, random) → text that a person still reads.

Written from LABELS.md, Unicode's confusables.txt and how the five languages are typed in chats, by someone who had
read neither ``core/views.py`` nor the packs. Never imported by training: what is trained on proves nothing.

Which way makes sense in which language, and two at once: :mod:`tests.disguise.ways`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from random import Random

from opencc import OpenCC

from tests.disguise.scripts import (
    CIRCLED,
    CONFUSABLE,
    DIGIT_WORDS,
    EMOJI,
    FRIENDLY,
    HOMOPHONES,
    LEET,
    MATHEMATICAL,
    PARTS,
    PINYIN,
    SLANG,
    TEENCODE,
)

TONES = "\u0e48\u0e49\u0e4a\u0e4b"
THAI_MARKS = TONES + "\u0e47\u0e4c"
SPACED = 20
"""Clusters up to which a person would space a word out; nobody does that to an address."""


def clusters(text: str) -> list[str]:
    """Letters with the marks that sit on them (a Thai SARA AM stays with its consonant)."""
    found: list[str] = []
    for char in text:
        if found and (unicodedata.category(char) in {"Mn", "Me"} or char in "\u0e33\u200d\ufe0f"):
            found[-1] += char
        else:
            found.append(char)
    return found


def identifies(text: str) -> bool:
    """Whether it is a handle, number, link or address: misspelt, it would lead nowhere."""
    return re.search(r"[\d@/_]|\w\.\w", text) is not None


def _each(text: str, table: dict[str, str], rng: Random, share: float) -> str:
    """Some of the letters that have another form, at least one; a form is drawn for each."""
    places = [i for i, char in enumerate(text) if char in table]
    if not places:
        return text
    chosen = {i for i in places if rng.random() < share} or {rng.choice(places)}
    return "".join(rng.choice(table[char]) if i in chosen else char for i, char in enumerate(text))


def zero_width(text: str, rng: Random) -> str:
    parts = clusters(text)
    gaps = {i for i in range(1, len(parts)) if rng.random() < 0.5} or {max(1, len(parts) // 2)}
    return "".join(
        rng.choice("\u200b\u200c\u2060\ufeff\u00ad\u180e") * (i in gaps) + part for i, part in enumerate(parts)
    )


def bidi_marks(text: str, rng: Random) -> str:
    opening, closing = rng.choice(["\u2066\u2069", "\u2068\u2069", "\u202a\u202c", "\u200e\u200e"])
    parts = clusters(text)
    middle = rng.randrange(1, len(parts)) if len(parts) > 1 else 0
    return opening + "".join(parts[:middle]) + "\u200e" + "".join(parts[middle:]) + closing


def bidi_reversed(text: str, rng: Random) -> str:
    """Stored backwards behind a right-to-left override: a screen shows it forwards."""
    return "\u202e" + "".join(reversed(clusters(text))) + "\u202c"


def full_width(text: str, rng: Random) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and (c.isalnum() or c in "@+") else c for c in text)


def circled(text: str, rng: Random) -> str:
    style = rng.choice(CIRCLED)
    return "".join(style.get(c, c) for c in text)


def mathematical(text: str, rng: Random) -> str:
    """Generators keep the accents of Vietnamese and change the letter below."""
    style = rng.choice(MATHEMATICAL)
    return "".join(style.get(c, c) for c in unicodedata.normalize("NFD", text))


def confusable(text: str, rng: Random) -> str:
    return _each(text, CONFUSABLE, rng, 0.5)


def thai_confusable(text: str, rng: Random) -> str:
    """Two SARA E look like SARA AE; NIKHAHIT and SARA AA like SARA AM."""
    return text.replace("แ", "เเ").replace("\u0e33", "\u0e4d\u0e32")


def leet(text: str, rng: Random) -> str:
    return text if identifies(text) else _each(text, LEET, rng, 0.7)


def vietnamese_leet(text: str, rng: Random) -> str:
    return leet(no_tones(text, rng), rng) if not identifies(text) else text


def repeated(text: str, rng: Random) -> str:
    parts = clusters(text)
    places = [i for i, part in enumerate(parts) if part[0].isalpha()]
    if identifies(text) or not places:
        return text
    chosen = set(rng.sample(places, min(len(places), rng.choice([1, 1, 2]))))
    return "".join(part * (rng.randint(3, 5) if i in chosen else 1) for i, part in enumerate(parts))


def _between(text: str, separator: Callable[[], str], *, words: str) -> str:
    if len(clusters(text)) > SPACED or re.search(r"[@/]|\w\.\w", text):
        return text
    return words.join("".join(c + separator() for c in clusters(w)[:-1]) + clusters(w)[-1] for w in text.split())


def dots(text: str, rng: Random) -> str:
    mark = rng.choice([".", ".", "-", "_", "*", "·", "~", "|", "'"])
    return _between(text, lambda: mark, words=" ")


def spaces(text: str, rng: Random) -> str:
    return _between(text, lambda: " ", words="  ")


def emoji(text: str, rng: Random) -> str:
    """One between all letters, or one in a single gap."""
    mark, everywhere = rng.choice(EMOJI), rng.random() < 0.4
    if everywhere:
        return _between(text, lambda: mark, words=" ")
    parts = clusters(text)
    middle = len(parts) // 2 if len(parts) <= SPACED else 0
    return "".join(parts[:middle]) + mark + "".join(parts[middle:]) if middle else text


def keycaps(text: str, rng: Random) -> str:
    return re.sub(r"[0-9]", "\\g<0>\ufe0f\u20e3", text)


def thai_digits(text: str, rng: Random) -> str:
    return "".join(chr(0x0E50 + int(c)) if c in "0123456789" else c for c in text)


def number_words(text: str, rng: Random, *, language: str) -> str:
    """Digits spelt out, all or every other one, where there are enough of them to be a number to reach someone."""
    if len(re.findall(r"[0-9]", text)) < 6 or re.search(r"[^\W\d_]", text):
        return text
    words = rng.choice(DIGIT_WORDS[language])
    sparing = rng.random() < 0.3
    digits = [c for c in text if c in "0123456789"]
    spelt = [c if sparing and i % 2 else words[int(c)] for i, c in enumerate(digits)]
    return ("" if language == "zh" else " ").join(spelt)


def no_tones(text: str, rng: Random) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D")


def decomposed(text: str, rng: Random) -> str:
    return unicodedata.normalize("NFD", text)


def teencode(text: str, rng: Random) -> str:
    for pattern, instead in TEENCODE:
        text = re.sub(pattern, instead, text)
    return text


def thai_tones(text: str, rng: Random) -> str:
    """One or two marks changed, doubled or dropped; where there is none, one is put on."""
    places = [i for i, c in enumerate(text) if c in THAI_MARKS]
    letters = list(text)
    if not places:
        bare = [
            i for i, c in enumerate(text) if "ก" <= c <= "ฮ" and text[i + 1 : i + 2] not in ("ั", "ิ", "ี", "ึ", "ื", "ุ", "ู")
        ]
        if not bare:
            return text
        letters[rng.choice(bare)] += rng.choice(TONES)
    for i in rng.sample(places, min(len(places), 2)):
        letters[i] = rng.choice([rng.choice(TONES.replace(letters[i], "")), letters[i] * 2, ""])
    return "".join(letters)


def _hanzi(text: str, most: int = 8) -> bool:
    return 0 < len(re.findall("[一-鿿]", text)) <= most and not re.search(r"\d{2}", text)


def homophones(text: str, rng: Random) -> str:
    return _each(text, HOMOPHONES, rng, 0.7) if _hanzi(text) else text


def pinyin(text: str, rng: Random) -> str:
    """The whole word, or its last character only (微xin)."""
    if not _hanzi(text, 4):
        return text
    if len(text) > 1 and rng.random() < 0.3:
        return text[:-1] + PINYIN.get(text[-1], text[-1])
    return "".join(PINYIN.get(c, c) for c in text)


def parts(text: str, rng: Random) -> str:
    """Characters written as the two they are made of."""
    return _each(text, {c: [p] for c, p in PARTS.items()}, rng, 0.8) if _hanzi(text) else text


def slang(text: str, rng: Random) -> str:
    for word, instead in SLANG.items():
        text = text.replace(word, rng.choice(instead))
    return text


@cache
def _traditional() -> OpenCC:
    return OpenCC("s2t")


def traditional(text: str, rng: Random) -> str:
    return str(_traditional().convert(text))


def split(text: str, rng: Random) -> str:
    """Over two or three comments, one a line, cut at a blank near or in the marked words, else between letters."""
    start, end = max(text.find("{"), 0), text.rfind("}") + 1 or len(text)
    middle = (start + end) // 2
    blanks = [i for i, c in enumerate(text) if c == " "]
    near = [i for i in blanks if start - 1 <= i <= end]
    if near or (blanks and text.isascii()):
        cuts = {min(near or blanks, key=lambda i: abs(i - middle))}
    else:
        inside = [sum(map(len, clusters(text)[:n])) for n in range(1, len(clusters(text)))]
        cuts = {min(inside, key=lambda i: abs(i - middle))}
    far = [i for i in blanks if i < min(cuts) - 8]
    if far and rng.random() < 0.3:
        cuts.add(rng.choice(far))
    edges = [0, *sorted(cuts), len(text)]
    return "\n".join(part for a, b in pairwise(edges) if (part := text[a:b].strip(" {}")))


def padded(text: str, rng: Random, *, language: str) -> str:
    """Friendly text first, long enough that the violation stands behind a model's window."""
    length = rng.choice([140, 300, 480, 900])
    friendly: list[str] = []
    while sum(map(len, friendly)) < length:
        friendly += rng.sample(FRIENDLY[language], len(FRIENDLY[language]))
    while len(friendly) > 1 and sum(map(len, friendly[:-1])) >= length:
        friendly.pop()
    return " ".join([*friendly, text])
