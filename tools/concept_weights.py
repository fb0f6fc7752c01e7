"""Write each concept's weight into the lexicon: how seldom our own questions (models/corpus/groups) name it.

Run it after every change of the words: ``python tools/concept_weights.py``.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path

from streambot.core.canonical import canonical
from streambot.core.concepts import concepts
from streambot.training.groups import read_groups

HERE = Path(__file__).parents[1]


def main() -> None:
    """Rewrite the files of the lexicon."""
    groups = read_groups(HERE / "models" / "corpus" / "groups")
    texts = [canonical(row.text) for rows in groups.values() for row in rows]
    named = Counter(concept for text in texts for concept in concepts(text))
    for path in sorted((HERE / "streambot" / "core" / "concept_words").glob("*.jsonl")):
        lines = []
        for entry in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            weight = round(math.log(1.0 + len(texts) / (1.0 + named[entry["concept"]])), 2)
            lines.append(json.dumps({"concept": entry.pop("concept"), **entry, "weight": weight}, ensure_ascii=False))
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
