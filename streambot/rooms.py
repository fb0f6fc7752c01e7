"""The rooms that are open, and how one opens: its settings, its pack, and what the log remembers of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace

from streambot.core.action import Capability, Operation
from streambot.core.catalog import Item
from streambot.core.comment import Comment, Room
from streambot.core.gate import Refusal, refusals
from streambot.core.history import History
from streambot.core.hot_question import HotQuestion
from streambot.core.hotlist import HotList
from streambot.core.pack import Pack, Thresholds
from streambot.core.status import Link, RoomStatus
from streambot.core.verdict import Signal
from streambot.core.wording import explained
from streambot.hinting import CatalogHints
from streambot.ports import Clock, Matcher
from streambot.room import RoomState, Seen
from streambot.sequels import Follower
from streambot.settings import RoomSettings
from streambot.store.state import Memory

RECALLED = 2000
"""Decided comments read back at a room's opening, to rebuild floods, repeats and the hot questions."""


async def _as_it_is(_: RoomState) -> None:
    """A room that follows its settings alone."""


def _nobody(_: RoomState) -> Sequence[Follower]:
    return ()


class Rooms:
    """Opens rooms on first use and keeps them. Implements ``ports.Live``."""

    def __init__(
        self,
        *,
        settings_for: Callable[[Room], RoomSettings],
        pack_for: Callable[[RoomSettings], tuple[Pack, Matcher]],
        thresholds: Thresholds,
        capabilities_for: Callable[[RoomSettings], Mapping[Operation, Capability]],
        remember: Callable[[Room, int], Awaitable[Memory]],
        is_taken: Callable[[Room], Awaitable[bool]],
        clock: Clock,
        live: bool,
        opening: Callable[[RoomState], Awaitable[None]] = _as_it_is,
        followers_for: Callable[[RoomState], Sequence[Follower]] = _nobody,
    ) -> None:
        """``opening`` may change a room's pack by :meth:`equip` before its first comment.

        ``followers_for`` says who hears of the room's decisions.
        """
        self._settings_for = settings_for
        self._pack_for = pack_for
        self._thresholds = thresholds
        self._capabilities_for = capabilities_for
        self._remember = remember
        self._is_taken = is_taken
        self._clock = clock
        self._live = live
        self._before_use = opening
        self._followers_for = followers_for
        self._open: dict[tuple[str, str], RoomState] = {}
        self._by_name: dict[str, RoomState] = {}
        self._matchers: dict[str, Matcher] = {}
        self._opening = asyncio.Lock()

    async def open(self, room: Room) -> RoomState:
        """The room's state, read back from the log the first time.

        Raises StorageError, ConfigError, or CommentError if no room can have this name.
        """
        state = self._open.get((room.platform, room.id))
        if state is None:
            async with self._opening:
                state = self._open.get((room.platform, room.id)) or await self._read_back(room)
        return state

    async def _read_back(self, room: Room) -> RoomState:
        if room.name in self._by_name or await self._is_taken(room):
            # Two rooms of one name on two platforms: the second is told apart by its platform and id, also when it is
            # the first to speak after a restart.
            room = replace(room, name=f"{room.platform}:{room.id}")
        settings = self._settings_for(room)
        pack, matcher = self._pack_for(settings)
        memory = await self._remember(room, RECALLED)
        state = RoomState(
            room=room,
            settings=settings,
            pack=pack,
            thresholds=self._thresholds,
            capabilities=self._capabilities_for(settings),
            history=History(),
            board=HotList(settings.host_language),
            seen=Seen(reversed(memory.ids), complete=memory.complete),
            mode=settings.mode,
            clock=self._clock if self._live else lambda: state.last_at or 0.0,
        )
        state.board.hint = CatalogHints(state)
        state.followers = tuple(self._followers_for(state))
        state.recall(memory, live=self._live)
        self.equip(state, pack, matcher)
        await self._before_use(state)
        self._open[(room.platform, room.id)] = state
        self._by_name[room.name] = state
        return state

    def equip(self, state: RoomState, pack: Pack, matcher: Matcher) -> None:
        """Put a pack in force in a room, from its next comment on."""
        state.pack = pack
        self._matchers[state.room.name] = matcher

    def signals(self, state: RoomState, comment: Comment) -> Sequence[Signal]:
        """What the room's pack finds in a comment's text, and in what its author split over comments."""
        matcher = self._matchers[state.room.name]
        return matcher.signals(comment, state.history.scraps(comment))

    def refusals(
        self, state: RoomState, text: str, item: Item | None = None, *, language: str = ""
    ) -> Sequence[Refusal]:
        """Why a text must not be posted in a room (``core.gate``); ``item`` is the one meant if it names none.

        The reasons are in the host's language, unless another is asked for.
        """
        return refusals(
            text,
            pack=state.pack,
            read=self._matchers[state.room.name].read_reply,
            catalog=state.knowledge.catalog if state.knowledge is not None else None,
            item=item,
            site=state.settings.site,
            language=language or state.settings.host_language,
        )

    def get(self, name: str) -> RoomState | None:
        """An open room by name."""
        return self._by_name.get(name)

    def states(self) -> Collection[RoomState]:
        """Every open room."""
        return self._by_name.values()

    def rooms(self) -> Sequence[RoomStatus]:
        """Every room that has been opened, in the order of its opening."""
        return [state.status() for state in self._by_name.values()]

    def hot(self, room: str) -> Sequence[HotQuestion]:
        """The room's hot questions, hottest first, then the answered ones; empty for an unknown room."""
        state = self._by_name.get(room)
        return state.hot() if state is not None else ()

    def reasons(self, room: str, language: str) -> Mapping[str, Mapping[str, str]]:
        """See ``ports.Live``."""
        state = self._by_name.get(room)
        return explained(state.pack, language) if state is not None else {}

    def ended(self, room: str, why: str = "") -> None:
        """Show that a room's source has ended, and why it broke if it did."""
        state = self._by_name[room]
        state.link, state.link_detail = Link.ENDED, why
