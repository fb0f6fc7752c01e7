"""The outbox: actions on their way to the platform, kept until their outcome is known.

``proposed`` waits for a person, ``pending`` for its time, ``sending`` for the platform's answer; ``settled`` has a
result. A row is marked ``sending`` on disk before anything is sent, so a crash leaves it in doubt, never forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence

from streambot.core.action import REVERSE, Action, Operation, Outcome, Result
from streambot.core.comment import Room
from streambot.core.event import BOT
from streambot.ports import Clock
from streambot.store.rows import action_of
from streambot.store.sqlite import SqliteStore, Statement

RESENT = frozenset(
    {Operation.HIDE, Operation.UNHIDE, Operation.MUTE, Operation.UNMUTE, Operation.BAN, Operation.UNBAN,
     Operation.ALLOW_HELD, Operation.DENY_HELD}
)  # fmt: skip
"""Sent again when it is unknown whether they arrived: doing them twice is doing them once. A post is never."""
FLEETING = frozenset({Operation.POST, Operation.PIN})
"""Only worth doing at once; anything else is still worth it when the platform has refused us for an hour."""
SET_BACK = 60.0
"""Seconds that the clock may be set back unnoticed: actions wait so much longer."""
REACHED = frozenset({Result.APPLIED, Result.CONFIRMED, Result.SIMULATED, Result.UNKNOWN, Result.MANUAL})
"""Results of an action that took effect, or may have."""

# SQLite takes a partial index only where its own condition stands in the query: hence "state <> 'settled'".
# An unhide never overtakes the hide it takes back, also when that has to be tried again; so with mute and ban.
_IN_TURN = """
state = 'pending' AND state <> 'settled' AND NOT EXISTS (
    SELECT 1 FROM outbox AS earlier
    WHERE earlier.state <> 'settled' AND earlier.state IN ('pending', 'sending') AND earlier.key < o.key
      AND earlier.comment = o.comment AND earlier.platform = o.platform AND earlier.room_id = o.room_id
      AND replace(earlier.operation, 'un', '') = replace(o.operation, 'un', ''))
"""
_OPEN = """
NOT EXISTS (
    SELECT 1 FROM json_each(?) AS closed
    WHERE json_extract(closed.value, '$[0]') = o.platform AND json_extract(closed.value, '$[1]') = o.room_id)
"""
# A proposal was asked for when a person sent it, which is the newest thing they did about its comment.
_ASKED_AT = """
(SELECT max(asked.at) FROM events AS asked
 WHERE asked.id = o.event OR (
    asked.actor = o.actor AND asked.comment = (SELECT own.comment FROM events AS own WHERE own.id = o.event)))
"""
# What was changed in the future was changed before the clock was set back, and would wait for as long as it went.
_DUE = f"""
SELECT o.*, {_ASKED_AT} AS asked_at FROM outbox AS o
WHERE {_IN_TURN} AND {_OPEN} AND (not_before <= ?2 OR changed_at > ?2 + {SET_BACK}) ORDER BY key LIMIT ?3
"""
_NEXT = f"SELECT min(not_before) FROM outbox AS o WHERE {_IN_TURN} AND {_OPEN}"
_SENT_SINCE = f"""
SELECT room, changed_at, {_ASKED_AT} AS asked_at FROM outbox AS o
WHERE attempts > 0 AND changed_at > ? AND actor = '{BOT}' AND NOT simulated AND operation IN ('hide', 'mute', 'ban')
  AND coalesce(result, '') NOT IN ('manual', 'unsupported', 'simulated', 'over_quota')
ORDER BY changed_at
"""
_IN_FLIGHT = "SELECT * FROM outbox WHERE state = 'sending' AND state <> 'settled' ORDER BY key"
_WAITING = f"""
SELECT * FROM outbox
WHERE state = 'pending' AND state <> 'settled' AND platform = ? AND room_id = ? AND actor = '{BOT}' AND NOT simulated
ORDER BY key
"""
_OF_EVENT = "SELECT * FROM outbox WHERE event = ? ORDER BY key"
_SENDING = """
UPDATE outbox SET state = 'sending', attempts = attempts + 1, changed_at = ?
WHERE event = ? AND operation = ? AND state = 'pending'
"""
_AGAIN = """
UPDATE outbox SET state = 'pending', not_before = ?, detail = ?, changed_at = ?
WHERE event = ? AND operation = ? AND state = 'sending'
"""
# Nothing came of the attempt, so it is none: what has no attempts needs no reversal.
_UNSENT = """
UPDATE outbox SET state = 'pending', detail = ?, attempts = attempts - 1, changed_at = ?
WHERE event = ? AND operation = ? AND state = 'sending'
"""
# A crash is no attempt that failed: however often it happens, nothing is given up for it. One stays, for it may have
# arrived.
_RECOVER = """
UPDATE outbox SET state = 'pending', not_before = 0, detail = ?, attempts = min(attempts, 1), changed_at = ?
WHERE event = ? AND operation = ? AND state = 'sending'
"""
_SETTLE = """
UPDATE outbox SET state = 'settled', result = ?, detail = ?, changed_at = ?
WHERE event = ? AND operation = ? AND state <> 'settled'
"""
# Doubts are about what was sent a moment ago: the end of a long log is enough.
_IN_DOUBT = """
SELECT * FROM outbox
WHERE key > (SELECT max(key) FROM outbox) - 10000 AND state = 'settled' AND result = 'unknown' AND changed_at >= ?
ORDER BY key
"""
_FOUND = """
UPDATE outbox SET result = ?, detail = ?, changed_at = ?
WHERE event = ? AND operation = ? AND state = 'settled' AND result = 'unknown'
"""
# What was taken back while nobody knew is not sent after its own undo.
_SEND_AFTER_ALL = """
UPDATE outbox AS o SET state = 'pending', result = NULL, not_before = 0, detail = ?, changed_at = ?
WHERE event = ? AND operation = ? AND state = 'settled' AND result = 'unknown' AND NOT EXISTS (
    SELECT 1 FROM outbox AS later
    WHERE later.key > o.key AND later.comment = o.comment AND later.platform = o.platform
      AND later.room_id = o.room_id AND later.operation = 'un' || o.operation
      AND coalesce(later.result, '') NOT IN ('withdrawn', 'ignored'))
"""
# Nor is what was taken back while it was refused: then its undo waits behind it.
_NOT_AGAIN = """
UPDATE outbox AS o SET state = 'settled', result = 'withdrawn', detail = 'taken back meanwhile', changed_at = ?
WHERE event = ? AND operation = ? AND state = 'pending' AND EXISTS (
    SELECT 1 FROM outbox AS later
    WHERE later.state <> 'settled' AND later.key > o.key AND later.comment = o.comment
      AND later.platform = o.platform AND later.room_id = o.room_id AND later.operation = 'un' || o.operation)
"""
_END_TODO = """
UPDATE outbox SET result = ?, detail = ?, changed_at = ?
WHERE event = ? AND operation = ? AND state = 'settled' AND result = 'manual'
"""
_SEEN = """
UPDATE outbox SET result = 'confirmed', detail = 'seen in the chat', changed_at = ?
WHERE event = ? AND operation = 'post' AND state = 'settled' AND result IN ('applied', 'unknown')
"""
_RELEASE = """
UPDATE outbox SET state = 'pending', actor = ?, simulated = ?, not_before = ?, changed_at = ?
WHERE event = ? AND operation = ? AND state = 'proposed'
"""
_CLOSE = """
UPDATE outbox SET state = 'settled', result = ?, detail = ?, changed_at = ?
WHERE event = ? AND operation = ? AND state IN ('proposed', 'pending')
"""
# An attempt that failed may have arrived all the same: only what was never sent needs no reversal.
_REVERSE_IF_SENT = """
INSERT INTO outbox
    (event, operation, platform, room, room_id, comment, author, reason, simulated, actor, state, changed_at)
SELECT ?, ?, platform, room, room_id, comment, author, reason, simulated, ?, 'pending', ?
FROM outbox WHERE event = ? AND operation = ? AND attempts > 0
ON CONFLICT DO NOTHING
"""
Line = tuple[str, str]
"""Platform and room id: what is sent one after another, at the pace of one account."""

_TALLY = "SELECT coalesce(result, state) AS result, count(*) AS n FROM outbox {where} GROUP BY 1 ORDER BY 1"


class Outbox:
    """Reads and moves the rows of the outbox; the store writes them."""

    def __init__(self, store: SqliteStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._taking: set[tuple[str, Operation]] = set()

    async def recover(self, harmless: Callable[[Action], bool]) -> int:
        """After a crash: rows left in ``sending`` are sent again if that is ``harmless``, else settled as unknown.

        Returns how many there were.
        """
        rows = await self._store.read(_IN_FLIGHT)
        now = self._clock()
        again, unknown = [], []
        for action in map(action_of, rows):
            if harmless(action):
                again.append(("sent again after a restart", now, *action.key))
            else:
                unknown.append((Result.UNKNOWN, "streambot stopped while it was being sent", now, *action.key))
        if rows:
            await self._store.write((_RECOVER, again), (_SETTLE, unknown))
        return len(rows)

    async def claim(
        self, limit: int = 64, *, closed: Collection[Line] = (), fits: Callable[[Action, float], bool] | None = None
    ) -> list[Action]:
        """Take the pending actions whose time has come, oldest first, and mark them ``sending`` on disk.

        ``closed`` lines are left out; ``fits`` is asked about each of the others, in order, before it is marked, with
        the time (Unix seconds) at which it was asked for. What a person withdraws meanwhile is not among them. Raises
        StorageError; what was marked by then is taken by the next call.
        """
        if not self._taking:
            rows = await self._store.read(_DUE, (json.dumps(list(closed)), self._clock(), limit))
            found = [(action_of(row), float(row["asked_at"])) for row in rows]
            due = [action for action, asked_at in found if fits is None or fits(action, asked_at)]
            if not due:
                return []
            now = self._clock()
            await self._store.write((_SENDING, [(now, *action.key) for action in due]))
            self._taking = {action.key for action in due}
        rows = await self._store.read(_IN_FLIGHT)
        taken = [action for action in map(action_of, rows) if action.key in self._taking]
        self._taking.clear()
        return taken

    async def next_time(self, *, closed: Collection[Line] = ()) -> float | None:
        """When the next pending action of the lines that are not ``closed`` becomes due, None if there is none."""
        rows = await self._store.read(_NEXT, (json.dumps(list(closed)),))
        return None if rows[0][0] is None else float(rows[0][0])

    async def sent_since(self, since: float) -> list[tuple[str, float, float]]:
        """Of the hides, mutes and bans that the bot sent, or may have sent: room, time, and time of the asking.

        Oldest first.
        """
        rows = await self._store.read(_SENT_SINCE, (since,))
        return [(row["room"], float(row["changed_at"]), float(row["asked_at"])) for row in rows]

    async def in_doubt(self, since: float) -> list[Action]:
        """Actions that have been settled as unknown since then, oldest first."""
        return [action_of(row) for row in await self._store.read(_IN_DOUBT, (since,))]

    async def waiting(self, room: Room) -> list[Action]:
        """What the bot asked for in a room and has not been sent, or is to be sent again; oldest first."""
        return [action_of(row) for row in await self._store.read(_WAITING, (room.platform, room.id))]

    async def of_event(self, event: str) -> list[tuple[Action, Result | None]]:
        """The actions an event asked for, each with its result if it is settled."""
        return [
            (action_of(row), Result(row["result"]) if row["result"] else None)
            for row in await self._store.read(_OF_EVENT, (event,))
        ]

    async def settle(
        self,
        settled: Sequence[tuple[Action, Outcome]],
        again: Sequence[tuple[Action, float, str]] = (),
        unsent: Sequence[tuple[Action, str]] = (),
    ) -> None:
        """Write the outcomes of actions, and put others back with the reason; all or nothing.

        Those in ``again`` are to be sent at a time; of those that are ``unsent`` nothing arrived, and their attempt is
        not counted, and what a person took back meanwhile is withdrawn.
        """
        now = self._clock()
        await self._store.write(
            (_SETTLE, [(outcome.result, outcome.detail, now, *action.key) for action, outcome in settled]),
            (_AGAIN, [(at, why, now, *action.key) for action, at, why in again]),
            (_UNSENT, [(why, now, *action.key) for action, why in unsent]),
            (_NOT_AGAIN, [(now, *action.key) for action, _ in unsent]),
        )

    async def resolve(self, known: Sequence[tuple[Action, Outcome]], absent: Sequence[Action]) -> None:
        """Write what the platform said of actions in doubt; all or nothing.

        An ``absent`` one never came there: it is pending again, or withdrawn if a person took it back meanwhile.
        """
        now = self._clock()
        withdrawn = (Result.WITHDRAWN, "it never came there, and was taken back meanwhile", now)
        await self._store.write(
            (_FOUND, [(outcome.result, outcome.detail, now, *action.key) for action, outcome in known]),
            (_SEND_AFTER_ALL, [("the platform never got it", now, *action.key) for action in absent]),
            (_FOUND, [(*withdrawn, *action.key) for action in absent]),
        )

    def done_by_hand(self, action: Action, by: str) -> Statement:
        """The statement that settles a ``manual`` action: a person carried it out in the platform's own app."""
        return _END_TODO, [(Result.CONFIRMED, f"by {by}", self._clock(), *action.key)]

    def seen(self, event: str) -> Statement:
        """The statement that confirms a post: it came back from the platform as a comment."""
        return _SEEN, [(self._clock(), event)]

    def dismiss(self, action: Action, detail: str) -> Statement:
        """The statement that takes a to-do off the list before anybody has done it."""
        return _END_TODO, [(Result.WITHDRAWN, detail, self._clock(), *action.key)]

    def release(self, action: Action, not_before: float, *, by: str, simulated: bool) -> Statement:
        """The statement that sends a proposed action: a person approved it, and answers for it from now on."""
        return _RELEASE, [(by, int(simulated), not_before, self._clock(), *action.key)]

    def close(self, action: Action, result: Result, detail: str) -> Statement:
        """The statement that ends an action before it is sent; one that is being sent is left alone."""
        return _CLOSE, [(result, detail, self._clock(), *action.key)]

    def reverse_if_sent(self, action: Action, event: str, by: str) -> Statement:
        """The statement that asks for the reversal, by ``event``, of an action that was sent before it was closed."""
        return _REVERSE_IF_SENT, [(event, REVERSE[action.operation], by, self._clock(), *action.key)]

    async def idle(self) -> bool:
        """Whether nothing is pending or being sent."""
        rows = await self._store.read(
            "SELECT 1 FROM outbox WHERE state <> 'settled' AND state IN ('pending', 'sending') LIMIT 1"
        )
        return not rows

    async def tally(self, since: int = 0) -> dict[str, int]:
        """How many actions ended in which outcome (or wait in which state), of rows after key ``since``."""
        rows = await self._store.read(_TALLY.format(where="WHERE key > ?"), (since,))
        return {row["result"]: row["n"] for row in rows}

    async def last_key(self) -> int:
        """The newest row's key, 0 if there is none."""
        rows = await self._store.read("SELECT coalesce(max(key), 0) FROM outbox")
        return int(rows[0][0])
