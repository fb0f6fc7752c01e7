"""The filters of ``/log``: from an address to a query and back, so that every view of the log is a link."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from streambot.console.faults import Fault
from streambot.core.log_query import LogQuery
from streambot.core.status import RoomStatus
from streambot.core.told import Told

FIELDS: Final[Mapping[str, str]] = {
    "room": "room",
    "q": "text",
    "kind": "kind",
    "act": "act",
    "label": "label",
    "intent": "intent",
    "actor": "actor",
    "lang": "language",
    "broadcast": "broadcast",
    "author": "author",
    "outcome": "outcome",
    "comment": "comment",
}
"""Name in the address, name in the query; in the order of the page."""
TIMES: Final = ("t0", "t1")
PAGING: Final = ("before", "size")
BOM: Final = "bom"
"""Only the CSV takes it: ``bom=off`` leaves out the byte order mark."""
FACETS: Final = {"act": "act", "label": "label", "actor": "actor", "lang": "language", "kind": "kind", "room": "room"}
"""Name in the address, name in ``Log.facets``."""

MAX_SIZE: Final = 500
_TEXT_LIMIT: Final = 500
_LOST_PLUS: Final = re.compile(r"(:\d\d(?:\.\d+)?) (\d\d:?\d\d)$", re.ASCII)
_OFFSET: Final = re.compile(r"T\+(\d{1,3}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Filters:
    """The parameters of an address that ask something, as written, and the query that they mean."""

    asked: Mapping[str, str]
    query: LogQuery

    def link(self, path: str, *, without: Iterable[str] = (), **changed: str) -> str:
        """The address of another view: some filters dropped, some set; a new filter starts at the newest page."""
        dropped = {*without, "before"}
        kept = {name: value for name, value in self.asked.items() if name not in dropped} | changed
        return f"{path}?{urlencode(kept)}" if kept else path

    def toggle(self, path: str, name: str, value: str) -> str:
        """The address with this filter set, or dropped if it is set already."""
        if self.asked.get(name) == value:
            return self.link(path, without=(name,))
        return self.link(path, **{name: value})

    @property
    def active(self) -> Sequence[tuple[str, str]]:
        """The filters that narrow the view, in the order of the page."""
        return [(name, self.asked[name]) for name in (*FIELDS, *TIMES) if name in self.asked]

    def without(self, name: str) -> LogQuery:
        """The query without one of the active filters."""
        gone: dict[str, Any] = {name: None} if name in TIMES else {FIELDS[name]: ""}
        return replace(self.query, **gone)


def parse(params: Mapping[str, str], rooms: Sequence[RoomStatus], *, data: bool) -> Filters:
    """The filters of an address. Raises Fault 400 for a value that means nothing and, for data formats, for a name
    that nobody knows: a script whose filter is misspelt must not be given the whole log.
    """
    known = {*FIELDS, *TIMES, *PAGING, BOM}
    unknown = sorted(set(params) - known)
    if data and unknown:
        raise Fault(400, f"Unknown: {', '.join(unknown)}. Known are {', '.join(sorted(known))}.")
    asked = {name: value.strip() for name, value in params.items() if name in known and value.strip()}
    long = [name for name, value in asked.items() if len(value) > _TEXT_LIMIT]
    if long:
        raise Fault(400, Told("filter_long", '"{name}" is longer than {n} characters.', name=long[0], n=_TEXT_LIMIT))
    started = _start(asked.get("room"), rooms)
    values: dict[str, Any] = {FIELDS[name]: value for name, value in asked.items() if name in FIELDS}
    values |= {name: _time(name, asked.get(name), started) for name in TIMES}
    if "before" in asked:
        values["before"] = _whole("before", asked["before"], 2**63 - 1)
    if "size" in asked:
        values["limit"] = _whole("size", asked["size"], MAX_SIZE)
    return Filters(asked, LogQuery(**values))


def t_plus(row: Mapping[str, Any], at: float, rooms: Sequence[RoomStatus]) -> str:
    """The time in the broadcast that is on air in the row's room, as ``01:12:33``; "" for another broadcast's row."""
    status = next((status for status in rooms if status.room.name == row.get("room")), None)
    if status is None or status.started_at is None or at < status.started_at:
        return ""
    if row.get("broadcast") and status.broadcast and row["broadcast"] != status.broadcast:
        return ""
    whole = int(at - status.started_at)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def _start(room: object, rooms: Sequence[RoomStatus]) -> float | None:
    return next((status.started_at for status in rooms if status.room.name == room), None)


def _time(name: str, value: str | None, started: float | None) -> float | None:
    if value is None:
        return None
    offset = _OFFSET.fullmatch(value)
    if offset is not None and started is not None:
        hours, minutes, seconds = (int(part or 0) for part in offset.groups())
        return started + hours * 3600 + minutes * 60 + seconds
    try:
        # A "+" that a person typed into an address arrives as a space.
        moment = datetime.fromisoformat(_LOST_PLUS.sub(r"\1+\2", value))
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as error:
        wanted = '"{name}" must be a time such as {so}, or T+01:12:33 with a room that is on air.'
        raise Fault(400, Told("filter_time", wanted, name=name, so="2026-11-14T20:12:33+07:00")) from error


def _whole(name: str, value: str, most: int) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 20 and 1 <= int(value) <= most):
        raise Fault(
            400, Told("filter_whole", '"{name}" must be a whole number from 1 to {most}.', name=name, most=str(most))
        )
    return int(value)
