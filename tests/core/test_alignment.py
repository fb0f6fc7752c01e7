"""Where a place of the canonical text was typed, worked out for its part of a long text alone."""

import random
import unicodedata
from itertools import pairwise

import pytest

from streambot.bench.hostile import hostile
from streambot.core import alignment as alignment_module
from streambot.core.alignment import Alignment, align
from streambot.core.canonical import VISIBLE_LIMIT, canonical

first_fold = alignment_module._first_fold
_LONG = [text for text in hostile(150, seed=11) if len(text) > 300 and len(canonical(text)) > 20]


@pytest.mark.parametrize("text", _LONG[:60])
def test_a_part_of_a_long_text_is_aligned_as_the_whole_is(text):
    pieces, alignment, dice = align(text), Alignment(text), random.Random(5)
    for _ in range(30):
        start = dice.randrange(len(pieces))
        end = min(len(pieces), start + dice.choice((1, 5, 40, 300)))
        wide = (min(first for _, first, _ in pieces[start:end]), max(last for _, _, last in pieces[start:end]))
        found = alignment.span(start, end)
        assert found[0] < found[1]
        if "\u202e" in text:
            continue
        # A part that is only folded in case tells a letter from its marks, which the whole does not.
        assert wide[0] <= found[0]
        assert found[1] <= wide[1]
        beside = text[wide[0] : found[0]] + text[found[1] : wide[1]]
        assert found == wide or any(unicodedata.category(char)[0] == "M" for char in text[wide[0] : wide[1]]), beside


def test_a_place_over_several_parts_is_all_of_them():
    words = " ".join(f"Word{number}" for number in range(200))
    text = "\u200b" + words
    at = words.lower().index("word7 "), words.lower().index("word150")
    assert Alignment(text).span(*at) == (at[0] + 1, at[1] + 1)


def test_a_long_text_shown_from_its_end_is_marked_where_it_was_typed():
    text = "Friendly words. " * 20 + "\u202eolaz\u202c " + "more of them " * 20
    at = canonical(text).index("zalo")
    assert text[slice(*Alignment(text).span(at, at + 4))] == "olaz"


def test_the_places_of_neighbours_do_not_cross():
    text = "Ｆｕｌｌ ก้ำ wIdth\u0301 " * 60
    alignment = Alignment(text)
    places = [alignment.span(at, at + 1) for at in range(len(canonical(text)))]
    assert all(one[0] <= other[0] and one[1] <= other[1] for one, other in pairwise(places))


@pytest.mark.parametrize("text", ["ก้ำ กิน " * 280, "Ｆull ทำ zalo " * 180, "คำ" * 1000])
def test_a_text_that_was_cut_is_marked_as_narrowly_as_any_other(text):
    pieces, alignment = align(text), Alignment(text)
    assert len(pieces) > VISIBLE_LIMIT - 3
    for start in (*range(0, len(pieces) - 5, 97), len(pieces) - 5):
        places = pieces[start : start + 5]
        first, last = alignment.span(start, start + 5)
        assert (min(place for _, place, _ in places), max(place for _, _, place in places)) == (first, last)
        assert last - first < 20


def test_no_part_before_the_cut_is_worked_out_with_the_rest(monkeypatch):
    worked_out = []
    monkeypatch.setattr(alignment_module, "_first_fold", lambda text: worked_out.append(len(text)) or first_fold(text))
    Alignment("ก้ำ กิน " * 280).span(700, 705)
    assert max(worked_out) < 200
