"""What a decided comment sets off beside its own verdict: an answer, a ticket. It is written with the decision.

A follower takes one synchronous step a comment, in the order of decisions, and hands back what is to be written and
sent; so nothing it does can be lost between a decision and its sequel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from streambot.core.action import Action
from streambot.core.comment import Comment
from streambot.core.event import Event
from streambot.core.verdict import Judgement, Verdict
from streambot.store.state import Remembered

if TYPE_CHECKING:
    from streambot.room import RoomState


@dataclass(frozen=True, slots=True)
class Decided:
    """A comment as it was decided. ``event`` is its decision, or a rejudgement once the model is back; ``question`` the
    id of the question that it asks, if any; ``at`` dates the decision and ``now`` the sending (Unix seconds).
    """

    comment: Comment
    verdict: Verdict
    judgement: Judgement | None
    event: Event
    question: str | None
    at: float
    now: float


@dataclass(frozen=True, slots=True)
class Sequel:
    """Events that stand in the log right behind the decision, and the outbox rows that they ask for."""

    events: Sequence[Event] = ()
    outbox: Sequence[Action] = ()


NOTHING = Sequel()


class Follower(Protocol):
    """Something that a room does about what is said in it."""

    def follow(self, state: RoomState, decided: Decided) -> Sequel:
        """What a decided comment sets off now. Must not wait; what it raises leaves the decision as it is."""
        ...

    def recall(self, state: RoomState, past: Sequence[Remembered]) -> None:
        """Rebuild from what the log remembers of this broadcast, oldest first, at the room's opening."""
        ...

    def begin_broadcast(self, state: RoomState) -> None:
        """A new broadcast starts."""
        ...
