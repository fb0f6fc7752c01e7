from __future__ import annotations

import numpy as np

from streambot.core.grams import READ, SLOTS, hashed_grams


def slots_of(text):
    (row,) = hashed_grams([text])
    return sorted(row[row > 0].tolist())


def test_a_text_has_all_its_grams_of_one_to_four_with_a_blank_at_both_ends():
    # " abc " has 5 + 4 + 3 + 2 grams.
    assert len(slots_of("abc")) == 14
    assert slots_of("")[:1]


def test_a_text_has_the_same_grams_alone_and_beside_longer_ones():
    texts = ["ราคา", "x", "多少钱", "giá bao nhiêu vậy shop " * 5, "\ud800"]
    together = hashed_grams(texts)
    for text, row in zip(texts, together, strict=True):
        assert sorted(row[row > 0].tolist()) == slots_of(text)


def test_shared_words_share_grams_and_order_matters():
    one, other, turned = set(slots_of("line")), set(slots_of("online")), set(slots_of("enil"))
    assert len(one & other) > len(one & turned)
    assert one != turned


def test_slots_are_spread_and_in_range():
    rng = np.random.default_rng(0)
    texts = ["".join(map(chr, rng.integers(0x0E01, 0x0E3A, 12))) for _ in range(300)]
    slots = hashed_grams(texts)
    assert 0 < slots.max() < SLOTS
    grams = {text[at : at + 4] for text in texts for at in range(9)}
    (quads,) = [np.unique(slots[slots > 0])]
    # Random hashing of n grams into m slots loses about n²/2m of them.
    assert len(quads) > 0.98 * len(grams)


def test_what_is_too_long_is_cut():
    assert slots_of("ab" * READ) == slots_of("ab" * (READ // 2))


def test_no_texts_have_no_grams():
    assert hashed_grams([]).shape == (0, 0)
