"""Who is in the demo room: regulars with names of their own, passers-by, the host, and those who make trouble."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from streambot.core.comment import Author, Role
from streambot.platforms.demo.hands import Hands
from streambot.platforms.demo.script import LANGUAGES, Script

_REST: Final = 8.0
"""Seconds most people leave between two of their comments; who is faster looks like a flood."""
_TRIES: Final = 6
_ZIPF: Final = 1.5
"""A rank drawn as n·u^1.5 falls off with rank^(-1/3): a few talk much, most say a thing or two."""
_SECOND_LANGUAGE: Final = 0.12


@dataclass(frozen=True, slots=True)
class Person:
    """Someone in the room, the language they think in, another they drop into, and how they type."""

    author: Author
    language: str
    second: str
    hands: Hands

    def tongue(self, rng: Random) -> str:
        """The language of this person's next comment."""
        return self.second if rng.random() < _SECOND_LANGUAGE else self.language


class Cast:
    """The people of one broadcast; the same seed and size give the same people.

    ``size`` is how many viewers come along in all; the first 150 or so are the regulars of the script.
    """

    def __init__(self, script: Script, *, seed: int, size: int) -> None:
        rng = Random(f"cast {seed}")
        self._script = script
        names = [
            (language, name)
            for row in zip(*(script.tongues[language].people for language in LANGUAGES), strict=True)
            for language, name in zip(LANGUAGES, row, strict=True)
        ]
        rng.shuffle(names)
        for number in range(len(names), size):
            language = LANGUAGES[number % len(LANGUAGES)]
            names.append((language, _passer_by(script.tongues[language].crowd, rng)))
        self.viewers = [
            _person(f"demo-viewer-{number:05d}", name, language, rng) for number, (language, name) in enumerate(names)
        ]
        self.speakers = {
            language: [person for person in self.viewers if person.language == language] for language in LANGUAGES
        }
        self.host = _staff("demo-host", "Rosie · host", Role.HOST)
        self.helper = _staff("demo-staff", "Team Rosie", Role.STAFF)
        self._spoke: dict[str, float] = {}

    def speaker(self, at: float, rng: Random) -> Person:
        """Who speaks next: a busy few more than the rest, and hardly anybody twice in a breath."""
        for _ in range(_TRIES):
            person = self.viewers[int(len(self.viewers) * rng.random() ** _ZIPF)]
            if at - self._spoke.get(person.author.id, -_REST) >= _REST:
                break
        else:
            person = rng.choice(self.viewers)
        self._spoke[person.author.id] = at
        return person

    def troublemaker(self, language: str, rng: Random) -> Person:
        """One of the accounts that advertise; they change their number when they are thrown out."""
        return account(f"{rng.choice(self._script.trouble.accounts[language])}{rng.randrange(100):02d}", language)


def account(name: str, language: str) -> Person:
    """An account with one part to play: an advertiser, a troll, a raider."""
    return Person(Author(id=f"demo-account-{name}", name=name), language, language, Hands())


def _person(author_id: str, name: str, language: str, rng: Random) -> Person:
    return Person(
        author=Author(author_id, name, frozenset({Role.MEMBER}) if rng.random() < 0.1 else frozenset()),
        language=language,
        second=rng.choice(LANGUAGES if language == "en" else ("en", language)),
        hands=Hands(
            slips=rng.choice((0.0, 0.0, 0.05, 0.15)),
            tails=rng.choice((0.0, 0.0, 0.1, 0.3)),
            lower=rng.random() < 0.5,
            toneless=language == "vi" and rng.random() < 0.3,
        ),
    )


def _passer_by(stems: tuple[str, ...], rng: Random) -> str:
    stem = rng.choice(stems)
    return rng.choice(
        (f"{stem}{rng.randrange(10, 999)}", f"{stem}_{rng.randrange(1970, 2012)}", f"{stem}{stem[-1] * 2}")
    )


def _staff(author_id: str, name: str, role: Role) -> Person:
    return Person(Author(author_id, name, frozenset({role})), "en", "en", Hands())
