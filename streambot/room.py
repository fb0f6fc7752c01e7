"""One room while it runs: what it has seen, what it holds about people, and how it decides.

Everything here is one synchronous step at a time, so two comments never see half of each other's effects.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from streambot.core.action import Act, Action, Capability, Operation
from streambot.core.answering import Answering, Limits
from streambot.core.command import Mode
from streambot.core.comment import Comment, Room
from streambot.core.event import Event, Kind
from streambot.core.history import History
from streambot.core.hot_question import HotQuestion
from streambot.core.hotlist import HotList
from streambot.core.on_air import OnAir
from streambot.core.own_posts import OwnPosts
from streambot.core.pack import Pack, Thresholds
from streambot.core.prompts import Prompting, call_of
from streambot.core.status import Counts, Lag, Link, RoomStatus
from streambot.core.verdict import Judgement, Signal, Verdict
from streambot.knowledge import Knowledge
from streambot.packs.shadow import Shadow
from streambot.planning import actions_for, mode_for
from streambot.ports import Clock
from streambot.sequels import Follower
from streambot.settings import RoomSettings
from streambot.store.state import Memory
from streambot.voting import Retelling, ask

SILENCE = 30 * 60.0
"""Seconds without a comment that end a broadcast."""
LAG_WINDOW = 60.0
SEEN = 50_000
"""Comment ids kept in memory to drop redeliveries; older ones are looked up in the log."""


class Seen:
    """Comment ids of one room, newest kept; while ``complete`` it holds every id of the room and a miss is proof."""

    def __init__(self, ids: Iterable[str] = (), *, complete: bool = True, size: int = SEEN) -> None:
        self._ids: OrderedDict[str, None] = OrderedDict.fromkeys(ids)
        self._size = size
        self.complete = complete

    def __contains__(self, comment: str) -> bool:
        return comment in self._ids

    def add(self, comment: str) -> None:
        """Remember an id; the oldest makes room."""
        self._ids[comment] = None
        if len(self._ids) > self._size:
            self._ids.popitem(last=False)
            self.complete = False

    def forget(self, comment: str) -> None:
        """An id that was not decided after all may come again."""
        self._ids.pop(comment, None)


@dataclass(frozen=True, slots=True)
class Considered:
    """A comment with all that is needed to decide it again when the model comes late."""

    comment: Comment
    signals: Sequence[Signal] = ()
    broadcast: str = ""
    decision: str = ""
    decided: frozenset[Act] = frozenset()
    strikes: int = 0


@dataclass(slots=True)
class RoomState:
    """The state of one room. Times are Unix seconds: the records' own in a replay, the wall clock's when live."""

    room: Room
    settings: RoomSettings
    pack: Pack
    thresholds: Thresholds
    capabilities: Mapping[Operation, Capability]
    history: History
    board: HotList
    seen: Seen
    mode: Mode
    clock: Clock
    broadcast: str | None = None
    started_at: float | None = None
    last_at: float | None = None
    link: Link = Link.CONNECTING
    link_detail: str = ""
    rules_only_since: float | None = None
    tripped: bool = False
    """The circuit breaker took the bot out, for every label, until a person sets the mode."""
    air_rules: int = 0
    shadow: Shadow | None = None
    knowledge: Knowledge | None = None
    on_air: OnAir = field(default_factory=OnAir)
    own_posts: OwnPosts = field(default_factory=OwnPosts)
    answering: Answering = field(init=False)
    prompting: Prompting = field(default_factory=Prompting)
    followers: tuple[Follower, ...] = ()
    """Told of every decision, in this order."""
    _counts: Counter[str] = field(default_factory=Counter)
    _latencies: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=4096))

    def __post_init__(self) -> None:
        of = self.settings.answers
        self.answering = Answering(Limits(of.cooldown_s, of.viewer_cooldown_s, of.per_minute))

    @property
    def counts(self) -> Counts:
        """What became of the broadcast's comments so far."""
        return Counts(**self._counts)

    def count(self, **steps: int) -> None:
        """Add to the room's counts, by the names of :class:`Counts`."""
        for name, n in steps.items():
            self._counts[name] += n

    def forget(self, comment: Comment) -> None:
        """A comment that was received is not decided after all: it may come again."""
        self.seen.forget(comment.id)
        self.count(received=-1)

    def enter(self, comment: Comment, new_id: str) -> Sequence[Event]:
        """Place a comment in a broadcast; the events that open one and close the one before, if that is so.

        A new broadcast starts with no strikes, no questions and the counts of what is still in flight.
        """
        events: list[Event] = []
        at = comment.sent_at
        if self.broadcast is not None and self.last_at is not None and at - self.last_at > SILENCE:
            events.append(self._broadcast_event(f"{new_id}e", at, ended_at=self.last_at))
            self.broadcast = None
            self.history.begin_broadcast()
            self.board = self.board.anew()
            self.on_air = OnAir()
            for follower in self.followers:
                follower.begin_broadcast(self)
            now = self.counts
            self._counts = Counter(received=now.received - now.decided - now.duplicates - now.rejected)
        if self.broadcast is None:
            self.broadcast, self.started_at = new_id, at
            events.append(self._broadcast_event(new_id, at, ended_at=None))
        self.last_at = at if self.last_at is None else max(at, self.last_at)
        return events

    def _broadcast_event(self, event: str, at: float, ended_at: float | None) -> Event:
        data: dict[str, Any] = {"started_at": self.started_at, "ended_at": ended_at}
        return Event(event, at, self.room.name, Kind.BROADCAST, broadcast=self.broadcast, data=data)

    def decide(self, comment: Comment, judgement: Judgement | None, signals: Sequence[Signal]) -> Verdict:
        """The pack's verdict."""
        return self.pack.decide(comment, judgement, signals, thresholds=self.thresholds)

    def mode_for(self, verdict: Verdict, *, model_is_back: bool = False) -> Mode:
        """The mode in which a verdict is carried out now."""
        label_modes = {} if self.tripped else self.settings.label_modes
        rules_only = self.rules_only_since is not None and not model_is_back
        return mode_for(verdict, self.mode, label_modes, rules_only=rules_only)

    def plan(self, verdict: Verdict, comment: Comment, event: str, mode: Mode, now: float) -> Sequence[Action]:
        """The outbox rows of a verdict."""
        undo_ms, can = self.settings.undo_ms, self.capabilities
        return actions_for(verdict, comment, event=event, mode=mode, capabilities=can, undo_ms=undo_ms, now=now)

    def strike(self, comment: Comment, verdict: Verdict) -> int:
        """Note a violation of the author's; how many strikes it brought. What we cannot trace or act on brings none."""
        if not comment.traceable or comment.backlog or comment.author.exempt:
            return 0
        if verdict.strikes:
            self.history.strike(comment.author.id, verdict.strikes)
        return verdict.strikes

    def ask(
        self,
        comment: Comment,
        verdict: Verdict,
        embedding: Sequence[float],
        at: float,
        *,
        signals: Sequence[Signal] = (),
    ) -> str | None:
        """Count a question that stays visible, and say which it is (``voting.ask``)."""
        on_air = self.on_air.item
        return ask(self.board, comment, verdict, embedding, at, on_air=on_air, signals=signals)

    def recall(self, memory: Memory, *, live: bool) -> None:
        """Rebuild what the room knew from what the log remembers, in the order in which it happened."""
        if memory.ended_at is None:
            self.broadcast, self.started_at = memory.broadcast, memory.started_at
        votes = Retelling(self.board, memory.on_air)
        for past in memory.recent:
            if past.kind is Kind.PROMPT and not past.ended and (call := call_of(past.data)) is not None:
                # In its place: the chorus that it asked for comes behind it.
                self.history.open_call(past.at, call)
            signals: Sequence[Signal] = ()
            if past.kind is Kind.DECISION and past.comment is not None:
                signals = self.history.observe(past.comment)
                self.last_at = max(past.comment.sent_at, self.last_at or past.comment.sent_at)
            votes.hear(past, signals)
        for setting in memory.on_air:
            self.on_air = self.on_air.changed(setting.data, setting.actor, setting.at)
        for follower in self.followers:
            follower.recall(self, memory.recent)
        for author, n in memory.strikes.items():
            self.history.strike(author, n)
        if live and memory.mode:
            self.mode, self.tripped = Mode(memory.mode), memory.tripped
        self.count(received=memory.tally.get("decided", 0), **memory.tally)

    def decided(self, event: Event, latency: float) -> None:
        """Count a decision that is on the disk, ``latency`` seconds after its comment came."""
        act = event.act or Act.ALLOW
        self.count(
            decided=1,
            hidden=int(act.severity >= Act.HIDE.severity),
            review=int(act is Act.REVIEW),
            degraded=int(event.data["degraded"]),
        )
        if self.shadow is not None:
            self.shadow.count(event)
        self._latencies.append((self.clock(), latency))

    def hot(self) -> Sequence[HotQuestion]:
        """The room's hot questions now."""
        return self.board.hot(self.clock())

    def lag(self) -> Lag:
        """The latencies of the last minute."""
        since = self.clock() - LAG_WINDOW
        recent = sorted(latency for at, latency in self._latencies if at >= since)
        if not recent:
            return Lag()
        return Lag(p50=recent[len(recent) // 2], p99=recent[min(len(recent) - 1, int(len(recent) * 0.99))])

    def status(self) -> RoomStatus:
        """The room as screens and probes show it."""
        return RoomStatus(
            room=self.room,
            mode=self.mode,
            site=self.settings.site,
            link=self.link,
            link_detail=self.link_detail,
            broadcast=self.broadcast,
            started_at=self.started_at,
            last_comment_at=self.last_at,
            counts=self.counts,
            lag=self.lag(),
            rules_only_since=self.rules_only_since,
            undo_ms=self.settings.undo_ms,
            host_language=self.settings.host_language,
            capabilities=self.capabilities,
            pack=self.pack.id,
            air_rules=self.air_rules,
            shadow=self.shadow.status() if self.shadow is not None else None,
            item=self.on_air.item,
            item_name=self._item_name(),
            scenario=self.on_air.scenario,
            gaps=dict(self.answering.gaps),
        )

    def _item_name(self) -> str:
        """The name of the item on air, in the host's language."""
        catalog = self.knowledge.catalog if self.knowledge is not None else None
        item = catalog.item(self.on_air.item) if catalog is not None and self.on_air.item else None
        return item.name(self.settings.host_language) if item is not None else ""


def decision_data(verdict: Verdict, mode: Mode, *, strikes: int, question: str | None) -> dict[str, Any]:
    """What the log keeps of a verdict beside act, pack and model: enough to rebuild the room from."""
    return {
        "labels": verdict.labels,
        "scores": verdict.scores,
        "intent": verdict.intent,
        "intent_score": round(verdict.intent_score, 4),
        "language": verdict.language,
        "evidence": evidence_json(verdict),
        "actions": sorted(verdict.actions, key=lambda act: act.severity),
        "degraded": verdict.degraded,
        "escalate": verdict.escalate,
        "strikes": strikes,
        "question": question,
        "mode": mode,
    }


def evidence_json(verdict: Verdict) -> list[dict[str, Any]]:
    """A verdict's evidence, JSON-ready."""
    return [
        {
            "rule": evidence.rule,
            "source": evidence.source,
            "span": list(evidence.span),
            "text": evidence.text,
            "label": evidence.label,
            "score": round(evidence.score, 4),
            "reason": evidence.reason,
        }
        for evidence in verdict.evidence
    ]
