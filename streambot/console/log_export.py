"""The log as CSV, for spreadsheets, and as JSONL, for programs: streamed, exactly what the filters show."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, Final

import structlog
from aiohttp import web

from streambot.console.faults import Fault, error_json
from streambot.console.log_filter import BOM, Filters, t_plus
from streambot.console.recall import seconds
from streambot.console.wire import dumps, iso
from streambot.core.errors import StorageError
from streambot.core.status import RoomStatus

COLUMNS: Final = (
    *("event", "ts_utc", "t_plus", "room", "kind", "actor", "act", "labels", "score", "intent", "language"),
    *("author", "author_name", "comment", "text", "reason", "outcome", "state", "reverses", "degraded"),
    *("pack", "model"),
)
_SAME: Final = {
    *("room", "kind", "actor", "act", "score", "language", "author", "author_name", "comment", "text", "reason"),
    *("outcome", "state", "reverses", "degraded", "pack", "model"),
}
_FORMULA: Final = frozenset("=+-@\t\r＝＋－＠")
_CHUNK: Final = 64 * 1024
"""Bytes gathered before they are sent; sending waits for the reader, so memory does not grow with the export."""

log = structlog.get_logger("streambot.console")

Rows = AsyncIterator[Mapping[str, Any]]


def guard(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP CSV injection): ``'`` in front, also behind blanks."""
    start = cell.lstrip(" \n\v\f\u00a0\u3000\ufeff\u200b")[:1]
    return f"'{cell}" if start in _FORMULA and start else cell


def csv_line(cells: Sequence[str]) -> str:
    """One line of CSV (RFC 4180), every cell guarded and quoted."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow([guard(cell) for cell in cells])
    return out.getvalue()


def cells(row: Mapping[str, Any], rooms: Sequence[RoomStatus]) -> list[str]:
    """A row of the log in the order of COLUMNS."""
    at = seconds(row["at"])
    intent = row.get("intent")
    values: dict[str, Any] = {name: row.get(name) for name in _SAME}
    values |= {
        "event": row["id"],
        "ts_utc": iso(at),
        "t_plus": t_plus(row, at, rooms),
        "labels": " ".join(f"{label}:{score:.3f}" for label, score in (row.get("labels") or {}).items()),
        "intent": intent.get("name") if isinstance(intent, Mapping) else intent,
    }
    return ["" if values[name] is None else str(values[name]) for name in COLUMNS]


async def send_csv(
    request: web.Request, filters: Filters, rows: Rows, rooms: Sequence[RoomStatus]
) -> web.StreamResponse:
    """CSV with a byte order mark, because Excel takes UTF-8 without one for garbage; ``bom=off`` leaves it out."""
    bom = filters.asked.get(BOM, "on")
    if bom not in {"on", "off"}:
        raise Fault(400, '"bom" must be on or off.')
    head = ("\ufeff" if bom == "on" else "") + csv_line(COLUMNS)
    return await _send(
        request,
        rows,
        head,
        line=lambda row: csv_line(cells(row, rooms)),
        end=lambda fault: csv_line(["error", fault.message]),
        media_type="text/csv; charset=utf-8",
        name=_file_name(filters, "csv"),
    )


async def send_jsonl(request: web.Request, filters: Filters, rows: Rows) -> web.StreamResponse:
    """One JSON object a line, as the log has it: no guard, nothing left out."""
    return await _send(
        request,
        rows,
        "",
        line=lambda row: dumps(row) + "\n",
        end=lambda fault: dumps(error_json(fault)) + "\n",
        media_type="application/x-ndjson",
        name=_file_name(filters, "jsonl"),
    )


async def _send(
    request: web.Request,
    rows: Rows,
    head: str,
    *,
    line: Callable[[Mapping[str, Any]], str],
    end: Callable[[Fault], str],
    media_type: str,
    name: str,
) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={"Content-Type": media_type, "Content-Disposition": f'attachment; filename="{name}"'}
    )
    await response.prepare(request)
    gathered = bytearray(head.encode())
    try:
        async for row in rows:
            gathered += line(row).encode()
            if len(gathered) >= _CHUNK:
                await response.write(bytes(gathered))
                gathered.clear()
    except StorageError:
        # Too late for another status: the last line says it, and the broken transfer makes every client notice.
        log.exception("console_export")
        fault = Fault(503, "The moderation log could not be read to its end; this file is not complete.")
        await response.write(bytes(gathered) + end(fault).encode())
        if request.transport is not None:
            request.transport.close()
        return response
    await response.write(bytes(gathered))
    await response.write_eof()
    return response


def _file_name(filters: Filters, suffix: str) -> str:
    room = "".join(char if char.isascii() and (char.isalnum() or char in "-_") else "-" for char in filters.query.room)
    return f"streambot-log{'-' + room if room else ''}-utc.{suffix}"
