from __future__ import annotations

import tomllib

import pytest

from streambot.training.toml import toml

DOCUMENT = {
    "format": 1,
    "name": 'with "quotes" and ไทย',
    "languages": ["en", "zh"],
    "files": {"model.onnx": {"sha256": "ab", "bytes": 3}},
    "thresholds": {"scam": {"hide": {"default": 0.9, "zh": 0.85}, "review": {"default": 1e-05}}},
    "provenance": {"data": ["own: 3 rows"], "ok": True, "metrics": {"a": {"b": {"rate": 0.5}}}, "nothing": {}},
}


def test_what_is_written_reads_back_the_same():
    assert tomllib.loads(toml(DOCUMENT)) == DOCUMENT


def test_thresholds_of_a_level_stand_on_one_line():
    assert "hide = { default = 0.9, zh = 0.85 }" in toml(DOCUMENT)


def test_a_value_that_toml_has_no_form_for_is_refused():
    with pytest.raises(TypeError, match="NoneType"):
        toml({"x": None})
