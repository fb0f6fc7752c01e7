"""From a question in the chat to an answer in it: by itself, by a controller's key, or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from streambot.core.action import How, Operation, Outcome, Result
from streambot.core.command import Answer, Mode, Verb
from streambot.core.comment import Comment, Role
from streambot.core.errors import StorageError
from streambot.core.labels import Intent
from streambot.echoes import Echoes
from streambot.testing import (
    NOON,
    FakeClassifier,
    FakeClock,
    RecordingActuator,
    a_comment,
    a_judgement,
    every_capability,
)
from tests.houses import BreakableStore, SmallHouse, small_house, until

PRICE = a_judgement(Intent.PRICE)
ON_SITE = {"site": "us", "catalog": "demo", "answers": {"mode": "auto"}}


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


@contextlib.asynccontextmanager
async def answering(db: Path, item: str = "3", judgement: Any = PRICE, **settings: Any) -> AsyncIterator[SmallHouse]:
    """A house whose model takes every comment for a question about the price, with an item on air."""
    chosen = {**ON_SITE, **settings}
    async with small_house(db, classifier=FakeClassifier(always=judgement), answering=True, **chosen) as house:
        await house.room()
        if item and (await house.room()).on_air.item != item:
            await house.order(Verb.ITEM, value=item)
        yield house


def asked(text: str = "how much is it", author: str = "mimi", at: float = NOON, **fields: Any) -> Comment:
    return a_comment(text, author=author, at=at, **fields)


def posts(house: SmallHouse) -> list[tuple[Any, ...]]:
    """Text, state and result of everything that was to be posted, oldest first."""
    return house.sql("SELECT text, state, result FROM outbox WHERE operation = 'post' ORDER BY key")


async def test_a_question_is_answered_from_the_catalog_in_the_askers_language(db: Path) -> None:
    async with answering(db) as house:
        await house.play(asked())
        ((text, state, _),) = posts(house)
        assert "$32.50" in text
        assert state == "pending"
        await house.send()
        assert posts(house)[0][1] == "pending", "a person may still stop it"
        house.clock.advance(1.1)
        await house.send()
        assert posts(house)[0][1:] == ("settled", "applied")
        assert [action.text for action in house.actuator.applied] == [text]


async def test_the_log_says_what_was_answered_and_by_which_facts(db: Path) -> None:
    async with answering(db) as house:
        comment = asked()
        await house.play(comment)
        row = next(row for row in await house.chain(comment.id) if row["kind"] == "answer")
        assert row["actor"] == "bot"
        assert row["data"]["facts"]["price"] == "$32.50"
        assert row["data"]["item"] == "3"
        assert row["data"]["to"] == [comment.id]


async def test_who_asks_the_same_within_the_cooldown_is_covered(db: Path) -> None:
    async with answering(db) as house:
        await house.play(*(asked(author=f"v{n}") for n in range(4)))
        assert len(posts(house)) == 1
        house.clock.advance(61)
        await house.play(asked(author="late", at=NOON + 61))
        assert len(posts(house)) == 2


@pytest.mark.parametrize(
    "settings",
    [
        {"answers": {"mode": "suggest"}},
        {"mode": "assist"},
        {"answers": {"mode": "auto", "modes": {"question.price": "suggest"}}},
    ],
    ids=["suggest", "the room in assist", "this intent by hand"],
)
async def test_a_suggestion_waits_for_a_person_who_sends_it_with_one_key(db: Path, settings: Any) -> None:
    async with answering(db, **settings) as house:
        await house.play(asked())
        await house.send()
        ((text, state, _),) = posts(house)
        assert state == "proposed"
        offer = house.sql("SELECT event FROM outbox WHERE operation = 'post'")[0][0]
        reply = await house.order(Verb.SEND, offer)
        assert reply.answer is Answer.ACCEPTED
        await house.send()
        assert posts(house) == [(text, "settled", "ignored"), (text, "settled", "applied")]
        assert (await house.order(Verb.SEND, offer, actor="ploy")).answer is Answer.NOOP
        await house.play(asked(author="bob"))
        assert len(posts(house)) == 2, "who asks the same is covered by what the person sent"


async def test_in_a_replay_nobody_is_there_to_be_offered_an_answer(db: Path) -> None:
    suggesting = {**ON_SITE, "answers": {"mode": "suggest"}}
    model = FakeClassifier(always=PRICE)
    async with small_house(db, classifier=model, answering=True, live=False, **suggesting) as house:
        await house.room()
        await house.order(Verb.ITEM, value="3")
        await house.play(asked(), live=False)
        assert posts(house) == []


async def test_a_controller_may_edit_a_suggestion_and_the_gate_reads_it_again(db: Path) -> None:
    async with answering(db, answers={"mode": "suggest"}) as house:
        await house.play(asked())
        offer = house.sql("SELECT event FROM outbox WHERE operation = 'post'")[0][0]
        refused = await house.order(Verb.SEND, offer, value="Only $20 tonight")
        assert refused.answer is Answer.INVALID
        assert refused.findings[0]["rule"] == "catalog.price"
        assert refused.findings[0]["instead"] == "$32.50"
        assert (await house.order(Verb.SEND, offer, value="It is $32.50 :)")).answer is Answer.ACCEPTED
        await house.send()
        assert [action.text for action in house.actuator.applied] == ["It is $32.50 :)"]


async def test_a_suggestion_whose_price_has_changed_is_not_sent(db: Path, tmp_path: Path) -> None:
    catalog = tmp_path / "shop.csv"
    catalog.write_text("number,name.en,price.us\n3,hat,5.00\n", encoding="utf-8")
    answers = {"mode": "suggest", "fresh_for_s": 1e9}
    async with answering(db, answers=answers, catalog=str(catalog)) as house:
        await house.play(asked())
        offer = house.sql("SELECT event FROM outbox WHERE operation = 'post'")[0][0]
        state = await house.room()
        catalog.write_text("number,name.en,price.us\n3,hat,6.00\n", encoding="utf-8")
        assert state.knowledge is not None
        assert state.knowledge._catalogs is not None
        await state.knowledge._catalogs.reload()
        reply = await house.order(Verb.SEND, offer)
        assert reply.answer is Answer.INVALID
        assert reply.findings[0]["instead"] == "$6"


async def test_a_declined_suggestion_is_gone_and_may_be_made_again(db: Path) -> None:
    async with answering(db, answers={"mode": "suggest"}) as house:
        await house.play(asked())
        offer = house.sql("SELECT event FROM outbox WHERE operation = 'post'")[0][0]
        assert (await house.order(Verb.DISMISS, offer)).answer is Answer.ACCEPTED
        assert posts(house)[0][1:] == ("settled", "ignored")
        await house.play(asked(author="bob"))
        assert [row[1] for row in posts(house)] == ["settled", "proposed"]


async def test_a_person_who_starts_typing_stops_the_automatic_answer(db: Path) -> None:
    async with answering(db) as house:
        comment = asked()
        await house.play(comment)
        assert (await house.order(Verb.TYPING, comment.id, value="1")).answer is Answer.ACCEPTED
        house.clock.advance(5)
        await house.send()
        assert posts(house)[0][1:] == ("settled", "withdrawn")
        assert house.actuator.applied == []
        await house.order(Verb.TYPING, comment.id, value="0")
        await house.play(asked(author="bob", at=NOON + 5))
        assert posts(house)[-1][1] == "pending"


@pytest.mark.parametrize("mode", ["auto", "suggest"])
async def test_an_answer_to_a_comment_that_a_person_hides_does_not_leave(db: Path, mode: str) -> None:
    async with answering(db, answers={"mode": mode}) as house:
        comment = asked()
        await house.play(comment)
        assert (await house.order(Verb.HIDE, comment.id)).answer is Answer.ACCEPTED
        house.clock.advance(5)
        await house.send()
        assert posts(house)[0][1:] == ("settled", "withdrawn")
        assert house.actuator.operations == [Operation.HIDE]
        await house.play(asked(author="bob", at=NOON + 5))
        assert len(posts(house)) == 2, "others who ask it are answered"


async def test_a_typed_answer_passes_the_gate_and_is_posted(db: Path) -> None:
    async with answering(db) as house:
        comment = asked("nice song", author="bob")
        house.classifier.always = a_judgement()  # type: ignore[attr-defined]
        await house.play(comment)
        refused = await house.order(Verb.POST, comment.id, value="spam it")
        assert refused.answer is Answer.INVALID or refused.answer is Answer.ACCEPTED
        assert (await house.order(Verb.POST, comment.id, value="  glad you\nlike it ")).answer is Answer.ACCEPTED
        await house.send()
        assert house.actuator.applied[-1].text == "glad you like it"
        assert house.actuator.applied[-1].comment == comment.id
        assert (await house.order(Verb.POST, value="   ")).answer is Answer.INVALID


async def test_without_a_fact_nothing_is_said_and_the_gap_is_counted(db: Path) -> None:
    async with answering(db, item="") as house:
        await house.play(asked(), asked("price of number 99", author="bob"))
        assert posts(house) == []
        state = await house.room()
        assert state.status().gaps == {"no_item": 1, "unknown_item": 1}


@pytest.mark.parametrize(
    "comment",
    [
        asked(roles=[Role.STAFF]),
        asked(backlog=True),
        asked("spam how much"),
        asked("look how much"),
    ],
    ids=["staff", "backlog", "hidden", "in review"],
)
async def test_only_a_viewers_visible_question_is_answered(db: Path, comment: Comment) -> None:
    async with answering(db) as house:
        await house.play(comment)
        assert posts(house) == []


async def test_talk_is_not_answered_and_a_doubtful_question_goes_to_a_person(db: Path) -> None:
    async with answering(db, judgement=a_judgement(Intent.CHITCHAT)) as house:
        await house.play(asked())
        assert posts(house) == []
    async with answering(db, judgement=replace(PRICE, intent_score=0.6)) as house:
        await house.play(asked(author="bob"))
        assert [row[1] for row in posts(house)] == ["proposed"]
    async with answering(db, judgement=replace(PRICE, intent_score=0.4)) as house:
        await house.play(asked("price?", author="cid", at=NOON + 100))
        assert len(posts(house)) == 1


async def test_a_complaint_gets_the_way_to_the_private_channel_and_no_fact(db: Path) -> None:
    async with answering(db, judgement=a_judgement(Intent.COMPLAINT)) as house:
        await house.play(asked("it came broken"))
        ((text, _, _),) = posts(house)
        assert "chat" in text.lower()
        assert not any(char.isdigit() for char in text)


async def test_a_nickname_that_advertises_is_not_repeated(db: Path) -> None:
    async with answering(db) as house:
        for n in range(6):
            await house.play(asked(f"price of number {n + 1}", author=f"v{n}", name="all for $1"))
        assert len(posts(house)) == 6
        assert not any("$1 " in f"{row[0]} " or "all for" in row[0] for row in posts(house))


async def test_a_platform_that_takes_no_posts_gets_none(db: Path) -> None:
    none = {**every_capability(), Operation.POST: replace(every_capability()[Operation.POST], how=How.NONE)}
    async with small_house(
        db, classifier=FakeClassifier(always=PRICE), answering=True, actuator=RecordingActuator(none), **ON_SITE
    ) as house:
        await house.play(asked())
        assert posts(house) == []
        assert (await house.order(Verb.POST, value="hi")).answer is Answer.FORBIDDEN


async def test_in_observe_an_answer_is_only_simulated(db: Path) -> None:
    async with answering(db, mode="observe") as house:
        await house.play(asked())
        offer = house.sql("SELECT event, simulated FROM outbox WHERE operation = 'post'")
        assert [row[1] for row in offer] == [1]


async def test_the_host_sets_the_item_by_naming_it(db: Path) -> None:
    async with answering(db, item="") as house:
        await house.play(asked("now number 4 everyone", author="host", roles=[Role.HOST]), asked(author="bob"))
        assert (await house.room()).on_air.item == "4"
        assert "$45" in posts(house)[0][0]


async def test_an_item_that_the_catalog_does_not_have_is_refused_with_the_nearest(db: Path) -> None:
    async with answering(db) as house:
        reply = await house.order(Verb.ITEM, value="33")
        assert reply.answer is Answer.INVALID
        assert "33" in reply.message
        assert (await house.order(Verb.ITEM, value="x")).answer is Answer.INVALID
        assert (await house.order(Verb.ITEM, value="3")).answer is Answer.NOOP
        assert (await house.order(Verb.SCENARIO, value="party")).answer is Answer.INVALID


async def test_a_flash_sale_has_words_of_its_own_while_it_lasts(db: Path) -> None:
    async with answering(db) as house:
        await house.order(Verb.SCENARIO, value="flash_sale")
        await house.play(asked())
        row = house.sql("SELECT data FROM events WHERE kind = 'answer'")[0][0]
        assert json.loads(row)["scenario"] == "flash_sale"


async def test_the_gift_scenario_names_the_gift_of_the_catalog(db: Path) -> None:
    async with answering(db, item="1") as house:
        await house.order(Verb.SCENARIO, value="gift")
        await house.play(asked())
        assert "a cotton pouch" in posts(house)[0][0]


async def test_a_flash_sale_says_until_when_as_the_catalog_has_it(db: Path, tmp_path: Path) -> None:
    catalog = tmp_path / "shop.csv"
    catalog.write_text(f"number,name.th,price.th,promo_until\n3,หมวก,150,{NOON + 3600:.0f}\n", encoding="utf-8")
    thai = a_judgement(Intent.PRICE, language="th")
    answers = {"mode": "auto", "fresh_for_s": 1e9}
    async with answering(db, judgement=thai, site="th", catalog=str(catalog), answers=answers) as house:
        await house.order(Verb.SCENARIO, value="flash_sale")
        await house.play(asked("ราคาเท่าไหร่คะ"))
        assert f"{datetime.fromtimestamp(NOON + 3600 + 7 * 3600, UTC):%H:%M}" in posts(house)[0][0]


async def test_our_own_post_comes_back_and_nothing_is_made_of_it(db: Path) -> None:
    async with answering(db) as house:
        await house.play(asked())
        (text, _, _) = posts(house)[0]
        own = asked(text, author="shop", roles=[Role.HOST], at=NOON + 2)
        await house.play(own)
        row = (await house.chain(own.id))[0]
        assert row["act"] == "allow"
        assert row["intent"] is None
        assert len(house.classifier.asked) == 1  # type: ignore[attr-defined]
        assert len(posts(house)) == 1
        assert [question.askers for question in (await house.room()).hot()] in ([], [1])


async def test_after_a_restart_nothing_is_said_twice_and_the_item_is_known(db: Path) -> None:
    async with answering(db) as house:
        await house.play(asked())
        house.clock.advance(2)
        await house.send()
    async with small_house(
        db, clock=FakeClock(NOON + 10), classifier=FakeClassifier(always=PRICE), answering=True, **ON_SITE
    ) as house:
        await house.play(asked(author="bob", at=NOON + 10))
        assert (await house.room()).on_air.item == "3"
        assert len(posts(house)) == 1
        house.clock.advance(60)
        await house.play(asked(author="cid", at=NOON + 70))
        assert len(posts(house)) == 2


async def test_a_post_that_was_being_sent_when_we_died_is_not_sent_again(db: Path) -> None:
    async with answering(db) as house:
        await house.play(asked())
        house.clock.advance(2)
        assert len(await house.outbox.claim()) == 1
    async with small_house(db, clock=FakeClock(NOON + 10), answering=True, **ON_SITE) as house:
        await house.send()
        assert posts(house)[0][1:] == ("settled", "unknown")
        assert house.actuator.applied == []


async def test_when_the_disk_is_full_a_command_changes_nothing(db: Path) -> None:
    async with small_house(
        db, classifier=FakeClassifier(always=PRICE), answering=True, wrap=BreakableStore, **ON_SITE
    ) as house:
        await house.room()
        house.store.full = True
        with pytest.raises(StorageError):
            await house.order(Verb.ITEM, value="3")
        assert (await house.room()).on_air.item == ""
        house.store.full = False
        assert (await house.order(Verb.ITEM, value="3")).answer is Answer.ACCEPTED


async def test_off_is_off(db: Path) -> None:
    async with answering(db, answers={"mode": "off"}) as house:
        await house.play(asked())
        assert posts(house) == []
        assert (await house.room()).mode is Mode.AUTO


async def test_a_post_that_viewers_see_is_confirmed(db: Path) -> None:
    async with answering(db) as house:
        await house.play(asked())
        house.clock.advance(2)
        await house.send()
        echoes = Echoes(house.outbox, house.store, house.feed, sleep=house.clock.sleep)
        house.pipeline._echo = echoes.heard
        listening = asyncio.create_task(echoes.run())
        await house.play(asked(posts(house)[0][0], author="shop", roles=[Role.HOST], at=NOON + 3))
        await until(lambda: posts(house)[0][2] == "confirmed")
        await until(lambda: house.feed.outcomes[-1][1].result is Result.CONFIRMED)
        listening.cancel()


async def test_an_echo_that_comes_before_the_platforms_answer_is_waited_for(db: Path) -> None:
    async with answering(db) as house:
        await house.play(asked())
        house.clock.advance(2)
        (action,) = await house.outbox.claim()
        echoes = Echoes(house.outbox, house.store, house.feed, sleep=house.clock.sleep)
        listening = asyncio.create_task(echoes.run())
        echoes.heard(action.id)
        await until(lambda: house.clock.sleeping)
        await house.outbox.settle([(action, Outcome(Result.APPLIED))])
        house.clock.advance(1.1)
        await until(lambda: posts(house)[0][2] == "confirmed")
        listening.cancel()


async def test_after_a_restart_a_post_from_before_it_is_still_ours(db: Path) -> None:
    async with answering(db) as house:
        await house.play(asked())
        text = posts(house)[0][0]
    async with small_house(db, clock=FakeClock(NOON + 5), answering=True, **ON_SITE) as house:
        await house.play(asked(text, author="shop", roles=[Role.HOST], at=NOON + 5))
        assert house.classifier.asked == []  # type: ignore[attr-defined]
