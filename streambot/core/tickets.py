"""Tickets: what a viewer complained about or asked about an order, until a person has settled it.

A ticket is nothing but its steps in the log. :meth:`Tickets.take` is how a step counts, while it happens and when it is
read back, and the order of a person's step and a viewer's that crossed it makes no difference to what is left to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from streambot.core.concerns import Concern
from streambot.core.event import BOT
from streambot.core.labels import Intent

REOPENED_WITHIN: Final = 86_400.0
"""Seconds after which a viewer who complains again has another matter: a day."""
MOST_NOTES: Final = 200
REPEATS: Final = 2
"""What complaining again can add to the weight of a ticket at most."""
NEARNESS: Final = 4.0
"""What a deadline that is reached weighs: more than a late order is worth over a question, less than an injury."""
OVERDUE: Final = 2.0
"""What being twice as late as allowed adds to that at most."""


class TicketState(StrEnum):
    """Who has to do something: we (``open``, ``reopened``), the viewer or a carrier (``waiting``), or nobody."""

    OPEN = "open"
    WAITING = "waiting"
    SETTLED = "settled"
    REOPENED = "reopened"


OURS: Final = frozenset({TicketState.OPEN, TicketState.REOPENED})


class Step(StrEnum):
    """What happened to a ticket. A viewer opens and joins; ``reopen`` is a viewer's or a person's."""

    OPEN = "open"
    JOIN = "join"
    REOPEN = "reopen"
    ASSIGN = "assign"
    NOTE = "note"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose ticket it is. ``id`` is the platform's; only if it is ``vouched`` for may orders be looked up by it."""

    platform: str
    room_id: str
    id: str
    name: str = field(default="", compare=False)
    vouched: bool = True


@dataclass(frozen=True, slots=True)
class Note:
    """What a person wrote down; ``at`` in Unix seconds."""

    at: float
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Logged:
    """One step as the log has it: the event's id, time, room, actor and data. A viewer's step has the ``comment``.

    ``data``: ticket, step; for a viewer's step intent, concern, language and ``due_at`` as it is if the clock starts
    with this step; ``assignee``; ``note``; ``state`` with the new ``due_at`` where a person reopens, and ``seen``, the
    newest viewer's step that the person knew, and what state it ``stands`` in after a person's step. ``text`` is the
    comment's.
    """

    id: str
    at: float
    room: str
    actor: str
    data: Mapping[str, Any]
    viewer: Viewer
    comment: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One matter of one viewer in one room. Times are Unix seconds; ``since`` is when the clock to ``due_at`` began.

    ``comment`` is the first one, ``text`` the worst, ``complaints`` how many there were, ``heard`` the viewer's newest
    step and ``heard_due`` the deadline that it would have set. ``touched`` is the newest step that decides who does
    what, with ``by`` and ``how``: what somebody else may be about to contradict.
    """

    id: str
    room: str
    viewer: Viewer
    comment: str
    text: str
    intent: Intent
    concern: Concern
    language: str
    opened_at: float
    since: float
    due_at: float
    heard: str
    heard_at: float
    heard_due: float
    touched: str
    changed_at: float
    state: TicketState = TicketState.OPEN
    complaints: int = 1
    assignee: str = ""
    notes: tuple[Note, ...] = ()
    by: str = BOT
    how: str = Step.OPEN

    @property
    def key(self) -> tuple[str, str, str]:
        """Its first comment: platform, room id, comment id."""
        return (self.viewer.platform, self.viewer.room_id, self.comment)

    @property
    def newest(self) -> str:
        """The newest step that whoever decides about it must know: ids grow with time."""
        return max(self.touched, self.heard)

    @property
    def priority(self) -> int:
        """0 to 8: what it is about, and whether the viewer had to say it again."""
        return self.concern.weight + min(REPEATS, self.complaints - 1)

    @property
    def pending(self) -> bool:
        """Whether it is not settled."""
        return self.state is not TicketState.SETTLED

    def nearness(self, now: float) -> float:
        """0 when the clock begins, 1 at the deadline, growing on to 2 at twice the time allowed."""
        allowed = max(1.0, self.due_at - self.since)
        return min(2.0, max(0.0, (now - self.since) / allowed))


def urgency(ticket: Ticket, now: float) -> float:
    """How much it presses: priority and nearness to the deadline; never less later."""
    near = ticket.nearness(now)
    return ticket.priority + NEARNESS * min(1.0, near) + OVERDUE * max(0.0, near - 1.0)


def by_urgency(tickets: Iterable[Ticket], now: float) -> list[Ticket]:
    """The most urgent first: what we have to do, or is overdue; what others have to do; what is settled, newest first.

    The order depends on the tickets and on ``now`` alone, not on the order in which they came.
    """

    def place(ticket: Ticket) -> tuple[int, float, float, str]:
        if not ticket.pending:
            return (2, -ticket.changed_at, 0.0, ticket.id)
        waits = ticket.state is TicketState.WAITING and now < ticket.due_at
        return (int(waits), -urgency(ticket, now), ticket.due_at, ticket.id)

    return sorted(tickets, key=place)


class Tickets:
    """All tickets of a shop that are pending, and those settled of late; older ones are let go by :meth:`forget`."""

    def __init__(self) -> None:
        self._tickets: dict[str, Ticket] = {}
        self._newest: dict[tuple[str, Viewer], str] = {}
        self._heard: dict[str, set[str]] = {}

    def __iter__(self) -> Iterator[Ticket]:
        return iter(self._tickets.values())

    def get(self, ticket: str) -> Ticket | None:
        """A ticket by its id."""
        return self._tickets.get(ticket)

    def pending(self) -> int:
        """How many are not settled."""
        return sum(ticket.pending for ticket in self._tickets.values())

    def standing(self, room: str, viewer: Viewer, at: float) -> Ticket | None:
        """The ticket that a new complaint of this viewer belongs to: one that is pending, or settled within a day."""
        found = self._tickets.get(self._newest.get((room, viewer), ""))
        if found is None or (not found.pending and at - found.changed_at > REOPENED_WITHIN):
            return None
        return found

    def knows(self, ticket: str, comment: str) -> bool:
        """Whether a comment has counted for a ticket: brought again, it counts no second time."""
        return comment in self._heard.get(ticket, ())

    def take(self, step: Logged) -> Ticket | None:
        """Let a step count; the ticket as it is then, None for a step of a ticket that is not known."""
        identity = str(step.data["ticket"])
        before = self._tickets.get(identity)
        if before is None:
            if step.data["step"] != Step.OPEN:
                return None
            after = _opened(identity, step)
            newest = self._tickets.get(self._newest.get((step.room, step.viewer), ""))
            if newest is None or newest.opened_at <= step.at:
                self._newest[step.room, step.viewer] = identity
        else:
            after = _changed(before, step)
        if step.comment:
            self._heard.setdefault(identity, set()).add(step.comment)
        self._tickets[identity] = after
        return after

    def forget(self, before: float) -> None:
        """Let go of what was settled before a time."""
        for ticket in [each for each in self._tickets.values() if not each.pending and each.changed_at < before]:
            del self._tickets[ticket.id]
            self._heard.pop(ticket.id, None)
            key = (ticket.room, ticket.viewer)
            if self._newest.get(key) == ticket.id:
                del self._newest[key]


def _opened(identity: str, step: Logged) -> Ticket:
    data = step.data
    due = float(data["due_at"])
    return Ticket(
        id=identity,
        room=step.room,
        viewer=step.viewer,
        comment=step.comment,
        text=step.text,
        intent=Intent(data["intent"]),
        concern=Concern(data["concern"]),
        language=str(data.get("language") or ""),
        opened_at=step.at,
        since=step.at,
        due_at=due,
        heard=step.id,
        heard_at=step.at,
        heard_due=due,
        touched=step.id,
        changed_at=step.at,
    )


def _changed(ticket: Ticket, step: Logged) -> Ticket:
    data, what = step.data, Step(step.data["step"])
    if step.comment:
        return _heard_again(ticket, step)
    at = max(ticket.changed_at, step.at)
    decided = replace(ticket, touched=step.id, changed_at=at, by=step.actor, how=str(data.get("state") or what))
    match what:
        case Step.ASSIGN:
            return replace(decided, assignee=str(data["assignee"]))
        case Step.STATE | Step.REOPEN:
            return _moved(decided, TicketState(data["state"]), step)
        case _:
            notes = (*ticket.notes, Note(step.at, step.actor, str(data["note"])))[-MOST_NOTES:]
            return replace(ticket, notes=notes, changed_at=at)


def _moved(ticket: Ticket, state: TicketState, step: Logged) -> Ticket:
    if state is TicketState.REOPENED:
        return replace(ticket, state=state, since=step.at, due_at=float(step.data["due_at"]))
    if step.data.get("seen", ticket.heard) == ticket.heard:
        return replace(ticket, state=state)
    # The viewer wrote while somebody was closing the matter.
    if state is TicketState.SETTLED:
        return replace(ticket, state=TicketState.REOPENED, since=ticket.heard_at, due_at=ticket.heard_due)
    return replace(ticket, state=TicketState.OPEN)


def _heard_again(ticket: Ticket, step: Logged) -> Ticket:
    data = step.data
    due = float(data["due_at"])
    concern, intent = Concern(data["concern"]), Intent(data["intent"])
    worse = concern.weight > ticket.concern.weight
    heard = replace(
        ticket,
        complaints=ticket.complaints + 1,
        concern=concern if worse else ticket.concern,
        intent=intent if worse else ticket.intent,
        text=step.text if worse else ticket.text,
        language=str(data.get("language") or "") if worse else ticket.language,
        heard=step.id,
        heard_at=step.at,
        heard_due=due,
        changed_at=max(ticket.changed_at, step.at),
    )
    if ticket.state is TicketState.SETTLED:
        return replace(heard, state=TicketState.REOPENED, since=step.at, due_at=due)
    if ticket.state is TicketState.WAITING:
        return replace(heard, state=TicketState.OPEN)
    return heard
