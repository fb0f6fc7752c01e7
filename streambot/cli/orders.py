"""``streambot orders``: a shop's orders, checked before somebody works on a ticket with them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from streambot.cli._base import ExitCode, out_json
from streambot.printable import printable

orders = typer.Typer(add_completion=False, no_args_is_help=True)


@orders.callback()
def _group() -> None:
    """Look at the orders that tickets are worked on with."""


@orders.command()
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Orders as CSV.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a file.")] = False,
) -> None:
    """Say what is wrong in files of orders; exit 6 if anything is. Here, and only here, the cells themselves are shown.

    Columns: order, platform, user (the platform's id of the buyer), placed_at, status; and as you have them shipped_at,
    carrier, tracking, items, amount, currency.

    Example: streambot orders check orders/th.csv
    """
    # The reader takes a moment to import; `--help` need not wait for it.
    from streambot.orders.files import OrdersError, read_orders

    wrong = False
    for file in files:
        try:
            found = read_orders(file)
        except OrdersError as error:
            wrong = True
            if as_json:
                errors = [{"row": each.row, "column": each.column, "reason": each.reason} for each in error.problems]
                out_json({"file": str(file), "ok": False, "errors": errors, "more": error.more})
                continue
            for problem in error.problems:
                typer.echo(printable(str(problem)))
            if error.more:
                typer.echo(f"{file}: and {error.more:,} more")
        else:
            if as_json:
                out_json({"file": str(file), "ok": True, "orders": len(found), "buyers": found.buyers})
            else:
                typer.echo(printable(f"{file}: {len(found):,} orders of {found.buyers:,} buyers"))
    if wrong:
        raise typer.Exit(ExitCode.FINDINGS)
