"""Comments from any WebSocket that sends JSON: we connect, keep the connection alive and come back when it breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from streambot.core.comment import Comment, Room
from streambot.core.errors import AuthError, CommentError, PlatformError
from streambot.core.status import Link
from streambot.platforms.action_wire import NotSentError, RetryError, shown
from streambot.platforms.backoff import Backoff
from streambot.platforms.dialer import Dialer
from streambot.platforms.fields import Fields
from streambot.platforms.intake import comment_of, read_json
from streambot.ports import Clock
from streambot.printable import json_line

QUIET: Final = 15.0
PATIENCE: Final = 20.0
"""Seconds without a frame after which the server is asked for a sign of life, and for which it is awaited."""

REFUSED_WAIT: Final = 60.0
"""Seconds, a fifth more or less, after which a server that refused us is asked again: only a person can mend that."""
STALE: Final = 60.0
"""Seconds by which a tool has sent the chat history it has; who still dates comments before that has a slow clock."""
LOOK: Final = 2.0
"""Seconds between two looks at whether that person changed the files of credentials."""

_TOO_BIG: Final = 1009
_REFUSED: Final = frozenset({3000, 3003, 4401, 4403})
"""Close codes for unauthorized and forbidden: IANA's WebSocket registry, and HTTP's numbers in the private range."""


class WebSocketSource:
    """The comments of one room, from the server that ``dialer`` reaches.

    ``fields`` says where they stand in a frame, ``greeting`` is what is sent first on every connection. ``on_link``
    hears of every change of the link with a sentence about it, ``on_gap`` from when to when (Unix seconds) nothing can
    have been heard, once the link is back, ``on_refused`` of a refusal that only a person can mend, once until a
    comment has come again, ``on_stale`` once a connection when comments of before it still come ``STALE`` seconds
    later, and ``on_reject`` of what could not be read.
    """

    live = True

    def __init__(
        self,
        dialer: Dialer,
        *,
        room: Room,
        fields: Fields,
        on_link: Callable[[Link, str], None],
        on_gap: Callable[[float, float], None],
        on_refused: Callable[[AuthError], None],
        on_stale: Callable[[], None],
        on_reject: Callable[[CommentError], None],
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]],
        uniform: Callable[[float, float], float],
        greeting: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        self._dialer = dialer
        self._host = dialer.host
        self._room = room
        self._fields = fields
        self._on_link = on_link
        self._on_gap = on_gap
        self._on_refused = on_refused
        self._on_stale = on_stale
        self._on_reject = on_reject
        self._clock = clock
        self._sleep = sleep
        self._uniform = uniform
        self._backoff = Backoff(sleep=sleep, uniform=uniform)
        self._greeting = tuple(greeting)
        self._connection: ClientConnection | None = None
        self._answers: dict[str, asyncio.Future[Mapping[str, Any]]] = {}
        self._frames = 0
        self._waiting = False
        self._connected_at = 0.0
        self._heard_at = 0.0
        self._alive_at = 0.0
        self._refused = False
        self._stale = False

    async def comments(self) -> AsyncIterator[Comment]:
        """The comments, until cancelled: whatever goes wrong is waited out."""
        self._on_link(Link.CONNECTING, f"connecting to {self._host}")
        silent_since: float | None = None
        while True:
            stamp = self._dialer.stamp()
            trouble: PlatformError
            try:
                connection = await self._open()
            except PlatformError as error:
                trouble = error
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
                            self._refused = False
                            yield comment
                except ConnectionClosed as closed:
                    trouble = self._why(closed)
                finally:
                    self._connection = None
                    watch.cancel()
                    await connection.close()
                silent_since = self._alive_at
            self._on_link(Link.RECONNECTING, str(trouble))
            if isinstance(trouble, AuthError):
                await self._wait_for_a_person(trouble, stamp)
            else:
                await self._backoff.wait((trouble.retry_after if isinstance(trouble, RetryError) else None) or 0.0)

    async def _wait_for_a_person(self, trouble: AuthError, stamp: object) -> None:
        """Until a file of credentials is no longer as it was before we were refused, or about a minute has passed."""
        if not self._refused:
            self._refused = True
            self._on_refused(trouble)
        left = self._uniform(0.8 * REFUSED_WAIT, 1.2 * REFUSED_WAIT)
        while left > 0 and self._dialer.stamp() == stamp:
            await self._sleep(min(LOOK, left))
            left -= LOOK

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
        """A connection that stands. Raises as :meth:`Dialer.open`."""
        self._connection = connection = await self._dialer.open()
        self._connected_at = self._heard_at = self._alive_at = self._clock()
        self._stale = False
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
        self._heard_at = self._alive_at = self._clock()
        # A clock that was set back must not make backlog of all that comes from now on.
        self._connected_at = min(self._connected_at, self._heard_at)
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
                comment = comment_of(record, room=self._room, now=self._heard_at, joined=self._connected_at)
            except CommentError as error:
                self._on_reject(error)
                continue
            if comment.backlog and not self._stale and self._heard_at - self._connected_at > STALE:
                self._stale = True
                self._on_stale()
            yield comment

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
            if pong.done() and not pong.cancelled() and pong.exception() is None:
                # It came behind whatever was said before it.
                self._alive_at = self._clock()

    def _why(self, closed: ConnectionClosed) -> PlatformError:
        """What to tell people of the end of a connection: an AuthError if it was to refuse us."""
        if closed.sent is not None and closed.sent.code == _TOO_BIG and not closed.rcvd_then_sent:
            self._on_reject(CommentError("a frame of more than 1 MiB", code="too_big"))
            return PlatformError(f"{self._host} sent more than 1 MiB at once", code="too_big")
        if closed.rcvd is None:
            return PlatformError(f"the connection to {self._host} broke", code="connection_lost")
        if closed.rcvd.code in _REFUSED:
            return self._dialer.refused(str(closed.rcvd.code))
        reason = f": {shown(closed.rcvd.reason)}" if closed.rcvd.reason else ""
        return PlatformError(f"{self._host} closed the connection ({closed.rcvd.code}{reason})", code="closed")
