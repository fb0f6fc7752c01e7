"""Who complains has a ticket from the moment of the decision, whatever became of the comment."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from streambot.core.comment import Role
from streambot.core.concerns import Concern
from streambot.core.errors import ClassifierError, StorageError
from streambot.core.labels import Intent
from streambot.core.ticket_orders import TicketVerb
from streambot.core.tickets import TicketState
from streambot.store.sqlite import SqliteStore
from streambot.testing import FakeClassifier, a_judgement
from tests.houses import turns, until
from tests.ticketing.office import judging, ticket_house


async def test_a_complaint_opens_a_ticket_and_the_next_one_joins_it(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db", hours=6) as here:
        await here.hear("it broke")
        first = here.ticket
        assert (first.state, first.intent, first.text) == (TicketState.OPEN, Intent.COMPLAINT, "it broke")
        assert first.due_at == here.clock.now + 6 * 3600
        await here.hear("hello", author="bo")
        await here.hear("how much")
        here.clock.advance(60)
        await here.hear("it gave me a rash")
        assert (here.ticket.complaints, here.ticket.concern, here.ticket.due_at) == (2, Concern.SAFETY, first.due_at)
        assert here.steps() == ["open", "join"]
        await here.hear("where is my order", author="bo")
        assert len(here.tickets) == 2


@pytest.mark.parametrize(("text", "act"), [("spam it broke", "hide"), ("look it broke", "review")])
async def test_a_complaint_is_not_lost_for_being_hidden_or_held(tmp_path: Path, text: str, act: str) -> None:
    async with ticket_house(tmp_path / "log.db") as here:
        comment = await here.hear(text)
        assert (await here.house.chain(comment.id))[0]["act"] == act
        assert here.ticket.text == text


async def test_the_shop_itself_and_guesses_open_none(tmp_path: Path) -> None:
    unsure = FakeClassifier({"it broke": a_judgement(Intent.COMPLAINT)})
    object.__setattr__(unsure.judgements["it broke"], "intent_score", 0.49)
    async with ticket_house(tmp_path / "log.db", classifier=unsure) as here:
        await here.hear("it broke")
        unsure.judgements = judging().judgements
        await here.hear("it broke", author="helper", roles=[Role.STAFF])
        assert here.tickets == []


async def test_praise_that_the_model_takes_for_a_complaint_opens_none_but_joins_a_matter_that_is_open(
    tmp_path: Path,
) -> None:
    praise, doubtful = "so good, I love the bag", "it broke on the first day"
    model = FakeClassifier({text: a_judgement(Intent.COMPLAINT) for text in (praise, doubtful)})
    object.__setattr__(model.judgements[doubtful], "intent_score", 0.51)
    async with ticket_house(tmp_path / "log.db", classifier=model) as here:
        await here.hear(praise)
        assert here.tickets == []
        await here.hear(doubtful)
        assert here.steps() == ["open"], "it names the defect"
        await here.hear(praise)
        assert here.steps() == ["open", "join"]


async def test_what_the_model_judged_late_opens_one_too(tmp_path: Path) -> None:
    classifier = judging()
    async with ticket_house(tmp_path / "log.db", classifier=classifier) as here:
        classifier.error = ClassifierError("it is down.")
        await here.hear("it broke")
        assert here.tickets == []
        classifier.error = None
        here.clock.wake()
        await until(lambda: here.steps() == ["open"] or here.clock.wake())
        assert here.ticket.text == "it broke"


async def test_a_comment_that_is_brought_again_counts_once(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db") as here:
        comment = await here.hear("it broke")
        state = await here.house.room()
        state.seen.forget(comment.id)
        state.seen.complete = True
        await here.house.play(comment)
        assert (here.ticket.complaints, here.steps()) == (1, ["open"])


async def test_tickets_outlive_their_broadcast_and_the_process(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db") as here:
        await here.hear("it broke")
        await here.do(TicketVerb.ASSIGN, "nok")
        await here.do(TicketVerb.NOTE, "called")
        await here.hear("where is my order", author="bo")
        here.clock.advance(3600)
        await here.hear("broken again")
        bo = here.tickets[1].id
        await here.do(TicketVerb.SETTLE, ticket=bo)
        before, now = {ticket.id: ticket for ticket in here.tickets}, here.clock.now
    async with ticket_house(tmp_path / "log.db") as here:
        here.clock.now = now
        assert {ticket.id: ticket for ticket in here.tickets} == before
        assert len({row[0] for row in here.house.sql("SELECT broadcast FROM events WHERE kind = 'ticket'")}) == 2
        await here.hear("where is my order", author="bo")
        again = here.office.tickets.get(bo)
        assert again is not None
        assert again.state is TicketState.REOPENED


async def test_settled_long_ago_is_not_read_at_the_start_but_found_when_asked_for(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db") as here:
        await here.hear("it broke")
        await here.do(TicketVerb.SETTLE)
        await here.hear("it broke", author="bo")
        settled, now = here.tickets[0].id, here.clock.now
    async with ticket_house(tmp_path / "log.db") as here:
        # Both stand in the log; what is settled is left there once it is a month old.
        here.clock.now = now + 40 * 86_400
        office = await type(here.office).opened(
            here.house.feed, lambda: "x", here.house.log, clock=here.clock, sleep=here.clock.sleep
        )
        assert [ticket.viewer.id for ticket in office.tickets] == ["bo"]
        desk = office.desk(here.house.rooms, here.house.store, here.house.log, lambda _: here.settings)
        for found in await asyncio.gather(desk.shown(settled), desk.shown(settled)):
            assert found is not None
            assert (found["ticket"]["state"], found["ticket"]["complaints"]) == ("settled", 1)
        assert await desk.shown("nothing") is None


class NoTickets:
    """A disk on which no step of a ticket can be written."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def commit(self, events: Any, outbox: Any = (), statements: Any = ()) -> Any:
        if any(event.kind == "ticket" for event in events):
            blocked = ("INSERT INTO ticket_steps (ticket, seq) VALUES ('x', 99999999)", [()])
            return await self._store.commit(events, outbox, [*statements, blocked])
        return await self._store.commit(events, outbox, statements)


async def test_no_decision_is_written_without_its_ticket(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db", wrap=NoTickets) as here:
        await here.hear("hello")
        await here.hear("it broke")
        assert here.house.sql("SELECT count(*) FROM events WHERE kind = 'decision'") == [(1,)]
        assert here.steps() == []


async def test_a_step_is_never_edited(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db") as here:
        await here.hear("it broke")
        with pytest.raises(StorageError, match="append-only"):
            await here.house.store.write(("UPDATE events SET at = 0 WHERE kind = 'ticket'", [()]))
        await turns()
    with sqlite3.connect(tmp_path / "log.db") as reader:
        assert reader.execute("SELECT count(*) FROM ticket_steps").fetchone() == (1,)
    reader.close()
