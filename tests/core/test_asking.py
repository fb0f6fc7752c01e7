"""Which words ask, and which only look as if they did."""

import pytest

from streambot.core.asking import is_asking, is_warning


@pytest.mark.parametrize(
    "text", ["这是什么", "为什么这么贵", "有货么", "好看么 主播", "ท\u0e4dาไง", "còn hàng không shop", "is it real"]
)
def test_a_question_is_told_by_its_words(text):
    assert is_asking(text)


@pytest.mark.parametrize("text", ["讲得这么仔细", "那么便宜", "多么好看", "khônggian rộng", "thisis it"])
def test_a_word_that_holds_a_question_word_asks_nothing(text):
    assert not is_asking(text)


def test_a_warning_is_told_from_a_word_that_holds_one():
    assert is_warning("beware of this one")
    assert not is_warning("bewareness")
