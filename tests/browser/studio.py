"""A room for browsers to look at: the real console on a real socket, with a desk that does at once what it is told."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from streambot.console.app import build_console
from streambot.console.live import LiveFeed
from streambot.console.socket import PACE, Timing
from streambot.core.action import Act, Action, Capability, How, Operation, Outcome, Result, State
from streambot.core.command import Answer, Command, Mode, Reply, Verb
from streambot.core.comment import Author, Comment, Role
from streambot.core.event import BOT, Event, Kind
from streambot.core.hot_question import HotQuestion
from streambot.core.status import Counts, Lag
from tests.console.fakes import ROOM, STATUS, FakeLive, FakeLog, FakeTokens, always_ready

KEY = (ROOM.platform, ROOM.id)
EVERYTHING = {
    operation: Capability(How.API)
    for operation in (
        *(Operation.HIDE, Operation.UNHIDE, Operation.MUTE, Operation.UNMUTE, Operation.BAN),
        Operation.POST,
    )
}
OPERATION = {Verb.HIDE: Operation.HIDE, Verb.MUTE: Operation.MUTE, Verb.BAN: Operation.BAN}


@dataclass
class Studio:
    """One room called demo. ``heard`` are the commands that came; ``answers`` go out before the desk's own."""

    feed: LiveFeed = field(default_factory=lambda: LiveFeed(time.time))
    live: FakeLive = field(default_factory=FakeLive)
    log: FakeLog = field(default_factory=FakeLog)
    tokens: FakeTokens = field(default_factory=FakeTokens)
    heard: list[Command] = field(default_factory=list)
    answers: list[Reply] = field(default_factory=list)
    offers: dict[str, Action] = field(default_factory=dict)
    require_token: bool = False
    settle_as: Result | None = Result.CONFIRMED
    timing: Timing = PACE
    url: str = ""
    port: int = 0
    _runner: web.AppRunner | None = None
    _ids: Any = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.commanded = asyncio.Condition()
        self.set(started_at=time.time() - 4353, mode=Mode.ASSIST, counts=Counts(), lag=Lag(0.006, 0.041))
        self.set(capabilities=EVERYTHING, host_language="en")

    def set(self, **changed: Any) -> None:
        """Change what the room's status says."""
        self.live.statuses = [replace((self.live.statuses or [STATUS])[0], **changed)]

    @property
    def status(self) -> Any:
        return self.live.statuses[0]

    async def open(self) -> None:
        """Serve on a free port, the same one again after a close."""
        app = build_console(
            self.log,
            self.live,
            self,
            self.feed,
            tokens=self.tokens,
            clock=time.time,
            versions=dict,
            ready=always_ready,
            require_token=self.require_token,
            timing=self.timing,
        )
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}"

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def restart_anew(self) -> None:
        """Come back as another process would: same port, no memory of what was shown."""
        await self.close()
        self.feed = LiveFeed(time.time)
        await self.open()

    def say(
        self,
        text: str,
        act: Act = Act.ALLOW,
        *,
        key: str | None = None,
        name: str = "mimi",
        age: float = 0.0,
        state: State | None = None,
        result: Result | None = None,
        roles: Sequence[Role] = (),
        rev: int = 1,
        **data: Any,
    ) -> str:
        """A comment and its verdict; ``state`` and ``result`` are its hide's, if it asks for one. Returns its id."""
        key = key or f"c{next(self._ids)}"
        at = time.time() - age
        comment = Comment(key, ROOM, Author(f"u-{name}", name, frozenset(roles)), text, sent_at=at, received_at=at)
        given = {"labels": {}, "intent": "chitchat", "language": "en", "evidence": [], "actions": [act], **data}
        event = Event(f"d-{key}", at, ROOM.name, Kind.DECISION, comment=comment, act=act, data=given)
        outbox = []
        if act is Act.HIDE:
            state = state or (State.PENDING if self.status.mode is Mode.AUTO else State.PROPOSED)
            outbox = [self._action(event.id, key, Operation.HIDE, state)]
        self.feed.publish([event], outbox)
        if outbox and result:
            self.feed.settled(outbox[0], Outcome(result, "" if result is not Result.FAILED else "the platform said no"))
        counts = self.status.counts
        self.set(counts=replace(counts, received=counts.received + 1, decided=counts.decided + 1))
        return key

    def ask(self, key: str, text: str, askers: int, *, language: str = "en", **changed: Any) -> None:
        """A hot question, new or changed; the list is kept hottest first."""
        now = time.time()
        question = HotQuestion(
            **{"id": key, "intent": "question.price", "text": text, "language": language, "askers": askers}
            | {"heat": float(askers), "first_at": now, "last_at": now}
            | changed
        )
        others = [each for each in self.live.questions if each.id != key]
        self.live.questions = sorted([question, *others], key=lambda each: (each.state != "open", -each.heat))

    def suggest(self, comment: str, text: str, *, age: float = 0.0, **data: Any) -> str:
        """The bot offers an answer to a comment. Returns the id of its event."""
        key = f"o{next(self._ids)}"
        given = {"question": "q1", "intent": "question.price", "item": "3", "language": "en", "text": text, **data}
        event = Event(key, time.time() - age, ROOM.name, Kind.ANSWER, comment_key=(*KEY, comment), data=given)
        action = replace(self._action(key, comment, Operation.POST, State.PROPOSED), text=text)
        self.feed.publish([event], [action])
        self.offers[key] = action
        return key

    def close_offer(self, key: str, actor: str) -> None:
        """An offer was sent or declined."""
        self.feed.settled(self.offers[key], Outcome(Result.IGNORED, f"sent by {actor}"))

    def lapse_offer(self, key: str) -> None:
        """Nobody sent an offer in its time."""
        self.feed.settled(self.offers[key], Outcome(Result.WITHDRAWN, "nobody sent it within 60 seconds"))

    def rule(self, comment: str, act: Act, actor: str) -> None:
        """What another person does about a comment."""
        self._publish(Kind.ACTION, comment, actor, act=act)

    async def command(self, command: Command) -> Reply:
        """The desk: publishes what a real one would."""
        self.heard.append(command)
        async with self.commanded:
            self.commanded.notify_all()
        if self.answers and command.verb is not Verb.TYPING:
            return self.answers.pop(0)
        match command.verb:
            case Verb.HIDE | Verb.MUTE | Verb.BAN:
                event = f"e{next(self._ids)}"
                operation = OPERATION[command.verb]
                action = self._action(event, command.target, operation, State.PENDING)
                act = Act(command.verb)
                self._publish(Kind.ACTION, command.target, command.actor, act=act, key=event, outbox=[action])
                if self.settle_as:
                    self.feed.settled(action, Outcome(self.settle_as))
            case Verb.ALLOW:
                event = self._publish(Kind.ACTION, command.target, command.actor, act=Act.ALLOW)
            case Verb.UNDO:
                comment = self._comment_of(command.target)
                event = self._publish(Kind.UNDO, comment, command.actor, reverses=command.target)
            case Verb.DONE:
                comment = self._comment_of(command.target)
                event = self._publish(Kind.NOTE, comment, command.actor, data={"done": command.target})
            case Verb.MODE:
                data = {"key": "mode", "before": self.status.mode, "value": command.value}
                event = self._publish(Kind.SETTING, None, command.actor, data=data)
                self.set(mode=Mode(command.value))
            case Verb.TYPING:
                return Reply(Answer.NOOP)
            case _:
                event = self._reply(command)
        return Reply(Answer.ACCEPTED, event=event)

    def _reply(self, command: Command) -> str:
        """What is about answers, about the item on air, or about a hot question."""
        if command.verb in {Verb.SEND, Verb.POST}:
            return self._post(command)
        if command.verb in {Verb.ITEM, Verb.SCENARIO}:
            return self._on_air(command)
        if command.verb is Verb.DISMISS:
            self.close_offer(command.target, command.actor)
        else:
            self._mark(command.target, command.verb, command.value)
        return self._publish(Kind.NOTE, None, command.actor)

    def _post(self, command: Command) -> str:
        """A post goes out: what was offered, or what a person typed."""
        offer = self.offers.get(command.target)
        comment = offer.comment if offer else command.target if command.target.startswith("c") else None
        text = command.value or (offer.text if offer else "") or ""
        key = f"e{next(self._ids)}"
        action = replace(self._action(key, comment or "", Operation.POST, State.PENDING), comment=comment, text=text)
        self._publish(Kind.ANSWER, comment, command.actor, key=key, outbox=[action], data={"text": text})
        if offer:
            self.close_offer(command.target, command.actor)
        if self.settle_as:
            self.feed.settled(action, Outcome(self.settle_as))
        return key

    def _on_air(self, command: Command) -> str:
        data = {"key": command.verb, "value": command.value}
        if command.verb is Verb.ITEM:
            self.set(item=command.value, item_name="knit cardigan" if command.value else "", scenario="regular")
        else:
            self.set(scenario=command.value)
        return self._publish(Kind.SETTING, None, command.actor, data=data)

    def _mark(self, question: str, verb: Verb, value: str) -> None:
        gone = question if verb in {Verb.DROP, Verb.MERGE} else None
        changes: dict[Verb, dict[str, Any]] = {
            Verb.ANSWERED: {"state": "answered"},
            Verb.REOPEN: {"state": "open"},
            Verb.PIN: {"pinned": True},
            Verb.UNPIN: {"pinned": False},
            Verb.PUSH: {"pushed": True},
        }
        marked = [
            replace(each, **changes.get(verb, {})) if each.id == question else each
            for each in self.live.questions
            if each.id != gone
        ]
        self.live.questions = sorted(marked, key=lambda each: (each.state != "open", not each.pinned, -each.heat))
        if verb is Verb.SPLIT:
            self.ask(f"split{next(self._ids)}", value, 3)

    def _comment_of(self, event: str) -> str | None:
        if event.startswith("d-"):
            return event.removeprefix("d-")
        rows = self.feed.board(ROOM.name)._comments.values()
        return next((row.id for row in rows if any(ruling[0] == event for ruling in row.rulings)), None)

    def _publish(
        self,
        kind: Kind,
        comment: str | None,
        actor: str,
        *,
        key: str | None = None,
        outbox: Sequence[Action] = (),
        **changed: Any,
    ) -> str:
        key = key or f"e{next(self._ids)}"
        about = (*KEY, comment) if comment else None
        event = Event(key, time.time(), ROOM.name, kind, actor=actor or BOT, comment_key=about, **changed)
        self.feed.publish([event], outbox)
        return key

    def _action(self, event: str, comment: str, operation: Operation, state: State) -> Action:
        return Action(event, operation, ROOM.name, *KEY, comment, state=state)
