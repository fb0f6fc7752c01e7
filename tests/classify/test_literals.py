"""What a pattern cannot do without, and that looking for it first loses no match."""

from __future__ import annotations

import re

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from streambot.classify.literals import branches, holds_all, needed, needed_besides
from streambot.core.canonical import canonical
from tests.classify.rules import found


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("slot gacor", {"slot gacor"}),
        ("cure[sd]? it", {"cure it", "cures it", "cured it"}),
        ("colou?r red", {"colour red", "color red"}),
        ("(?:kill|stab) (?:you|u)", {"kill you", "kill u", "stab you", "stab u"}),
        (r"[0-9]+ ?gacor[^.]{0,9}(?:win|zeus)", {"gacor", " gacor"}),
        ("滚|杂种", {"滚", "杂种"}),
        (r"wa\.me", {"wa.me"}),
        ("(?:abc)+", {"abc"}),
        ("(?:abc){2,3}", {"abc"}),
        ("GACOR", {"gacor"}),
    ],
)
def test_every_match_holds_one_of_the_needed_texts(pattern: str, texts: set[str]) -> None:
    assert needed(pattern) == frozenset(texts)


@pytest.mark.parametrize(
    "pattern", [r"[0-9]{3,}", "(?:abc)?", "(?:abc){0,2}", "a|bcd", r"\pL+", "(?i)abc", r"\Qabc\E", r"ab", "(?:abc|.)"]
)
def test_a_pattern_without_letters_of_its_own_is_always_run(pattern: str) -> None:
    assert needed(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("a|b", ["a", "b"]),
        ("(?:a|b)|c", ["(?:a|b)", "c"]),
        (r"a\|b|[|]c|[^]|]d", [r"a\|b", "[|]c", "[^]|]d"]),
        (r"\p{Latin}|[[:alpha:]|]", [r"\p{Latin}", "[[:alpha:]|]"]),
        ("(?s)a|b", ["(?s)a|b"]),
    ],
)
def test_alternatives_are_parted_at_the_top_only(pattern: str, parts: list[str]) -> None:
    assert branches(pattern) == parts


_ATOM = st.sampled_from(
    ["a", "b", "ab", "abc", "[ab]", "[^a]", ".", "(?:ab|c)", "(?:a|bc|abc)", "c?", "(?:abc)?", "b+"]
)
_PATTERN = st.lists(st.lists(_ATOM, min_size=1, max_size=5).map("".join), min_size=1, max_size=3).map("|".join)


@given(_PATTERN, st.text("abc ", max_size=12))
def test_no_text_matches_a_pattern_without_holding_what_it_needs(pattern: str, text: str) -> None:
    texts = needed(pattern)
    if texts is not None and re.search(pattern, text):
        assert any(each in text for each in texts)
    assert bool(re2.search(pattern, text)) == any(re2.search(part, text) for part in branches(pattern))


def test_a_place_is_found_by_the_second_alternative_in_capitals_too() -> None:
    text = canonical("it is a Frozen Pizza slice")
    assert found("patterns = ['never here|frozen (?:pizza|bread)']", text) == ["frozen pizza"]


def test_every_match_holds_one_of_each_of_the_other_texts_as_well():
    assert needed("slot [^.]{0,20}(?:gacor|jp|win)") == {"slot "}
    assert needed_besides("slot [^.]{0,20}(?:gacor|jp|win)") == [{"gacor", "jp", "win"}]
    assert needed_besides("slot gacor") == []
    assert needed_besides("(?:kill|stab)[^.]{0,9}(?:x|y?)") == []


def test_a_text_is_searched_only_if_it_holds_all_that_a_pattern_needs():
    besides = needed_besides("slot [^.]{0,20}(?:gacor|jp|win)")
    assert holds_all("slot slot jp", besides)
    assert not holds_all("slot slot slot", besides)
    assert holds_all("anything", ())
