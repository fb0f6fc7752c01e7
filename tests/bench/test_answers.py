"""The demo hour, some minutes of it: the truth of the script, and a house that keeps to it."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from streambot.bench.answers import ROOM, START, play
from streambot.bench.lab import Lab
from streambot.bench.marks import Heard, Marks, Said
from streambot.bench.shop import Shop
from streambot.platforms.demo.broadcast import Line, broadcast, performed
from streambot.platforms.demo.script import Ask, load_script
from streambot.settings import Settings

PRICE = Line("price", "en", "how much", 1, {})


def heard(identity: str = "c1", at: float = 100.0, author: str = "ann", **fields: Any) -> Heard:
    chosen = {
        "line": PRICE,
        "ask": Ask("price", must=True),
        "item": 1,
        "due": True,
        "read": "question.price",
        "silence": "",
    }
    return Heard(identity, author, at, **{**chosen, **fields})


def said(to: str = "c1", at: float = 101.0, **data: Any) -> Said:
    of = {
        "intent": "question.price",
        "item": "1",
        "about": "",
        "language": "en",
        "tone": "casual",
        "scenario": "regular",
    }
    return Said(at, to, {**of, "facts": {"price": "$29.90"}, "text": "$29.90!", **data})


def marked(hear: list[Heard], say: list[Said]) -> Any:
    return Marks("casual", hear, say).result({0.0: Shop.opened(0.0)}, 60.0)


def test_the_truth_is_that_of_the_broadcast() -> None:
    told = list(islice(performed(room=ROOM, start=START, seed=3), 500))
    assert [each.comment for each in told] == list(islice(broadcast(room=ROOM, start=START, seed=3), 500))
    asks = load_script().asks
    assert all(asks[each.line.language, each.line.line].name for each in told if each.line.line == "how much")
    assert {each.line.kind for each in told} >= {"price", "size", "host", "intro"} - {"host"}


def test_every_line_that_asks_stands_in_the_script() -> None:
    script = load_script()
    lines = {
        (language, line) for language, tongue in script.tongues.items() for of in tongue.lines.values() for line in of
    }
    assert script.asks.keys() <= lines


def test_an_answer_in_time_counts_and_covers_who_asks_the_same() -> None:
    result = marked([heard(), heard("c2", 130.0, "bob"), heard("c3", 162.0, "cid")], [said()])
    assert (result.due, result.answered, result.covered) == (3, 1, 1)
    assert sum(result.missed.values()) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"language": "th"}, {"item": "2"}, {"facts": {"stock": "4"}}, {"tone": "formal"}],
)
def test_an_answer_in_another_language_tone_or_of_another_thing_does_not_count(wrong: dict[str, Any]) -> None:
    result = marked([heard()], [said(**wrong)])
    assert (result.answered, result.covered) == (0, 0)
    assert len(result.beside) == 1


def test_an_answer_that_comes_late_does_not_count() -> None:
    assert marked([heard()], [said(at=104.0)]).missed == {"late": 1}


def test_an_answer_to_what_asks_nothing_is_told_apart() -> None:
    chat = heard(line=Line("chitchat", "en", "lol", 1, {}), ask=None, due=False)
    assert len(marked([chat], [said()]).no_question) == 1


def test_the_same_answer_within_its_cooldown_is_a_repeat_unless_many_ask_anew() -> None:
    assert len(marked([heard(), heard("c2", 130.0, "bob")], [said(), said("c2", 131.0)]).repeats) == 1
    crowd = [heard(f"c{n}", 110.0 + n, f"v{n}") for n in range(2, 9)]
    assert marked([heard(), *crowd], [said(), said("c8", 131.0)]).repeats == []


def test_what_is_stated_is_compared_with_the_cells_of_the_file() -> None:
    shop = Shop.opened(0.0)
    assert shop.wrong({"price": "$29.90", "stock": "97"}, 1, "en", {}, 10.0) == ""
    assert shop.wrong({"price": "$29.80"}, 1, "en", {}, 10.0) == "price: $29.80"
    assert shop.wrong({"price": "$29.90"}, 1, "en", {}, 1e6) == "price is stale: $29.90"
    assert shop.wrong({"stock": "18"}, 1, "en", {"size": "S"}, 10.0) == ""
    assert shop.wrong({"size_for": "M"}, 1, "en", {"cm": "160", "kg": "52"}, 10.0) == ""
    assert shop.wrong({"size_for": "XL"}, 1, "en", {"cm": "160", "kg": "52"}, 10.0) == "size_for: XL"


@pytest.mark.timeout(240)
async def test_two_minutes_of_the_demo_are_answered_without_a_wrong_word() -> None:
    result, stage = await play(Lab(Settings()), 120.0)
    assert stage.marks.wrong == []
    assert stage.marks.gated == []
    assert list(result.repeats) == []
    assert result.no_question == []
    assert result.slowest <= 3.0
    assert (result.answered + result.covered) / result.due >= 0.8, result.examples
