"""What the model learns from: public sources through a label map, our own lines, and one split that nothing crosses.

A public source says something about a few labels only. What it says nothing about has weight 0 in the loss
(masking): taking silence for "compliant" would teach that insults are fine wherever a spam corpus has them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from streambot.core.errors import ConfigError
from streambot.core.labels import LANGUAGES, Intent, Label
from streambot.core.views import canonical
from streambot.training.labelmap import LabelMap

OWN: Final = "own"
"""The source name of our own lines, which are known in every label."""
CLASS_CAP: Final = 5000
"""Rows taken of one class of one source, so that no heavy source sets the tone."""
CLASS_CAPS: Final[Mapping[str, int]] = {
    "cold_zh": 8000,  # the only Chinese insults at hand
    "davidson_en": 2500,  # sampled by a lexicon: more of it teaches the lexicon
    "wisesight_th": 3000,  # long, and it says nothing but a weak intent
    "id_smsa": 2000,  # likewise
    "banking77_en": 2500,  # another domain
    "clinc_oos_en": 2500,  # another domain
}
LICENCES: Final[Mapping[str, str]] = {
    OWN: "Apache-2.0",
    "banking77_en": "CC BY",
    "clinc_oos_en": "CC BY",
    "cold_zh": "Apache-2.0",
    "davidson_en": "MIT",
    "hatemojibuild_en": "CC BY 4.0",
    "id_emot": "MIT / Apache-2.0",
    "id_smsa": "MIT / Apache-2.0",
    "janitr_x_en": "MIT",
    "judol_youtube_id": "MIT",
    "prdect_id": "MIT / Apache-2.0",
    "scamspot_ig_en": "MIT",
    "swsr_zh": "MIT",
    "vihos": "MIT",
    "wisesight_th": "CC0-1.0",
}
"""Under which licence each source may be learned from, for the manifest."""
ELSEWHERE: Final = "elsewhere"
"""The note of a line of ours that is not said on a stream: an SMS, a news comment, a forum post. It teaches tones."""
ELSEWHERE_INTENT: Final = 0.2
"""How far its intent counts: nearly all of them are talk, which comments of a sale are not."""
VALID_PERCENT: Final = 12
TEST_PERCENT: Final = 8


class Split(StrEnum):
    """Which rows are learned from, which set calibration and thresholds, and which only measure."""

    TRAIN = "train"
    VALID = "valid"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Row:
    """One line to learn from.

    ``language`` is one of LANGUAGES, or empty where the source does not know it.
    ``targets`` and ``weights`` have one entry per Label: is it there, and how far the source is to be believed (0:
    it says nothing). ``intents`` are those the line may have (empty: unknown; several: the source names only the
    kind), believed as far as ``intent_weight``.
    """

    text: str
    language: str
    source: str
    targets: tuple[bool, ...]
    weights: tuple[float, ...]
    intents: frozenset[Intent] = frozenset()
    intent_weight: float = 0.0
    note: str = ""

    @property
    def is_own(self) -> bool:
        """Whether the line is ours and therefore known in every label."""
        return self.source == OWN

    @property
    def is_benign(self) -> bool:
        """Whether no label holds, as far as the source knows."""
        return not any(self.targets)

    @property
    def labels(self) -> frozenset[Label]:
        """The labels that hold."""
        return frozenset(label for label, holds in zip(Label, self.targets, strict=True) if holds)


def key(text: str) -> str:
    """What makes two lines the same: the canonical text without spaces, hashed."""
    return hashlib.sha256("".join(canonical(text).split()).encode()).hexdigest()


def split_of(text: str) -> Split:
    """The split a text belongs to: by its key alone, so a duplicate can never be on both sides."""
    place = int(key(text)[:8], 16) % 100
    if place < VALID_PERCENT:
        return Split.VALID
    return Split.TEST if place < VALID_PERCENT + TEST_PERCENT else Split.TRAIN


def read_own(folder: Path) -> list[Row]:
    """Our own lines of every ``*.jsonl`` in ``folder``. Raises ConfigError naming file and line."""
    return [row for path in sorted(folder.glob("*.jsonl")) for row in own_file(path)]


def own_file(path: Path) -> list[Row]:
    """The lines of one file, ``{"text","lang","labels","intent","note"}``. Raises ConfigError naming file and line."""
    rows = []
    for number, record in read_records(path):
        try:
            labels = frozenset(Label(name) for name in record["labels"])
            row = Row(
                text=str(record["text"]),
                language=language_of(record["lang"]),
                source=OWN,
                targets=tuple(label in labels for label in Label),
                weights=(1.0,) * len(Label),
                intents=frozenset({Intent(record["intent"])}),
                intent_weight=ELSEWHERE_INTENT if record.get("note") == ELSEWHERE else 1.0,
                note=str(record.get("note") or _KINDS.get(str(record.get("kind")), "")),
            )
        except (KeyError, ValueError, TypeError) as error:
            raise ConfigError(
                f"{path}:{number} is not a line of the corpus: {error!r}.",
                code="bad_corpus_line",
                fix='Write {"text", "lang", "labels": [], "intent", "note"} with the names of LABELS.md.',
            ) from error
        rows.append(row)
    return rows


def read_sources(folder: Path, label_map: LabelMap) -> list[Row]:
    """Every ``<source>.jsonl.gz`` (or .jsonl) of ``folder`` that the label map knows, all rows. Raises ConfigError."""
    rows: list[Row] = []
    for path in sorted([*folder.glob("*.jsonl.gz"), *folder.glob("*.jsonl")]):
        rows.extend(read_source(path, label_map))
    return rows


def read_source(path: Path, label_map: LabelMap) -> Iterator[Row]:
    """The rows of one public source. Raises ConfigError."""
    name = path.name.split(".jsonl")[0]
    rules = label_map.source(name)
    for number, record in read_records(path):
        try:
            stated = [str(label) for label in record["label"]]
            reading = rules.read(stated)
            yield Row(
                text=str(record["text"]),
                language=_public_language(record["lang"]),
                source=name,
                targets=reading.targets,
                weights=reading.weights,
                intents=reading.intents,
                intent_weight=reading.intent_weight,
            )
        except (KeyError, ValueError, TypeError) as error:
            raise ConfigError(
                f"{path}:{number} is not a row of a source: {error!r}.",
                code="bad_source_row",
                fix='Each line must be {"text", "lang", "label": [], "source"}.',
            ) from error


def read_records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Numbered JSON objects of a .jsonl or .jsonl.gz file. Raises ConfigError."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    record = json.loads(line)
                    if not isinstance(record, dict):
                        raise ValueError("not a JSON object")
                    yield number, record
    except (OSError, ValueError, EOFError) as error:
        raise ConfigError(
            f"{path} cannot be read as JSON lines: {error}.", code="bad_data", fix="Check the path and the file."
        ) from error


def unique(rows: Iterable[Row], *, seen: set[str] | None = None) -> list[Row]:
    """Rows with a text that has not occurred yet, in order; empty texts are left out. ``seen`` is added to."""
    seen = set() if seen is None else seen
    empty = key("")
    kept = []
    for row in rows:
        mark = key(row.text)
        if mark != empty and mark not in seen:
            seen.add(mark)
            kept.append(row)
    return kept


def capped(rows: Sequence[Row], *, cap: int = CLASS_CAP, caps: Mapping[str, int] = CLASS_CAPS) -> list[Row]:
    """At most ``cap`` rows of each class of each public source; our own lines all stay.

    A class is what the row teaches: its labels and intents. Which rows stay depends on their texts alone.
    """
    classes: dict[tuple[str, tuple[bool, ...], frozenset[Intent]], list[int]] = {}
    for index, row in enumerate(rows):
        if not row.is_own:
            classes.setdefault((row.source, row.targets, row.intents), []).append(index)
    dropped: set[int] = set()
    for (source, _, _), members in classes.items():
        # The end of the hash: its beginning chose the split.
        members.sort(key=lambda index: key(rows[index].text)[-16:])
        dropped.update(members[caps.get(source, cap) :])
    return [row for index, row in enumerate(rows) if index not in dropped]


def load(data: Path | None, own: Path, label_map: LabelMap | None, *, whole: bool = False) -> dict[Split, list[Row]]:
    """Everything to learn from and to validate on: our own lines first, so that they win over a duplicate elsewhere.

    ``whole`` leaves no public row out: guessing tokens asks for text, not for balance. Raises ConfigError if there is
    nothing.
    """
    rows = read_own(own)
    if data is not None and label_map is not None:
        rows += read_sources(data, label_map)
    if not rows:
        raise ConfigError(f"There is nothing to train on in {own}.", code="no_data", fix="Give folders with lines.")
    splits: dict[Split, list[Row]] = {split: [] for split in Split}
    rows = unique(rows)
    for row in rows if whole else capped(rows):
        splits[split_of(row.text)].append(row)
    return splits


_KINDS: Final = {"hard_negative": "hard-negative"}
"""The test split's word for a line's kind, in the corpus's."""


def language_of(name: object) -> str:
    """A language code of ours. Raises ValueError."""
    if name not in LANGUAGES:
        raise ValueError(f"unknown language {name!r}")
    return str(name)


def _public_language(name: object) -> str:
    """A source's language code: one that is not ours is ``other``, ``und`` is unknown."""
    if not isinstance(name, str):
        raise ValueError(f"unknown language {name!r}")
    if name in {"und", ""}:
        return ""
    return name if name in LANGUAGES else "other"
