"""The seams: what the pipeline needs of its neighbours, as protocols: a fake is a small class, nothing is inherited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from enum import Enum, auto
from typing import Any, Protocol, runtime_checkable

from streambot.core.action import Action, Capability, Operation, Outcome
from streambot.core.command import Command, PackOrder, Reply, RuleForm, RulePreview
from streambot.core.comment import Comment
from streambot.core.event import Event
from streambot.core.hot_question import HotQuestion
from streambot.core.log_query import LogQuery
from streambot.core.orders import Order
from streambot.core.status import RoomStatus
from streambot.core.ticket_orders import TicketOrder, TicketQuery
from streambot.core.verdict import Judgement, Signal

Clock = Callable[[], float]
"""Unix seconds, UTC."""


class Source(Protocol):
    """Where comments come from."""

    @property
    def live(self) -> bool:
        """Whether somebody is waiting: a live source has deadlines and sheds work, any other waits for the model."""
        ...

    def comments(self) -> AsyncIterator[Comment]:
        """Comments until the stream ends; raises PlatformError if it breaks."""
        ...


class Actuator(Protocol):
    """What carries out actions on a platform."""

    @property
    def capabilities(self) -> Mapping[Operation, Capability]:
        """What this account can do right now."""
        ...

    async def apply(self, action: Action) -> Outcome:
        """Carry out one action. Raises PlatformError if it may be tried again, AuthError if a person must act.

        An AuthError says that nothing was carried out.
        """
        ...


class Fate(Enum):
    """What a platform can say of an action that is no outcome."""

    NEVER_CAME = auto()


@runtime_checkable
class ReadBack(Protocol):
    """An actuator whose platform can be asked what became of an action."""

    @property
    def reads_back(self) -> bool:
        """Whether this one can be asked."""
        ...

    async def look_up(self, action: Action) -> Outcome | Fate | None:
        """What became of an action that was sent; None if that cannot be said now. Never raises.

        ``NEVER_CAME`` is proof that it was not and will not be carried out: then even a post is sent again.
        """
        ...


@runtime_checkable
class Renewable(Protocol):
    """An actuator whose credentials stand in a file that a person may replace."""

    def renewed(self) -> bool:
        """Whether they are other ones now; if so, they are used from now on."""
        ...


class Classifier(Protocol):
    """What judges a text."""

    @property
    def name(self) -> str:
        """Model, version and runtime, as written in the log."""
        ...

    async def classify(self, comment: Comment) -> Judgement:
        """Judge one comment. Raises ClassifierError, or Overloaded when too much is waiting."""
        ...


class Matcher(Protocol):
    """A compiled pack: what its terms, patterns and detectors find in a comment."""

    def signals(self, comment: Comment, before: Sequence[str] = ..., /) -> Sequence[Signal]:
        """Every hit, with its span; ``before`` is what its author said just before, which it may be a piece of."""
        ...

    def read_reply(self, text: str, /) -> Sequence[Signal]:
        """Every hit in a text that the shop is about to post."""
        ...


class Store(Protocol):
    """The moderation log."""

    async def commit(self, events: Sequence[Event], outbox: Sequence[Action] = ()) -> Collection[str]:
        """Write events and outbox rows in one transaction, grouped with others that wait.

        Returns the ids of decisions that were not written because their comment had one already. Raises StorageError.
        """
        ...

    async def known(self, keys: Sequence[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
        """Those comments (platform, room id, comment id) that have been received before."""
        ...


class Feed(Protocol):
    """Who is told of what was committed."""

    def publish(self, events: Sequence[Event], outbox: Sequence[Action] = ()) -> None:
        """Committed events, in order. Returns at once: a slow screen never holds up a decision."""
        ...

    def settled(self, action: Action, outcome: Outcome) -> None:
        """An action reached its outcome."""
        ...

    def notice(self, room: str, notice: Mapping[str, Any]) -> None:
        """Something people must see that is not an event: a source lost, the model down, a gap."""
        ...


class Log(Protocol):
    """The moderation log, read. A row is a JSON-ready mapping in the form of ``streambot export`` plus ``seq`` (the
    place in the log), ``author_name``, ``language``, ``score`` (of the strongest label), ``state`` (of its outbox row)
    and ``degraded``.
    """

    async def search(self, query: LogQuery) -> Sequence[Mapping[str, Any]]:
        """Matching events, newest first, at most ``query.limit``."""
        ...

    def rows(self, query: LogQuery) -> AsyncIterator[Mapping[str, Any]]:
        """All matching events, oldest first, streamed; ``limit`` and ``before`` are not looked at."""
        ...

    async def count(self, query: LogQuery, cap: int = 10_000) -> int:
        """How many events match, counted up to ``cap`` + 1."""
        ...

    async def facets(self, query: LogQuery) -> Mapping[str, Sequence[tuple[str, int]]]:
        """For act, label, actor, language, kind and room the most frequent values among matching events."""
        ...

    async def chain(self, event: str) -> Sequence[Mapping[str, Any]]:
        """Every event about the same comment as this event (or this event alone), oldest first; empty if unknown."""
        ...

    async def recent(self, room: str, limit: int = 200) -> Sequence[Mapping[str, Any]]:
        """The newest events of a room's current broadcast, oldest first, to fill a screen after a restart."""
        ...


class Live(Protocol):
    """What is running, as screens and probes see it."""

    def rooms(self) -> Sequence[RoomStatus]:
        """Every room that has been opened, in the order of the configuration, then of appearance."""
        ...

    def hot(self, room: str) -> Sequence[HotQuestion]:
        """The room's hot questions, hottest first, then the answered ones, newest first."""
        ...

    def reasons(self, room: str, language: str) -> Mapping[str, Mapping[str, str]]:
        """By id of the rules in force: ``why`` they speak and ``instead``, the wording that complies, in this language.

        Empty for an unknown room; ``instead`` is missing where a rule has none.
        """
        ...


class Desk(Protocol):
    """Where people's commands go."""

    async def command(self, command: Command) -> Reply:
        """Carry out one command: an event in the log and, where needed, a row in the outbox."""
        ...


class OrderLookup(Protocol):
    """Where a shop's orders are known. What it says is for the person who works on a ticket, never for viewers."""

    async def orders_of(self, platform: str, author: str) -> Sequence[Order]:
        """The orders of whoever has this id on this platform, newest first; never by a name, nor by what was typed.

        Raises StreambotError if they cannot be looked up now.
        """
        ...


class Tickets(Protocol):
    """Complaints and order questions, and what people do about them. All raise StorageError."""

    async def listed(self, query: TicketQuery) -> Mapping[str, Any]:
        """Matching tickets, the most urgent first, and how many are pending; JSON-ready, without any order."""
        ...

    async def shown(self, ticket: str) -> Mapping[str, Any] | None:
        """One ticket with what its viewer said in the room, what was done and, where known, what they ordered."""
        ...

    async def order(self, order: TicketOrder) -> Reply:
        """Carry out what a person wants done about a ticket."""
        ...

    async def dispute(self, ticket: str, *, names: bool) -> Mapping[str, Any] | None:
        """Everything about a ticket for a dispute, hashed record by record; ``names`` as they are, or as tokens."""
        ...

    def pending(self) -> int:
        """How many tickets are not settled."""
        ...


class Rules(Protocol):
    """The rules in force: what they are, and what people change about them while on air. All raise StorageError."""

    async def overview(self) -> Mapping[str, Any]:
        """Every room with its pack, the packs kept, and the rules added on air; JSON-ready."""
        ...

    async def preview(self, form: RuleForm) -> RulePreview | Reply:
        """What a rule would have done; a Reply if it is refused."""
        ...

    async def add(self, form: RuleForm) -> Reply:
        """Put a rule in force that was previewed."""
        ...

    async def withdraw(self, rule: str, actor: str, reason: str = "") -> Reply:
        """Take back a rule by the id of the event that added it."""
        ...

    async def activate(self, order: PackOrder) -> Reply:
        """Put a pack in force, or beside the one in force."""
        ...
