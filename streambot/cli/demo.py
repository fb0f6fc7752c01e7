"""``streambot demo``: a live-shopping broadcast in five languages, moderated before your eyes."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from streambot.cli._base import ExitCode, LogLevel, out_json, run_async, say
from streambot.core.command import Mode
from streambot.core.comment import Room
from streambot.garbage import settle_in
from streambot.logs import configure
from streambot.resources import resource
from streambot.settings import RoomSettings, Settings, load_settings

ROOM = "demo"
QUOTA = 1_000_000
"""Nothing real can be harmed here, so the circuit breaker stays out of the show."""
_ANSWERS = {"mode": "auto", "per_minute": 90, "viewer_cooldown_s": 5.0}
"""The chat is asked three questions a second, and no platform limits what is posted to nobody."""
ENDING = (signal.SIGINT, signal.SIGTERM)
GRACE = 10.0
"""Seconds that what was taken may need to be decided and logged after Ctrl-C or SIGTERM."""


def demo(
    *,
    port: Annotated[int | None, typer.Option(help="The port of the pages; 0 takes any free one.")] = None,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open the controller's page in a browser.")] = True,
    duration: Annotated[float | None, typer.Option(min=0.0, help="Seconds to run; without it until Ctrl-C.")] = None,
    rate: Annotated[
        float | None, typer.Option(help="Comments a second on average; without it as in a real broadcast.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed is the same broadcast.")] = 1,
    mode: Annotated[Mode, typer.Option(help="Who acts: nobody, a person, or streambot.")] = Mode.AUTO,
    db: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Keep the log here; without it in a temporary folder.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="A configuration file.")] = None,
    log_level: Annotated[LogLevel, typer.Option(help="What is said on stderr.")] = LogLevel.WARNING,
    as_json: Annotated[bool, typer.Option("--json", help="The addresses as one line of JSON.")] = False,
) -> None:
    """Moderate a made-up broadcast, without a network or an account: watch it in your browser.

    Example: streambot demo --duration 120 --seed 7
    """
    if rate is not None and not 0.0 < rate < float("inf"):
        raise typer.BadParameter("give a number above 0", param_hint="--rate")
    settings = load_settings(config, environ=os.environ, flags={"console.port": port})
    configure(log_level.value, settings.log.format, sys.stderr)
    with tempfile.TemporaryDirectory(prefix="streambot-") as folder:
        run_async(
            _demo(
                settings,
                db=db or Path(folder) / "demo.db",
                duration=duration,
                rate=rate,
                seed=seed,
                mode=mode,
                open_=open_,
                as_json=as_json,
            )
        )


def _as_shown(chosen: RoomSettings, mode: Mode) -> RoomSettings:
    """The room's settings with all that there is to see: nothing is sold, answered, prompted or ordered otherwise."""
    answers, tickets = chosen.answers, chosen.tickets
    shown = {name: value for name, value in _ANSWERS.items() if name not in answers.model_fields_set}
    answers = answers.model_copy(update=shown)
    if tickets.orders is None:
        tickets = tickets.model_copy(update={"orders": resource("config/orders/demo.csv")})
    return chosen.model_copy(
        update={
            "mode": mode,
            "actuator": "simulated",
            "quota_per_minute": QUOTA,
            "catalog": chosen.catalog or "demo",
            "prompts": chosen.prompts or "demo",
            "answers": answers,
            "tickets": tickets,
        }
    )


async def _demo(
    settings: Settings,
    *,
    db: Path,
    duration: float | None,
    rate: float | None,
    seed: int,
    mode: Mode,
    open_: bool,
    as_json: bool,
) -> None:
    from streambot.app import house
    from streambot.platforms.demo import DemoSource
    from streambot.serve import Until, console

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def end() -> None:
        if stop.is_set():
            # Asked twice, a person wants out, not a tidy end (UX.md §14.2); the log survives that as it does kill -9.
            os._exit(ExitCode.INTERRUPTED)
        say("Stopping: what was taken is decided and logged. Ctrl-C again quits at once.")
        stop.set()

    for number in ENDING:
        loop.add_signal_handler(number, end)
    room = Room(ROOM, "demo", ROOM)
    async with house(
        settings,
        db=db,
        live=True,
        settings_for=lambda room: _as_shown(settings.rooms.get(room.name, settings.defaults), mode),
    ) as running:
        state = await running.rooms.open(room)
        state.mode, state.tripped = mode, False
        async with console(running, host=settings.console.host, port=settings.console.port) as url:
            settle_in()
            pages = {
                "controller": f"{url}/live/{ROOM}",
                "host": f"{url}/host/{ROOM}",
                "tickets": f"{url}/tickets",
                "log": f"{url}/log",
            }
            if as_json:
                out_json({"ok": True, "room": ROOM, "db": str(db), "urls": pages})
            else:
                for name, page in pages.items():
                    typer.echo(f"{name:<11}{page}")
                say("A made-up broadcast: nobody real is muted. Ctrl-C ends it.")
            if open_:
                webbrowser.open(pages["controller"])
            source = DemoSource(
                room=room,
                start=time.time(),
                rate=rate,
                seed=seed,
                duration=duration,
                clock=running.clock,
                sleep=asyncio.sleep,
            )
            playing = asyncio.ensure_future(running.pipeline.run(Until(source, stop)))
            stopping = asyncio.ensure_future(stop.wait())
            await asyncio.wait((playing, stopping), return_when=asyncio.FIRST_COMPLETED)
            try:
                async with asyncio.timeout(GRACE if stop.is_set() else None):
                    await playing
                    await running.dispatcher.drain()
            except TimeoutError:
                say("warning: not everything was carried out in time; the next start on this database goes on with it.")
            stopping.cancel()
    say(f"{running.pipeline.tally.decided} comments decided, {running.pipeline.tally.hidden} hidden.")
