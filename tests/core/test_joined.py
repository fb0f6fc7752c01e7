"""What hides letters from each other, told from what stands between words."""

import pytest

from streambot.core.canonical import canonical
from streambot.core.joined import HIDDEN, is_odd, joined
from streambot.core.loose import serving
from streambot.core.skeleton import skeleton
from streambot.core.teencode import teen_key


def read(text):
    return joined(serving(skeleton(canonical(text))))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("c.h.e.a.p on", "c~h~e~a~p on"),
        ("c h e a p", "c~h~e~a~p"),
        ("ch🌸eap", "ch~eap"),
        ("ch🌸 eap", "ch~ eap"),
        ("c|h|e|a|p", "c~h~e~a~p"),
        ("c+h+e", "c~h~e"),
        ("加 微 信", "加~微~信"),
        ("加🔥微信", "加~微信"),
        ("แ.อ.ด.ไ.ล.น์", "แ~อ~ด~ไ~ล~น์"),
        ("c̶h̶eap", "c~h~eap"),
    ],
)
def test_what_hides_letters_is_marked_place_for_place(typed, shown):
    assert read(typed).replace(HIDDEN, "~") == shown
    assert len(read(typed)) == len(canonical(typed))


@pytest.mark.parametrize(
    "honest",
    [
        "i'll take it",
        "giá/size",
        "ok, chốt",
        "价高。仿佛",
        "wow! nice",
        "1:1",
        "12.000",
        "a b",
        "call 0 9 8 1",
        "how? now",
    ],
)
def test_what_stands_between_words_or_digits_stays(honest):
    assert HIDDEN not in read(honest)


@pytest.mark.parametrize("honest", ["34c in stock", "12kg ok?", "สวัสดีค่ะ แม่ค้า", "i'm in", "giá bao nhiêu"])
def test_a_size_a_measure_or_a_thai_space_is_nothing_odd(honest):
    assert not is_odd(read(honest), canonical(honest))


@pytest.mark.parametrize("hidden", ["ch🌸eap", "g4cor", "k y s", "c@sino"])
def test_a_hidden_letter_is_odd(hidden):
    assert is_odd(read(hidden), canonical(hidden))


@pytest.mark.parametrize(
    ("plain", "typed"), [("phai", "fai"), ("quen", "wen"), ("gi", "j"), ("khong", "kog"), ("do", "zo")]
)
def test_teencode_and_its_word_have_one_key(plain, typed):
    assert teen_key(plain) == teen_key(typed)
