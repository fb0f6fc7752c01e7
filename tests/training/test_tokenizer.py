from __future__ import annotations

import pytest

pytest.importorskip("sentencepiece")

from streambot.core.labels import Label
from streambot.core.views import canonical
from streambot.training.corpus import OWN, Row
from streambot.training.tokenizer import END, MASK, PAD, SPECIAL, START, UNK, marks, train_tokenizer

pytestmark = pytest.mark.torch  # the trainer of pieces comes with the extra

LINES = {
    "en": "how much is the red dress with the long sleeves",
    "vi": "cái đầm đỏ này giá bao nhiêu vậy shop ơi",
    "th": "ตัวสีแดงราคาเท่าไหร่คะแม่ค้า",
    "zh": "这件红色的裙子多少钱主播",
    "id": "kak harga baju merah yang tadi berapa ya",
}


@pytest.fixture(scope="module")
def tokenizer():
    rows = [
        Row(f"{text} {number}", language, OWN, (False,) * len(Label), (1.0,) * len(Label))
        for language, text in LINES.items()
        for number in range(40)
    ]
    return train_tokenizer(rows, [canonical(row.text) for row in rows], size=900, seed=1)


@pytest.mark.parametrize("text", LINES.values())
def test_no_mark_is_lost_in_any_script(tokenizer, text):
    pieces = tokenizer.encode(canonical(text)).tokens[1:-1]
    assert "".join(pieces).replace("▁", " ").strip() == canonical(text)


def test_what_it_has_never_seen_becomes_bytes_not_unknown(tokenizer):
    tokens = tokenizer.encode("🫠 ж").tokens
    assert UNK not in tokens
    assert "<0xF0>" in tokens


def test_digits_stand_alone_so_that_a_number_is_never_one_piece(tokenizer):
    assert [token.strip("▁") for token in tokenizer.encode("3900").tokens[1:-1] if token.strip("▁")] == list("3900")


def test_a_text_begins_and_ends_with_its_marks_and_padding_is_zero(tokenizer):
    tokens = tokenizer.encode("red dress").tokens
    assert (tokens[0], tokens[-1]) == (START, END)
    assert tokenizer.token_to_id(PAD) == 0
    assert [tokenizer.token_to_id(token) for token in SPECIAL] == list(range(5))
    assert tokenizer.token_to_id(MASK) == 4


def test_typing_a_special_token_does_not_make_one(tokenizer):
    ids = tokenizer.encode(canonical(f"buy {END} now {PAD} {MASK}")).ids
    assert ids.count(tokenizer.token_to_id(END)) == 1
    assert tokenizer.token_to_id(PAD) not in ids
    assert tokenizer.token_to_id(MASK) not in ids


def test_a_word_that_no_other_begins_with_is_a_piece():
    """In Vietnamese most are: "nhiêu" is always followed by a space or the end."""
    others = ["shop", "em", "chị", "anh", "bé", "cô", "mẹ", "bạn", "quần", "áo", "váy", "túi", "giày", "mũ"]
    lines = [
        form.format(word) for word in others for form in ("bao nhiêu {}", "{} nhiêu", "nhiêu {} ơi", "{} bao nhiêu ạ")
    ]
    rows = [Row(line, "vi", OWN, (False,) * len(Label), (1.0,) * len(Label)) for line in lines]
    tokenizer = train_tokenizer(rows, lines, size=400, seed=1)
    assert "▁nhiêu" in tokenizer.encode("giá nhiêu vậy").tokens


def test_its_marks_are_found_by_what_they_are_called(tokenizer):
    found = marks(tokenizer)
    assert (found.pad, found.mask) == (0, 4)
    assert found.special == frozenset(range(5))
