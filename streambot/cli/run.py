"""``streambot run``: moderate the configured rooms."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from streambot.cli._base import LogLevel, NotFoundError, out_json, run_async, say
from streambot.core.errors import ConfigError
from streambot.garbage import settle_in
from streambot.logs import configure
from streambot.nearest import nearest
from streambot.settings import Settings, load_settings

GRACE = 10.0
"""Seconds that what was taken may need to be decided and sent after Ctrl-C or SIGTERM."""


def run(
    rooms: Annotated[
        list[str] | None, typer.Argument(metavar="ROOM…", help="Which rooms; without it all with a source.")
    ] = None,
    *,
    record: Annotated[Path | None, typer.Option(metavar="FILE", help="Append every comment to a capture.")] = None,
    port: Annotated[int | None, typer.Option(help="The port of the pages; 0 takes any free one.")] = None,
    db: Annotated[Path | None, typer.Option(help="The moderation log; without it the configured one.")] = None,
    config: Annotated[Path | None, typer.Option(help="A configuration file.")] = None,
    log_level: Annotated[LogLevel, typer.Option(help="What is said on stderr.")] = LogLevel.INFO,
    as_json: Annotated[bool, typer.Option("--json", help="The addresses as one line of JSON.")] = False,
) -> None:
    """Moderate the rooms of the configuration that have a source, until Ctrl-C.

    Comments that others bring go to POST /api/v1/rooms/ROOM/comments with a token of `streambot token`.

    Example: streambot run --config shop.toml --record tonight.jsonl
    """
    settings = load_settings(config, environ=os.environ, flags={"console.port": port})
    configure(log_level.value, settings.log.format, sys.stderr)
    chosen = choose(settings, rooms or [])
    run_async(_run(settings, chosen, db=db or settings.storage.db, record=record, as_json=as_json))


def choose(settings: Settings, rooms: list[str]) -> list[str]:
    """The names of the rooms to serve. Raises NotFoundError for an unknown one, ConfigError if there is none."""
    for name in rooms:
        if name not in settings.rooms:
            close = nearest(name, settings.rooms)
            raise NotFoundError(
                f"there is no room {name} in the configuration.",
                code="room_unknown",
                fix=f"Did you mean {close}?" if close else "Add [rooms.NAME] to it.",
            )
        if settings.rooms[name].source is None:
            raise ConfigError(f"room {name} has no source.", code="source_missing", fix=f"Add [rooms.{name}.source].")
    chosen = rooms or [name for name, of in settings.rooms.items() if of.source is not None]
    if not chosen:
        raise ConfigError(
            "no room has a source.",
            code="source_missing",
            fix="Add [rooms.NAME.source] to streambot.toml, or try `streambot demo`.",
        )
    return chosen


async def _run(settings: Settings, rooms: list[str], *, db: Path, record: Path | None, as_json: bool) -> None:
    from streambot.app import house
    from streambot.live_sources import LiveSources
    from streambot.serve import console

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    async with house(settings, db=db, live=True) as running:
        sources = LiveSources(running, rooms, record)
        await sources.open()
        where = settings.console
        async with console(running, host=where.host, port=where.port, extend=sources.extend) as url:
            settle_in()
            _announce(url, rooms, db, as_json=as_json)
            async with asyncio.TaskGroup() as tasks:
                serving = tasks.create_task(sources.serve(stop))
                await stop.wait()
                say("stopping: what was taken is decided; press again to quit now")
                asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)
                try:
                    async with asyncio.timeout(GRACE):
                        await serving
                        await running.dispatcher.drain()
                except TimeoutError:
                    say("not all actions are sent yet; the rest goes out at the next start.")
                    running.scribe.give_up()


def _announce(url: str, rooms: list[str], db: Path, *, as_json: bool) -> None:
    if as_json:
        pages: Any = {name: {"controller": f"{url}/live/{name}", "host": f"{url}/host/{name}"} for name in rooms}
        out_json({"ok": True, "url": url, "db": str(db), "rooms": pages, "log": f"{url}/log"})
        return
    for name in rooms:
        typer.echo(f"{name}\t{url}/live/{name}\t{url}/host/{name}")
    typer.echo(f"log\t{url}/log")
