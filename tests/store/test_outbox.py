"""The outbox: what is on its way to the platform, and what a crash leaves of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from streambot.core.action import Act, Action, Operation, Outcome, Result, State
from streambot.core.errors import StorageError
from streambot.core.event import Kind
from streambot.store.outbox import RESENT, Outbox
from streambot.store.sqlite import SqliteStore, open_store
from streambot.testing import FakeClock, a_comment
from tests.houses import BreakableStore, sql
from tests.store.lines import a_decision, about, an_action

ROWS = "SELECT operation, state, result FROM outbox ORDER BY key"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def outbox(store: SqliteStore, clock: FakeClock) -> Outbox:
    return Outbox(store, clock)


async def asked(
    store: SqliteStore, operation: Operation = Operation.HIDE, comment: str = "c1", **fields: object
) -> Action:
    event = a_decision(a_comment("spam", id=None), Act.HIDE)
    action = an_action(event, operation, comment=comment, **fields)
    await store.commit([event], [action])
    return action


async def test_an_action_is_claimed_once_and_marked_before_it_is_sent(
    store: SqliteStore, outbox: Outbox, db: Path
) -> None:
    action = await asked(store)
    (claimed,) = await outbox.claim()
    assert (claimed.key, claimed.state, claimed.attempts) == (action.key, State.SENDING, 1)
    assert sql(db, ROWS) == [("hide", "sending", None)]
    assert await outbox.claim() == []
    assert not await outbox.idle()
    await outbox.settle([(claimed, Outcome(Result.APPLIED))])
    assert sql(db, ROWS) == [("hide", "settled", "applied")]
    assert await outbox.idle()


async def test_only_what_is_due_is_claimed_oldest_first(store: SqliteStore, outbox: Outbox, clock: FakeClock) -> None:
    first = await asked(store, comment="c1")
    later = await asked(store, comment="c2", not_before=clock.now + 2)
    third = await asked(store, comment="c3")
    await asked(store, comment="c4", state=State.PROPOSED)
    assert [action.key for action in await outbox.claim()] == [first.key, third.key]
    assert await outbox.next_time() == clock.now + 2
    clock.advance(2)
    assert [action.key for action in await outbox.claim()] == [later.key]
    assert await outbox.next_time() is None


async def test_what_a_person_withdraws_is_not_claimed(store: SqliteStore, outbox: Outbox, db: Path) -> None:
    action = await asked(store)
    await store.write(outbox.close(action, Result.WITHDRAWN, "by nok"))
    assert await outbox.claim() == []
    assert sql(db, ROWS) == [("hide", "settled", "withdrawn")]


async def test_what_is_being_sent_cannot_be_withdrawn(store: SqliteStore, outbox: Outbox, db: Path) -> None:
    action = await asked(store)
    await outbox.claim()
    await store.write(outbox.close(action, Result.WITHDRAWN, "by nok"))
    assert sql(db, ROWS) == [("hide", "sending", None)]


async def test_a_result_is_never_overwritten(store: SqliteStore, outbox: Outbox, db: Path) -> None:
    await asked(store)
    (claimed,) = await outbox.claim()
    await outbox.settle([(claimed, Outcome(Result.APPLIED))])
    await outbox.settle([(claimed, Outcome(Result.FAILED))])
    assert sql(db, ROWS) == [("hide", "settled", "applied")]


async def test_after_a_crash_a_hide_is_sent_again_and_a_post_never(db: Path, clock: FakeClock) -> None:
    async with open_store(db) as store:
        for operation in Operation:
            await asked(store, operation, comment=f"c-{operation}")
        assert len(await Outbox(store, clock).claim()) == len(Operation)
    async with open_store(db) as store:
        outbox = Outbox(store, clock)
        assert await outbox.recover(lambda action: action.operation in RESENT) == len(Operation)
        again = await outbox.claim()
        assert {action.operation for action in again} == set(Operation) - {Operation.POST, Operation.PIN}
        assert {action.attempts for action in again} == {2}
        assert await outbox.recover(lambda action: action.operation in RESENT) == len(again)
    settled = sql(db, "SELECT operation, result FROM outbox WHERE state = 'settled' ORDER BY operation")
    assert settled == [("pin", "unknown"), ("post", "unknown")]


async def test_what_did_not_arrive_has_no_attempt_and_needs_no_reversal(
    store: SqliteStore, outbox: Outbox, db: Path
) -> None:
    await asked(store)
    (claimed,) = await outbox.claim()
    await outbox.settle([], [], [(claimed, "refused")])
    assert sql(db, "SELECT state, attempts, detail FROM outbox") == [("pending", 0, "refused")]
    undo = a_decision(a_comment("stands for the undo"))
    close = outbox.close(claimed, Result.WITHDRAWN, "by nok")
    await store.commit([undo], (), [close, outbox.reverse_if_sent(claimed, undo.id, "nok")])
    assert sql(db, ROWS) == [("hide", "settled", "withdrawn")]


async def test_a_proposal_counts_as_asked_for_when_a_person_sent_it(
    store: SqliteStore, outbox: Outbox, clock: FakeClock
) -> None:
    comment = a_comment("spam", id="c1")
    event = a_decision(comment, Act.HIDE)
    action = an_action(event, state=State.PROPOSED)
    bots = await asked(store, comment="c2")
    await store.commit([event], [action])
    said = about(comment, Kind.ACTION, at=clock.now + 500)
    await store.commit([said], (), [outbox.release(action, 0.0, by="nok", simulated=False)])
    times: dict[object, float] = {}
    await outbox.claim(fits=lambda due, at: times.update({due.key: at}) or False)  # type: ignore[func-returns-value]
    assert times == {bots.key: clock.now, action.key: clock.now + 500}


async def test_an_unhide_waits_for_the_hide_it_takes_back(store: SqliteStore, outbox: Outbox, clock: FakeClock) -> None:
    hide = await asked(store)
    (sending,) = await outbox.claim()
    unhide = await asked(store, Operation.UNHIDE)
    other = await asked(store, Operation.UNHIDE, comment="c2")
    mute = await asked(store, Operation.MUTE)
    assert [action.key for action in await outbox.claim()] == [other.key, mute.key]
    await outbox.settle([], [(sending, clock.now + 5, "try again")])
    # Nothing can be sent before the hide's next attempt: whoever waits must not wake sooner.
    assert await outbox.next_time() == clock.now + 5
    assert await outbox.claim() == []
    clock.advance(5)
    assert [action.key for action in await outbox.claim()] == [hide.key]
    await outbox.settle([(sending, Outcome(Result.APPLIED))])
    assert [action.key for action in await outbox.claim()] == [unhide.key]


async def test_what_was_marked_when_reading_failed_is_sent_all_the_same(store: SqliteStore, clock: FakeClock) -> None:
    action = await asked(store)
    breakable = BreakableStore(store)

    class FailsOnce(BreakableStore):
        async def write(self, *statements: object) -> None:
            await super().write(*statements)
            breakable.unreadable = True

    breakable = FailsOnce(store)
    outbox = Outbox(breakable, clock)
    with pytest.raises(StorageError):
        await outbox.claim()
    breakable.unreadable = False
    assert [claimed.key for claimed in await outbox.claim()] == [action.key]


async def test_a_released_proposal_is_the_persons(store: SqliteStore, outbox: Outbox) -> None:
    action = await asked(store, state=State.PROPOSED)
    await store.write(outbox.release(action, 0.0, by="nok", simulated=True))
    (claimed,) = await outbox.claim()
    assert (claimed.actor, claimed.simulated) == ("nok", True)


@pytest.mark.parametrize(("taken_up", "reversals"), [(True, 1), (False, 0)])
async def test_what_could_not_be_withdrawn_in_time_is_reversed(
    store: SqliteStore, outbox: Outbox, db: Path, taken_up: bool, reversals: int
) -> None:
    action = await asked(store)
    if taken_up:
        await outbox.claim()
    undo = a_decision(a_comment("stands for the undo"))
    close = outbox.close(action, Result.WITHDRAWN, "by nok")
    await store.commit([undo], (), [close, outbox.reverse_if_sent(action, undo.id, "nok")])
    found = sql(db, "SELECT event, operation, state, actor FROM outbox WHERE operation = 'unhide'")
    assert found == [(undo.id, "unhide", "pending", "nok")] * reversals


async def test_the_tally_counts_outcomes_and_what_waits(store: SqliteStore, outbox: Outbox) -> None:
    await asked(store, comment="before")
    since = await outbox.last_key()
    for number in range(3):
        await asked(store, comment=f"c{number}")
    await asked(store, comment="c9", state=State.PROPOSED)
    claimed = await outbox.claim()
    await outbox.settle([(action, Outcome(Result.SIMULATED)) for action in claimed[:3]])
    assert await outbox.tally(since) == {"simulated": 2, "sending": 1, "proposed": 1}


@pytest.mark.parametrize("which", ["_DUE", "_NEXT", "_IN_FLIGHT"])
async def test_a_long_log_does_not_slow_the_outbox_down(store: SqliteStore, which: str) -> None:
    from streambot.store import outbox as module

    parameters = {"_DUE": ("[]", 0.0, 64), "_NEXT": ("[]",)}.get(which, ())
    plan = " ".join(str(row[3]) for row in await store.read(f"EXPLAIN QUERY PLAN {getattr(module, which)}", parameters))
    assert "SCAN o" not in plan
    assert "outbox_open" in plan
