# ruff: noqa: A002 - what has an id calls it id
from __future__ import annotations

import json
from dataclasses import replace

import pytest

from streambot.console import board as board_module
from streambot.console.board import RoomBoard
from streambot.console.recall import fill
from streambot.core.action import Act, Operation, Outcome, Result, State
from streambot.core.comment import Role
from streambot.core.event import Event, Kind
from tests.console.fakes import NOW, ROOM, a_comment, a_decision, a_row, a_ruling, an_action, an_undo


@pytest.fixture
def board():
    return RoomBoard("demo", first=1000)


def snap(board: RoomBoard, *, public: bool = False) -> dict:
    return json.loads(board.snapshot({"id": "demo"}, public=public))


def comment(board: RoomBoard, id: str = "c1") -> dict:
    return next(row for row in snap(board)["feed"] if row["id"] == id)


def action(board: RoomBoard, id: str, op: str = "hide") -> dict:
    return next(row for row in snap(board)["actions"] if (row["id"], row["op"]) == (id, op))


def decide(board: RoomBoard, act: Act, state: State | None = None, **data) -> None:
    event = a_decision(a_comment(), act, **data)
    board.publish([event], [] if state is None else [an_action(event.id, state=state)])


def settle(board: RoomBoard, result: Result, event: str = "d-c1", **given) -> None:
    board.settled(an_action(event, **given), Outcome(result, "because"), NOW)


def test_a_row_has_the_fields_of_the_contract(board):
    evidence = [
        {"rule": "r1", "source": "lexicon", "span": [0, 3], "text": "how", "label": "scam", "score": 0.9, "x": 1}
    ]
    decide(board, Act.REVIEW, labels={"scam": 0.9}, evidence=evidence, degraded=True, escalate=True)
    assert comment(board) == {
        "id": "c1",
        "ts": "2026-11-18T11:06:40.000Z",
        "u": {"id": "u-c1", "n": "mimi", "roles": []},
        "x": "how much is it?",
        "l": "en",
        "intent": "question.price",
        "q": "",
        "labels": {"scam": 0.9},
        "act": "review",
        "status": "waiting",
        "by": "bot",
        "event": "d-c1",
        "why": [
            {
                "rule": "r1",
                "source": "lexicon",
                "span": [0, 3],
                "text": "how",
                "reason": None,
                "label": "scam",
                "score": 0.9,
            }
        ],
        "degraded": True,
        "escalate": True,
        "rev": 1,
    }


@pytest.mark.parametrize(
    ("result", "status", "stage"),
    [
        (Result.APPLIED, "hidden", "sent"),
        (Result.CONFIRMED, "hidden", "confirmed"),
        (Result.SIMULATED, "hidden", "simulated"),
        (Result.NOT_NEEDED, "hidden", "confirmed"),
        (Result.MANUAL, "todo", "todo"),
        (Result.FAILED, "failed", "failed"),
        (Result.UNSUPPORTED, "failed", "failed"),
        (Result.OVER_QUOTA, "failed", "failed"),
        (Result.UNKNOWN, "hiding", "not_confirmed"),
        (Result.WITHDRAWN, "shown", "withdrawn"),
        (Result.IGNORED, "shown", "ignored"),
    ],
)
def test_every_outcome_of_a_hide_has_its_words_on_the_screen(board, result, status, stage):
    decide(board, Act.HIDE, State.PENDING)
    assert comment(board)["status"] == "hiding"
    assert action(board, "d-c1")["st"] == "queued"
    settle(board, result)
    assert comment(board)["status"] == status
    assert action(board, "d-c1")["st"] == stage
    assert action(board, "d-c1")["detail"] == "because"
    assert board.queue == (1 if status == "todo" else 0)


def test_a_to_do_leaves_the_queue_when_a_person_did_it(board):
    decide(board, Act.HIDE, State.PENDING)
    settle(board, Result.MANUAL)
    assert [row["id"] for row in snap(board)["queue"]] == ["c1"]
    settle(board, Result.CONFIRMED)
    assert snap(board)["queue"] == []
    assert comment(board)["status"] == "hidden"


def test_a_proposed_hide_waits_until_a_person_takes_it_over(board):
    decide(board, Act.HIDE, State.PROPOSED)
    assert (comment(board)["status"], board.queue) == ("waiting", 1)
    board.publish([a_ruling("c1", Act.HIDE, id="h1")], [an_action("d-c1", state=State.PENDING)])
    assert (comment(board)["status"], comment(board)["by"], board.queue) == ("hiding", "nok", 0)
    assert action(board, "d-c1")["by"] == "nok"


def test_a_proposed_hide_that_a_person_allows_is_ignored_and_an_undo_brings_it_back(board):
    decide(board, Act.HIDE, State.PROPOSED)
    board.publish([a_ruling("c1", Act.ALLOW, id="a1")])
    settle(board, Result.IGNORED)
    assert comment(board)["status"] == "allowed"
    board.publish([an_undo("c1", "a1")])
    assert comment(board)["status"] == "waiting"


def test_a_review_that_a_person_hides_and_takes_back_waits_again(board):
    decide(board, Act.REVIEW)
    board.publish([a_ruling("c1", Act.HIDE, id="h1")], [an_action("h1", not_before=NOW + 3)])
    assert (comment(board)["status"], board.queue) == ("hiding", 0)
    assert action(board, "h1")["until"] == "2026-11-18T11:06:43.000Z"
    board.publish([an_undo("c1", "h1")])
    assert (comment(board)["status"], comment(board)["by"], board.queue) == ("waiting", "bot", 1)
    assert (action(board, "h1")["st"], action(board, "h1")["undoable"]) == ("withdrawn", False)


def test_a_hide_of_the_bot_that_is_taken_back_shows_the_comment_and_the_unhide_is_an_action_of_its_own(board):
    board.can_reverse({Operation.HIDE})
    decide(board, Act.HIDE, State.PENDING)
    settle(board, Result.APPLIED)
    assert action(board, "d-c1")["undoable"]
    board.publish([an_undo("c1", "d-c1")], [an_action("undo-1", operation=Operation.UNHIDE)])
    assert comment(board)["status"] == "shown"
    assert (action(board, "d-c1")["st"], action(board, "d-c1")["undoable"]) == ("sent", False)
    assert action(board, "undo-1", "unhide")["by"] == "nok"


def test_a_person_who_hides_again_after_an_undo_hides(board):
    decide(board, Act.HIDE, State.PENDING)
    board.publish([an_undo("c1", "d-c1")], [an_action("undo-1", operation=Operation.UNHIDE)])
    board.publish([a_ruling("c1", Act.HIDE, id="h2")], [an_action("h2")])
    settle(board, Result.CONFIRMED, "h2")
    assert comment(board)["status"] == "hidden"


def test_undo_is_offered_only_where_it_does_something(board):
    decide(board, Act.HIDE, State.PENDING)
    assert not action(board, "d-c1")["undoable"]
    settle(board, Result.APPLIED)
    assert not action(board, "d-c1")["undoable"]
    before = board.seq
    board.can_reverse({Operation.HIDE})
    assert board.seq == before + 1
    assert action(board, "d-c1")["undoable"]
    settle(board, Result.FAILED)
    assert not action(board, "d-c1")["undoable"]


def test_a_to_do_is_done_when_a_person_says_so(board):
    decide(board, Act.HIDE, State.PENDING)
    settle(board, Result.MANUAL)
    note = replace(a_ruling("c1", Act.HIDE, id="n1"), kind=Kind.NOTE, act=None, data={"done": "d-c1"})
    board.publish([note])
    assert (action(board, "d-c1")["st"], action(board, "d-c1")["detail"]) == ("confirmed", "by nok")
    assert (comment(board)["status"], board.queue) == ("hidden", 0)


def test_a_person_who_allows_what_was_hidden_has_allowed_it(board):
    decide(board, Act.HIDE, State.PENDING)
    settle(board, Result.APPLIED)
    allowed = replace(an_undo("c1", "d-c1"), data={"verb": "allow"})
    board.publish([allowed], [an_action("undo-1", operation=Operation.UNHIDE)])
    assert (comment(board)["status"], comment(board)["by"]) == ("allowed", "nok")


def test_a_person_s_hide_sends_the_proposed_hide_and_gives_up_the_proposed_mute(board):
    event = a_decision(a_comment(), Act.MUTE, actions=[Act.HIDE, Act.MUTE])
    both = [an_action(event.id, operation=op, state=State.PROPOSED) for op in (Operation.HIDE, Operation.MUTE)]
    board.publish([event], both)
    board.publish([a_ruling("c1", Act.HIDE, id="h1")])
    assert (action(board, "d-c1")["st"], action(board, "d-c1")["by"]) == ("queued", "nok")
    assert action(board, "d-c1", "mute")["st"] == "ignored"
    assert (comment(board)["status"], board.queue) == ("hiding", 0)
    board.publish([an_undo("c1", "h1")], [an_action("undo-1", operation=Operation.MUTE, state=State.PROPOSED)])
    assert action(board, "d-c1")["st"] == "withdrawn"
    assert action(board, "undo-1", "mute")["st"] == "proposed"
    assert (comment(board)["status"], board.queue) == ("waiting", 1)


@pytest.mark.parametrize("undone", ["h1", "d-c1"])
def test_a_proposed_hide_that_was_sent_and_is_undone_by_either_name_waits_again(board, undone):
    decide(board, Act.HIDE, State.PROPOSED)
    board.publish([a_ruling("c1", Act.HIDE, id="h1")])
    settle(board, Result.APPLIED)
    board.publish([an_undo("c1", undone)], [an_action("undo-1", operation=Operation.UNHIDE)])
    assert (comment(board)["status"], board.queue) == ("waiting", 1)


def test_the_same_is_so_after_a_restart(board):
    settled = {"operation": "hide", "outcome": "applied", "state": "settled", "data": {"mode": "assist"}}
    ruling = a_row(2, None, comment="c1", kind="action", act="hide", actor="nok")
    fill(board, ROOM, [a_row(1, act="hide", **settled), ruling])
    assert comment(board)["status"] == "hidden"
    board.publish([an_undo("c1", "e1")], [an_action("undo-1", operation=Operation.UNHIDE)])
    assert comment(board)["status"] == "waiting"


def test_a_person_s_mute_agrees_to_the_hide_that_was_proposed_with_it(board):
    event = a_decision(a_comment(), Act.MUTE, actions=[Act.HIDE, Act.MUTE])
    both = [an_action(event.id, operation=op, state=State.PROPOSED) for op in (Operation.HIDE, Operation.MUTE)]
    board.publish([event], both)
    board.publish([a_ruling("c1", Act.MUTE, id="m1")])
    assert {row["st"] for row in snap(board)["actions"]} == {"queued"}


def test_an_allow_gives_up_everything_that_was_proposed(board):
    decide(board, Act.HIDE, State.PROPOSED)
    board.publish([a_ruling("c1", Act.ALLOW, id="a1")])
    assert (comment(board)["status"], action(board, "d-c1")["st"]) == ("allowed", "ignored")


def test_an_unhide_that_failed_leaves_the_comment_hidden(board):
    decide(board, Act.HIDE, State.PENDING)
    settle(board, Result.APPLIED)
    board.publish([an_undo("c1", "d-c1")], [an_action("undo-1", operation=Operation.UNHIDE)])
    settle(board, Result.FAILED, "undo-1", operation=Operation.UNHIDE)
    assert comment(board)["status"] == "hidden"


def test_a_to_do_that_was_taken_back_before_anybody_did_it_is_no_to_do(board):
    decide(board, Act.HIDE, State.PROPOSED)
    board.publish([a_ruling("c1", Act.HIDE, id="h1")])
    settle(board, Result.MANUAL)
    board.publish([an_undo("c1", "h1")], [an_action("undo-1", operation=Operation.UNHIDE)])
    settle(board, Result.MANUAL, "undo-1", operation=Operation.UNHIDE)
    assert action(board, "d-c1")["st"] == "withdrawn"
    settle(board, Result.CONFIRMED, "undo-1", operation=Operation.UNHIDE)
    assert comment(board)["status"] == "waiting"


def test_a_late_verdict_replaces_the_first_and_asks_for_review(board):
    decide(board, Act.ALLOW, degraded=True)
    late = a_decision(a_comment(), Act.REVIEW, id="r1", kind=Kind.REJUDGEMENT, labels={"hate": 0.8})
    board.publish([late])
    row = comment(board)
    assert (row["status"], row["act"], row["event"], row["labels"], row["rev"]) == (
        "waiting",
        "review",
        "r1",
        {"hate": 0.8},
        2,
    )
    assert row["x"] == "how much is it?"


def test_a_late_verdict_about_a_comment_that_no_screen_remembers_still_waits_in_the_queue(board):
    board.publish([a_decision(a_comment("old"), Act.REVIEW, kind=Kind.REJUDGEMENT)])
    assert [row["id"] for row in snap(board)["queue"]] == ["old"]


def test_a_mode_that_was_switched_is_told_with_who_and_when(board):
    data = {"key": "mode", "before": "auto", "value": "assist"}
    board.publish([Event("s1", NOW, "demo", Kind.SETTING, actor="ploy", data=data)])
    [op] = board.ops(board.changes.since(1000))
    assert json.loads(op.json) == {
        "o": "set",
        "k": "mode",
        "v": "assist",
        "by": "ploy",
        "at": "2026-11-18T11:06:40.000Z",
    }


def test_a_snapshot_has_the_newest_200_comments_and_all_that_wait(board):
    for number in range(300):
        act = Act.REVIEW if number < 10 else Act.ALLOW
        board.publish([a_decision(a_comment(f"c{number}", at=NOW + number), act)])
    told = snap(board)
    assert [row["id"] for row in told["feed"]] == [f"c{number}" for number in range(100, 300)]
    assert [row["id"] for row in told["queue"]] == [f"c{number}" for number in range(10)]
    assert told["seq"] == board.seq == 1300


def test_a_host_is_told_no_comment_and_no_action(board):
    decide(board, Act.HIDE, State.PENDING)
    told = snap(board, public=True)
    assert (told["feed"], told["queue"], told["actions"]) == ([], [], [])
    assert not any(op.public for op in board.ops(board.changes.since(1000)))


def test_memory_is_bounded_but_what_waits_outlives_what_was_shown(board, monkeypatch):
    monkeypatch.setattr(board_module, "KEEP_COMMENTS", 50)
    monkeypatch.setattr(board_module, "KEEP_ACTIONS", 20)
    board.publish([a_decision(a_comment("old"), Act.REVIEW)])
    for number in range(200):
        event = a_decision(a_comment(f"c{number}"), Act.HIDE)
        board.publish([event], [an_action(event.id, f"c{number}")])
        board.settled(an_action(event.id, f"c{number}"), Outcome(Result.APPLIED), NOW)
    assert len(board._comments) == 51
    assert len(board._actions) == 20
    assert [row["id"] for row in snap(board)["queue"]] == ["old"]
    assert board.changes.since(1000) is None
    board.publish([a_ruling("old", Act.ALLOW, id="a1")])
    board.publish([a_decision(a_comment("next"), Act.ALLOW)])
    assert "old" not in board._comments


def test_the_rate_is_over_the_last_ten_whole_seconds(board):
    for second in range(100, 120):
        for _ in range(3):
            board.count(second)
    assert board.rate(120.5) == 3.0
    assert board.rate(125.0) == 1.5
    assert board.rate(200.0) == 0.0


def test_a_restart_shows_what_the_log_says(board):
    rows = [
        a_row(1, "hi"),
        a_row(2, "add me", act="hide", operation="hide", outcome="applied", state="settled", labels={"diversion": 0.9}),
        a_row(3, "hmm", act="review", intent={"name": "complaint", "score": 0.7}, at="2026-11-18T11:06:43.000Z"),
        a_row(4, "buy", act="hide", operation="hide", state="proposed"),
        a_row(
            5,
            None,
            kind="undo",
            comment="c2",
            act=None,
            actor="nok",
            reverses="e2",
            operation="unhide",
            outcome="applied",
            state="settled",
        ),
        a_row(6, None, kind="setting", comment=None, act=None, actor="nok"),
        a_row(7, "go", act="hide", operation="hide", outcome="manual", state="settled"),
        a_row(8, "ok", act="hide", operation="hide", outcome="ignored", state="settled"),
        a_row(9, None, kind="action", comment="c8", act="allow", actor="nok"),
    ]
    fill(board, ROOM, rows)
    told = snap(board)
    assert {row["id"]: row["status"] for row in told["feed"]} == {
        "c1": "shown",
        "c2": "shown",
        "c3": "waiting",
        "c4": "waiting",
        "c7": "todo",
        "c8": "allowed",
    }
    assert [row["id"] for row in told["queue"]] == ["c3", "c4", "c7"]
    assert [(row["id"], row["op"], row["st"]) for row in told["actions"]] == [
        ("e2", "hide", "sent"),
        ("e4", "hide", "proposed"),
        ("e5", "unhide", "sent"),
        ("e7", "hide", "todo"),
        ("e8", "hide", "ignored"),
    ]
    assert told["feed"][2]["intent"] == "complaint"
    assert board.recalled


def test_a_restart_remembers_that_a_muted_author_s_comment_was_hidden_too(board):
    data = {"actions": ["hide", "mute"]}
    fill(board, ROOM, [a_row(1, act="mute", operation="mute", outcome="applied", state="settled", data=data)])
    assert comment(board)["status"] == "hidden"
    assert {(row["op"], row["st"]) for row in snap(board)["actions"]} == {("mute", "sent"), ("hide", "sent")}


def test_what_came_while_the_log_was_read_is_not_told_twice(board):
    board.publish([replace(a_decision(a_comment("c1"), Act.REVIEW), id="e1")])
    board.publish([replace(an_undo("c0", "e0"), id="e3")])
    fill(
        board,
        ROOM,
        [
            a_row(0, "old", act="hide", operation="hide", outcome="applied", state="settled"),
            a_row(1, "hi"),
            a_row(3, kind="undo"),
        ],
    )
    assert comment(board, "c1")["status"] == "waiting"
    assert comment(board, "c1")["rev"] == 1
    assert comment(board, "c0")["status"] == "shown"


def own_words(id: str = "c1", **data) -> Event:
    said = a_comment(id)
    return a_decision(replace(said, author=replace(said.author, roles=frozenset({Role.HOST}))), Act.ALLOW, **data)


def test_a_finding_in_the_shops_own_words_waits_for_the_controller_and_nothing_is_done(board):
    evidence = [{"rule": "shop.claim.cure", "source": "pattern", "span": [0, 3], "text": "how", "reason": "A cure."}]
    board.publish([own_words(labels={"misleading_claim": 1.0}, evidence=evidence)])
    assert (comment(board)["status"], comment(board)["act"]) == ("waiting", "allow")
    assert [row["id"] for row in snap(board)["queue"]] == ["c1"]
    assert snap(board)["actions"] == []
    board.publish([a_ruling("c1", Act.ALLOW, id="seen")])
    assert snap(board)["queue"] == []


def test_the_shops_own_words_without_a_finding_wait_for_nobody(board):
    board.publish([own_words()])
    assert comment(board)["status"] == "shown"
