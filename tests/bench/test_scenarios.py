"""Every scenario, quick: it measures, and what it measures is whole."""

from __future__ import annotations

import math

import pytest

from streambot.bench.figures import Figure, Skipped
from streambot.bench.lab import Lab
from streambot.bench.scenarios import ONLY_WHEN_NAMED, SCENARIOS, find
from streambot.settings import Settings


async def measured(name: str) -> dict[str, Figure]:
    figures = await find(name)(Lab(Settings(), quick=True))
    assert len({figure.name for figure in figures}) == len(figures)
    return {figure.name: figure for figure in figures}


def finite(figures: dict[str, Figure]) -> bool:
    return all(math.isfinite(figure.value) and figure.value >= 0 for figure in figures.values())


def test_every_scenario_can_be_found() -> None:
    assert all(callable(find(name)) for name in SCENARIOS)
    assert SCENARIOS.keys() > ONLY_WHEN_NAMED


@pytest.mark.parametrize("name", ["model", "pipeline", "latency", "rooms", "hotlist", "log", "soak"])
async def test_a_scenario_measures_something_everywhere(name: str) -> None:
    figures = await measured(name)
    assert figures
    assert finite(figures)
    assert any(figure.value > 0 for figure in figures.values())


async def test_a_burst_loses_nothing_and_is_caught_up() -> None:
    figures = await measured("burst")
    assert figures["sent"].value == 2000
    assert figures["lost"].value == 0
    assert math.isfinite(figures["drained after"].value)


async def test_every_screen_stays_and_sees_the_comments() -> None:
    figures = await measured("listeners")
    assert figures["cut off"].value == 0
    assert figures["frames sent"].value > figures["listeners"].value
    assert 0 < figures["arrival to screen: p50"].value < 60_000


async def test_without_torch_the_comparison_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streambot.bench.huggingface.find_spec", lambda name: None if name == "torch" else name)
    with pytest.raises(Skipped, match="torch is not installed"):
        await measured("huggingface")


@pytest.mark.torch
async def test_with_torch_both_are_measured() -> None:
    assert finite(await measured("huggingface"))
