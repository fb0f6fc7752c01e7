"""Events and actions to write, short to say."""

from __future__ import annotations

import itertools
from typing import Any

from streambot.core.action import Act, Action, Operation
from streambot.core.comment import Comment
from streambot.core.event import Event, Kind
from streambot.testing import NOON, ROOM

_numbers = itertools.count(1)


def a_decision(comment: Comment, act: Act = Act.ALLOW, *, id: str | None = None, **data: Any) -> Event:  # noqa: A002
    return Event(
        id=id or f"e{next(_numbers)}",
        at=comment.sent_at,
        room=comment.room.name,
        kind=Kind.DECISION,
        broadcast="b1",
        comment=comment,
        act=act,
        reason="for tests",
        pack="tests@1",
        model="fake@1",
        data={"labels": {}, "actions": [act], "degraded": False, "language": "en", "intent": "chitchat", **data},
    )


def about(comment: Comment, kind: Kind, *, actor: str = "nok", **fields: Any) -> Event:
    return Event(
        f"e{next(_numbers)}", fields.pop("at", NOON), ROOM.name, kind, actor, "b1", comment_key=comment.key, **fields
    )


def an_action(event: Event, operation: Operation = Operation.HIDE, **fields: Any) -> Action:
    assert event.comment is not None
    room = event.comment.room
    given = {"comment": event.comment.id, "author": event.comment.author.id, **fields}
    return Action(event.id, operation, room.name, room.platform, room.id, **given)
