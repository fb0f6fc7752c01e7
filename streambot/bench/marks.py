"""What the answers of a broadcast were worth, by the truth of its script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from streambot.bench.shop import GONE, NEEDED, OF_ANY_ITEM, SETTLED_BY, Shop
from streambot.core.answering import ANEW, SOONEST
from streambot.core.answers import Scenario
from streambot.platforms.demo.broadcast import Line
from streambot.platforms.demo.script import Ask

SOON: Final = 3.0
"""Seconds within which a question must be answered."""
QUESTIONS: Final = frozenset(
    {"price", "size", "product", "shipping", "stock", "promo", "authenticity", "payment", "how_to_buy", "returns"}
)
"""Kinds of lines that ask; what is said of orders and complaints may be answered too, with the way to a person."""
PRIVATE: Final = frozenset({"order_status", "complaint"})


@dataclass(frozen=True, slots=True)
class Said:
    """An answer that went out at ``at`` (Unix seconds); ``data`` is its event's, ``to`` whom it answered first."""

    at: float
    to: str
    data: Mapping[str, Any]

    @property
    def topic(self) -> tuple[str, ...]:
        """What it settles, in which language, by what it states."""
        stated = "|".join(f"{name}={value}" for name, value in sorted(self.data["facts"].items()))
        return (self.data["intent"], self.data["item"], self.data["about"], self.data["language"], stated)


@dataclass(frozen=True, slots=True)
class Heard:
    """A comment of the script: what it asks of which item (0: none was on air), and why the house kept silent."""

    id: str
    author: str
    at: float
    line: Line
    ask: Ask | None
    item: int
    due: bool
    """It must be answered: the shop knew the answer when it was asked."""
    read: str
    """The intent that the house read."""
    silence: str


@dataclass(slots=True)
class Marks:
    """What was heard and what was said to it; ``wrong`` and ``gated`` are the texts, noted as they went out."""

    tone: str
    heard: list[Heard] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    gated: list[str] = field(default_factory=list)

    def settles(self, said: Said, heard: Heard) -> bool:
        """Whether an answer says what was asked, of the right item, in the asker's language and the room's tone."""
        return not self.wanting(said, heard)

    def wanting(self, said: Said, heard: Heard) -> str:
        """In what an answer does not settle what was asked, "" if it does."""
        data, ask = said.data, heard.ask
        if ask is None:
            return "nothing asked"
        if data["language"] != heard.line.language or data["tone"] != self.tone:
            return "language"
        if ask.name not in OF_ANY_ITEM and data["item"] != str(heard.item):
            return "item"
        if data["scenario"] == Scenario.SOLD_OUT and ask.name in GONE:
            return ""
        needed = NEEDED.get(ask.name)
        said_it = data["intent"] in SETTLED_BY[ask.name] if needed is None else needed & data["facts"].keys()
        return "" if said_it else "not asked"

    def result(self, shop_at: Mapping[float, Shop], cooldown: float) -> Result:
        """Everything counted; ``shop_at`` has the shop from each time on, in order."""
        result = Result(asked=sum(heard.line.kind in QUESTIONS for heard in self.heard))
        own = {said.to: said for said in self.said}
        for heard in self.heard:
            answer = own.get(heard.id)
            if answer is not None and not (heard.ask and self.settles(answer, heard)):
                known = heard.line.kind in QUESTIONS | PRIVATE
                (result.beside if known else result.no_question).append(
                    f"{self.wanting(answer, heard)}: {heard.line.line} → {answer.data['text']}"
                )
            if heard.due and heard.ask is not None:
                self._mark(result, heard, answer, shop_at, cooldown)
        result.repeats = self.repeats(cooldown)
        result.slowest = max((said.at - self._asked_at(said) for said in self.said), default=0.0)
        return result

    def _mark(
        self, result: Result, heard: Heard, answer: Said | None, shop_at: Mapping[float, Shop], cooldown: float
    ) -> None:
        result.due += 1
        if answer is not None and self.settles(answer, heard) and answer.at - heard.at <= SOON:
            result.answered += 1
            return
        shop = [each for since, each in shop_at.items() if since <= heard.at][-1]
        for said in reversed(self.said):
            if said.at < heard.at - cooldown:
                break
            if said.at <= heard.at + SOON and self.settles(said, heard):
                item = int(said.data["item"] or 0)
                if not shop.wrong(said.data["facts"], item, heard.line.language, heard.line.slots, heard.at):
                    result.covered += 1
                    return
        why = heard.silence or (self.wanting(answer, heard) or "late" if answer is not None else "not sent")
        result.missed[why] += 1
        result.examples.append(
            f"{why:<14}{heard.ask.name if heard.ask else '':<13}{heard.line.language} {heard.line.line}"
        )

    def repeats(self, cooldown: float) -> list[str]:
        """Answers that were given again inside their cooldown although not so many asked anew."""
        found = []
        before: dict[tuple[str, ...], Said] = {}
        for said in self.said:
            last = before.get(said.topic)
            if last is not None and said.at - last.at < cooldown - SOON:
                askers = self._askers(said, last.at, said.at)
                if said.at - last.at < SOONEST - SOON or len(askers) < ANEW:
                    found.append(f"after {said.at - last.at:.0f} s, {len(askers)} asked: {said.data['text']}")
            before[said.topic] = said
        return found

    def _askers(self, said: Said, since: float, until: float) -> Collection[str]:
        return {
            heard.author
            for heard in self.heard
            if since - SOON <= heard.at <= until
            and heard.read == said.data["intent"]
            and heard.line.language == said.data["language"]
        }

    def _asked_at(self, said: Said) -> float:
        return next(heard.at for heard in reversed(self.heard) if heard.id == said.to)


@dataclass(slots=True)
class Result:
    """Counts, and the texts behind those that should be none."""

    asked: int
    due: int = 0
    answered: int = 0
    covered: int = 0
    missed: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    no_question: list[str] = field(default_factory=list)
    repeats: Sequence[str] = ()
    slowest: float = 0.0
