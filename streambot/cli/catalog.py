"""``streambot catalog``: what a room sells, checked before it is sold on air."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streambot.catalog.problems import CatalogError
from streambot.cli._base import ExitCode, out_json
from streambot.cli._words import SiteName
from streambot.printable import printable

if TYPE_CHECKING:
    from streambot.core.catalog import Catalog

catalog = typer.Typer(add_completion=False, no_args_is_help=True)


@catalog.callback()
def _group() -> None:
    """Look at what a room sells before it is sold."""


@catalog.command()
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Catalogs as CSV.")],
    *,
    site: Annotated[
        list[SiteName] | None, typer.Option(help="Whose buyers ask; those for which there are prices by default.")
    ] = None,
    lang: Annotated[
        list[str] | None, typer.Option(help="In which languages they ask; those of the names by default.")
    ] = None,
    fresh_for: Annotated[
        float | None,
        typer.Option(min=1, metavar="SECONDS", help="For how long a price or a stock may be repeated; six hours."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a file.")] = False,
) -> None:
    """Say what is wrong in catalogs, and which questions they cannot answer yet; exit 6 if there is either.

    Payment, how to buy and the state of an order are no facts of an item: canned answers say them.

    Examples: streambot catalog check catalog/th.csv, streambot catalog check *.csv --site th --lang th --json
    """
    # The reader takes a moment to import; `--help` need not wait for it.
    from streambot.catalog.files import TONGUES, read_catalog
    from streambot.core.catalog import FRESH_FOR
    from streambot.nearest import nearest

    for language in lang or ():
        if language not in TONGUES:
            close = nearest(language, TONGUES)
            raise typer.BadParameter(f"{language} is none of {', '.join(TONGUES)}" + (f": {close}?" if close else ""))
    findings = False
    for file in files:
        try:
            found = read_catalog(file, languages=lang or ())
        except CatalogError as error:
            findings = True
            _tell_wrong(file, error, as_json=as_json)
            continue
        sites = [each.value for each in site or ()] or list(found.sites) or [SiteName.BASE.value]
        languages = list(dict.fromkeys(lang or found.languages))
        gaps = _gaps(found, languages, sites, fresh_for or FRESH_FOR)
        findings = findings or bool(gaps)
        if as_json:
            out_json({
                "file": str(file), "ok": True, "items": len(found), "languages": languages, "sites": sites, "gaps": gaps
            })  # fmt: skip
        else:
            _tell_gaps(file, found, languages, sites, gaps)
    if findings:
        raise typer.Exit(ExitCode.FINDINGS)


def _tell_wrong(file: Path, error: CatalogError, *, as_json: bool) -> None:
    if as_json:
        errors = [{"row": each.row, "column": each.column, "reason": each.reason} for each in error.problems]
        out_json({"file": str(file), "ok": False, "errors": errors, "more": error.more})
        return
    for problem in error.problems:
        typer.echo(printable(str(problem)))
    if error.more:
        typer.echo(f"{file}: and {error.more:,} more")


def _gaps(found: Catalog, languages: Sequence[str], sites: Sequence[str], fresh_for: float) -> list[dict[str, Any]]:
    """What cannot be answered, one row for each item, intent and column, with the languages for which it holds."""
    from streambot.core.catalog import missing

    now = time.time()
    rows: dict[tuple[int, str, str], dict[str, Any]] = {}
    for item in found.items:
        for site in sites:
            for language in languages:
                for gap in missing(item, language, site, now, fresh_for):
                    row = rows.setdefault(
                        (gap.item, gap.intent, gap.column),
                        {
                            "item": gap.item,
                            "intent": gap.intent,
                            "languages": [],
                            "column": gap.column,
                            "why": "stale" if gap.stale else "missing",
                        },
                    )
                    if language not in row["languages"]:
                        row["languages"].append(language)
    return list(rows.values())


def _tell_gaps(
    file: Path, found: Catalog, languages: Sequence[str], sites: Sequence[str], gaps: Sequence[dict[str, Any]]
) -> None:
    said = f"{len(found)} items in {' '.join(languages)} for {' '.join(sites)}"
    open_items = len({row["item"] for row in gaps})
    rest = f"{open_items} with questions that have no answer yet" if gaps else "every question has an answer"
    typer.echo(printable(f"{file}: {said}, {rest}"))
    for row in gaps:
        item = found.item(row["item"])
        name = item.name(languages[0]) if item else ""
        spoken = "" if len(row["languages"]) == len(languages) > 1 else f" ({' '.join(row['languages'])})"
        typer.echo(printable(f"  {row['item']} {name}: {row['intent']}{spoken}: {row['column']} is {row['why']}"))
