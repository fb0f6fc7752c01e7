"""An operator's tool that carries out actions, notes them, and fails in every way that tools do."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from aiohttp import web

from streambot.platforms.signature import Verifier

MOODS = ("well",) * 14 + ("500", "500 after", "closes after", "times out", "times out after", "429")


@dataclass
class Tool:
    """What it was asked and what it did, by idempotency key.

    ``mood`` is one of MOODS, ``any`` of them, or 401 or slow (late, but in time). ``secret`` is what requests must be
    signed with; None: with anything. ``asked`` are the keys that it was asked about later.
    """

    dice: random.Random
    mood: str = "any"
    applied: Counter[str] = field(default_factory=Counter)
    first: dict[str, tuple[str, str, float]] = field(default_factory=dict)
    requests: int = 0
    url: str = ""
    secret: bytes | None = None
    asked: Counter[str] = field(default_factory=Counter)

    async def status(self, request: web.Request) -> web.StreamResponse:
        """What became of an action."""
        assert self._signed(request, request.rel_url.raw_query_string.encode())
        key = request.query["idempotency_key"]
        self.asked[key] += 1
        return web.json_response({"action_id": key, "status": "done" if self.applied[key] else "not_found"})

    def _signed(self, request: web.Request, body: bytes) -> bool:
        return self.secret is None or Verifier(self.secret, time.time).allows(request.headers, body)

    async def act(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        asked = json.loads(body)
        key, room = asked["idempotency_key"], asked["target"]["room"]
        self.requests += 1
        self.first.setdefault(key, (room, asked["action"], time.monotonic()))
        mood = self.dice.choice(MOODS) if self.mood == "any" else self.mood
        if mood == "401" or not self._signed(request, body):
            return web.Response(status=401)
        if mood == "429":
            return web.Response(status=429, headers={"Retry-After": "1"})
        if mood == "slow":
            await asyncio.sleep(0.5)
        if mood in ("well", "slow") or mood.endswith("after"):
            self.applied[key] += 1
        if mood.startswith("500"):
            return web.Response(status=500)
        if mood.startswith("times out"):
            await asyncio.sleep(1.0)
        if mood.startswith("closes") and request.transport is not None:
            request.transport.abort()
        return web.json_response({"action_id": key, "status": "done"})

    def most_within(self, room: str, seconds: float) -> int:
        """The most hides, mutes and bans of a room that first came within so many seconds."""
        times = sorted(at for of, action, at in self.first.values() if of == room and action != "post")
        return max((sum(start <= at < start + seconds for at in times) for start in times), default=0)


@contextlib.asynccontextmanager
async def tool(dice: random.Random, port: int = 0) -> AsyncIterator[Tool]:
    """The tool on loopback, until the block ends."""
    made = Tool(dice)
    app = web.Application()
    app.router.add_post("/act", made.act)
    app.router.add_get("/status", made.status)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/act"
        yield made
    finally:
        await runner.cleanup()
