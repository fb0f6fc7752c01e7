"""``/rules`` and its API: what is in force in each room, rules added on air, and the way to another pack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from aiohttp import web

from streambot.console.auth import IDENTITY, Doorkeeper, Identity, Rank, identity_of, lacking
from streambot.console.commands import json_object, tell
from streambot.console.faults import Fault
from streambot.console.pages import Pages
from streambot.core.action import Act
from streambot.core.command import EVERYWHERE, PackOrder, Reply, RuleForm, RulePreview
from streambot.core.labels import Label
from streambot.core.pack_forms import MAX_PATTERN, MAX_TERM
from streambot.ports import Rules

ACTIONS: Final = (Act.REVIEW, Act.HIDE, Act.MUTE)
"""What a rule on air may ask for. A ban is for a person, or for a pack that somebody has read twice."""
_MOST: Final = 50
_SHORT: Final = 300


class RulePages:
    """The handlers. A controller adds and takes back rules for a room; what is about all rooms, and packs, is ops'."""

    def __init__(self, rules: Rules, pages: Pages, doorkeeper: Doorkeeper) -> None:
        self._rules = rules
        self._pages = pages
        self._door = doorkeeper

    def routes(self) -> list[web.RouteDef]:
        """Every address with who may ask for it."""
        controller: Callable[..., Any] = lambda handler: self._door.at_least(Rank.CONTROLLER, handler)  # noqa: E731
        return [
            web.get("/rules", self._door.anybody(self.page)),
            web.get("/api/v1/rules", controller(self.overview)),
            web.post("/api/v1/rules/preview", controller(self.preview)),
            web.post("/api/v1/rules", controller(self.add)),
            web.post("/api/v1/rules/{event}/undo", controller(self.undo)),
            web.post("/api/v1/packs/activate", self._door.at_least(Rank.OPS, self.activate)),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """The empty screen; it fills itself from the API."""
        who = request.get(IDENTITY)
        if who is not None and who.rank < Rank.CONTROLLER:
            raise lacking(who, Rank.CONTROLLER)
        return self._pages.draw(request, "rules.html")

    async def overview(self, request: web.Request) -> web.Response:
        """Rooms, rules on air, packs; and what the person who asks may do."""
        who = identity_of(request)
        me = {"id": who.id, "role": who.role, "everywhere": who.rank >= Rank.OPS}
        form = {"labels": list(Label), "actions": list(ACTIONS)}
        return web.json_response({"ok": True, "me": me, "form": form, **await self._rules.overview()})

    async def preview(self, request: web.Request) -> web.Response:
        """What a rule would have done to the newest comments of the log, and the word that confirms it."""
        found = await self._rules.preview(await self._form(request))
        if isinstance(found, Reply):
            return tell(found)
        return web.json_response({"ok": True, **_preview_json(found)})

    async def add(self, request: web.Request) -> web.Response:
        """202 in force, 200 it was already, 422 refused or not previewed."""
        return tell(await self._rules.add(await self._form(request)))

    async def undo(self, request: web.Request) -> web.Response:
        """202 taken back, 404 it was no longer in force."""
        body = await json_object(request)
        who = identity_of(request)
        event = request.match_info["event"]
        if who.rank < Rank.OPS:
            standing = (await self._rules.overview())["rules"]
            self._may(who, next((rule["room"] for rule in standing if rule["event"] == event), ""))
        return tell(await self._rules.withdraw(event, who.id, _text(body, "reason")))

    async def activate(self, request: web.Request) -> web.Response:
        """202 in force (``message`` says where), 200 it was already, 422 there is no such pack."""
        body = await json_object(request)
        version = _text(body, "version")
        if not version:
            raise Fault(422, '"version" must name a pack, "previous" or "file".')
        order = PackOrder(
            version=version,
            actor=identity_of(request).id,
            room=_text(body, "room"),
            shadow=body.get("shadow") is True,
            reason=_text(body, "reason"),
        )
        return tell(await self._rules.activate(order))

    async def _form(self, request: web.Request) -> RuleForm:
        body, who = await json_object(request), identity_of(request)
        minutes = body.get("minutes")
        if not isinstance(minutes, int) or isinstance(minutes, bool):
            raise Fault(422, '"minutes" must say how long the rule holds.')
        action = _text(body, "action")
        if action not in ACTIONS:
            raise Fault(422, f'"action" must be one of {", ".join(ACTIONS)}.')
        room = _text(body, "room")
        self._may(who, room)
        return RuleForm(
            room=room,
            actor=who.id,
            action=action,
            minutes=minutes,
            terms=_texts(body, "terms", MAX_TERM),
            patterns=_texts(body, "patterns", MAX_PATTERN),
            label=_text(body, "label"),
            reason=_text(body, "reason"),
            confirm=_text(body, "confirm"),
        )

    @staticmethod
    def _may(who: Identity, room: str) -> None:
        if room == EVERYWHERE and who.rank < Rank.OPS:
            raise lacking(who, Rank.OPS)


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name) or ""
    if not isinstance(value, str) or len(value) > _SHORT:
        raise Fault(422, f'"{name}" must be a text of at most {_SHORT} characters.')
    return value


def _texts(body: Mapping[str, Any], name: str, limit: int) -> tuple[str, ...]:
    values = body.get(name) or []
    fits = isinstance(values, list) and len(values) <= _MOST
    if not fits or not all(isinstance(value, str) and 0 < len(value) <= limit for value in values):
        raise Fault(422, f'"{name}" must be a list of at most {_MOST} texts, each of at most {limit} characters.')
    return tuple(values)


def _preview_json(found: RulePreview) -> dict[str, Any]:
    return {
        "confirm": found.confirm,
        "of": found.of,
        "hits": found.hits,
        "changed": found.changed,
        "broad": found.broad,
        "examples": [{"text": text, "act": act} for text, act in found.examples],
    }
