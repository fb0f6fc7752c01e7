"""Which rules are in force in which room, and how that changes: by a file, by its time, by what people say.

A change is logged before it takes effect. Whatever is wrong with a new text, the one in force stays.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import structlog

from streambot.classify.lexicon import Matchers
from streambot.core.command import EVERYWHERE
from streambot.core.errors import ConfigError
from streambot.core.event import BOT, Event, Kind
from streambot.core.pack import Pack, Rule
from streambot.core.pack_diff import compare
from streambot.packs import notices
from streambot.packs.air import AirRule, still_standing
from streambot.packs.files import Line, PackFiles, line_of
from streambot.packs.following import Following, News, since
from streambot.packs.given import FILE, Given, OpenRooms
from streambot.packs.release import Release, restored, with_rules
from streambot.packs.shadow import Shadow
from streambot.packs.telling import told
from streambot.ports import Clock, Feed, Matcher
from streambot.room import RoomState
from streambot.settings import RoomSettings
from streambot.store.packs import PackShelf
from streambot.store.sqlite import SqliteStore

_COMPILED: Final = 8
"""Packs with rules on air that are kept compiled; each takes a few MB."""

log = structlog.get_logger(__name__)


class InForce:
    """Keeps every open room's rules; ``lock`` is held by whoever changes them. Not ``live``: files alone decide."""

    def __init__(
        self,
        *,
        files: PackFiles,
        store: SqliteStore,
        rooms: OpenRooms,
        feed: Feed,
        ids: Callable[[], str],
        clock: Clock,
        live: bool,
    ) -> None:
        self.store = store
        self.rooms = rooms
        self.feed = feed
        self.ids = ids
        self.clock = clock
        self.live = live
        self.shelf = PackShelf(store.read)
        self.following = Following(files, self.shelf, clock, live=live)
        self.lock = asyncio.Lock()
        self.moved = asyncio.Event()
        """Set when there are other folders to watch, or another time to wake up at."""
        self.given: dict[str, Given] = {}
        self._air: dict[str, AirRule] | None = None
        self._compiled: dict[tuple[str, tuple[str, ...]], tuple[Pack, Matcher]] = {}

    @staticmethod
    def at_first(settings: RoomSettings) -> tuple[Pack, Matcher]:
        """What stands in a room until :meth:`opening`, which is before its first comment: no rules at all."""
        nothing = Pack(line_of(settings).name, "", ())
        return nothing, Matchers(nothing)

    async def opening(self, state: RoomState) -> None:
        """Give a room its pack, as the log and the files have it. Raises ConfigError if there is none, StorageError."""
        async with self.lock:
            room, line = state.room.name, line_of(state.settings)
            known = line in self.following.lines
            followed = await self.following.follow(line)
            if not known:
                await self._keep(followed.release, *([followed.waiting] if followed.waiting else []))
                self.moved.set()
            given = Given(line, followed.release, at=self.clock())
            if self.live:
                await self.standing_rules()
                await self._as_chosen(state, given)
                before = await self.shelf.last(room)
                if before and before != given.release.pack.id:
                    event = await self._changed(
                        state, given, before, "changed while streambot was not running", given.by
                    )
                    await self.store.commit([event])
            self.given[room] = given
            await self.equip(state)

    async def reload(self) -> None:
        """Read again all files that rooms follow. Raises StorageError; then it may be called again."""
        async with self.lock:
            for line, followed in list(self.following.lines.items()):
                news = await self.following.read_again(line)
                if news is News.REFUSED:
                    await self._say_refused(line)
                elif news is News.MENDED:
                    self._tell_line(line, notices.mended(line.name))
                elif news is News.CHANGED:
                    await self._keep(followed.release)
                    self._tell_pinned(line)
                elif news is News.WAITS and followed.waiting is not None:
                    await self._keep(followed.waiting)
                    self._tell_line(line, notices.waits(followed.waiting.pack.id, since(followed.waiting)))
                    self.moved.set()
            await self._settle()

    async def tick(self) -> float | None:
        """What is due by the clock; returns when to come again (Unix seconds), None if nothing waits for a time.

        Raises StorageError; then it may be called again.
        """
        async with self.lock:
            self.following.come_of_age()
            await self._settle()
            rules = await self.standing_rules()
            now = self.clock()
            for rule in [rule for rule in rules.values() if rule.expires_at <= now]:
                await self.drop_rule(rule)
                self.tell(rule.room, notices.rule_ended(rule.author))
            due = self.following.next_due()
            times = [rule.expires_at for rule in rules.values()] + ([due] if due is not None else [])
            return min(times, default=None)

    async def put(self, state: RoomState, release: Release, actor: str, reason: str, *, pinned: bool) -> Event:
        """Put a pack in force in an open room. Raises StorageError: then nothing changed."""
        room = state.room.name
        before = self.given[room]
        given = Given(before.line, release, pinned, before.shadow, actor, self.clock())
        event = await self._changed(state, given, before.release.pack.id, reason, actor, before.release.pack)
        await self.store.commit([event], (), [release.kept(event.at).statement()])
        self.given[room] = given
        await self.equip(state)
        self.feed.publish([event])
        # What a person chooses mends no file.
        topic = notices.FILES if actor in (FILE, BOT) else ""
        self.tell(room, notices.changed(event.data, actor, topic=topic))
        log.info("pack", room=room, by=actor, before=event.data["before"], now=event.data["value"], pinned=pinned)
        return event

    async def set_shadow(self, state: RoomState, release: Release | None, actor: str, reason: str) -> Event:
        """Set a pack beside the one in force, or none. Raises StorageError: then nothing changed."""
        given = self.given[state.room.name]
        before = given.shadow.pack.id if given.shadow is not None else None
        value = release.pack.id if release is not None else None
        data = {"key": "shadow", "value": value, "before": before, "name": given.line.name}
        event = self._setting(state, actor, told(f"{value or 'nothing'} in shadow", reason), data)
        await self.store.commit([event], (), [release.kept(event.at).statement()] if release is not None else [])
        given.shadow, state.shadow = release, None
        await self.equip(state, by=actor)
        self.feed.publish([event])
        return event

    async def add_rule(self, rule: AirRule) -> None:
        """Apply a rule that is in the log."""
        (await self.standing_rules())[rule.event] = rule
        await self._equip_all(rule)
        self.moved.set()

    async def drop_rule(self, rule: AirRule) -> None:
        """Apply it no more."""
        (await self.standing_rules()).pop(rule.event, None)
        await self._equip_all(rule)

    async def standing_rules(self) -> dict[str, AirRule]:
        """The rules added on air that hold, by the event that added them. Raises StorageError."""
        if self._air is None:
            self._air = still_standing(await self.shelf.rules(), self.clock())
        return self._air

    async def restore(self, pack: str) -> Release | None:
        """A pack by its id, None if it is not kept. Raises ConfigError if it is not understood any more."""
        followed = [each.release for each in self.following.lines.values()]
        for release in (*followed, *(given.release for given in self.given.values())):
            if release.pack.id == pack:
                return release
        kept = await self.shelf.kept(pack)
        return await asyncio.to_thread(restored, kept) if kept is not None else None

    async def equip(self, state: RoomState, *, by: str = "") -> None:
        """Let a room judge by what it was given, with the rules that hold there on air; its shadow likewise."""
        given = self.given[state.room.name]
        rules = [rule for rule in (self._air or {}).values() if rule.holds_in(state.room.name)]
        pack, matcher = await self._with(given.release, rules)
        beside = await self._with(given.shadow, rules) if given.shadow is not None else None
        self.rooms.equip(state, pack, matcher)
        state.air_rules = len(rules)
        if beside is None:
            state.shadow = None
        elif state.shadow is None:
            state.shadow = Shadow(*beside, self.clock(), by)
        else:
            state.shadow.pack, state.shadow.matcher = beside

    def tell(self, room: str, notice: notices.Notice) -> None:
        """A notice in one room, or in all that are open."""
        rooms = [state.room.name for state in self.rooms.states()] if room == EVERYWHERE else [room]
        for name in rooms:
            self.feed.notice(name, notice)

    async def _as_chosen(self, state: RoomState, given: Given) -> None:
        """What people chose for this room before the restart, as far as it is still understood."""
        room, name = state.room.name, given.line.name
        pack = await self.shelf.choice("pack", room, name)
        if pack is not None and pack.pinned and (release := await self._understood(pack.value)) is not None:
            given.release, given.pinned = release, True
        if pack is not None and pack.value == given.release.pack.id:
            given.by, given.at = pack.actor, pack.at
        shadow = await self.shelf.choice("shadow", room, name)
        if shadow is not None and (beside := await self._understood(shadow.value)) is not None:
            given.shadow = beside
            counts = await self.shelf.shadowed(room, beside.pack.id, shadow.seq)
            state.shadow = Shadow(beside.pack, beside.matcher, shadow.at, shadow.actor)
            state.shadow.counts.update(counts)

    async def _understood(self, pack: str | None) -> Release | None:
        try:
            return await self.restore(pack) if pack else None
        except ConfigError as error:
            log.error("a kept pack is not understood any more", pack=pack, why=error.message)
            return None

    async def _settle(self) -> None:
        """Give every room that follows its file what the file says now."""
        for state in list(self.rooms.states()):
            given = self.given.get(state.room.name)
            if given is None or given.pinned:
                continue
            followed = self.following.lines[given.line]
            if followed.release.pack.id != given.release.pack.id:
                actor, reason = (BOT, "its time has come") if followed.due else (FILE, "the file changed")
                await self.put(state, followed.release, actor, reason, pinned=False)

    def _tell_pinned(self, line: Line) -> None:
        new = self.following.lines[line].release.pack.id
        for state in self._followers(line):
            given = self.given[state.room.name]
            if given.pinned:
                self.tell(state.room.name, notices.stays(new, given.release.pack.id, given.by))

    async def _say_refused(self, line: Line) -> None:
        followed = self.following.lines[line]
        refused = followed.refused
        if refused is None:
            return
        log.error("pack refused", pack=line.name, why=refused.message, in_force=followed.release.pack.id)
        notice = notices.refused(refused.message, followed.release.pack.id)
        events = [
            Event(
                self.ids(), self.clock(), state.room.name, Kind.NOTE, FILE, state.broadcast, reason=notice["text"],
                data={"refused": line.name},
            )
            for state in self._followers(line)
        ]  # fmt: skip
        if events:
            await self.store.commit(events)
            self.feed.publish(events)
        self._tell_line(line, notice)

    def _followers(self, line: Line) -> list[RoomState]:
        return [s for s in self.rooms.states() if (given := self.given.get(s.room.name)) and given.line == line]

    def _tell_line(self, line: Line, notice: notices.Notice) -> None:
        for state in self._followers(line):
            self.tell(state.room.name, notice)

    async def _changed(
        self, state: RoomState, given: Given, before: str, reason: str, actor: str, old: Pack | None = None
    ) -> Event:
        """The event of a room that goes from the pack ``before`` to what it is given."""
        if old is None and (restored_one := await self._understood(before)) is not None:
            old = restored_one.pack
        diff = compare(old, given.release.pack).summary() if old is not None else {}
        data = {
            "key": "pack", "value": given.release.pack.id, "before": before, "name": given.line.name,
            "pinned": given.pinned, "added": [], "removed": [], "changed": {}, **diff,
        }  # fmt: skip
        return self._setting(
            state, actor, told(f"{before} → {given.release.pack.id}", reason), data, given.release.pack.id
        )

    def _setting(self, state: RoomState, actor: str, reason: str, data: Mapping[str, Any], pack: str = "") -> Event:
        where, now = state.room.name, self.clock()
        return Event(self.ids(), now, where, Kind.SETTING, actor, state.broadcast, reason=reason, pack=pack, data=data)

    async def _keep(self, *releases: Release) -> None:
        now = self.clock()
        await self.store.write(*(release.kept(now).statement() for release in releases))

    async def _equip_all(self, rule: AirRule) -> None:
        for state in list(self.rooms.states()):
            if rule.holds_in(state.room.name) and state.room.name in self.given:
                await self.equip(state)

    async def _with(self, release: Release, rules: Sequence[AirRule]) -> tuple[Pack, Matcher]:
        """A release with these rules, compiled once for all rooms that have the same."""
        added: list[Rule] = [rule.rule for rule in rules]
        key = (release.pack.id, tuple(rule.event for rule in rules))
        if key not in self._compiled:
            if len(self._compiled) >= _COMPILED:
                self._compiled.clear()
            self._compiled[key] = await asyncio.to_thread(with_rules, release, added)
        return self._compiled[key]
