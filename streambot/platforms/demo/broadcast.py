"""The demo's broadcast as a sequence of comments: what the scenes ask for, said by the cast in the script's words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from operator import attrgetter
from random import Random
from typing import Final

from streambot.core.comment import Comment, Room
from streambot.core.errors import ConfigError
from streambot.platforms.demo.cast import Cast, Person, account
from streambot.platforms.demo.hands import disguise
from streambot.platforms.demo.scenes import RAIDERS, TROUBLE, Act, Cue, acts
from streambot.platforms.demo.script import Script, load_script

_NATURAL: Final = 7.5
"""About how many comments a second the scenes bring by nature; used to size the cast only."""
_PEOPLE_PER_RATE: Final = 30
"""Viewers in the room for each comment a second: everybody says something about twice a minute."""
_MOST_PEOPLE: Final = 20_000
_CUED: Final = 0.3
"""A raid is at most this share of its act, so that a slow demo is not all raid."""
_ALWAYS: Final = 0.25
"""Ambient comments never fall under this share of the wanted rate, whatever the cues bring."""
_FAVOURITE: Final = 1.6
"""A line drawn as n·u^1.6: a few questions are asked over and over, as in any room."""
_AS_TYPED: Final = frozenset({"chorus", "noise"})
_BY_VIEWERS: Final = frozenset({"rude", "phone"})
"""Trouble that people make; the rest comes from accounts that advertise."""

_SLOT: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Line:
    """What a comment was made of: the script's ``line`` of a ``kind``, its ``language``, the ``slots`` that were
    filled, and the ``item`` of the act.
    """

    kind: str
    language: str
    line: str
    item: int
    slots: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """A comment and the truth about it."""

    comment: Comment
    line: Line


@dataclass(frozen=True, slots=True)
class _Said:
    at: float
    person: Person
    text: str
    line: Line


def broadcast(*, room: Room, start: float, seed: int, rate: float | None = None) -> Iterator[Comment]:
    """The comments of an endless broadcast that starts at ``start`` (Unix seconds), by time.

    ``rate`` is the average in comments a second over each act (a minute or two), None what the scenes bring by nature
    (3 when it is quiet, 12 in a wave). Everything but ids and times is the same for the same seed and rate. Raises
    ConfigError for a rate that is not above 0.
    """
    return (told.comment for told in performed(room=room, start=start, seed=seed, rate=rate))


def performed(*, room: Room, start: float, seed: int, rate: float | None = None) -> Iterator[Told]:
    """The same broadcast with the truth about each comment."""
    if rate is not None and not 0 < rate < float("inf"):
        raise ConfigError(
            f"A demo cannot run at {rate} comments a second.", code="bad_rate", fix="Give a number above 0."
        )
    said = _Play(load_script(), seed, rate).said()
    return (
        Told(
            Comment(
                id=f"demo-{int(start)}-{number:06d}",
                room=room,
                author=each.person.author,
                text=each.text,
                sent_at=start + each.at,
                received_at=start + each.at,
            ),
            each.line,
        )
        for number, each in enumerate(said)
    )


class _Play:
    """One performance: the script, the cast, and where in the programme we are."""

    def __init__(self, script: Script, seed: int, rate: float | None) -> None:
        self._script = script
        self._rate = rate
        self._rng = Random(f"play {seed}")
        self._cast = Cast(script, seed=seed, size=min(_MOST_PEOPLE, int((rate or _NATURAL) * _PEOPLE_PER_RATE)))
        self._item = 1
        self._last: dict[str, str] = {}

    def said(self) -> Iterator[_Said]:
        began = 0.0
        for act in acts(self._rng, items=len(self._script.tongues["en"].slots["items"])):
            self._item = act.item
            cues = self._cues(act)
            # Both draw from one generator as they are taken; the merge takes them in an order that is always the same.
            yield from merge(self._ambient(act, began, len(cues)), self._cued(cues, began), key=attrgetter("at"))
            began += act.seconds

    def _cues(self, act: Act) -> list[Cue]:
        raiders = RAIDERS if self._rate is None else min(RAIDERS, round(_CUED * self._rate * act.seconds))
        return [cue for cue in act.cues if cue.part != "raid" or cue.number < raiders]

    def _ambient(self, act: Act, began: float, cues: int) -> Iterator[_Said]:
        scale = 1.0
        if self._rate is not None:
            wanted = self._rate * act.seconds
            scale = max(wanted - cues, _ALWAYS * wanted) / act.crowd
        # Counted in comments, what is still to wait for the next one is carried from a slow scene into a busy one.
        waiting = self._rng.random()
        at = ends = began
        for scene in act.scenes:
            ends += scene.seconds
            pace = scene.pace * scale
            kinds, shares = list(scene.mix), list(scene.mix.values())
            while at + waiting / pace < ends:
                at += waiting / pace
                waiting = self._rng.uniform(0.2, 1.8)
                kind = self._rng.choices(kinds, shares)[0]
                yield self._trouble(at) if kind == "trouble" else self._viewer(at, kind)
            waiting -= (ends - at) * pace
            at = ends

    def _viewer(self, at: float, kind: str) -> _Said:
        person = self._cast.speaker(at, self._rng)
        language = person.tongue(self._rng)
        text, line = self._typed(person, language, kind)
        if kind not in _AS_TYPED and text == self._last.get(person.author.id):
            text, line = self._typed(person, language, kind)
        self._last[person.author.id] = text
        return _Said(at, person, text, line)

    def _typed(self, person: Person, language: str, kind: str) -> tuple[str, Line]:
        tongue = self._script.tongues[language]
        lines = tongue.lines[kind]
        # The commonest words stand first; each item turns the list a little, so each has favourites of its own.
        place = int(len(lines) * self._rng.random() ** _FAVOURITE) + self._item - 1
        text, line = self._filled(kind, lines[place % len(lines)], language)
        return (text if kind in _AS_TYPED else person.hands.type(text, tongue.tails, self._rng)), line

    def _trouble(self, at: float) -> _Said:
        kind = self._rng.choices(list(TROUBLE), list(TROUBLE.values()))[0]
        lines = self._script.trouble.lines[kind]
        language = self._rng.choice(list(lines))
        person = self._anyone(language) if kind in _BY_VIEWERS else self._cast.troublemaker(language, self._rng)
        return _Said(at, person, *self._filled(kind, self._rng.choice(lines[language]), language))

    def _anyone(self, language: str) -> Person:
        return self._rng.choice(self._cast.speakers[language])

    def _cued(self, cues: list[Cue], began: float) -> Iterator[_Said]:
        for cue in cues:
            person, text, line = self._on_cue(cue)
            yield _Said(began + cue.at, person, text, line)

    def _on_cue(self, cue: Cue) -> tuple[Person, str, Line]:
        tongue, trouble, language = self._script.tongues[cue.language], self._script.trouble, cue.language
        match cue.part:
            case "host" | "staff":
                person = self._cast.host if cue.part == "host" else self._cast.helper
                return person, *self._filled(cue.kind, self._rng.choice(tongue.host[cue.kind]), language)
            case "troll":
                line = trouble.trolls[language][cue.number]
                person = account(f"{trouble.accounts['troll'][0]}{cue.kind}", language)
                return person, line, Line("troll", language, line, self._item, {})
            case "raid":
                line = trouble.raids[language][cue.number % len(trouble.raids[language])]
                name = f"{tongue.crowd[cue.number % len(tongue.crowd)]}{cue.kind}{cue.number:02d}"
                return account(name, language), line, Line("raid", language, line, self._item, {})
            case "account":
                lines = trouble.lines[cue.kind][language]
                person = self._cast.troublemaker(language, self._rng)
                return person, *self._filled(cue.kind, self._rng.choice(lines), language)
        lines = tongue.lines.get(cue.kind) or trouble.lines[cue.kind][language]
        return self._anyone(language), *self._filled(cue.kind, self._rng.choice(lines), language)

    def _filled(self, kind: str, line: str, language: str) -> tuple[str, Line]:
        slots: dict[str, str] = {}

        def fill(slot: re.Match[str]) -> str:
            slots[slot[1]] = self._slot(slot[1], language)
            return slots[slot[1]]

        return _SLOT.sub(fill, line), Line(kind, language, line, self._item, slots)

    def _slot(self, name: str, language: str) -> str:
        rng, trouble = self._rng, self._script.trouble
        match name:
            case "item":
                return str(self._item)
            case "name":
                return self._script.tongues[language].slots["items"][self._item - 1]
            case "cm":
                return str(rng.randrange(150, 183))
            case "kg":
                return str(rng.randrange(42, 86))
            case "qty":
                return str(rng.choice((1, 1, 2, 2, 3)))
            case "digits":
                return f"00{rng.randrange(100):02d}"
            case "contact":
                return disguise(f"{rng.choice(trouble.contacts)}{rng.randrange(10, 100)}", rng)
            case "site":
                return disguise(rng.choice(trouble.sites), rng)
        return rng.choice(self._script.tongues[language].slots[name])
