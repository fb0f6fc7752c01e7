"""The words of the lexicon say the same in every language, and places follow them."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streambot.core.canonical import canonical
from streambot.core.concepts import DIMENSIONS, LANGUAGES, SHARE, concepts, entries, placed

LEXICON = list(entries())


@pytest.mark.parametrize(
    ("concept", "lines"),
    [
        ("shrink", ["does it shrink", "洗了会缩水吗", "ซักแล้วหดไหม", "giặt có bị co rút không", "dicuci nyusut gak"]),
        ("ship", ["when do you ship", "几天发货", "ส่งวันไหน", "bao giờ giao hàng", "kapan dikirim"]),
        ("cost", ["how much is it", "多少钱", "ราคาเท่าไหร่", "giá bao nhiêu", "harganya berapa"]),
        ("battery", ["battery good?", "电池耐用吗", "แบตอึดไหม", "pin trâu không", "baterainya awet"]),
    ],
)  # fmt: skip
def test_a_concept_is_named_in_every_language(concept: str, lines: list[str]) -> None:
    missed = [line for line in lines if concept not in concepts(canonical(line))]
    assert not missed


def test_the_longest_word_at_a_place_counts_with_all_its_concepts() -> None:
    assert {"cost", "ship"} <= set(concepts(canonical("ค่าส่งเท่าไหร่")))
    assert "free" not in concepts(canonical("fragrance free?"))


def test_a_latin_word_counts_only_whole() -> None:
    assert concepts("shipwreckage") == ()


@pytest.mark.parametrize(
    ("listed", "typed"),
    [("pencernaan", "pencernaannya"), ("composition", "compositions"), ("đang bầu", "dang bau")],
)
def test_a_word_is_known_by_its_endings_and_without_its_marks(listed: str, typed: str) -> None:
    words = {word for entry in LEXICON for code in LANGUAGES for word in entry[code]}
    assert listed in words
    assert typed not in words
    assert concepts(canonical(typed)) == concepts(canonical(listed)) != ()
    assert concepts(canonical(f"{typed}x")) == ()


def test_the_lexicon_is_complete_and_canonical() -> None:
    names = Counter(str(entry["concept"]) for entry in LEXICON)
    assert [name for name, count in names.items() if count > 1] == []
    assert all(0 < entry["weight"] < 15 for entry in LEXICON)
    assert [
        word for entry in LEXICON for code in LANGUAGES for word in entry[code] if not word or canonical(word) != word
    ] == []
    thin = [entry["concept"] for entry in LEXICON if sum(bool(entry[code]) for code in LANGUAGES) < len(LANGUAGES)]
    assert thin == []


def vector(seed: int) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(size=32).astype(np.float32)
    return drawn / np.linalg.norm(drawn)


@given(st.text(max_size=60), st.integers(0, 9))
def test_every_place_has_length_one(text: str, seed: int) -> None:
    place = placed(canonical(text), vector(seed))
    assert place.shape == (32 + DIMENSIONS,)
    assert math.isclose(float(np.linalg.norm(place)), 1.0, rel_tol=1e-3)


def test_without_an_embedding_there_is_no_place() -> None:
    assert len(placed("how much", [])) == 0


def test_the_same_concepts_bring_strangers_nearer_by_their_share_and_others_do_not() -> None:
    one, other = np.eye(2, 32, dtype=np.float32)
    assert float(placed("how much", one) @ placed("多少钱", other)) == pytest.approx(SHARE, abs=1e-5)
    assert abs(float(placed("does it shrink", one) @ placed("多少钱", other))) < SHARE / 3


def test_wordings_that_name_no_concept_are_not_alike_for_that() -> None:
    one, same, other = canonical("hmm zzyzx qwv?"), canonical("hmm zzyzx qwv ??"), canonical("pfft kjq blorb")
    assert concepts(one) == concepts(other) == ()
    alike = vector(1)
    assert placed(one, alike) @ placed(other, alike) < 0.75
    assert placed(one, alike) @ placed(same, alike) > 0.9
