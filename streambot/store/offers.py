"""What was suggested to people and is in the outbox still: the texts that nobody sent, and the older of two prompts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from streambot.core.action import Action
from streambot.core.comment import Room
from streambot.core.event import BOT
from streambot.store.outbox import SET_BACK
from streambot.store.rows import action_of
from streambot.store.sqlite import SqliteStore

MOST: Final = 500
"""Read at once; the next look finds the others."""
# What was offered in the future was offered before the clock was set back.
_LAPSED: Final = f"""
SELECT * FROM outbox
WHERE state = 'proposed' AND state <> 'settled' AND operation = 'post' AND actor = '{BOT}'
  AND (changed_at <= ?1 - ?2 OR changed_at > ?1 + {SET_BACK})
ORDER BY key LIMIT {MOST}
"""
_PROMPTS: Final = f"""
SELECT o.* FROM outbox AS o JOIN events AS e ON e.id = o.event
WHERE o.state IN ('proposed', 'pending') AND o.state <> 'settled' AND o.operation = 'post' AND o.actor = '{BOT}'
  AND o.platform = ? AND o.room_id = ? AND e.kind = 'prompt' AND json_extract(e.data, '$.prompt') = ?
ORDER BY o.key
"""


async def lapsed(store: SqliteStore, now: float, lasts: float) -> Sequence[Action]:
    """The suggestions that nobody has sent for so many seconds, oldest first. Raises StorageError."""
    return [action_of(row) for row in await store.read(_LAPSED, (now, lasts))]


async def unsent_prompts(store: SqliteStore, room: Room, prompt: str) -> Sequence[Action]:
    """What the bot offered or was about to say of a prompt in a room, oldest first. Raises StorageError."""
    return [action_of(row) for row in await store.read(_PROMPTS, (room.platform, room.id, prompt))]
