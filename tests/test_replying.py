"""What a person posts: by hand where the platform has no way, and measured by the item that was asked about."""

from __future__ import annotations

from pathlib import Path

from streambot.core.command import Answer, Verb
from streambot.core.labels import Intent
from streambot.platforms.manual import ManualActuator
from streambot.testing import FakeClassifier, a_comment, a_judgement
from tests.houses import small_house

ON_SITE = {"site": "us", "catalog": "demo", "answering": True}


async def test_a_post_that_is_to_be_made_by_hand_is_ticked_off(tmp_path: Path) -> None:
    async with small_house(tmp_path / "log.db", actuator=ManualActuator(), **ON_SITE) as house:
        comment = a_comment("hello")
        await house.play(comment)
        for target in ("", comment.id):
            reply = await house.order(Verb.POST, target, value="We ship every day.")
            await house.send()
            assert house.sql("SELECT state, result FROM outbox WHERE event = ?", reply.event) == [("settled", "manual")]
            assert (await house.order(Verb.DONE, reply.event)).answer is Answer.ACCEPTED
            assert house.sql("SELECT result FROM outbox WHERE event = ?", reply.event) == [("confirmed",)]
            assert (await house.order(Verb.DONE, reply.event)).answer is Answer.NOOP


async def test_an_answer_cannot_be_undone_and_says_so(tmp_path: Path) -> None:
    async with small_house(tmp_path / "log.db", **ON_SITE) as house:
        await house.room()
        reply = await house.order(Verb.POST, value="We ship every day.")
        assert (await house.order(Verb.UNDO, reply.event)).answer is Answer.INVALID


async def test_a_typed_answer_to_a_hot_question_is_measured_by_the_item_asked_about(tmp_path: Path) -> None:
    asking = FakeClassifier(always=a_judgement(Intent.PRICE))
    async with small_house(tmp_path / "log.db", classifier=asking, **ON_SITE) as house:
        state = await house.room()
        await house.order(Verb.ITEM, value="3")
        await house.play(*(a_comment("how much is number 1", author=f"v{n}", at=house.clock()) for n in range(3)))
        (question,) = state.hot()
        assert question.item == "1"
        assert (await house.order(Verb.POST, question.id, value="It is $32.50.")).answer is Answer.INVALID
        assert (await house.order(Verb.POST, question.id, value="It is $29.90.")).answer is Answer.ACCEPTED
