"""The steps of tickets as the log has them, across broadcasts."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from streambot.core.tickets import Logged, Viewer

Read = Callable[[str, Sequence[Any]], Awaitable[Sequence[Any]]]

_STEPS = """
SELECT e.id, e.at, e.room AS room_name, e.actor, e.data, c.platform, c.room AS room_id, c.comment, c.author,
       c.author_name, c.traceable, c.text
FROM ticket_steps AS t JOIN events AS e ON e.seq = t.seq JOIN comments AS c ON c.key = e.comment
"""
_OF = f"{_STEPS} WHERE t.ticket = ? ORDER BY t.seq"
# What a person's newest step leaves behind says its ``stands``; who closed a matter without knowing the viewer's newest
# word has not closed it (core.tickets).
_STANDING = f"""
WITH newest AS (SELECT ticket, max(seq) AS seq FROM ticket_steps GROUP BY ticket)
{_STEPS}
WHERE t.ticket IN (
    SELECT newest.ticket FROM newest JOIN events AS last ON last.seq = newest.seq
    WHERE last.at >= ? OR coalesce(json_extract(last.data, '$.stands'), '') <> 'settled'
       OR json_extract(last.data, '$.seen') <> (
            SELECT said.id FROM ticket_steps AS of_it JOIN events AS said ON said.seq = of_it.seq
            WHERE of_it.ticket = newest.ticket AND json_extract(said.data, '$.concern') IS NOT NULL
            ORDER BY of_it.seq DESC LIMIT 1))
ORDER BY t.seq
"""


class TicketLog:
    """Reads steps through ``read``, which runs a query; every method raises what that raises (StorageError)."""

    def __init__(self, read: Read) -> None:
        self._read = read

    async def of(self, ticket: str) -> list[Logged]:
        """The steps of one ticket, oldest first; empty if there is none."""
        return [_logged(row) for row in await self._read(_OF, (ticket,))]

    async def standing(self, since: float) -> list[Logged]:
        """The steps of every ticket that is not settled, or that anything happened to since then; oldest first."""
        return [_logged(row) for row in await self._read(_STANDING, (since,))]


def _logged(row: Any) -> Logged:
    data = json.loads(row["data"])
    viewer = Viewer(row["platform"], row["room_id"], row["author"], row["author_name"], bool(row["traceable"]))
    # Everything about a ticket is tied to its first comment in the log; a viewer's step is about its own.
    said = (row["comment"], row["text"]) if "concern" in data else ("", "")
    return Logged(row["id"], row["at"], row["room_name"], row["actor"], data, viewer, *said)
