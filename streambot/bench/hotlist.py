"""The hot list alone: an hour of 50,000 questions, many in new words, some about nothing; CPU and memory."""

from __future__ import annotations

import random
import time
import tracemalloc
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from streambot.bench.figures import Figure, at_most, percentile
from streambot.bench.lab import Lab
from streambot.bench.traffic import said
from streambot.core.canonical import canonical
from streambot.core.comment import Comment
from streambot.core.hotlist import CLUSTERS, HotList
from streambot.core.labels import Intent
from streambot.core.verdict import Judgement
from streambot.garbage import settle_in
from streambot.judging import open_configured

QUESTIONS: Final = 50_000
HOUR: Final = 3600.0
RATE: Final = 40.0
"""Comments a second of the broadcast that the questions are from."""
NEW_WORDS: Final = 0.05
"""The part of questions, beside those of the demo, that nobody has asked in these words."""
NONSENSE: Final = 0.03
"""The part that is like nothing: each opens a cluster, and others have to go for it."""
ITEM_LASTS: Final = 180.0
"""Seconds for which one item is on air."""
ROUNDS: Final = 3
AIM_US: Final = 50
_SLICE: Final = 64
_LETTERS: Final = "abdeghiklmnoprstuwyกคงดตนบมรลวสอ的了吗这个好"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the hour. ``new`` says that nobody asked it in these words before."""

    comment: Comment
    judgement: Judgement
    on_air: str
    new: bool


async def run(lab: Lab) -> Sequence[Figure]:
    """Microseconds of CPU a question, those that the list itself takes; what is held, and the most memory."""
    hour = list(_hour(_questions(lab, int(lab.pick(QUESTIONS, 500))), seed=lab.seed))
    settle_in()
    rounds = [_timed(hour) for _ in range(ROUNDS)]
    # Every round is the same: what a step took beyond its best time is not ours.
    asks, looks = (list(map(min, *steps)) for steps in zip(*rounds, strict=True))
    known = [took for took, asked in zip(asks, hour, strict=True) if not asked.new]
    new = [took for took, asked in zip(asks, hour, strict=True) if asked.new]
    peak, held, votes = _memory(hour)
    return [
        Figure("each question: mean", sum(asks) / len(asks), "µs", at_most(AIM_US)),
        Figure("in words not heard before of this item", 100 * len(new) / len(hour), "%"),
        Figure("in known words: p50", percentile(known, 0.5), "µs"),
        Figure("in known words: p99", percentile(known, 0.99), "µs"),
        Figure("in new words: p50", percentile(new, 0.5), "µs"),
        Figure("in new words: p99", percentile(new, 0.99), "µs"),
        Figure("a look at the list: p50", percentile(looks, 0.5), "µs"),
        Figure("clusters held, at most", held, "", at_most(CLUSTERS)),
        Figure("votes held at the end", votes, ""),
        Figure("peak memory", peak, "MB"),
    ]


def _questions(lab: Lab, count: int) -> list[tuple[Comment, Judgement]]:
    """So many questions of the demo's viewers as they come in its broadcast, as the model judges them."""
    comments = said(4 * count, rate=RATE, seed=lab.seed)
    texts = list(dict.fromkeys(comment.text for comment in comments))
    model = open_configured(lab.settings, measure=False).model
    judged: dict[str, Judgement] = {}
    for start in range(0, len(texts), _SLICE):
        part = texts[start : start + _SLICE]
        judged |= zip(part, model.judge(part), strict=True)
    asked = [(comment, judged[comment.text]) for comment in comments if judged[comment.text].intent.is_question]
    return asked[:count]


def _hour(questions: Sequence[tuple[Comment, Judgement]], *, seed: int) -> Iterator[Asked]:
    """These questions spread over an hour, some of them in other words, some made nonsense."""
    dice = random.Random(seed)
    noise = np.random.default_rng(seed)
    seen: set[tuple[str, str]] = set()
    for number, (comment, judged) in enumerate(questions):
        at = HOUR * number / len(questions)
        on_air = str(1 + int(at / ITEM_LASTS) % 12)
        text, judgement = comment.text, judged
        chance = dice.random()
        if chance < NONSENSE:
            text, judgement = _word(dice, 12), Judgement({}, Intent.OTHER, 0.9, "other", 0.9, _near((), noise))
        elif chance < NONSENSE + NEW_WORDS:
            text = f"{text} {_word(dice, 6)}"
            judgement = replace(judged, embedding=_near(judged.embedding, noise))
        new = (text, on_air) not in seen
        seen.add((text, on_air))
        yield Asked(replace(comment, text=text, sent_at=at, received_at=at), judgement, on_air, new)


def _word(dice: random.Random, length: int) -> str:
    return "".join(dice.choices(_LETTERS, k=length))


def _near(embedding: Sequence[float], noise: np.random.Generator, dimensions: int = 128) -> Sequence[float]:
    """A direction near this one, or any."""
    centre = np.asarray(embedding, dtype=np.float32) if len(embedding) else np.zeros(dimensions, dtype=np.float32)
    vector = centre + noise.normal(scale=0.3 / len(centre) ** 0.5, size=len(centre))
    return array("f", (vector / np.linalg.norm(vector)).astype(np.float32).tobytes())


def _timed(hour: Sequence[Asked]) -> tuple[list[float], list[float]]:
    """Microseconds of CPU of each question, and of a look at the list each second."""
    asks: list[float] = []
    looks: list[float] = []
    hot = HotList("en")
    for asked in hour:
        # The verdict has read it before: that reading is not the list's.
        canonical(asked.comment.text)
        began = time.thread_time()
        _ask(hot, asked)
        asks.append((time.thread_time() - began) * 1e6)
        if asked.comment.sent_at >= len(looks):
            began = time.thread_time()
            hot.hot(asked.comment.sent_at)
            looks.append((time.thread_time() - began) * 1e6)
    return asks, looks


def _memory(hour: Sequence[Asked]) -> tuple[float, int, int]:
    """The most memory that a list took, in MB; the most clusters it held, and its votes at the end."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        hot = HotList("en")
        most = 0
        for asked in hour:
            _ask(hot, asked)
            most = max(most, len(hot))
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    return peak / 2**20, most, hot.votes


def _ask(hot: HotList, asked: Asked) -> None:
    judgement, comment = asked.judgement, asked.comment
    hot.ask(comment, judgement.intent, judgement.language, judgement.embedding, comment.sent_at, on_air=asked.on_air)
