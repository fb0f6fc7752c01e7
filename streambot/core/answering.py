"""Whether a question is answered now, and by what: one room's memory of what was said to whom, and when.

One reply serves many. Who asks what was answered a moment ago is covered by that answer, unless many ask anew; a viewer
is not answered twice in a row, and the room bears so many posts a minute. Nothing here reads a catalog or a clock.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from typing import Final

from streambot.core.labels import Intent

ANEW: Final = 5
"""Askers within a cooldown after whom an answer is given again: it has scrolled away."""
SOONEST: Final = 20.0
"""Seconds that an answer stands at least, however many ask."""
MINUTE: Final = 60.0
LONGEST_WAIT: Final = 2.0
"""Seconds that an answer waits for the room's budget; a later one would answer what nobody asks any more."""
OFFER_LASTS: Final = 60.0
"""Seconds for which an answer that a person was offered stands before them, and is not offered again; then it is
withdrawn, for its question has scrolled away. The page drops it after as many (``FRESH`` in answers.js)."""
TYPING: Final = 30.0
"""Seconds for which a person who started typing keeps automatic answers to that question away."""
REMEMBERED: Final = 2000
"""Topics and viewers remembered; the oldest make room."""


class Silence(StrEnum):
    """Why nothing is said now."""

    COVERED = "covered"
    """The same was answered within its cooldown."""
    VIEWER = "viewer"
    """This viewer was answered a moment ago."""
    BUDGET = "budget"
    """The room has had its posts for this minute."""
    TYPING = "typing"
    """A person is answering."""
    WAITING = "waiting"
    """A person has been offered an answer to it."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What an answer settles: askers of the same topic in the same language need one answer.

    ``facts`` tells apart what intent and item do not: the size for these measures, the days to that town.
    """

    intent: Intent
    item: int
    about: str
    facts: str
    language: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, and posts a minute."""

    cooldown: float = 60.0
    viewer: float = 20.0
    per_minute: int = 12


@dataclass(frozen=True, slots=True)
class Go:
    """Say it, at ``at`` (Unix seconds): now, or as soon as the room bears it."""

    at: float


@dataclass(slots=True)
class _Said:
    at: float
    answer: str
    offered: bool
    askers: set[str] = field(default_factory=set)


class Answering:
    """What one room has answered. Times are Unix seconds and never go back by more than a comment's jitter."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._said: OrderedDict[Topic, _Said] = OrderedDict()
        self._viewers: OrderedDict[str, float] = OrderedDict()
        self._posts: deque[float] = deque()
        self._typing: dict[str, float] = {}
        self._going: dict[str, tuple[float, frozenset[str], Topic]] = {}
        self.gaps: Counter[str] = Counter()
        """Questions that had no answer, by the reason."""
        self.silences: Counter[str] = Counter()
        """Questions that were not answered now, by the reason: most are covered by an answer that stands."""

    def consider(
        self, topic: Topic, viewer: str, at: float, *, keys: Collection[str] = (), offer: bool = False
    ) -> Go | Silence:
        """Whether a viewer's question is answered. ``keys`` are the ids by which a person may be typing about it.

        ``offer``: a person is to be offered the answer, which costs the room nothing until it is sent.
        """
        if any(at < self._typing.get(key, -inf) for key in keys):
            return Silence.TYPING
        said = self._said.get(topic)
        # Who asks plainly need not wait for a person who was offered the answer to a doubtful question.
        if said is not None and (offer or not said.offered) and self._stands(said, viewer, at):
            return Silence.WAITING if said.offered else Silence.COVERED
        if offer:
            return Go(at)
        if at < self._viewers.get(viewer, -inf) + self._limits.viewer:
            return Silence.VIEWER
        when = self._next_post(at)
        return Silence.BUDGET if when > at + LONGEST_WAIT else Go(when)

    def _stands(self, said: _Said, viewer: str, at: float) -> bool:
        """Whether an earlier answer still serves whoever asks."""
        if said.offered:
            return at < said.at + OFFER_LASTS
        if at >= said.at + self._limits.cooldown:
            return False
        said.askers.add(viewer)
        return len(said.askers) < ANEW or at < said.at + SOONEST

    def _next_post(self, at: float) -> float:
        while self._posts and self._posts[0] <= at - MINUTE:
            self._posts.popleft()
        if self._limits.per_minute == 0:
            return inf
        over = len(self._posts) - self._limits.per_minute
        return at if over < 0 else self._posts[over] + MINUTE

    def offered(self, topic: Topic, answer: str, at: float) -> None:
        """A person is offered the answer with this id."""
        self._keep(topic, _Said(at, answer, offered=True))

    def declined(self, answer: str) -> None:
        """The person does not want it: the next asker may be answered."""
        for topic, said in list(self._said.items()):
            if said.answer == answer:
                del self._said[topic]

    def posted(
        self, topic: Topic, answer: str, viewers: Collection[str], at: float, *, keys: Collection[str] = ()
    ) -> None:
        """An answer goes out at ``at``; until then whoever types about one of ``keys`` can stop it."""
        self._keep(topic, _Said(at, answer, offered=False))
        self._going = {name: going for name, going in self._going.items() if going[0] > at - LONGEST_WAIT}
        self._going[answer] = (at, frozenset(keys), topic)
        for viewer in viewers:
            self._viewers[viewer] = at
            self._viewers.move_to_end(viewer)
            if len(self._viewers) > REMEMBERED:
                self._viewers.popitem(last=False)
        self.spent(at)

    def bears(self, at: float) -> bool:
        """Whether the room bears one more post now."""
        return self._next_post(at) <= at

    def spent(self, at: float) -> None:
        """Something else was posted: it counts against the minute too."""
        self._posts.append(at)

    def typing(self, key: str, at: float, *, on: bool) -> list[str]:
        """A person starts (or stops) typing about a question or a comment: the answers to it that are not out yet."""
        self._typing = {each: until for each, until in self._typing.items() if until > at}
        if not on:
            self._typing.pop(key, None)
            return []
        self._typing[key] = at + TYPING
        return [answer for answer, (due, keys, _) in self._going.items() if due > at and key in keys]

    def taken(self, offer: str, answer: str, viewers: Collection[str], at: float) -> None:
        """A person sends what they were offered."""
        topic = next((topic for topic, said in self._said.items() if said.answer == offer), None)
        if topic is None:
            self.spent(at)
        else:
            self.posted(topic, answer, viewers, at)

    def withdrawn(self, answer: str) -> None:
        """An answer did not go out after all."""
        due, _, _ = self._going.pop(answer, (0.0, frozenset(), None))
        self.declined(answer)
        if due in self._posts:
            self._posts.remove(due)

    def begin_broadcast(self) -> None:
        """A new broadcast starts: nobody in it was answered yet."""
        self._said.clear()
        self._viewers.clear()
        self._typing.clear()
        self.gaps.clear()
        self.silences.clear()

    def _keep(self, topic: Topic, said: _Said) -> None:
        self._said[topic] = said
        self._said.move_to_end(topic)
        if len(self._said) > REMEMBERED:
            self._said.popitem(last=False)
