"""A record from a live connection becomes a Comment of a room that is known beforehand.

The record is that of a capture (:mod:`streambot.platforms.records`), of which ``text``, ``id``, ``author`` and
``sent_at`` are looked at. A missing id is made so that a redelivered comment gets the same one.
"""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from typing import Final

from streambot.core.comment import Comment, Room
from streambot.core.errors import CommentError
from streambot.platforms.records import parse_record

BUCKET: Final = 1.0
"""Seconds within which the same text of the same author is one comment, where the record has neither id nor time: a
relay that doubles its frames does so at once, and nobody types a line twice within a second.
"""
_FIELDS: Final = ("id", "author", "text", "sent_at")


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


def comment_of(record: object, *, room: Room, now: float) -> Comment:
    """The comment in a record that came at ``now`` (Unix seconds). Raises CommentError.

    Live, the time of arrival is time enough: a comment is traceable if its author has an id.
    """
    if not isinstance(record, dict):
        raise CommentError("the record is not an object", code="not_object")
    line = json.dumps({name: record[name] for name in _FIELDS if name in record})
    comment = parse_record(line, room=room.name, number=0, previous=None, now=now)
    # Where nobody says who wrote it, the record's reader puts the comment's own id in the author's place.
    known = _names_its_author(record)
    comment_id = _made_id(comment, room, record, known=known) if comment.id_synthetic else comment.id
    author = comment.author if known else replace(comment.author, id=comment_id)
    return replace(comment, id=comment_id, room=room, author=author, traceable=known)


def _made_id(comment: Comment, room: Room, record: dict[str, object], *, known: bool) -> str:
    timed = record.get("sent_at") is not None and not any(note.startswith("time_") for note in comment.notes)
    moment = repr(comment.sent_at) if timed else f"~{comment.received_at // BUCKET:.0f}"
    author = comment.author.id if known else comment.author.name
    parts = (room.platform, room.id, author, comment.author.name, comment.text, moment)
    return sha256("\0".join(parts).encode()).hexdigest()


def _names_its_author(record: dict[str, object]) -> bool:
    author = record.get("author")
    return isinstance(author, dict) and author.get("id") not in (None, "")
