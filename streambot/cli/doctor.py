"""``streambot doctor``: check everything, with a fix for each problem."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from streambot.cli._base import ExitCode, out_json
from streambot.cli._checks import (
    Check,
    Finding,
    Status,
    check_config,
    check_model,
    check_packs,
    check_port,
    check_privacy,
    check_room,
    check_storage,
    check_versions,
    guarded,
)
from streambot.core.errors import ConfigError
from streambot.printable import printable
from streambot.settings import Loaded, Settings, read_settings

_MARKS = {Status.OK: ("✓", "green"), Status.WARNING: ("!", "yellow"), Status.PROBLEM: ("✗", "red")}


def doctor(
    *,
    room: Annotated[str | None, typer.Option("--room", metavar="ROOM", help="Look at this room too.")] = None,
    config: Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Read this file alone.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Check Python, SQLite, configuration, model, rule packs, database and port; exit 1 if something is broken.

    Examples: `streambot doctor`, `streambot doctor --room demo --json`
    """
    findings: list[Finding] = []
    for finding in diagnose(config, room):
        findings.append(finding)
        if not json:
            _print(finding)
    problems = sum(finding.status is Status.PROBLEM for finding in findings)
    warnings = sum(finding.status is Status.WARNING for finding in findings)
    if json:
        checks = [{"name": f.name, "status": f.status, "message": f.message, "fix": f.fix} for f in findings]
        out_json({"ok": not problems, "problems": problems, "warnings": warnings, "checks": checks})
    else:
        typer.echo(f"{_count(problems, 'problem')}, {_count(warnings, 'warning')}")
    if problems:
        raise typer.Exit(ExitCode.FAILED)


def diagnose(config: Path | None, room: str | None) -> Iterator[Finding]:
    """Every finding, as it is made. A configuration that cannot be read is one, and the rest is checked by defaults."""
    yield from check_versions()
    try:
        loaded = read_settings(config, environ=os.environ)
    except ConfigError as error:
        yield Finding("config", Status.PROBLEM, error.message, error.fix)
        loaded = Loaded(Settings(), (), {})
    else:
        yield from check_config(loaded)
    settings = loaded.settings
    checks: list[tuple[str, Check]] = [
        ("model", partial(check_model, settings)),
        ("packs", partial(check_packs, settings)),
        ("storage", partial(check_storage, settings)),
        ("port", partial(check_port, settings)),
    ]
    if room is not None:
        checks.append(("room", partial(check_room, settings, room)))
    for name, check in checks:
        yield from guarded(name, check)
    yield from check_privacy()


def _print(finding: Finding) -> None:
    # Imported here: --json and a refused flag need no colours.
    from rich.console import Console
    from rich.text import Text

    mark, colour = _MARKS[finding.status]
    line = Text.assemble((mark, colour), " ", printable(finding.message))
    if finding.fix:
        line.append(f"\n  fix: {printable(finding.fix)}", style="dim")
    Console(soft_wrap=True, highlight=False).print(line)


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"
