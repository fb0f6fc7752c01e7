"""A record from a live connection becomes a Comment of a room that is known beforehand.

The record is that of a capture (:mod:`streambot.platforms.records`), of which ``text``, ``id``, ``author``, ``sent_at``
and ``backlog`` are looked at. A missing id is made so that a redelivered comment gets the same one.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Final

from streambot.core.comment import MAX_TEXT, Author, Comment, Room
from streambot.core.errors import CommentError
from streambot.platforms.records import Said, check_text, read_said

BUCKET: Final = 1.0
"""Seconds within which the same text of the same author is one comment, where the record has neither id nor time: a
relay that doubles its frames does so at once, and nobody types a line twice within a second.
"""
BACKLOG: Final = 30.0
"""Seconds that a comment may be older than our connection and still be of now: what is found later than that is no
longer hidden without a person (DESIGN.md §1.3), and the clocks of platform, tool and bot differ by less.
"""


def read_json(data: bytes | str) -> object:
    """Any JSON value. Raises CommentError with the code ``bad_utf8``, ``bad_json`` or ``too_deep``."""
    try:
        return json.loads(data if isinstance(data, str) else data.decode())
    except UnicodeDecodeError:
        raise CommentError("this is not UTF-8", code="bad_utf8") from None
    except RecursionError:
        raise CommentError("the JSON is nested too deeply", code="too_deep") from None
    except ValueError:
        raise CommentError("this is not JSON", code="bad_json") from None


def comment_of(record: object, *, room: Room, now: float, joined: float | None = None) -> Comment:
    """The comment in a record that came at ``now`` (Unix seconds). Raises CommentError.

    Live, the time of arrival is time enough: a comment is traceable if its author has an id. What was written more than
    ``BACKLOG`` seconds before we ``joined`` is chat history, as is what the record itself calls backlog.
    """
    if not isinstance(record, dict):
        raise CommentError("the record is not an object", code="not_object")
    check_text(record)
    said = read_said(record, now)
    sent_at = now if said.sent_at is None else said.sent_at
    known = bool(said.author.id)
    comment_id = said.id or _made_id(said, room, now)
    return Comment(
        id=comment_id,
        room=room,
        # Where nobody says who wrote it, the comment's own id stands in the author's place.
        author=said.author if known else Author(comment_id, said.author.name, said.author.roles),
        text=said.text[:MAX_TEXT],
        sent_at=sent_at,
        received_at=now,
        backlog=said.backlog or (joined is not None and sent_at < joined - BACKLOG),
        id_synthetic=not said.id,
        traceable=known,
        notes=tuple(said.notes),
    )


def _made_id(said: Said, room: Room, now: float) -> str:
    moment = f"~{now // BUCKET:.0f}" if said.sent_at is None else repr(said.sent_at)
    author = said.author.id or said.author.name
    parts = (room.platform, room.id, author, said.author.name, said.text, moment)
    return sha256("\0".join(parts).encode()).hexdigest()
