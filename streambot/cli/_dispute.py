"""A ticket as one file, from a log that somebody else may be writing."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from pathlib import Path

from streambot.cli._base import NotFoundError, out_json
from streambot.core.orders import Order
from streambot.core.tickets import Ticket, Tickets
from streambot.orders.files import read_orders
from streambot.settings import Settings
from streambot.store.connections import open_reader
from streambot.store.queries import LogReader
from streambot.store.tickets import TicketLog
from streambot.ticketing.desk import MOST_EXPORTED
from streambot.ticketing.dispute import Names, dispute


async def write(db: Path, ticket: str, settings: Settings, *, names: bool) -> None:
    """Write the document to stdout. Raises NotFoundError, ConfigError or StorageError."""
    reader = await open_reader(db)
    try:
        log = LogReader(reader, db)
        steps = await TicketLog(log.read).of(ticket)
        tickets = Tickets()
        for step in steps:
            tickets.take(step)
        found = tickets.get(ticket)
        if found is None:
            raise NotFoundError(
                f"there is no ticket {ticket} in {db}.", fix="The address of a ticket's page has its id."
            )
        viewer = found.viewer
        rows = await log.said_by(
            viewer.platform, viewer.room_id, viewer.id, traceable=viewer.vouched, limit=MOST_EXPORTED
        )
    finally:
        await reader.close()
    people = Names(None if names else secrets.token_bytes(32))
    out_json(dispute(found, steps, rows, _orders(found, settings), names=people, at=time.time()))


def _orders(ticket: Ticket, settings: Settings) -> Sequence[Order] | None:
    """The viewer's orders by the room's file; None where there is none, or nobody vouches for who the viewer is."""
    path, viewer = settings.room(ticket.room).tickets.orders, ticket.viewer
    return read_orders(path).of(viewer.platform, viewer.id) if path is not None and viewer.vouched else None
