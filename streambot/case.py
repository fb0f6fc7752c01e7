"""A comment as the log has it: what was decided, what was asked of the platform, and what taking it back would need."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from streambot.core.action import NO_CAPABILITY, REVERSE, Action, Capability, Operation, Result, State
from streambot.core.command import Answer, Reply
from streambot.core.event import BOT, Kind
from streambot.store.outbox import REACHED

Row = Mapping[str, Any]
"""A row of the log (``ports.Log``)."""

RELEASED = "released"
DECLINED = "declined"
"""Keys of an action event's data: the proposals (event, operation) that a person sent, and those they did not want."""


class Step(StrEnum):
    """What taking one action back needs."""

    WITHDRAW = "withdraw"
    DISMISS = "dismiss"
    PROPOSE = "propose"
    REVERSE = "reverse"


@dataclass(frozen=True, slots=True)
class Case:
    """``chain`` are the comment's events, oldest first; ``asked`` what each asked for, with its result if settled."""

    chain: Sequence[Row]
    asked: Sequence[tuple[Action, Result | None]]

    @property
    def author(self) -> str:
        """The platform's id of who wrote the comment."""
        return str(self.chain[0]["author"])

    @property
    def undone(self) -> frozenset[str]:
        """Events that were taken back."""
        return frozenset(row["reverses"] for row in self.chain if row["kind"] == Kind.UNDO)

    @property
    def strikes(self) -> int:
        """The strikes that the comment brought its author and that were not given back."""
        return sum(_number(row, "strikes") - _number(row, "refunded") for row in self.chain)

    def row(self, event: str | None) -> Row | None:
        """An event of the chain by id."""
        return next((row for row in self.chain if row["id"] == event), None)

    def standing(self) -> Row:
        """The newest event that says what becomes of the comment and was not taken back; a person's outweighs ours."""
        undone = self.undone
        acts = [row for row in self.chain if row["act"] and row["id"] not in undone]
        return max(acts, key=lambda row: (row["actor"] != BOT, row["seq"]), default=self.chain[0])

    def proposed(self) -> Sequence[Action]:
        """What waits for a person."""
        return [action for action, _ in self.asked if action.state is State.PROPOSED]

    def unsent(self) -> Sequence[Action]:
        """What still waits for a person or for its time."""
        return [action for action, _ in self.asked if action.state in (State.PROPOSED, State.PENDING)]

    def in_force(self, operation: Operation) -> Action | None:
        """The newest such operation that reached the platform, or is on its way there, and was not reversed."""
        reverse = REVERSE.get(operation)
        for action, result in reversed(self.asked):
            lasts = result in REACHED or action.state is State.SENDING
            if action.operation is reverse and (lasts or action.state is State.PENDING):
                return None
            if action.operation is operation and lasts:
                return action
        return None

    def due(self, operation: Operation) -> Action | None:
        """The newest such operation that is in force or will be without anybody's doing."""
        waiting = [
            action for action in self.unsent() if action.operation is operation and action.state is State.PENDING
        ]
        return waiting[-1] if waiting else self.in_force(operation)

    def origin(self, action: Action) -> Row:
        """The event that an action is due to: who sent the proposal, else who asked for it."""
        key = [action.id, action.operation]
        senders = [row for row in self.chain if key in row["data"].get(RELEASED, ())]
        return senders[-1] if senders else self.row(action.id) or self.chain[0]

    def take_back(
        self, event: Row, capabilities: Mapping[Operation, Capability]
    ) -> Sequence[tuple[Step, Action]] | Reply:
        """What undoing an event needs, or why it cannot be undone.

        What was not sent is withdrawn, what a person had declined is proposed again, what was sent is reversed.
        """
        data = event["data"]
        declined = _keys(data.get(DECLINED, ()))
        touched = _keys(data.get(RELEASED, ())) | declined
        about = [pair for pair in self.asked if pair[0].id == event["id"] or pair[0].key in touched]
        return self._steps(about, capabilities, declined)

    def take_back_all(self, capabilities: Mapping[Operation, Capability]) -> Sequence[tuple[Step, Action]] | Reply:
        """What it takes to let the comment stand: nothing is sent any more, everything in force is reversed."""
        return self._steps([pair for pair in self.asked if pair[0].operation in REVERSE], capabilities, frozenset())

    def _steps(
        self,
        about: Sequence[tuple[Action, Result | None]],
        capabilities: Mapping[Operation, Capability],
        declined: Collection[tuple[str, Operation]],
    ) -> Sequence[tuple[Step, Action]] | Reply:
        steps: list[tuple[Step, Action]] = []
        for action, result in about:
            step = self._step(action, result, capabilities, declined)
            if isinstance(step, Reply):
                return step
            if step is not None:
                steps.append((step, action))
        return steps

    def _step(
        self,
        action: Action,
        result: Result | None,
        capabilities: Mapping[Operation, Capability],
        declined: Collection[tuple[str, Operation]],
    ) -> Step | Reply | None:
        if action.state in (State.PROPOSED, State.PENDING):
            return Step.WITHDRAW
        if result is Result.IGNORED and action.key in declined:
            return Step.PROPOSE
        if result is Result.MANUAL:
            # Nobody has done it yet: it is taken off the list, not undone in the platform's app.
            return Step.DISMISS
        if action.operation not in REVERSE or self.in_force(action.operation) is not action:
            return None
        if action.simulated or capabilities.get(action.operation, NO_CAPABILITY).reversible:
            return Step.REVERSE
        if action.state is State.SENDING:
            return Reply(Answer.CONFLICT, by=action.actor, act=action.operation, message="it is being sent right now")
        return Reply(Answer.FORBIDDEN, message=f"{action.operation} is permanent on {action.platform}")


def _number(row: Row, name: str) -> int:
    return int(row["data"].get(name) or 0)


def _keys(pairs: Sequence[Sequence[str]]) -> frozenset[tuple[str, Operation]]:
    return frozenset((event, Operation(operation)) for event, operation in pairs)
