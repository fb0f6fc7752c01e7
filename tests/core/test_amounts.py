"""Numbers however they are written: in figures, in words, as body measures in any notation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streambot.core.amounts import amounts


@pytest.mark.parametrize(
    "text",
    [
        "160/50",
        "1m6 50kg",
        "1.60m, 50 kg",
        "身高160体重100斤",
        "一米六 50公斤",
        "5'3\" 110lb",
        "5ft3 110 lbs",
        "cao 1m60 nặng 50 ký",
        "สูง 160 หนักห้าสิบโล",
        "tinggi 160 berat lima puluh kilo",
    ],
)
def test_height_and_weight_are_the_same_in_every_notation(text: str) -> None:
    assert amounts(text) == {"160", "50"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("want two, maybe twelve", {"2", "12"}),
        ("拿两件", {"2"}),
        ("一百二十斤", {"60"}),
        ("能分三期吗", {"3"}),
        ("สองชิ้น", {"2"}),
        ("สี่สิบสอง มีไหม", {"42"}),
        ("mua hai cái", {"2"}),
        ("bốn lăm ký", {"45"}),
        ("hai mươi mốt cái", {"21"}),
        ("ambil tiga ya", {"3"}),
        ("dua belas biji", {"12"}),
        ("bb empat lima", {"45"}),
        ("๓ ชิ้น", {"3"}),
        ("size 42, 256gb, 69.000", {"42", "256", "69000"}),
        ("38.5", {"38.5"}),
    ],
)
def test_numbers_are_read_in_figures_and_in_words(text: str, found: set[str]) -> None:
    assert amounts(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "type 1",
        "555555",
        "666",
        "0912345678",
        "this one",
        "一下",
        "十分好看",
        "ba mẹ em",
        "ten shop la gi",
        "thứ 6 giao không",
        "2xl còn không",
        "lama2 luntur ga",
        "",
    ],
)
def test_what_counts_nothing_is_no_number(text: str) -> None:
    assert amounts(text) == frozenset()


words = st.sampled_from(
    ["one", "hai", "dua", "สิบ", "สาม", "三", "百", "1", ".", "m", "'", "斤", "xl", " ", "-", "cái", "号"]
)


@given(st.lists(words, max_size=300), st.sampled_from(["", " "]))
def test_whatever_is_typed_there_is_an_answer(typed: list[str], between: str) -> None:
    assert all(1 < float(number) < 1_000_000 for number in amounts(between.join(typed)))


@pytest.mark.parametrize("word", ["one ", "hai ", "สาม", "三"])
def test_a_text_of_nothing_but_number_words_is_read(word: str) -> None:
    assert len(amounts(word * 700)) <= 3
