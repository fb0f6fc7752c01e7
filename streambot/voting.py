"""Which comments count for the hot list of their room, and how the log rebuilds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from streambot.core.action import Act
from streambot.core.comment import Comment
from streambot.core.event import Kind
from streambot.core.hotlist import HotList
from streambot.core.labels import Intent, Label
from streambot.core.on_air import OnAir
from streambot.core.verdict import Signal, Verdict
from streambot.store.state import Remembered

SURE_OF_INTENT: Final = 0.5
"""Below this the model guesses, and a host who is shown guesses stops looking."""
VOTE: Final = "vote"
"""Key of what a person did about a comment: whether its vote counts from then on."""
MERGED: Final = "merged"
"""Key of a decision: questions that it showed to be one, old id → id."""
_FLOOD: Final = "flood"


def ask(
    board: HotList,
    comment: Comment,
    verdict: Verdict,
    embedding: Sequence[float],
    at: float,
    *,
    on_air: str = "",
    signals: Sequence[Signal] = (),
) -> str | None:
    """Count a question that stays visible, and say which it is.

    The shop's own and hidden comments never vote, nor does an account that floods: what it asked before is taken back.
    """
    if _floods(signals):
        board.distrust(comment.author.id)
    elif verdict.action.severity < Act.REVIEW.severity:
        return _counted(board, comment, verdict, embedding, at, on_air)
    return None


def recount(board: HotList, comment: Comment, verdict: Verdict, at: float, *, visible: bool, on_air: str = "") -> None:
    """A comment is no longer visible, or is again by a person's word: its vote goes, or comes."""
    if not visible:
        board.retract(comment)
    elif not board.restore(comment):
        _counted(board, comment, verdict, (), at, on_air)


def _counted(
    board: HotList, comment: Comment, verdict: Verdict, embedding: Sequence[float], at: float, on_air: str
) -> str | None:
    if verdict.intent is None or verdict.intent_score < SURE_OF_INTENT or comment.author.exempt:
        return None
    return board.ask(comment, verdict.intent, verdict.language, embedding, at, on_air=on_air)


def _floods(signals: Sequence[Signal]) -> bool:
    return any(signal.name == _FLOOD and signal.source == "history" for signal in signals)


def recalled(comment: Comment, data: Mapping[str, Any]) -> Verdict:
    """The part of a logged verdict that a room needs to remember."""
    return Verdict(
        actions=frozenset(Act(act) for act in data.get("actions", ())),
        labels={Label(label): score for label, score in data.get("labels", {}).items()},
        intent=Intent(data["intent"]) if data.get("intent") else None,
        intent_score=data.get("intent_score") or 0.0,
        language=data.get("language") or comment.language_hint or "other",
        evidence=(),
        pack="",
    )


class Retelling:
    """Rebuilds a hot list from the log, one event after the other; ``settings`` say what was on air when."""

    def __init__(self, board: HotList, settings: Sequence[Remembered]) -> None:
        self._board = board
        self._settings = list(reversed(settings))
        self._on_air = OnAir()
        self._verdicts: dict[str, Verdict] = {}

    def hear(self, past: Remembered, signals: Sequence[Signal] = ()) -> None:
        """What happened next; ``signals`` are those of a decision's comment."""
        while self._settings and self._settings[-1].at <= past.at:
            setting = self._settings.pop()
            self._on_air = self._on_air.changed(setting.data, setting.actor, setting.at)
        if past.kind is Kind.QUESTION:
            self._board.heed(past.data, past.at)
        elif past.comment is not None and past.kind in (Kind.DECISION, Kind.REJUDGEMENT):
            self._judged(past, past.comment, signals)
        elif past.comment is not None and isinstance(visible := past.data.get(VOTE), bool):
            verdict = self._verdicts.get(past.comment.id)
            if verdict is not None:
                item = self._on_air.item
                recount(self._board, past.comment, verdict, past.at, visible=visible, on_air=item)

    def _judged(self, past: Remembered, comment: Comment, signals: Sequence[Signal]) -> None:
        verdict = self._verdicts[comment.id] = recalled(comment, past.data)
        self._board.follow(past.data.get(MERGED) or {})
        question, item = past.data.get("question"), self._on_air.item
        if _floods(signals):
            self._board.distrust(comment.author.id)
        elif question and verdict.intent is not None:
            self._board.ask(comment, verdict.intent, verdict.language, (), past.at, question=question, on_air=item)
        elif past.kind is Kind.REJUDGEMENT:
            self._board.retract(comment)
