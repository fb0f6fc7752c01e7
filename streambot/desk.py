"""What people do from a console: every command becomes an event, and what it asks of the platform goes to the outbox.

The state of a comment is read from the log, under one lock a room, so of two controllers the first wins and the second
is told. Nothing is edited: an undo is another event that names the one it takes back.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from streambot.core.action import NO_CAPABILITY, OPERATION, REVERSE, Act, Action, How, Operation, Result, State
from streambot.core.command import Answer, Command, Mode, Reply, Verb
from streambot.core.event import BOT, Event, Kind
from streambot.ports import Clock, Feed
from streambot.room import RoomState
from streambot.rooms import Rooms
from streambot.store.outbox import Outbox
from streambot.store.queries import LogReader
from streambot.store.sqlite import SqliteStore, Statement

_ACTS = {Verb.HIDE: Act.HIDE, Verb.MUTE: Act.MUTE, Verb.BAN: Act.BAN}
_MARKS = {Verb.ANSWERED: "answered", Verb.REOPEN: "open", Verb.DROP: "dropped"}
_DONE = frozenset({Result.APPLIED, Result.CONFIRMED, Result.SIMULATED, Result.UNKNOWN, Result.MANUAL})
_REMEMBER = "INSERT OR IGNORE INTO commands (key, request, reply, at) VALUES (?, ?, ?, ?)"
_RECALL = "SELECT request, reply FROM commands WHERE key = ?"
MUTE_SECONDS = 300


@dataclass(slots=True)
class _Case:
    """A comment as the log has it: its events, oldest first, and what each asked of the platform."""

    chain: Sequence[Mapping[str, Any]]
    asked: Sequence[tuple[Action, Result | None]]

    @property
    def undone(self) -> set[str]:
        return {row["reverses"] for row in self.chain if row["kind"] == Kind.UNDO}

    def last_act(self) -> Mapping[str, Any]:
        """The newest event that said what becomes of the comment and still stands."""
        undone = self.undone
        standing = [row for row in self.chain if row["act"] and row["kind"] != Kind.UNDO and row["id"] not in undone]
        return standing[-1] if standing else self.chain[0]

    def open_actions(self) -> list[Action]:
        """What still waits for a person or for its time."""
        return [asked for asked, _ in self.asked if asked.state in (State.PROPOSED, State.PENDING)]

    def carried_out(self, operation: Operation) -> Action | None:
        """The newest such operation that reached the platform (or would have) and was not taken back."""
        reverse = REVERSE.get(operation)
        for asked, result in reversed(self.asked):
            if asked.operation is reverse and result is not Result.WITHDRAWN:
                return None
            if asked.operation is operation and result in _DONE:
                return asked
        return None


@dataclass(slots=True)
class _Work:
    """What a command leads to."""

    event: Event
    outbox: Sequence[Action] = ()
    statements: Sequence[Statement] = ()
    reply: Reply = Reply(Answer.ACCEPTED)
    then: Callable[[], object] = lambda: None


class Desk:
    """Implements ``ports.Desk``."""

    def __init__(
        self,
        *,
        rooms: Rooms,
        store: SqliteStore,
        log: LogReader,
        outbox: Outbox,
        feed: Feed,
        wake: Callable[[], None],
        ids: Callable[[], str],
        clock: Clock,
    ) -> None:
        self._rooms = rooms
        self._store = store
        self._log = log
        self._outbox = outbox
        self._feed = feed
        self._wake = wake
        self._ids = ids
        self._clock = clock
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def command(self, command: Command) -> Reply:
        """Carry out one command. Raises StorageError; then nothing was done and it may be sent again."""
        state = self._rooms.get(command.room)
        if state is None:
            return Reply(Answer.NOT_FOUND, message=f"there is no room {command.room!r}")
        async with self._locks[command.room]:
            request = json.dumps(asdict(command), sort_keys=True)
            if command.key:
                for row in await self._store.read(_RECALL, (command.key,)):
                    if row["request"] != request:
                        return Reply(Answer.INVALID, message="this Idempotency-Key was used for another command")
                    return Reply(**{**(kept := json.loads(row["reply"])), "answer": Answer(kept["answer"])})
            work = await self._work(state, command)
            if isinstance(work, Reply):
                return work
            statements = list(work.statements)
            if command.key:
                reply = json.dumps(asdict(work.reply))
                statements.append((_REMEMBER, [(command.key, request, reply, work.event.at)]))
            await self._store.commit([work.event], work.outbox, statements)
            work.then()
        self._feed.publish([work.event], work.outbox)
        self._wake()
        return work.reply

    async def trip(self, room: str) -> None:
        """The quota is spent: the bot stops acting in this room until a person lets it."""
        state = self._rooms.get(room)
        if state is None or state.mode is not Mode.AUTO:
            return
        event = self._setting(state, Mode.ASSIST, BOT, "the bot acted more often than the room's quota allows")
        await self._store.commit([event])
        state.mode = Mode.ASSIST
        self._feed.publish([event])
        text = "The bot has used up this minute's quota. The room is in assist now: it proposes, you decide."
        self._feed.notice(room, {"level": "warn", "code": "over_quota", "text": text})

    async def _work(self, state: RoomState, command: Command) -> _Work | Reply:
        match command.verb:
            case Verb.HIDE | Verb.MUTE | Verb.BAN | Verb.ALLOW:
                chain = await self._log.about(state.room.platform, state.room.id, command.target)
                if not chain:
                    return Reply(Answer.NOT_FOUND, message="there is no such comment in this room")
                case = await self._case(chain)
                return self._allow(state, command, case) if command.verb is Verb.ALLOW else self._act(
                    state, command, case
                )  # fmt: skip
            case Verb.UNDO | Verb.DONE:
                chain = await self._log.chain(command.target)
                if not chain or chain[0]["room"] != state.room.name:
                    return Reply(Answer.NOT_FOUND, message="there is no such event in this room")
                case = await self._case(chain)
                target = next(row for row in chain if row["id"] == command.target)
                if command.verb is Verb.UNDO:
                    return self._undo(state, command, case, target)
                return self._done(state, command, case, target)
            case Verb.MODE:
                return self._mode(state, command)
            case Verb.ANSWERED | Verb.REOPEN | Verb.DROP:
                return self._question(state, command)

    async def _case(self, chain: Sequence[Mapping[str, Any]]) -> _Case:
        asked = [pair for row in chain for pair in await self._outbox.of_event(row["id"])]
        return _Case(chain, asked)

    def _act(self, state: RoomState, command: Command, case: _Case) -> _Work | Reply:
        """Hide, mute or ban: what was proposed is sent, what was not is asked for."""
        act = _ACTS[command.verb]
        operation = OPERATION[act]
        capability = state.capabilities.get(operation, NO_CAPABILITY)
        if capability.how is How.NONE:
            return Reply(Answer.FORBIDDEN, message=f"this platform cannot {operation}")
        standing = case.last_act()
        if case.carried_out(operation) is not None or any(
            a.operation is operation and a.state is State.PENDING for a in case.open_actions()
        ):
            if standing["actor"] == command.actor:
                return Reply(Answer.NOOP, event=standing["id"])
            return _conflict(standing)
        now = self._clock()
        event = self._about(state, command, case, Kind.ACTION, act=act)
        delay = 0.0 if capability.reversible or capability.how is How.MANUAL else state.settings.undo_ms / 1000
        statements: list[Statement] = []
        # A mute agrees to the hide that was proposed with it; a hide does not agree to the mute.
        agreed = {operation, Operation.HIDE} if act.severity > Act.HIDE.severity else {operation}
        approved = False
        for proposed in case.open_actions():
            if proposed.state is State.PROPOSED and proposed.operation in agreed:
                statements.append(self._outbox.release(proposed, now + delay if delay else 0.0))
                approved = approved or proposed.operation is operation
            elif proposed.state is State.PROPOSED:
                statements.append(self._outbox.close(proposed, Result.IGNORED, f"{command.actor} chose {act}"))
        outbox: Sequence[Action] = ()
        if not approved:
            outbox = [
                self._action(
                    state,
                    case,
                    operation,
                    event.id,
                    actor=command.actor,
                    duration=MUTE_SECONDS if act is Act.MUTE else None,
                    not_before=now + delay if delay else 0.0,
                )
            ]
        reply = Reply(Answer.ACCEPTED, event=event.id, undo_until=now + delay if delay else 0.0)
        return _Work(event, outbox, statements, reply)

    def _allow(self, state: RoomState, command: Command, case: _Case) -> _Work | Reply:
        """Let a comment stand: proposals are ignored, what was carried out is taken back."""
        standing = case.last_act()
        if standing["act"] == Act.ALLOW and standing["actor"] != BOT:
            return Reply(Answer.NOOP, event=standing["id"])
        if case.carried_out(Operation.HIDE) is not None:
            return self._undo(state, command, case, standing)
        event = self._about(state, command, case, Kind.ACTION, act=Act.ALLOW)
        statements = [
            self._outbox.close(open_, Result.IGNORED, f"allowed by {command.actor}") for open_ in case.open_actions()
        ]
        reply = Reply(Answer.ACCEPTED, event=event.id)
        return _Work(event, (), statements, reply, self._refund(state, case, standing))

    def _undo(
        self, state: RoomState, command: Command, case: _Case, target: Mapping[str, Any]
    ) -> _Work | Reply:
        """Take one event back: what was not sent is withdrawn, what was sent is reversed."""
        if target["kind"] not in (Kind.DECISION, Kind.REJUDGEMENT, Kind.ACTION):
            return Reply(Answer.INVALID, message=f"a {target['kind']} cannot be undone")
        if target["id"] in case.undone:
            return Reply(Answer.NOOP, event=target["id"])
        event = self._about(state, command, case, Kind.UNDO, act=None, reverses=target["id"])
        asked_by = {target["id"]}
        if target["kind"] == Kind.ACTION:
            # A person's hide may have released what a decision proposed: that is what the undo is about.
            asked_by |= {row["id"] for row in case.chain if row["kind"] in (Kind.DECISION, Kind.REJUDGEMENT)}
        statements: list[Statement] = []
        outbox: list[Action] = []
        for asked, result in case.asked:
            if asked.id not in asked_by:
                continue
            if asked.state is State.SENDING:
                return Reply(Answer.CONFLICT, by=target["actor"], act=asked.operation, message="it is being sent now")
            if result is None:
                statements.append(self._outbox.close(asked, Result.WITHDRAWN, f"undone by {command.actor}"))
            elif result is Result.IGNORED:
                outbox.append(
                    self._action(state, case, asked.operation, event.id, actor=command.actor,
                                 duration=asked.duration, state_=State.PROPOSED)
                )  # fmt: skip
            elif result in _DONE and asked.operation in REVERSE and case.carried_out(asked.operation) is asked:
                capability = state.capabilities.get(asked.operation, NO_CAPABILITY)
                if not capability.reversible and not asked.simulated:
                    return Reply(Answer.FORBIDDEN, message=f"{asked.operation} is permanent on {asked.platform}")
                outbox.append(
                    self._action(state, case, REVERSE[asked.operation], event.id, actor=command.actor,
                                 simulated=asked.simulated)
                )  # fmt: skip
        reply = Reply(Answer.ACCEPTED, event=event.id)
        return _Work(event, outbox, statements, reply, self._refund(state, case, target))

    def _done(self, state: RoomState, command: Command, case: _Case, target: Mapping[str, Any]) -> _Work | Reply:
        manual = [a for a, result in case.asked if a.id == target["id"] and result is Result.MANUAL]
        if not manual:
            return Reply(Answer.NOOP, event=target["id"])
        event = self._about(state, command, case, Kind.NOTE, act=None, data={"done": target["id"]})
        statements = [self._outbox.done_by_hand(asked, command.actor) for asked in manual]
        return _Work(event, (), statements, Reply(Answer.ACCEPTED, event=event.id))

    def _mode(self, state: RoomState, command: Command) -> _Work | Reply:
        if command.value not in set(Mode):
            return Reply(Answer.INVALID, message=f"a mode is one of {', '.join(Mode)}")
        mode = Mode(command.value)
        if state.mode is mode:
            return Reply(Answer.NOOP)
        event = self._setting(state, mode, command.actor, command.reason)

        def switch() -> None:
            state.mode = mode

        return _Work(event, reply=Reply(Answer.ACCEPTED, event=event.id), then=switch)

    def _question(self, state: RoomState, command: Command) -> _Work | Reply:
        known = {question.id: question for question in state.hot()}
        question = known.get(command.target)
        if question is None:
            return Reply(Answer.NOT_FOUND, message="this question is not on the list any more")
        mark = _MARKS[command.verb]
        if question.state == mark:
            return Reply(Answer.NOOP)
        now = self._clock()
        event = Event(
            self._ids(), now, state.room.name, Kind.QUESTION, command.actor, state.broadcast, reason=command.reason,
            data={"question": question.id, "state": mark, "text": question.text, "askers": question.askers},
        )  # fmt: skip
        return _Work(
            event,
            reply=Reply(Answer.ACCEPTED, event=event.id),
            then=lambda: state.board.mark(question.id, mark, now),
        )

    def _setting(self, state: RoomState, mode: Mode, actor: str, reason: str) -> Event:
        return Event(
            self._ids(), self._clock(), state.room.name, Kind.SETTING, actor, state.broadcast, reason=reason,
            data={"key": "mode", "value": mode, "before": state.mode},
        )  # fmt: skip

    def _about(
        self,
        state: RoomState,
        command: Command,
        case: _Case,
        kind: Kind,
        *,
        act: Act | None,
        reverses: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> Event:
        first = case.chain[0]
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
            data={"via": command.via, "verb": command.verb, **self._strikes(case, reverses), **(data or {})},
        )

    @staticmethod
    def _strikes(case: _Case, reverses: str | None) -> Mapping[str, int]:
        """The strikes an undo gives back, so that they can be counted from the log alone."""
        row = next((row for row in case.chain if row["id"] == reverses), None)
        strikes = int(row["data"].get("strikes") or 0) if row is not None else 0
        return {"strikes": strikes} if strikes else {}

    def _refund(self, state: RoomState, case: _Case, target: Mapping[str, Any]) -> Callable[[], None]:
        strikes = int(target["data"].get("strikes") or 0)

        def refund() -> None:
            if strikes:
                state.history.refund(case.chain[0]["author"], strikes)

        return refund

    def _action(
        self,
        state: RoomState,
        case: _Case,
        operation: Operation,
        event: str,
        *,
        actor: str,
        duration: int | None = None,
        not_before: float = 0.0,
        simulated: bool | None = None,
        state_: State = State.PENDING,
    ) -> Action:
        first = case.chain[0]
        return Action(
            id=event,
            operation=operation,
            room=state.room.name,
            platform=first["platform"],
            room_id=state.room.id,
            comment=first["comment"],
            author=first["author"],
            duration=duration,
            simulated=state.mode is Mode.OBSERVE if simulated is None else simulated,
            actor=actor,
            state=state_,
            not_before=not_before,
        )


def _conflict(standing: Mapping[str, Any]) -> Reply:
    return Reply(
        Answer.CONFLICT,
        event=standing["id"],
        by=standing["actor"],
        act=standing["act"] or "",
        message=f"{standing['actor']} was first",
    )
