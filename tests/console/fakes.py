"""Small stand-ins for what the console is given: a log, running rooms, a desk, tokens; and a console to talk to."""

# ruff: noqa: A002 - what has an id calls it id
from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, web

from streambot.console.app import HUB, build_console
from streambot.console.auth import Identity
from streambot.console.live import LiveFeed
from streambot.console.socket import PACE, Hub, Timing
from streambot.core.action import Act, Action, Capability, How, Operation, State
from streambot.core.command import Answer, Command, Mode, Reply
from streambot.core.comment import Author, Comment, Room
from streambot.core.errors import StorageError
from streambot.core.event import BOT, Event, Kind
from streambot.core.hot_question import HotQuestion
from streambot.core.log_query import LogQuery
from streambot.core.status import Counts, Lag, Link, RoomStatus

NOW = 1_795_000_000.0
ROOM = Room("demo", "demo", "demo-1")
STATUS = RoomStatus(
    room=ROOM,
    mode=Mode.AUTO,
    site="base",
    link=Link.LIVE,
    started_at=NOW - 3600,
    counts=Counts(received=5, decided=3, duplicates=1, rejected=1, hidden=1),
    lag=Lag(p50=0.004, p99=0.02),
    undo_ms=2000,
    host_language="th",
    capabilities={Operation.HIDE: Capability(How.API), Operation.MUTE: Capability(How.MANUAL, reversible=False)},
)


class FakeClock:
    """A clock that a test moves by hand."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@dataclass
class FakeLive:
    """Rooms and hot questions as a test sets them."""

    statuses: list[RoomStatus] = field(default_factory=lambda: [STATUS])
    questions: list[HotQuestion] = field(default_factory=list)

    def rooms(self) -> Sequence[RoomStatus]:
        return self.statuses

    def hot(self, room: str) -> Sequence[HotQuestion]:
        return self.questions if room == ROOM.name else []

    def reasons(self, room: str, language: str) -> Mapping[str, Mapping[str, str]]:
        return {"spam": {"why": f"Spam, in {language}.", "instead": "Nothing."}} if room == ROOM.name else {}


@dataclass
class FakeLog:
    """Rows kept in a list, oldest first; filters by the few fields that tests ask for."""

    stored: list[dict[str, Any]] = field(default_factory=list)
    broken: bool = False
    breaks_after: int | None = None
    queries: list[LogQuery] = field(default_factory=list)

    def _match(self, query: LogQuery) -> list[dict[str, Any]]:
        self.queries.append(query)
        if self.broken:
            raise StorageError("the disk is gone.")
        return [
            row
            for row in self.stored
            if (not query.room or row["room"] == query.room)
            and (not query.act or row["act"] == query.act)
            and (not query.label or query.label in (row["labels"] or {}))
            and (not query.actor or row["actor"] == query.actor)
            and (not query.text or query.text in (row["text"] or ""))
            and (query.before is None or row["seq"] < query.before)
        ]

    async def search(self, query: LogQuery) -> Sequence[Mapping[str, Any]]:
        return self._match(query)[::-1][: query.limit]

    async def rows(self, query: LogQuery) -> AsyncIterator[Mapping[str, Any]]:
        for number, row in enumerate(self._match(replace(query, before=None))):
            if number == self.breaks_after:
                raise StorageError("the disk is gone.")
            yield row

    async def count(self, query: LogQuery, cap: int = 10_000) -> int:
        return min(len(self._match(query)), cap + 1)

    async def facets(self, query: LogQuery) -> Mapping[str, Sequence[tuple[str, int]]]:
        found: dict[str, list[tuple[str, int]]] = {}
        for name in ("act", "actor", "kind", "room", "language"):
            values = [row[name] for row in self._match(query)]
            found[name] = [(value, values.count(value)) for value in dict.fromkeys(values) if value]
        return found

    async def chain(self, event: str) -> Sequence[Mapping[str, Any]]:
        comment = next((row["comment"] for row in self.stored if row["id"] == event), None)
        return [row for row in self.stored if row["id"] == event or (comment and row["comment"] == comment)]

    async def recent(self, room: str, limit: int = 200) -> Sequence[Mapping[str, Any]]:
        if self.broken:
            raise StorageError("the disk is gone.")
        return [row for row in self.stored if row["room"] == room][-limit:]


@dataclass
class FakeDesk:
    """Takes down every command and answers with what the test has set."""

    reply: Reply = field(default_factory=lambda: Reply(Answer.ACCEPTED, event="e-new", undo_until=NOW + 2))
    heard: list[Command] = field(default_factory=list)

    async def command(self, command: Command) -> Reply:
        self.heard.append(command)
        return self.reply


class FakeTokens:
    """Tokens named after their role; a test takes one out to revoke it."""

    def __init__(self) -> None:
        self.known = {f"{role}-token": Identity(f"a-{role}", role) for role in ("host", "controller", "ops", "admin")}

    async def check(self, token: str) -> Identity | None:
        return self.known.get(token)


@dataclass
class Console:
    """A served console with everything it was given."""

    url: str
    session: ClientSession
    feed: LiveFeed
    live: FakeLive
    log: FakeLog
    desk: FakeDesk
    tokens: FakeTokens
    clock: FakeClock
    hub: Hub

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    async def listen(self, token: str | None = None, **options: Any) -> Screen:
        """Open the live channel and take its hello."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        ws = await self.session.ws_connect(
            f"{self.url}/ws/v1", protocols=("streambot.v1",), headers=headers, max_msg_size=0, **options
        )
        return Screen(ws)

    async def post(self, body: object, *, token: str | None = None, **headers: str) -> tuple[int, dict[str, Any]]:
        """Send one command to the demo room."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            named["Authorization"] = f"Bearer {token}"
        url = f"{self.url}/api/v1/rooms/demo/commands"
        async with self.session.post(url, json=body, headers=named) as answer:
            return answer.status, await answer.json()


class Screen:
    """The browser's end of the live channel."""

    def __init__(self, ws: ClientWebSocketResponse) -> None:
        self.ws = ws

    async def next(self, *kinds: str) -> dict[str, Any]:
        """The next message of one of these kinds; others pass by."""
        while True:
            message: dict[str, Any] = json.loads(await self.ws.receive_str())
            if not kinds or message["t"] in kinds:
                return message

    async def sub(self, **resume: int) -> None:
        """Subscribe to the demo room."""
        await self.ws.send_json({"t": "sub", "rooms": ["demo"], "resume": resume})


async def always_ready() -> tuple[bool, Sequence[str]]:
    return True, ()


async def serve(app: web.Application) -> tuple[web.AppRunner, str]:
    """A real server on a free port of 127.0.0.1."""
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    return runner, f"http://{host}:{port}"


def build(
    *,
    require_token: bool = False,
    allowed_hosts: Sequence[str] = (),
    ready: Callable[[], Awaitable[tuple[bool, Sequence[str]]]] = always_ready,
    timing: Timing = PACE,
) -> tuple[web.Application, dict[str, Any]]:
    """A console over fakes, and the fakes by name."""
    clock = FakeClock()
    parts: dict[str, Any] = {
        "clock": clock,
        "feed": LiveFeed(clock),
        "live": FakeLive(),
        "log": FakeLog(),
        "desk": FakeDesk(),
        "tokens": FakeTokens(),
    }
    app = build_console(
        parts["log"],
        parts["live"],
        parts["desk"],
        parts["feed"],
        tokens=parts["tokens"],
        clock=clock,
        versions=lambda: {"streambot": "0.1.0", "python": "3.11"},
        ready=ready,
        allowed_hosts=allowed_hosts,
        require_token=require_token,
        timing=timing,
    )
    parts["hub"] = app[HUB]
    return app, parts


def a_comment(id: str = "c1", text: str = "how much is it?", *, name: str = "mimi", at: float = NOW) -> Comment:
    return Comment(id=id, room=ROOM, author=Author(f"u-{id}", name), text=text, sent_at=at, received_at=at)


def a_decision(
    comment: Comment, act: Act = Act.ALLOW, *, id: str | None = None, kind: Kind = Kind.DECISION, **data: Any
) -> Event:
    given = {"labels": {}, "intent": "question.price", "language": "en", "evidence": [], "actions": [act], **data}
    return Event(
        id=id or f"d-{comment.id}",
        at=comment.received_at + 0.01,
        room=ROOM.name,
        kind=kind,
        comment=comment if kind is Kind.DECISION else None,
        comment_key=comment.key,
        act=act,
        data=given,
    )


def a_ruling(comment: str, act: Act, *, id: str, actor: str = "nok") -> Event:
    key = (ROOM.platform, ROOM.id, comment)
    return Event(id=id, at=NOW + 1, room=ROOM.name, kind=Kind.ACTION, actor=actor, comment_key=key, act=act)


def an_undo(comment: str, reverses: str, *, id: str = "undo-1", actor: str = "nok") -> Event:
    key = (ROOM.platform, ROOM.id, comment)
    return Event(id=id, at=NOW + 2, room=ROOM.name, kind=Kind.UNDO, actor=actor, comment_key=key, reverses=reverses)


def an_action(
    event: str,
    comment: str = "c1",
    operation: Operation = Operation.HIDE,
    state: State = State.PENDING,
    not_before: float = 0.0,
) -> Action:
    return Action(event, operation, ROOM.name, ROOM.platform, ROOM.id, comment, state=state, not_before=not_before)


def a_row(seq: int, text: str | None = "hello", *, act: str = "allow", **changed: Any) -> dict[str, Any]:
    """A line of the log in export form."""
    row: dict[str, Any] = {
        "id": f"e{seq}",
        "seq": seq,
        "at": NOW + seq,
        "kind": "decision",
        "room": "demo",
        "comment": f"c{seq}",
        "author": f"u{seq}",
        "author_name": "mimi",
        "text": text,
        "act": act,
        "labels": {},
        "intent": "chitchat",
        "evidence": [],
        "actor": BOT,
        "reason": "",
        "reverses": None,
        "outcome": None,
        "state": None,
        "pack": "base",
        "model": "m1",
        "language": "en",
        "score": None,
        "degraded": False,
    }
    return row | changed
