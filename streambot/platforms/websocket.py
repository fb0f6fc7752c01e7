"""Comments from any WebSocket that sends JSON: we connect, keep the connection alive and come back when it breaks."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from streambot.core.comment import Comment, Room
from streambot.core.errors import AuthError, CommentError, ConfigError, PlatformError
from streambot.core.status import Link
from streambot.platforms.action_wire import NotSentError, shown
from streambot.platforms.backoff import Backoff, retry_after
from streambot.platforms.fields import Fields
from streambot.platforms.intake import comment_of, read_json
from streambot.ports import Clock
from streambot.printable import json_line

MOST_FRAME: Final = 1024 * 1024
"""Bytes of one frame."""
QUEUED_FRAMES: Final = 64
"""Frames held for a pipeline that is busy; beyond it the server has to wait."""
QUIET: Final = 15.0
PATIENCE: Final = 20.0
"""Seconds without a frame after which the server is asked for a sign of life, and for which it is awaited."""

_TOO_BIG: Final = 1009
_REFUSED: Final = frozenset({3000, 3003, 4401, 4403})
"""Close codes for unauthorized and forbidden: IANA's WebSocket registry, and HTTP's numbers in the private range."""


class WebSocketSource:
    """The comments of one room, from the server at ``url`` (ws or wss).

    ``fields`` says where they stand in a frame, ``headers`` and ``greeting`` are what is sent when connecting and first
    thereafter. ``on_link`` hears of every change of the link with a sentence about it, ``on_gap`` from when to when
    (Unix seconds) nothing can have been heard, once the link is back, and ``on_reject`` of what could not be read.
    Neither the URL nor the headers appear in anything that is said or logged. Raises ConfigError for a wrong URL.
    """

    live = True

    def __init__(
        self,
        url: str,
        *,
        room: Room,
        fields: Fields,
        on_link: Callable[[Link, str], None],
        on_gap: Callable[[float, float], None],
        on_reject: Callable[[CommentError], None],
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]],
        uniform: Callable[[float, float], float],
        headers: Sequence[tuple[str, str]] = (),
        greeting: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        self._url = url
        self._host = _checked_host(url)
        self._room = room
        self._fields = fields
        self._on_link = on_link
        self._on_gap = on_gap
        self._on_reject = on_reject
        self._clock = clock
        self._sleep = sleep
        self._backoff = Backoff(sleep=sleep, uniform=uniform)
        self._headers = tuple(headers)
        self._greeting = tuple(greeting)
        self._connection: ClientConnection | None = None
        self._answers: dict[str, asyncio.Future[Mapping[str, Any]]] = {}
        self._frames = 0
        self._waiting = False
        self._heard_at = 0.0

    async def comments(self) -> AsyncIterator[Comment]:
        """The comments, until cancelled. Raises AuthError when the server refuses us; anything else is waited out."""
        self._on_link(Link.CONNECTING, f"connecting to {self._host}")
        silent_since: float | None = None
        while True:
            at_least = 0.0
            try:
                connection = await self._open()
            except NotSentError as error:
                why, at_least = error.message, error.retry_after or 0.0
            else:
                watch = asyncio.create_task(self._watch(connection), name=f"watch {self._host}")
                try:
                    self._on_link(Link.LIVE, f"connected to {self._host}")
                    if silent_since is not None:
                        self._on_gap(silent_since, self._heard_at)
                    await self._greet(connection)
                    while True:
                        for comment in self._read(await self._frame(connection)):
                            self._backoff.reset()
                            yield comment
                except ConnectionClosed as closed:
                    why = self._why(closed)
                finally:
                    self._connection = None
                    watch.cancel()
                    await connection.close()
                silent_since = self._heard_at
            self._on_link(Link.RECONNECTING, why)
            await self._backoff.wait(at_least)

    async def send(self, message: Mapping[str, Any]) -> None:
        """Send one message over the connection.

        Raises NotSentError while there is no connection, PlatformError if it broke meanwhile.
        """
        connection = self._connection
        if connection is None:
            raise NotSentError(f"there is no connection to {self._host}.", code="not_connected")
        try:
            await connection.send(json_line(message))
        except ConnectionClosed as error:
            raise PlatformError(f"the connection to {self._host} broke.", code="connection_lost") from error

    async def ask(self, key: str, message: Mapping[str, Any], seconds: float) -> Mapping[str, Any] | None:
        """Send a message and wait so long for the frame whose ``action_id`` is ``key``; None if it does not come.

        Raises as :meth:`send`.
        """
        answer = asyncio.get_running_loop().create_future()
        self._answers[key] = answer
        timer = asyncio.ensure_future(self._sleep(seconds))
        sending = asyncio.ensure_future(self.send(message))
        try:
            await asyncio.wait((sending, timer), return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
                await asyncio.wait((answer, timer), return_when=asyncio.FIRST_COMPLETED)
            return answer.result() if answer.done() else None
        finally:
            del self._answers[key]
            timer.cancel()
            sending.cancel()

    async def _open(self) -> ClientConnection:
        """A connection that stands. Raises AuthError, or NotSentError with the server's wish when to come again."""
        try:
            connection = await _Connect(
                self._url,
                additional_headers=self._headers,
                user_agent_header="streambot",
                proxy=None if _is_loopback(self._url) else True,
                # Silence is watched here: a reader that a full disk holds up is no dead link.
                ping_interval=None,
                close_timeout=2,
                max_size=MOST_FRAME,
                max_queue=QUEUED_FRAMES,
                logger=_wire_log(),
            )
        except InvalidStatus as error:
            status, headers = error.response.status_code, error.response.headers
            if status in (401, 403):
                raise self._refused(str(status)) from None
            raise NotSentError(
                f"{self._host} does not let us in ({status}).",
                code="handshake",
                retry_after=retry_after(headers.get("Retry-After"), self._clock()),
            ) from None
        except WebSocketException as error:
            raise NotSentError(f"{self._host} does not speak WebSocket as it should.", code="handshake") from error
        except OSError as error:
            raise NotSentError(
                f"{self._host} cannot be reached: {shown(error.strerror) or type(error).__name__}.", code="unreachable"
            ) from error
        self._connection = connection
        self._heard_at = self._clock()
        return connection

    async def _greet(self, connection: ClientConnection) -> None:
        for message in self._greeting:
            await connection.send(json_line(message))

    async def _frame(self, connection: ClientConnection) -> bytes:
        self._waiting = True
        try:
            # As bytes, so that text that is not UTF-8 costs its frame and not the connection.
            frame = await connection.recv(decode=False)
        finally:
            self._waiting = False
        self._frames += 1
        self._heard_at = self._clock()
        return frame

    def _read(self, frame: bytes) -> Iterator[Comment]:
        """The comments of a frame; the answer to an action is none."""
        try:
            document = read_json(frame)
        except CommentError as error:
            self._on_reject(error)
            return
        if isinstance(document, dict) and "action_id" in document and "status" in document:
            self._hand_over(document)
            return
        for record in self._fields.records(document):
            try:
                yield comment_of(record, room=self._room, now=self._heard_at)
            except CommentError as error:
                self._on_reject(error)

    def _hand_over(self, document: Mapping[str, Any]) -> None:
        """Give an answer to whoever waits for it; one that comes too late is nobody's."""
        key = document["action_id"]
        answer = self._answers.get(key) if isinstance(key, str) else None
        if answer is not None and not answer.done():
            answer.set_result(document)

    async def _watch(self, connection: ClientConnection) -> None:
        """Drop a connection whose other end is gone without a word: a cable pulled, a machine asleep."""
        while True:
            frames = self._frames
            await self._sleep(QUIET)
            if self._frames != frames or not self._waiting:
                continue
            try:
                pong = asyncio.ensure_future(await connection.ping())
            except ConnectionClosed:
                return
            pong.add_done_callback(lambda heard: heard.cancelled() or heard.exception())
            patience = asyncio.ensure_future(self._sleep(PATIENCE))
            try:
                await asyncio.wait((pong, patience), return_when=asyncio.FIRST_COMPLETED)
            finally:
                patience.cancel()
            if not pong.done() and self._frames == frames:
                connection.transport.abort()
                return

    def _why(self, closed: ConnectionClosed) -> str:
        """What to tell people of the end of a connection. Raises AuthError if it was to refuse us."""
        if closed.sent is not None and closed.sent.code == _TOO_BIG and not closed.rcvd_then_sent:
            self._on_reject(CommentError("a frame of more than 1 MiB", code="too_big"))
            return f"{self._host} sent more than 1 MiB at once"
        if closed.rcvd is None:
            return f"the connection to {self._host} broke"
        if closed.rcvd.code in _REFUSED:
            raise self._refused(str(closed.rcvd.code))
        reason = f": {shown(closed.rcvd.reason)}" if closed.rcvd.reason else ""
        return f"{self._host} closed the connection ({closed.rcvd.code}{reason})"

    def _refused(self, code: str) -> AuthError:
        return AuthError(
            f"{self._host} refused our credentials ({code}).",
            code="websocket_auth",
            fix="Check the file of headers, then start this room again.",
        )


class _Connect(connect):
    """Follows no redirect: the library would take our own headers along, whatever is in them."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


def _wire_log() -> logging.Logger:
    """The library's log, at a level at which it does not show headers."""
    log = logging.getLogger("streambot.platforms.websocket.wire")
    log.setLevel(logging.WARNING)
    return log


def _checked_host(url: str) -> str:
    """Where a URL leads, without what may be secret in it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        (host or "").encode("idna")
    except ValueError:
        host = port = None
    else:
        if parts.scheme not in ("ws", "wss") or parts.username or parts.fragment:
            host = None
    if not host:
        raise ConfigError(
            "the WebSocket's URL is none that can be connected to.",
            code="websocket_url",
            fix="Write it as wss://host/path, without a user name or a #fragment; credentials go into the headers.",
        )
    return f"{host}:{port}" if port else host


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
