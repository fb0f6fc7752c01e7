"""The house with its console on a socket, and a door for the commands that come second."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import platform
import secrets
import socket
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from streambot import __version__
from streambot.app import House
from streambot.console.app import build_console
from streambot.console.auth import Identity
from streambot.console.live import LiveFeed
from streambot.console.probes import ModelLoad
from streambot.core.comment import Comment
from streambot.core.errors import ConfigError
from streambot.packs.orders import PackDesk
from streambot.ports import Source
from streambot.store import lock
from streambot.store.connections import migrations
from streambot.store.tokens import Tokens

DOOR = "/-/door/tokens"
PACK_DOOR = "/-/door/packs"
_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what is asked for, not bound
ROLES = ("host", "controller", "ops", "admin")


class _Checker:
    """Tokens of the log as identities of the console."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    async def check(self, token: str) -> Identity | None:
        found = await self._tokens.find(token)
        return Identity(f"{found[1]}-{found[0][:6]}", found[1]) if found else None


@contextlib.asynccontextmanager
async def console(
    house: House, *, host: str, port: int, extend: Callable[[web.Application], None] | None = None
) -> AsyncIterator[str]:
    """Serve the pages until the block ends; yields their address.

    ``extend`` adds routes before it starts. Raises ConfigError if the port is taken.
    """
    settings = house.settings.console
    feed = LiveFeed(house.clock)
    house.feeds.join(feed)
    feed.metrics.registry.register(ModelLoad(house.judging.classifier))

    def versions() -> Mapping[str, Any]:
        return {
            "streambot": __version__,
            "python": platform.python_version(),
            "sqlite": sqlite3.sqlite_version,
            "schema": migrations()[-1][0],
            "model": house.judging.classifier.name,
            "packs": sorted({state.pack.id for state in house.rooms.states()}),
        }

    async def ready() -> tuple[bool, Sequence[str]]:
        reasons = [
            f"{state.room.name}: rules only" for state in house.rooms.states() if state.rules_only_since is not None
        ]
        if house.scribe.trouble:
            reasons.insert(0, house.scribe.trouble)
        return not reasons, reasons

    app = build_console(
        house.log,
        house.rooms,
        house.desk,
        feed,
        tokens=_Checker(house.tokens),
        clock=house.clock,
        versions=versions,
        ready=ready,
        allowed_hosts=settings.allowed_hosts,
        require_token=settings.require_token,
        rules=house.rules,
        tickets=house.tickets,
    )
    key = secrets.token_urlsafe(32)
    app.router.add_post(DOOR, _behind(key, _token_door(house.tokens)))
    app.router.add_post(PACK_DOOR, _behind(key, _pack_door(house.rules)))
    if extend is not None:
        extend(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        bound = _bind(host, port)
        await web.SockSite(runner, bound).start()
        number = bound.getsockname()[1]
        # Commands that come second knock on loopback, whatever address the pages have.
        near = _WILDCARDS.get(host, host)
        with lock.open_door(house.db, lock.Door(_url(near, number), key)):
            yield _url(host, number)
    finally:
        await runner.cleanup()


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise ConfigError(
            f"port {port} on {host} cannot be used: {error.strerror}.",
            code="port_busy",
            fix="Name another with --port, or 0 for any free one.",
        ) from error
    return bound


def _behind(key: str, handler: Callable[[Mapping[str, Any]], Awaitable[web.Response]]) -> Handler:
    """A handler of JSON objects for whoever can read the door's file."""

    async def opened(request: web.Request) -> web.Response:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(shown.encode(), key.encode()):
            return _refused(403, "wrong key")
        body = await request.json()
        return await handler(body if isinstance(body, dict) else {})

    return opened


def _refused(status: int, error: str) -> web.Response:
    return web.json_response({"ok": False, "error": error, "errors": [], "status": status}, status=status)


def _token_door(tokens: Tokens) -> Callable[[Mapping[str, Any]], Awaitable[web.Response]]:
    """Makes a token for ``streambot token`` while this process holds the database."""

    async def make(body: Mapping[str, Any]) -> web.Response:
        role = body.get("role")
        if role not in ROLES:
            return _refused(422, "no such role")
        return web.json_response({"ok": True, "token": await tokens.create(role)})

    return make


def _pack_door(rules: PackDesk) -> Callable[[Mapping[str, Any]], Awaitable[web.Response]]:
    """Carries out the orders of ``streambot pack`` while this process holds the database."""

    async def carry_out(body: Mapping[str, Any]) -> web.Response:
        try:
            return web.json_response(await rules.order(body))
        except ConfigError as error:
            return _refused(422, str(error))

    return carry_out


@dataclass(slots=True)
class Until:
    """A source that ends early when ``stop`` is set, so that what was taken is still decided."""

    source: Source
    stop: asyncio.Event

    @property
    def live(self) -> bool:
        """As the source's."""
        return self.source.live

    async def comments(self) -> AsyncIterator[Comment]:
        """The source's comments until it ends or is stopped."""
        comments = self.source.comments()
        waiting: asyncio.Timeout | None = None

        async def end() -> None:
            await self.stop.wait()
            if waiting is not None:
                waiting.reschedule(0.0)

        ending = asyncio.ensure_future(end())
        try:
            while not self.stop.is_set():
                # A deadline that only the stop sets: a task for each comment would cost five times as much.
                waiting = asyncio.timeout(None)
                try:
                    async with waiting:
                        comment = await anext(comments)
                except StopAsyncIteration:
                    return
                except TimeoutError:
                    if not waiting.expired():
                        raise
                    return
                waiting = None
                yield comment
        finally:
            ending.cancel()
            if isinstance(comments, AsyncGenerator):
                await comments.aclose()
