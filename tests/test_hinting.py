"""The host reads what the catalog says to a hot question, of the item that it is about."""

from __future__ import annotations

from pathlib import Path

from streambot.core.labels import Intent
from streambot.hinting import HELD
from streambot.knowledge import Library
from streambot.testing import FakeClassifier, RecordingFeed, a_comment, a_judgement
from tests.houses import small_house

JUDGED = {
    text: a_judgement(Intent.PRICE, embedding=(1.0, 0.0)) for text in ("price of #1", "price of #99", "how much is it")
}


async def test_a_hint_is_of_the_items_own_price_and_follows_the_catalog(tmp_path: Path) -> None:
    model = FakeClassifier(JUDGED)
    async with small_house(tmp_path / "log.db", classifier=model, catalog="demo", site="us") as house:
        state = await house.room()
        library = Library(RecordingFeed(), clock=house.clock, sleep=house.clock.sleep)
        state.knowledge = await library.open(state.settings, "shop")
        state.on_air = state.on_air.changed({"key": "item", "value": "2"}, "nok", house.clock())
        await house.play(*(a_comment(text, author=f"u{n}") for n in range(3) for text in JUDGED))
        state.on_air = state.on_air.changed({"key": "item", "value": "1"}, "nok", house.clock())
        hints = {question.item: question.hint for question in house.rooms.hot("shop")}
        assert hints == {"1": "$29.90", "2": "$34.90", "99": ""}
        state.knowledge = None
        assert {question.item: question.hint for question in house.rooms.hot("shop")} == hints
        house.clock.advance(HELD)
        assert {question.hint for question in house.rooms.hot("shop")} == {""}
