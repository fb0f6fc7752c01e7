"""``streambot token``: a link for a host, a controller or ops."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from streambot.cli._base import out_json, say
from streambot.cli._door import ask
from streambot.core.errors import LockedError
from streambot.settings import load_settings


class RoleName(StrEnum):
    """What the bearer may do (UX.md §6)."""

    HOST = "host"
    CONTROLLER = "controller"
    OPS = "ops"
    ADMIN = "admin"


PAGES: Final = {
    RoleName.HOST: "host/ROOM",
    RoleName.CONTROLLER: "live/ROOM",
    RoleName.OPS: "log",
    RoleName.ADMIN: "live/ROOM",
}
"""Each role's first page."""


def token(
    *,
    role: Annotated[RoleName, typer.Option(help="What the bearer may see and do.")],
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the token and nothing else.")] = False,
    db: Annotated[
        Path | None, typer.Option(dir_okay=False, help="The moderation log; without it the configured one.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="A configuration file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The token as one line of JSON.")] = False,
) -> None:
    """Make an access token. It is shown once; the log keeps only its hash.

    Works beside a running streambot, which is asked to make it.

    Example: streambot token --role host
    """
    settings = load_settings(config, environ=os.environ)
    made, url = asyncio.run(_make(db or settings.storage.db, role.value))
    if as_json:
        out_json({"ok": True, "role": role.value, "token": made})
        return
    typer.echo(made)
    if not quiet:
        console = settings.console
        host = f"[{console.host}]" if ":" in console.host else console.host
        say(f"Shown once. The link: {url or f'http://{host}:{console.port}'}/{PAGES[role]}#k=TOKEN")


async def _make(db: Path, role: str) -> tuple[str, str]:
    """A token, and the address of the process that made it, empty if that is this one."""
    from streambot.store import lock
    from streambot.store.sqlite import open_store
    from streambot.store.tokens import Tokens

    try:
        with lock.hold(db):
            async with open_store(db) as store:
                return await Tokens(store, time.time, lambda: secrets.token_urlsafe(32)).create(role), ""
    except LockedError:
        door = lock.find_door(db)
        if door is None:
            raise
        from streambot.serve import DOOR

        answer = await ask(door, DOOR, {"role": role}, wanted="token")
        return str(answer["token"]), door.url
