"""Paraphrase groups: lines that ask the same thing in any language, and near misses that do not.

A file holds ``{"group": "shipping/cost", "text", "lang", "intent"}``. Groups whose names share the part before the
last "/" are a family of near misses: close in words, apart in meaning.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from streambot.core.errors import ConfigError
from streambot.core.labels import Intent, Label
from streambot.training.corpus import OWN, TEST_PERCENT, VALID_PERCENT, Row, Split, language_of, read_records

FOLDER: Final = "groups"
"""Where they lie in the folder of our own lines."""
FAMILY_DRAWN: Final = 3
"""Groups of one family drawn together, each other's near misses."""
GROUP_DRAWN: Final = 2
"""Lines drawn of one group."""

TWINS: Final = 0.4
"""How often a group that names a number is drawn with a twin that names another: the price of item 3, and of item 8."""
_NUMBER: Final = re.compile(r"(?<![\d.,:/])\d{1,4}(?![\d.,:/])")

Groups = dict[str, list[Row]]


def read_groups(folder: Path) -> Groups:
    """The lines of every ``*.jsonl`` in ``folder`` by group; none if there is no folder. Raises ConfigError."""
    groups: Groups = {}
    for path in sorted(folder.glob("*.jsonl")):
        for number, record in read_records(path):
            try:
                row = Row(
                    text=str(record["text"]),
                    language=language_of(record["lang"]),
                    source=OWN,
                    targets=(False,) * len(Label),
                    weights=(1.0,) * len(Label),
                    intents=frozenset({Intent(record["intent"])}),
                    intent_weight=1.0,
                )
                groups.setdefault(str(record["group"]), []).append(row)
            except (KeyError, ValueError) as error:
                raise ConfigError(
                    f"{path}:{number} is not a line of a group: {error!r}.",
                    code="bad_group_line",
                    fix='Write {"group", "text", "lang", "intent"} with the names of LABELS.md.',
                ) from error
    return groups


def split_groups(groups: Groups) -> dict[Split, Groups]:
    """Whole groups to one side or the other, by their names: a held-back group's wordings were never seen."""
    splits: dict[Split, Groups] = {split: {} for split in Split}
    for name, rows in groups.items():
        place = int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % 100
        split = Split.TRAIN
        if place < VALID_PERCENT + TEST_PERCENT:
            split = Split.VALID if place < VALID_PERCENT else Split.TEST
        splits[split][name] = rows
    return splits


def family(name: str) -> str:
    """What a group shares with its near misses: its name without the last part."""
    return name.rpartition("/")[0] or name


def numbered(rows: Sequence[Row]) -> tuple[str, list[Row]]:
    """The number that most lines of a group name, in digits, and those that name it alone; "" if fewer than four do."""
    named = [(found[0], row) for row in rows if len(found := _NUMBER.findall(row.text)) == 1]
    number, lines = Counter(number for number, _ in named).most_common(1)[0] if named else ("", 0)
    return (number, [row for said, row in named if said == number]) if lines >= 2 * GROUP_DRAWN else ("", [])


def twin(rows: Sequence[Row], number: str) -> list[Row]:
    """The same lines with another number, which makes another question of them."""
    return [replace(row, text=_NUMBER.sub(number, row.text)) for row in rows]


class Drawing:
    """Draws lines for one step: pairs that ask the same, beside pairs that nearly do."""

    def __init__(self, groups: Groups) -> None:
        families: defaultdict[str, list[str]] = defaultdict(list)
        for name, rows in sorted(groups.items()):
            if len(rows) >= GROUP_DRAWN:
                families[family(name)].append(name)
        self._groups = groups
        self._numbered = {name: numbered(rows) for name, rows in groups.items()}
        self._families = list(families.values())
        # A family of many groups is drawn oftener, or its lines would be met rarely.
        self._weights = [len(names) for names in self._families]

    def draw(self, count: int, rng: random.Random) -> tuple[list[Row], list[str]]:
        """About ``count`` lines and the group of each; none where there are no groups."""
        rows: list[Row] = []
        names: list[str] = []
        while self._families and len(rows) < count:
            drawn = rng.choices(self._families, self._weights)[0]
            for name in rng.sample(drawn, min(FAMILY_DRAWN, len(drawn))):
                if name not in names:
                    rows += rng.sample(self._groups[name], GROUP_DRAWN)
                    names += [name] * GROUP_DRAWN
                    number, lines = self._numbered[name]
                    if number and rng.random() < TWINS:
                        other = _other(number, rng)
                        rows += twin(rng.sample(lines, GROUP_DRAWN), other)
                        names += [f"{name} {other}"] * GROUP_DRAWN
            if len(set(names) & self._groups.keys()) == sum(self._weights):
                break
        return rows, names


def _other(number: str, rng: random.Random) -> str:
    """Another number of about the same size."""
    value = int(number)
    low, high = max(1, value // 2), max(9, value * 2)
    other = rng.randrange(low, high)
    return str(other + (other >= value))


def same_group(names: Sequence[str]) -> list[list[bool]]:
    """Which lines ask the same as which."""
    return [[left == right for right in names] for left in names]
