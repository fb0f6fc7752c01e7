"""Stand-ins for everything around streambot: for its own tests and for whoever writes a connector.

Each is a small class named for its behaviour. None sleeps on the real clock.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from streambot.core.action import Action, Capability, How, Operation, Outcome, Result
from streambot.core.comment import Author, Comment, Role, Room
from streambot.core.event import Event
from streambot.core.labels import Intent, Label
from streambot.core.verdict import Judgement

NOON = 1_795_000_000.0
"""The time at which tests begin, Unix seconds."""
ROOM = Room("shop", "fake", "shop-1")
_numbers = itertools.count(1)


def a_comment(
    text: str = "hello",
    *,
    id: str | None = None,  # noqa: A002 - what has an id calls it id
    room: Room = ROOM,
    author: str = "mimi",
    name: str = "",
    roles: Iterable[Role] = (),
    at: float = NOON,
    **fields: Any,
) -> Comment:
    """A comment; ``fields`` are further ones of :class:`Comment`. Without ``id`` it is one like no other."""
    return Comment(
        id=id or f"c{next(_numbers)}",
        room=room,
        author=Author(author, name or author, frozenset(roles)),
        text=text,
        sent_at=at,
        received_at=fields.pop("received_at", at),
        **fields,
    )


def a_judgement(
    intent: Intent = Intent.CHITCHAT,
    labels: Mapping[Label, float] | None = None,
    *,
    language: str = "en",
    embedding: tuple[float, ...] = (),
) -> Judgement:
    """What a model is sure of: this intent and these labels, nothing else."""
    scores = dict.fromkeys(Label, 0.0) | dict(labels or {})
    return Judgement(scores, intent, 0.9, language, 0.9, embedding, model="fake@1")


def every_capability(how: How = How.API, **changes: Any) -> Mapping[Operation, Capability]:
    """What a platform can do that can do everything in this way; ``changes`` are further fields of Capability."""
    return MappingProxyType({operation: Capability(how, **changes) for operation in Operation})


class FakeClock:
    """A clock that a test moves, and a ``sleep`` that ends when the clock has come so far."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def __call__(self) -> float:
        """The time, Unix seconds."""
        return self.now

    @property
    def sleeping(self) -> int:
        """How many wait for the clock."""
        return sum(not sleeper.done() for *_, sleeper in self._sleepers)

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock has been moved by so much."""
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(_numbers), sleeper))
        await sleeper

    def wake(self) -> None:
        """End every sleep, as if no time had passed."""
        while self._sleepers:
            *_, sleeper = heapq.heappop(self._sleepers)
            if not sleeper.done():
                sleeper.set_result(None)

    def advance(self, seconds: float) -> None:
        """Move the clock; whoever has slept long enough wakes."""
        self.now += seconds
        while self._sleepers and self._sleepers[0][0] <= self.now:
            *_, sleeper = heapq.heappop(self._sleepers)
            if not sleeper.done():
                sleeper.set_result(None)


class ListSource:
    """A source that gives what it was told to, then ends, or breaks with ``error``."""

    def __init__(self, comments: Iterable[Comment], *, live: bool = True, error: Exception | None = None) -> None:
        self._comments = comments
        self._error = error
        self.live = live
        self.closed = False

    async def comments(self) -> AsyncIterator[Comment]:
        """See ``ports.Source``."""
        try:
            for comment in self._comments:
                yield comment
            if self._error is not None:
                raise self._error
        finally:
            self.closed = True


class QueueSource:
    """A live source that a test feeds while it runs; None ends it."""

    live = True

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Comment | None] = asyncio.Queue()

    async def comments(self) -> AsyncIterator[Comment]:
        """See ``ports.Source``."""
        while (comment := await self.queue.get()) is not None:
            yield comment


class FakeClassifier:
    """Gives the judgements it was told to, by text, and ``always`` (small talk) for any other; notes what it was asked.

    ``error`` is raised instead while it is set; ``stuck`` keeps every answer back until :meth:`release`.
    """

    name = "fake@1"

    def __init__(self, judgements: Mapping[str, Judgement] | None = None, always: Judgement | None = None) -> None:
        self.judgements = dict(judgements or {})
        self.always = always or a_judgement()
        self.asked: list[str] = []
        self.error: Exception | None = None
        self._free = asyncio.Event()
        self._free.set()

    def stuck(self) -> None:
        """Answer nobody until :meth:`release`."""
        self._free.clear()

    def release(self) -> None:
        """Answer again, also those who wait."""
        self._free.set()

    async def classify(self, comment: Comment) -> Judgement:
        """See ``ports.Classifier``."""
        self.asked.append(comment.text)
        await self._free.wait()
        if self.error is not None:
            raise self.error
        return self.judgements.get(comment.text) or self.always


class RecordingActuator:
    """Carries everything out at once and notes it in ``applied``."""

    def __init__(self, capabilities: Mapping[Operation, Capability] | None = None) -> None:
        self.capabilities = capabilities or every_capability()
        self.applied: list[Action] = []

    @property
    def operations(self) -> list[Operation]:
        """What was applied, in order."""
        return [action.operation for action in self.applied]

    async def apply(self, action: Action) -> Outcome:
        """See ``ports.Actuator``."""
        self.applied.append(action)
        return Outcome(Result.APPLIED)


class FailingActuator(RecordingActuator):
    """Raises the given errors, one a call, then carries out."""

    def __init__(self, *errors: Exception, capabilities: Mapping[Operation, Capability] | None = None) -> None:
        super().__init__(capabilities)
        self.errors = list(errors)

    async def apply(self, action: Action) -> Outcome:
        """See ``ports.Actuator``."""
        outcome = await super().apply(action)
        if self.errors:
            raise self.errors.pop(0)
        return outcome


class SlowActuator(RecordingActuator):
    """Notes what it is asked and carries it out only when ``release`` is set."""

    def __init__(self, capabilities: Mapping[Operation, Capability] | None = None) -> None:
        super().__init__(capabilities)
        self.began = asyncio.Event()
        self.release = asyncio.Event()

    async def apply(self, action: Action) -> Outcome:
        """See ``ports.Actuator``."""
        self.began.set()
        await self.release.wait()
        return await super().apply(action)


@dataclass
class RecordingFeed:
    """Notes what was published, settled and told."""

    events: list[Event] = field(default_factory=list)
    outbox: list[Action] = field(default_factory=list)
    outcomes: list[tuple[Action, Outcome]] = field(default_factory=list)
    notices: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def publish(self, events: Sequence[Event], outbox: Sequence[Action] = ()) -> None:
        """See ``ports.Feed``."""
        self.events.extend(events)
        self.outbox.extend(outbox)

    def settled(self, action: Action, outcome: Outcome) -> None:
        """See ``ports.Feed``."""
        self.outcomes.append((action, outcome))

    def notice(self, room: str, notice: Mapping[str, Any]) -> None:
        """See ``ports.Feed``."""
        self.notices.append((room, notice))

    def codes(self, room: str = ROOM.name) -> list[str]:
        """The codes of a room's notices, in order."""
        return [notice["code"] for told, notice in self.notices if told == room]
