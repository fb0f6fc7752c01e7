"""One comment decided in one synchronous step: verdict, event, outbox rows, and what the room learns from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog

from streambot.core.action import Act, Action
from streambot.core.comment import Comment, Role
from streambot.core.event import Event, Kind
from streambot.core.labels import Intent
from streambot.core.verdict import Judgement, Signal, Verdict
from streambot.room import Considered, RoomState, decision_data
from streambot.rooms import Rooms
from streambot.sequels import Decided
from streambot.voting import MERGED

OURS: Final = Judgement(labels={}, intent=Intent.NOISE, intent_score=0.0, language="", language_score=0.0)
"""Of what the room posted itself: nobody is asked to judge it."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision on its way to the disk, with the events that open its broadcast and those that follow from it."""

    considered: Considered
    opening: Sequence[Event]
    event: Event
    sequel: Sequence[Event]
    outbox: Sequence[Action]

    def summary(self) -> dict[str, Any]:
        """What the process's own log says of a decision that asks for something; never the text."""
        data = self.event.data
        return {
            "room": self.event.room,
            "comment": self.considered.comment.id,
            "act": self.event.act,
            "labels": sorted(data["labels"]),
            "rules": [evidence["rule"] for evidence in data["evidence"]],
            "mode": data["mode"],
        }


@dataclass(slots=True)
class Tally:
    """What this process did, over all rooms; a room's own counts go on from what the log holds."""

    decided: int = 0
    duplicates: int = 0
    hidden: int = 0
    review: int = 0
    answered: int = 0
    degraded: int = 0
    rejected: int = 0
    """Comments that could not be decided or logged at all; a source counts its own malformed records."""

    def add(self, event: Event) -> None:
        """Count a decision."""
        act = event.act or Act.ALLOW
        self.decided += 1
        self.hidden += act.severity >= Act.HIDE.severity
        self.review += act is Act.REVIEW
        self.answered += act is Act.ANSWER
        self.degraded += bool(event.data["degraded"])


def decide(
    rooms: Rooms,
    state: RoomState,
    comment: Comment,
    judgement: Judgement | None,
    *,
    ids: Callable[[], str],
    at: float,
    now: float,
) -> Decision:
    """Decide a comment and change its room accordingly. ``at`` dates the decision, ``now`` the sending (Unix s)."""
    opening = state.enter(comment, ids())
    identity = ids()
    before = state.history.scraps(comment) if state.shadow is not None else ()
    signals, verdict = (
        own_post(state, comment)
        if Role.BOT in comment.author.roles
        else carefully(
            state,
            comment,
            judgement,
            # History speaks in the order of decisions: a strike from the comment before counts for this one.
            lambda: [*rooms.signals(state, comment), *state.history.observe(comment)],
        )
    )
    if comment.backlog:
        verdict = too_late(verdict)
    mode = state.mode_for(verdict)
    strikes = state.strike(comment, verdict)
    question = state.ask(comment, verdict, judgement.embedding if judgement else (), at, signals=signals)
    data = decision_data(verdict, mode, strikes=strikes, question=question)
    if merged := state.board.take_merged():
        data[MERGED] = merged
    if state.shadow is not None:
        past = [signal for signal in signals if signal.source == "history"]
        data["shadow"] = state.shadow.opinion(comment, judgement, before, past, verdict, state.thresholds)
    event = Event(
        id=identity,
        at=at,
        room=state.room.name,
        kind=Kind.DECISION,
        broadcast=state.broadcast,
        comment=comment,
        act=verdict.action,
        reason=verdict.reason,
        pack=verdict.pack,
        model=verdict.model,
        data=data,
    )
    considered = Considered(comment, signals, state.broadcast or "", identity, verdict.actions, strikes)
    outbox = list(state.plan(verdict, comment, identity, mode, now))
    sequel = follow(state, Decided(comment, verdict, judgement, event, question, at, now), outbox)
    return Decision(considered, opening, event, sequel, outbox)


def follow(state: RoomState, decided: Decided, outbox: list[Action]) -> Sequence[Event]:
    """Tell the room's followers of a decision: the events that they set off; their actions join ``outbox``."""
    events: list[Event] = []
    for follower in state.followers:
        try:
            sequel = follower.follow(state, decided)
        except Exception:
            # A comment: its decision stands, and the next one goes on.
            log.exception("a follower failed", room=state.room.name, comment=decided.comment.id)
            continue
        events += sequel.events
        outbox += sequel.outbox
    return events


def own_post(state: RoomState, comment: Comment) -> tuple[Sequence[Signal], Verdict]:
    """What we posted ourselves passed the gate before it left: it is logged, and nothing is made of it."""
    return (), Verdict(
        actions=frozenset(),
        labels={},
        intent=None,
        intent_score=0.0,
        language=comment.language_hint or "",
        evidence=(),
        pack=state.pack.id,
    )


def too_late(verdict: Verdict, done: frozenset[Act] = frozenset()) -> Verdict:
    """The verdict on what viewers have read long ago: no answer, and beyond ``done`` a person decides."""
    if verdict.action.severity > Act.REVIEW.severity:
        return replace(verdict, actions=(verdict.actions & done) | {Act.REVIEW}, strikes=0)
    return replace(verdict, actions=verdict.actions - {Act.ANSWER})


def carefully(
    state: RoomState, comment: Comment, judgement: Judgement | None, measure: Callable[[], Sequence[Signal]]
) -> tuple[Sequence[Signal], Verdict]:
    """What was measured and the pack's verdict on it; a comment that breaks our rules goes to a person."""
    signals: Sequence[Signal] = ()
    try:
        signals = measure()
        return signals, state.decide(comment, judgement, signals)
    except Exception:
        # A comment: it is decided and logged all the same, and the next one goes on.
        log.exception("a comment could not be judged", room=state.room.name, comment=comment.id)
    return signals, Verdict(
        actions=frozenset() if comment.author.exempt else frozenset({Act.REVIEW}),
        labels={},
        intent=None,
        intent_score=0.0,
        language=comment.language_hint or "",
        evidence=(),
        pack=state.pack.id,
        degraded=judgement is None,
        reason="streambot could not judge this comment; its log says why.",
    )
