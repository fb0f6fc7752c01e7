"""A CSV file as spreadsheets and shops write it, whatever its encoding and separator, row by row."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from streambot.catalog.problems import CatalogError, Problem, Problems, TableError
from streambot.core.told import Told

MOST_BYTES: Final = 16 << 20
"""Of a file; ten thousand items in five languages have twelve million."""
_SEPARATORS: Final = ",;\t"
"""Plain, of Excel where the comma is the decimal point, and of Excel's "Unicode text"."""
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""What an .xlsx and an .xls file begin with."""
_SEPARATOR_LINE: Final = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_UNWANTED: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]")
"""Controls, and what turns the direction of a text or prints nothing: no cell means them."""


def read_bytes(path: Path, *, most: int = MOST_BYTES, error: type[TableError] = CatalogError) -> tuple[bytes, float]:
    """The content of a file of at most ``most`` bytes and when it was last written, Unix seconds. Raises ``error``."""
    try:
        with path.open("rb") as file:
            written = os.fstat(file.fileno()).st_mtime
            data = file.read(most + 1)
    except OSError as why:
        raise error(
            [Problem(str(path), 0, "", Told("unreadable", "cannot be read ({why})", why=str(why.strerror or why)))]
        ) from why
    if len(data) > most:
        raise error(
            [
                Problem(
                    str(path),
                    0,
                    "",
                    Told("table_large", "has more than {n} MiB; leave out what nobody needs now", n=most >> 20),
                )
            ]
        )
    return data, written


def rows(data: bytes, columns: Collection[str], problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty with their numbers as a spreadsheet counts them, cells without space around them.

    UTF-8 and UTF-16, with or without a byte order mark; the separator is the one that finds most of ``columns`` in the
    first row. Memory is the file's. Where the file stops being CSV the rows end, and ``problems`` has the reason.
    """
    text = _decoded(data, problems)
    line = _SEPARATOR_LINE.match(text)
    separator = line[1] if line else _separator(text, columns)
    stream = io.StringIO(text[line.end() :] if line else text, newline="")
    number = 0
    try:
        for number, cells in enumerate(csv.reader(stream, delimiter=separator, strict=True), 1):
            tidy = [" ".join(_UNWANTED.sub("", cell).split()) for cell in cells]
            if any(tidy):
                yield number, tidy
    except csv.Error as error:
        unclosed = Told("quote_open", "a quotation mark is opened and not closed")
        problems.add(number + 1, "", unclosed if "end of data" in str(error) else str(error))


def _decoded(data: bytes, problems: Problems) -> str:
    """The text of a file, "" with the reason in ``problems`` if it is none."""
    if data.startswith(_WORKBOOKS):
        problems.add(0, "", Told("workbook", 'is an Excel workbook; save it as "CSV UTF-8"'))
        return ""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif b"\0" in data[:4]:
        encoding = "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
    else:
        encoding = "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-8-sig":
            row = data.count(b"\n", 0, error.start) + 1
            problems.add(row, "", Told("not_utf8", 'is not UTF-8 from here on; in Excel save it as "CSV UTF-8"'))
        else:
            problems.add(0, "", Told("not_utf16", "is damaged: it begins as UTF-16 and does not go on so"))
        return ""


def _separator(text: str, columns: Collection[str]) -> str:
    first = next((line for line in text[:100_000].splitlines() if line.strip(_SEPARATORS + " ")), text[:1000])

    def found(separator: str) -> tuple[int, int]:
        cells = first.split(separator)
        return sum(cell.strip(' "').casefold() in columns for cell in cells), len(cells)

    return max(_SEPARATORS, key=found)
