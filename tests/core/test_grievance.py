"""A ticket is for a complaint: named, or read with some certainty, and no praise."""

from __future__ import annotations

import pytest

from streambot.core.grievance import SURE, is_evident_complaint


@pytest.mark.parametrize(
    "text",
    [
        "the zip broke on day two",
        "it gave me a rash",
        "没收到货",
        "ของพังตั้งแต่วันแรก",
        "áo bị rách khi nhận",
        "barangnya rusak",
        "love the colour but it shrank",
    ],
)
def test_who_names_what_is_wrong_is_heard_however_unsure_the_model_is(text: str) -> None:
    assert is_evident_complaint(text, 0.5)


@pytest.mark.parametrize(
    "text",
    ["obsessed, wore it twelve hours", "爱了爱了 太好吃", "กรอบอร่อยจนหมดถุง", "mê xỉu luôn", "enaknya keterlaluan"],
)
def test_praise_alone_is_no_complaint_however_sure_the_model_is(text: str) -> None:
    assert not is_evident_complaint(text, 0.95)


@pytest.mark.parametrize(
    "text",
    [
        "i do not love it",
        "perfect until the second wash",
        "好看但是味道大",
        "สวยแต่เล็ก",
        "đẹp nhưng nhỏ",
        "bagus tapi tipis",
    ],
)
def test_praise_that_is_turned_is_believed_by_its_score(text: str) -> None:
    assert is_evident_complaint(text, SURE)
    assert not is_evident_complaint(text, SURE - 0.01)


def test_without_a_word_of_its_own_the_score_decides() -> None:
    assert is_evident_complaint("i counted eighty four sheets", SURE)
    assert not is_evident_complaint("i counted eighty four sheets", SURE - 0.01)
