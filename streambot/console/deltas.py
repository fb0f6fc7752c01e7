"""What a screen has not had of a room, as frames: one making for all screens that keep up, and a bound for those that
do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from streambot.console.board import RoomBoard
from streambot.console.wire import dumps

OWED_OPS: Final = 2_000
OWED_BYTES: Final = 1024 * 1024
"""What a screen may be behind in one room (rows, characters of JSON) before rows of the feed are left out."""


@dataclass(slots=True)
class Place:
    """How far a screen has got in one room. ``sent`` ends the last delta; a host's ``seen`` may be further on."""

    seen: int
    sent: int


@dataclass(frozen=True, slots=True)
class News:
    """The changes after ``since`` up to ``end`` as JSON; ``lost`` rows of the feed were left out."""

    since: int
    end: int
    ops: str
    lost: int


class Deltas:
    """Makes ``delta`` and ``gap`` frames; the newest of each room is kept for the next screen that stands there."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, bool], News] = {}

    def frames(self, board: RoomBoard, place: Place, *, public: bool) -> list[str] | None:
        """The frames that bring a screen up to date, moving its place; None if a host's needs a snapshot instead."""
        start, end = place.sent + 1, board.seq
        news = self._news(board, place.seen, public=public)
        if news is None and public:
            return None
        place.seen = end
        if news is None:
            place.sent = end
            return [_gap(board.name, start, end, end - start + 1)]
        if not news.ops and not news.lost:
            return []
        place.sent = end
        delta = f'{{"t":"delta","room":{dumps(board.name)},"from":{start},"to":{end},"ops":[{news.ops}]}}'
        return [delta, _gap(board.name, start, end, news.lost)] if news.lost else [delta]

    def _news(self, board: RoomBoard, since: int, *, public: bool) -> News | None:
        """What changed in a room; None if that can no longer be told."""
        made = self._made.get((board.name, public))
        if made is not None and (made.since, made.end) == (since, board.seq):
            return made
        keys = board.changes.since(since)
        if keys is None:
            return None
        lost = 0
        ops = board.ops(keys)
        if public:
            ops = [op for op in ops if op.public]
        elif len(ops) > OWED_OPS or sum(len(op.json) for op in ops) > OWED_BYTES:
            kept = [op for op in ops if not op.feed]
            lost = len(ops) - len(kept)
            ops = kept
        made = News(since, board.seq, ",".join((public and op.for_host) or op.json for op in ops), lost)
        self._made[board.name, public] = made
        return made


def _gap(name: str, start: int, end: int, feed: int) -> str:
    return dumps({"t": "gap", "room": name, "from": start, "to": end, "why": "slow_client", "lost": {"feed": feed}})
