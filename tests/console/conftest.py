"""A served console for every test that asks for one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp import ClientSession

from streambot.console.socket import Timing
from tests.console.fakes import Console, build, serve

QUICK = Timing(flush=0.01, tick=0.05, heartbeat=20.0, stall=60.0, grace=0.5)
"""Quick to flush, so that no test waits; slow to give up, so that a busy machine fails none."""

Open = Callable[..., Awaitable[Console]]


@pytest.fixture
async def open_console() -> AsyncIterator[Open]:
    async with AsyncExitStack() as stack:

        async def open_one(**options: Any) -> Console:
            app, parts = build(**{"timing": QUICK, **options})
            runner, url = await serve(app)
            stack.push_async_callback(runner.cleanup)
            session = await stack.enter_async_context(ClientSession())
            return Console(url, session, **parts)

        yield open_one


@pytest.fixture
async def console(open_console: Open) -> Console:
    return await open_console()
