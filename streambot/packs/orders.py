"""What people ask of the rules while on air: a rule of their own, another pack, a step back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from streambot.core.command import EVERYWHERE, Answer, PackOrder, Reply, RuleForm, RulePreview
from streambot.core.errors import CommentError, ConfigError
from streambot.core.event import Event, Kind
from streambot.core.pack_diff import fingerprint
from streambot.core.told import wired
from streambot.packs import air, notices
from streambot.packs.files import Line, line_of_file
from streambot.packs.following import since
from streambot.packs.force import InForce
from streambot.packs.found import Found
from streambot.packs.release import Release
from streambot.packs.telling import iso, rule_json, told
from streambot.room import RoomState
from streambot.store.packs import Said

RECENT: Final = 1000
"""Comments of the log with which a rule is tried before it may be added."""
FOLLOW: Final = "file"
BACK: Final = "previous"
NOTHING: Final = "none"
"""What an order may name in place of a version."""


@dataclass(frozen=True, slots=True)
class _Target:
    """A room that an order is about, open or not, with what it shall have; None for whatever its file says."""

    room: str
    name: str
    state: RoomState | None
    release: Release | None


class PackDesk:
    """Implements ``ports.Rules``. ``line_for`` is the pack of a room by its settings; it raises CommentError."""

    def __init__(self, in_force: InForce, line_for: Callable[[str], Line], configured: Collection[Line]) -> None:
        """``configured`` are the packs of all configured rooms."""
        self._in_force = in_force
        self._line_for = line_for
        self._configured = frozenset(configured)
        self._found = Found(in_force.shelf)

    async def overview(self) -> Mapping[str, Any]:
        """See ``ports.Rules``."""
        here = self._in_force
        async with here.lock:
            rooms = [await self._room(state) for state in here.rooms.states() if state.room.name in here.given]
            standing = list((await here.standing_rules()).values())
            found = await self._found.of(standing)
        packs = [
            {"id": kept.id, "name": kept.name, "version": kept.version, "kept_at": iso(kept.kept_at),
             "effective_from": iso(kept.effective_from)}
            for kept in await here.shelf.versions()
        ]  # fmt: skip
        rules = [rule_json(rule, found[rule.rule.id]) for rule in reversed(standing)]
        return {"now": iso(here.clock()), "rooms": rooms, "rules": rules, "packs": packs}

    async def preview(self, form: RuleForm) -> RulePreview | Reply:
        """See ``ports.Rules``."""
        table = self._table(form)
        if isinstance(table, Reply):
            return table
        recent = await self._in_force.shelf.recent("" if form.room == EVERYWHERE else form.room, RECENT)
        return await asyncio.to_thread(air.preview, form, table, recent)

    async def add(self, form: RuleForm) -> Reply:
        """See ``ports.Rules``."""
        table = self._table(form)
        if isinstance(table, Reply):
            return table
        if form.confirm != air.confirmation(form, table):
            return Reply(Answer.INVALID, message="look first at what this rule would have done, then confirm that")
        here = self._in_force
        async with here.lock:
            for known in (await here.standing_rules()).values():
                if known.room == form.room and air.does(known.table) == air.does(table):
                    return Reply(Answer.NOOP, event=known.event)
            now, identity = here.clock(), here.ids()
            table = {"id": f"air.{identity[-8:]}", **table}
            data = {"key": "rule", "value": table, "expires_at": now + form.minutes * 60}
            state = here.rooms.get(form.room)
            broadcast = state.broadcast if state is not None else None
            words = ", ".join((*form.terms, *form.patterns))
            what = told(f"{words} → {form.action} for {form.minutes} min", form.reason)
            event = Event(identity, now, form.room, Kind.SETTING, form.actor, broadcast, reason=what, data=data)
            rule = air.air_rule(Said(identity, now, form.room, form.actor, None, data))
            await here.store.commit([event])
            await here.add_rule(rule)
            self._publish(event)
            here.tell(form.room, notices.rule_added(form.actor, words, form.action))
        return Reply(Answer.ACCEPTED, event=identity)

    async def withdraw(self, rule: str, actor: str, reason: str = "") -> Reply:
        """See ``ports.Rules``."""
        here = self._in_force
        async with here.lock:
            known = (await here.standing_rules()).get(rule)
            if known is None:
                return Reply(Answer.NOT_FOUND, message="no such rule is in force: it has ended, or was taken back")
            what = told(f"no longer {known.rule.id}", reason)
            event = Event(
                here.ids(), here.clock(), known.room, Kind.UNDO, actor, reason=what, reverses=known.event,
                data={"key": "rule"},
            )  # fmt: skip
            await here.store.commit([event])
            await here.drop_rule(known)
            self._publish(event)
            here.tell(known.room, notices.rule_taken_back(actor, known.rule.id))
        return Reply(Answer.ACCEPTED, event=event.id)

    async def activate(self, order: PackOrder) -> Reply:
        """See ``ports.Rules``."""
        here = self._in_force
        async with here.lock:
            try:
                targets = await self._targets(order)
            except (CommentError, ConfigError) as error:
                return Reply(Answer.INVALID, message=str(error))
            done = [event for target in targets if (event := await self._give(order, target)) is not None]
        if not done:
            return Reply(Answer.NOOP)
        rooms = dict.fromkeys(event.room for event in done)
        closed = [room for room in rooms if room != EVERYWHERE and here.rooms.get(room) is None]
        where = ", ".join(f"{room} (not open now: from its opening on)" if room in closed else room for room in rooms)
        value = done[-1].data["value"] or ("nothing" if order.shadow else "what the file says")
        how = "beside the one in force" if order.shadow else "in force"
        return Reply(Answer.ACCEPTED, event=done[0].id, message=f"{value} is {how} in {where}.")

    async def order(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """An order of another process as JSON (``streambot.cli.pack`` sends it); the answer likewise.

        ``{"do": "activate", "version", "actor", "room", "shadow", "reason", "file"}`` or ``{"do": "adopted",
        "rules", "actor", "reason"}``: what the packs have now, read again, is no longer needed on air. Raises
        StorageError, and ConfigError for a pack that is not valid.
        """
        if body.get("do") == "activate":
            fields = {name: body[name] for name in ("room", "shadow", "reason", "file") if name in body}
            reply = await self.activate(PackOrder(str(body.get("version", "")), str(body["actor"]), **fields))
            return {"ok": reply.answer in (Answer.ACCEPTED, Answer.NOOP), **asdict(reply)}
        await self._in_force.reload()
        standing = await self._in_force.standing_rules()
        known = [standing[event] for event in body["rules"] if event in standing]
        adopted = [rule for rule in known if await self._is_in_pack(rule)]
        for rule in adopted:
            await self.withdraw(rule.event, str(body["actor"]), str(body.get("reason", "")))
        return {"ok": True, "withdrawn": [rule.rule.id for rule in adopted]}

    async def _is_in_pack(self, rule: air.AirRule) -> bool:
        """Whether the packs of all the rooms that a rule on air is about have it now."""
        here = self._in_force
        packs = [given.release.pack for room, given in here.given.items() if rule.holds_in(room)]
        if not packs:
            lines = self._configured if rule.room == EVERYWHERE else {self._line_for(rule.room)}
            packs = [(await asyncio.to_thread(here.following.files.load, line))[0] for line in lines]
        return all(pack.rule(rule.rule.id) is not None for pack in packs)

    async def _room(self, state: RoomState) -> dict[str, Any]:
        given = self._in_force.given[state.room.name]
        followed = self._in_force.following.lines[given.line]
        waiting, refused, shadow = followed.waiting, followed.refused, state.shadow
        said = shadow.status() if shadow is not None else None
        return {
            "room": state.room.name,
            "name": given.line.name,
            "pack": given.release.pack.id,
            "pinned": given.pinned,
            "by": given.by,
            "at": iso(given.at),
            "rules": len(given.release.pack.rules),
            "file": followed.release.pack.id,
            "before": await self._in_force.shelf.before(state.room.name),
            "waiting": waiting and {"pack": waiting.pack.id, "from": iso(since(waiting))},
            "refused": refused and {"message": refused.message, "told": wired(refused.message), "at": iso(refused.at)},
            "shadow": said and shadow and {
                "pack": said.pack, "seen": said.seen, "changed": dict(said.changed), "at": iso(shadow.at),
            },
        }  # fmt: skip

    def _table(self, form: RuleForm) -> Mapping[str, Any] | Reply:
        """The rule that a form asks for, as a pack's file would hold it, or why there can be none."""
        if form.room != EVERYWHERE and self._in_force.rooms.get(form.room) is None:
            return Reply(Answer.NOT_FOUND, message=f"there is no room {form.room!r}")
        try:
            return air.table_of(form)
        except ConfigError as error:
            return Reply(Answer.INVALID, message=error.message)

    def _publish(self, event: Event) -> None:
        # A screen belongs to a room; what is about all of them is told by notices.
        if event.room != EVERYWHERE:
            self._in_force.feed.publish([event])

    async def _targets(self, order: PackOrder) -> list[_Target]:
        """The rooms of an order with what each shall have. Raises ConfigError if that cannot be."""
        if order.version == NOTHING and not order.shadow:
            raise ConfigError("a room cannot be without rules.", code="pack_unknown", fix="Name a version.")
        here = self._in_force
        sent = await self._sent(order.file) if order.file else None
        if order.room:
            state = here.rooms.get(order.room)
            line = here.given[order.room].line if state is not None else self._line_for(order.room)
            release = sent or await self._wanted(order, order.room, line.name)
            return [_Target(order.room, line.name, state, release)]
        if order.version == BACK and sent is None:
            return await self._all_back(order)
        targets: dict[str, Release | None] = {}
        names = {line.name for line in self._configured} | {given.line.name for given in here.given.values()}
        for name in sorted(names):
            if sent is not None and sent.pack.name == name:
                targets[name] = sent
            elif sent is None and (order.version in (FOLLOW, NOTHING) or await self._is_of(order.version, name)):
                targets[name] = await self._wanted(order, "", name)
        rooms = [(state, here.given[state.room.name].line.name) for state in here.rooms.states()]
        if not targets:
            raise self._not_kept(order.version or order.file)
        everywhere = [_Target(EVERYWHERE, name, None, release) for name, release in targets.items()]
        return everywhere + [
            _Target(state.room.name, name, state, targets[name]) for state, name in rooms if name in targets
        ]

    async def _all_back(self, order: PackOrder) -> list[_Target]:
        """Every open room that had another pack before, with that one. Raises ConfigError if none had."""
        here = self._in_force
        targets = [
            _Target(room, given.line.name, here.rooms.get(room), await self._wanted(order, room, given.line.name))
            for room, given in here.given.items()
            if await here.shelf.before(room)
        ]
        if not targets:
            raise ConfigError(
                "no open room had another pack before.", code="pack_unknown", fix="Name room and version."
            )
        return targets if order.shadow else await self._everywhere_back(targets) + targets

    async def _everywhere_back(self, targets: Collection[_Target]) -> list[_Target]:
        """The same for rooms that open later, where what is taken back was given to all."""
        here = self._in_force
        back: dict[str, _Target] = {}
        for target in targets:
            chosen = await here.shelf.choice("pack", "", target.name)
            if chosen is not None and chosen.value == here.given[target.room].release.pack.id:
                back.setdefault(target.name, _Target(EVERYWHERE, target.name, None, target.release))
        return list(back.values())

    async def _is_of(self, version: str, name: str) -> bool:
        if "@" in version:
            return version.partition("@")[0] == name
        return await self._in_force.shelf.kept(f"{name}@{version}") is not None

    async def _sent(self, file: str) -> Release:
        release = await asyncio.to_thread(self._in_force.following.files.release, line_of_file(Path(file)))
        pack = release.pack
        return release.built(await self._in_force.shelf.build_of(pack.name, pack.version, fingerprint(pack)))

    async def _wanted(self, order: PackOrder, room: str, name: str) -> Release | None:
        """The release that an order means for a pack of that name; None for following the file, or for no shadow."""
        version = order.version
        if version in (FOLLOW, NOTHING):
            return None
        if version == BACK:
            version = await self._in_force.shelf.before(room)
            if not version:
                raise ConfigError(f"{room} had no other pack before.", code="pack_unknown", fix="Name a version.")
        identity = version if "@" in version else f"{name}@{version}"
        release = await self._in_force.restore(identity)
        if release is None:
            raise self._not_kept(identity)
        return release

    @staticmethod
    def _not_kept(version: str) -> ConfigError:
        return ConfigError(
            f"{version} is not kept, or no room uses it.", code="pack_unknown", fix="See `streambot pack list`."
        )

    async def _give(self, order: PackOrder, target: _Target) -> Event | None:
        """Carry out an order in one room; None if it is so already."""
        here, state, release = self._in_force, target.state, target.release
        if state is None:
            return await self._write_down(order, target)
        given = here.given[target.room]
        if order.shadow:
            now = given.shadow.pack.id if given.shadow is not None else None
            wanted = release.pack.id if release is not None else None
            return None if now == wanted else await here.set_shadow(state, release, order.actor, order.reason)
        pinned = release is not None
        release = release or here.following.lines[given.line].release
        if given.release.pack.id == release.pack.id and given.pinned is pinned:
            return None
        event = await here.put(state, release, order.actor, order.reason, pinned=pinned)
        if given.shadow is not None and given.shadow.pack.id == release.pack.id:
            # It is in force now: beside itself it would change nothing.
            await here.set_shadow(state, None, order.actor, order.reason)
        return event

    async def _write_down(self, order: PackOrder, target: _Target) -> Event:
        """An order about a room that is not open, or about all: it holds from the room's opening on."""
        here, release = self._in_force, target.release
        now = here.clock()
        what = f"{target.name}: {release.pack.id if release is not None else order.version}"
        data: dict[str, Any] = {
            "key": "shadow" if order.shadow else "pack", "value": release.pack.id if release is not None else None,
            "before": await here.shelf.last(target.room) or None, "name": target.name, "pinned": release is not None,
        }  # fmt: skip
        event = Event(
            here.ids(), now, target.room, Kind.SETTING, order.actor, reason=told(what, order.reason), data=data
        )  # fmt: skip
        await here.store.commit([event], (), [release.kept(now).statement()] if release is not None else [])
        return event
