"""The live channel ``/ws/v1``: who listens, to which rooms, and how far each of them has got.

No messages are queued for a screen. It has a place in each room's list of changes, and whenever its socket is free it
is given what changed since, each row once, as it is now. A slow screen therefore costs one message of memory, not a
backlog; what is bounded (UX.md §9.1) is how much it may be owed before rows of the feed are left out.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import structlog
from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from streambot.console.auth import Identity, Rank, identity_of
from streambot.console.board import RoomBoard
from streambot.console.deltas import OWED_OPS, Deltas, Place
from streambot.console.faults import Fault
from streambot.console.live import LiveFeed
from streambot.console.recall import fill
from streambot.console.security import BODY_LIMIT
from streambot.console.wire import PROTOCOL, VERSION, dumps, iso, notice, reversible, room, room_tick
from streambot.core.errors import StorageError
from streambot.core.status import RoomStatus
from streambot.ports import Clock, Live, Log

MAX_CLIENTS: Final = 500
RECALL: Final = 5_000
"""Events read from the log to fill a room's screens after a restart."""
_SUBSCRIPTIONS: Final = 200

log = structlog.get_logger("streambot.console")


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. ``flush``: changes are gathered this long; ``stall``: a screen that takes nothing for so long is let
    go; ``grace``: what it then has to say good-bye.
    """

    flush: float = 0.1
    tick: float = 1.0
    heartbeat: float = 20.0
    stall: float = 5.0
    grace: float = 1.0


PACE: Final = Timing()


class Client:
    """One open socket."""

    def __init__(self, ws: web.WebSocketResponse, who: Identity, notice_seq: int) -> None:
        self.ws = ws
        self.who = who
        self.public = who.rank < Rank.CONTROLLER
        """A host gets questions only, never a comment."""
        self.rooms: dict[str, Place | None] = {}
        """Where it stands in each room; None: it needs a snapshot."""
        self.notice_seq = notice_seq
        self.troubles: list[str] = []
        """Notices of troubles that stood when it subscribed."""
        self.tick = 0
        self.wake = asyncio.Event()


class Hub:
    """Every open screen. ``run`` is the one task that moves them; ``connect`` is the handler of ``/ws/v1``."""

    def __init__(self, feed: LiveFeed, live: Live, store: Log, clock: Clock, timing: Timing) -> None:
        self._feed = feed
        self._live = live
        self._log = store
        self._clock = clock
        self._timing = timing
        self._clients: set[Client] = set()
        self._deltas = Deltas()
        self._tick = 0
        self._tick_json = ""

    @property
    def clients(self) -> int:
        """How many sockets are open."""
        return len(self._clients)

    def queue(self, name: str) -> int:
        """How many comments of a room wait for a person."""
        board = self._feed.boards.get(name)
        return 0 if board is None else board.queue

    async def run(self) -> None:
        """Until cancelled: gather for ``flush`` seconds, then wake every screen; once a ``tick``, the counters too."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            for name in [name for name, board in self._feed.boards.items() if not board.recalled]:
                await self.recall(name)
            if loop.time() >= due:
                due = max(due + self._timing.tick, loop.time())
                self.tick()
            for client in self._clients:
                client.wake.set()
            await asyncio.sleep(self._timing.flush)

    def tick(self) -> None:
        """Look at every room once: its hot questions, its capabilities, its counters."""
        rooms: dict[str, dict[str, Any]] = {}
        now = self._clock()
        for status in self._live.rooms():
            name = status.room.name
            board = self._look(status)
            rooms[name] = room_tick(status, board.rate(now), board.queue)
        self._tick += 1
        self._tick_json = dumps({"t": "tick", "now": iso(now), "rooms": rooms})

    async def recall(self, name: str) -> None:
        """Fill a room's board from the log, once; without the log it starts empty, and people are told."""
        board = self._feed.board(name)
        status = self._status(name)
        if board.recalled or status is None:
            return
        try:
            rows = await self._log.recent(name, RECALL)
        except StorageError:
            log.exception("console_recall", room=name)
            text = "What happened before the restart cannot be read from the log; new comments are shown."
            self._feed.notice(name, {"level": "error", "code": "log_unreadable", "text": text})
            rows = ()
        if not board.recalled:
            fill(board, status.room, rows)

    async def revoke(self, identity: str) -> None:
        """A person's tokens are void: close every socket they opened."""
        gone = [client for client in self._clients if client.who.id == identity]
        await asyncio.gather(*(self._close(client, WSCloseCode.POLICY_VIOLATION, b"revoked") for client in gone))

    async def close(self) -> None:
        """The server stops: say so, so that every screen comes back by itself."""
        clients = list(self._clients)
        await asyncio.gather(*(self._close(client, WSCloseCode.GOING_AWAY, b"restarting") for client in clients))

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """One screen, from hello to good-bye."""
        offered = request.headers.get("Sec-WebSocket-Protocol")
        if offered is not None and PROTOCOL not in {name.strip() for name in offered.split(",")}:
            raise Fault(400, f"This channel speaks {PROTOCOL}.")
        if len(self._clients) >= MAX_CLIENTS:
            raise Fault(503, f"{MAX_CLIENTS} screens are open already.")
        timing = self._timing
        ws = web.WebSocketResponse(
            protocols=(PROTOCOL,),
            heartbeat=timing.heartbeat,
            compress=False,
            max_msg_size=BODY_LIMIT,
            timeout=timing.grace,
        )
        if not ws.can_prepare(request):
            raise Fault(426, "This address takes WebSocket connections only.")
        await ws.prepare(request)
        client = Client(ws, identity_of(request), self._feed.notice_seq)
        self._clients.add(client)
        writer = asyncio.create_task(self._write(client, request.transport))
        try:
            async for message in ws:
                await self._hear(client, message)
        finally:
            self._clients.discard(client)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return ws

    async def _write(self, client: Client, transport: asyncio.Transport | None) -> None:
        """Give the screen what it is owed whenever it is woken; let it go if it takes nothing for ``stall`` seconds."""
        try:
            await self._send(client, self._hello(client))
            while True:
                await client.wake.wait()
                client.wake.clear()
                for frame in self._owed(client):
                    await self._send(client, frame)
        except TimeoutError:
            log.warning("console_slow_client", who=client.who.id)
            await self._close(client, WSCloseCode.TRY_AGAIN_LATER, b"too slow")
            if transport is not None:
                # What it never took would otherwise stay in memory until the network gives up.
                transport.abort()
        except ConnectionError:
            # The reader hears of it too, and ends the connection.
            return

    async def _send(self, client: Client, frame: str) -> None:
        async with asyncio.timeout(self._timing.stall):
            await client.ws.send_str(frame)

    async def _close(self, client: Client, code: WSCloseCode, why: bytes) -> None:
        try:
            async with asyncio.timeout(self._timing.grace):
                await client.ws.close(code=code, message=why, drain=False)
        except TimeoutError:
            pass

    def _owed(self, client: Client) -> Iterator[str]:
        """What the screen has not had, one frame at a time, each made only when the one before was taken."""
        for name in list(client.rooms):
            board = self._feed.board(name)
            place = client.rooms[name]
            if place is None:
                status = self._status(name)
                if status is not None:
                    self._look(status)
                    client.rooms[name] = Place(board.seq, board.seq)
                    yield board.snapshot(room(status, board.seq), public=client.public)
            elif place.seen < board.seq:
                frames = self._deltas.frames(board, place, public=client.public)
                if frames is None:
                    client.rooms[name] = None
                    client.wake.set()
                else:
                    yield from frames
        yield from self._notices(client)
        if client.tick != self._tick:
            client.tick = self._tick
            yield self._tick_json

    def _notices(self, client: Client) -> Iterator[str]:
        """What its rooms were told since, after the troubles that stood before."""
        while client.troubles:
            yield client.troubles.pop(0)
        since, client.notice_seq = client.notice_seq, self._feed.notice_seq
        if client.public or since == client.notice_seq:
            return
        told = [entry for name in ("", *client.rooms) for entry in self._feed.notices.get(name, ())]
        yield from (frame for number, frame in sorted(told) if number > since)

    async def _hear(self, client: Client, message: WSMessage) -> None:
        if message.type is not WSMsgType.TEXT:
            return
        try:
            told = json.loads(message.data)
        except (ValueError, RecursionError):
            told = None
        match told:
            case {"t": "sub", "rooms": list(names)} if len(names) <= _SUBSCRIPTIONS:
                resume = told.get("resume")
                for name in names:
                    if isinstance(name, str):
                        await self._subscribe(client, name, resume.get(name) if isinstance(resume, dict) else None)
                client.wake.set()
            case {"t": "pong"}:
                pass
            case _:
                text = "streambot did not understand this page. Reload it."
                await self._send(client, dumps(notice("", {"level": "warn", "code": "bad_message", "text": text})))

    async def _subscribe(self, client: Client, name: str, resume: object) -> None:
        """Listen to one room more, or anew: from ``resume`` on where that can be told, from a snapshot otherwise."""
        if self._status(name) is None:
            text = f"There is no room {name[:80]}."
            told = {"level": "error", "code": "unknown_room", "text": text, "values": {"room": name[:80]}}
            await self._send(client, dumps(notice(name[:80], told)))
            return
        await self.recall(name)
        board = self._feed.board(name)
        if not client.public and name not in client.rooms:
            client.troubles.extend(self._feed.standing.get(name, {}).values())
        client.rooms[name] = None
        if isinstance(resume, int) and not isinstance(resume, bool):
            keys = board.changes.since(resume)
            if keys is not None and len(keys) <= OWED_OPS:
                client.rooms[name] = Place(resume, resume)

    def _hello(self, client: Client) -> str:
        rooms = [room(status, self._feed.board(status.room.name).seq) for status in self._live.rooms()]
        me = {"id": client.who.id, "role": client.who.role}
        return dumps({"t": "hello", "v": VERSION, "now": iso(self._clock()), "me": me, "rooms": rooms})

    def _look(self, status: RoomStatus) -> RoomBoard:
        board = self._feed.board(status.room.name)
        board.ask(self._live.hot(status.room.name))
        board.can_reverse({operation for operation, how in status.capabilities.items() if reversible(operation, how)})
        return board

    def _status(self, name: str) -> RoomStatus | None:
        return next((status for status in self._live.rooms() if status.room.name == name), None)
