"""``streambot export``: the moderation log as JSONL or CSV."""

from __future__ import annotations

import asyncio
import json
import math
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from streambot.cli._base import out_json, say
from streambot.core.action import Act, Result
from streambot.core.event import Kind
from streambot.core.labels import Intent, Label
from streambot.core.log_query import LogQuery
from streambot.nearest import nearest
from streambot.settings import load_settings

WORDS: Final[Mapping[str, Collection[str] | None]] = {
    "room": None,
    "text": None,
    "kind": tuple(Kind),
    "act": tuple(Act),
    "label": tuple(Label),
    "intent": tuple(Intent),
    "actor": None,
    "language": None,
    "broadcast": None,
    "author": None,
    "outcome": tuple(Result),
    "comment": None,
}
"""Filters with the words they can have, None where any may be meant."""
TIMES: Final = ("t0", "t1")
ALIASES: Final = {"lang": "language", "q": "text"}


class Format(StrEnum):
    """How the log is written."""

    JSONL = "jsonl"
    CSV = "csv"


def export(
    *,
    db: Annotated[
        Path | None, typer.Option(dir_okay=False, help="The moderation log; without it the configured one.")
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", help="JSONL is whole; CSV opens in a spreadsheet.")
    ] = Format.JSONL,
    where: Annotated[list[str] | None, typer.Option(metavar="KEY=VALUE", help="A filter; several all hold.")] = None,
    no_bom: Annotated[bool, typer.Option("--no-bom", help="CSV without the mark that Excel needs for UTF-8.")] = False,
    config: Annotated[Path | None, typer.Option(help="A configuration file.")] = None,
    ticket: Annotated[
        str | None, typer.Option(metavar="ID", help="One ticket as one JSON file for a dispute, in place of the log.")
    ] = None,
    names: Annotated[bool, typer.Option("--names", help="With --ticket: people by name, not by token.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format jsonl.")] = False,
) -> None:
    """Write the moderation log, one line an event, oldest first; also beside a running streambot.

    Filters: room, kind, act, label, intent, actor (an id, bot, or people), language, author, outcome, comment,
    text (contains), t0 and t1 (RFC 3339 or Unix seconds).

    Example: streambot export --format csv --where label=scam --where actor=people > scams.csv,
    streambot export --ticket ID > dispute.json
    """
    query = parse_where(where or [])
    settings = load_settings(config, environ=os.environ)
    if ticket is not None:
        if where or format_ is not Format.JSONL:
            raise typer.BadParameter("is one JSON file, without filter or format", param_hint="--ticket")
        # What a dispute needs takes a moment to import; the log does not wait for it.
        from streambot.cli._dispute import write

        asyncio.run(write(db or settings.storage.db, ticket, settings, names=names))
        return
    if names:
        raise typer.BadParameter("is for --ticket; the log has everybody's id", param_hint="--names")
    asyncio.run(_export(db or settings.storage.db, query, as_csv=format_ is Format.CSV and not as_json, bom=not no_bom))


def parse_where(filters: Sequence[str]) -> LogQuery:
    """``key=value`` filters as a query. Raises a usage error that names the nearest key or word."""
    values: dict[str, Any] = {}
    for given in filters:
        key, equals, value = given.partition("=")
        key = ALIASES.get(key.strip(), key.strip())
        if not equals or key not in (*WORDS, *TIMES):
            raise _no_filter(given, _or_list(nearest(key, (*WORDS, *TIMES)), (*WORDS, *TIMES), "=…"))
        if not value:
            raise _no_filter(given, "It says nothing after =.")
        if key in values:
            raise _no_filter(given, f"There is another {key}= already, and no event has two.")
        words = WORDS.get(key)
        if words is not None and value not in words:
            raise _no_filter(given, _or_list(nearest(value, words), words))
        values[key] = _seconds(value) if key in TIMES else value
    return LogQuery(**values)


def _no_filter(given: str, hint: str) -> typer.BadParameter:
    return typer.BadParameter(f"{given!r} is no filter. {hint}", param_hint="--where")


def _or_list(close: str | None, words: Collection[str], mark: str = "") -> str:
    return f"Did you mean {close}{mark}?" if close else f"Choose from {', '.join(words)}."


def _seconds(text: str) -> float:
    try:
        moment = float(text)
    except ValueError:
        try:
            written = datetime.fromisoformat(text)
        except ValueError:
            moment = math.nan
        else:
            moment = written.replace(tzinfo=written.tzinfo or UTC).timestamp()
    if not math.isfinite(moment):
        raise typer.BadParameter(
            f"{text!r} is no time; write 2026-11-23T20:00:00+07:00 or Unix seconds.", param_hint="--where"
        )
    return moment


async def _export(db: Path, query: LogQuery, *, as_csv: bool, bom: bool) -> None:
    from streambot.console.log_export import csv_line
    from streambot.store.connections import open_reader
    from streambot.store.queries import EXPORTED, LogReader

    def out(cells: Sequence[str]) -> None:
        sys.stdout.buffer.write(csv_line(cells).encode("utf-8", "replace"))

    reader = await open_reader(db)
    found = False
    try:
        if as_csv:
            if bom:
                sys.stdout.buffer.write("\ufeff".encode())
            out(EXPORTED)
        async for row in LogReader(reader, db).rows(query):
            found = True
            if as_csv:
                out([_cell(row, name) for name in EXPORTED])
            else:
                out_json({name: row[name] for name in EXPORTED})
    finally:
        await reader.close()
    if not found:
        say(f"No event in {db} matches.")


def _cell(row: Mapping[str, Any], name: str) -> str:
    value = row[name]
    if value is None:
        return ""
    if name == "intent":
        return str(value["name"])
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
