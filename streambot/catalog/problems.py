"""What is wrong with a table's file, several things at once, each with its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from streambot.core.errors import ConfigError
from streambot.core.told import Told, and_more, sentence
from streambot.nearest import nearest

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

    @property
    def told(self) -> Told:
        """The problem with its place."""
        at = {"file": self.file, "row": str(self.row), "column": self.column, "reason": self.reason}
        if self.row and self.column:
            return Told("at_cell", "{file}: row {row}, {column}: {reason}", **at)
        if self.row:
            return Told("at_row", "{file}: row {row}: {reason}", **at)
        return Told(
            "at_column" if self.column else "at_file",
            "{file}: {column}: {reason}" if self.column else "{file}: {reason}",
            **at,
        )

    def __str__(self) -> str:
        return self.told


def hint(word: str, words: Sequence[str]) -> str:
    """The end of a reason that names the nearest of some words, or which there are; "" if there is none."""
    close = nearest(word, words)
    if close:
        return Told("hint_nearest", "; did you mean {word}?", word=close)
    return Told("hint_known", "; there are {words}", words=", ".join(words[:12])) if words else ""


class TableError(ConfigError):
    """A file that is not what it should be. ``problems`` are the first hundred in order, ``more`` counts the others."""

    word: ClassVar[str]
    """The error's code."""
    help: ClassVar[str]
    """What lists everything."""

    def __init__(self, problems: Sequence[Problem], more: int = 0) -> None:
        self.problems = tuple(problems)
        self.more = more
        told = [self.line(problem) for problem in self.problems[:_TOLD]]
        if (rest := len(self.problems) - len(told) + more) > 0:
            told.append(and_more(rest))
        super().__init__(sentence(told), code=self.word, fix=f"`{self.help}` lists everything.")

    def line(self, problem: Problem) -> str:
        """A problem as the error's message has it."""
        return problem.told


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
