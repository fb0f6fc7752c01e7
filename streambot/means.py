"""By what an action is carried out: its room's settings, its actuator, its pace. A room need not be open for it."""

from __future__ import annotations

from collections.abc import Callable

from streambot.connectors import Connectors
from streambot.core.action import Action
from streambot.core.comment import UNKNOWN_PLATFORM, Room
from streambot.ports import Actuator
from streambot.rooms import Rooms
from streambot.settings import RoomSettings


class Means:
    """``choose`` gives the settings of a room that is not open: what a crash left is sent before its room is opened."""

    def __init__(self, rooms: Rooms, connectors: Connectors, choose: Callable[[Room], RoomSettings]) -> None:
        self._rooms = rooms
        self._connectors = connectors
        self._choose = choose

    def settings(self, name: str) -> RoomSettings:
        """The settings of a room by its name alone."""
        return self._settings(Room(name, UNKNOWN_PLATFORM, name))

    def actuator(self, action: Action) -> Actuator:
        """What carries out an action. Raises ConfigError."""
        return self._connectors.actuator(action, self._settings_of(action))

    def pace(self, action: Action) -> tuple[float, int] | None:
        """How many actions a second the room's tool bears, and how many at once; None without a tool."""
        tool = self._settings_of(action).tool
        return None if tool is None else (tool.rate_per_s, tool.burst)

    def quota(self, name: str) -> int:
        """Hides, mutes and bans a minute by the bot in a room."""
        return self.settings(name).quota_per_minute

    def _settings_of(self, action: Action) -> RoomSettings:
        return self._settings(Room(action.room, action.platform, action.room_id))

    def _settings(self, room: Room) -> RoomSettings:
        state = self._rooms.get(room.name)
        return state.settings if state is not None else self._choose(room)
