"""Did you mean."""

from __future__ import annotations

from streambot.nearest import nearest


def test_the_right_word_is_found_whatever_its_case_and_dashes() -> None:
    assert nearest("Alowed-Hosts", ["allowed_hosts", "host"]) == "allowed_hosts"


def test_nothing_is_offered_for_a_word_like_none() -> None:
    assert nearest("banana", ["port", "host"]) is None
    assert nearest("x", []) is None
