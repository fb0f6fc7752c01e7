"""What an author, and a text, did lately in one room.

Synchronous and pure: time is each comment's own ``sent_at``, so a replay hears the same signals. Comments may come out
of order; neighbours in time are counted on both sides. Memory is bounded by counts, never by trust in the times.
"""

from __future__ import annotations

import re
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Generic, TypeVar

from streambot.core.canonical import MARK_CHARS
from streambot.core.comment import Comment
from streambot.core.pack import STRIKES_FULL
from streambot.core.prompts import Call
from streambot.core.sketch import sketch
from streambot.core.verdict import Signal
from streambot.core.views import canonical, compact

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

_CALL: Final = re.compile(
    r"(?:^|[^a-z])(?:type|drop|comment|cmt|spam|ketik|komen|gõ|go so|chấm|bình luận)\s+\S{1,12}"
    r"|พิมพ์|คอมเมนต์|(?:打|扣|刷|发|评论)(?:个|出|上)?[^\s,。!]{1,8}"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """From which count a signal speaks. Seconds; widths count a Han, kana or Thai letter as two (they say more).

    The numbers are ours: an eager buyer writes four comments in ten seconds and repeats a question three times.
    """

    flood_count: int = 7
    flood_seconds: float = 10.0
    repeat_count: int = 4
    repeat_seconds: float = 120.0
    raid_authors: int = 6
    raid_seconds: float = 30.0
    raid_width: int = 18
    raid_alike: int = 6
    call_seconds: float = 60.0
    call_width: int = 16
    split_seconds: float = 20.0
    split_comments: int = 4
    split_length: int = 80
    authors: int = 5000
    texts: int = 512


class _Recent(Generic[_Key, _Value]):
    """The most recently used values, at most ``size`` of them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[_Key, _Value] = OrderedDict()

    def get(self, key: _Key) -> _Value | None:
        if (value := self._values.get(key)) is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: _Key, value: _Value) -> _Value | None:
        """Keep the value; returns the one that had to go for it."""
        self._values[key] = value
        self._values.move_to_end(key)
        return self._values.popitem(last=False)[1] if len(self._values) > self._size else None


@dataclass(slots=True)
class _Trace:
    """One author's last comments: time and text key ("" for texts that do not count as repeats).

    ``scraps`` are the short ones as written, each of which may be a piece of a phrase.
    """

    said: deque[tuple[float, str]] = field(default_factory=lambda: deque(maxlen=32))
    scraps: deque[tuple[float, str]] = field(default_factory=deque)


@dataclass(slots=True)
class _Chorus:
    """One text, and nearly the same, said by several."""

    number: int
    values: frozenset[int]
    said: deque[tuple[float, str]] = field(default_factory=lambda: deque(maxlen=64))


class History:
    """The recent past of one room. Signals have source ``history`` and score 1, ``strikes`` the count over ten."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._authors: _Recent[str, _Trace] = _Recent(self._limits.authors)
        self._choruses: _Recent[int, _Chorus] = _Recent(self._limits.texts)
        self._by_value: dict[int, int] = {}
        self._born = 0
        self._strikes: _Recent[str, int] = _Recent(self._limits.authors)
        self._calls: deque[tuple[float, Call]] = deque(maxlen=16)

    def observe(self, comment: Comment) -> list[Signal]:
        """Take note of a comment and say what stands out; nothing for one whose author or time is not the platform's.

        A host's or staff's "type 1" opens a call window.
        """
        if not comment.traceable:
            return []
        text = canonical(comment.text)
        if comment.author.exempt:
            if is_call(text):
                self.open_call(comment.sent_at)
            return []
        key = compact(text)
        names = []
        if not self._is_answer(key, comment.sent_at):
            names = self._author_signals(comment, key) + self._text_signals(comment, key)
        signals = [Signal(name, 1.0, "history") for name in names]
        if strikes := self.strikes(comment.author.id):
            signals.append(Signal("strikes", min(1.0, strikes / STRIKES_FULL), "history"))
        return signals

    def scraps(self, comment: Comment) -> Sequence[str]:
        """What the author of a short comment said in short ones just before it, oldest first; ask before ``observe``.

        A phrase that is split over comments ("add my", "l i n e", "id xyz") is judged with them.
        """
        if not comment.traceable or comment.author.exempt or len(comment.text) > self._limits.split_length:
            return ()
        trace = self._authors.get(comment.author.id)
        if trace is None:
            return ()
        since = comment.sent_at - self._limits.split_seconds
        return [text for at, text in trace.scraps if since <= at <= comment.sent_at]

    def open_call(self, at: float, call: Call | None = None) -> None:
        """For a minute from ``at``, short equal texts are the chorus that somebody asked for.

        ``call`` says what is asked for and for how long, where that is known.
        """
        if call is None:
            call = Call((), self._limits.call_seconds)
        expects = tuple(filter(None, (compact(canonical(text)) for text in call.expects)))
        self._calls.append((at, replace(call, expects=expects)))

    def strikes(self, author: str) -> int:
        """The strikes of an author in this broadcast."""
        return self._strikes.get(author) or 0

    def strike(self, author: str, count: int = 1) -> None:
        """Note a violation that was acted on."""
        self._strikes.put(author, self.strikes(author) + count)

    def refund(self, author: str, count: int = 1) -> None:
        """Take strikes back because their action was undone."""
        self._strikes.put(author, max(0, self.strikes(author) - count))

    def begin_broadcast(self) -> None:
        """A new broadcast: strikes and calls of the last one are over."""
        self._strikes = _Recent(self._limits.authors)
        self._calls.clear()

    def restore(self, strikes: Mapping[str, int], calls: Iterable[float] = ()) -> None:
        """Set strikes and call windows as the log tells them, after a restart."""
        self.begin_broadcast()
        for author, count in strikes.items():
            self.strike(author, count)
        for at in calls:
            self.open_call(at)

    def _is_answer(self, key: str, at: float) -> bool:
        width = _width(key)
        return width <= self._limits.call_width and any(
            0 <= at - since < call.seconds and (not call.expects or any(text in key for text in call.expects))
            for since, call in self._calls
        )

    def _author_signals(self, comment: Comment, key: str) -> list[str]:
        trace = self._authors.get(comment.author.id)
        if trace is None:
            trace = _Trace()
            self._authors.put(comment.author.id, trace)
        at, limits = comment.sent_at, self._limits
        _let_go(trace.said, at - max(limits.flood_seconds, limits.repeat_seconds))
        trace.said.append((at, key))
        if len(comment.text) <= limits.split_length:
            trace.scraps.append((at, comment.text))
            if len(trace.scraps) > limits.split_comments:
                trace.scraps.popleft()
        flood = sum(abs(at - then) < limits.flood_seconds for then, _ in trace.said)
        # Emoji alone is applause, however often.
        repeat = sum(said == key and abs(at - then) < limits.repeat_seconds for then, said in trace.said) if key else 0
        return ["flood"] * (flood >= limits.flood_count) + ["repeat"] * (repeat >= limits.repeat_count)

    def _text_signals(self, comment: Comment, key: str) -> list[str]:
        limits = self._limits
        if _width(key) < limits.raid_width:
            return []
        chorus = self._chorus(sketch(key))
        _let_go(chorus.said, comment.sent_at - limits.raid_seconds)
        chorus.said.append((comment.sent_at, comment.author.id))
        near = {author for then, author in chorus.said if abs(comment.sent_at - then) < limits.raid_seconds}
        return ["raid"] * (len(near) >= limits.raid_authors)

    def _chorus(self, values: frozenset[int]) -> _Chorus:
        """The chorus that this text joins, or a new one."""
        votes: dict[int, int] = {}
        for value in values:
            if (number := self._by_value.get(value)) is not None:
                votes[number] = votes.get(number, 0) + 1
        best = max(votes, key=lambda number: votes[number], default=None)
        needed = min(self._limits.raid_alike, len(values))
        if best is not None and votes[best] >= needed and (known := self._choruses.get(best)) is not None:
            return known
        self._born += 1
        chorus = _Chorus(self._born, values)
        for value in values:
            self._by_value[value] = chorus.number
        if (gone := self._choruses.put(chorus.number, chorus)) is not None:
            for value in gone.values:
                if self._by_value.get(value) == gone.number:
                    del self._by_value[value]
        return chorus


def is_call(text: str) -> bool:
    """Whether a text asks many to type something short: "type 1"."""
    return _CALL.search(canonical(text)) is not None


def _let_go(said: deque[tuple[float, str]], until: float) -> None:
    """What was said by then counts no more: ten thousand authors are remembered, not all they ever said."""
    while said and said[0][0] <= until:
        said.popleft()


def _width(text: str) -> int:
    """Letters of a text, those of scripts that write no spaces counted twice, marks not at all."""
    width = 0
    for char in text:
        if char < "\u0e00" or "\u1e00" <= char <= "\u1fff":
            width += 1
        elif char not in MARK_CHARS:
            width += 2
    return width
