"""Every notice that streambot sends is a sentence in all languages of the screens, whole with its values."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from streambot.console.words import LANGUAGES, Words
from streambot.packs import notices

SOURCES = Path(__file__).parents[1] / "streambot"
DICT = re.compile(r'"level": [^,]+,\s*"code": "(\w+)"')
CALL = re.compile(r'_tell\([^"]*"(?:info|warn|error)",\s*"(\w+)"')
ERRORS = (
    "disk_full", "database_unwritable", "database_damaged", "database_error",
    "websocket_auth", "websocket_certificate", "source_failed",
)  # fmt: skip
"""Codes of errors that a notice carries on."""
EVENT = {"before": "th@1", "value": "th@2", "added": ["a"], "removed": [], "changed": {"b": ["terms"]}}
OF_PACKS = [
    notices.mended("th"),
    notices.refused("th.toml:3: no.", "th@1"),
    notices.waits("th@2", 0.0),
    notices.stays("th@2", "th@1", "mei"),
    notices.changed(EVENT, "mei", topic=""),
    notices.rule_added("nok", "cheap", "hide"),
    notices.rule_taken_back("nok", "air.01"),
    notices.rule_ended("nok"),
]


def sent() -> set[str]:
    """The codes that stand in the sources; those of packs have names of their own."""
    texts = [path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py") if "cli" not in path.parts]
    return {code for text in texts for form in (DICT, CALL) for code in form.findall(text)} | {*ERRORS}


def test_every_code_that_is_sent_has_its_sentence() -> None:
    codes = sent()
    assert {"model_back", "gap", "catalog_read", "ticket_soon", "orders_refused", "over_quota"} <= codes
    assert {code for code in codes if not Words("en").known(f"said.{code}")} == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("notice", OF_PACKS, ids=lambda notice: notice["say"])
def test_what_is_told_of_rules_has_every_value_that_its_sentence_needs(language: str, notice: notices.Notice) -> None:
    words = Words(language)
    said = words(f"said.{notice['say']}", **notice["values"])
    assert not re.search(r"\{\w+\}|^said\.", said), said
    for value in notice["values"].values():
        assert str(value) in said
    if language == "en" and notice["say"] != "pack_refused":
        assert said == notice["text"]
