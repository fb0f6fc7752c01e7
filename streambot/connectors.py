"""From a room's configuration to what reads its comments and carries out its actions."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import ClientSession

from streambot.core.action import Action, Capability, Operation
from streambot.core.comment import Room
from streambot.core.errors import AuthError, CommentError, ConfigError
from streambot.core.status import Link
from streambot.platforms.action_wire import NOT_CONNECTED, NotSentError
from streambot.platforms.credentials import Credentials
from streambot.platforms.declared import declared_capabilities
from streambot.platforms.dialer import Dialer
from streambot.platforms.fields import compile_fields
from streambot.platforms.manual import ManualActuator
from streambot.platforms.recipes import Recipe, recipe
from streambot.platforms.secret_files import SecretFile
from streambot.platforms.simulated import SimulatedActuator
from streambot.platforms.webhook import WebhookActuator
from streambot.platforms.websocket import WebSocketSource
from streambot.platforms.websocket_actuator import WebSocketActuator
from streambot.ports import Actuator, Clock
from streambot.settings import RoomSettings, SourceSettings, ToolSettings


class _Unconnected:
    """Stands in for a room's connection while no command has opened one."""

    async def ask(self, key: str, message: Mapping[str, Any], seconds: float) -> Mapping[str, Any] | None:  # noqa: ARG002
        raise NotSentError("there is no connection to act over", code=NOT_CONNECTED)


class Connectors:
    """Actuators by room, each made once; ``connect`` names the connection that a websocket actuator acts over."""

    def __init__(self, session: Callable[[], ClientSession], clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self._fixed: Mapping[str, Actuator] = {"simulated": SimulatedActuator(), "manual": ManualActuator()}
        self._made: dict[tuple[str, str], Actuator] = {}
        self._lines: dict[tuple[str, str], WebSocketSource] = {}

    @property
    def simulated(self) -> Actuator:
        """What stands in for every actuator in a room that observes."""
        return self._fixed["simulated"]

    def connect(self, room: Room, line: WebSocketSource) -> None:
        """Act for this room over this connection from now on."""
        self._lines[room.platform, room.id] = line
        self._made.pop((room.platform, room.id), None)

    def capabilities(self, of: RoomSettings) -> Mapping[Operation, Capability]:
        """What the room's actuator can do. Raises ConfigError if the configuration does not say so rightly."""
        fixed = self._fixed.get(of.actuator)
        return fixed.capabilities if fixed is not None else _declared(of)

    def actuator(self, action: Action, of: RoomSettings) -> Actuator:
        """The actuator of the action's room. Raises ConfigError."""
        fixed = self._fixed.get(of.actuator)
        if fixed is not None:
            return fixed
        key = (action.platform, action.room_id)
        if key not in self._made:
            self._made[key] = self._make(key, of)
        return self._made[key]

    def prepare(self, room: Room, of: RoomSettings) -> None:
        """Make the room's actuator before the first action, so that what is wrong with it ends the start.

        Raises ConfigError.
        """
        if of.actuator not in self._fixed:
            self._made[room.platform, room.id] = self._make((room.platform, room.id), of)

    def _make(self, key: tuple[str, str], of: RoomSettings) -> Actuator:
        tool = _tool(of)
        if of.actuator == "websocket":
            return WebSocketActuator(
                self._lines.get(key, _Unconnected()),
                can=_declared(of),
                timeout=tool.timeout_s,
                reads_back=tool.answers_status,
            )
        if tool.secret_file is None:
            raise ConfigError("a webhook needs the tool's secret_file.", code="tool_missing", fix="Name it.")
        secret = SecretFile(tool.secret_file)
        return WebhookActuator(
            self._session(),
            tool.url,
            secret,
            can=_declared(of),
            clock=self._clock,
            new_id=lambda: uuid.uuid4().hex,
            timeout=tool.timeout_s,
            status_url=tool.status_url,
        )


def websocket_source(
    room: Room,
    of: SourceSettings,
    *,
    on_link: Callable[[Link, str], None],
    on_gap: Callable[[float, float], None],
    on_refused: Callable[[AuthError], None],
    on_stale: Callable[[], None],
    on_reject: Callable[[CommentError], None],
    clock: Clock,
) -> WebSocketSource:
    """The source that a room's configuration describes. Raises ConfigError."""
    found = (
        recipe(of.recipe) if of.recipe else Recipe(compile_fields(of.fields, where=f"rooms.{room.name}.source.fields"))
    )
    return WebSocketSource(
        Dialer(of.url, Credentials(of.headers_file, of.ca_file), clock),
        room=room,
        fields=found.fields,
        on_link=on_link,
        on_gap=on_gap,
        on_refused=on_refused,
        on_stale=on_stale,
        on_reject=on_reject,
        clock=clock,
        sleep=asyncio.sleep,
        uniform=random.SystemRandom().uniform,
        greeting=found.greeting,
    )


def _tool(of: RoomSettings) -> ToolSettings:
    if of.tool is None:
        raise ConfigError(f"actuator {of.actuator} needs a tool.", code="tool_missing", fix="Add [rooms.NAME.tool].")
    return of.tool


def _declared(of: RoomSettings) -> Mapping[Operation, Capability]:
    return declared_capabilities(_tool(of).can, where="tool.can")
