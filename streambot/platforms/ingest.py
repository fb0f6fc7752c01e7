"""Comments that others bring: ``POST /api/v1/rooms/{room}/comments``, and its WebSocket twin ``…/comments/ws``.

A request is one record of a capture, an array of them, or NDJSON (``Content-Type: application/x-ndjson``), of at most
256 KiB and 500 comments; room and platform are those of the address. A record with ``"backlog": true`` is chat history:
it is judged and never acted on. The answer, 202, comes when all of it is in the
log: ``{"ok":true,"results":[…]}`` with a result for each comment in its order, ``{"id","status":"decided","event"}``,
``{"id","status":"duplicate"}`` or ``{"status":"rejected","code","error"}``. Others are in the console's error shape:
400 no JSON, 401 neither a good token nor a good signature, 404 no such room, 408 too slow, 413 too much, 415
compressed, 422 nothing in it is a comment, 503 with Retry-After when some are ``full`` (there is no place for them, or
they are not on the disk within ``HOLD`` seconds): send those, or all, again.

The twin takes the same as text or binary frames and answers each, in order, with ``seq`` (from 1) and ``status`` added.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from aiohttp import WSCloseCode, WSMsgType, hdrs, web

from streambot.core.comment import Comment, Room
from streambot.core.errors import CommentError, StorageError
from streambot.platforms.ingest_auth import IngestAuth
from streambot.platforms.intake import comment_of, read_json
from streambot.ports import Clock

MOST_BYTES: Final = 256 * 1024
"""Bytes of a request's body or of a frame: 500 comments of the length that platforms allow."""
MOST_COMMENTS: Final = 500
MOST_SOCKETS: Final = 64
FRAMES_IN_HAND: Final = 32
"""Frames of one socket that are being decided; the next is read when the first of them is answered."""
BODY_SECONDS: Final = 20.0
HOLD: Final = 5.0
"""Seconds that a bringer waits for the commit: past every deadline of a decision, so the disk is full or stands still.
"""
COME_AGAIN: Final = 1
"""Seconds of Retry-After."""
RECHECK: Final = 1.0
"""Seconds after which the token of an open socket is looked up again: a revoked one brings nothing more."""
_LINES: Final = frozenset({"application/x-ndjson", "application/jsonl"})


class Taken(StrEnum):
    """What became of a comment that was brought."""

    DECIDED = "decided"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Disposition:
    """The pipeline's answer: ``event`` is the id of a committed decision, ``code`` the reason of a rejection.

    A duplicate is said to be one only when the first is committed; what is full may be decided yet, or was never taken.
    """

    taken: Taken
    event: str | None = None
    code: str = ""


Accept = Callable[[Comment], Awaitable[Disposition]]
"""Decides one comment and returns when that is on the disk. Called in the comments' order, many at once: the place in
the line is taken before the first wait. Raises StorageError if the log does not work.
"""


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    data: Mapping[str, Any]


class _Refusal(Exception):  # noqa: N818 - it is an answer to a request, made by raising
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.reply = _refused(status, message)


def add_ingest(
    app: web.Application,
    accept: Accept,
    auth: IngestAuth,
    *,
    room_of: Callable[[str], Room | None],
    on_reject: Callable[[Room, CommentError], None],
    clock: Clock,
) -> None:
    """Add both addresses to an application that has not been started.

    ``room_of`` is the room of a name, None if no room can have it; ``on_reject`` hears of every record that is no
    comment and so never reached ``accept``. What a browser's pages could be made to send is the application's to keep
    out, by its Host and Origin lists.
    """
    ingest = _Ingest(accept, auth, room_of, on_reject, clock)
    app.router.add_post("/api/v1/rooms/{room}/comments", ingest.post)
    app.router.add_get("/api/v1/rooms/{room}/comments/ws", ingest.socket, allow_head=False)
    app.on_shutdown.append(ingest.close)


class _Ingest:
    def __init__(
        self,
        accept: Accept,
        auth: IngestAuth,
        room_of: Callable[[str], Room | None],
        on_reject: Callable[[Room, CommentError], None],
        clock: Clock,
    ) -> None:
        self._accept = accept
        self._auth = auth
        self._room_of = room_of
        self._on_reject = on_reject
        self._clock = clock
        self._sockets: set[web.WebSocketResponse] = set()

    async def post(self, request: web.Request) -> web.Response:
        try:
            body = await _body(request)
            room = await self._admit(request, body)
            reply = await self._take(body, room, lines=request.content_type in _LINES)
        except _Refusal as refusal:
            reply = refusal.reply
        return _response(reply)

    async def _admit(self, request: web.Request, body: bytes) -> Room:
        if not await self._auth.allows(request.headers, body):
            raise _Refusal(401, "This needs a token or a signature.")
        room = self._room_of(request.match_info["room"])
        if room is None:
            raise _Refusal(404, "There can be no room of this name.")
        return room

    async def _take(self, body: bytes, room: Room, *, lines: bool = False) -> _Reply:
        """Everything in a body, decided and committed."""
        found = [self._comment(record, room) for record in _records(body, lines=lines)]
        dispositions = iter(await self._decided([one for one in found if isinstance(one, Comment)]))
        results = [_result(one, next(dispositions)) if isinstance(one, Comment) else one for one in found]
        states = {result["status"] for result in results}
        if Taken.FULL in states:
            return _refused(503, "Not all of it could be taken; send again what is full.", results=results)
        if states == {Taken.REJECTED}:
            return _refused(422, "Nothing in it is a comment.", results=results)
        return _Reply(202, {"ok": True, "results": results})

    def _comment(self, record: object, room: Room) -> Comment | dict[str, Any]:
        """The comment in a record, or the result that says why it is none."""
        try:
            if isinstance(record, CommentError):
                raise record
            return comment_of(record, room=room, now=self._clock())
        except CommentError as error:
            self._on_reject(room, error)
            return {"status": Taken.REJECTED, "code": error.code, "error": error.message}

    async def _decided(self, comments: Sequence[Comment]) -> list[Disposition]:
        """What became of each within ``HOLD`` seconds; what takes longer keeps its place in the line."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._disposition(comment)) for comment in comments]
            overdue = asyncio.get_running_loop().call_later(HOLD, _cancel, tasks)
        overdue.cancel()
        return [Disposition(Taken.FULL) if task.cancelled() else task.result() for task in tasks]

    async def _disposition(self, comment: Comment) -> Disposition:
        try:
            return await self._accept(comment)
        except StorageError:
            return Disposition(Taken.FULL)

    async def socket(self, request: web.Request) -> web.StreamResponse:
        try:
            room = await self._admit(request, b"")
            if len(self._sockets) >= MOST_SOCKETS:
                raise _Refusal(503, "Too many connections bring comments already.")
        except _Refusal as refusal:
            return _response(refusal.reply)
        socket = web.WebSocketResponse(heartbeat=20, compress=False, max_msg_size=MOST_BYTES)
        self._sockets.add(socket)
        try:
            await socket.prepare(request)
            await self._serve(socket, request.headers, room)
        finally:
            self._sockets.discard(socket)
        return socket

    async def _serve(self, socket: web.WebSocketResponse, headers: Mapping[str, str], room: Room) -> None:
        """Take frames as they come and answer them in order; what was taken is decided even if nobody listens."""
        replies: asyncio.Queue[asyncio.Task[_Reply] | None] = asyncio.Queue()
        hands = asyncio.Semaphore(FRAMES_IN_HAND)
        async with asyncio.TaskGroup() as group:
            group.create_task(_answer(socket, replies, hands))
            async for frame in self._frames(socket, headers):
                await hands.acquire()
                replies.put_nowait(group.create_task(self._take_frame(frame, room)))
            replies.put_nowait(None)

    async def _frames(self, socket: web.WebSocketResponse, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        checked = self._clock()
        async for message in socket:
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            if self._clock() - checked >= RECHECK:
                if not await self._auth.still_allows(headers):
                    await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"the token is not valid any more")
                    return
                checked = self._clock()
            yield message.data if isinstance(message.data, bytes) else message.data.encode(errors="surrogatepass")

    async def _take_frame(self, frame: bytes, room: Room) -> _Reply:
        try:
            return await self._take(frame, room)
        except _Refusal as refusal:
            return refusal.reply

    async def close(self, _: web.Application) -> None:
        """Say goodbye to every socket."""
        for socket in list(self._sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY, message=b"streambot is stopping")


async def _answer(
    socket: web.WebSocketResponse, replies: asyncio.Queue[asyncio.Task[_Reply] | None], hands: asyncio.Semaphore
) -> None:
    seq = 0
    while (task := await replies.get()) is not None:
        reply = await task
        seq += 1
        if not socket.closed:
            # Gone meanwhile: what it brought is decided all the same, and a second sending is dropped as known.
            with contextlib.suppress(ConnectionError):
                await socket.send_json({"seq": seq, "status": reply.status, **reply.data})
        hands.release()


def _response(reply: _Reply) -> web.Response:
    headers = {hdrs.RETRY_AFTER: str(COME_AGAIN)} if reply.status == 503 else None
    return web.json_response(reply.data, status=reply.status, headers=headers)


def _result(comment: Comment, disposition: Disposition) -> dict[str, Any]:
    result: dict[str, Any] = {"id": comment.id, "status": disposition.taken}
    if disposition.event is not None:
        result["event"] = disposition.event
    if disposition.code:
        result["code"] = disposition.code
    return result


def _cancel(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()


async def _body(request: web.Request) -> bytes:
    """The body as it was sent. Raises _Refusal."""
    if request.headers.get(hdrs.CONTENT_ENCODING, "identity").lower() != "identity":
        raise _Refusal(415, "Send it uncompressed.")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise _Refusal(413, f"That was more than {MOST_BYTES // 1024} KiB.")
    except TimeoutError:
        raise _Refusal(408, "The body did not come in time.") from None
    return bytes(body)


def _records(body: bytes, *, lines: bool) -> Sequence[object]:
    """The records in a body; a line that cannot be read is its CommentError. Raises _Refusal."""
    if lines:
        found: list[object] = [_line(line) for line in body.split(b"\n") if line.strip()]
    else:
        try:
            document = read_json(body)
        except CommentError as error:
            raise _Refusal(400, f"This is no comment: {error.message}.") from None
        if not isinstance(document, dict | list):
            raise _Refusal(422, "Send an object, or an array of them.")
        found = document if isinstance(document, list) else [document]
    if not found:
        raise _Refusal(422, "There is no comment in it.")
    if len(found) > MOST_COMMENTS:
        raise _Refusal(413, f"That was more than {MOST_COMMENTS} comments.")
    return found


def _line(line: bytes) -> object:
    try:
        return read_json(line)
    except CommentError as error:
        return error


def _refused(status: int, message: str, **fields: object) -> _Reply:
    """An answer in the console's error shape."""
    return _Reply(status, {"ok": False, "error": message, "errors": [message], "status": status, **fields})
