"""Tickets are their steps: one for a viewer and a room, never lost, and in an order that the clock alone decides."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streambot.core.concerns import Concern
from streambot.core.event import BOT
from streambot.core.labels import Intent
from streambot.core.ticket_orders import NOBODY, PENDING, SOON, Due, TicketQuery, due
from streambot.core.tickets import (
    REOPENED_WITHIN,
    Logged,
    Step,
    Ticket,
    Tickets,
    TicketState,
    Viewer,
    by_urgency,
    urgency,
)

DAY = 86_400.0
HOURS = 12 * 3600.0
MIMI = Viewer("tiktok", "r1", "mimi", "Mimi")


def said(
    ticket: str, number: int, at: float, concern: Concern = Concern.COMPLAINT, step: Step = Step.JOIN, **fields: Any
) -> Logged:
    """A viewer's step."""
    data = {"ticket": ticket, "step": step, "intent": Intent.COMPLAINT, "concern": concern, "due_at": at + HOURS}
    viewer = fields.pop("viewer", MIMI)
    return Logged(f"{number:08d}", at, "shop", BOT, data, viewer, f"c{number}", f"text {number}")


def opened(number: int, at: float, concern: Concern = Concern.COMPLAINT, **fields: Any) -> Logged:
    return said(f"t{number}", number, at, concern, Step.OPEN, **fields)


def done(ticket: str, number: int, at: float, step: Step, actor: str = "nok", **data: Any) -> Logged:
    """A person's step."""
    return Logged(f"{number:08d}", at, "shop", actor, {"ticket": ticket, "step": step, **data}, MIMI)


def taken(*steps: Logged) -> Tickets:
    tickets = Tickets()
    for step in steps:
        tickets.take(step)
    return tickets


def the(tickets: Tickets) -> Ticket:
    (ticket,) = tickets
    return ticket


def test_a_second_complaint_joins_and_raises_the_priority() -> None:
    first = the(taken(opened(1, 0.0, Concern.LATE)))
    again = the(taken(opened(1, 0.0, Concern.LATE), said("t1", 2, 60.0, Concern.LATE)))
    worse = the(taken(opened(1, 0.0, Concern.LATE), said("t1", 2, 60.0, Concern.SAFETY)))
    assert (first.complaints, again.complaints) == (1, 2)
    assert first.priority < again.priority < worse.priority
    assert (worse.concern, worse.due_at, worse.comment, worse.text) == (Concern.SAFETY, HOURS, "c1", "text 2")
    assert again.text == "text 1"


def test_what_is_settled_is_opened_again_by_its_viewer_within_a_day_and_not_later() -> None:
    tickets = taken(opened(1, 0.0), done("t1", 2, 100.0, Step.STATE, state="settled", seen="00000001"))
    assert the(tickets).state is TicketState.SETTLED
    assert tickets.standing("shop", MIMI, 100.0 + REOPENED_WITHIN + 1) is None
    again = tickets.standing("shop", replace(MIMI, name="Mimi 2"), 100.0 + REOPENED_WITHIN)
    assert again is not None
    after = tickets.take(said("t1", 3, 5000.0, step=Step.REOPEN))
    assert after is not None
    assert (after.state, after.since, after.due_at) == (TicketState.REOPENED, 5000.0, 5000.0 + HOURS)


def test_an_old_ticket_that_is_read_back_takes_nothing_from_the_newer_one() -> None:
    old = [opened(1, 0.0), done("t1", 2, 10.0, Step.STATE, state="settled")]
    tickets = taken(opened(3, 9 * DAY), *old)
    standing = tickets.standing("shop", MIMI, 9 * DAY)
    assert standing is not None
    assert standing.id == "t3"


def test_somebody_whom_the_platform_does_not_vouch_for_is_somebody_else() -> None:
    tickets = taken(opened(1, 0.0))
    assert tickets.standing("shop", replace(MIMI, vouched=False), 1.0) is None
    assert tickets.standing("other", MIMI, 1.0) is None


def test_a_viewer_who_writes_while_we_wait_makes_it_our_turn() -> None:
    waiting = [opened(1, 0.0), done("t1", 2, 10.0, Step.STATE, state="waiting", seen="00000001")]
    assert the(taken(*waiting)).state is TicketState.WAITING
    assert the(taken(*waiting, said("t1", 3, 20.0))).state is TicketState.OPEN


def test_notes_and_assignee_are_kept_and_a_step_of_an_unknown_ticket_is_none() -> None:
    note = done("t1", 3, 20.0, Step.NOTE, note="called")
    tickets = taken(opened(1, 0.0), done("t1", 2, 10.0, Step.ASSIGN, assignee="nok"), note)
    ticket = the(tickets)
    assert (ticket.assignee, [(each.by, each.text) for each in ticket.notes]) == ("nok", [("nok", "called")])
    assert (ticket.by, ticket.how, ticket.touched) == ("nok", "assign", "00000002")
    assert tickets.take(done("t9", 4, 30.0, Step.NOTE, note="?")) is None


def test_what_was_settled_long_ago_is_let_go_and_what_is_not_settled_never() -> None:
    settled = [opened(1, 0.0), done("t1", 2, 10.0, Step.STATE, state="settled")]
    tickets = taken(*settled, opened(3, 0.0, viewer=Viewer("tiktok", "r1", "bo")))
    tickets.forget(1e12)
    assert [ticket.id for ticket in tickets] == ["t3"]
    assert tickets.standing("shop", MIMI, 11.0) is None
    assert not tickets.knows("t1", "c1")


@pytest.mark.parametrize("order", list(itertools.permutations(Concern, 2)))
def test_of_two_with_the_same_deadline_the_worse_one_is_first(order: Sequence[Concern]) -> None:
    viewers = [Viewer("tiktok", "r1", name) for name in "ab"]
    tickets = taken(*(opened(n, 0.0, each, viewer=viewers[n]) for n, each in enumerate(order)))
    first, second = by_urgency(tickets, 60.0)
    assert first.concern.weight > second.concern.weight


def test_a_late_order_whose_deadline_has_passed_comes_before_a_fresh_broken_zip() -> None:
    tickets = taken(opened(1, 0.0, Concern.LATE), opened(2, HOURS, viewer=Viewer("tiktok", "r1", "bo")))
    assert [ticket.id for ticket in by_urgency(tickets, HOURS)] == ["t1", "t2"]
    hurt = opened(3, HOURS, Concern.SAFETY, viewer=Viewer("tiktok", "r1", "cy"))
    tickets.take(hurt)
    assert by_urgency(tickets, HOURS)[0].id == "t3"


def test_what_others_have_to_do_comes_after_what_we_have_to_do_until_it_is_due() -> None:
    waiting = [opened(1, 0.0, Concern.SAFETY), done("t1", 2, 10.0, Step.STATE, state="waiting", seen="00000001")]
    bo = opened(3, 0.0, Concern.QUESTION, viewer=Viewer("tiktok", "r1", "bo"))
    tickets = taken(*waiting, bo)
    assert [ticket.id for ticket in by_urgency(tickets, 60.0)] == ["t3", "t1"]
    assert [ticket.id for ticket in by_urgency(tickets, HOURS)] == ["t1", "t3"]


def test_filters_all_hold() -> None:
    ticket = the(taken(opened(1, 0.0), done("t1", 2, 10.0, Step.ASSIGN, assignee="nok")))
    assert TicketQuery().matches(ticket, 0.0)
    assert TicketQuery("shop", PENDING, "nok", Due.LATER).matches(ticket, 0.0)
    for wrong in ({"room": "x"}, {"state": "settled"}, {"assignee": NOBODY}, {"due": Due.OVERDUE}):
        assert not TicketQuery(**wrong).matches(ticket, 0.0)
    assert [due(ticket, at) for at in (0.0, HOURS - SOON, HOURS)] == [Due.LATER, Due.SOON, Due.OVERDUE]
    assert due(replace(ticket, state=TicketState.SETTLED), HOURS) is None


Times = st.floats(min_value=0.0, max_value=3 * DAY)


@st.composite
def some_tickets(draw: st.DrawFn) -> list[Ticket]:
    found = []
    for number in range(draw(st.integers(1, 8))):
        at = draw(Times)
        ticket = the(taken(opened(number, at, draw(st.sampled_from(Concern)))))
        state = draw(st.sampled_from(TicketState))
        found.append(replace(ticket, state=state, complaints=draw(st.integers(1, 5))))
    return found


@given(some_tickets(), Times, st.randoms(use_true_random=False))
def test_the_order_depends_on_the_tickets_and_the_clock_alone(tickets: list[Ticket], now: float, random: Any) -> None:
    shuffled = list(tickets)
    random.shuffle(shuffled)
    assert by_urgency(shuffled, now) == by_urgency(tickets, now)


@given(some_tickets(), Times, st.floats(min_value=0.0, max_value=DAY))
def test_nothing_ever_becomes_less_urgent_with_time(tickets: list[Ticket], now: float, later: float) -> None:
    assert all(urgency(ticket, now + later) >= urgency(ticket, now) for ticket in tickets)


@given(some_tickets(), Times)
def test_what_is_settled_never_stands_above_what_is_not(tickets: list[Ticket], now: float) -> None:
    pending = [ticket.pending for ticket in by_urgency(tickets, now)]
    assert pending == sorted(pending, reverse=True)


@given(st.lists(st.tuples(st.sampled_from("abc"), Times, st.sampled_from(["complain", "settle", "wait"])), max_size=40))
def test_a_viewer_has_one_open_ticket_at_most_and_the_log_rebuilds_them_all(told: list[tuple[str, float, str]]) -> None:
    tickets, steps = Tickets(), []
    for number, (name, at, what) in enumerate(sorted(told, key=lambda each: each[1]), 1):
        viewer = Viewer("tiktok", "r1", name)
        standing = tickets.standing("shop", viewer, at)
        if what == "complain" and standing is None:
            steps.append(opened(number, at, viewer=viewer))
        elif what == "complain" and standing is not None:
            steps.append(said(standing.id, number, at, viewer=viewer))
        elif standing is not None:
            state = TicketState.SETTLED if what == "settle" else TicketState.WAITING
            steps.append(done(standing.id, number, at, Step.STATE, state=state, seen=standing.heard))
        else:
            continue
        tickets.take(steps[-1])
        pending = [ticket.viewer.id for ticket in tickets if ticket.pending]
        assert len(pending) == len(set(pending))
    assert {ticket.id: ticket for ticket in taken(*steps)} == {ticket.id: ticket for ticket in tickets}


@given(
    st.sampled_from([TicketState.SETTLED, TicketState.WAITING]),
    st.sampled_from(["open", "waiting", "reopened"]),
    st.floats(min_value=0, max_value=5),
    st.floats(min_value=0, max_value=5),
)
def test_a_complaint_that_crosses_a_persons_step_is_never_lost(
    wanted: TicketState, stood: str, viewer_at: float, person_at: float
) -> None:
    before = [opened(1, 0.0)]
    if stood == "waiting":
        before.append(done("t1", 2, 1.0, Step.STATE, state="waiting", seen="00000001"))
    if stood == "reopened":
        before.append(done("t1", 2, 1.0, Step.STATE, state="settled", seen="00000001"))
        before.append(done("t1", 3, 2.0, Step.REOPEN, state="reopened", due_at=HOURS + 2))
    theirs = said("t1", 5, 100.0 + viewer_at, Concern.SAFETY)
    ours = done("t1", 4, 100.0 + person_at, Step.STATE, state=wanted, seen="00000001")
    one, other = the(taken(*before, theirs, ours)), the(taken(*before, ours, theirs))
    assert one == other
    assert one.state in (TicketState.OPEN, TicketState.REOPENED)
