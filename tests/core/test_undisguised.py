from __future__ import annotations

import pytest

from streambot.core.undisguised import undisguised


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("k.i.l.l yourself", "kill yourself"),
        ("add my w h a t s a p p", "add my whatsapp"),
        ("\u0440\u0430ypal me", "paypal me"),
        ("ti🔥ền thưởng", "tiền thưởng"),
    ],
)
def test_what_hides_letters_from_each_other_is_gone(typed: str, meant: str) -> None:
    assert undisguised(typed) == meant


@pytest.mark.parametrize(
    "text",
    ["how much is no 3", "ราคา 3 ตัว เท่าไหร่", "3号链接 多少钱", "size 36-38 còn ko", "so cute 🔥🔥", "ready min?"],
)
def test_what_is_not_disguised_is_left_as_it_is(text: str) -> None:
    assert undisguised(text) == text
