"""Who asks one question, when and in which words: a viewer has one vote, and its weight halves every ``HALF_LIFE``.

Forward decay (ENGINE.md A3): a value and its time are kept, nothing is swept. What is kept depends on which votes
were cast, not on the order in which they came.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

HALF_LIFE: Final = 75.0
"""Seconds."""
_KEPT: Final = 3
"""Askings of one viewer that are remembered: if the newest is hidden, the one before stands."""
WORDINGS: Final = 24
"""Wordings of one question that are kept; the one that fewest chose makes room."""


class Vote(NamedTuple):
    """One asking: when (Unix seconds), in which canonical wording and language, by which comment."""

    at: float
    wording: str
    language: str
    comment: str


@dataclass(slots=True)
class Wording:
    """One way to ask it: as the first one typed it, in which language, and how many ask in these words."""

    text: str
    language: str
    askers: int = 0


class Votes:
    """The votes for one question."""

    __slots__ = ("_at", "_heat", "_of", "first_at", "languages", "version", "wordings")

    def __init__(self) -> None:
        self._of: dict[str, tuple[Vote, ...]] = {}
        self._heat = 0.0
        self._at = -math.inf
        self.first_at = math.inf
        """When the earliest of the votes was cast."""
        self.wordings: dict[str, Wording] = {}
        self.languages: Counter[str] = Counter()
        self.version = 0
        """Rises with every change."""

    def __len__(self) -> int:
        """How many people ask."""
        return len(self._of)

    def __contains__(self, viewer: object) -> bool:
        return viewer in self._of

    @property
    def last_at(self) -> float:
        """When it was asked last."""
        return self._at

    def newest(self, viewer: str) -> Vote | None:
        """The asking that is a viewer's vote."""
        askings = self._of.get(viewer)
        return askings[0] if askings else None

    def heat(self, now: float) -> float:
        """The weight of all votes."""
        return self._heat * math.exp2(min(0.0, self._at - now) / HALF_LIFE) if self._of else 0.0

    def know(self, wording: str, text: str, language: str) -> None:
        """Remember how a wording was typed."""
        if wording not in self.wordings:
            if len(self.wordings) >= WORDINGS:
                del self.wordings[min(self.wordings, key=lambda known: self.wordings[known].askers)]
            self.wordings[wording] = Wording(text, language)
            self.version += 1

    def cast(self, viewer: str, vote: Vote) -> None:
        """Count an asking: a viewer's newest is the vote. One that is known already changes nothing."""
        before = self._of.get(viewer)
        if before is None:
            self._of[viewer] = (vote,)
            self._count(vote, 1)
        elif all(vote.comment != each.comment for each in before):
            self._set(viewer, before, tuple(sorted((*before, vote), reverse=True)[:_KEPT]))

    def withdraw(self, viewer: str, comment: str) -> Vote | None:
        """Take an asking back; returns it, None if there is none. Words that nobody else chose are forgotten."""
        before = self._of.get(viewer, ())
        gone = next((vote for vote in before if vote.comment == comment), None)
        if gone is not None:
            self._set(viewer, before, tuple(vote for vote in before if vote is not gone))
            told = self.wordings.get(gone.wording)
            if told is not None and told.askers == 0 and len(self.wordings) > 1:
                del self.wordings[gone.wording]
                self.version += 1
        return gone

    def forget(self, viewer: str) -> None:
        """Take everything back that a viewer asked."""
        if viewer in self._of:
            self._set(viewer, self._of[viewer], ())

    def forget_before(self, at: float) -> None:
        """Take back what was asked until then."""
        kept = {viewer: tuple(vote for vote in of if vote.at > at) for viewer, of in self._of.items()}
        self._begin({viewer: of for viewer, of in kept.items() if of})

    def times(self) -> Iterable[tuple[str, float]]:
        """Each viewer with the time of the vote."""
        return ((viewer, askings[0].at) for viewer, askings in self._of.items())

    def take_in(self, other: Votes) -> None:
        """Unite the votes of two questions; who asked both has one."""
        for wording, told in other.wordings.items():
            if wording not in self.wordings and len(self.wordings) < WORDINGS:
                self.wordings[wording] = told
        united = dict(self._of)
        for viewer, of in other._of.items():
            united[viewer] = tuple(sorted({*united.get(viewer, ()), *of}, reverse=True)[:_KEPT])
        self._begin(united)

    def take_out(self, wording: str) -> Votes:
        """Part with what was asked in one wording."""
        out = Votes()
        if wording in self.wordings:
            out.wordings[wording] = self.wordings.pop(wording)
        parted: dict[str, tuple[Vote, ...]] = {}
        rest: dict[str, tuple[Vote, ...]] = {}
        for viewer, of in self._of.items():
            for into, votes in (
                (parted, tuple(vote for vote in of if vote.wording == wording)),
                (rest, tuple(vote for vote in of if vote.wording != wording)),
            ):
                if votes:
                    into[viewer] = votes
        out._begin(parted)
        self._begin(rest)
        return out

    def _set(self, viewer: str, before: tuple[Vote, ...], after: tuple[Vote, ...]) -> None:
        if after:
            self._of[viewer] = after
        else:
            del self._of[viewer]
        if before[:1] != after[:1]:
            for vote in after[:1]:
                self._count(vote, 1)
            for vote in before[:1]:
                self._count(vote, -1)

    def _count(self, vote: Vote, sign: int) -> None:
        if vote.at > self._at:
            self._heat *= math.exp2((self._at - vote.at) / HALF_LIFE)
            self._at = vote.at
        self.first_at = min(self.first_at, vote.at)
        self._heat = max(0.0, self._heat + sign * math.exp2((vote.at - self._at) / HALF_LIFE))
        told = self.wordings.get(vote.wording)
        if told is not None:
            told.askers = max(0, told.askers + sign)
        self.languages[vote.language] += sign
        self.version += 1

    def _begin(self, votes: dict[str, tuple[Vote, ...]]) -> None:
        """Count these votes and no others."""
        self._of = votes
        self._heat, self.first_at = 0.0, math.inf
        self.version += 1
        self.languages.clear()
        for told in self.wordings.values():
            told.askers = 0
        for of in votes.values():
            self._count(of[0], 1)
