"""A comment as the log has it: what was decided, what was asked of the platform, and what taking it back would need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from streambot.core.action import NO_CAPABILITY, REVERSE, Action, Capability, Operation, Result, State
from streambot.core.command import Answer, Reply
from streambot.core.event import Kind

REACHED = frozenset({Result.APPLIED, Result.CONFIRMED, Result.SIMULATED, Result.UNKNOWN, Result.MANUAL})
"""Results of an action that took effect, or may have."""

Row = Mapping[str, Any]
"""A row of the log (``ports.Log``)."""


class Step(StrEnum):
    """What taking one action back needs."""

    WITHDRAW = "withdraw"
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

    def row(self, event: str | None) -> Row | None:
        """An event of the chain by id."""
        return next((row for row in self.chain if row["id"] == event), None)

    def standing(self) -> Row:
        """The newest event that said what becomes of the comment and was not taken back."""
        undone = self.undone
        acts = [row for row in self.chain if row["act"] and row["kind"] != Kind.UNDO and row["id"] not in undone]
        return acts[-1] if acts else self.chain[0]

    def unsent(self) -> Sequence[Action]:
        """What still waits for a person or for its time."""
        return [action for action, _ in self.asked if action.state in (State.PROPOSED, State.PENDING)]

    def in_force(self, operation: Operation) -> Action | None:
        """The newest such operation that reached the platform and was not reversed."""
        reverse = REVERSE.get(operation)
        for action, result in reversed(self.asked):
            if reverse is not None and action.operation is reverse and result is not Result.WITHDRAWN:
                return None
            if action.operation is operation and result in REACHED:
                return action
        return None

    def strikes(self, event: str) -> int:
        """The strikes that an event gave its author."""
        row = self.row(event)
        return int(row["data"].get("strikes") or 0) if row is not None else 0

    def take_back(
        self, event: Row, capabilities: Mapping[Operation, Capability]
    ) -> Sequence[tuple[Step, Action]] | Reply:
        """What undoing an event needs, or why it cannot be undone.

        What was not sent is withdrawn, what a person had declined is proposed again, what was sent is reversed. A
        person's hide may have released what a decision proposed: then that is what the undo is about.
        """
        about = {event["id"]}
        if event["kind"] == Kind.ACTION:
            about |= {row["id"] for row in self.chain if row["kind"] in (Kind.DECISION, Kind.REJUDGEMENT)}
        steps = []
        for action, result in self.asked:
            if action.id not in about:
                continue
            step = self._step(action, result, capabilities)
            if isinstance(step, Reply):
                return step
            if step is not None:
                steps.append((step, action))
        return steps

    def _step(
        self, action: Action, result: Result | None, capabilities: Mapping[Operation, Capability]
    ) -> Step | Reply | None:
        if action.state is State.SENDING:
            return Reply(Answer.CONFLICT, by=action.actor, act=action.operation, message="it is being sent right now")
        if result is None:
            return Step.WITHDRAW
        if result is Result.IGNORED:
            return Step.PROPOSE
        if action.operation not in REVERSE or self.in_force(action.operation) is not action:
            return None
        if not action.simulated and not capabilities.get(action.operation, NO_CAPABILITY).reversible:
            return Reply(Answer.FORBIDDEN, message=f"{action.operation} is permanent on {action.platform}")
        return Step.REVERSE
