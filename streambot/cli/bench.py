"""``streambot bench``: what this machine does with streambot."""

from __future__ import annotations

import math
import os
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streambot import __version__
from streambot.cli._base import out_json, run_async, say
from streambot.logs import configure
from streambot.nearest import nearest
from streambot.settings import load_settings

if TYPE_CHECKING:
    from streambot.bench.figures import Figure
    from streambot.bench.lab import Lab


def bench(
    scenarios: Annotated[
        list[str] | None, typer.Argument(metavar="[SCENARIO]...", help="Which to run; without it all but soak.")
    ] = None,
    *,
    quick: Annotated[bool, typer.Option("--quick", help="Seconds, to see that it works; figures mean little.")] = False,
    seed: Annotated[int, typer.Option(help="The same seed is the same texts.")] = 1,
    config: Annotated[Path | None, typer.Option(help="A configuration file; its model and threads are used.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything as one line of JSON.")] = False,
) -> None:
    """Measure this machine: the model, the whole house, latency, a burst, rooms, the log, screens, start, memory.

    Example: streambot bench model pipeline
    """
    from streambot.bench.figures import Skipped
    from streambot.bench.lab import Lab
    from streambot.bench.scenarios import ONLY_WHEN_NAMED, SCENARIOS, find

    wanted = scenarios or [name for name in SCENARIOS if name not in ONLY_WHEN_NAMED]
    for name in wanted:
        if name not in SCENARIOS:
            close = nearest(name, SCENARIOS)
            hint = f"did you mean {close}?" if close else f"there are {', '.join(SCENARIOS)}"
            raise typer.BadParameter(f"there is no scenario {name!r}: {hint}", param_hint="SCENARIO")
    settings = load_settings(config, environ=os.environ)
    # What a burst sheds is the measurement, not news.
    configure("error", settings.log.format, sys.stderr)
    lab = Lab(settings, quick=quick, seed=seed)
    report: dict[str, Any] = {}
    for name in dict.fromkeys(wanted):
        say(f"{name}: {SCENARIOS[name]} …")
        began = time.monotonic()
        try:
            figures = run_async(_measured(find(name), lab))
        except Skipped as skipped:
            say(f"{name}: skipped: {skipped.message}")
            report[name] = {"skipped": skipped.message}
            continue
        report[name] = {"seconds": round(time.monotonic() - began, 1), "figures": [_json(each) for each in figures]}
        if not as_json:
            _print(name, figures)
    if as_json:
        out_json({"ok": True, "quick": quick, "seed": seed, "machine": _machine(), "scenarios": report})


async def _measured(scenario: Any, lab: Lab) -> Sequence[Figure]:
    figures: Sequence[Figure] = await scenario(lab)
    return figures


def _machine() -> dict[str, Any]:
    import onnxruntime

    return {
        "streambot": __version__,
        "python": platform.python_version(),
        "onnxruntime": onnxruntime.__version__,
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _json(figure: Figure) -> dict[str, Any]:
    value = round(figure.value, 3) if math.isfinite(figure.value) else None
    aim = None if figure.aim is None else f"{figure.aim.sense} {figure.aim.value:g}"
    return {"name": figure.name, "value": value, "unit": figure.unit, "aim": aim, "met": figure.met}


def _print(name: str, figures: Sequence[Figure]) -> None:
    # Imported here: --json needs no tables.
    from rich.console import Console
    from rich.table import Table

    table = Table("measured", "value", "unit", "aim", title=name, title_justify="left")
    table.columns[1].justify = "right"
    for figure in figures:
        aim = "" if figure.aim is None else f"{figure.aim.sense} {figure.aim.value:,g} {'✓' if figure.met else '✗'}"
        table.add_row(figure.name, _shown(figure.value), figure.unit, aim)
    Console().print(table)


def _shown(value: float) -> str:
    if not math.isfinite(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
