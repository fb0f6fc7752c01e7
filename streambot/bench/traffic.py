"""The comments that scenarios are measured with: the demo's lines, seeded, at a rate or as fast as they are taken."""

from __future__ import annotations

from array import array
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from streambot.core.action import Action, Outcome
from streambot.core.comment import Comment, Room
from streambot.core.errors import ConfigError
from streambot.core.event import Event, Kind
from streambot.platforms.demo.broadcast import broadcast
from streambot.ports import Clock

_START: Final = 1_795_000_000.0
_SEARCHED: Final = 200_000
"""Comments looked through for texts that differ."""
_TURN: Final = 16
"""Comments given before other tasks get the loop, when there is no time to wait."""


def a_room(number: int = 1) -> Room:
    """A room that exists nowhere else."""
    return Room(f"bench-{number}", "bench", f"bench-{number}")


def said(count: int, *, rate: float, seed: int) -> list[Comment]:
    """So many comments of the demo's broadcast as it goes at this rate, repeats included."""
    return list(islice(broadcast(room=a_room(), start=_START, seed=seed, rate=rate), count))


def distinct(count: int, *, seed: int) -> list[Comment]:
    """So many comments of which no two say the same. Raises ConfigError if the demo has not so much to say."""
    found: dict[str, Comment] = {}
    for comment in islice(broadcast(room=a_room(), start=_START, seed=seed, rate=500.0), _SEARCHED):
        found.setdefault(comment.text, comment)
        if len(found) == count:
            return list(found.values())
    raise ConfigError(f"the demo's script has only {len(found)} different lines, not {count}.", code="too_few_lines")


def spread(comments: Sequence[Comment], rooms: int) -> list[Comment]:
    """The same comments dealt out to so many rooms in turn."""
    places = [a_room(number) for number in range(1, rooms + 1)]
    return [replace(comment, room=places[number % rooms]) for number, comment in enumerate(comments)]


def again(comments: Sequence[Comment], number: int) -> list[Comment]:
    """The same comments as new ones in a later broadcast: other ids, a day later for each ``number``."""
    shift = number * 86_400.0
    return [
        replace(c, id=f"{number}-{c.id}", sent_at=c.sent_at + shift, received_at=c.received_at + shift)
        for c in comments
    ]


class Paced:
    """A live source that gives each comment at its due time, ``rate`` a second.

    A comment is dated when it was due, also when the house was not ready to take it: what it then waits counts.
    """

    live = True

    def __init__(
        self, comments: Sequence[Comment], rate: float, *, clock: Clock, sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._comments = comments
        self._rate = rate
        self._clock = clock
        self._sleep = sleep

    async def comments(self) -> AsyncIterator[Comment]:
        """See ``ports.Source``."""
        began = self._clock()
        for number, comment in enumerate(self._comments):
            due = began + number / self._rate
            wait = due - self._clock()
            if wait > 0:
                await self._sleep(wait)
            elif number % _TURN == 0:
                await self._sleep(0)
            yield replace(comment, sent_at=due, received_at=due)


class AtOnce:
    """A source that nobody waits for: comments as fast as they are taken, none of them shed."""

    live = False

    def __init__(self, comments: Sequence[Comment], *, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._comments = comments
        self._sleep = sleep

    async def comments(self) -> AsyncIterator[Comment]:
        """See ``ports.Source``."""
        for number, comment in enumerate(self._comments):
            if number % _TURN == 0:
                await self._sleep(0)
            yield comment


class Stopwatch:
    """A feed that notes how long each decision took, in seconds from when its comment was due."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # As doubles: what is measured with must not grow by itself.
        self.modelled = array("d")
        self.ruled = array("d")
        """Decisions that rules made alone."""

    @property
    def all(self) -> array[float]:
        """Both kinds."""
        return self.modelled + self.ruled

    def publish(self, events: Sequence[Event], _outbox: Sequence[Action] = ()) -> None:
        """See ``ports.Feed``."""
        now = self._clock()
        for event in events:
            if event.kind is Kind.DECISION and event.comment is not None:
                kind = self.ruled if event.data["degraded"] else self.modelled
                kind.append(now - event.comment.received_at)

    def settled(self, action: Action, outcome: Outcome) -> None:
        """Nothing to note."""

    def notice(self, room: str, notice: object) -> None:
        """Nothing to note."""


def slices(texts: Sequence[str], size: int, taken: int) -> Iterator[Sequence[str]]:
    """Texts as the batcher hands them to the model: ``taken`` at a time, by length, in slices of ``size``."""
    for start in range(0, len(texts), taken):
        window = sorted(texts[start : start + taken], key=len)
        for at in range(0, len(window), size):
            yield window[at : at + size]
