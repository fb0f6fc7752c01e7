"""What is wrong with a table's file, several things at once, each with its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from streambot.core.errors import ConfigError

MOST_PROBLEMS: Final = 100
"""Problems kept of one file; a wrong column makes one in every row."""
_TOLD: Final = 5
"""Problems in the message of an error; the others are in ``problems``."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. ``row`` counts as a spreadsheet does, the header is row 1; 0 is the file as a whole."""

    file: str
    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        place = [f"row {self.row}"] if self.row else []
        place += [self.column] if self.column else []
        return f"{self.file}: {', '.join(place)}: {self.reason}" if place else f"{self.file}: {self.reason}"


class TableError(ConfigError):
    """A file that is not what it should be. ``problems`` are the first hundred in order, ``more`` counts the others."""

    word: ClassVar[str]
    """The error's code."""
    help: ClassVar[str]
    """What lists everything."""

    def __init__(self, problems: Sequence[Problem], more: int = 0) -> None:
        self.problems = tuple(problems)
        self.more = more
        told = [self.told(problem) for problem in self.problems[:_TOLD]]
        if (rest := len(self.problems) - len(told) + more) > 0:
            told.append(f"and {rest} more")
        super().__init__(f"{'; '.join(told)}.", code=self.word, fix=f"`{self.help}` lists everything.")

    def told(self, problem: Problem) -> str:
        """A problem as the error's message has it."""
        return str(problem)


class CatalogError(TableError):
    """A file that is no catalog."""

    word = "catalog_invalid"
    help = "streambot catalog check FILE"


class Problems:
    """Gathers what is wrong with one file, up to MOST_PROBLEMS; what comes after is counted."""

    def __init__(self, file: str, error: type[TableError] = CatalogError) -> None:
        self.file = file
        self._error = error
        self._found: list[Problem] = []
        self._more = 0

    def add(self, row: int, column: str, reason: str) -> None:
        """Note a problem at a place."""
        if len(self._found) < MOST_PROBLEMS:
            self._found.append(Problem(self.file, row, column, reason))
        else:
            self._more += 1

    def check(self) -> None:
        """Raise the error if anything was noted."""
        if self._found:
            raise self._error(self._found, self._more)
