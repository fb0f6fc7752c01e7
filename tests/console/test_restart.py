from __future__ import annotations

import json

from streambot.console.board import RoomBoard
from streambot.console.recall import fill
from streambot.core.action import Act, Operation, Outcome, Result, State
from streambot.core.event import Kind
from streambot.store.connections import open_reader
from streambot.store.outbox import Outbox
from streambot.store.queries import LogReader
from streambot.store.sqlite import open_store
from tests.console.fakes import NOW, ROOM, a_comment, a_decision, a_ruling, an_action, an_undo


def shown(board: RoomBoard) -> tuple[dict, dict]:
    told = json.loads(board.snapshot({}, public=False))
    comments = {row["id"]: (row["status"], row["act"], row["labels"], row["x"], row["by"]) for row in told["feed"]}
    return comments, {(row["id"], row["op"]): (row["st"], row["c"], row["x"], row["until"]) for row in told["actions"]}


async def test_a_screen_filled_from_the_real_log_shows_what_it_showed_before_the_restart(tmp_path):
    db = tmp_path / "log.db"
    before = RoomBoard(ROOM.name, first=0)
    async with open_store(db) as store:
        outbox = Outbox(store, lambda: NOW)

        async def commit(event, *asked):
            await store.commit([event], asked)
            before.publish([event], asked)

        async def settle(result, *asked):
            await outbox.settle([(action, Outcome(result, "so")) for action in asked])
            for action in asked:
                before.settled(action, Outcome(result, "so"), NOW)

        for name, act, result in (
            ("applied", Act.HIDE, Result.APPLIED),
            ("todo", Act.HIDE, Result.MANUAL),
            ("failed", Act.HIDE, Result.FAILED),
            ("unknown", Act.HIDE, Result.UNKNOWN),
            ("pending", Act.HIDE, None),
            ("undone", Act.HIDE, Result.APPLIED),
            ("review", Act.REVIEW, None),
            ("allowed", Act.REVIEW, None),
            ("plain", Act.ALLOW, None),
        ):
            event = a_decision(a_comment(name, f"text of {name}"), act, labels={"spam": 0.9}, mode="auto")
            asked = [an_action(event.id, name, not_before=NOW + 2)] if act is Act.HIDE else []
            await commit(event, *asked)
            if result is not None:
                await settle(result, *asked)
        await commit(
            a_decision(a_comment("proposed"), Act.HIDE, mode="assist"),
            an_action("d-proposed", "proposed", state=State.PROPOSED),
        )
        unhide = an_action("undo-1", "undone", Operation.UNHIDE)
        await commit(an_undo("undone", "d-undone"), unhide)
        await settle(Result.CONFIRMED, unhide)
        await commit(a_ruling("allowed", Act.ALLOW, id="a-1"))
        await commit(a_decision(a_comment("plain"), Act.REVIEW, id="r-1", kind=Kind.REJUDGEMENT, labels={"hate": 0.7}))

    reader = await open_reader(db)
    after = RoomBoard(ROOM.name, first=0)
    fill(after, ROOM, await LogReader(reader, db).recent(ROOM.name, 5000))
    await reader.close()
    assert shown(after) == shown(before)
    assert len({status for status, *_ in shown(after)[0].values()}) == 7
