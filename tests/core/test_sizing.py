"""Which size is advised, and why none is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streambot.core.body import Body, read_body
from streambot.core.catalog import Range, Size
from streambot.core.sizing import Advice, NoSize, advise

SIZES = (
    Size("S", {"height": Range(148, 158), "weight": Range(40, 50), "bust": Range(80, 86)}),
    Size("M", {"height": Range(153, 164), "weight": Range(48, 57)}),
    Size("L", {"height": Range(158, 170), "weight": Range(55, 66)}),
)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("150/42", "S"),
        ("cao 1m60 nặng 52", "M"),
        ("身高168体重125斤", "L"),
        ("5'5 130 lbs", "L"),
        ("154/48", "S"),
        ("157/50", "M"),
    ],
)
def test_a_body_gets_the_size_in_whose_measures_it_falls(text: str, size: str) -> None:
    assert advise(SIZES, read_body(text)) == Advice(size)


def test_between_two_that_fit_alike_the_larger_is_advised() -> None:
    sizes = (Size("S", {"weight": Range(40, 50)}), Size("M", {"weight": Range(50, 60)}))
    assert advise(sizes, Body(weight=50.0)) == Advice("M")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (Body(160.0, unclear=True), NoSize.UNCLEAR),
        (Body(weight=50.0), NoSize.NO_HEIGHT),
        (Body(height=160.0), NoSize.NO_WEIGHT),
        (Body(), NoSize.NO_HEIGHT),
        (Body(140.0, 45.0), NoSize.TOO_SMALL),
        (Body(160.0, 35.0), NoSize.TOO_SMALL),
        (Body(160.0, 90.0), NoSize.TOO_LARGE),
        (Body(185.0, 60.0), NoSize.TOO_LARGE),
        (Body(169.0, 45.0), NoSize.BETWEEN),
    ],
)
def test_no_advice_has_its_reason(body: Body, reason: NoSize) -> None:
    assert advise(SIZES, body) == Advice(reason=reason)


def test_sizes_that_go_by_the_weight_alone_need_no_height() -> None:
    sizes = (Size("S", {"weight": Range(40, 50)}), Size("M", {"weight": Range(51, 60)}))
    assert advise(sizes, Body(weight=55.0)) == Advice("M")
    assert advise(sizes, Body(weight=50.5)).reason is NoSize.BETWEEN


@pytest.mark.parametrize(
    "sizes",
    [
        (),
        (Size("one size"),),
        (Size("S", {"foot": Range(22, 24)}), Size("M", {"foot": Range(24, 26)})),
        (Size("S", {"weight": Range(40, 50)}), Size("M")),
    ],
)
def test_sizes_without_height_and_weight_advise_nothing(sizes: tuple[Size, ...]) -> None:
    assert advise(sizes, Body(160.0, 50.0)).reason is NoSize.NO_MEASURES


@given(st.floats(100, 220), st.floats(20, 150))
def test_an_advised_size_always_fits(height: float, weight: float) -> None:
    advice = advise(SIZES, Body(height, weight))
    assert bool(advice.size) != bool(advice.reason)
    fits = [size.name for size in SIZES if height in size.measures["height"] and weight in size.measures["weight"]]
    assert advice.size in fits if fits else not advice.size
