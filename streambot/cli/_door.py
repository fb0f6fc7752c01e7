"""How a command that writes asks the process that holds the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from streambot.core.errors import StorageError

if TYPE_CHECKING:
    from streambot.store.lock import Door

PATIENCE = 10
"""Seconds that the running process has for its answer."""


async def ask(door: Door, path: str, order: Mapping[str, Any], *, wanted: str) -> dict[str, Any]:
    """The answer of the process that decides on the database, which holds the key ``wanted``.

    Raises StorageError if it does not answer or refuses.
    """
    import aiohttp

    headers = {"Authorization": f"Bearer {door.key}"}
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session,
            session.post(door.url + path, json=order, headers=headers) as answer,
        ):
            body = await answer.json()
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise StorageError(
            f"the running streambot at {door.url} does not answer.", code="door_closed", fix="Try again, or stop it."
        ) from error
    if not isinstance(body, dict) or wanted not in body:
        why = body.get("error") if isinstance(body, dict) else "it answered something else"
        raise StorageError(
            f"the running streambot at {door.url} did not do it: {why}.",
            code="door_refused",
            fix="Stop it, then try again.",
        )
    return body
