"""What people do about the hot list, and what their word about a comment does to its vote.

Each is worked out in one step and says what to write, as ``casework`` does for comments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from streambot.case import Case, Row
from streambot.casework import Work
from streambot.core.action import Act
from streambot.core.canonical import canonical
from streambot.core.clusters import split_name
from streambot.core.command import Answer, Command, Reply, Verb
from streambot.core.comment import Author, Comment, Role
from streambot.core.event import Event, Kind
from streambot.core.hot_question import HotQuestion
from streambot.ports import Clock
from streambot.room import RoomState
from streambot.voting import VOTE, recalled, recount

MARKS: Final = {
    Verb.ANSWERED: "answered",
    Verb.REOPEN: "open",
    Verb.DROP: "dropped",
    Verb.PIN: "pinned",
    Verb.UNPIN: "unpinned",
    Verb.PUSH: "pushed",
    Verb.MERGE: "merged",
    Verb.SPLIT: "split",
}
"""The verbs about a question, and what its event calls them."""
_JUDGED: Final = frozenset({Kind.DECISION, Kind.REJUDGEMENT})
_GONE: Final = "this question is not on the list any more"


class QuestionWork:
    """Works out commands about questions."""

    def __init__(self, ids: Callable[[], str], clock: Clock) -> None:
        self._ids = ids
        self._clock = clock

    def mark(self, state: RoomState, command: Command) -> Work | Reply:
        """Answered, reopen, drop, pin, unpin, push, merge (``value``: into which) or split (``value``: a wording)."""
        question = state.board.find(command.target, self._clock())
        if question is None:
            return Reply(Answer.NOT_FOUND, message=_GONE)
        data: dict[str, Any] = {"question": question.id, "state": MARKS[command.verb]}
        if command.verb is Verb.MERGE:
            into = state.board.find(command.value, self._clock())
            if into is None:
                return Reply(Answer.NOT_FOUND, message=_GONE)
            if into.id == question.id:
                return Reply(Answer.NOOP)
            data["into"] = into.id
        elif command.verb is Verb.SPLIT:
            wording = canonical(command.value)
            if len(question.wordings) < 2 or wording not in {canonical(each.text) for each in question.wordings}:
                return Reply(Answer.INVALID, message="this question is not asked in these words beside others")
            data |= {"wording": wording, "into": split_name(question.id, wording)}
        elif _stands(question, command.verb):
            return Reply(Answer.NOOP)
        event = self._event(state, command, question, data)
        return Work(event, Reply(Answer.ACCEPTED, event=event.id), then=lambda: state.board.heed(event.data, event.at))

    def _event(self, state: RoomState, command: Command, question: HotQuestion, data: Mapping[str, Any]) -> Event:
        # By the rest a room that has forgotten the question, or opens after a restart, knows it again.
        asked = question.wordings[0]
        known = {"intent": question.intent, "item": question.item, "text": asked.text, "language": asked.language}
        return Event(
            id=self._ids(),
            at=self._clock(),
            room=state.room.name,
            kind=Kind.QUESTION,
            actor=command.actor,
            broadcast=state.broadcast,
            reason=command.reason,
            data={**data, **known, "askers": question.askers},
        )


def _stands(question: HotQuestion, verb: Verb) -> bool:
    """Whether a command would change nothing."""
    match verb:
        case Verb.PIN:
            return question.pinned
        case Verb.UNPIN:
            return not question.pinned
        case Verb.PUSH:
            return question.pushed
    return question.state == MARKS[verb]


def with_vote(state: RoomState, case: Case, work: Work) -> Work:
    """What a person does about a comment, with what it does to the comment's vote."""
    row = next((row for row in reversed(case.chain) if row["kind"] in _JUDGED), None)
    if row is None or row["broadcast"] != state.broadcast or not str(row["data"].get("intent")).startswith("question."):
        return work
    visible = _is_visible(case, work.event)
    event = replace(work.event, data={**work.event.data, VOTE: visible})
    comment = _comment(state, row)
    verdict = recalled(comment, row["data"])

    def then() -> None:
        work.then()
        recount(state.board, comment, verdict, event.at, visible=visible, on_air=state.on_air.item)

    return replace(work, event=event, then=then)


def _is_visible(case: Case, event: Event) -> bool:
    """Whether viewers see the comment once an event is carried out."""
    seq = case.chain[-1]["seq"] + 1
    after = {"id": event.id, "kind": event.kind, "act": event.act, "actor": event.actor, "reverses": event.reverses}
    standing = Case([*case.chain, {**after, "seq": seq}], ()).standing()
    return Act(standing["act"] or Act.ALLOW).severity < Act.REVIEW.severity


def _comment(state: RoomState, row: Row) -> Comment:
    """A comment as the log has it."""
    author = Author(row["author"], row["author_name"] or "", frozenset(Role(role) for role in row["roles"]))
    sent = datetime.fromisoformat(row["sent_at"]).timestamp()
    return Comment(row["comment"], state.room, author, row["text"] or "", sent_at=sent, received_at=sent)
