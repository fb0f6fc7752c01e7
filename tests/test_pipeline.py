"""The story of a comment, told by what the log, the feed and the counts say of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from streambot import pipeline as module
from streambot.core.command import Mode
from streambot.core.comment import Comment, Role, Room
from streambot.core.errors import ClassifierError, CommentError, ConfigError, Overloaded, PlatformError, StorageError
from streambot.core.labels import Intent
from streambot.core.status import Link
from streambot.core.verdict import Judgement
from streambot.decision import decide
from streambot.room import SILENCE, Seen
from streambot.serve import Until
from streambot.store.sqlite import REFUSED, SqliteStore
from streambot.testing import (
    NOON,
    FakeClassifier,
    ListSource,
    QueueSource,
    a_comment,
    a_judgement,
)
from tests.houses import BreakableStore, SmallHouse, small_house, turns, until


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


@pytest.fixture(autouse=True)
def said() -> Any:
    """What the process says of itself."""
    with capture_logs() as logs:
        yield logs


def decided(house: SmallHouse) -> list[str]:
    """Ids of the comments that have a decision, in the order of the log."""
    return [row[0] for row in house.sql(
        "SELECT c.comment FROM events AS e JOIN comments AS c ON c.key = e.comment WHERE kind = 'decision' ORDER BY seq"
    )]  # fmt: skip


def add_up(house: SmallHouse) -> bool:
    return all((c := state.counts).received == c.decided + c.duplicates + c.rejected for state in house.rooms.states())


async def test_a_comment_is_judged_decided_logged_and_then_told(db: Path) -> None:
    async with small_house(db, classifier=FakeClassifier({"how much?": a_judgement(Intent.PRICE)})) as house:
        await house.play(a_comment("how much?", id="c1"), a_comment("spam", id="c2"))
        assert decided(house) == ["c1", "c2"]
        assert house.rows() == [("hide", "pending", None)]
        assert [event.kind for event in house.feed.events] == ["broadcast", "decision", "decision"]
        assert [action.comment for action in house.feed.outbox] == ["c2"]
        assert house.wake.is_set()
        assert (house.pipeline.tally.decided, house.pipeline.tally.hidden) == (2, 1)
        assert house.sql("SELECT intent, model, pack FROM events WHERE kind = 'decision'") == [
            ("question.price", "fake@1", "tests@1"),
            ("chitchat", "fake@1", "tests@1"),
        ]


async def test_nothing_is_told_before_it_is_on_the_disk(db: Path) -> None:
    async with small_house(db) as house:
        seen_on_disk = []
        publish = house.feed.publish

        def looking(events: Any, outbox: Any = ()) -> None:
            written = {row[0] for row in house.sql("SELECT id FROM events")}
            seen_on_disk.extend(event.id in written for event in events)
            publish(events, outbox)

        house.feed.publish = looking  # type: ignore[method-assign]
        await house.play(*(a_comment(f"hello {n}") for n in range(30)))
    assert len(seen_on_disk) == 31
    assert all(seen_on_disk)


async def test_decisions_are_made_in_the_order_of_arrival_whatever_the_model_does_first(db: Path) -> None:
    class LastFirst(FakeClassifier):
        async def classify(self, comment: Comment) -> Judgement:
            for _ in range(100 - 10 * int(comment.text)):
                await asyncio.sleep(0)
            return a_judgement()

    async with small_house(db, classifier=LastFirst()) as house:
        await house.play(*(a_comment(str(n), id=f"c{n}") for n in range(10)))
        assert decided(house) == [f"c{n}" for n in range(10)]


async def test_a_strike_counts_for_the_very_next_comment(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(
            *(a_comment("spam", id=f"c{n}") for n in range(3)), a_comment("hi", id="c3"), a_comment("hi", author="x")
        )
        acts = [row[0] for row in house.sql("SELECT act FROM events WHERE kind = 'decision' ORDER BY seq")]
        assert acts == ["hide", "hide", "hide", "mute", "allow"]


async def test_a_redelivered_comment_reaches_neither_the_model_nor_the_history(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(*[a_comment("spam", id="c1")] * 5)
        state = await house.room()
        assert (state.counts.received, state.counts.decided, state.counts.duplicates) == (5, 1, 4)
        assert house.classifier.asked == ["spam"]
        assert state.history.strikes("mimi") == 1
    async with small_house(db) as house:
        await house.play(a_comment("spam", id="c1"))
        assert house.pipeline.tally.duplicates == 1
        assert house.classifier.asked == []
        assert decided(house) == ["c1"]


async def test_a_redelivery_older_than_what_is_kept_in_memory_is_found_in_the_log(db: Path) -> None:
    async with small_house(db) as house:
        state = await house.room()
        state.seen = Seen(size=3)
        await house.play(*(a_comment("hi", id=f"c{n}", author=f"u{n}") for n in range(6)))
        assert not state.seen.complete
        house.classifier.asked.clear()
        await house.play(a_comment("hi", id="c0"), a_comment("hi", id="c5"), a_comment("hi", id="c6"))
        assert house.classifier.asked == ["hi"]
        assert (state.counts.duplicates, state.counts.decided) == (2, 7)


async def test_two_sources_of_one_room_decide_a_comment_once(db: Path) -> None:
    comments = [a_comment(f"hello {n}", id=f"c{n}") for n in range(50)]
    async with small_house(db) as house:
        await asyncio.gather(house.play(*comments), house.play(*comments))
        assert sorted(decided(house)) == sorted(comment.id for comment in comments)
        assert add_up(house)


async def test_a_comment_that_breaks_a_rule_goes_to_a_person_and_the_next_one_on(db: Path, said: Any) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("crash", id="c1"), a_comment("crash", roles=[Role.HOST]), a_comment("spam"))
        acts = house.sql("SELECT act FROM events WHERE kind = 'decision' ORDER BY seq")
        assert acts == [("review",), ("allow",), ("hide",)]
        assert add_up(house)
    told = [line for line in said if line["log_level"] == "error"]
    assert [line["event"] for line in told] == ["a comment could not be judged"] * 2
    assert "crash" not in str([{**line, "exc_info": ""} for line in told])


async def test_a_source_that_breaks_is_told_after_what_it_gave_was_decided(db: Path) -> None:
    async with small_house(db, dispatching=True) as house:
        broken = ListSource([a_comment(f"hello {n}") for n in range(40)], error=PlatformError("connection lost"))
        with pytest.raises(PlatformError, match="connection lost"):
            await house.pipeline.run(broken)
        assert len(decided(house)) == 40
        (status,) = house.rooms.rooms()
        assert (status.link, status.link_detail) == (Link.ENDED, "connection lost")
        await house.play(a_comment("it goes on"))
        assert len(decided(house)) == 41


async def test_stopping_takes_no_more_and_decides_what_was_taken(db: Path) -> None:
    stop, source = asyncio.Event(), QueueSource()
    async with small_house(db) as house:
        running = asyncio.ensure_future(house.pipeline.run(Until(source, stop)))
        for number in range(5):
            source.queue.put_nowait(a_comment(f"hello {number}"))
        await until(lambda: house.pipeline.tally.decided == 5)
        stop.set()
        await asyncio.wait_for(running, 5)
        source.queue.put_nowait(a_comment("too late"))
        await turns()
        assert len(decided(house)) == 5
        assert source.queue.qsize() == 1


async def test_a_stopped_source_is_closed(db: Path) -> None:
    def endless() -> Any:
        while True:
            yield a_comment("hello")

    stop, source = asyncio.Event(), ListSource(endless())
    received = 0
    async for _ in Until(source, stop).comments():
        received += 1
        if received == 3:
            stop.set()
    assert received == 3
    assert source.closed


async def test_a_run_that_is_cancelled_gives_back_what_it_held(db: Path) -> None:
    classifier = FakeClassifier()
    classifier.stuck()
    async with small_house(db, classifier=classifier) as house:
        running = asyncio.ensure_future(
            house.play(*(a_comment(f"hello {n}", id=f"c{n}") for n in range(10)), live=False)
        )
        await until(lambda: len(classifier.asked) == 10)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert house.pipeline._slots._value == module.IN_FLIGHT
        assert add_up(house)
        classifier.release()
        await house.play(*(a_comment(f"hello {n}", id=f"c{n}") for n in range(10)))
        assert len(decided(house)) == 10


async def test_memory_does_not_grow_when_the_model_is_slow(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IN_FLIGHT", 8)
    classifier, taken = FakeClassifier(), []

    def endless() -> Any:
        for number in range(100):
            taken.append(number)
            yield a_comment(f"hello {number}")

    classifier.stuck()
    async with small_house(db, classifier=classifier) as house:
        running = asyncio.ensure_future(house.pipeline.run(ListSource(endless(), live=False)))
        await until(lambda: len(classifier.asked) == 8)
        await turns()
        assert len(taken) == 9
        classifier.release()
        await running
        assert len(decided(house)) == 100


async def test_a_replay_waits_for_an_overloaded_model_instead_of_shedding(db: Path) -> None:
    class Busy(FakeClassifier):
        async def classify(self, comment: Comment) -> Judgement:
            if self.asked.count(comment.text) < 3:
                self.asked.append(comment.text)
                raise Overloaded("busy", code="model_behind")
            return a_judgement()

    async with small_house(db, classifier=Busy(), live=False) as house:
        running = asyncio.ensure_future(house.play(a_comment("hello"), live=False))
        for _ in range(3):
            await until(lambda: house.clock.sleeping)
            house.clock.advance(1)
        await running
        assert house.pipeline.tally.degraded == 0


async def test_a_replay_has_no_deadline(db: Path) -> None:
    classifier = FakeClassifier()
    classifier.stuck()
    async with small_house(db, classifier=classifier, live=False, deadline=0.0) as house:
        running = asyncio.ensure_future(house.play(a_comment("hello"), live=False))
        await until(lambda: classifier.asked)
        house.clock.advance(3600)
        await turns()
        classifier.release()
        await running
        assert (house.pipeline.tally.decided, house.pipeline.tally.degraded) == (1, 0)


async def test_a_live_comment_does_not_wait_for_a_late_model(db: Path) -> None:
    classifier = FakeClassifier()
    classifier.stuck()
    async with small_house(db, classifier=classifier, deadline=0.0) as house:
        await house.play(a_comment("spam", id="c1"), a_comment("so pretty", id="c2"))
        assert house.sql("SELECT act, degraded FROM events WHERE kind = 'decision'") == [("hide", 1), ("allow", 1)]
        assert house.feed.codes() == ["rules_only"]
        assert (await house.room()).rules_only_since == house.clock()


async def test_a_model_that_fails_leaves_it_to_the_rules_and_is_told_once(db: Path) -> None:
    classifier = FakeClassifier()
    classifier.error = ClassifierError("the model failed.", code="model_failed")
    async with small_house(db, classifier=classifier) as house:
        await house.play(a_comment("spam"), a_comment("hello"), a_comment("hello again"))
        assert house.pipeline.tally.degraded == 3
        assert house.feed.codes() == ["rules_only"]
        assert house.rows() == [("hide", "pending", None)]


async def test_silence_ends_a_broadcast_and_its_strikes(db: Path) -> None:
    async with small_house(db) as house:
        late = NOON + SILENCE + 2
        await house.play(
            *(a_comment("spam", id=f"c{n}", at=NOON + n / 10) for n in range(3)),
            a_comment("hello", id="new", at=late),
            live=False,
        )
        assert house.sql("SELECT act FROM events WHERE kind = 'decision' ORDER BY seq")[-1] == ("allow",)
        assert house.sql("SELECT started_at, ended_at FROM broadcasts") == [(NOON, NOON + 0.2), (late, None)]
        broadcasts = house.sql("SELECT count(DISTINCT broadcast) FROM events WHERE kind = 'decision'")
        assert broadcasts == [(2,)]
        assert (await house.room()).counts.received == (await house.room()).counts.decided


async def test_two_runs_of_one_capture_decide_alike_however_the_model_hurries(tmp_path: Path) -> None:
    comments = [
        a_comment(text, id=f"c{n}", author=f"u{n % 3}", at=NOON + n * 400)
        for n, text in enumerate(["spam", "bet", "hello", "spam", "look", "spam", "hello"] * 6)
    ]

    class Uneven(FakeClassifier):
        async def classify(self, comment: Comment) -> Judgement:
            for _ in range(hash((id(self), comment.id)) % 13):
                await asyncio.sleep(0)
            return a_judgement()

    outcomes = []
    for name in ("one.db", "two.db"):
        async with small_house(tmp_path / name, classifier=Uneven(), live=False) as house:
            await house.play(*comments, live=False)
            outcomes.append(house.sql("SELECT at, act, json_extract(data, '$.strikes') FROM events ORDER BY seq"))
    assert outcomes[0] == outcomes[1]


async def test_a_host_and_the_backlog_are_judged_and_never_acted_on(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("spam", roles=[Role.HOST]), a_comment("bet", author="old", backlog=True))
        assert house.rows() == []
        assert len(decided(house)) == 2
        assert (await house.room()).history.strikes("old") == 0
        assert house.sql("SELECT sum(json_extract(data, '$.strikes')) FROM events WHERE kind = 'decision'") == [(0,)]


async def test_a_room_that_observes_simulates(db: Path) -> None:
    async with small_house(db, mode="observe", label_modes={"spam": "auto"}) as house:
        await house.play(a_comment("spam"))
        await house.send()
        assert house.rows() == [("hide", "settled", "simulated")]
        assert house.actuator.applied == []


async def test_a_full_disk_is_waited_out_told_once_and_nothing_is_lost_or_doubled(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("hello"))
        used = int(house.sql("PRAGMA page_count")[0][0])
        await house.store._writer.execute(f"PRAGMA max_page_count={used}")
        comments = [a_comment("spam " + "long " * 700, id=f"c{n}") for n in range(60)]
        playing = asyncio.ensure_future(house.play(*comments))
        for _ in range(4):
            await until(lambda: house.clock.sleeping)
            house.clock.advance(10)
        assert house.feed.codes() == ["disk_full"]
        assert "c59" not in decided(house)
        assert not playing.done()
        await house.store._writer.execute("PRAGMA max_page_count=1000000")
        while not playing.done():
            house.clock.advance(10)
            await asyncio.sleep(0.001)
        await playing
        assert house.feed.codes() == ["disk_full", "log_back"]
        assert decided(house)[1:] == [f"c{n}" for n in range(60)]
        assert len(house.rows()) == 60 + 60 - 3  # a hide each, and a mute each from the third strike on
        assert add_up(house)


async def test_a_replay_into_a_full_disk_ends_with_the_reason(db: Path) -> None:
    async def replay() -> None:
        async with small_house(db, live=False) as house:
            await house.store._writer.execute("PRAGMA max_page_count=1")
            await house.play(*(a_comment("spam " + "long " * 700) for _ in range(60)), live=False)

    with pytest.raises(ExceptionGroup) as raised:
        await asyncio.wait_for(replay(), 20)
    leaves = raised.value.exceptions[0]
    while isinstance(leaves, ExceptionGroup):
        leaves = leaves.exceptions[0]
    assert isinstance(leaves, StorageError)
    assert leaves.code == "disk_full"


async def test_a_log_that_cannot_be_read_is_waited_out_too(db: Path) -> None:
    stores: list[BreakableStore] = []

    def wrap(store: SqliteStore) -> BreakableStore:
        stores.append(BreakableStore(store))
        return stores[0]

    async with small_house(db, wrap=wrap) as house:
        stores[0].unreadable = True
        playing = asyncio.ensure_future(house.play(a_comment("hello")))
        await until(lambda: house.clock.sleeping)
        assert house.feed.codes() == ["database_error"]
        stores[0].unreadable = False
        house.clock.advance(10)
        await playing
        assert house.feed.codes() == ["database_error", "log_back"]
        assert len(decided(house)) == 1


async def test_a_row_that_can_never_be_written_fails_its_own_comment_alone(db: Path) -> None:
    class Picky(BreakableStore):
        async def commit(self, events: Any, *more: Any) -> Any:
            if any(event.comment is not None and event.comment.id == "c0" for event in events):
                raise StorageError("a row was refused", code=REFUSED)
            return await super().commit(events, *more)

    async with small_house(db, wrap=Picky) as house:
        await house.play(*(a_comment(f"hello {n}", id=f"c{n}") for n in range(20)))
        assert decided(house) == [f"c{n}" for n in range(1, 20)]
        assert (await house.room()).counts.rejected == house.pipeline.tally.rejected == 1
        assert add_up(house)
        # The broadcast that it opened is there for the others.
        assert house.sql("SELECT count(*) FROM broadcasts") == [(1,)]


async def test_a_room_that_can_have_no_name_is_rejected_and_the_others_go_on(db: Path) -> None:
    async with small_house(db) as house:
        settings_for = house.rooms._settings_for

        def choosy(room: Room) -> Any:
            if "/" in room.name:
                raise CommentError("no room can be called so", code="bad_room")
            return settings_for(room)

        house.rooms._settings_for = choosy
        await house.play(a_comment(room=Room("a/b", "fake", "x")), a_comment("hello", id="c1"))
        assert decided(house) == ["c1"]
        assert house.pipeline.tally.rejected == 1


async def test_what_an_operator_must_mend_ends_the_run(db: Path) -> None:
    async with small_house(db) as house:

        def no_pack(settings: Any) -> Any:
            raise ConfigError("the pack is broken.")

        house.rooms._pack_for = no_pack
        with pytest.raises(ConfigError):
            await house.play(a_comment("hello"))


async def test_two_rooms_go_side_by_side_and_keep_their_own_order(db: Path) -> None:
    rooms = [Room("one", "fake", "1"), Room("two", "fake", "2")]
    async with small_house(db) as house:
        await house.play(*(a_comment(f"n{n}", id=f"{n}", room=rooms[n % 2]) for n in range(100)))
        for room, start in (("one", 0), ("two", 1)):
            found = house.sql(
                "SELECT c.comment FROM events AS e JOIN comments AS c ON c.key = e.comment "
                "WHERE e.room = ? AND kind = 'decision' ORDER BY seq", room,
            )  # fmt: skip
            assert [row[0] for row in found] == [str(n) for n in range(start, 100, 2)]
        assert [status.room.name for status in house.rooms.rooms()] == ["one", "two"]


async def test_latency_is_told_for_the_last_minute(db: Path) -> None:
    async with small_house(db) as house:
        await house.play(a_comment("hello"))
        state = await house.room()
        state.decided(house.feed.events[-1], 0.5)
        assert (state.lag().p50, state.lag().p99) == (0.5, 0.5)
        house.clock.advance(61)
        assert state.lag().p99 == 0.0


async def test_the_mode_of_a_decision_stands_in_the_log(db: Path) -> None:
    async with small_house(db, mode="assist") as house:
        await house.play(a_comment("spam"))
        (await house.room()).mode = Mode.AUTO
        await house.play(a_comment("spam", author="b"))
        modes = house.sql("SELECT json_extract(data, '$.mode') FROM events WHERE kind = 'decision'")
        assert modes == [("assist",), ("auto",)]
        assert house.rows() == [("hide", "proposed", None), ("hide", "pending", None)]


@pytest.mark.parametrize(("live", "at"), [(True, NOON), (False, NOON - 5000)])
async def test_a_live_decision_has_our_time_a_replayed_one_the_records(db: Path, live: bool, at: float) -> None:
    async with small_house(db, live=live) as house:
        await house.play(a_comment("spam", at=NOON - 5000), live=live)
        assert house.sql("SELECT at FROM events WHERE kind = 'decision'") == [(at,)]


async def test_a_comment_that_breaks_its_room_was_not_decided_and_may_come_again(
    db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broke: list[bool] = []

    def breaks_once(*given: Any, **how: Any) -> Any:
        if not broke:
            broke.append(True)
            raise ZeroDivisionError("a room that nobody tried")
        return decide(*given, **how)

    monkeypatch.setattr(module, "decide", breaks_once)
    async with small_house(db) as house:
        with pytest.raises(ExceptionGroup):
            await house.play(a_comment(id="c1"))
        counts = (await house.room()).counts
        assert counts.received == counts.decided == 0
        await house.play(a_comment(id="c1"))
        assert house.sql("SELECT count(*) FROM events WHERE kind = 'decision'") == [(1,)]
