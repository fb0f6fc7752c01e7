"""What people do from a console: every command becomes an event, and what it asks of the platform goes to the outbox.

The state of a comment is read from the log, under one lock a room, so of two controllers the first wins and the second
is told. Nothing is edited: an undo is another event that names the one it takes back.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

import structlog

from streambot.case import Case, Row
from streambot.casework import Casework, Work
from streambot.core.action import Action, Outcome, Result, State
from streambot.core.command import Answer, Command, Mode, Reply, Verb
from streambot.core.comment import Room
from streambot.core.errors import CommentError, ConfigError, StorageError
from streambot.core.event import BOT, Event, Kind
from streambot.ports import Clock, Feed
from streambot.questionwork import QuestionWork, with_vote
from streambot.replywork import ReplyWork
from streambot.room import RoomState
from streambot.rooms import Rooms
from streambot.store.outbox import Outbox
from streambot.store.queries import LogReader
from streambot.store.replies import Replies
from streambot.store.sqlite import SqliteStore, Statement

log = structlog.get_logger(__name__)


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
        self._replies = Replies(store)
        self._log = log
        self._outbox = outbox
        self._casework = Casework(outbox, ids, clock)
        self._questionwork = QuestionWork(ids, clock)
        self._replywork = ReplyWork(outbox, rooms.refusals, ids, clock)
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
            # Keys are made by each console for itself: two people may well hit on the same one.
            key = json.dumps([command.room, command.actor, command.key]) if command.key else ""
            request = json.dumps(asdict(command), sort_keys=True)
            before = await self._replies.to(key, request)
            if before is not None:
                return before
            work = await self._work_out(state, command)
            if isinstance(work, Reply):
                return work
            statements = list(work.statements)
            if key:
                statements.append(self._replies.keep(key, request, work.reply, work.event.at))
            # A caller that goes away meanwhile must not leave the room in a state that the log does not have.
            carrying_out = asyncio.ensure_future(self._carry_out(work, statements))
            try:
                await asyncio.shield(carrying_out)
            except asyncio.CancelledError:
                await carrying_out
                raise
            return work.reply

    async def trip(self, room: Room) -> None:
        """The quota is spent: the bot stops acting in this room until a person lets it. Raises StorageError.

        A room that is not open yet, since what is sent was left over from before a restart, is opened for it: its
        people must see that the bot stopped.
        """
        try:
            state = await self._rooms.open(room)
        except (CommentError, ConfigError) as error:
            log.error("a room whose quota is spent cannot be opened", room=room.name, code=error.code, why=str(error))
            return
        async with self._locks[state.room.name]:
            if state.tripped or state.mode is Mode.OBSERVE:
                return
            event = self._setting(state, Mode.ASSIST, BOT, "the bot acted more often than the room's quota allows")
            await self._store.commit([event])
            state.mode, state.tripped = Mode.ASSIST, True
        self._feed.publish([event])
        text = "The bot has used up this minute's quota. The room is in assist now: it proposes, you decide."
        self._feed.notice(state.room.name, {"level": "warn", "code": "over_quota", "topic": "quota", "text": text})

    async def _work_out(self, state: RoomState, command: Command) -> Work | Reply:
        match command.verb:
            case Verb.MODE:
                return await self._mode(state, command)
            case Verb.ANSWERED | Verb.REOPEN | Verb.DROP | Verb.PUSH | Verb.PIN | Verb.UNPIN | Verb.MERGE | Verb.SPLIT:
                return self._questionwork.mark(state, command)
            case Verb.ITEM | Verb.SCENARIO:
                return self._replywork.on_air(state, command)
            case Verb.SEND | Verb.DISMISS | Verb.POST | Verb.TYPING:
                return await self._answer(state, command)
            case Verb.UNDO | Verb.DONE:
                case = await self._case(await self._log.chain(command.target), but=command.target)
                target = case.row(command.target)
                if target is None or target["room"] != state.room.name:
                    return Reply(Answer.NOT_FOUND, message="there is no such event in this room")
                if command.verb is Verb.DONE:
                    return self._casework.done(state, command, case, target)
                return _voted(state, case, self._casework.undo(state, command, case, target))
            case Verb.HIDE | Verb.MUTE | Verb.BAN | Verb.ALLOW:
                return await self._rule(state, command)

    async def _rule(self, state: RoomState, command: Command) -> Work | Reply:
        """What becomes of a comment."""
        chain = await self._log.about(state.room.platform, state.room.id, command.target)
        case = await self._case(chain)
        if not case.chain:
            return Reply(Answer.NOT_FOUND, message="there is no such comment in this room")
        if command.verb is Verb.ALLOW:
            return _voted(state, case, self._casework.allow(state, command, case))
        work = _voted(state, case, self._casework.act(state, command, case))
        return self._replywork.silence(state, work, await self._answers(chain)) if isinstance(work, Work) else work

    async def _answer(self, state: RoomState, command: Command) -> Work | Reply:
        """Commands about answers, with what the log has of them."""
        if command.verb is Verb.TYPING:
            asked = [
                pair for each in self._replywork.typing(state, command) for pair in await self._outbox.of_event(each)
            ]
            waiting = [action for action, result in asked if result is None and action.state is State.PENDING]
            return self._replywork.stop(state, command, waiting) if waiting else Reply(Answer.NOOP)
        if command.verb is Verb.POST:
            chain = await self._log.about(state.room.platform, state.room.id, command.target) if command.target else []
            return self._replywork.post(state, command, chain[0]["author"] if chain else None)
        row = next((row for row in await self._log.chain(command.target) if row["id"] == command.target), None)
        if row is None or row["room"] != state.room.name or row["kind"] not in (Kind.ANSWER, Kind.PROMPT):
            return Reply(Answer.NOT_FOUND, message="there is no such answer in this room")
        offered = await self._outbox.of_event(command.target)
        if command.verb is Verb.DISMISS:
            return self._replywork.dismiss(state, command, offered)
        return self._replywork.send(state, command, offered, row["data"])

    async def _answers(self, chain: Sequence[Row]) -> list[Action]:
        """Answers to a comment that have not left yet."""
        asked = [pair for row in chain if row["kind"] == Kind.ANSWER for pair in await self._outbox.of_event(row["id"])]
        return [
            action for action, result in asked if result is None and action.state in (State.PROPOSED, State.PENDING)
        ]

    async def _case(self, chain: Sequence[Row], *, but: str = "") -> Case:
        # An answer is no verdict on the comment that it answers, unless the command is about that answer.
        chain = [row for row in chain if row["kind"] != Kind.ANSWER or row["id"] == but]
        asked = [pair for row in chain for pair in await self._outbox.of_event(row["id"])]
        return Case(chain, asked)

    async def _carry_out(self, work: Work, statements: Sequence[Statement]) -> None:
        """Write it down, then let it take effect, then tell."""
        await self._store.commit([work.event], work.outbox, statements)
        work.then()
        # Screens hear of what the statements changed, as the log has it: the dispatcher may have been quicker.
        asked, settled = list(work.outbox), []
        with contextlib.suppress(StorageError):
            if work.touched:
                asked = [action for action, _ in await self._outbox.of_event(work.event.id)]
            for action, outcome in [pair for touched in work.touched for pair in await self._now(touched)]:
                if outcome is None:
                    asked.append(action)
                else:
                    settled.append((action, outcome))
        self._feed.publish([work.event], asked)
        for action, outcome in settled:
            self._feed.settled(action, outcome)
        self._wake()

    async def _now(self, touched: Action) -> Sequence[tuple[Action, Outcome | None]]:
        """An action as it stands now."""
        return [
            (action, Outcome(result) if result else None)
            for action, result in await self._outbox.of_event(touched.id)
            if action.operation is touched.operation
        ]

    async def _mode(self, state: RoomState, command: Command) -> Work | Reply:
        if command.value not in set(Mode):
            return Reply(Answer.INVALID, message=f"a mode is one of {', '.join(Mode)}")
        mode = Mode(command.value)
        if state.mode is mode and not state.tripped:
            return Reply(Answer.NOOP)
        event = self._setting(state, mode, command.actor, command.reason)

        def switch() -> None:
            if state.tripped:
                text = f"The room is in {mode} again."
                told = {
                    "level": "info", "code": "quota_lifted", "topic": "quota", "text": text,
                    "values": {"mode": mode.value},
                }  # fmt: skip
                self._feed.notice(state.room.name, told)
            state.mode, state.tripped = mode, False

        # What the bot asked for before and could not send yet must not go out of a room that only observes.
        held = await self._outbox.waiting(state.room) if mode is Mode.OBSERVE else []
        ended = [(action, Result.UNKNOWN if action.attempts else Result.WITHDRAWN) for action in held]
        statements = [self._outbox.close(action, result, "the room only observes") for action, result in ended]
        reply = Reply(Answer.ACCEPTED, event=event.id)
        return Work(event, reply, statements=statements, then=switch, touched=held)

    def _setting(self, state: RoomState, mode: Mode, actor: str, reason: str) -> Event:
        data = {"key": "mode", "value": mode, "before": state.mode}
        return self._event(state, Kind.SETTING, actor, reason, data)

    def _event(self, state: RoomState, kind: Kind, actor: str, reason: str, data: Mapping[str, object]) -> Event:
        room, broadcast = state.room.name, state.broadcast
        return Event(self._ids(), self._clock(), room, kind, actor, broadcast, reason=reason, data=data)


def _voted(state: RoomState, case: Case, work: Work | Reply) -> Work | Reply:
    return with_vote(state, case, work) if isinstance(work, Work) else work
