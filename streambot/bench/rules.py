"""Views and rules alone, without a cache: what one comment costs, by language, and at worst."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from streambot.bench.figures import Figure, at_most, percentile
from streambot.bench.hostile import hostile
from streambot.bench.lab import Lab
from streambot.bench.traffic import a_room
from streambot.classify.lexicon import Matcher
from streambot.core.action import Act
from streambot.core.canonical import canonical
from streambot.core.comment import Author, Comment
from streambot.core.pack import Pack, Rule
from streambot.garbage import settle_in
from streambot.packs.files import Line, PackFiles
from streambot.platforms.demo.script import load_script

TERMS: Final = 1_000
PATTERNS: Final = 100
ROUNDS: Final = 5
"""Each text is timed so often and its best time counts: what the machine does beside is not ours."""
AIM_US: Final = 80
"""ENGINE.md A, targets: normalise and rules a comment, with so many terms and patterns."""
HOSTILE_AIM_MS: Final = 2
_SYLLABLES: Final = (
    "ba",
    "ko",
    "ri",
    "tun",
    "mel",
    "sa",
    "do",
    "จะ",
    "โม",
    "ลา",
    "กิน",
    "买",
    "卖",
    "来",
    "好",
    "bán",
    "đồ",
    "giờ",
)


async def run(lab: Lab) -> Sequence[Figure]:
    """Microseconds a comment, for an equal mix of five languages and for each; milliseconds for the worst text."""
    pack, _, _ = PackFiles().load(Line("base"))
    matcher = Matcher(full_pack(pack, seed=lab.seed))
    settle_in()
    by_language = _lines(int(lab.pick(400, 40)), seed=lab.seed)
    for text in ("", *(lines[0] for lines in by_language.values())):
        _time(matcher, text)
    took = {language: _times(matcher, lines) for language, lines in by_language.items()}
    together = [one for times in took.values() for one in times]
    worst = _worst(matcher, list(hostile(int(lab.pick(10_000, 100)), seed=lab.seed)))
    return [
        Figure("five languages: p50", percentile(together, 0.5), "µs", at_most(AIM_US)),
        Figure("five languages: p99", percentile(together, 0.99), "µs"),
        *(
            Figure(f"{language}: p{part * 100:.0f}", percentile(times, part), "µs")
            for language, times in took.items()
            for part in (0.5, 0.99)
        ),
        Figure("hostile texts: worst", worst, "ms", at_most(HOSTILE_AIM_MS)),
    ]


def full_pack(pack: Pack, *, seed: int) -> Pack:
    """The pack with made-up words and patterns beside its own, until it has 1,000 and 100 of them."""
    dice = random.Random(seed)
    own_terms = sum(len(rule.terms) for rule in pack.rules)
    own_patterns = sum(len(rule.patterns) for rule in pack.rules)
    words: dict[str, None] = {}
    while len(words) < TERMS - own_terms + PATTERNS - own_patterns:
        words["".join(dice.choices(_SYLLABLES, k=dice.randint(3, 5)))] = None
    made = list(words)
    split = max(0, TERMS - own_terms)
    filler = Rule(
        "bench.filler",
        "bench",
        None,
        frozenset({Act.REVIEW}),
        {"en": "Made up for the measurement."},
        terms=tuple(made[:split]),
        patterns=tuple(rf"(?:^|[^\pL]){word}[^\n]{{0,20}}(?:$|[^\pL])" for word in made[split:]),
    )
    return replace(pack, rules=(*pack.rules, filler))


def _lines(count: int, *, seed: int) -> dict[str, list[str]]:
    """So many comments of each language, repeats apart in time only."""
    dice = random.Random(seed)
    lines = {}
    for language, tongue in load_script().tongues.items():
        said = [line for kind in tongue.lines.values() for line in kind]
        lines[language] = [line.format_map(_Slots(tongue.slots, dice)) for line in dice.choices(said, k=count)]
    return lines


class _Slots(dict[str, str]):
    """Fills a line's slots with any of their words."""

    def __init__(self, slots: Mapping[str, Sequence[str]], dice: random.Random) -> None:
        super().__init__()
        self._slots = slots
        self._dice = dice

    def __missing__(self, name: str) -> str:
        return self._dice.choice(self._slots.get(name, ("12",)))


def _times(matcher: Matcher, texts: Sequence[str]) -> list[float]:
    """Microseconds of CPU for each text, the best of several rounds."""
    best = [float("inf")] * len(texts)
    for _ in range(ROUNDS):
        for at, text in enumerate(texts):
            best[at] = min(best[at], _time(matcher, text) * 1e6)
    return best


def _worst(matcher: Matcher, texts: Sequence[str]) -> float:
    """Milliseconds of CPU for the dearest text; what looks dear is timed again, each with others between."""
    once = [(_time(matcher, text), text) for text in texts]
    dearest = sorted(once, reverse=True)[: max(10, len(once) // 100)]
    return max(_times(matcher, [text for _, text in dearest])) / 1e3


def _time(matcher: Matcher, text: str) -> float:
    canonical.cache_clear()
    comment = Comment("1", a_room(), Author("1"), text, 0.0, 0.0)
    began = time.thread_time()
    matcher.signals(comment)
    return time.thread_time() - began
