"""Expressions shared by all packs that hold them, and places in a text that was encoded for them."""

import gc
from weakref import ref

from streambot.classify.expressions import Encoded, expression


def test_an_expression_is_compiled_once_for_all_who_ask_and_let_go_with_the_last():
    one = expression("sl[o0]t")
    assert expression("sl[o0]t") is one
    assert one.search("a SL0T b") is not None
    known = ref(one)
    del one
    gc.collect()
    assert known() is None


def test_a_place_in_bytes_is_told_in_letters():
    text = Encoded("đồ แอด 加微信 slot")
    match = next(iter(expression("微信".encode()).finditer(text.encoded)))
    assert text.span(*match.span()) == (8, 10)
    assert Encoded("plain slot").span(6, 10) == (6, 10)
