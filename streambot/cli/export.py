"""``streambot export``: the moderation log as JSONL or CSV."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from streambot.cli._base import out_json
from streambot.core.log_query import LogQuery
from streambot.nearest import nearest
from streambot.settings import load_settings

_TEXT = {
    "room",
    "text",
    "kind",
    "act",
    "label",
    "intent",
    "actor",
    "language",
    "broadcast",
    "author",
    "outcome",
    "comment",
}
_TIMES = {"t0", "t1"}


class Format(StrEnum):
    """How the log is written."""

    JSONL = "jsonl"
    CSV = "csv"


def export(
    *,
    db: Annotated[Path | None, typer.Option(help="The moderation log; without it the configured one.")] = None,
    format_: Annotated[
        Format, typer.Option("--format", help="JSONL is whole; CSV opens in a spreadsheet.")
    ] = Format.JSONL,
    where: Annotated[list[str] | None, typer.Option(metavar="KEY=VALUE", help="A filter; several all hold.")] = None,
    no_bom: Annotated[bool, typer.Option("--no-bom", help="CSV without the mark that Excel needs for UTF-8.")] = False,
    config: Annotated[Path | None, typer.Option(help="A configuration file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format jsonl.")] = False,
) -> None:
    """Write the moderation log, one line an event, oldest first; also beside a running streambot.

    Filters: room, kind, act, label, intent, actor (an id, bot, or people), language, author, outcome, comment,
    text (contains), t0 and t1 (RFC 3339 or Unix seconds).

    Example: streambot export --format csv --where label=scam --where actor=people > scams.csv
    """
    query = parse_where(where or [])
    settings = load_settings(config, environ=os.environ)
    asyncio.run(_export(db or settings.storage.db, query, as_csv=format_ is Format.CSV and not as_json, bom=not no_bom))


def parse_where(filters: list[str]) -> LogQuery:
    """``key=value`` filters as a query. Raises a usage error that names the nearest key."""
    values: dict[str, Any] = {}
    for given in filters:
        key, equals, value = given.partition("=")
        key = {"lang": "language", "q": "text"}.get(key.strip(), key.strip())
        if not equals or key not in _TEXT | _TIMES:
            close = nearest(key, sorted(_TEXT | _TIMES))
            hint = f" Did you mean {close}=…?" if close else f" Keys: {', '.join(sorted(_TEXT | _TIMES))}."
            raise typer.BadParameter(f"{given!r} is no filter.{hint}", param_hint="--where")
        values[key] = _seconds(value) if key in _TIMES else value
    return LogQuery(**values)


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is no time; write 2026-11-23T20:00:00+07:00 or Unix seconds.", param_hint="--where"
        ) from error
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()


async def _export(db: Path, query: LogQuery, *, as_csv: bool, bom: bool) -> None:
    from streambot.console.log_export import csv_line
    from streambot.store.connections import open_reader
    from streambot.store.queries import EXPORTED, LogReader

    def out(cells: Sequence[str]) -> None:
        sys.stdout.buffer.write(csv_line(cells).encode("utf-8", "replace"))

    reader = await open_reader(db)
    try:
        if as_csv:
            if bom:
                sys.stdout.buffer.write("\ufeff".encode())
            out(EXPORTED)
        async for row in LogReader(reader, db).rows(query):
            if as_csv:
                out([_cell(row, name) for name in EXPORTED])
            else:
                out_json({name: row[name] for name in EXPORTED})
    finally:
        await reader.close()


def _cell(row: Mapping[str, Any], name: str) -> str:
    value = row[name]
    if value is None:
        return ""
    if name == "intent":
        return str(value["name"])
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
