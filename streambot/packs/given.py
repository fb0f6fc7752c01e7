"""What an open room was given, and the rooms as the packs see them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Protocol

from streambot.core.pack import Pack
from streambot.packs.files import Line
from streambot.packs.release import Release
from streambot.ports import Matcher
from streambot.room import RoomState

FILE: Final = "file"
"""The actor of what a changed file brings about."""


class OpenRooms(Protocol):
    """The rooms that are open."""

    def get(self, name: str) -> RoomState | None:
        """An open room by name."""
        ...

    def states(self) -> Collection[RoomState]:
        """Every open room."""
        ...

    def equip(self, state: RoomState, pack: Pack, matcher: Matcher) -> None:
        """Put a pack in force in a room, from its next comment on."""
        ...


@dataclass(slots=True)
class Given:
    """What one open room was given, by whom and when (Unix seconds).

    ``pinned``: a person chose it, and its file does not change it any more.
    """

    line: Line
    release: Release
    pinned: bool = False
    shadow: Release | None = None
    by: str = FILE
    at: float = 0.0
