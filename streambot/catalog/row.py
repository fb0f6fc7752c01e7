"""One row of a table, read cell by cell: what is wrong with a cell is noted and the next one read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from streambot.catalog.problems import Problems
from streambot.core.told import Told, told_of

T = TypeVar("T")
D = TypeVar("D")


class Row:
    """The ``cells`` of row ``number``, by column; a missing column is an empty cell."""

    def __init__(self, number: int, cells: Mapping[str, str], problems: Problems) -> None:
        self._number = number
        self._cells = cells
        self._problems = problems

    def _read(self, column: str, parse: Callable[[str], T], default: D) -> T | D:
        """The value of a cell; the default if it is empty or wrong."""
        cell = self._cells.get(column, "")
        if cell:
            try:
                return parse(cell)
            except ValueError as error:
                self._problems.add(self._number, column, told_of(error))
        return default

    def _required(self, column: str, parse: Callable[[str], T]) -> T | None:
        """The value of a cell that may not be empty; None if it is, or is wrong."""
        if not self._cells.get(column):
            self._problems.add(self._number, column, Told("cell_empty", "is empty"))
            return None
        return self._read(column, parse, None)
