"""Interaction prompts: lines that the shop says unasked, at a time or when something happens.

A welcome, "type 1 if you want the black one", a reminder of the voucher. Few and far between: never two within a minute
and none while nobody writes. Nothing here reads a catalog or a clock; times are Unix seconds.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from streambot.core.answers import LONGEST, VARIABLES, Scenario, Tone, Wording
from streambot.core.on_air import OnAir

SPACING: Final = 60.0
"""Seconds between two prompts at least."""
WRITING: Final = 120.0
"""Seconds after the last viewer's comment during which somebody is still there to read a prompt."""
LATE: Final = 90.0
"""Seconds after its time within which a prompt is still worth saying; then its moment is over."""
GREETING: Final = 60.0
"""Seconds within which greetings pile up."""
SPOKEN: Final = 300.0
"""Seconds of talk by which the language of a prompt is chosen."""
NOBODYS: Final = frozenset({"user", "place", "size_for", "part", "left"})
"""Variables of an answer that a prompt has not: it answers nobody."""
SAYABLE: Final = frozenset(VARIABLES) - NOBODYS


READ: Final = frozenset({"auto", "person"})
"""The modes of a prompt's event in which viewers read it; in others it was offered or simulated."""


@dataclass(frozen=True, slots=True)
class At:
    """Once, so many seconds into the broadcast."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again, so many seconds after the broadcast's beginning or the last time."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Begins:
    """So many seconds after a new item came on air, or a scenario of it began."""

    scenario: Scenario | None = None
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Greeted:
    """When so many viewers greet within a minute; then not for ``rest`` seconds."""

    viewers: int = 5
    rest: float = 600.0


@dataclass(frozen=True, slots=True)
class Unasked:
    """When nobody has asked anything for so many seconds; then not for ``rest`` seconds."""

    seconds: float = 180.0
    rest: float = 600.0


When = At | Every | Begins | Greeted | Unasked
_URGENCY: Final = (Begins, At, Greeted, Unasked, Every)
"""What is over soonest goes first."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a prompt asks viewers to type, and for how many seconds they are expected to."""

    expects: tuple[str, ...]
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Prompt:
    """A line by its ``name``, when it is said, its wordings by language and tone, and the call that it opens."""

    name: str
    when: When
    wordings: Mapping[tuple[str, Tone], tuple[Wording, ...]]
    call: Call | None = None


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompts of a room; ``languages`` are those that they are written in, the room's own first."""

    languages: tuple[str, ...]
    prompts: tuple[Prompt, ...]


def call_of(data: Mapping[str, Any]) -> Call | None:
    """The call that a prompt's event opened; None if it asked for nothing, or no viewer has read it."""
    if data.get("mode") not in READ or "window_s" not in data:
        return None
    return Call(tuple(data["expects"]), float(data["window_s"]))


def worded(
    prompt: Prompt, language: str, tone: Tone, facts: Mapping[str, str], turn: int
) -> tuple[str, Wording] | None:
    """A prompt as it is said the so manieth time, None if its facts are not known or too long; another each time."""
    wordings = prompt.wordings.get((language, tone), ())
    filled = [(wording.filled(facts), wording) for wording in wordings if not wording.lacks(facts)]
    fitting = [(text, wording) for text, wording in filled if len(text) <= LONGEST]
    return fitting[turn % len(fitting)] if fitting else None


@dataclass(slots=True)
class Prompting:
    """What a room has heard and said of prompts in this broadcast."""

    _said: dict[str, float] = field(default_factory=dict)
    _turns: Counter[str] = field(default_factory=Counter)
    _last: float | None = None
    _wrote: float | None = None
    _asked: float | None = None
    _greeters: deque[tuple[float, str]] = field(default_factory=lambda: deque(maxlen=200))
    _spoken: deque[tuple[float, str]] = field(default_factory=lambda: deque(maxlen=200))

    def heard(self, viewer: str, at: float, *, asks: bool = False, greets: bool = False, language: str = "") -> None:
        """A viewer wrote something that everybody can see."""
        self._wrote = max(at, self._wrote or at)
        if asks:
            self._asked = max(at, self._asked or at)
        if greets:
            self._greeters.append((at, viewer))
        if language:
            self._spoken.append((at, language))

    def said(self, prompt: str, at: float) -> None:
        """A prompt was said or offered."""
        self._said[prompt] = at
        self._turns[prompt] += 1
        self._last = max(at, self._last or at)

    def unsaid(self, prompt: str) -> None:
        """A prompt did not go out after all: it may be said again, at the distance that any other keeps."""
        self._said.pop(prompt, None)

    def turn(self, prompt: str) -> int:
        """How often a prompt was said."""
        return self._turns[prompt]

    def begin_broadcast(self) -> None:
        """A new broadcast: nothing was said in it yet. The last prompt of the one before keeps its distance."""
        self._said.clear()
        self._turns.clear()
        self._greeters.clear()
        self._spoken.clear()
        self._asked = None

    def language(self, among: Sequence[str], now: float) -> str:
        """The language that most viewers write lately, of those there are; the first of them if none."""
        spoken = Counter(language for at, language in self._spoken if now - at <= SPOKEN and language in among)
        return max(among, key=lambda language: (spoken[language], -among.index(language)))

    def due(self, prompts: Iterable[Prompt], now: float, *, started: float, on_air: OnAir) -> list[Prompt]:
        """The prompts of which one may be said now, the most urgent first; none if it is not the moment for any."""
        if self._wrote is None or now - self._wrote > WRITING:
            return []
        if self._last is not None and now < self._last + SPACING:
            return []
        due = [prompt for prompt in prompts if self._is_due(prompt, now, started, on_air)]
        return sorted(due, key=lambda prompt: _URGENCY.index(type(prompt.when)))

    def _is_due(self, prompt: Prompt, now: float, started: float, on_air: OnAir) -> bool:
        last = self._said.get(prompt.name)
        match prompt.when:
            case At(seconds):
                return last is None and 0 <= now - started - seconds < LATE
            case Every(seconds):
                return now - (started if last is None else last) >= seconds
            case Begins(scenario, after):
                began = on_air.at if scenario is None else on_air.since
                is_on = bool(on_air.item) and (scenario is None or on_air.scenario is scenario)
                return is_on and (last is None or last < began) and 0 <= now - began - after < LATE
            case Greeted(viewers, rest):
                greeters = {viewer for at, viewer in self._greeters if now - at <= GREETING}
                return len(greeters) >= viewers and (last is None or now - last >= rest)
            case Unasked(seconds, rest):
                quiet = now - max(started, self._asked or started)
                return quiet >= seconds and (last is None or now - last >= rest)
