"""One line of JSON becomes a Comment, or a CommentError whose ``code`` says why not.

A capture's record is ``{"id","room","room_id","platform","author":{"id","name","roles"},"text","sent_at","backlog"}``;
everything but ``text`` may be missing or null: ``room_id`` is then ``room``, and ``backlog`` (written before we joined)
false. What no store or screen can hold is replaced one code point for one, what is out of bounds is clamped and named
in ``Comment.notes``; what has the wrong type is rejected with one of these codes: ``bad_utf8 bad_json too_deep
not_object no_text bad_text bad_id bad_room bad_platform bad_author bad_roles bad_time bad_backlog``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NoReturn

from streambot.core.comment import MAX_ID, MAX_NAME, MAX_TEXT, UNKNOWN_PLATFORM, Author, Comment, Role, Room
from streambot.core.errors import CommentError

EARLIEST: Final = 1_104_537_600.0
"""2005-01-01T00:00:00Z: before live chats existed, so an earlier time is a clock that was never set."""
FUTURE: Final = 86_400.0
"""Seconds a time may be ahead of ours: a wrong time zone is, a day more is no time at all."""

# What SQLite or UTF-8 cannot hold; every other character is the viewer's own.
_UNFIT_TEXT: Final = re.compile(r"[\x00\ud800-\udfff]")
_UNFIT_NAME: Final = re.compile(r"[\x00-\x1f\ud800-\udfff]")
_RFC3339: Final = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:)([0-5]\d|60)(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_ROLES: Final = frozenset(Role)


def parse_record(
    line: bytes | str,
    *,
    room: str,
    number: int,
    previous: float | None,
    now: float,
) -> Comment:
    """The comment that line ``number`` (from 1) of a capture holds.

    ``room`` stands in for a missing one; ``previous`` is the time of the comment before it (Unix seconds), ``now``
    ours. Raises CommentError.
    """
    try:
        text = line if isinstance(line, str) else line.decode()
    except UnicodeDecodeError:
        raise CommentError("the line is not UTF-8", code="bad_utf8") from None
    record = _loads(_without_mark(text, number))
    if not isinstance(record, dict):
        raise CommentError("the line is JSON but not an object", code="not_object")
    check_text(record)
    return _comment(record, room=room, number=number, previous=previous, now=now)


def parse_check_line(line: bytes | str, *, number: int, now: float, room: str = "check") -> Comment:
    """The comment in one line of ``streambot check``: every line is one, so nothing raises.

    A JSON object with a string ``text`` is a record (here with ``lang``, and ``author`` may be a string); a field of
    the wrong type is left out and named in ``notes``. Any other line is the text itself, without its line end. Bytes
    that are not UTF-8 become U+FFFD.
    """
    text = line if isinstance(line, str) else line.decode(errors="replace")
    text = _without_mark(text, number)
    try:
        record = _loads(text)
    except CommentError:
        record = None
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        return _comment({"text": _without_line_end(text)}, room=room, number=number, previous=None, now=now)
    if isinstance(author := record.get("author"), str):
        record["author"] = {"id": author}
    ignored = [name for name, read in _READERS.items() if not _readable(read, record.get(name))]
    for name in ignored:
        del record[name]
    comment = _comment(record, room=room, number=number, previous=None, now=now)
    language = record.get("lang")
    return replace(
        comment,
        language_hint=_UNFIT_NAME.sub("\ufffd", language)[:MAX_NAME] if isinstance(language, str) else None,
        notes=(*comment.notes, *(f"{name}_ignored" for name in ignored)),
    )


@dataclass(slots=True)
class Said:
    """What a record says of its comment, checked: an id is "" and a time None where there is none to be believed.

    ``text`` is not cut yet: two that differ only behind the cut are two. ``timed`` says that a time was given,
    ``notes`` what was changed (see :class:`Comment`).
    """

    text: str
    id: str
    author: Author
    sent_at: float | None
    timed: bool
    backlog: bool
    notes: list[str]


def check_text(record: Mapping[str, Any]) -> None:
    """Raises CommentError if there is nothing to judge."""
    if record.get("text") in (None, ""):
        raise CommentError("the record has no text", code="no_text")


def read_said(record: Mapping[str, Any], now: float) -> Said:
    """What a record says, at ``now`` (Unix seconds); room and platform are not looked at. Raises CommentError."""
    notes: list[str] = []
    written = record.get("text")
    if not isinstance(written, str):
        raise CommentError("the text is not a string", code="bad_text")
    text = _UNFIT_TEXT.sub("\ufffd", written)
    if text != written:
        notes.append("text_cleaned")
    comment_id = _identifier(record.get("id"), "id", notes)
    author = _author(record.get("author"), notes)
    sent_at = given = _time(record.get("sent_at"))
    if given is not None and not EARLIEST <= given <= now + FUTURE:
        notes.append("time_past" if given < EARLIEST else "time_future")
        sent_at = None
    backlog = record.get("backlog")
    if backlog is not None and not isinstance(backlog, bool):
        raise CommentError("backlog is neither true nor false", code="bad_backlog")
    if len(text) > MAX_TEXT:
        notes.append("text_cut")
    return Said(text, comment_id, author, sent_at, given is not None, bool(backlog), notes)


def _comment(record: Mapping[str, Any], *, room: str, number: int, previous: float | None, now: float) -> Comment:
    said = read_said(record, now)
    place = _identifier(record.get("room"), "room", said.notes) or _identifier(room, "room", said.notes)
    place_id = _identifier(record.get("room_id"), "room", said.notes) or place
    platform = _identifier(record.get("platform"), "platform", said.notes) or UNKNOWN_PLATFORM
    comment_id = said.id or sha256(f"{place}\0{number}\0{said.text}".encode()).hexdigest()
    sent_at = said.sent_at
    if sent_at is None:
        sent_at = now if previous is None else previous
    return Comment(
        id=comment_id,
        room=Room(name=place, platform=platform, id=place_id),
        author=said.author if said.author.id else replace(said.author, id=comment_id),
        text=said.text[:MAX_TEXT],
        sent_at=sent_at,
        received_at=now,
        backlog=said.backlog,
        id_synthetic=not said.id,
        traceable=bool(said.author.id) and said.timed,
        notes=tuple(said.notes),
    )


def _identifier(value: object, what: str, notes: list[str]) -> str:
    """The id as a string, empty if there is none; one that cannot be stored as written is hashed, never shortened:
    two ids must stay two.
    """
    if value is None:
        return ""
    if isinstance(value, float) and math.isfinite(value):
        value = int(value) if value.is_integer() else repr(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise CommentError(f"the {what} is neither a string nor a number", code=f"bad_{what}")
    if len(value) <= MAX_ID and not _UNFIT_NAME.search(value):
        return value
    notes.append(f"{what}_hashed")
    return sha256(value.encode(errors="surrogatepass")).hexdigest()


def _author(value: object, notes: list[str]) -> Author:
    if value is None:
        return Author(id="")
    if not isinstance(value, dict):
        raise CommentError("the author is not an object", code="bad_author")
    name = value.get("name")
    if not isinstance(name, str | None):
        raise CommentError("the author's name is not a string", code="bad_author")
    name = _UNFIT_NAME.sub("\ufffd", name or "")
    if len(name) > MAX_NAME:
        notes.append("name_cut")
    roles = value.get("roles")
    if roles is None:
        roles = []
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise CommentError("the author's roles are not a list of strings", code="bad_roles")
    if not _ROLES.issuperset(roles):
        notes.append("role_unknown")
    return Author(
        id=_identifier(value.get("id"), "author", notes),
        name=name[:MAX_NAME],
        roles=frozenset(Role(role) for role in roles if role in _ROLES),
    )


def _time(value: object) -> float | None:
    """Unix seconds of a number or of an RFC 3339 string."""
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        # Not "above": what is no number at all is above nothing.
        if not abs(value) <= _LAST_SECOND:
            raise CommentError("the time is no number of seconds", code="bad_time")
        return float(value)
    if isinstance(value, str) and (match := _RFC3339.fullmatch(value)):
        day, minute, second, fraction, zone = match.groups()
        # RFC 3339 §5.6 allows a leap second, which Python's calendar does not have.
        second = "59" if second == "60" else second
        try:
            return datetime.fromisoformat(f"{day}T{minute}{second}{(fraction or '')[:7]}{zone.upper()}").timestamp()
        except ValueError:
            pass
    raise CommentError("the time is neither Unix seconds nor RFC 3339 with a zone", code="bad_time")


_LAST_SECOND: Final = 1e15
"""Seconds, milliseconds and microseconds of any date are below it: those are clamped, the rest is not a time."""

_READERS: Final[Mapping[str, Callable[[Any], object]]] = {
    "id": lambda value: _identifier(value, "id", []),
    "room": lambda value: _identifier(value, "room", []),
    "platform": lambda value: _identifier(value, "platform", []),
    "author": lambda value: _author(value, []),
    "sent_at": _time,
}


def _readable(read: Callable[[Any], object], value: object) -> bool:
    try:
        read(value)
    except CommentError:
        return False
    return True


def _loads(text: str) -> object:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise CommentError("the JSON is nested too deeply", code="too_deep") from None
    except ValueError:
        raise CommentError("the line is not JSON", code="bad_json") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _without_mark(text: str, number: int) -> str:
    return text.removeprefix("\ufeff") if number == 1 else text


def _without_line_end(text: str) -> str:
    return text.removesuffix("\n").removesuffix("\r")
