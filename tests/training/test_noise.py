from __future__ import annotations

import itertools
import random
import unicodedata

from streambot.core.views import canonical
from streambot.training.noise import _lookalikes, _split_word, _strip_marks, disguise

LINES = ["add me on line", "giá bao nhiêu vậy shop đẹp", "เท่าไหร่คะแม่ค้า", "主播加微信便宜卖", "", "👍👍", "a"]


def test_the_same_randomness_makes_the_same_noise():
    def made(seed):
        rng = random.Random(seed)
        return [disguise(line, rng, strength=0.9) for line in LINES * 20]

    assert made(3) == made(3)
    assert made(3) != made(4)


def test_without_strength_nothing_changes():
    assert [disguise(line, random.Random(1), strength=0.0) for line in LINES] == LINES


def test_most_disguises_are_still_there_when_the_model_reads():
    rng = random.Random(5)
    lines = [line for line in LINES if len(line) > 5]
    changed = [canonical(disguise(line, rng, strength=1.0)) != canonical(line) for line in lines * 50]
    assert sum(changed) > 0.9 * len(changed)


def test_every_line_survives_any_disguise_as_text():
    rng = random.Random(6)
    for line in LINES * 100:
        disguise(line, rng, strength=1.0).encode()


def test_a_separator_never_parts_a_thai_mark_from_its_consonant():
    rng = random.Random(7)
    for _ in range(50):
        split = _split_word("เท่าไหร่ที่นี่", rng)
        for before, char in itertools.pairwise(split):
            if unicodedata.category(char) == "Mn":
                assert "\u0e00" <= before <= "\u0e7f"


def test_tones_go_and_thai_stays():
    assert _strip_marks("giá đẹp Đà ที่นี่", random.Random(0)) == "gia dep Da ที่นี่"


def test_lookalikes_come_from_other_scripts():
    swapped = "".join(_lookalikes("scope", random.Random(seed)) for seed in range(20))
    assert any("CYRILLIC" in unicodedata.name(char) for char in swapped)
