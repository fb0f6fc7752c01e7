from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest


@pytest.fixture
def write_jsonl():
    """Writes records as JSON lines, gzipped where the name says so."""

    def write(path: Path, records):
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        if path.suffix == ".gz":
            path.write_bytes(gzip.compress(lines.encode()))
        else:
            path.write_text(lines, encoding="utf-8")
        return path

    return write


@pytest.fixture
def own_line():
    """A line of the corpus; what is not given is a benign English price question."""

    def make(text="how much is the red one", **changes):
        return {"text": text, "lang": "en", "labels": [], "intent": "question.price", "note": ""} | changes

    return make
