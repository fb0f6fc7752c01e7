"""Cases of the suite, judged as ``streambot check`` judges: the shipped model, the site's pack, and for phrases split
over comments the history of their author."""

from __future__ import annotations

import asyncio
import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from streambot.cli._offline import unhurried
from streambot.core.action import Act
from streambot.core.comment import Comment
from streambot.core.history import History
from streambot.core.verdict import Judgement, Signal, Verdict
from streambot.judging import Judging, judging
from streambot.platforms.records import parse_check_line
from streambot.settings import load_settings
from tests.disguise.ways import LANGUAGES, Disguise, disguise, disguises, pairs, plain

HERE = Path(__file__).parent
SITES = {"en": "us", "zh": "cn", "th": "th", "vi": "vn", "id": "id"}
SENT = 1_780_000_000
PLAIN = "plain"
AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Violation:
    """A line of violations.toml; ``asked`` is the mildest act that LABELS.md takes for it."""

    language: str
    label: str
    kind: str
    marked: str

    @property
    def asked(self) -> Act:
        return Act.REVIEW if self.label == "misleading_claim" or self.kind == "self_harm" else Act.HIDE


@dataclass(frozen=True, slots=True)
class Case:
    """One violation in one disguise (names joined by ``+``); a line of ``text`` is a comment."""

    violation: Violation
    disguise: str
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a case: did it get at least the act asked for, and did a rule catch the plain text?"""

    case: Case
    caught: bool
    known: bool
    act: Act


@dataclass(frozen=True, slots=True)
class Cost:
    """A clean line and the act it gets without the rules and with them."""

    language: str
    text: str
    alone: Act
    act: Act
    rules: tuple[str, ...]

    def gained(self, *acts: Act) -> bool:
        """Whether the rules, and not the model, made it one of these."""
        return self.act in acts and self.alone.severity < self.act.severity


def violations() -> list[Violation]:
    kinds = tomllib.loads((HERE / "violations.toml").read_text(encoding="utf-8"))
    return [
        Violation(language, label, kind, line)
        for language, labels in kinds.items()
        for label, lists in labels.items()
        for kind, lines in lists.items()
        for line in lines
    ]


def clean() -> list[tuple[str, str]]:
    """Language and text of every benign line."""
    found: list[tuple[str, str]] = []
    for language in LANGUAGES:
        lines = (HERE / "clean" / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
        found += [(language, json.loads(line)["text"]) for line in lines]
    return found


def cases(*, tries: int, paired: int) -> Iterator[Case]:
    """Every violation plain, in each way ``tries`` times, and in ``paired`` pairs of ways at once.

    The same for the same numbers: each violation has its own seed, so that a new one changes no other.
    """
    for violation in violations():
        text = plain(violation.marked)
        yield Case(violation, PLAIN, text)
        rng = Random(violation.marked)
        told = {text}
        couples = pairs(violation.language)
        rng.shuffle(couples)
        singles = (_disguised(violation, [way], rng) for way in disguises(violation.language) for _ in range(tries))
        doubles = (_disguised(violation, couple, rng) for couple in couples)
        yield from _new(singles, told)
        yield from islice(_new(doubles, told), paired)


def _disguised(violation: Violation, ways: Sequence[Disguise], rng: Random) -> Case | None:
    text = disguise(violation.marked, ways, rng)
    return None if text is None else Case(violation, "+".join(way.name for way in ways), text)


def _new(some: Iterable[Case | None], told: set[str]) -> Iterator[Case]:
    for case in some:
        if case is not None and case.text not in told:
            told.add(case.text)
            yield case


def judge_all(wanted: Iterable[Case], lines: Sequence[tuple[str, str]]) -> tuple[list[Judged], list[Cost]]:
    """Every case and every clean line, judged by the shipped model and packs."""
    return asyncio.run(_judge_all(list(wanted), lines))


async def _judge_all(wanted: list[Case], lines: Sequence[tuple[str, str]]) -> tuple[list[Judged], list[Cost]]:
    async with judging(unhurried(load_settings(None, environ={}))) as judge:
        known: dict[Violation, bool] = {}

        async def judged(case: Case) -> Judged:
            act, by_rules = await _verdict_on(judge, case)
            if case.disguise == PLAIN:
                known[case.violation] = by_rules.severity >= case.violation.asked.severity
            return Judged(case, act.severity >= case.violation.asked.severity, known[case.violation], act)

        async def cost(line: tuple[str, str]) -> Cost:
            language, text = line
            judgement, signals, comment = await _measured(judge, language, text)
            decide = _decide(judge, language)
            verdict, alone = decide(comment, judgement, signals), decide(comment, judgement, [])
            rules = tuple(sorted({e.rule for e in verdict.evidence if e.source != "model"}))
            return Cost(language, text, alone.action, verdict.action, rules)

        # The plain texts first: they say which violations the packs know.
        ordered = sorted(wanted, key=lambda case: case.disguise != PLAIN)
        results = [await asyncio.gather(*map(judged, some)) for some in _batches(ordered)]
        costs = [await asyncio.gather(*map(cost, some)) for some in _batches(lines)]
        return [j for some in results for j in some], [c for some in costs for c in some]


async def _verdict_on(judge: Judging, case: Case) -> tuple[Act, Act]:
    """The severest act over the case's comments, and the severest that the rules alone have evidence for."""
    language, comments = case.violation.language, case.text.split("\n")
    history = History() if len(comments) > 1 else None
    decide = _decide(judge, language)
    acts, by_rules = [Act.ALLOW], [Act.ALLOW]
    for number, text in enumerate(comments):
        judgement, signals, comment = await _measured(judge, language, text, number, history)
        if history:
            signals = [*signals, *history.observe(comment)]
        acts.append(decide(comment, judgement, signals).action)
        alone = decide(comment, None, signals)
        by_rules.append(alone.action if alone.evidence else Act.ALLOW)
    return max(acts, key=lambda act: act.severity), max(by_rules, key=lambda act: act.severity)


async def _measured(
    judge: Judging, language: str, text: str, number: int = 0, history: History | None = None
) -> tuple[Judgement, list[Signal], Comment]:
    record: dict[str, Any] = {"text": text, "lang": language}
    if history is not None:
        record |= {"author": "author", "room": "room", "sent_at": SENT + 3 * number}
    comment = parse_check_line(json.dumps(record), number=number or 1, now=SENT + 3600.0)
    _, matcher = judge.packs.get(SITES[language], None)
    # As a room asks (rooms.py): with what the author said in short comments just before.
    before = history.scraps(comment) if history is not None else ()
    return await judge.classifier.classify(comment), [*matcher.signals(comment, before)], comment


def _decide(judge: Judging, language: str) -> Callable[[Comment, Judgement | None, Sequence[Signal]], Verdict]:
    pack, _ = judge.packs.get(SITES[language], None)
    return lambda comment, judgement, signals: pack.decide(comment, judgement, signals, thresholds=judge.manifest)


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(items)
    while some := list(islice(iterator, AT_ONCE)):
        yield some
