"""``streambot replay``: a recorded broadcast through the whole house."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from streambot.cli._base import LogLevel, out_json, progress, say
from streambot.cli._offline import arriving, unhurried
from streambot.core.action import Action, Outcome
from streambot.core.command import Mode
from streambot.core.comment import Comment, Room
from streambot.core.errors import CommentError, ConfigError
from streambot.core.event import Event
from streambot.garbage import settle_in
from streambot.logs import configure
from streambot.settings import RoomSettings, Settings, load_settings

STDIN_ROOM = "stdin"
BOLDNESS = (Mode.OBSERVE, Mode.ASSIST, Mode.AUTO)
MENDED = {
    "text_cut": "the text is too long and was cut; a person should look at it",
    "text_cleaned": "the text had characters that nothing can hold; they were replaced",
    "time_past": "the time is before any live chat; the one before it was taken",
    "time_future": "the time is in the future; the one before it was taken",
}
"""What was changed in a comment on its way in, in words; see streambot.platforms.records."""


def replay(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A capture: JSONL, plain or gzipped; - is stdin.")],
    *,
    speed: Annotated[str, typer.Option(metavar="max|N", help="N times real time, or as fast as it goes.")] = "max",
    mode: Annotated[Mode, typer.Option(help="Who acts: nobody, a person, or streambot.")] = Mode.OBSERVE,
    db: Annotated[
        Path | None, typer.Option(dir_okay=False, help="The moderation log; without it one in a temporary folder.")
    ] = None,
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
    if file != "-" and not Path(file).exists():
        raise ConfigError(f"there is no file {file}.", code="input_missing", fix="Check the path.")
    with tempfile.TemporaryDirectory(prefix="streambot-") as folder:
        summary = asyncio.run(
            _replay(
                unhurried(settings),
                file,
                speed=_speed(speed),
                mode=mode,
                db=db or Path(folder) / "replay.db",
                configured=config is not None,
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
    settings: Settings, file: str, *, speed: float | None, mode: Mode, db: Path, configured: bool
) -> dict[str, Any]:
    from streambot.app import house
    from streambot.platforms.replay import ReplaySource

    def settings_for(room: Room) -> RoomSettings:
        return replayed(settings.rooms.get(room.name, settings.defaults), mode, configured=configured)

    problems: set[str] = set()

    def rejected(error: CommentError, line: int) -> None:
        # Said once a reason: a capture with a thousand broken lines is one problem.
        if error.code not in problems:
            problems.add(error.code)
            say(f"warning: line {line} is rejected: {error.message}. Further ones like it are only counted.")

    def mended(note: str, comment: Comment) -> None:
        if note in MENDED and note not in problems:
            problems.add(note)
            say(f"warning: comment {comment.id}: {MENDED[note]}. Further ones like it are only noted in the log.")

    async with house(settings, db=db, live=False, settings_for=settings_for) as running:
        settle_in()
        source = ReplaySource(
            arriving(file),
            room=room_name(file),
            speed=speed,
            clock=running.clock,
            sleep=asyncio.sleep,
            on_reject=rejected,
        )
        first_action = await running.outbox.last_key()
        started = time.monotonic()
        with progress("Deciding") as advance:
            running.feeds.join(_Meter(advance, mended))
            await running.pipeline.run(source)
            seconds = time.monotonic() - started
        await running.dispatcher.drain()
        actions = await running.outbox.tally(since=first_action)
    tally = running.pipeline.tally
    refused = sum(source.rejected.values()) + tally.rejected
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


def replayed(room: RoomSettings, mode: Mode, *, configured: bool) -> RoomSettings:
    """A room's settings in a replay: nothing goes further than ``mode``, and actions are simulated unless the file
    given with ``--config`` names an actuator.
    """
    tamer = {label: own for label, own in room.label_modes.items() if BOLDNESS.index(own) < BOLDNESS.index(mode)}
    named = configured and "actuator" in room.model_fields_set
    return room.model_copy(
        update={"mode": mode, "label_modes": tamer, "actuator": room.actuator if named else "simulated"}
    )


class _Meter:
    """A feed that moves the progress bar and hears of comments that were changed on their way in."""

    def __init__(self, advance: Callable[[float], None], mended: Callable[[str, Comment], None]) -> None:
        self._advance = advance
        self._mended = mended

    def publish(self, events: Sequence[Event], _outbox: Sequence[Action] = ()) -> None:
        decided = [event.comment for event in events if event.comment is not None]
        for comment in decided:
            for note in comment.notes:
                self._mended(note, comment)
        self._advance(len(decided))

    def settled(self, action: Action, outcome: Outcome) -> None:
        """Nothing to draw."""

    def notice(self, room: str, notice: Mapping[str, Any]) -> None:
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
