"""One question of a room over time: open, answered, asked anew, and what people did about it."""

from __future__ import annotations

import math
from typing import Final

from streambot.core.votes import HALF_LIFE, Vote, Votes

MIN_ASKERS: Final = 3
"""Fewer people than this are no trend."""
ON: Final = 1.5
OFF: Final = 0.75
"""Heat from which a question is shown, and below which it no longer is: three who ask within two minutes are, and stay
for two and a half (ENGINE.md A3)."""
COOL_DOWN: Final = 90.0
"""Seconds after an answer during which nobody asks anew: they were typing, or have not heard it yet."""


class Question:
    """People who ask the same, and its marks. Times are Unix seconds and may come out of order."""

    __slots__ = (
        "_late",
        "_warm",
        "answered_at",
        "dropped",
        "item",
        "name",
        "opened_at",
        "pinned_at",
        "pushed_at",
        "votes",
    )

    def __init__(self, name: str, item: str, at: float) -> None:
        self.name = name
        self.item = item
        self.opened_at = at
        self.votes = Votes()
        self.answered_at: float | None = None
        self.pinned_at: float | None = None
        self.pushed_at: float | None = None
        self.dropped = False
        self._warm = False
        self._late: set[str] = set()

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.answered_at is None and not self.dropped

    @property
    def first_at(self) -> float:
        """When it was asked first, since it was last answered."""
        return min(self.votes.first_at, self.opened_at)

    @property
    def seniority(self) -> tuple[float, str]:
        """What goes first of questions that are as hot: a name would tell which wording came first by chance."""
        return self.first_at, min(self.votes.wordings, default=self.name)

    def cast(self, viewer: str, vote: Vote) -> None:
        """Count an asking. Enough late ones open an answered question anew, with their votes alone."""
        if self._warm and self.votes.heat(vote.at) < OFF:
            self._warm = False
        self.votes.cast(viewer, vote)
        if self.answered_at is not None:
            newest = self.votes.newest(viewer)
            if newest is not None and newest.at > self.answered_at + COOL_DOWN:
                self._late.add(viewer)
            if len(self._late) >= MIN_ASKERS:
                self._asked_anew(self.answered_at + COOL_DOWN)
        self._warmed()

    def withdraw(self, viewer: str, comment: str) -> Vote | None:
        """Take an asking back; returns it, None if there is none."""
        gone = self.votes.withdraw(viewer, comment)
        self._recount(viewer)
        return gone

    def forget(self, viewer: str) -> None:
        """Take back whatever a viewer asked."""
        self.votes.forget(viewer)
        self._recount(viewer)

    def forget_before(self, at: float) -> None:
        """Votes until then count no more."""
        self.votes.forget_before(at)
        self._late = {viewer for viewer in self._late if viewer in self.votes}

    def mark(self, state: str, at: float) -> None:
        """What a person did: answered, open, dropped, pinned, unpinned or pushed.

        Whoever opens, pins or pushes a question wants to see it, also one that was answered or that few ask.
        """
        if state == "unpinned":
            self.pinned_at = None
            return
        self.dropped = state == "dropped"
        self.answered_at = at if state == "answered" else None
        self._late.clear()
        if state == "pinned":
            self.pinned_at = at
        if state == "pushed" or (state == "open" and not self.is_hot(at)):
            self.pushed_at = at

    def is_hot(self, now: float) -> bool:
        """Whether enough ask it, by the votes alone: from when it was hot until it has cooled down."""
        return self._warm and len(self.votes) >= MIN_ASKERS and self.votes.heat(now) >= OFF

    def is_shown(self, now: float) -> bool:
        """Whether it stands on the hot list as an open question."""
        return self.is_open and (self.pinned_at is not None or self.pushed_at is not None or self.is_hot(now))

    def rank(self, now: float) -> float:
        """Its heat; a push counts as the votes that a trend needs, cast when it was pushed."""
        pushed = 0.0 if self.pushed_at is None else MIN_ASKERS * math.exp2(min(0.0, self.pushed_at - now) / HALF_LIFE)
        return round(self.votes.heat(now) + pushed, 9)

    def is_kept(self, now: float) -> bool:
        """Whether it must not be forgotten to make room."""
        cooling = self.answered_at is not None and now - self.answered_at <= COOL_DOWN
        return cooling or self.pinned_at is not None or self.pushed_at is not None

    def take_in(self, other: Question) -> None:
        """Unite it with another that asks the same. An answer to one was an answer to both."""
        answers = [at for at in (self.answered_at, other.answered_at) if at is not None]
        self.votes.take_in(other.votes)
        self.item = self.item or other.item
        self.opened_at = min(self.opened_at, other.opened_at)
        self.pinned_at = other.pinned_at if self.pinned_at is None else self.pinned_at
        self.pushed_at = other.pushed_at if self.pushed_at is None else self.pushed_at
        self._warm = self._warm or other._warm
        self.answered_at = max(answers, default=None)
        if self.answered_at is not None:
            since = self.answered_at + COOL_DOWN
            self._late = {viewer for viewer, at in self.votes.times() if at > since}
            if len(self._late) >= MIN_ASKERS:
                self._asked_anew(since)
        self._warmed()

    def take_out(self, wording: str, name: str, at: float) -> Question:
        """Part with one wording, which becomes an open question of its own."""
        parted = Question(name, self.item, at)
        parted.votes = self.votes.take_out(wording)
        self._late = {viewer for viewer in self._late if viewer in self.votes}
        parted._warmed()
        return parted

    def _asked_anew(self, since: float) -> None:
        self.votes.forget_before(since)
        self.answered_at = self.pinned_at = self.pushed_at = None
        self.opened_at = self.votes.first_at
        self._late.clear()

    def _recount(self, viewer: str) -> None:
        newest = self.votes.newest(viewer)
        if newest is None or self.answered_at is None or newest.at <= self.answered_at + COOL_DOWN:
            self._late.discard(viewer)

    def _warmed(self) -> None:
        if not self._warm and len(self.votes) >= MIN_ASKERS and self.votes.heat(self.votes.last_at) >= ON:
            self._warm = True
