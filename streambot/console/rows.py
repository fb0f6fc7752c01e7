"""A comment and an action as a controller's screen shows them, and the rule for what state each is in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from streambot.console.wire import dumps, iso
from streambot.core.action import OPERATION, REVERSE, Act, Action, Operation, Result, State
from streambot.core.command import Mode
from streambot.core.comment import Author
from streambot.core.event import BOT

STRIP_TEXT: Final = 80
"""Code points of the comment's text that go with an action."""
_EVIDENCE: Final = ("rule", "source", "span", "text", "reason", "label", "score")


class Status(StrEnum):
    """Where a comment stands, for the person who looks at it."""

    SHOWN = "shown"
    WAITING = "waiting"
    HIDDEN = "hidden"
    ALLOWED = "allowed"
    HIDING = "hiding"
    TODO = "todo"
    FAILED = "failed"


class Stage(StrEnum):
    """Where an action stands, in the words of the screens."""

    PROPOSED = "proposed"
    QUEUED = "queued"
    SENT = "sent"
    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"
    SIMULATED = "simulated"
    FAILED = "failed"
    TODO = "todo"
    WITHDRAWN = "withdrawn"
    IGNORED = "ignored"


QUEUE: Final = frozenset({Status.WAITING, Status.TODO})
"""A comment in one of these waits for a person."""
OPEN: Final = QUEUE | {Status.HIDING}

STAGE_OF_RESULT: Final[Mapping[Result, Stage]] = {
    Result.APPLIED: Stage.SENT,
    Result.CONFIRMED: Stage.CONFIRMED,
    Result.SIMULATED: Stage.SIMULATED,
    Result.MANUAL: Stage.TODO,
    Result.UNSUPPORTED: Stage.FAILED,
    Result.OVER_QUOTA: Stage.FAILED,
    Result.FAILED: Stage.FAILED,
    Result.UNKNOWN: Stage.NOT_CONFIRMED,
    Result.WITHDRAWN: Stage.WITHDRAWN,
    Result.IGNORED: Stage.IGNORED,
    Result.NOT_NEEDED: Stage.CONFIRMED,
}
_STAGE_OF_STATE: Final = {
    State.PROPOSED: Stage.PROPOSED,
    State.PENDING: Stage.QUEUED,
    State.SENDING: Stage.QUEUED,
    State.SETTLED: Stage.SENT,
}
_HIDE_STATUS: Final = {
    Stage.QUEUED: Status.HIDING,
    Stage.NOT_CONFIRMED: Status.HIDING,
    Stage.SENT: Status.HIDDEN,
    Stage.CONFIRMED: Status.HIDDEN,
    Stage.SIMULATED: Status.HIDDEN,
    Stage.FAILED: Status.FAILED,
}
NOT_SENT: Final = frozenset({Stage.PROPOSED, Stage.QUEUED, Stage.TODO})
_OVER: Final = frozenset({Stage.WITHDRAWN, Stage.IGNORED})
_DONE: Final = frozenset({Stage.SENT, Stage.CONFIRMED, Stage.NOT_CONFIRMED})
_OFFERED: Final = frozenset({"suggest", Mode.ASSIST})
"""The modes of an answer's or a prompt's event in which a person was offered the text."""
_HIDES: Final = frozenset({Operation.HIDE, Operation.DENY_HELD})
_SHOWS: Final = frozenset({Operation.UNHIDE, Operation.ALLOW_HELD})


@dataclass(slots=True)
class ActionRow:
    """One action; ``reversed`` once a person took it back."""

    action: Action
    by: str
    at: float
    text: str = ""
    author: str = ""
    stage: Stage = Stage.QUEUED
    detail: str = ""
    reversed: bool = False
    answer: Mapping[str, Any] = field(default_factory=dict)
    """What the event of an answer says of it."""

    def asked(self, action: Action) -> None:
        """The outbox row as it was committed."""
        self.action = action
        self.stage, self.detail = _STAGE_OF_STATE[action.state], ""

    def take_back(self) -> None:
        """A person took it back; what was not sent never will be."""
        self.reversed = True
        if self.stage in NOT_SENT:
            self.stage = Stage.WITHDRAWN

    @property
    def holds(self) -> bool:
        """Whether it still counts: neither taken back nor given up."""
        return not self.reversed and self.stage not in _OVER

    def undoable(self, can_reverse: Collection[Operation]) -> bool:
        """Whether Undo would do anything: not yet sent and held back for that, or reversible on the platform."""
        if not self.holds or self.action.operation not in REVERSE:
            return False
        if self.stage in {Stage.SIMULATED, Stage.TODO}:
            return True
        reversible = self.action.operation in can_reverse
        if self.stage is Stage.QUEUED:
            return reversible or self.action.not_before > 0
        return reversible and self.stage in _DONE

    def json(self, can_reverse: Collection[Operation]) -> str:
        """The row as ACTION of the live contract."""
        return dumps(
            {
                "id": self.action.id,
                "op": self.action.operation,
                "c": self.action.comment,
                "st": self.stage,
                "by": self.by,
                "at": iso(self.at),
                "until": iso(self.action.not_before) if self.action.not_before > 0 else None,
                "detail": self.detail or self.action.reason,
                "x": self.text[:STRIP_TEXT],
                "u": self.author,
                "undoable": self.undoable(can_reverse),
                **(self._said() if self.action.operation is Operation.POST else {}),
            }
        )

    def _said(self) -> dict[str, Any]:
        """A post's own words, and what it answers."""
        told = self.answer
        return {
            "said": self.action.text or "",
            "question": str(told.get("question") or ""),
            "intent": told.get("intent"),
            "language": str(told.get("language") or ""),
            "item": str(told.get("item") or ""),
            "facts": dict(told.get("facts") or {}),
            "offered": told.get("mode") in _OFFERED,
        }


@dataclass(slots=True)
class CommentRow:
    """One comment with the newest verdict about it, what people said of it, and the actions it led to."""

    id: str
    sent_at: float
    author: Author
    text: str
    event: str = ""
    act: Act = Act.ALLOW
    language: str = ""
    intent: str | None = None
    question: str = ""
    """The id of the hot question that it asks."""
    labels: Mapping[str, float] = field(default_factory=dict)
    why: list[dict[str, Any]] = field(default_factory=list)
    degraded: bool = False
    escalate: bool = False
    for_review: bool = False
    rulings: list[tuple[str, Act, str]] = field(default_factory=list)
    """What people decided about it and have not taken back: event, act, person."""
    actions: list[ActionRow] = field(default_factory=list)
    rev: int = 0
    status: Status = Status.SHOWN
    encoded: str | None = None

    def judged(self, event: str, act: Act | None, data: Mapping[str, Any]) -> None:
        """A decision or a rejudgement: the newest verdict replaces the one before."""
        self.event = event
        self.act = act or Act.ALLOW
        self.language = str(data.get("language") or "")
        self.intent = data.get("intent")
        self.question = data.get("question") or ""
        self.labels = data.get("labels") or {}
        self.why = [{key: each.get(key) for key in _EVIDENCE} for each in data.get("evidence") or ()]
        self.degraded = bool(data.get("degraded"))
        self.escalate = bool(data.get("escalate"))
        # Nobody acts on the shop's own people, but the controller has to tell them what they should not have said.
        own = self.author.exempt and bool(self.labels)
        self.for_review = own or self.act is Act.REVIEW or self.escalate or Act.REVIEW in (data.get("actions") or ())

    def ruled(self, event: str, act: Act, person: str, at: float) -> list[ActionRow]:
        """A person decided: what the bot proposed is sent if they agree, and else given up. Returns what changed.

        A mute or ban agrees to the hide that was proposed with it; a hide does not agree to the mute.
        """
        self.rulings.append((event, act, person))
        agreed = {OPERATION.get(act), Operation.HIDE} if act.severity > Act.HIDE.severity else {OPERATION.get(act)}
        changed = []
        for row in self.actions:
            if row.stage not in {Stage.PROPOSED, Stage.QUEUED} or row.reversed:
                continue
            if row.action.operation not in agreed:
                row.stage = Stage.IGNORED
                changed.append(row)
            elif row.stage is Stage.PROPOSED:
                row.stage, row.by, row.at = Stage.QUEUED, person, at
                changed.append(row)
        return changed

    def taken_back(self, event: str) -> list[ActionRow]:
        """An event was undone: what it asked for or released is withdrawn unless it was sent. Returns what changed."""
        ruling = any(ruled == event for ruled, _, _ in self.rulings)
        if not ruling and any(row.action.id == event for row in self.actions):
            # What the bot had asked for is undone, and with it a person's yes to it: the comment is as before that.
            self.rulings = [each for each in self.rulings if each[1] is Act.ALLOW]
        self.rulings = [each for each in self.rulings if each[0] != event]
        changed = []
        for row in self.actions:
            if row.action.id == event or (ruling and row.stage is Stage.QUEUED):
                row.take_back()
                changed.append(row)
        return changed

    def changed(self) -> None:
        """Works out the status anew after an event about this comment."""
        self.status = self._status()
        self.rev += 1
        self.encoded = None

    def _status(self) -> Status:
        held = [row for row in self.actions if row.holds]
        hide = self._standing_hide()
        hidden = _HIDE_STATUS.get(hide.stage) if hide is not None else None
        if hidden in {Status.HIDING, Status.HIDDEN}:
            return hidden
        if self.rulings and self.rulings[-1][1] is Act.ALLOW:
            return Status.ALLOWED
        if hidden is Status.FAILED:
            return Status.FAILED
        if any(row.stage is Stage.TODO for row in held):
            return Status.TODO
        if not self.rulings and (self.for_review or any(row.stage is Stage.PROPOSED for row in held)):
            return Status.WAITING
        return Status.SHOWN

    def _standing_hide(self) -> ActionRow | None:
        """The newest hide that nobody took back, or whose unhide failed: then viewers still do not see the comment."""
        lifted = True
        for row in reversed(self.actions):
            if row.stage in _OVER:
                continue
            if row.action.operation in _SHOWS:
                lifted = row.stage is not Stage.FAILED
                if lifted:
                    return None
            elif row.action.operation in _HIDES and not (row.reversed and lifted):
                return row
        return None

    @property
    def queued(self) -> bool:
        """Whether a person is waited for."""
        return self.status in QUEUE

    @property
    def open(self) -> bool:
        """Whether more is to come, so that the row may not be forgotten."""
        return self.status in OPEN

    @property
    def plain(self) -> bool:
        """Nobody acted on it and nobody needs to: what a screen that is behind can do without."""
        return self.rev == 1 and self.status is Status.SHOWN

    def json(self) -> str:
        """The row as COMMENT of the live contract; made once for all screens."""
        if self.encoded is None:
            self.encoded = dumps(
                {
                    "id": self.id,
                    "ts": iso(self.sent_at),
                    "u": {"id": self.author.id, "n": self.author.name, "roles": sorted(self.author.roles)},
                    "x": self.text,
                    "l": self.language,
                    "intent": self.intent,
                    "q": self.question,
                    "labels": self.labels,
                    "act": self.act,
                    "status": self.status,
                    "by": self.rulings[-1][2] if self.rulings else BOT,
                    "event": self.event,
                    "why": self.why,
                    "degraded": self.degraded,
                    "escalate": self.escalate,
                    "rev": self.rev,
                }
            )
        return self.encoded
