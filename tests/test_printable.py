"""Nothing in a text can move a cursor, end a line or turn its direction."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streambot.printable import json_line, printable

ANY_TEXT = st.text(alphabet=st.characters())


@given(ANY_TEXT)
def test_a_printable_text_is_one_line_that_can_be_encoded(text: str) -> None:
    shown = printable(text)
    assert len(shown.splitlines()) <= 1
    assert not set(shown) & set("\x1b\x07\x9b\u202e\u2066")
    shown.encode()


def test_letters_of_every_language_stay_as_they_are() -> None:
    text = "ราคาเท่าไหร่ 多少钱 bao nhiêu 😂👨‍👩‍👧 é"
    assert printable(text) == text


def test_a_traceback_keeps_its_lines() -> None:
    assert printable("a\n\tb\x1b", lines=True) == "a\n\tb\\u001b"


@given(st.recursive(ANY_TEXT, lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner), max_leaves=5))
def test_a_line_of_json_parses_back_and_is_one_line_for_every_reader(value: object) -> None:
    line = json_line(value)
    assert json.loads(line) == value
    assert len(line.splitlines()) == 1
    line.encode()


def test_a_number_that_json_has_no_word_for_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        json_line(float("nan"))
