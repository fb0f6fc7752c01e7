"""What people ask of tickets: to see some, and to have something done about one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from streambot.core.tickets import Ticket

LONGEST_NOTE: Final = 2000
SOON: Final = 3600.0
"""Seconds before its deadline from which a ticket is due soon, and its room is told."""


class TicketVerb(StrEnum):
    """``value`` is the assignee (empty: nobody) or the note; the others need none."""

    ASSIGN = "assign"
    NOTE = "note"
    WAIT = "wait"
    """The viewer, a carrier or somebody else has to do something now."""
    OPEN = "open"
    """It is up to us again."""
    SETTLE = "settle"
    REOPEN = "reopen"


class Due(StrEnum):
    """How near a deadline is."""

    OVERDUE = "overdue"
    SOON = "soon"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class TicketOrder:
    """What a person wants done. ``seen`` is the step that they knew last: what others did since is a conflict.

    ``key`` is the caller's idempotency key: the same key with the same order is answered as before and done once.
    """

    ticket: str
    verb: TicketVerb
    actor: str
    value: str = ""
    reason: str = ""
    seen: str = ""
    key: str = ""


PENDING: Final = "pending"


@dataclass(frozen=True, slots=True)
class TicketQuery:
    """Filters that all hold; "" asks nothing. ``state`` may be a TicketState or ``pending``; ``assignee`` ``none``."""

    room: str = ""
    state: str = ""
    assignee: str = ""
    due: str = ""

    def matches(self, ticket: Ticket, now: float) -> bool:
        """Whether a ticket is among those asked for."""
        if self.room not in ("", ticket.room):
            return False
        if self.state and not (ticket.pending if self.state == PENDING else self.state == ticket.state):
            return False
        if self.assignee and ticket.assignee != ("" if self.assignee == NOBODY else self.assignee):
            return False
        return not self.due or self.due == due(ticket, now)


NOBODY: Final = "none"


def due(ticket: Ticket, now: float) -> Due | None:
    """How near its deadline is; None once it is settled."""
    if not ticket.pending:
        return None
    if now >= ticket.due_at:
        return Due.OVERDUE
    return Due.SOON if now >= ticket.due_at - SOON else Due.LATER
