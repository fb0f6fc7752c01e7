"""What happens when: an opening minute that shows a bit of everything, then one act for each item, without end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Final

from streambot.platforms.demo.script import LANGUAGES

RAIDERS: Final = 25
"""Accounts of one raid, which paste variants of one line within RAID_SECONDS."""
RAID_SECONDS: Final = 20.0

_TALK: Final = {
    "greeting": 1.0,
    "chitchat": 3.0,
    "praise": 2.5,
    "request": 1.5,
    "noise": 1.5,
    "purchase": 1.0,
    "price": 1.0,
    "size": 1.0,
    "product": 1.0,
    "shipping": 0.6,
    "stock": 0.6,
    "authenticity": 0.5,
    "promo": 0.4,
    "complaint": 0.4,
    "swearing": 0.6,
    "payment": 0.3,
    "how_to_buy": 0.3,
    "returns": 0.3,
    "order_status": 0.3,
    "trouble": 0.5,
}
"""Shares of what is said when nothing drives the talk; a scene raises some of them."""

TROUBLE: Final = {
    "diversion": 3.0,
    "gambling": 3.0,
    "scam": 2.0,
    "spam": 2.0,
    "counterfeit": 1.5,
    "rude": 1.5,
    "phone": 1.0,
}
"""Shares of what goes wrong."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A stretch of the broadcast: how long (seconds), how busy (comments a second by nature), and about what."""

    name: str
    seconds: float
    pace: float
    mix: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Cue:
    """One comment that must come, ``at`` seconds into the act. ``part`` says who speaks: ``host``, ``staff``,
    ``account`` (an advertiser), ``troll``, ``raid`` or ``viewer``; ``kind`` what, and ``number`` the how-manieth line
    of a troll or the raider.
    """

    at: float
    part: str
    kind: str
    language: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Act:
    """One item on air: its number, its scenes in order, its cues by time."""

    item: int
    scenes: tuple[Scene, ...]
    cues: tuple[Cue, ...]

    @property
    def seconds(self) -> float:
        """How long the act lasts."""
        return sum(scene.seconds for scene in self.scenes)

    @property
    def crowd(self) -> float:
        """How many comments its scenes bring by nature, cues not counted."""
        return sum(scene.seconds * scene.pace for scene in self.scenes)


def _scene(name: str, seconds: float, pace: float, **raised: float) -> Scene:
    return Scene(name, seconds, pace, {**_TALK, **raised})


def _wave(seconds: float, *topics: str) -> Scene:
    return _scene("question wave", seconds, 12.0, **{topic: 14.0 / (place + 1) for place, topic in enumerate(topics)})


_OPENING: Final = Act(
    item=1,
    scenes=(
        _scene("doors", 8.0, 5.0, greeting=8.0, size=2.0, price=2.0),
        _wave(14.0, "price", "size", "shipping"),
        _scene("talk", 9.0, 4.0),
        _scene("call", 8.0, 8.0, chorus=30.0),
        _scene("talk", 10.0, 3.0),
        _scene("flash sale", 11.0, 11.0, purchase=25.0, stock=5.0, payment=3.0),
    ),
    cues=tuple(
        sorted(
            (
                Cue(0.4, "host", "welcome", "en"),
                Cue(2.0, "host", "intro", "en"),
                Cue(4.0, "account", "diversion", "en"),
                Cue(6.0, "account", "gambling", "id"),
                Cue(8.5, "account", "diversion", "zh"),
                Cue(10.0, "troll", "0", "en", 0),
                Cue(12.5, "account", "diversion", "th"),
                Cue(14.5, "viewer", "authenticity", "vi"),
                Cue(16.0, "account", "scam", "en"),
                Cue(17.5, "troll", "0", "en", 1),
                Cue(19.0, "viewer", "swearing", "id"),
                Cue(21.0, "account", "diversion", "vi"),
                Cue(23.0, "viewer", "complaint", "en"),
                Cue(24.5, "viewer", "phone", "th"),
                Cue(26.0, "account", "counterfeit", "zh"),
                Cue(27.0, "troll", "0", "en", 2),
                Cue(28.5, "viewer", "swearing", "en"),
                Cue(30.5, "host", "call", "en"),
                Cue(31.0, "staff", "call", "th"),
                Cue(31.4, "staff", "call", "zh"),
                Cue(34.0, "troll", "0", "en", 3),
                Cue(37.0, "account", "gambling", "th"),
                Cue(39.5, "viewer", "complaint", "th"),
                Cue(44.0, "troll", "0", "en", 4),
                Cue(48.5, "host", "flash", "en"),
                Cue(52.0, "account", "counterfeit", "vi"),
                Cue(55.0, "account", "scam", "zh"),
                *(Cue(39.0 + RAID_SECONDS * n / RAIDERS, "raid", "0", "en", n) for n in range(RAIDERS)),
            ),
            key=lambda cue: cue.at,
        )
    ),
)


def acts(rng: Random, items: int) -> Iterator[Act]:
    """The opening, then for ever one act an item, the same for the same state of ``rng``."""
    yield _OPENING
    for number in count(1):
        yield _act(number, 1 + number % items, rng)


_TOPICS: Final = ("price", "size", "shipping", "stock", "product", "promo", "payment", "how_to_buy", "returns")


def _act(number: int, item: int, rng: Random) -> Act:
    scenes = [
        _scene("intro", 10.0, 5.0, product=4.0, request=4.0),
        _wave(14.0, *rng.sample(_TOPICS, 3)),
        _scene("quiet minute", rng.uniform(20.0, 30.0), 3.0),
        _scene("call", 9.0, 9.0, chorus=30.0),
        _wave(10.0, *rng.sample(_TOPICS, 2)),
        _scene("flash sale", 12.0, 12.0, purchase=25.0, stock=5.0, payment=3.0),
        _scene("after the sale", 14.0, 4.0, order_status=3.0, praise=5.0, complaint=1.5),
    ]
    begins: dict[str, float] = {}
    clock = 0.0
    for scene in scenes:
        begins.setdefault(scene.name, clock)
        clock += scene.seconds
    language = LANGUAGES[number % len(LANGUAGES)]
    other = LANGUAGES[(number + 2) % len(LANGUAGES)]
    cues = [
        Cue(0.5, "host", "intro", language),
        Cue(begins["call"] + 0.3, "host", "call", language),
        Cue(begins["call"] + 0.9, "staff", "call", other),
        Cue(begins["flash sale"] + 0.3, "host", "flash", language),
        Cue(begins["quiet minute"] + 3.0, "viewer", "swearing", other),
        Cue(begins["after the sale"] + 3.0, "viewer", "complaint", other),
    ]
    if number % 2 == 0:
        troll = str(number)
        cues += [Cue(8.0 + 7.0 * step, "troll", troll, language, step) for step in range(5)]
    else:
        raid = str(number)
        began = begins["quiet minute"] + 4.0
        cues += [Cue(began + RAID_SECONDS * n / RAIDERS, "raid", raid, other, n) for n in range(RAIDERS)]
    return Act(item, tuple(scenes), tuple(sorted(cues, key=lambda cue: cue.at)))
