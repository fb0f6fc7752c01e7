"""What tells two askings with the same intent apart, where it is said: numbers, size, colour, place, day, what of it.

An embedding is near blind to these: "how long to Hanoi" lies beside "how long to Saigon" in every language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from streambot.core.amounts import amounts
from streambot.core.canonical import canonical
from streambot.core.items import item_numbers
from streambot.core.number_words import may_count
from streambot.core.slot_words import ASKED, COLOURS, DAYS, PLACES, SIZES, STOCK, WHEN


class Kind(StrEnum):
    """What a slot is about."""

    NUMBER = "number"
    SIZE = "size"
    COLOUR = "colour"
    PLACE = "place"
    DAY = "day"
    WHEN = "when"
    ASKED = "asked"
    STOCK = "stock"


class Slot(NamedTuple):
    """One thing that a comment says: a kind, and a value that is the same in every language."""

    kind: Kind
    value: str


Slots = frozenset[Slot]

FIRM: Final = frozenset({Kind.NUMBER, Kind.SIZE, Kind.COLOUR, Kind.PLACE, Kind.DAY})
"""Who names one of these asks another question than who does not: the price of item 3 is not the price. The other kinds
are often said in passing, and part two askings only where both say something else."""

_TABLES: Final[Mapping[Kind, Mapping[str, str]]] = {
    Kind.SIZE: SIZES,
    Kind.COLOUR: COLOURS,
    Kind.PLACE: PLACES,
    Kind.DAY: DAYS,
    Kind.WHEN: WHEN,
    Kind.ASKED: ASKED,
    Kind.STOCK: STOCK,
}
_WORDS: Final = [
    (canonical(word), Slot(kind, value))
    for kind, table in _TABLES.items()
    for value, words in table.items()
    for word in words.split("|")
]
_AUTOMATON: Final = AhoCorasick([word for word, _ in _WORDS], implementation=Implementation.DFA)

# A lone s, m or l is a size beside another size, or where sizes are asked for.
_LETTER: Final = r"(?:xs|s|m|l|xl)"
_BEFORE: Final = (
    "size|sizes|sz|ไซส์|ไซด์|ukuran|saiz|còn|con|lấy|lay|mặc|mac|take|wear|ambil|any|got|try|is|yang|yg|ใส่|เอา|between|antara"
    "|giữa|giua"
)
_BETWEEN: Final = (
    r"(?: ?[/,、和跟] ?| ?还是 ?| ?或者? ?| (?:or|and|to|atau|apa|ato|sama|hay|và|với|voi|va|กับ|หรือ|ke) | )"
)
_AFTER: Final = (
    r"left|available|in stock|still|ready|masih|ada|còn|con|hết|het|เหลือ|มี|หมด|size|码|号|有|还|能|都|is|vừa|vua|muat"
)
_NO_LETTER_BEFORE: Final = r"(?<![a-zà-ỹ\d'’])"
_NO_LETTER_AFTER: Final = r"(?![a-zà-ỹ\d'’])"
_LETTERS: Final = re.compile(
    rf"{_NO_LETTER_BEFORE}(?:{_LETTER}(?:{_BETWEEN}{_LETTER})+{_NO_LETTER_AFTER}"
    rf"|(?:{_BEFORE}) ?{_LETTER}{_NO_LETTER_AFTER}"
    rf"|{_LETTER} ?(?:{_AFTER})(?![a-z]))"
)
_ONE_LETTER: Final = re.compile(rf"{_NO_LETTER_BEFORE}{_LETTER}{_NO_LETTER_AFTER}")


def slots(text: str) -> Slots:
    """Everything in a text that tells one question from a like one; the numbers of the items that it names included."""
    text = canonical(text)
    found = set(_named(text))
    if may_count(text):
        found.update(Slot(Kind.NUMBER, number) for number in (*amounts(text), *item_numbers(text)))
    for letters in _LETTERS.finditer(text):
        found.update(Slot(Kind.SIZE, letter) for letter in _ONE_LETTER.findall(letters[0]))
    if Slot(Kind.STOCK, "restock") in found:
        # Who asks when it is back says that it is not there.
        found.discard(Slot(Kind.STOCK, "left"))
    return frozenset(found)


def _named(text: str) -> Iterator[Slot]:
    """The slots of the words that stand in the text; of the words of a kind, none that lies inside a longer one."""
    hits = [
        (start, -end, _WORDS[number][1])
        for number, start, end in _AUTOMATON.find_matches_as_indexes(text, overlapping=True)
        if is_word(text, start, end)
    ]
    reached: dict[Kind, int] = {}
    for _, end, slot in sorted(hits):
        if -end > reached.get(slot.kind, 0):
            reached[slot.kind] = -end
            if slot.value:
                yield slot


def is_word(text: str, start: int, end: int) -> bool:
    """Whether no Latin letter joins on to one of its own; Thai and Chinese do not part their words."""
    return not (
        (start and _is_latin(text[start]) and _is_latin(text[start - 1]))
        or (end < len(text) and _is_latin(text[end - 1]) and _is_latin(text[end]))
    )


def _is_latin(char: str) -> bool:
    return char.isalpha() and (char < "\u0300" or "\u1e00" <= char < "\u1f00")


def firm(slots_: Slots) -> Slots:
    """The slots without which an asking is another question."""
    return frozenset(slot for slot in slots_ if slot.kind in FIRM)


def clash(one: Slots, other: Slots) -> bool:
    """Whether two askings say something else of one thing, as "how long to Hanoi" and "how long to Saigon" do."""
    if not one or not other:
        return False
    return any(
        {value for kind, value in one if kind is shared}.isdisjoint({value for kind, value in other if kind is shared})
        for shared in {kind for kind, _ in one} & {kind for kind, _ in other}
    )
