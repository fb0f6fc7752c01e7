"""``streambot replay``: a recorded broadcast through the whole house."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from streambot.cli._base import LogLevel, lines_async, out_json, progress, say
from streambot.core.command import Mode
from streambot.core.comment import Room
from streambot.core.errors import CommentError, ConfigError
from streambot.logs import configure
from streambot.settings import RoomSettings, Settings, load_settings

STDIN_ROOM = "stdin"


def replay(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A capture: JSONL, plain or gzipped; - is stdin.")],
    *,
    speed: Annotated[str, typer.Option(metavar="max|N", help="N times real time, or as fast as it goes.")] = "max",
    mode: Annotated[Mode, typer.Option(help="Who acts: nobody, a person, or streambot.")] = Mode.OBSERVE,
    db: Annotated[Path | None, typer.Option(help="The moderation log; without it one in a temporary folder.")] = None,
    config: Annotated[Path | None, typer.Option(help="A configuration file.")] = None,
    log_level: Annotated[LogLevel, typer.Option(help="What is said on stderr.")] = LogLevel.WARNING,
    as_json: Annotated[bool, typer.Option("--json", help="Only the summary, as one line of JSON.")] = False,
) -> None:
    """Decide a recorded broadcast again; the last line of stdout is the summary as JSON.

    Comments that the log already knows are counted as duplicates and not decided again.

    Example: streambot replay last-night.jsonl.gz --mode auto --db last-night.db
    """
    settings = load_settings(config, environ=os.environ)
    configure(log_level.value, settings.log.format, sys.stderr)
    if file != "-" and not Path(file).is_file():
        raise ConfigError(f"there is no file {file}.", code="input_missing", fix="Check the path.")
    with tempfile.TemporaryDirectory(prefix="streambot-") as folder:
        summary = asyncio.run(
            _replay(
                settings,
                file,
                speed=_speed(speed),
                mode=mode,
                db=db or Path(folder) / "replay.db",
                actuator=None if config is not None else "simulated",
            )
        )
    if not as_json:
        _say_summary(summary, db)
    out_json(summary)


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value < float("inf"):
        raise typer.BadParameter("give max or a number above 0, such as 4", param_hint="--speed")
    return value


def room_name(file: str) -> str:
    """The room of records that name none: the file's name without its suffixes, ``stdin`` for a pipe."""
    if file == "-":
        return STDIN_ROOM
    name = Path(file).name.removesuffix(".gz")
    return Path(name).stem or STDIN_ROOM


async def _replay(
    settings: Settings, file: str, *, speed: float | None, mode: Mode, db: Path, actuator: str | None
) -> dict[str, Any]:
    from streambot.app import house
    from streambot.platforms.replay import ReplaySource

    def settings_for(room: Room) -> RoomSettings:
        chosen = settings.rooms.get(room.name, settings.defaults)
        return chosen.model_copy(update={"mode": mode, **({"actuator": actuator} if actuator else {})})

    problems: set[str] = set()

    def rejected(error: CommentError, line: int) -> None:
        # Said once a reason: a capture with a thousand broken lines is one problem.
        if error.code not in problems:
            problems.add(error.code)
            say(f"warning: line {line} is rejected: {error.message}. Further ones like it are only counted.")

    async with house(settings, db=db, live=False, settings_for=settings_for) as running:
        source = ReplaySource(
            lines_async(file),
            room=room_name(file),
            speed=speed,
            clock=running.clock,
            sleep=asyncio.sleep,
            on_reject=rejected,
        )
        first_action = await running.outbox.last_key()
        started = time.monotonic()
        with progress("Deciding") as advance:
            running.feeds.join(_Meter(advance))
            await running.pipeline.run(source)
            seconds = time.monotonic() - started
        await running.dispatcher.drain()
        actions = await running.outbox.tally(since=first_action)
    tally = running.pipeline.tally
    refused = sum(source.rejected.values())
    latencies = sorted(running.pipeline.latencies)
    return {
        "received": source.received,
        "decided": tally.decided,
        "duplicates": tally.duplicates,
        "rejected": refused,
        "hidden": tally.hidden,
        "review": tally.review,
        "answered": tally.answered,
        "actions": actions,
        "degraded": tally.degraded,
        "lost": source.received - tally.decided - tally.duplicates - refused,
        "seconds": round(seconds, 3),
        "comments_per_s": round(tally.decided / seconds, 1) if seconds > 0 else 0.0,
        "latency_ms": {"p50": _percentile(latencies, 0.5), "p99": _percentile(latencies, 0.99)},
    }


class _Meter:
    """A feed that moves the progress bar."""

    def __init__(self, advance: Any) -> None:
        self._advance = advance

    def publish(self, events: Any, outbox: Any = ()) -> None:
        self._advance(sum(event.kind == "decision" for event in events))

    def settled(self, action: Any, outcome: Any) -> None:
        """Nothing to draw."""

    def notice(self, room: str, notice: Any) -> None:
        """Nothing to draw."""


def _percentile(ordered: list[float], part: float) -> float:
    if not ordered:
        return 0.0
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000, 2)


def _say_summary(summary: dict[str, Any], db: Path | None) -> None:
    say(
        f"{summary['received']} received, {summary['decided']} decided, {summary['duplicates']} duplicates, "
        f"{summary['rejected']} rejected, {summary['lost']} lost; {summary['hidden']} to hide, {summary['review']} to "
        f"review; {summary['comments_per_s']}/s"
    )
    if db is not None and sys.stderr.isatty():
        say(f"next: streambot export --db {db} --format csv")
