"""The console put together: every address on one screen, behind one gate."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from typing import Final

import structlog
from aiohttp import web

from streambot.console.auth import COOKIE, Doorkeeper, Rank, TokenChecker
from streambot.console.commands import Commands
from streambot.console.faults import catch_faults
from streambot.console.live import LiveFeed
from streambot.console.log_pages import LogPages
from streambot.console.pages import HERE, Pages
from streambot.console.probes import Gauges, Probes, Ready, Versions
from streambot.console.reasons import Reasons
from streambot.console.rules import RulePages
from streambot.console.security import BODY_LIMIT, Gate, content_security_policy
from streambot.console.socket import PACE, Hub, Timing
from streambot.console.static import Assets
from streambot.console.tickets import TicketPages
from streambot.ports import Clock, Desk, Live, Log, Rules, Tickets

HUB: Final = web.AppKey("hub", Hub)
"""Where the running console's sockets are: ``app[HUB].revoke(id)`` closes a person's."""

log = structlog.get_logger("streambot.console")


def build_console(
    log: Log,
    live: Live,
    desk: Desk,
    feed: LiveFeed,
    *,
    tokens: TokenChecker,
    clock: Clock,
    versions: Versions,
    ready: Ready,
    allowed_hosts: Collection[str] = (),
    require_token: bool = False,
    timing: Timing = PACE,
    rules: Rules | None = None,
    tickets: Tickets | None = None,
) -> web.Application:
    """The console as an application that is ready to be served.

    ``feed`` is given to the pipeline and the dispatcher as their ``Feed``, here so that screens show what it hears.
    ``allowed_hosts`` are names to answer to beside loopback. ``require_token`` must be True wherever others than the
    person at this machine can connect. A route that is added to the application is behind the same gate (Host, Origin,
    JSON), but must see for itself who asks. ``rules`` and ``tickets`` add the pages about them. Raises ConfigError if
    the console's files are missing.
    """
    assets = Assets(HERE / "static")
    pages = Pages(assets, live)
    door = Doorkeeper(tokens, require_token=require_token)
    commands = Commands(desk, door)
    logs = LogPages(log, live, pages)
    hub = Hub(feed, live, log, clock, timing)
    feed.metrics.registry.register(Gauges(live, hub.queue, lambda: hub.clients))
    probes = Probes(feed.metrics, ready, versions)
    gate = Gate(allowed_hosts, content_security_policy(assets.import_map))

    app = web.Application(
        client_max_size=BODY_LIMIT,
        middlewares=[catch_faults(pages.draw_error, COOKIE), gate.middleware()],
    )
    app.add_routes(
        [
            web.get("/", door.anybody(pages.home)),
            web.get("/live", door.at_least(Rank.CONTROLLER, pages.rooms)),
            web.get("/live/{room}", door.anybody(pages.live)),
            web.get("/host/{room}", door.anybody(pages.host)),
            web.get("/log", door.at_least(Rank.CONTROLLER, logs.table)),
            web.get("/log.csv", door.at_least(Rank.CONTROLLER, logs.csv), allow_head=False),
            web.get("/log.jsonl", door.at_least(Rank.CONTROLLER, logs.jsonl), allow_head=False),
            web.get("/log/{event}", door.at_least(Rank.CONTROLLER, logs.event)),
            web.get("/ws/v1", door.at_least(Rank.HOST, hub.connect), allow_head=False),
            web.post("/api/v1/session", commands.session),
            web.get("/api/v1/rooms/{room}/reasons", door.at_least(Rank.CONTROLLER, Reasons(live).reasons)),
            web.post("/api/v1/rooms/{room}/commands", door.at_least(Rank.HOST, commands.command)),
            web.get("/static/{version}/{name:.+}", assets.serve),
            web.get("/-/health", probes.health),
            web.get("/-/ready", probes.ready),
            web.get("/-/metrics", door.at_least(Rank.OPS, probes.metrics)),
            web.get("/-/versions", door.at_least(Rank.OPS, probes.versions)),
        ]
    )
    if rules is not None:
        app.add_routes(RulePages(rules, pages, door).routes())
    if tickets is not None:
        pages.count_tickets(tickets.pending)
        app.add_routes(TicketPages(tickets, pages, door).routes())
    app.on_response_prepare.append(gate.set_headers)
    app.on_shutdown.append(lambda _: hub.close())
    app.cleanup_ctx.append(_push)
    app[HUB] = hub
    return app


async def _push(app: web.Application) -> AsyncIterator[None]:
    """The task that moves every screen lives as long as the application."""
    task = asyncio.create_task(app[HUB].run(), name="console-push")
    task.add_done_callback(_say_why)
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _say_why(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.critical("console_push_stopped", exc_info=task.exception())
