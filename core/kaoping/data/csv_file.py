"""CSV files as Excel, WPS and Chinese offices save them."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from kaoping.data.cells import MAX_CELL
from kaoping.data.grid import Grid, data_error
from kaoping.data.text import unguarded
from kaoping.diagnostic import Finding

MAX_BYTES = 100_000_000
"""The largest file that is read."""
MAX_ROWS, MAX_CELLS = 1_048_576, 20_000_000
"""As many rows as a spreadsheet can hold, and no more cells than memory."""

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SEPARATOR = re.compile(r"\ufeff?sep=([,\t;])\s*\Z", re.IGNORECASE)
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def read_csv(content: bytes, file: str, name: str) -> tuple[Grid | None, str, list[Finding]]:
    """The cells of a CSV file and the encoding it was read in, or why it cannot be read."""
    if len(content) > MAX_BYTES:
        return None, "", [data_error("KP604", file, "size", limit=MAX_BYTES // 1_000_000)]
    if is_workbook(content):
        return None, "", [data_error("KP604", file, "workbook")]
    text, encoding = decoded(content)
    if text is None:
        return None, "", [data_error("KP604", file, "encoding")]
    if "\0" in text:
        return None, "", [data_error("KP604", file, "nul")]
    delimiter = delimiter_of(text)
    if text.count(delimiter) > MAX_CELLS:
        return None, "", [data_error("KP604", file, "cells", limit=MAX_CELLS)]
    # `newline=""` as the csv module asks: line ends inside quotes belong to the cell
    lines = lines_of(io.StringIO(text, newline=""), delimiter)
    rows: list[list[str]] = []
    try:
        rows.extend(islice(lines, MAX_ROWS + 1))
    except csv.Error as reason:
        return None, encoding, [quotes_error(file, len(rows) + 1, reason)]
    if len(rows) > MAX_ROWS:
        return None, encoding, [data_error("KP604", file, "rows", limit=MAX_ROWS)]
    if "'" in text:  # what our own CSV has guarded against becoming a formula
        rows = [[unguarded(cell) for cell in row] for row in rows]
    return Grid(file, "", name, rows), encoding, []


def is_workbook(content: bytes) -> bool:
    """Whether a file called CSV is a workbook."""
    return content.startswith((_ZIP, _OLE))


def lines_of(text: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """The rows of a CSV text; `csv.Error` where it is none."""
    csv.field_size_limit(MAX_CELL)
    return csv.reader(text, delimiter=delimiter, strict=True)


def quotes_error(file: str, row: int, reason: csv.Error) -> Finding:
    """The finding that a row is no CSV: its quotes do not match, or a cell has no end."""
    variant = "long" if "limit" in str(reason) else "quotes"
    return data_error("KP604", f"{file}:{row}", variant, row=row, limit=MAX_CELL)


def rows_of(text: str, delimiter: str) -> tuple[list[list[str]], csv.Error | None]:
    """The first rows of a text, up to one that is no CSV, and what is wrong with that one."""
    rows: list[list[str]] = []
    filled = 0
    try:
        for row in lines_of(io.StringIO(text, newline=""), delimiter):
            rows.append(row)
            filled += any(row)
            if filled == 100:
                break
    except csv.Error as reason:
        return rows, reason
    return rows, None


def decoded(content: bytes) -> tuple[str | None, str]:
    """A text and its encoding: by the byte order mark, else strict UTF-8, else GB18030; None where it is none of them.

    No guessing beyond that: detectors are wrong on short Chinese text, and a wrong guess changes names silently.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strict(content, encoding), encoding
    for encoding in ("utf-8", "gb18030"):
        if (text := _strict(content, encoding)) is not None:
            return text, encoding
    return None, ""


def _strict(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def delimiter_of(text: str) -> str:
    """The sign between headings, as a first line tells Excel (`sep=;`); else of comma, tab and semicolon the
    one that stands on most of the first lines, then the one that is most frequent on one of them.
    """
    lines = _unquoted_lines(text)
    told = _SEPARATOR.match(lines[0]) if lines else None
    if told:
        return told[1]
    counts = {sign: [line.count(sign) for line in lines if sign in line] for sign in ",\t;"}  # of equals the comma
    return max(counts, key=lambda sign: (len(counts[sign]), max(counts[sign], default=0)))


def _unquoted_lines(text: str) -> list[str]:
    return ["".join(line.split('"')[::2]) for line in text[:20_000].splitlines()[:10]]
