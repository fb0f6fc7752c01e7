"""What a controller does about one comment: hide, mute, ban, allow, take back, mark as done by hand.

Each is worked out in one step from the comment's case and says what to write; nothing is written here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from streambot.case import Case, Row, Step
from streambot.core.action import NO_CAPABILITY, OPERATION, REVERSE, Act, Action, How, Operation, Result, State
from streambot.core.command import Answer, Command, Mode, Reply, Verb
from streambot.core.event import BOT, Event, Kind
from streambot.ports import Clock
from streambot.room import RoomState
from streambot.store.outbox import Outbox
from streambot.store.sqlite import Statement

ACTS = {Verb.HIDE: Act.HIDE, Verb.MUTE: Act.MUTE, Verb.BAN: Act.BAN}
MUTE_SECONDS = 300


def _nothing() -> None:
    """Most commands change nothing in memory."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a command leads to: an event with its outbox rows and statements (one transaction), the reply, and what
    changes in memory once they are written. ``withdrawn`` are actions that must not be sent any more.
    """

    event: Event
    reply: Reply
    outbox: Sequence[Action] = ()
    statements: Sequence[Statement] = ()
    then: Callable[[], object] = _nothing
    withdrawn: Sequence[Action] = ()


class Casework:
    """Works out commands about a comment."""

    def __init__(self, outbox: Outbox, ids: Callable[[], str], clock: Clock) -> None:
        self._outbox = outbox
        self._ids = ids
        self._clock = clock

    def act(self, state: RoomState, command: Command, case: Case) -> Work | Reply:
        """Hide, mute or ban: what was proposed is sent, what was not is asked for."""
        act = ACTS[command.verb]
        operation = OPERATION[act]
        capability = state.capabilities.get(operation, NO_CAPABILITY)
        if capability.how is How.NONE:
            return Reply(Answer.FORBIDDEN, message=f"this platform cannot {operation}")
        first = self._already(case, operation, command.actor)
        if first is not None:
            return first
        event = self._event(state, command, case, Kind.ACTION, act=act)
        delayed = capability.how is How.API and not capability.reversible
        not_before = event.at + state.settings.undo_ms / 1000 if delayed else 0.0
        # A mute agrees to the hide that was proposed with it; a hide does not agree to the mute.
        agreed = {operation, Operation.HIDE} if act.severity > Act.HIDE.severity else {operation}
        statements: list[Statement] = []
        asked = False
        for proposed in case.unsent():
            if proposed.operation in agreed:
                statements.append(self._outbox.release(proposed, not_before))
                asked = asked or proposed.operation is operation
            else:
                statements.append(self._outbox.close(proposed, Result.IGNORED, f"{command.actor} chose {act}"))
        outbox = [] if asked else [self._ask(state, case, operation, event, not_before)]
        return Work(event, Reply(Answer.ACCEPTED, event=event.id, undo_until=not_before), outbox, statements)

    @staticmethod
    def _already(case: Case, operation: Operation, actor: str) -> Reply | None:
        """The reply to somebody who comes second."""
        pending = any(a.operation is operation and a.state is State.PENDING for a in case.unsent())
        if not pending and case.in_force(operation) is None:
            return None
        standing = case.standing()
        if standing["actor"] == actor:
            return Reply(Answer.NOOP, event=standing["id"])
        by, act = standing["actor"], standing["act"] or ""
        return Reply(Answer.CONFLICT, event=standing["id"], by=by, act=act, message=f"{by} was first")

    def _ask(self, state: RoomState, case: Case, operation: Operation, event: Event, not_before: float) -> Action:
        return Action(
            id=event.id,
            operation=operation,
            room=state.room.name,
            platform=state.room.platform,
            room_id=state.room.id,
            comment=case.chain[0]["comment"],
            author=case.author,
            duration=MUTE_SECONDS if operation is Operation.MUTE else None,
            simulated=state.mode is Mode.OBSERVE,
            actor=event.actor,
            not_before=not_before,
        )

    def allow(self, state: RoomState, command: Command, case: Case) -> Work | Reply:
        """Let a comment stand: proposals are ignored, what was carried out is taken back."""
        standing = case.standing()
        if standing["act"] == Act.ALLOW and standing["actor"] != BOT:
            return Reply(Answer.NOOP, event=standing["id"])
        if any(case.in_force(operation) for operation in REVERSE):
            return self.undo(state, command, case, standing)
        event = self._event(state, command, case, Kind.ACTION, act=Act.ALLOW)
        unsent = case.unsent()
        statements = [self._outbox.close(action, Result.IGNORED, f"allowed by {command.actor}") for action in unsent]
        reply = Reply(Answer.ACCEPTED, event=event.id)
        return Work(event, reply, (), statements, _refund(state, case, standing), unsent)

    def undo(self, state: RoomState, command: Command, case: Case, target: Row) -> Work | Reply:
        """Take one event back; a new event says so."""
        if target["kind"] not in (Kind.DECISION, Kind.REJUDGEMENT, Kind.ACTION):
            return Reply(Answer.INVALID, message=f"a {target['kind']} cannot be undone")
        if target["id"] in case.undone:
            return Reply(Answer.NOOP, event=target["id"])
        steps = case.take_back(target, state.capabilities)
        if isinstance(steps, Reply):
            return steps
        event = self._event(state, command, case, Kind.UNDO, reverses=target["id"])
        withdrawn = [asked for step, asked in steps if step is Step.WITHDRAW]
        statements = [self._outbox.close(a, Result.WITHDRAWN, f"undone by {command.actor}") for a in withdrawn]
        outbox = [
            replace(asked, id=event.id, actor=command.actor, state=State.PROPOSED)
            for step, asked in steps
            if step is Step.PROPOSE
        ]
        outbox += [reversal(asked, event) for step, asked in steps if step is Step.REVERSE]
        reply = Reply(Answer.ACCEPTED, event=event.id)
        return Work(event, reply, outbox, statements, _refund(state, case, target), withdrawn)

    def done(self, state: RoomState, command: Command, case: Case, target: Row) -> Work | Reply:
        """A person carried out a to-do in the platform's own app."""
        manual = [action for action, result in case.asked if action.id == target["id"] and result is Result.MANUAL]
        if not manual:
            return Reply(Answer.NOOP, event=target["id"])
        event = self._event(state, command, case, Kind.NOTE, data={"done": target["id"]})
        statements = [self._outbox.done_by_hand(action, command.actor) for action in manual]
        return Work(event, Reply(Answer.ACCEPTED, event=event.id), (), statements)

    def _event(
        self,
        state: RoomState,
        command: Command,
        case: Case,
        kind: Kind,
        *,
        act: Act | None = None,
        reverses: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> Event:
        first = case.chain[0]
        # The strikes an undo gives back stand in it, so that they can be counted from the log alone.
        strikes = case.strikes(reverses) if reverses else 0
        return Event(
            id=self._ids(),
            at=self._clock(),
            room=state.room.name,
            kind=kind,
            actor=command.actor,
            broadcast=first["broadcast"],
            comment_key=(first["platform"], state.room.id, first["comment"]),
            act=act,
            reason=command.reason,
            reverses=reverses,
            data={"via": command.via, "verb": command.verb, "strikes": strikes, **(data or {})},
        )


def reversal(action: Action, event: Event) -> Action:
    """The action that takes one back, asked for by ``event``."""
    return replace(
        action,
        id=event.id,
        operation=REVERSE[action.operation],
        actor=event.actor,
        duration=None,
        state=State.PENDING,
        not_before=0.0,
        attempts=0,
    )


def _refund(state: RoomState, case: Case, target: Row) -> Callable[[], None]:
    """Give the author back the strikes of an event."""
    strikes = case.strikes(target["id"])
    return lambda: state.history.refund(case.author, strikes) if strikes else None
