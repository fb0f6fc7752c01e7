"""One hour of the demo's broadcast with its script as the truth: which questions were answered, and how well.

The hour is played on a clock of its own, as fast as the house goes: real pipeline, model, log, dispatcher and files.
The clock stands still while the house works, so a comment is decided before the next one is said.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from copy import deepcopy
from itertools import takewhile
from pathlib import Path
from typing import Any, Final

from streambot.app import House, house
from streambot.bench.figures import Figure, at_least, at_most
from streambot.bench.lab import QUOTA, Lab
from streambot.bench.marks import QUESTIONS, Heard, Marks, Result, Said
from streambot.bench.shop import FRESH_FOR, Shop
from streambot.core.action import Action, Operation, Outcome
from streambot.core.action import Result as Came
from streambot.core.catalog import Catalog
from streambot.core.command import Mode
from streambot.core.comment import Comment, Room
from streambot.core.errors import Overloaded
from streambot.core.event import Event, Kind
from streambot.garbage import settle_in
from streambot.platforms.demo.broadcast import Told, performed
from streambot.platforms.demo.script import load_script
from streambot.settings import RoomSettings
from streambot.testing import FakeClock

START: Final = 1_795_000_000.0
HOUR: Final = 3600.0
ROOM: Final = Room("demo", "demo", "demo")
PER_MINUTE: Final = 90
"""Posts that the room bears: five languages at 8 comments a second ask for far more than the 12 of a quiet room."""
VIEWER_COOLDOWN: Final = 5.0
"""Seconds: the demo's viewers leave eight between two comments, and the next one may well be another question."""
_KEPT: Final = 200
"""Answers remembered until they are out."""
_PEEK: Final = 0.002
_AT_ONCE: Final = 64

Change = Callable[[dict[int, dict[str, str]], float], None]


def _prices(rows: dict[int, dict[str, str]], _now: float) -> None:
    for number, price in ((1, "27.50"), (3, "35.00"), (6, "44.90")):
        rows[number]["price.base"] = price


def _sales(rows: dict[int, dict[str, str]], now: float) -> None:
    for row in rows.values():
        row["stock"] = ", ".join(
            f"{name}={max(0, int(count) - 1)}"
            for name, _, count in (part.strip().partition("=") for part in row["stock"].split(","))
        )
        row["updated_at"] = f"{now:.0f}"


def _sold_out(rows: dict[int, dict[str, str]], _now: float) -> None:
    rows[4]["stock"] = ", ".join(f"{part.split('=')[0].strip()}=0" for part in rows[4]["stock"].split(","))


def _old(rows: dict[int, dict[str, str]], now: float) -> None:
    rows[2]["updated_at"] = f"{now - FRESH_FOR - 60:.0f}"


def _broken(rows: dict[int, dict[str, str]], _now: float) -> None:
    rows[5]["price.base"] = "-1"


CHANGES: Final[Sequence[tuple[float, Change]]] = (
    (0.15, _prices),
    (0.25, _sales),
    (0.40, _old),
    (0.55, _sales),
    (0.60, _sold_out),
    (0.80, _broken),
)
"""What happens in the shop, by the part of the hour that is over; a file that is broken leaves the old one in force."""


class Stage:
    """The source of the broadcast and its listener at once: it moves the clock, and notes what is said to what.

    Implements ``ports.Source`` and ``ports.Feed``.
    """

    live = True

    def __init__(self, performance: Iterator[Told], clock: FakeClock, file: Path, shop: Shop, seconds: float) -> None:
        self._performance = performance
        self._clock = clock
        self._file = file
        self._changes = [(START + part * seconds, change) for part, change in CHANGES]
        self._asks = load_script().asks
        self._waiting: list[tuple[float, Action]] = []
        self._answers: dict[str, Event] = {}
        self._decided: Event | None = None
        self._kept = Counter[str]()
        self._on_air = 0
        self.shop = shop
        self.shops = {START: deepcopy(shop)}
        self.marks = Marks(tone="casual")
        self.running: House | None = None
        self._news = asyncio.Event()

    async def comments(self) -> AsyncIterator[Comment]:
        """Each comment at its time, once the one before it is decided and what was due by then is posted."""
        for told in self._performance:
            await self._move(told.comment.sent_at)
            yield told.comment
            while self._decided is None:
                await self._hear()
            self._note(told, self._decided)
            self._decided = None
        await self._move(self._clock.now + 10.0)

    def publish(self, events: Sequence[Event], outbox: Sequence[Action] = ()) -> None:
        """See ``ports.Feed``."""
        for event in events:
            if event.kind is Kind.DECISION:
                self._decided = event
            elif event.kind is Kind.ANSWER:
                self._answers[event.id] = event
                if len(self._answers) > _KEPT:
                    del self._answers[next(iter(self._answers))]
        self._waiting += [
            (action.not_before, action) for action in outbox if action.operation is Operation.POST and action.not_before
        ]
        self._news.set()

    def settled(self, action: Action, outcome: Outcome) -> None:
        """See ``ports.Feed``: an answer went out; what it states must be so now, and the gate must let it pass."""
        self._news.set()
        event = self._answers.get(action.id)
        if event is None or outcome.result is not Came.SIMULATED or self.running is None:
            return
        self._waiting = [(at, each) for at, each in self._waiting if each.id != action.id]
        said = Said(self._clock.now, event.data["to"][0], event.data)
        self.marks.said.append(said)
        heard = next(heard for heard in reversed(self.marks.heard) if heard.id == said.to)
        item = int(said.data["item"] or 0)
        wrong = self.shop.wrong(said.data["facts"], item, said.data["language"], heard.line.slots, said.at)
        if wrong:
            self.marks.wrong.append(f"{wrong}: {heard.line.line} → {said.data['text']}")
        state = self.running.rooms.get(ROOM.name)
        catalog = state.knowledge.catalog if state is not None and state.knowledge is not None else None
        if (
            state is None
            or catalog is None
            or self.running.rooms.refusals(state, action.text or "", catalog.item(item))
        ):
            self.marks.gated.append(said.data["text"])

    def notice(self, _room: str, _notice: Any) -> None:
        """See ``ports.Feed``."""
        self._news.set()

    async def _hear(self) -> None:
        """Wait for the house to say something, or for a moment: a timer may have been set meanwhile."""
        try:
            async with asyncio.timeout(_PEEK):
                await self._news.wait()
        except TimeoutError:
            pass
        self._news.clear()

    async def _move(self, to: float) -> None:
        """Let time pass: what is due on the way is posted at its time, and the shop changes at its own."""
        while True:
            due = min((at for at, _ in self._waiting), default=to)
            change = self._changes[0][0] if self._changes else to
            at = min(due, change, to)
            self._clock.advance(max(0.0, at - self._clock.now))
            if self._waiting and due <= at:
                await self._hear()
            elif self._changes and change <= at:
                await self._change(self._changes.pop(0)[1])
            else:
                return

    async def _change(self, change: Change) -> None:
        """Write the file anew and wait until the house has read it."""
        before = deepcopy(self.shop)
        change(self.shop.rows, self._clock.now)
        self.shop.write(self._file)
        old = self._catalog()
        if change is _broken:
            # Nothing of it comes into force; the next export is whole again.
            await asyncio.sleep(1.0)
            self.shop.rows = before.rows
            return
        while self._catalog() is old:  # noqa: ASYNC110 - a catalog sets no event
            await asyncio.sleep(_PEEK)
        self.shops[self._clock.now] = deepcopy(self.shop)

    def _catalog(self) -> Catalog | None:
        state = self.running.rooms.get(ROOM.name) if self.running is not None else None
        return state.knowledge.catalog if state is not None and state.knowledge is not None else None

    def _note(self, told: Told, decision: Event) -> None:
        """What a comment was, and why nothing was said to it."""
        line, comment = told.line, told.comment
        if line.kind == "intro":
            self._on_air = line.item
        ask = self._asks.get((line.language, line.line)) if line.kind != "host" else None
        named = {"item", "name"} & line.slots.keys()
        item = line.item if named else self._on_air
        due = bool(ask and ask.must and item and self.shop.knows(ask.name, item, line.slots, comment.sent_at))
        kept, self._kept = self._kept, self._silences()
        why = next(iter(self._kept - kept), "")
        if not why:
            data = decision.data
            intent = f"read as {data['intent']}" if data["intent"] is not None else "unread"
            why = intent if decision.act in (None, "allow", "answer") else f"{decision.act}"
            if line.kind in QUESTIONS and data["language"] != line.language:
                why = f"language {data['language']}"
        answer = next((event for event in self._answers.values() if event.data["to"][0] == comment.id), None)
        silence = why if answer is None else "unsure" if answer.data["mode"] == "suggest" else ""
        read = str(decision.data["intent"])
        self.marks.heard.append(
            Heard(comment.id, comment.author.id, comment.sent_at, line, ask, item, due, read, silence)
        )

    def _silences(self) -> Counter[str]:
        state = self.running.rooms.get(ROOM.name) if self.running is not None else None
        return state.answering.gaps + state.answering.silences if state is not None else Counter()


async def play(lab: Lab, seconds: float, **answers: Any) -> tuple[Result, Stage]:
    """The broadcast, judged; ``answers`` are settings of the room's answers."""
    of = lab.settings.classifier.model_copy(update={"cache": 100_000, "deadline_ms": 60_000})
    settings = lab.settings.model_copy(update={"classifier": of})
    clock = FakeClock(START)
    with tempfile.TemporaryDirectory(prefix="streambot-bench-") as folder:
        file = Path(folder) / "shop.csv"
        shop = Shop.opened(START)
        shop.write(file)
        chosen = settings.defaults.answers.model_copy(
            update={
                "mode": "auto",
                "fresh_for_s": FRESH_FOR,
                "per_minute": PER_MINUTE,
                "viewer_cooldown_s": VIEWER_COOLDOWN,
                **answers,
            }
        )
        room = settings.defaults.model_copy(
            update={
                "mode": Mode.AUTO,
                "label_modes": {},
                "actuator": "simulated",
                "quota_per_minute": QUOTA,
                "catalog": str(file),
                "answers": chosen,
            }
        )

        def settings_for(_: Room) -> RoomSettings:
            return room

        told = list(
            takewhile(
                lambda each: each.comment.sent_at < START + seconds,
                performed(room=ROOM, start=START, seed=lab.seed),
            )
        )
        async with house(
            settings, db=Path(folder) / "bench.db", live=True, settings_for=settings_for, clock=clock, sleep=clock.sleep
        ) as running:
            settle_in()
            await _read_before(running, [each.comment for each in told])
            stage = Stage(iter(told), clock, file, shop, seconds)
            stage.running = running
            running.feeds.join(stage)
            await running.rooms.open(ROOM)
            await running.pipeline.run(stage)
        return stage.marks.result(stage.shops, chosen.cooldown_s), stage


async def _read_before(running: House, comments: Sequence[Comment]) -> None:
    """Have every text judged in batches, so that nobody waits for the model later: it is not what is measured."""
    different = list({comment.text: comment for comment in comments}.values())
    for at in range(0, len(different), _AT_ONCE):
        part = different[at : at + _AT_ONCE]
        while part:
            found = await asyncio.gather(*map(running.judging.classifier.classify, part), return_exceptions=True)
            part = [each for each, came in zip(part, found, strict=True) if isinstance(came, Overloaded)]


async def run(lab: Lab) -> Sequence[Figure]:
    """An hour of the demo in ``auto``; the shop's prices and stock change during it."""
    result, stage = await play(lab, lab.pick(HOUR, 120.0))
    missed = [Figure(f"missed: {why}", count, "questions") for why, count in result.missed.most_common()]
    return [
        Figure("comments", len(stage.marks.heard), "comments"),
        Figure("questions", result.asked, "questions"),
        Figure("questions that the shop can answer", result.due, "questions"),
        Figure("answered within 3 s", result.answered, "questions"),
        Figure("covered by an answer that stands", result.covered, "questions"),
        Figure(
            "answered or covered", 100 * (result.answered + result.covered) / max(1, result.due), "%", at_least(100)
        ),
        *missed,
        Figure("answers posted", len(stage.marks.said), "answers"),
        Figure("slowest answer", result.slowest, "s", at_most(3)),
        Figure("wrong or stale fact", len(stage.marks.wrong), "answers", at_most(0)),
        Figure("repeated inside the cooldown", len(result.repeats), "answers", at_most(0)),
        Figure("that the gate should have stopped", len(stage.marks.gated), "answers", at_most(0)),
        Figure("beside the question", len(result.beside), "answers"),
        Figure("to what is no question", len(result.no_question), "answers", at_most(0)),
    ]
