"""The moderation log alone: decisions written with ``synchronous=FULL``, in groups as the pipeline hands them over."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from streambot.bench.figures import Figure, at_least, at_most, percentile
from streambot.bench.lab import Lab
from streambot.bench.traffic import distinct
from streambot.core.action import Act
from streambot.core.command import Mode
from streambot.core.comment import Comment
from streambot.core.event import Event, Kind
from streambot.core.labels import Label
from streambot.core.verdict import Verdict
from streambot.room import decision_data
from streambot.store.rows import label_rows
from streambot.store.sqlite import GROUP, open_store


async def run(lab: Lab) -> Sequence[Figure]:
    """Decisions and rows a second, and how long one commit takes."""
    comments = distinct(int(lab.pick(4096, 512)), seed=lab.seed)
    numbers = count()
    rows = decisions = 0
    commits: list[float] = []
    with tempfile.TemporaryDirectory(prefix="streambot-bench-") as folder:
        async with open_store(Path(folder) / "bench.db") as store:
            until = time.perf_counter() + lab.pick(10.0, 0.2)
            while time.perf_counter() < until:
                for start in range(0, len(comments), GROUP):
                    events = [_decision(comment, next(numbers)) for comment in comments[start : start + GROUP]]
                    began = time.perf_counter()
                    await store.commit(events)
                    commits.append(time.perf_counter() - began)
                    decisions += len(events)
                    # A comment, its event, and a row for each label that holds.
                    rows += 2 * len(events) + sum(1 for event in events for _ in label_rows(event))
    return [
        Figure("decisions", decisions / sum(commits), "/s"),
        Figure("rows", rows / sum(commits), "/s", at_least(20_000)),
        Figure(f"commit of {GROUP}: p50", percentile(commits, 0.5) * 1000, "ms"),
        Figure(f"commit of {GROUP}: p99", percentile(commits, 0.99) * 1000, "ms", at_most(50)),
    ]


def _decision(comment: Comment, number: int) -> Event:
    """A decision such as the house makes: every tenth has a label that holds."""
    labels = {Label.SPAM: 0.93} if number % 10 == 0 else {}
    acts = frozenset({Act.REVIEW}) if labels else frozenset[Act]()
    verdict = Verdict(acts, labels, None, 0.0, "en", (), "bench@1", dict.fromkeys(Label, 0.0), "bench@1")
    comment = replace(comment, id=f"c{number}")
    data = decision_data(verdict, Mode.AUTO, strikes=0, question=None)
    return Event(
        id=f"{number:032x}",
        at=comment.sent_at,
        room=comment.room.name,
        kind=Kind.DECISION,
        broadcast="bench",
        comment=comment,
        act=verdict.action,
        pack=verdict.pack,
        model=verdict.model,
        data=data,
    )
