"""The live sources of the configured rooms: opened, watched, and shown to people when they fail."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import structlog
from aiohttp import web

from streambot.app import House
from streambot.connectors import websocket_source
from streambot.core.comment import Room
from streambot.core.errors import AuthError, CommentError, ConfigError, PlatformError, StorageError
from streambot.core.event import Event, Kind
from streambot.core.status import Link
from streambot.intake import Intake
from streambot.logs import Recurring
from streambot.platforms.ingest import add_ingest
from streambot.platforms.ingest_auth import IngestAuth
from streambot.platforms.recorder import RecordedSource, Recorder
from streambot.platforms.secret_files import read_secret
from streambot.platforms.signature import Verifier, signing_secret
from streambot.ports import Source
from streambot.room import RoomState
from streambot.serve import Until

BRINGERS = frozenset({"controller", "ops", "admin"})
"""Roles whose token may bring comments; a host's link only shows questions."""

log = structlog.get_logger(__name__)


class LiveSources:
    """Sources of the named rooms; :meth:`open` first, then :meth:`serve` until stopped."""

    def __init__(self, house: House, rooms: list[str], record: Path | None) -> None:
        self._house = house
        self._names = rooms
        self._record = record
        self._recorder: Recorder | None = None
        self._intake = Intake()
        self._sources: list[tuple[RoomState, Source]] = []
        self._states: dict[str, RoomState] = {}
        self._secrets: dict[str, Path] = {}
        self._telling: set[asyncio.Task[None]] = set()
        self._problems = Recurring(log, house.clock)

    async def open(self) -> None:
        """Open every room, so that its pages work before the first comment. Raises ConfigError or StorageError."""
        house = self._house
        house.feeds.join(self._intake)
        for name in self._names:
            of = house.settings.rooms[name]
            room = Room(name, of.platform, of.id)
            state = await house.rooms.open(room)
            self._states[name] = state
            if of.source is None:
                continue
            house.connectors.prepare(state.room, of)
            if of.source.kind == "ingest":
                state.link, state.link_detail = Link.LIVE, "waiting for comments to be brought"
                if of.source.secret_file is not None:
                    self._secrets[name] = of.source.secret_file
                continue
            line = websocket_source(
                state.room,
                of.source,
                on_link=partial(self._link, state),
                on_gap=partial(self._gap, state),
                on_refused=partial(self._refused, state),
                on_stale=partial(self._stale, state),
                on_reject=partial(self._rejected, state),
                clock=house.clock,
            )
            house.connectors.connect(state.room, line)
            self._sources.append((state, line))
        if self._record is not None:
            self._recorder = Recorder(self._record, on_error=self._unrecorded, on_back=self._recorded_again)

    def extend(self, app: web.Application) -> None:
        """Add the addresses where comments are brought to."""
        add_ingest(
            app,
            self._intake.accept,
            IngestAuth(bearer=self._may_bring, verifier=self._verifier()),
            room_of=lambda name: self._states[name].room if name in self._states else None,
            on_reject=lambda room, error: self._rejected(self._states[room.name], error),
            clock=self._house.clock,
        )

    async def serve(self, stop: asyncio.Event) -> None:
        """Run all sources until ``stop``; one that ends leaves the others running."""
        with self._recorder or contextlib.nullcontext():
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._take_in(stop))
                for state, source in self._sources:
                    tasks.create_task(self._follow(state, source, stop))
                await stop.wait()
            await asyncio.gather(*self._telling)
        self._problems.flush()

    async def _take_in(self, stop: asyncio.Event) -> None:
        try:
            await self._house.pipeline.run(self._wrapped(self._intake, stop), self._intake.ended)
        finally:
            self._intake.stop()

    async def _follow(self, state: RoomState, source: Source, stop: asyncio.Event) -> None:
        try:
            await self._house.pipeline.run(self._wrapped(source, stop))
        except PlatformError as error:
            # What passes, and what a person can mend while it runs, a source waits out itself.
            log.error("source ended", room=state.room.name, code=error.code, why=error.message)
            self._lost(state, error.code, str(error))
        except StorageError:
            raise
        except Exception:
            # A source: what one connector gets wrong must not stop the other rooms.
            log.exception("a source failed", room=state.room.name)
            self._lost(state, "source_failed", "The source of this room failed; streambot's own log says why.")

    def _lost(self, state: RoomState, code: str, why: str) -> None:
        state.link, state.link_detail = Link.ENDED, why
        self._tell(state, "error", code, why)

    def _wrapped(self, source: Source, stop: asyncio.Event) -> Source:
        recorded = RecordedSource(source, self._recorder) if self._recorder is not None else source
        return Until(recorded, stop)

    async def _may_bring(self, token: str) -> bool:
        found = await self._house.tokens.find(token)
        return found is not None and found[1] in BRINGERS

    def _verifier(self) -> Verifier | None:
        paths = set(self._secrets.values())
        if len(paths) > 1:
            raise ConfigError(
                "the rooms that comments are brought to have different secret files.",
                code="secrets_differ",
                fix="Name the same secret_file in all of them: a signature is checked before the room is looked at.",
            )
        return Verifier(signing_secret(read_secret(paths.pop())), self._house.clock) if paths else None

    def _link(self, state: RoomState, link: Link, why: str) -> None:
        state.link, state.link_detail = link, why
        log.info("source", room=state.room.name, link=link, why=why)

    def _refused(self, state: RoomState, error: AuthError) -> None:
        log.error("source refused", room=state.room.name, code=error.code, why=error.message)
        text = f"{error} It is tried again when that is done, and every minute."
        self._tell(state, "error", error.code, text)

    def _stale(self, state: RoomState) -> None:
        text = (
            "Comments still come with times from before the connection: this is old chat, or the tool's clock is slow. "
            "They are judged and not acted on."
        )
        self._tell(state, "warn", "backlog", text)

    def _gap(self, state: RoomState, since: float, until: float) -> None:
        """Nothing can have been heard between these times: people see it, and it stands in the log."""
        text = f"No comments could be read from {_clock(since)} to {_clock(until)} UTC."
        self._tell(state, "warn", "gap", text, values={"from": _clock(since), "to": _clock(until)})
        house = self._house
        event = Event(
            house.ids(), house.clock(), state.room.name, Kind.NOTE, broadcast=state.broadcast, reason=text,
            data={"gap": [since, until]},
        )  # fmt: skip

        async def note() -> None:
            await house.scribe.write([event], [])
            house.feeds.publish([event])

        task = asyncio.ensure_future(note())
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    def _unrecorded(self, error: OSError) -> None:
        log.warning("not recorded", file=str(self._record), why=error.strerror)
        text = f"{self._record} cannot be written ({error.strerror}): the recording has a hole from now on."
        text = f"{text} Comments are decided and logged."
        for state in self._states.values():
            self._tell(state, "warn", "record_hole", text, topic="recording", values={"file": str(self._record)})

    def _recorded_again(self, missing: int) -> None:
        log.warning("recorded again", file=str(self._record), missing=missing)
        text = f"The recording goes on; {missing} comments are missing in {self._record}."
        for state in self._states.values():
            values: dict[str, str | int] = {"n": missing, "file": str(self._record)}
            self._tell(state, "info", "record_back", text, topic="recording", values=values)

    def _rejected(self, state: RoomState, error: CommentError) -> None:
        state.count(received=1, rejected=1)
        # A sender that is wrong is wrong with every comment.
        self._problems.warn(error.code, room=state.room.name, why=error.message)

    def _tell(
        self, state: RoomState, level: str, code: str, text: str, *, topic: str = "",
        values: Mapping[str, str | int] | None = None,
    ) -> None:  # fmt: skip
        notice = {"level": level, "code": code, "topic": topic, "text": text, "values": values or {}}
        self._house.feeds.notice(state.room.name, notice)


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")
