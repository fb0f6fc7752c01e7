"""The first row of a table, which names the columns, and what every other row owes to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from streambot.catalog.problems import Problems
from streambot.core.told import Told
from streambot.nearest import nearest


def known_columns(row: int, header: Sequence[str], columns: Collection[str], most: int, problems: Problems) -> bool:
    """Whether this is a header; what is wrong with its columns is in ``problems``.

    One of more than ``most`` is none: looking for the nearest names would take for ever.
    """
    if not header:
        problems.add(0, "", Told("table_empty", "is empty; the first row names the columns"))
        return False
    if len(header) > most:
        many = Told("columns_many", "{n} columns, and there are only {most} to fill", n=len(header), most=len(columns))
        problems.add(row, "", many)
        return False
    for place, column in enumerate(header):
        if column and column not in columns:
            close = nearest(column, columns)
            hint = Told("hint_nearest", "; did you mean {word}?", word=close) if close else ""
            problems.add(row, column, Told("column_unknown", "unknown column{hint}", hint=hint))
        elif column and column in header[:place]:
            problems.add(row, column, Told("column_twice", "this column stands there twice"))
    return True


def under_names(number: int, row: Sequence[str], header: Sequence[str], problems: Problems) -> bool:
    """Whether every cell of a row that holds something stands under a name; if not it is noted."""
    if any(row[len(header) :]) or any(cell and not column for cell, column in zip(row, header, strict=False)):
        reason = "has a cell in a column without a name; a separator in a text needs quotation marks"
        problems.add(number, "", Told("cell_unnamed", reason))
        return False
    return True
