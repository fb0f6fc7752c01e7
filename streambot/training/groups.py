"""Paraphrase groups: lines that ask the same thing in any language, and near misses that do not.

A file holds ``{"group": "shipping/cost", "text", "lang", "intent"}``. Groups whose names share the part before the
last "/" are a family of near misses: close in words, apart in meaning.
"""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Sequence
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


class Drawing:
    """Draws lines for one step: pairs that ask the same, beside pairs that nearly do."""

    def __init__(self, groups: Groups) -> None:
        families: defaultdict[str, list[str]] = defaultdict(list)
        for name, rows in sorted(groups.items()):
            if len(rows) >= GROUP_DRAWN:
                families[family(name)].append(name)
        self._groups = groups
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
            if len(set(names)) == sum(self._weights):
                break
        return rows, names


def same_group(names: Sequence[str]) -> list[list[bool]]:
    """Which lines ask the same as which."""
    return [[left == right for right in names] for left in names]
