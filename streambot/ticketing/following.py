"""Opens tickets: whoever complains evidently or asks about an order has one until a person has settled it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from streambot.core.answers import PRIVATE
from streambot.core.concerns import concern_of
from streambot.core.event import BOT, Event, Kind
from streambot.core.grievance import is_evident_complaint
from streambot.core.labels import Intent
from streambot.core.tickets import Logged, Step, Tickets, Viewer
from streambot.room import RoomState
from streambot.sequels import NOTHING, Decided, Sequel
from streambot.store.state import Remembered
from streambot.voting import SURE_OF_INTENT

HOUR = 3600.0


class Ticketing:
    """Follows the decisions of every room; what it opens is written in the transaction of the decision.

    What the rules do to the comment makes no difference: a complaint is not lost for being hidden.
    """

    def __init__(self, tickets: Tickets, ids: Callable[[], str]) -> None:
        self._tickets = tickets
        self._ids = ids

    def follow(self, state: RoomState, decided: Decided) -> Sequel:
        """See ``sequels.Follower``."""
        verdict, comment = decided.verdict, decided.comment
        intent = verdict.intent
        if intent is None or intent not in PRIVATE or verdict.intent_score < SURE_OF_INTENT or comment.author.exempt:
            return NOTHING
        room, author = state.room, comment.author
        viewer = Viewer(room.platform, room.id, author.id, author.name, comment.traceable)
        standing = self._tickets.standing(room.name, viewer, decided.at)
        if standing is None and not _is_evident(intent, comment.text, verdict.intent_score):
            return NOTHING
        if standing is not None and self._tickets.knows(standing.id, comment.id):
            return NOTHING
        identity = self._ids()
        step = Step.OPEN
        if standing is not None:
            step = Step.JOIN if standing.pending else Step.REOPEN
        data = {
            "ticket": standing.id if standing is not None else identity,
            "step": step,
            "intent": intent,
            "concern": concern_of(intent, comment.text, verdict.labels),
            "language": verdict.language,
            "due_at": decided.at + state.settings.tickets.hours * HOUR,
        }
        self._tickets.take(Logged(identity, decided.at, room.name, BOT, data, viewer, comment.id, comment.text))
        event = Event(
            id=identity,
            at=decided.at,
            room=room.name,
            kind=Kind.TICKET,
            broadcast=decided.event.broadcast,
            comment_key=comment.key,
            data=data,
        )
        return Sequel([event])

    def recall(self, state: RoomState, past: Sequence[Remembered]) -> None:
        """See ``sequels.Follower``: tickets outlive their broadcast, and were read back before any room opened."""

    def begin_broadcast(self, state: RoomState) -> None:
        """See ``sequels.Follower``: a new broadcast changes nothing about them."""


def _is_evident(intent: Intent, text: str, score: float) -> bool:
    """Whether a comment opens a ticket by itself; what follows an open one needs less."""
    return intent is not Intent.COMPLAINT or is_evident_complaint(text, score)
