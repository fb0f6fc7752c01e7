"""The model late, failing, back: what was decided without it is judged again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from streambot import late as module
from streambot.core.command import Verb
from streambot.core.comment import Comment
from streambot.core.errors import ClassifierError
from streambot.core.labels import Intent, Label
from streambot.core.verdict import Judgement
from streambot.late import LATE_TO_HIDE, PAUSE, TOGETHER
from streambot.testing import FakeClassifier, a_comment, a_judgement
from tests.houses import SmallHouse, hateful, small_house, turns, until

DOWN = ClassifierError("the model failed.", code="model_failed")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


@pytest.fixture
def classifier() -> FakeClassifier:
    model = FakeClassifier({"vile": hateful(), "bet vile": hateful(), "how much?": a_judgement(Intent.PRICE)})
    model.error = DOWN
    return model


async def back(house: SmallHouse, classifier: FakeClassifier, rejudged: int) -> None:
    """The model answers again; wait until so many comments have been judged again."""
    classifier.error = None
    while len(rejudgements(house)) < rejudged:
        house.clock.wake()
        await asyncio.sleep(0.001)
    await turns()


def rejudgements(house: SmallHouse) -> list[tuple[Any, ...]]:
    return house.sql("SELECT act, actor, degraded FROM events WHERE kind = 'rejudgement' ORDER BY seq")


async def test_a_violation_found_soon_after_is_hidden_and_counts_as_a_strike(
    db: Path, classifier: FakeClassifier
) -> None:
    async with small_house(db, classifier=classifier) as house:
        await house.play(a_comment("vile", id="c1"), a_comment("so pretty", id="c2"))
        assert house.rows() == []
        await back(house, classifier, 2)
        assert rejudgements(house) == [("hide", "bot", 0), ("allow", "bot", 0)]
        assert house.rows() == [("hide", "pending", None)]
        assert (await house.room()).history.strikes("mimi") == 2
        assert [event.kind for event in house.feed.events][-2:] == ["rejudgement", "rejudgement"]
        assert [action.comment for action in house.feed.outbox] == ["c1"]


@pytest.mark.parametrize(("late", "act", "rows"), [(LATE_TO_HIDE, "hide", 1), (LATE_TO_HIDE + 0.1, "review", 0)])
async def test_after_half_a_minute_it_goes_to_a_person_instead(
    db: Path, classifier: FakeClassifier, late: float, act: str, rows: int
) -> None:
    async with small_house(db, classifier=classifier) as house:
        await house.play(a_comment("vile", id="c1"))
        house.clock.now += late
        await back(house, classifier, 1)
        assert rejudgements(house) == [(act, "bot", 0)]
        assert len(house.rows()) == rows
        assert (await house.room()).history.strikes("mimi") == 2 * rows


async def test_what_the_rules_asked_for_is_not_asked_for_twice(db: Path, classifier: FakeClassifier) -> None:
    async with small_house(db, classifier=classifier) as house:
        await house.play(a_comment("bet vile", id="c1"), a_comment("spam", id="c2", author="b"))
        asked = house.rows()
        await back(house, classifier, 2)
        assert (
            house.rows() == asked == [("hide", "pending", None), ("mute", "pending", None), ("hide", "pending", None)]
        )
        assert (await house.room()).history.strikes("mimi") == 2


async def test_long_after_what_the_rules_asked_for_still_stands(db: Path, classifier: FakeClassifier) -> None:
    async with small_house(db, classifier=classifier) as house:
        await house.play(a_comment("bet vile", id="c1"))
        house.clock.now += 100
        await back(house, classifier, 1)
        assert rejudgements(house) == [("mute", "bot", 0)]


async def test_a_persons_word_is_not_overruled(db: Path, classifier: FakeClassifier) -> None:
    async with small_house(db, classifier=classifier) as house:
        await house.play(a_comment("vile", id="c1"))
        await house.order(Verb.ALLOW, "c1")
        await back(house, classifier, 1)
        assert house.rows() == []
        assert rejudgements(house) == [("hide", "bot", 0)]
        assert (await house.room()).history.strikes("mimi") == 0
        assert (await house.order(Verb.ALLOW, "c1", "ploy")).answer == "noop"


async def test_a_question_is_counted_when_it_is_understood_at_last(db: Path, classifier: FakeClassifier) -> None:
    async with small_house(db, classifier=classifier) as house:
        await house.play(*(a_comment("how much?", author=f"u{n}") for n in range(3)))
        assert house.rooms.hot("shop") == []
        await back(house, classifier, 3)
        assert [question.askers for question in house.rooms.hot("shop")] == [3]
        hot = house.rooms.hot("shop")
    async with small_house(db, clock=house.clock) as house:
        await house.room()
        assert house.rooms.hot("shop") == hot


async def test_the_room_says_when_the_model_went_and_once_when_it_is_back(db: Path, classifier: FakeClassifier) -> None:
    async with small_house(db, classifier=classifier) as house:
        await house.play(a_comment("hello"))
        house.clock.advance(10)
        state = await house.room()
        since = state.rules_only_since
        # One that the model remembers proves nothing: it is still down for all others.
        asked = classifier.classify

        async def remembered(comment: Any) -> Any:
            return a_judgement() if comment.text == "1" else await asked(comment)

        classifier.classify = remembered  # type: ignore[method-assign]
        await house.play(a_comment("1"))
        assert state.rules_only_since == since
        assert house.feed.codes() == ["rules_only"]
        await back(house, classifier, 1)
        assert house.feed.codes() == ["rules_only", "model_back"]
        assert state.rules_only_since is None


async def test_while_the_model_is_down_what_it_remembers_is_proposed_not_done(
    db: Path, classifier: FakeClassifier
) -> None:
    async with small_house(db, classifier=classifier) as house:
        await house.play(a_comment("hello"))
        classifier.judgements["again vile"] = hateful()
        asked = classifier.classify

        async def remembered(comment: Any) -> Any:
            return hateful() if comment.text == "again vile" else await asked(comment)

        classifier.classify = remembered  # type: ignore[method-assign]
        await house.play(a_comment("again vile"), a_comment("spam"))
        assert house.rows() == [("hide", "proposed", None), ("hide", "pending", None)]


async def test_many_rooms_are_back_each_when_their_own_are_judged(db: Path, classifier: FakeClassifier) -> None:
    from streambot.core.comment import Room

    other = Room("beauty", "fake", "shop-2")
    async with small_house(db, classifier=classifier) as house:
        await house.play(a_comment("a"), a_comment("b", room=other), a_comment("c"))
        await back(house, classifier, 3)
        assert house.feed.codes("shop") == house.feed.codes("beauty") == ["rules_only", "model_back"]


async def test_what_is_beyond_the_book_stays_as_the_rules_decided_it(
    db: Path, classifier: FakeClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    async with small_house(db, classifier=classifier) as house:
        # One is taken up at once, two are kept.
        await house.play(a_comment("first"))
        await until(lambda: house.clock.sleeping)
        await house.play(*(a_comment(f"n{n}") for n in range(5)))
        await back(house, classifier, 3)
        assert len(rejudgements(house)) == 3
        state = await house.room()
        await until(lambda: state.rules_only_since is None)
        assert house.feed.codes()[-1] == "model_back"


async def test_a_duplicate_that_was_decided_without_the_model_leaves_the_room_as_it_was(
    db: Path, classifier: FakeClassifier
) -> None:
    async with small_house(db, classifier=classifier) as house:
        classifier.error = None
        await house.play(a_comment("hello", id="c1"))
        state = await house.room()
        state.seen.forget("c1")
        classifier.error = DOWN
        await house.play(a_comment("hello", id="c1"))
        assert state.counts.duplicates == 1
        assert state.rules_only_since is None


async def test_a_rejudgement_names_the_decision_and_the_labels(db: Path, classifier: FakeClassifier) -> None:
    async with small_house(db, classifier=classifier) as house:
        await house.play(a_comment("vile", id="c1"))
        await back(house, classifier, 1)
        decision, again = await house.chain("c1")
        assert again["data"]["decision"] == decision["id"]
        assert again["labels"] == {Label.HATE: 0.9}
        assert (decision["degraded"], again["degraded"]) == (True, False)


async def test_a_room_is_rules_only_until_the_last_of_its_comments_is_judged(
    db: Path, classifier: FakeClassifier
) -> None:
    async with small_house(db, classifier=classifier) as house:
        await house.play(a_comment("one"), a_comment("two"))
        asked = classifier.classify

        async def still_behind(comment: Any) -> Any:
            if comment.text == "two":
                raise DOWN
            return await asked(comment)

        classifier.classify = still_behind  # type: ignore[method-assign]
        await back(house, classifier, 1)
        assert (await house.room()).rules_only_since is not None
        assert house.feed.codes() == ["rules_only"]
        classifier.classify = asked  # type: ignore[method-assign]
        await back(house, classifier, 2)
        assert house.feed.codes() == ["rules_only", "model_back"]


class Counting(FakeClassifier):
    """Notes how many asked it at the same time, at most."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.most = 0

    async def classify(self, comment: Comment) -> Judgement:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(0)
            return await super().classify(comment)
        finally:
            self.now -= 1


async def test_what_waits_is_judged_again_together_but_written_in_its_order(db: Path) -> None:
    classifier = Counting()
    classifier.error = DOWN
    async with small_house(db, classifier=classifier) as house:
        await house.play(*(a_comment(f"hello {number}", id=f"c{number}") for number in range(2 * TOGETHER)))
        await until(lambda: house.clock.sleeping)
        classifier.most = 0
        await back(house, classifier, 2 * TOGETHER)
        assert classifier.most == TOGETHER
        told = house.sql(
            "SELECT c.comment FROM events e JOIN comments c ON c.key = e.comment WHERE e.kind = 'rejudgement' "
            "ORDER BY e.seq"
        )
        assert [row[0] for row in told] == [f"c{number}" for number in range(2 * TOGETHER)]


async def test_what_is_on_air_comes_before_what_is_judged_again(db: Path, classifier: FakeClassifier) -> None:
    busy = True
    async with small_house(db, classifier=classifier) as house:
        house.late._idle = lambda: not busy
        await house.play(a_comment("vile", id="c1"))
        classifier.error = None
        for _ in range(5):
            await turns()
            house.clock.advance(PAUSE)
        assert classifier.asked == ["vile"]
        assert rejudgements(house) == []
        busy = False
        await back(house, classifier, 1)
        assert rejudgements(house) == [("hide", "bot", 0)]
