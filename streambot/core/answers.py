"""Canned answers: question and facts in, one wording out, or the reason why there is none.

Nothing is made up: a wording whose facts are not all known is never said. Values come as they are to be read inside a
sentence, in the language of the answer: a price with its currency, a number of days or pieces without its unit.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from streambot.core.labels import Intent
from streambot.core.told import Told

LONGEST: Final = 200
"""Code points of one answer: what YouTube's live chat takes at once (PLATFORMS.md); TikTok and Twitch take as much."""
LONGEST_NAME: Final = 30
"""Code points of a nickname that is still said; a longer one is a message of its own."""
ANY_SITE: Final = "base"
"""A room of no certain site; there a language speaks as in the country where most people write it."""

VARIABLES: Final[Mapping[str, str]] = {
    "user": "the asker's nickname",
    "item": "the item's name",
    "number": "the item's number on air",
    "place": "where the asker lives, as the shop writes it",
    "price": "the price now, with its currency",
    "stock": "pieces left, a number",
    "part": "the one size or colour that was asked about",
    "left": "pieces left of that size or colour, a number",
    "size_for": "the size for the measures that the asker gave",
    "sizes": "the sizes there are",
    "colours": "the colours there are",
    "material": "what it is made of, and what else there is to know of it",
    "ship_days": "days until it arrives, a number or a range",
    "ship_cost": "what shipping costs, with its currency, or the word for free",
    "free_over": "the order from which shipping costs nothing, with its currency",
    "promo": "the offer that holds now, or that there is none: whole sentences",
    "gift": "what comes with it for nothing",
    "ends": "the time of day at which the offer ends, by the clock of the site's buyers",
    "return_days": "days in which goods are taken back, a number above 0",
    "returns": "how goods are taken back: whole sentences",
    "authenticity": "where the goods come from and what proves it: whole sentences",
}
"""What a wording may name in braces, and what stands there when it is said."""
FALLING_BACK: Final = frozenset({"user", "item", "place"})
"""They name, they state nothing: ``{user?there}`` says ``there`` where nobody is named. A fact has no fall-back."""

PRIVATE: Final = frozenset({Intent.COMPLAINT, Intent.ORDER_STATUS})
"""Answered in public only by the way to the private channel: nothing but ``{user}`` may stand there."""

ASPECTS: Final[Mapping[Intent, frozenset[str]]] = {
    Intent.SHIPPING: frozenset({"time", "cost"}),
    Intent.PRODUCT: frozenset({"colours", "material"}),
    Intent.SIZE_FIT: frozenset({"chart"}),
    Intent.STOCK: frozenset({"part"}),
}
"""Where one intent asks several things, their names; ``chart`` is a size question without the asker's measures, and
``part`` a stock question about one size or colour."""

_HOME: Final = {"en": "us", "zh": "cn", "th": "th", "vi": "vn", "id": "id"}
_VARIABLE: Final = re.compile(r"\{([^{}?]*)(?:(\?)([^{}]*))?\}")
# What would show as a brace left over, break the line, or turn its direction.
_UNFIT: Final = re.compile("[{}\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Scenario(StrEnum):
    """What is going on with the item on air."""

    REGULAR = "regular"
    FLASH_SALE = "flash_sale"
    NEW_ITEM = "new_item"
    SOLD_OUT = "sold_out"
    GIFT = "gift"


class Tone(StrEnum):
    """How the shop speaks: ``casual`` in live social channels, ``formal`` in marketplace channels."""

    CASUAL = "casual"
    FORMAL = "formal"


class Lack(StrEnum):
    """Why there is no answer."""

    NO_WORDING = "no_wording"
    MISSING = "missing"
    UNFIT = "unfit"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say an answer, with variables in braces; ``needed`` are those without a fall-back.

    Raises ValueError where a brace has no other, or a fact a fall-back.
    """

    text: str
    variables: frozenset[str] = field(init=False)
    needed: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        if {"{", "}"} & set(_VARIABLE.sub("", self.text)):
            raise ValueError(
                Told(
                    "brace",
                    "a brace stands alone: a variable is written {so} or {too}",
                    so="{price}",
                    too="{user?there}",
                )
            )
        found = [match.groups() for match in _VARIABLE.finditer(self.text)]
        if wrong := sorted({name for name, mark, _ in found if mark} - FALLING_BACK):
            raise ValueError(
                Told(
                    "fall_back",
                    "only {one}, {two} and {three} may have a fall-back, not {name}",
                    one="{user}",
                    two="{item}",
                    three="{place}",
                    name=f"{{{wrong[0]}}}",
                )
            )
        object.__setattr__(self, "variables", frozenset(name for name, _, _ in found))
        object.__setattr__(self, "needed", frozenset(name for name, mark, _ in found if not mark))

    @property
    def facts(self) -> frozenset[str]:
        """The variables that state something."""
        return self.variables - FALLING_BACK

    def lacks(self, facts: Mapping[str, str]) -> dict[str, Lack]:
        """The variables that cannot be said by these facts, and why."""
        lacks: dict[str, Lack] = {}
        for name in sorted(self.needed):
            if not facts.get(name, "").strip():
                lacks[name] = Lack.MISSING
            elif not _is_fit(name, facts[name].strip()):
                lacks[name] = Lack.UNFIT
        return lacks

    def filled(self, facts: Mapping[str, str]) -> str:
        """The text with its values, in one pass: a value is never read as a variable. ``lacks`` must be empty."""

        def value(match: re.Match[str]) -> str:
            name, mark, instead = match.groups()
            said = facts.get(name, "").strip()
            return instead if mark and not (said and _is_fit(name, said)) else said

        return _VARIABLE.sub(value, self.text)


def _is_fit(name: str, value: str) -> bool:
    return _UNFIT.search(value) is None and (name != "user" or len(value) <= LONGEST_NAME)


@dataclass(frozen=True, slots=True)
class Topic:
    """What an answer is about. ``about`` is one of the intent's ``ASPECTS``, or "" for the intent as a whole."""

    intent: Intent
    scenario: Scenario = Scenario.REGULAR
    about: str = ""


@dataclass(frozen=True, slots=True)
class Canned:
    """The wordings of one topic at one site, in one language and tone.

    ``lasts`` is for how many seconds from the scenario's beginning they hold; None for as long as it goes on. Raises
    ValueError without a wording.
    """

    site: str
    topic: Topic
    language: str
    tone: Tone
    wordings: tuple[Wording, ...]
    lasts: float | None = None

    def __post_init__(self) -> None:
        if not self.wordings:
            raise ValueError(f"{self.topic.intent} has no wording")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer is looked up by; ``since`` is how many seconds ago the scenario began."""

    intent: Intent
    site: str
    language: str
    tone: Tone
    about: str = ""
    scenario: Scenario = Scenario.REGULAR
    since: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say. ``facts`` are the values that it states, by variable, for whoever checks them again."""

    text: str
    topic: Topic
    language: str
    tone: Tone
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Gap:
    """Why nothing is said, and for want of which variables."""

    reason: Lack
    variables: tuple[str, ...] = ()


class Answers:
    """All canned answers of a room. Raises ValueError if two have the same site, topic, language and tone."""

    def __init__(self, canned: Iterable[Canned]) -> None:
        self._canned: dict[tuple[str, Topic, str, Tone], Canned] = {}
        for each in canned:
            key = (each.site, each.topic, each.language, each.tone)
            if key in self._canned:
                raise ValueError(f"{each.site}: {each.topic.intent} is answered twice in {each.language}, {each.tone}")
            self._canned[key] = each
        self._sites = tuple(dict.fromkeys(site for site, _, _, _ in self._canned))

    def answer(self, asked: Asked, facts: Mapping[str, str], *, key: int, longest: int = LONGEST) -> Answer | Gap:
        """The answer to a question by these facts, or why there is none.

        Of the wordings that can be said those that state most are. ``key`` chooses among them, always the same for the
        same facts: give consecutive keys to answers that are read one after the other, and they differ where there are
        two. ``longest`` is in code points.
        """
        canned = self.find(asked)
        if canned is None:
            return Gap(Lack.NO_WORDING)
        lacking = [wording.lacks(facts) for wording in canned.wordings]
        sayable = [wording for wording, lacks in zip(canned.wordings, lacking, strict=True) if not lacks]
        if not sayable:
            fewest = min(lacking, key=len)
            return Gap(Lack.MISSING if Lack.MISSING in fewest.values() else Lack.UNFIT, tuple(fewest))
        fitting = [(text, wording) for wording in sayable if len(text := wording.filled(facts)) <= longest]
        if not fitting:
            return Gap(Lack.TOO_LONG, tuple(sorted({name for wording in sayable for name in wording.variables})))
        most = max(len(wording.facts) for _, wording in fitting)
        fullest = [(text, wording) for text, wording in fitting if len(wording.facts) == most]
        text, wording = fullest[(_start(canned) + key) % len(fullest)]
        stated = {name: facts[name].strip() for name in sorted(wording.facts)}
        return Answer(text, canned.topic, canned.language, canned.tone, stated)

    def find(self, asked: Asked) -> Canned | None:
        """The wordings for a question: the scenario's while it lasts before the regular, the aspect's before the whole.

        A question that has wordings in this language neither at its site nor (at ``base``) anywhere finds none.
        """
        for topic in _topics(asked):
            for site in self._places(asked):
                canned = self._canned.get((site, topic, asked.language, asked.tone))
                if canned is not None and (canned.lasts is None or asked.since < canned.lasts):
                    return canned
        return None

    def __iter__(self) -> Iterator[Canned]:
        return iter(self._canned.values())

    def _places(self, asked: Asked) -> Sequence[str]:
        if asked.site != ANY_SITE:
            return (asked.site,)
        home = _HOME.get(asked.language, "")
        return sorted(self._sites, key=lambda site: site != home)


def _topics(asked: Asked) -> Iterator[Topic]:
    for scenario in dict.fromkeys((asked.scenario, Scenario.REGULAR)):
        for about in dict.fromkeys((asked.about, "")):
            yield Topic(asked.intent, scenario, about)


def _start(canned: Canned) -> int:
    """Where the count begins, so that not every question of a room gets its first wording at once."""
    topic = canned.topic
    return zlib.crc32(f"{topic.intent} {topic.scenario} {topic.about} {canned.language}".encode())
