"""What a controller does about one comment: hide, mute, ban, allow, take back, mark as done by hand.

Each is worked out in one step from the comment's case and says what to write; nothing is written here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from streambot.case import DECLINED, RELEASED, Case, Row, Step
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
    changes in memory once they are written. ``touched`` are earlier actions whose rows the statements change.
    """

    event: Event
    reply: Reply
    outbox: Sequence[Action] = ()
    statements: Sequence[Statement] = ()
    then: Callable[[], object] = _nothing
    touched: Sequence[Action] = ()


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
        if state.capabilities.get(operation, NO_CAPABILITY).how is How.NONE:
            return Reply(Answer.FORBIDDEN, message=f"this platform cannot {operation}")
        standing = case.due(operation)
        if standing is not None:
            return _second(case.origin(standing), command.actor)
        now = self._clock()
        # A mute agrees to the hide that was proposed with it; a hide does not agree to the mute.
        agreed = {operation, Operation.HIDE} if act.severity > Act.HIDE.severity else {operation}
        released = [action for action in case.proposed() if action.operation in agreed]
        declined = [action for action in case.proposed() if action.operation not in agreed]
        dry = state.mode is Mode.OBSERVE
        statements = [
            self._outbox.release(
                action, self._not_before(state, action.operation, now), by=command.actor, simulated=dry
            )
            for action in released
        ]
        statements += [
            self._outbox.close(action, Result.IGNORED, f"{command.actor} chose {act}") for action in declined
        ]
        data = {RELEASED: [action.key for action in released], DECLINED: [action.key for action in declined]}
        event = self._event(state, command, case, Kind.ACTION, now, act=act, data=data)
        until = self._not_before(state, operation, now)
        reply = Reply(Answer.ACCEPTED, event=event.id, undo_until=until)
        if any(action.operation is operation for action in released):
            return Work(event, reply, (), statements, touched=[*released, *declined])
        asked = Action(
            id=event.id,
            operation=operation,
            room=state.room.name,
            platform=state.room.platform,
            room_id=state.room.id,
            comment=case.chain[0]["comment"],
            author=case.author,
            duration=MUTE_SECONDS if operation is Operation.MUTE else None,
            simulated=dry,
            actor=command.actor,
            not_before=until,
        )
        return Work(event, reply, [asked], statements, touched=[*released, *declined])

    @staticmethod
    def _not_before(state: RoomState, operation: Operation, now: float) -> float:
        """When to send: later where the platform could not take it back, so that a person can."""
        capability = state.capabilities.get(operation, NO_CAPABILITY)
        delayed = capability.how is How.API and not capability.reversible and state.mode is not Mode.OBSERVE
        return now + state.settings.undo_ms / 1000 if delayed else 0.0

    def allow(self, state: RoomState, command: Command, case: Case) -> Work | Reply:
        """Let a comment stand: proposals are ignored, what waits is withdrawn, what was carried out is taken back."""
        steps = case.take_back_all(state.capabilities)
        if isinstance(steps, Reply):
            return steps
        standing = case.standing()
        if not steps and standing["act"] == Act.ALLOW and standing["actor"] != BOT:
            return Reply(Answer.NOOP, event=standing["id"])
        reversed_ = [action for step, action in steps if step is Step.REVERSE]
        kind = Kind.UNDO if reversed_ else Kind.ACTION
        reverses = case.origin(reversed_[-1])["id"] if reversed_ else None
        data = {DECLINED: [action.key for action in case.unsent()], "refunded": case.strikes}
        event = self._event(state, command, case, kind, self._clock(), act=Act.ALLOW, reverses=reverses, data=data)
        return self._taken_back(state, command, case, event, steps, Result.IGNORED)

    def undo(self, state: RoomState, command: Command, case: Case, target: Row) -> Work | Reply:
        """Take one event back; a new event says so."""
        if target["kind"] not in (Kind.DECISION, Kind.REJUDGEMENT, Kind.ACTION):
            return Reply(Answer.INVALID, message=f"a {target['kind']} cannot be undone")
        steps = case.take_back(target, state.capabilities)
        if isinstance(steps, Reply):
            return steps
        if target["id"] in case.undone:
            # A reversal that did not reach the platform may be asked for again.
            steps = [(step, action) for step, action in steps if step is Step.REVERSE]
            if not steps:
                return Reply(Answer.NOOP, event=target["id"])
        before = target["data"]
        data = {
            "strikes": int(before.get("refunded") or 0),
            "refunded": min(case.strikes, int(before.get("strikes") or 0)),
        }
        event = self._event(state, command, case, Kind.UNDO, self._clock(), reverses=target["id"], data=data)
        return self._taken_back(state, command, case, event, steps, Result.WITHDRAWN)

    def _taken_back(
        self,
        state: RoomState,
        command: Command,
        case: Case,
        event: Event,
        steps: Sequence[tuple[Step, Action]],
        result: Result,
    ) -> Work:
        withdrawn = [action for step, action in steps if step is Step.WITHDRAW]
        statements: list[Statement] = []
        for action in withdrawn:
            statements.append(self._outbox.close(action, result, f"by {command.actor}"))
            if action.operation in REVERSE:
                # The dispatcher may have tried it, or take it up before this is written: then it is reversed.
                statements.append(self._outbox.reverse_if_sent(action, event.id, command.actor))
        dismissed = [action for step, action in steps if step is Step.DISMISS]
        statements += [self._outbox.dismiss(action, f"by {command.actor}") for action in dismissed]
        outbox = [
            replace(action, id=event.id, actor=BOT, state=State.PROPOSED, not_before=0.0, attempts=0)
            for step, action in steps
            if step is Step.PROPOSE
        ]
        outbox += [reversal(action, event) for step, action in steps if step is Step.REVERSE]

        def then() -> None:
            # Strikes of an earlier broadcast are over.
            if event.broadcast == state.broadcast and event.data["refunded"]:
                state.history.refund(case.author, event.data["refunded"])
            if event.broadcast == state.broadcast and event.data["strikes"]:
                state.history.strike(case.author, event.data["strikes"])

        reply = Reply(Answer.ACCEPTED, event=event.id)
        return Work(
            event,
            reply,
            list({action.key: action for action in outbox}.values()),
            statements,
            then,
            [*withdrawn, *dismissed],
        )

    def done(self, state: RoomState, command: Command, case: Case, target: Row) -> Work | Reply:
        """A person carried out a to-do in the platform's own app."""
        manual = [action for action, result in case.asked if action.id == target["id"] and result is Result.MANUAL]
        if not manual:
            return Reply(Answer.NOOP, event=target["id"])
        event = self._event(state, command, case, Kind.NOTE, self._clock(), data={"done": target["id"]})
        statements = [self._outbox.done_by_hand(action, command.actor) for action in manual]
        return Work(event, Reply(Answer.ACCEPTED, event=event.id), (), statements, touched=manual)

    def _event(
        self,
        state: RoomState,
        command: Command,
        case: Case,
        kind: Kind,
        at: float,
        *,
        act: Act | None = None,
        reverses: str | None = None,
        data: Mapping[str, Any],
    ) -> Event:
        first = case.chain[0]
        # The strikes given and given back stand in the event, so that they can be counted from the log alone.
        counted = {"strikes": 0, "refunded": 0, **data}
        return Event(
            id=self._ids(),
            at=at,
            room=state.room.name,
            kind=kind,
            actor=command.actor,
            broadcast=first["broadcast"],
            comment_key=(state.room.platform, state.room.id, first["comment"]) if first["comment"] else None,
            act=act,
            reason=command.reason,
            reverses=reverses,
            data={"via": command.via, "verb": command.verb, **counted},
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


def _second(first: Row, actor: str) -> Reply:
    """The reply to somebody who comes second."""
    if first["actor"] == actor:
        return Reply(Answer.NOOP, event=first["id"])
    by, at = first["actor"], datetime.fromisoformat(first["at"]).timestamp()
    return Reply(Answer.CONFLICT, event=first["id"], message=f"{by} was first", by=by, act=first["act"] or "", at=at)
